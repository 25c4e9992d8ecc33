"""The moments of one week: reading and checks at their times, notices and publishing on the next working day. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from digests import words
from storage.values import Exercise, Pass, Week

if TYPE_CHECKING:
    from listener.config import Schedule

_DAY = timedelta(days=1)
_SATURDAY = 5
# A calendar of the config -> the subdivision of the United Kingdom, as the library `holidays` calls it.
_SUBDIVISIONS = {"england-and-wales": "ENG", "scotland": "SCT", "northern-ireland": "NIR"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Timetable:
    """UTC instants. `moved` is a sentence for the page and the notice where people's times are on a later day, else empty."""

    closing: datetime
    reread: datetime
    analysis: datetime
    draft: datetime
    notice: datetime
    blockers: datetime
    publish_by: datetime
    settle: datetime
    moved: str = ""


def of(exercise: Exercise, week: Week, schedule: "Schedule") -> Timetable:
    """Reading, checks, analysis and draft fall on the day after the week's last; notice, list of blockers and publishing on the
    first working day from then on. A time that the spring's clock change leaves out is taken by the clock before it."""
    day = week.ends + _DAY
    working, zone = _working_day(day, schedule), ZoneInfo(exercise.timezone)
    return Timetable(
        closing=_moment(day, schedule.closing, zone),
        reread=_moment(day, schedule.reread, zone),
        analysis=_moment(day, schedule.analysis, zone),
        draft=_moment(day, schedule.draft, zone),
        notice=_moment(working, schedule.notice, zone),
        blockers=_moment(working, schedule.blockers, zone),
        publish_by=_moment(working, schedule.publish_by, zone),
        settle=(datetime.combine(day, schedule.reread, zone) + schedule.settle).astimezone(UTC),  # by the clock on the wall
        moved=_moved(day, working, schedule),
    )


def present_pass(times: Timetable, now: datetime) -> tuple[Pass, datetime | None]:
    """How a week is read at this moment, and from when on a reading must have begun to count for that (None: whenever)."""
    if now >= times.settle:
        return "settle", times.settle
    if now >= times.reread:
        return "reread", times.reread
    return ("closing" if now >= times.closing else "live"), None


def running(exercise: Exercise, now: datetime, schedule: "Schedule") -> list[tuple[Week, Timetable]]:
    """The weeks that have begun and are not settled yet; before the first and in a gap between weeks, the next to come."""
    tables = [(week, of(exercise, week, schedule)) for week in exercise.weeks]
    begun = [(week, table) for week, table in tables if week.opens <= now < max(table.settle, table.publish_by)]
    return begun or [(week, table) for week, table in tables if now < week.opens][:1]


def _moment(day: date, at: time, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, at, zone).astimezone(UTC)


def _working_day(day: date, schedule: "Schedule") -> date:
    while not _is_working(day, schedule):
        day += _DAY
    return day


def _is_working(day: date, schedule: "Schedule") -> bool:
    return day.weekday() < _SATURDAY and day not in schedule.days_off and day not in _holidays(schedule.holidays, day.year)


@cache
def _holidays(calendar: str, year: int) -> frozenset[date]:
    if not calendar:
        return frozenset()
    from holidays import country_holidays

    return frozenset(country_holidays("GB", subdiv=_SUBDIVISIONS[calendar], years=year))


def _moved(day: date, working: date, schedule: "Schedule") -> str:
    if day == working:
        return ""
    idle = list(_days(day, working))
    return f"{_why(idle, schedule)}: publish by {words.weekday(working)}, {words.clock(_at(working, schedule.publish_by))}"


def _why(idle: Sequence[date], schedule: "Schedule") -> str:
    first, last = idle[0], idle[-1]
    if first == last:
        return (
            f"{words.weekday(first)} is {'a holiday' if first in _holidays(schedule.holidays, first.year) else _plain(first)}"
        )
    return f"{words.weekday(first)} to {words.weekday(last)} are not working days"


def _plain(day: date) -> str:
    return "a day off" if day.weekday() < _SATURDAY else "in a weekend"


def _days(first: date, end: date) -> Iterator[date]:
    while first < end:
        yield first
        first += _DAY


def _at(day: date, at: time) -> datetime:
    return datetime.combine(day, at, UTC)  # only its hands are read
