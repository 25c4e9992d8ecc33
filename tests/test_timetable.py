"""When a week is read, told and published: holidays, weekends, days off and clock changes."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from listener.config import Schedule
from listener.jobs import timetable
from tests.factories import make_exercise, make_week

LONDON = ZoneInfo("Europe/London")
ENGLAND = Schedule(holidays="england-and-wales")
READING = ("closing", "reread", "analysis", "draft", "settle")
PEOPLE = ("notice", "blockers", "publish_by")


def week_before(day):
    """A week whose day after the last is this one."""
    return make_week(starts=day - timedelta(days=7))


def table_of(day, schedule=ENGLAND):
    return timetable.of(make_exercise(), week_before(day), schedule)


def local(moment):
    return moment.astimezone(LONDON).replace(tzinfo=None)


def days(table, names):
    return {local(getattr(table, name)).date() for name in names}


def test_a_plain_monday_has_its_times_by_the_clock_on_the_wall():
    table = table_of(date(2026, 11, 16))

    told = [local(getattr(table, name)).strftime("%a %H:%M") for name in (*READING, *PEOPLE)]
    assert told == ["Mon 00:15", "Mon 05:00", "Mon 06:15", "Mon 06:45", "Tue 05:00", "Mon 07:00", "Mon 11:00", "Mon 12:00"]
    assert table.moved == ""
    assert all(getattr(table, name).tzinfo is UTC for name in (*READING, *PEOPLE))


@pytest.mark.parametrize(
    ("day", "working", "moved"),
    [
        ((2027, 5, 3), (2027, 5, 4), "Monday 3 May is a holiday: publish by Tuesday 4 May, midday"),
        ((2027, 3, 29), (2027, 3, 30), "Monday 29 March is a holiday: publish by Tuesday 30 March, midday"),
        (
            (2026, 12, 28),
            (2026, 12, 29),
            "Monday 28 December is a holiday: publish by Tuesday 29 December, midday",  # Boxing Day was a Saturday
        ),
        (
            (2027, 12, 27),
            (2027, 12, 29),
            "Monday 27 December to Tuesday 28 December are not working days: publish by Wednesday 29 December, midday",
        ),
        (
            (2027, 3, 26),
            (2027, 3, 30),
            "Friday 26 March to Monday 29 March are not working days: publish by Tuesday 30 March, midday",
        ),
        ((2026, 11, 22), (2026, 11, 23), "Sunday 22 November is in a weekend: publish by Monday 23 November, midday"),
        (
            (2027, 1, 1),
            (2027, 1, 4),
            "Friday 1 January to Sunday 3 January are not working days: publish by Monday 4 January, midday",
        ),
    ],
    ids=["May Day", "Easter Monday", "Boxing Day in lieu", "two in lieu", "all of Easter", "a Sunday", "over the new year"],
)
def test_what_people_do_moves_to_the_next_working_day_and_reading_never(day, working, moved):
    table = table_of(date(*day))

    assert days(table, PEOPLE) == {date(*working)}
    assert days(table, READING) == {date(*day), date(*day) + timedelta(days=1)}
    assert table.moved == moved


def test_own_days_off_are_like_holidays():
    schedule = Schedule(days_off=(date(2027, 1, 18), date(2027, 1, 19)), publish_by=time(14, 30))

    table = table_of(date(2027, 1, 18), schedule)
    one = table_of(date(2027, 1, 19), schedule)

    assert days(table, PEOPLE) == {date(2027, 1, 20)}
    assert table.moved.endswith("are not working days: publish by Wednesday 20 January, 2:30pm")
    assert one.moved.startswith("Tuesday 19 January is a day off: publish by")


@pytest.mark.parametrize(
    ("calendar", "day", "moves"),
    [
        ("", (2027, 5, 3), False),
        ("england-and-wales", (2027, 1, 4), False),
        ("scotland", (2027, 1, 4), True),  # the second of January, in lieu
        ("scotland", (2027, 3, 29), False),  # Easter Monday is none there
        ("northern-ireland", (2027, 7, 12), True),
        ("england-and-wales", (2027, 7, 12), False),
    ],
)
def test_each_nation_has_its_own_holidays(calendar, day, moves):
    assert bool(table_of(date(*day), Schedule(holidays=calendar)).moved) is moves


@pytest.mark.parametrize(
    ("day", "reread", "hours"),
    [
        ((2026, 10, 25), (2026, 10, 25, 5), 24),  # clocks went back at 01:00 UTC: 05:00 is 05:00 UTC
        ((2026, 10, 24), (2026, 10, 24, 4), 25),  # the settling comes after the change
        ((2027, 3, 28), (2027, 3, 28, 4), 24),
        ((2027, 3, 27), (2027, 3, 27, 5), 23),
    ],
    ids=["autumn", "the day before autumn", "spring", "the day before spring"],
)
def test_a_change_of_clocks_keeps_the_times_on_the_wall(day, reread, hours):
    table = table_of(date(*day))

    assert table.reread == datetime(*reread).replace(tzinfo=UTC)  # noqa: DTZ001 -- the zone follows
    assert table.settle - table.reread == timedelta(hours=hours)
    assert {local(table.reread).hour, local(table.settle).hour} == {5}


def test_a_time_that_spring_leaves_out_and_one_that_autumn_has_twice_are_each_one_moment():
    schedule = Schedule(closing=time(1, 30))

    spring, autumn = table_of(date(2027, 3, 28), schedule), table_of(date(2026, 10, 25), schedule)

    assert spring.closing == datetime(2027, 3, 28, 1, 30, tzinfo=UTC)
    assert autumn.closing == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_every_moment_comes_after_the_one_before_it_in_every_week_of_ten_years():
    for n in range(520):
        table = table_of(date(2026, 1, 5) + timedelta(days=7 * n + n % 7))
        assert table.closing < table.reread < table.analysis < table.draft < table.notice < table.blockers < table.publish_by
        assert table.publish_by - table.closing < timedelta(days=6)
        assert (days(table, PEOPLE) == days(table, ("closing",))) is (table.moved == "")


def running(now):
    return [week.number for week, _ in timetable.running(make_exercise(2), now, ENGLAND)]


def test_a_week_runs_until_it_is_settled_and_before_the_first_it_is_the_next():
    assert running(datetime(2026, 10, 1, tzinfo=UTC)) == [1]
    assert running(datetime(2026, 10, 14, tzinfo=UTC)) == [1]
    assert running(datetime(2026, 10, 19, 12, tzinfo=UTC)) == [1, 2]
    assert running(datetime(2026, 10, 21, tzinfo=UTC)) == [2]
    assert running(datetime(2026, 12, 1, tzinfo=UTC)) == []
