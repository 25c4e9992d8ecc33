"""The five weeks of the invented exercise, and the moments at which people speak."""

from datetime import UTC, date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from listener.demo import draw

ZONE = ZoneInfo("Europe/London")
FIRST_DAY = date(2026, 10, 5)
LAST_MOMENT = datetime(2026, 11, 10, 12, 0, tzinfo=UTC)
OUTAGE_DAY = date(2026, 10, 14)
WEEKS = (1, 2, 3, 4, 5)

LATE_DAY = date(2026, 10, 18)
GONE_DAY = date(2026, 11, 10)

# The question goes out on Monday morning; people answer before work, at midday and when the house is quiet at night.
_BY_DAY = dict(enumerate((26, 18, 15, 12, 11, 9, 9)))
_BY_HOUR = dict(enumerate((5, 3, 2, 3, 2, 2, 4, 7, 9, 10, 9, 7, 9, 8, 5, 5, 5, 6, 7, 9, 11, 12, 10, 7)))
_QUESTION_TIME = time(9, 0, 7)


def first_day(week: int) -> date:
    return FIRST_DAY + timedelta(days=7 * (week - 1))


def local(day: date, at: time, *, fold: int = 0) -> datetime:
    """The moment (UTC) at which a clock on the wall in London shows `at`; `fold` picks the second pass of a doubled hour."""
    return datetime.combine(day, at.replace(fold=fold), ZONE).astimezone(UTC)


def opens(week: int) -> datetime:
    return local(first_day(week), time())


def closes(week: int) -> datetime:
    return local(first_day(week + 1), time())


def asked(week: int) -> datetime:
    """When the week's question was posted."""
    return local(first_day(week), _QUESTION_TIME)


def late() -> datetime:
    """When the networks at last list some posts of the days before."""
    return local(LATE_DAY, time(20))


def gone() -> datetime:
    """When somebody takes a post down whose week's page was made long before."""
    return local(GONE_DAY, time(9))


def moment(week: int, chance: Random) -> datetime:
    """A likely moment of the week, after its question was asked."""
    day = first_day(week) + timedelta(days=draw.weighted(chance, _BY_DAY))
    at = time(draw.weighted(chance, _BY_HOUR), chance.randrange(60), chance.randrange(60))
    told = local(day, at, fold=chance.randrange(2))
    return told if told > asked(week) else told + timedelta(hours=11)


def later(said_at: datetime, chance: Random) -> datetime:
    """When somebody passes a post on: mostly within the hour, seldom after a day."""
    return said_at + timedelta(seconds=40 + int(min(chance.expovariate(1 / 9000), 200_000)))


def week_of(said_at: datetime) -> int:
    """The week whose search finds a moment; what lies outside goes with the nearest."""
    return next((week for week in WEEKS if said_at < closes(week)), WEEKS[-1])
