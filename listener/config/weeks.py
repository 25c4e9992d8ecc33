"""From dates to weeks: local days in, UTC instants out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Span:
    """The local days of one week, both inclusive."""

    starts: date
    ends: date


def spans(first: date, told: Sequence[tuple[date | None, date | None]]) -> list[Span]:
    """The days of each week: seven of them from the day after the week before, unless a start or an end was told."""
    found: list[Span] = []
    for starts, ends in told:
        begins = starts or (found[-1].ends + DAY if found else first)
        found.append(Span(begins, ends or begins + 6 * DAY))
    return found


def faults(found: Sequence[Span]) -> list[tuple[int, str, str]]:
    """What is wrong with the days: position of the week from 0, key, sentence."""
    wrong = [
        (n, "ends", f"must not be before the week starts ({span.starts})")
        for n, span in enumerate(found)
        if span.ends < span.starts
    ]
    for number, (before, span) in enumerate(pairwise(found), 1):
        if span.starts <= before.ends:
            wrong.append((number, "starts", f"must be later than {before.ends}, the last day of week {number}"))
    return wrong


def bounds(span: Span, timezone: str) -> tuple[datetime, datetime]:
    """The week as UTC instants, half-open: 167, 168 or 169 hours where the clocks change."""
    zone = ZoneInfo(timezone)
    opens = datetime.combine(span.starts, time(), zone)
    closes = datetime.combine(span.ends + DAY, time(), zone)
    return opens.astimezone(UTC), closes.astimezone(UTC)
