"""How far back a feed lists, and when its server may be asked whether anything has changed."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors import feed_listing
from collectors.base import Window
from collectors.feed_listing import FEWEST, Listing
from collectors.fetch import Answer
from tests.factories import NOW

URL = "https://blog.example.org/feed"
SECOND = timedelta(seconds=1)
HOUR = timedelta(hours=1)


def ago(hours: float) -> datetime:
    return NOW - hours * HOUR


def listed(*lists: Sequence[float], read_at: Sequence[float] = ()) -> Listing:
    """What is known after readings that listed entries of so many hours ago, one reading at each of these hours ago."""
    known = feed_listing.read(None, "a1", URL)
    for number, hours in enumerate(lists):
        dates = [(ago(one), ago(one)) for one in hours]
        at = ago(read_at[number]) if read_at else NOW
        known = feed_listing.of(Answer(url=URL, body=b""), dates, known, at)
    return known


def reaches(*lists: Sequence[float], **more: Sequence[float]) -> datetime | None:
    return listed(*lists, **more).reaches(NOW)


# --- how far back -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [0, 1, FEWEST - 1])
def test_a_feed_of_few_entries_lists_all_there_is(count):
    assert reaches(range(count)) is None


def test_a_feed_of_many_may_have_more_before_its_oldest():
    assert reaches(range(FEWEST)) == ago(FEWEST - 1) + SECOND


def test_a_blog_that_was_seen_to_begin_still_lists_all_while_its_oldest_entry_stays():
    grown = [range(1, 1 + count) for count in (3, 9, 10, 40)]

    assert reaches(*(tuple(hours) for hours in grown)) is None


def test_a_feed_that_loses_its_oldest_entry_lists_from_its_present_oldest_on():
    assert reaches([3, 4, 5], [2, 3, 4]) == ago(4) + SECOND


def test_once_it_has_lost_one_it_is_not_taken_for_whole_again():
    assert reaches([3, 4, 5], [2, 3, 4], [2, 3, 4], [1, 2, 3]) == ago(3) + SECOND


def test_a_list_shorter_than_it_was_holds_all_of_the_time_that_it_has_been_seen_to_hold():
    """Whether an author took the oldest down or the feed keeps a day: what is younger is there."""
    kept_a_day = reaches([1, 20, 24], [1], read_at=(0, 0))

    assert kept_a_day == ago(24)


def test_a_feed_that_has_become_empty_answers_for_the_time_that_it_has_been_seen_to_hold():
    assert reaches([20, 24], [24], [10], [], read_at=(5, 5, 2, 0)) == ago(19)


def test_an_entry_pinned_on_top_says_nothing_of_how_far_back_the_others_go():
    assert reaches([5000, *range(12)]) == ago(11) + SECOND


def test_a_list_from_old_to_new_begins_with_its_oldest():
    assert reaches(range(12, 0, -1)) == ago(12) + SECOND


def test_a_list_in_no_order_answers_for_what_is_newer_than_all_of_it():
    assert reaches([3, 9, 1, 8, 2, 12, 5, 11, 4, 10, 6, 7]) == ago(1) + SECOND


def test_a_list_by_last_change_begins_with_what_was_changed_longest_ago():
    edited = [(ago(30 + number * 7 % 10), ago(number)) for number in range(10)]

    assert feed_listing.reach_of(edited) == int(ago(9).timestamp())


def test_a_list_that_stays_as_it_is_goes_as_far_back_as_before():
    known = listed([3, 4, 20], [2, 3])

    assert known.reaches(NOW) == ago(20)
    assert known.reaches(NOW + 20 * HOUR) == ago(3) + SECOND


@pytest.mark.parametrize("moment", [datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)])
def test_times_beyond_belief_do_no_harm(moment):
    dates = [(moment, moment)] * 12

    found = feed_listing.of(Answer(url=URL, body=b""), dates, feed_listing.read(None, "a1", URL), NOW)

    assert found.reaches(NOW) is not None


@given(st.integers(1, 30), st.lists(st.integers(0, 5), min_size=1, max_size=20))
def test_what_a_feed_answers_for_is_what_it_lists(most, posted):
    """A blog whose feed lists so many, and readings between which so many appear: no entry is both answered for and unread."""
    known, entries = feed_listing.read(None, "a1", URL), []
    for reading, count in enumerate(posted):
        entries += [NOW + reading * HOUR + number * SECOND for number in range(1, count + 1)]
        now = NOW + (reading + 1) * HOUR
        listing = sorted(entries, reverse=True)[: max(most, FEWEST)]
        known = feed_listing.of(Answer(url=URL, body=b""), [(one, one) for one in listing], known, now)
        edge = known.reaches(now)
        answered_for = [one for one in entries if edge is None or one >= edge]
        assert set(answered_for) <= set(listing)


# --- asking whether it has changed --------------------------------------------------------------------------------------

WINDOW = Window(ago(2), NOW)
MARKED = Listing(asked="a1", url=URL, etag='"7"', modified="Tue", taken=(int(ago(3).timestamp()),))


def test_a_server_is_asked_for_changes_where_no_entry_lies_in_the_window():
    assert MARKED.known(WINDOW) == Answer(url=URL, body=b"", etag='"7"', modified="Tue")


@pytest.mark.parametrize(
    "different",
    [{"taken": (int(ago(1).timestamp()),)}, {"taken": None}, {"etag": "", "modified": ""}],
    ids=["an entry in the window", "an entry without a time", "no marks"],
)
def test_else_it_is_asked_for_all(different):
    assert replace(MARKED, **different).known(WINDOW) is None


def test_what_is_kept_reads_the_same():
    assert feed_listing.read(feed_listing.write(MARKED), "a1", URL) == MARKED


@pytest.mark.parametrize("told", [feed_listing.write(replace(MARKED, asked="b2")), "{", "[]", '{"asked": "a1", "more": 1}'])
def test_what_was_kept_of_another_question_or_cannot_be_read_is_forgotten(told):
    assert feed_listing.read(told, "a1", URL) == Listing(asked="a1", url=URL)
