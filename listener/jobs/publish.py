"""From a week as people left it to a published version: preview, approval, publishing, withdrawal, and what obeys upstream."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from hashlib import sha256
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from listener.jobs import deliver as delivering
from listener.jobs import desk, recheck, timetable
from listener.jobs import withdraw as withdrawing
from listener.jobs.deliver import Standing
from listener.jobs.live import live_problems
from listener.jobs.service import Refused, Service
from storage.curated import Edition
from storage.values import Week

if TYPE_CHECKING:
    from digests.continuing import History
    from digests.edition import PublicDigest, Quote, Rules
    from digests.gate import Blocker
    from digests.tally import Facts
    from storage.store import Unit

FIRST = "First published."
_MOVED = "What it quotes was changed or taken down in this minute, so it was made anew."
UNSAID = "What this version changes is said here."
LONGEST_NOTE = 300
APPROVAL = "approval"
"""The code of the blocker that an approval lifts."""
UNSETTLED = "unsettled"
"""The code of the blocker that only the operator can lift, in the config or with accounts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """What would be published now. `content_hash` names what is approved, `files` are the bytes of its pages by path, `seen` is
    the newest decision that is in it. `is_new` is false where it says the same as the newest version."""

    week: Week
    facts: "Facts"
    digest: "PublicDigest"
    blockers: tuple["Blocker", ...]
    warnings: tuple["Blocker", ...]
    content_hash: str
    files: dict[str, bytes]
    seen: int
    is_new: bool = True

    @property
    def last_editor(self) -> int:
        return self.facts.curation.last_editor if self.facts.curation else 0

    @property
    def rows(self) -> frozenset[int]:
        """The posts that it quotes."""
        return frozenset(quote.row for quote in self.digest.quotes())

    @property
    def besides_approval(self) -> tuple["Blocker", ...]:
        return tuple(blocker for blocker in self.blockers if blocker.code != APPROVAL)


def preview(service: Service, week: Week, note: str = "") -> Prepared:
    """The next version as it would be published now, and what stands in its way. Raises Refused for a week that nobody has
    begun to work on."""
    facts = desk.facts(service, week)
    if facts.curation is None:
        raise Refused(f"Nobody has begun to work on week {week.number}: choose quotes and write the summary at the desk first.")
    from digests import gate, public, public_pages

    with service.store.read() as unit:
        rules = rules_of(service, unit, week, note)
        versions, before = unit.editions.of(week.number), _newest(unit, week.number)
    digest = public.compose(facts, rules)
    return Prepared(
        week=week,
        facts=facts,
        digest=digest,
        blockers=(*gate.blockers(facts, digest, rules), *_unsettled(service)),
        warnings=gate.warnings(facts, digest, rules),
        content_hash=public.fingerprint(digest),
        files=public_pages.render(digest),
        seen=facts.curation.newest,
        is_new=before is None or versions[-1].withdrawn_at is not None or _said(before) != _said(digest),
    )


def _unsettled(service: Service) -> Iterator["Blocker"]:
    """A real exercise shows nobody's words before it is fit to go live."""
    from digests.gate import Blocker

    if found := len(live_problems(service.config, service)):
        told = "1 thing that a live exercise needs is" if found == 1 else f"{found} things that a live exercise needs are"
        yield Blocker(
            code=UNSETTLED, sentence=f"{told} not settled. Ask the operator: `listener check --live` lists what to do."
        )


def approve(service: Service, week: Week, by: int, content: str, seen: int) -> None:
    """Somebody says that this content may be published. Raises Refused while anything else stands in its way, if it has changed
    since they looked, or where the exercise wants another person than the last editor."""
    ready = preview(service, week)
    _refuse_unless_seen(ready, content)
    if ready.besides_approval:
        raise Refused(_listed(f"Week {week.number} cannot be approved yet", ready.besides_approval))
    if service.config.publish.second_person == "required" and by == ready.last_editor:
        raise Refused("You changed this week last, so another person has to approve it.")
    desk.act(service, week, by, "week", "approve", {"content": content}, seen)


def reopen(service: Service, week: Week, by: int, seen: int) -> None:
    """Takes an approval back."""
    desk.act(service, week, by, "week", "reopen", {}, seen)


