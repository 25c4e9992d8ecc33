"""Arithmetic on the ledger: what of a window has been read, what is missing, and until when it can still be read. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from collectors.base import Window
from collectors.budget import Budget
from storage.values import Coverage, Gap, Run, State, Week

_DAY = timedelta(hours=25)


def window_of(week: Week) -> Window:
    return Window(week.opens, week.closes)


def covered(runs: Iterable[Run], asked: str) -> list[Window]:
    """Spans that complete runs with this fingerprint have read, merged, in order."""
    return _spans(runs, asked, "complete")


def settled(runs: Iterable[Run], asked: str) -> list[Window]:
    """Spans that need not be asked for: they were read, or the source has been found not to list them any more."""
    return _spans(runs, asked, "complete", "unlisted")


def _spans(runs: Iterable[Run], asked: str, *states: State) -> list[Window]:
    told = (run for run in runs if run.state in states and run.asked == asked and run.since < run.until)
    return merged(Window(run.since, run.until) for run in told)


def merged(spans: Iterable[Window]) -> list[Window]:
    """The same spans in order, those that touch or overlap as one."""
    found: list[Window] = []
    for span in sorted(spans):
        if found and span.since <= found[-1].until:
            found[-1] = Window(found[-1].since, max(found[-1].until, span.until))
        else:
            found.append(span)
    return found


def missing(window: Window, read: Sequence[Window]) -> list[Window]:
    """The parts of a window that none of these (merged, in order) covers."""
    gaps, since = [], window.since
    for span in read:
        if span.since >= window.until:
            break
        if span.since > since:
            gaps.append(Window(since, span.since))
        since = max(since, span.until)
    if since < window.until:
        gaps.append(Window(since, window.until))
    return gaps


def days(gap: Window, timezone: str) -> Iterator[Window]:
    """A long gap cut at local midnights, so that one day that cannot be read does not keep the others from being read."""
    since = gap.since
    while gap.until - since > _DAY:
        midnight = _next_midnight(since, ZoneInfo(timezone))
        yield Window(since, midnight)
        since = midnight
    yield Window(since, gap.until)


def _next_midnight(moment: datetime, zone: ZoneInfo) -> datetime:
    return datetime.combine(moment.astimezone(zone).date() + timedelta(days=1), time(), zone).astimezone(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Listening:
    """One source as the ledger needs it: its name, kind and channel, the fingerprint and words of what is asked, how often, how
    far back it can be asked, how long it takes to list a post, whether its posts are looked up every day or handed in as a list
    (`audits`), why it is off (empty: it is on), what it may cost and has cost, and why (empty: it does not) and until when it
    rests since it may not cost more."""

    name: str
    kind: str
    channel: str = ""
    asked: str = ""
    words: str = ""
    every: timedelta = timedelta(minutes=15)
    reach: timedelta | None = None
    lag: timedelta = timedelta()
    swept: bool = False
    off: str = ""
    audits: bool = False
    budget: Budget | None = None
    rests: str = ""
    rests_until: datetime | None = None


def gaps(source: Listening, week: Week, runs: Sequence[Run], now: datetime) -> tuple[Gap, ...]:
    """What of the week so far has not been read, each with the last reason and until when it can be filled.

    The live edge (younger than twice the source's interval) is not a gap yet.
    """
    until = min(now, week.closes)
    if until <= week.opens or source.off:
        return ()
    spans = missing(Window(week.opens, until), covered(runs, source.asked))
    lost = _spans(runs, source.asked, "unlisted")
    old = [
        span
        for span in spans
        if span.until < until or span.length > 2 * source.every or now >= week.closes + timedelta(hours=1)
    ]
    edge = reached_from(source, now)
    return tuple(_gap(source, part, runs, lost, now) for span in old for part in _parts(span, edge, lost))


def reached_from(source: Listening, now: datetime) -> datetime | None:
    """The earliest full hour (UTC) that the source can still be asked for; None if there is no limit."""
    if source.reach is None:
        return None
    edge = now - source.reach
    hour = edge.replace(minute=0, second=0, microsecond=0)
    return hour if hour == edge else hour + timedelta(hours=1)


def _parts(span: Window, edge: datetime | None, lost: Sequence[Window]) -> list[Window]:
    """What is lost for good and what can still be read are gaps apart."""
    edges = {edge, *(moment for one in lost for moment in (one.since, one.until))}
    inside = {moment for moment in edges if moment is not None and moment in span}
    return [Window(*pair) for pair in pairwise(sorted({span.since, span.until, *inside}))]


def _gap(source: Listening, span: Window, runs: Sequence[Run], lost: Sequence[Window], now: datetime) -> Gap:
    told = [run for run in runs if run.error or run.state == "unlisted"]
    about = [run for run in told if run.why != "sweep" and span.overlaps(Window(run.since, run.until))]
    fill_until = None if source.reach is None else span.since + source.reach
    fillable = (fill_until is None or now < fill_until) and not any(span.overlaps(one) for one in lost)
    reason = source.rests if fillable and source.rests else about[-1].reason if about else ""
    return Gap(source=source.name, since=span.since, until=span.until, reason=reason, fill_until=fill_until, fillable=fillable)


def coverage(source: Listening, week: Week, runs: Sequence[Run], now: datetime) -> Coverage:
    """How much of the week so far has been read; counts of posts and asides are the caller's to add."""
    until = max(week.opens, min(now, week.closes))
    span = Window(week.opens, until)
    unread = sum((gap.length for gap in missing(span, covered(runs, source.asked))), timedelta())
    good = [run.ended_at for run in runs if run.state == "complete" and run.why != "sweep" and run.ended_at is not None]
    return Coverage(
        source=source.name,
        kind=source.kind,
        channel=source.channel,
        asked=source.words,
        due=_hours(span.length),
        read=0.0 if source.off else _hours(span.length - unread),
        gaps=gaps(source, week, runs, now),
        off=source.off,
        last_good=max(good, default=None),
    )


def _hours(length: timedelta) -> float:
    return round(length / timedelta(hours=1), 2)
