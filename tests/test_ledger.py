"""Arithmetic on the ledger."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.base import Window
from listener.jobs import ledger
from listener.jobs.ledger import Listening
from storage.values import Run
from tests import services
from tests.factories import make_week

START = datetime(2026, 10, 11, 23, tzinfo=UTC)  # week 1 of the factories opens: Monday 12 October, local midnight
SOURCE = Listening(name="tag", kind="bluesky", channel="Bluesky", asked="a1", words="posts with #NHSThinkCarer")


def at(hours: float) -> datetime:
    return START + timedelta(hours=hours)


def span(since: float, until: float) -> Window:
    return Window(at(since), at(until))


def make_run(since: float, until: float, **differently) -> Run:
    return services.make_run(at(since), at(until), **differently)


spans = st.lists(st.tuples(st.integers(0, 50), st.integers(1, 20)).map(lambda pair: (pair[0], pair[0] + pair[1])), max_size=8)


@given(spans)
def test_what_is_read_and_what_is_missing_make_up_the_window(read):
    window = span(0, 60)

    done = ledger.covered([make_run(*one) for one in read], "a1")
    gaps = ledger.missing(window, done)

    inside = [Window(max(one.since, window.since), min(one.until, window.until)) for one in done if one.overlaps(window)]
    pieces = sorted(inside + gaps)
    assert pieces[0].since == window.since
    assert pieces[-1].until == window.until
    assert all(one.until == two.since for one, two in pairwise(pieces))


def test_overlapping_and_adjacent_runs_are_one_span():
    runs = [make_run(0, 5), make_run(5, 8), make_run(3, 6), make_run(10, 12)]

    assert ledger.covered(runs, "a1") == [span(0, 8), span(10, 12)]


@pytest.mark.parametrize(
    "different", [{"state": "failed"}, {"state": "running"}, {"asked": "b2"}], ids=["failed", "running", "other"]
)
def test_only_complete_runs_with_the_same_question_cover(different):
    assert ledger.covered([make_run(0, 5, **different)], "a1") == []


def test_a_long_gap_is_cut_at_local_midnights_also_when_the_clock_changes():
    sunday = datetime(2026, 10, 25, tzinfo=UTC)  # 01:00 local time; the day has 25 hours

    cut = list(ledger.days(Window(sunday, sunday + timedelta(days=2, hours=3)), "Europe/London"))

    assert [one.until for one in cut] == [
        datetime(2026, 10, 26, tzinfo=UTC),
        datetime(2026, 10, 27, tzinfo=UTC),
        datetime(2026, 10, 27, 3, tzinfo=UTC),
    ]


def test_a_short_gap_stays_whole():
    assert list(ledger.days(span(3, 20), "Europe/London")) == [span(3, 20)]


def test_coverage_counts_the_hours_read_of_those_due():
    runs = [make_run(0, 10, ended_at=at(10)), make_run(12, 20, ended_at=at(20))]

    covered = ledger.coverage(SOURCE, make_week(1), runs, at(20))

    assert (covered.due, covered.read) == (20.0, 18.0)
    assert [(gap.since, gap.until) for gap in covered.gaps] == [(at(10), at(12))]
    assert covered.last_good == at(20)


def test_a_week_with_the_clock_change_has_169_hours_due():
    week = make_week(2)

    assert ledger.coverage(SOURCE, week, [], week.closes + timedelta(days=1)).due == 169.0


def test_a_source_that_is_off_has_no_gaps_but_says_why():
    covered = ledger.coverage(Listening(name="x", kind="x", off="no contract"), make_week(1), [], at(20))

    assert (covered.read, covered.gaps, covered.off) == (0.0, (), "no contract")


def test_a_week_to_come_has_nothing_due():
    covered = ledger.coverage(SOURCE, make_week(1), [], at(-5))

    assert (covered.due, covered.gaps) == (0.0, ())


def test_the_live_edge_is_not_a_gap_yet():
    gaps = ledger.gaps(SOURCE, make_week(1), [make_run(0, 10)], at(10.3))

    assert gaps == ()


def test_a_gap_tells_its_reason_and_until_when_it_can_be_filled():
    source = Listening(name="tag", kind="x", asked="a1", reach=timedelta(days=7))
    failed = make_run(0, 5, state="failed", error="Unavailable", reason="it did not answer")

    (gap,) = ledger.gaps(source, make_week(1), [failed, make_run(5, 20)], at(20))

    assert (gap.reason, gap.fill_until, gap.fillable) == ("it did not answer", at(0) + timedelta(days=7), True)


def test_a_gap_beyond_reach_cannot_be_filled():
    source = Listening(name="tag", kind="x", asked="a1", reach=timedelta(hours=3))

    (gap,) = ledger.gaps(source, make_week(1), [make_run(5, 20)], at(20))

    assert not gap.fillable


def test_what_is_not_listed_any_more_is_a_gap_of_its_own_that_cannot_be_filled():
    runs = [make_run(0, 5), make_run(8, 10, state="unlisted", reason="it lists too little"), make_run(12, 20)]

    gaps = ledger.gaps(SOURCE, make_week(1), runs, at(20))

    assert [(gap.since, gap.until, gap.fillable, gap.reason) for gap in gaps] == [
        (at(5), at(8), True, ""),
        (at(8), at(10), False, "it lists too little"),
        (at(10), at(12), True, ""),
    ]


def test_what_was_read_is_no_gap_though_it_is_not_listed_any_more():
    runs = [make_run(0, 20), make_run(5, 10, state="unlisted")]

    assert ledger.gaps(SOURCE, make_week(1), runs, at(20)) == ()


def test_what_is_not_listed_any_more_needs_not_be_asked_for():
    runs = [make_run(0, 5), make_run(5, 8, state="unlisted"), make_run(9, 9), make_run(0, 20, state="unlisted", asked="b2")]

    assert ledger.settled(runs, "a1") == [span(0, 8)]
    assert ledger.covered(runs, "a1") == [span(0, 5)]
