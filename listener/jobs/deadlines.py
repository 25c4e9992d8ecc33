"""A warning for the operator, a day before what is missing can no longer be read. Pure."""

from collections.abc import Collection, Iterator, Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from digests import words
from listener.jobs import discreet, ledger
from listener.jobs.faults import Alarm, Heard
from storage.values import Gap, Week

BEFORE = timedelta(hours=24)


def closes_soon(gap: Gap, now: datetime) -> bool:
    """Whether it can be filled, but not for longer than a day."""
    return gap.fillable and gap.fill_until is not None and gap.fill_until - now <= BEFORE


def alarms(heard: Heard, weeks: Sequence[Week], told: Collection[str], now: datetime, zone: ZoneInfo) -> Iterator[Alarm]:
    """One for each day on which something of a source gets out of reach."""
    by_day: dict[date, list[Gap]] = {}
    for week in weeks:
        for gap in ledger.gaps(heard.source, week, heard.runs, now):
            if gap.fill_until is not None and closes_soon(gap, now):
                by_day.setdefault(gap.fill_until.astimezone(zone).date(), []).append(gap)
    for day, gaps in by_day.items():
        key = f"closing:{heard.source.name}:{day}"
        if key not in told:
            yield _alarm(heard, key, gaps, zone)


def _alarm(heard: Heard, key: str, gaps: Sequence[Gap], zone: ZoneInfo) -> Alarm:
    reasons = dict.fromkeys(discreet.line(gap.reason) for gap in gaps if gap.reason)
    lines = [
        f"{heard.channel} (source {heard.source.name}): what is missing can soon not be read any more.",
        *(_line(gap, zone) for gap in gaps),
        *(f"The reason: {reason}" for reason in reasons),
        "It is tried again by itself until then. To see what stands in the way: listener check --online. After it, only a file "
        "of what was said will do.",
    ]
    return Alarm(key=key, subject=f"{heard.channel} can soon not be read any more", body="\n\n".join(lines) + "\n")


def _line(gap: Gap, zone: ZoneInfo) -> str:
    last = "" if gap.fill_until is None else words.when(gap.fill_until, zone)
    return f"Missing {words.span(gap.since, gap.until, zone)}; can be filled until {last}."