def publish(service: Service, week: Week, by: int, content: str, note: str = "", *, although: bool = False) -> Edition:
    """Keeps the next version of a week and delivers it. `content` is what its publisher saw (`Prepared.content_hash`), `note`
    the line of a correction on what has changed.

    Every post that is quoted is looked up first: what is gone is obeyed. `although` publishes though a network could not be
    asked, and the record says so. Raises Refused while anything stands in the way: then nothing was published.
    """
    ready = _ready(service, week, content, note)
    checked = recheck.do(service, ready.rows)
    if checked.moved:
        obey(service)
        ready = _ready(service, week, content, note, _MOVED)
    if checked.unasked and not although:
        told = "; ".join(f"{channel}: {why}" for channel, why in checked.unasked.items())
        raise Refused(f"Not everything that is quoted could be looked up. {told}. Try again, or publish it all the same.")
    edition = _keep(service, ready, by, tuple(checked.unasked))
    deliver(service)
    return edition


def _ready(service: Service, week: Week, content: str, note: str, before: str = "") -> Prepared:
    """What would be published, if it may be."""
    ready = preview(service, week, note)
    if not ready.is_new:
        raise Refused(f"Nothing has changed since v{ready.digest.version - 1}: there is nothing to publish.")
    if ready.blockers:
        raise Refused(_listed(f"{before} Week {week.number} cannot be published yet".strip(), ready.blockers))
    _refuse_unless_seen(ready, content)
    if ready.digest.version > 1 and not note.strip():
        raise Refused("Say in one line what this version changes: it stands on the page.")
    if len(note) > LONGEST_NOTE:
        raise Refused(f"Say in at most {LONGEST_NOTE} characters what this version changes.")
    return ready


def _refuse_unless_seen(ready: Prepared, content: str) -> None:
    if ready.content_hash != content:
        raise Refused("The digest has changed since you looked at it. Look at it again.")


def _listed(what: str, blockers: Sequence["Blocker"]) -> str:
    return f"{what}: {' '.join(blocker.sentence for blocker in blockers)}"


def _keep(service: Service, ready: Prepared, by: int, unasked: Sequence[str]) -> Edition:
    """One transaction: the version, its quotes, the record; the ways out are to be confirmed anew."""
    from digests import public
    from digests.curation import wording

    digest, number, now = ready.digest, ready.week.number, service.now()
    said = {kept.row: wording(kept.post) for kept in ready.facts.posts}
    content = public.to_json(digest)
    edition = Edition(
        week=number,
        version=digest.version,
        at=now,
        by=by,
        content=content,
        hash=sha256(content.encode()).hexdigest(),
        note=digest.changes[-1].sentence,
    )
    with service.store.write() as unit:
        if unit.editions.newest(number) != digest.version - 1 or unit.decisions.newest(number) != ready.seen:
            raise Refused("Somebody else changed or published this week in the meantime. Look at it again.")
        unit.editions.add(edition, [replace(quote, said=said.get(quote.row, "")) for quote in public.quotes(digest)])
        unit.accounts.note(by, "publish", f"week-{number} v{digest.version}", now)
        if unasked:
            unit.accounts.note(by, "publish without asking", f"week-{number} v{digest.version} {', '.join(unasked)}", now)
    return edition


# --- by what rules --------------------------------------------------------------------------------------------------------


def rules_of(service: Service, unit: "Unit", week: Week, note: str = "") -> "Rules":
    """What the config and the versions before say of a week's next version."""
    from digests import public
    from digests.edition import ChangeEntry, Rules

    config, newest, last_week = service.config, _newest(unit, week.number), _newest(unit, week.number - 1)
    version = unit.editions.newest(week.number) + 1
    sentence = note.strip() or (FIRST if version == 1 else UNSAID)
    change = ChangeEntry(version=version, date=_today(service), sentence=sentence)
    refs = [quote for each in unit.editions.of(week.number) for quote in unit.editions.quotes(week.number, each.version)]
    return Rules(
        small=config.publish.small,
        second_person=config.publish.second_person,
        organisation=config.exercise.organisation,
        contact=config.exercise.contact,
        privacy_notice=config.privacy.notice,
        accessibility=config.privacy.accessibility,
        remove_address=remove_address(service),
        urgent=config.safeguarding.urgent,
        read_when=config.safeguarding.read_when,
        publish_by=timetable.of(config.exercise, week, config.schedule).moved,
        version=version,
        changes=(*(newest.changes if newest else ()), change),
        before=public.numbers(newest) if newest else {},
        last_week=public.numbers(last_week) if last_week else {},
        refs={quote.row: quote.ref for quote in refs},
        published=frozenset(unit.editions.weeks()),
        history=_history(unit, [one.number for one in config.exercise.weeks if one.number < week.number]),
    )


