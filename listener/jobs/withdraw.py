"""Taking published words down: out of every version, for good. What must be delivered after it is the caller's to do."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from hashlib import sha256
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from listener.jobs import removals
from listener.jobs.service import Refused, Service
from storage.curated import Decision, Edition, PublishedQuote
from storage.values import Exercise, Kept

if TYPE_CHECKING:
    from storage.store import Unit

Withdrawn = Sequence[tuple[int, str]]
"""Week and reference of each quote that came down."""


def quotes(service: Service, rows: Iterable[int], by: int, *, hide: bool = True) -> Withdrawn:
    """The words of these posts come down from every version, and each week of them gets a version that says so, never why.

    With `hide` the desk shows them no more either, so that the next version does not bring them back. By 0 it is Listener
    itself. What is not up is left alone.
    """
    with service.store.read() as unit:
        up = unit.editions.live_rows().intersection(rows)
    if not up:
        return []
    removals.withdrawn(service, up)  # written down first: no restored backup shows them again
    now = service.now()
    with service.store.write() as unit:
        gone = unit.editions.withdraw(up, now)
        if hide:
            _hide(service, unit, up, by)
        unit.decisions.redact(up, "text")
        _announce(service, unit, gone, by)
        for week, ref in gone:
            unit.accounts.note(by, "withdraw", f"week-{week} {ref}", now)
    service.store.settle()
    return gone


def week(service: Service, number: int, by: int) -> None:
    """A whole digest comes down: its page says only that. Raises Refused if it is not up."""
    with service.store.read() as unit:
        up = [edition for edition in unit.editions.of(number) if edition.withdrawn_at is None]
        rows = {quote.row for edition in up for quote in unit.editions.quotes(number, edition.version) if quote.content}
    if not up:
        raise Refused(f"Week {number} is not published, or was withdrawn already: there is nothing to take down.")
    removals.withdrawn(service, rows, number, up[-1].version)
    now = service.now()
    with service.store.write() as unit:
        unit.editions.withdraw_week(number, now)
        unit.accounts.note(by, "withdraw", f"week-{number}", now)
    service.store.settle()


def due_by_itself(service: Service) -> list[int]:
    """The posts that versions still quote though they may not any more: taken down, kept back by the network or the author, or
    edited where their own words are shown. A paraphrase of what was edited waits for a person: the desk says so."""
    with service.store.read() as unit:
        shown = {kept.row: kept for kept in unit.editions.quoted()}
        live = [(quote, shown.get(quote.row)) for quote in _live(unit)]
        answers = _answers(unit)
    return sorted({quote.row for quote, kept in live if kept is None or _must_go(service, quote, kept, answers)})


def announce_rest(service: Service) -> None:
    """Quotes came down by another way, as when a person was forgotten: each week of them gets the version that says so."""
    with service.store.read() as unit:
        rest = list(_unannounced(unit))
    if rest:
        with service.store.write() as unit:
            _announce(service, unit, list(_unannounced(unit)), 0)


# --- the version that says so ---------------------------------------------------------------------------------------------


def _announce(service: Service, unit: "Unit", gone: Withdrawn, by: int) -> None:
    for number in sorted({week for week, _ in gone}):
        refs = sorted(ref for week, ref in gone if week == number)
        newest = unit.editions.of(number)[-1]
        if newest.withdrawn_at is None:
            of_it = unit.editions.quotes(number, newest.version)
            unit.editions.add(*_next(service.config.exercise, newest, of_it, refs, by, service.now()))


def _next(
    exercise: Exercise, newest: Edition, of_it: Sequence[PublishedQuote], refs: Sequence[str], by: int, now: datetime
) -> tuple[Edition, list[PublishedQuote]]:
    """The same again with a line on what came down."""
    from digests import public
    from digests.edition import ChangeEntry

    version, note = newest.version + 1, sentence(refs)
    change = ChangeEntry(version=version, date=now.astimezone(ZoneInfo(exercise.timezone)).date(), sentence=note)
    content = public.to_json(public.next_version(public.from_json(newest.content, of_it), change))
    named = sha256(content.encode()).hexdigest()
    made = replace(newest, version=version, at=now, by=by, content=content, hash=named, note=note)
    return made, [replace(quote, version=version) for quote in of_it]


def sentence(refs: Sequence[str]) -> str:
    """What is said of it in public: the same for every reason."""
    from digests import words

    if len(refs) == 1:
        return f"Quote {refs[0]} has been withdrawn."
    return f"Quotes {words.listing(list(refs))} have been withdrawn."


def _unannounced(unit: "Unit") -> Iterator[tuple[int, str]]:
    for number in unit.editions.weeks():
        versions = unit.editions.of(number)
        of_all = [quote for edition in versions for quote in unit.editions.quotes(number, edition.version)]
        refs = {quote.ref for quote in of_all if quote.withdrawn_at is not None and quote.withdrawn_at > versions[-1].at}
        yield from ((number, ref) for ref in sorted(refs))


# --- what may stay --------------------------------------------------------------------------------------------------------


def _live(unit: "Unit") -> Iterator[PublishedQuote]:
    for number in unit.editions.weeks():
        for edition in unit.editions.of(number):
            yield from (quote for quote in unit.editions.quotes(number, edition.version) if quote.content)


def _answers(unit: "Unit") -> dict[int, str]:
    """What authors said when they were asked, by row."""
    from digests import curation

    states = [
        curation.fold(unit.decisions.hold(number), unit.decisions.of(number)).permissions for number in unit.editions.weeks()
    ]
    return {row: permission.state for of_week in states for row, permission in of_week.items()}


def _must_go(service: Service, quote: PublishedQuote, kept: Kept, answers: dict[int, str]) -> bool:
    from digests import quoting
    from digests.curation import Curation, Permission, wording
    from listener.jobs import digest

    if kept.gone_at is not None:
        return True
    if not wording(kept.post):
        return False  # their time in the store is over; what was published with leave outlives it
    known = {kept.row: Permission(state=answers[kept.row])} if kept.row in answers else {}  # type: ignore[arg-type]
    judge = quoting.Desk(Curation(permissions=known), digest.counts_only(service))
    is_edited = bool(quote.said) and quote.said != wording(kept.post)
    return bool(judge.never(kept)) or (is_edited and '"mode": "paraphrase"' not in quote.content)


def _hide(service: Service, unit: "Unit", rows: Iterable[int], by: int) -> None:
    """As a decision that a person can undo; what is gone is not shown anyway."""
    from digests.curation import wording

    for kept in unit.posts.some(sorted(rows)):
        for one in service.config.exercise.weeks:
            if one.opens <= kept.post.posted_at < one.closes:
                value = {"reason": "unsafe to show", "note": "", "of": wording(kept.post)}
                seen, now = unit.decisions.newest(one.number), service.now()
                unit.decisions.add(
                    Decision(
                        seq=0, at=now, by=by, week=one.number, target=f"post:{kept.row}", verb="hide", value=value, seen=seen
                    )
                )
