"""How long words are kept: when their time is over they go, numbers stay, and so does what was published with leave."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from listener.jobs import digest
from listener.jobs.ledger import window_of
from listener.jobs.service import Service
from storage.values import Week

if TYPE_CHECKING:
    from listener.config import Config
    from storage.store import Unit

PLATFORM: Mapping[str, timedelta] = {
    "youtube": timedelta(days=30),  # developer policies III.E.4: stored data is refreshed or deleted within 30 days
}
"""The longest that a network lets us keep its posts, whatever the config says. X, Bluesky and Mastodon name no number: what
is taken down there goes by the deletion check."""
_OF_A_POST = ("note", "how", "name")
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """What was said before `before` (UTC) has had its time; of one source or network if it is named."""

    before: datetime
    source: str = ""
    network: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What keeps its words now, and when they go: `kept` contributions, `consented` quotes that stay. `sources` are those with
    a time of their own (name, days)."""

    keep_until: date | None
    kept: int
    consented: int
    sources: Sequence[tuple[str, int]] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """How many contributions lost their words, which quotes (week, reference) came down, and whose pages were made anew."""

    posts: int = 0
    quotes: Sequence[tuple[int, str]] = ()
    weeks: Sequence[int] = ()


# --- decide -----------------------------------------------------------------------------------------------------------


def limits(config: "Config", now: datetime) -> tuple[Limit, ...]:
    """All that holds at this moment: the strictest wins, since each takes what it names.

    Days are local and begin at midnight: words go at the beginning of the day on which their time ends, so that pages change
    once a day.
    """
    zone = ZoneInfo(config.exercise.timezone)
    today = now.astimezone(zone).date()
    tomorrow = _midnight(today + _DAY, zone)
    of_sources = (Limit(before=tomorrow - one.keep, source=one.name) for one in config.sources if one.keep is not None)
    of_networks = (Limit(before=tomorrow - longest, network=network) for network, longest in PLATFORM.items())
    until = config.privacy.keep_until
    over = (Limit(before=now),) if until is not None and today > until else ()
    return (*over, *of_sources, *of_networks)


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)


# --- do ---------------------------------------------------------------------------------------------------------------


def due_now(service: Service) -> list[int]:
    """The posts whose words have had their time."""
    with service.store.read() as unit:
        return _past(unit, limits(service.config, service.now()))


def do(service: Service) -> Done:
    """Takes their words out and makes the internal pages of their weeks anew; numbers, themes and tone stay.

    What was published stays as well: numbers, our own words, paraphrases, and quotes whose authors gave leave. The caller holds
    the work lock, and delivers if quotes came down.
    """
    rows = due_now(service)
    if not rows:
        return Done()
    quotes = _withdraw(service, rows)
    with service.store.write() as unit:
        weeks = _weeks(service.config, unit.posts.moments(rows))
        unit.decisions.redact(set(rows) - _with_leave(unit, rows), *_OF_A_POST)
        posts = unit.posts.expire(rows)
        drafts = unit.analyses.drafts()
        unit.accounts.note(0, "retention", f"{posts} contributions, {len(quotes)} quotes", service.now())
    for week in weeks:
        if week.number in drafts:
            digest.do(service, week)
    service.store.settle()
    return Done(posts=posts, quotes=quotes, weeks=tuple(week.number for week in weeks))


def preview(service: Service) -> Preview:
    """What will go, for somebody to see beforehand."""
    config = service.config
    with service.store.read() as unit:
        rows = _past(unit, (Limit(before=datetime.max.replace(tzinfo=UTC)),))
        quoted = unit.editions.live_rows().intersection(rows)
        consented = len(quoted.intersection(_with_leave(unit, sorted(quoted))))
    of_sources = [(one.name, one.keep // _DAY) for one in config.sources if one.keep is not None]
    return Preview(keep_until=config.privacy.keep_until, kept=len(rows), consented=consented, sources=of_sources)


def lines(found: Preview) -> Iterator[str]:
    """The same in words, for `listener status`."""
    from digests import words

    kept = words.count(found.kept, "contribution")
    if found.keep_until is None:
        yield f"The words of {kept} are kept, and no day is set on which they go: write keep_until in [privacy]."
    else:
        stay = words.count(found.consented, "quote with its author's leave stays", "quotes with their authors' leave stay")
        yield f"After {words.day(found.keep_until)} the words of {kept} will go; {stay}."
    for name, days in found.sources:
        yield f"The words of {name} go after {words.count(days, 'day')}."


# --- how --------------------------------------------------------------------------------------------------------------


def _past(unit: "Unit", of_them: Iterable[Limit]) -> list[int]:
    rows = {row for one in of_them for row in unit.posts.past(one.before, source=one.source, network=one.network)}
    return sorted(rows)


def _weeks(config: "Config", moments: Sequence[datetime]) -> list[Week]:
    return [week for week in config.exercise.weeks if any(moment in window_of(week) for moment in moments)]


def _with_leave(unit: "Unit", rows: Sequence[int]) -> set[int]:
    """Those whose authors let us use their words: when they sent them, or when they were asked."""
    from digests import curation

    found = unit.posts.consented(rows)
    for number in unit.decisions.held():
        state = curation.fold(unit.decisions.hold(number), unit.decisions.of(number))
        found |= {row for row, permission in state.permissions.items() if permission.state == "yes"}
        found -= {row for row, permission in state.permissions.items() if permission.state == "no"}
    return found.intersection(rows)


def _withdraw(service: Service, rows: Sequence[int]) -> Sequence[tuple[int, str]]:
    """Their own words without their leave do not outlive their time; our words for what they said do."""
    from listener.jobs import withdraw

    with service.store.read() as unit:
        theirs = _verbatim(unit).intersection(rows)
        without = theirs - _with_leave(unit, sorted(theirs))
    return withdraw.quotes(service, without, 0, hide=False)


def _verbatim(unit: "Unit") -> set[int]:
    """The posts whose own words some version shows."""
    editions = [edition for number in unit.editions.weeks() for edition in unit.editions.of(number)]
    quotes = [quote for one in editions for quote in unit.editions.quotes(one.week, one.version) if quote.content]
    return {quote.row for quote in quotes if '"mode": "paraphrase"' not in quote.content}