def _history(unit: "Unit", numbers: Sequence[int]) -> "History":
    """The themes of earlier weeks as their newest versions tell of them, if these are up."""
    from digests.continuing import Heard, History

    themes: dict[str, tuple[Heard, ...]] = {}
    up = [number for number in sorted(numbers) if (made := unit.editions.of(number)) and made[-1].withdrawn_at is None]
    for digest in filter(None, (_newest(unit, number) for number in up)):
        for theme in digest.themes:
            told, key = digest.numbers[theme.key], theme.key.removeprefix("theme/")
            one = Heard(week=digest.number, label=theme.label, size=told if isinstance(told, int) else -1)
            themes[key] = (*themes.get(key, ()), one)
    return History(weeks=tuple(up), themes=themes)


def remove_address(service: Service) -> str:
    """Where the public asks for a quote to come down: the page of the desk if others can reach it, else the contact."""
    address = service.config.serve.address.rstrip("/")
    return f"{address}/remove" if address else service.config.exercise.contact


def _newest(unit: "Unit", number: int) -> "PublicDigest | None":
    """The newest version of a week, whether or not it was withdrawn since."""
    from digests import public

    versions = unit.editions.of(number)
    if not versions:
        return None
    return public.from_json(versions[-1].content, unit.editions.quotes(number, versions[-1].version))


def _said(digest: "PublicDigest") -> tuple[str, list[tuple[str, str]]]:
    """All that a version says, whatever its number and whatever is said of how versions are made."""
    from digests import public

    plain = replace(digest, version=0, changes=(), published=(), method=())
    return public.to_json(plain), [(quote.ref, quote.content) for quote in public.quotes(plain)]


def _today(service: Service) -> date:
    return service.now().astimezone(ZoneInfo(service.config.exercise.timezone)).date()


# --- down, and out --------------------------------------------------------------------------------------------------------


def withdraw(service: Service, rows: Iterable[int], by: int) -> Sequence[tuple[int, str]]:
    """Takes the quotes of these posts out of every version and delivers that at once. (Week, reference) of each."""
    gone = withdrawing.quotes(service, rows, by)
    if gone:
        deliver(service)
    return gone


def withdraw_quote(service: Service, number: int, ref: str, by: int) -> Sequence[tuple[int, str]]:
    """The same by its reference. Raises Refused for one that was never published."""
    with service.store.read() as unit:
        row = unit.editions.row_of(number, ref)
    if row is None:
        raise Refused(f"Week {number} has no quote {ref}. Its references stand beside its quotes, such as {number}-01.")
    return withdraw(service, [row], by)


def withdraw_week(service: Service, number: int, by: int) -> None:
    """Takes a whole digest down and delivers that at once. Raises Refused if it is not up."""
    withdrawing.week(service, number, by)
    deliver(service)


def shown(service: Service, number: int, ref: str) -> str:
    """The words of a quote as the newest version that has them shows them; empty if none does."""
    for edition in reversed(_versions(service, number)):
        found = next((quote for quote in edition.quotes() if quote.ref == ref), None)
        if found is not None and not found.is_withdrawn:
            return found.text
    return ""


def _versions(service: Service, number: int) -> list["PublicDigest"]:
    from digests import public

    with service.store.read() as unit:
        return [
            public.from_json(edition.content, unit.editions.quotes(number, edition.version))
            for edition in unit.editions.of(number)
        ]


def live(service: Service, number: int) -> list["Quote"]:
    """Every quote of a week that some version still shows, in the order of its references."""
    found = {quote.ref: quote for digest in _versions(service, number) for quote in digest.quotes() if not quote.is_withdrawn}
    return [found[ref] for ref in sorted(found)]


def obey(service: Service) -> Sequence[tuple[int, str]]:
    """Takes down what may not be quoted any more. Delivers nothing: that is due then."""
    return withdrawing.quotes(service, withdrawing.due_by_itself(service), 0, hide=False)


def deliver(service: Service) -> tuple[Standing, ...]:
    """Brings everything published to where it is read, and says how each way out stands."""
    return delivering.do(service)


def due_now(service: Service) -> bool:
    """Whether something published or withdrawn is still to be delivered, and its time has come."""
    return delivering.due_now(service)


def is_delivered(service: Service) -> bool:
    """Whether every way out is confirmed to show what is published."""
    return all(one.is_done for one in delivering.standing(service))
