"""What was published is kept for good, but for the words that are withdrawn from every version of it."""

from datetime import timedelta
from typing import Any

import pytest

from storage.curated import UNKNOWN, Delivery, Edition, PublishedQuote, Removal
from tests import stores
from tests.factories import NOW, make_post

LATER = NOW + timedelta(hours=1)


def make_edition(version=1, week=3, **differently):
    values = {"week": week, "version": version, "at": NOW, "by": 7, "content": "{}", "hash": "00"}
    return Edition(**(values | differently))


def make_quote(ref="3-01", row=1, version=1, week=3):
    return PublishedQuote(week=week, version=version, ref=ref, row=row, content='{"text": "Nobody told me."}', said="ab")


def make_removal(**differently):
    values: dict[str, Any] = {"id": 0, "at": NOW, "due_at": NOW + timedelta(days=1), "week": 3, "ref": "3-01"}
    return Removal(**(values | differently))


@pytest.fixture
def store():
    with stores.opened() as opened:
        yield opened


def add(store, edition, *quotes):
    with store.write() as unit:
        unit.editions.add(edition, quotes)


def published(store):
    """Two versions of week 3 that quote the posts 1 and 2, and week 4 that quotes post 1 again."""
    for version in (1, 2):
        add(store, make_edition(version), make_quote("3-01", 1, version), make_quote("3-02", 2, version))
    add(store, make_edition(week=4), make_quote("4-01", 1, week=4))


def words_of(store, week, version):
    with store.read() as unit:
        return {quote.ref: bool(quote.content) for quote in unit.editions.quotes(week, version)}


def test_versions_come_back_in_their_order_with_their_quotes(store):
    published(store)

    with store.read() as unit:
        assert [edition.version for edition in unit.editions.of(3)] == [1, 2]
        assert unit.editions.quotes(3, 1) == [make_quote("3-01", 1), make_quote("3-02", 2)]
        assert unit.editions.weeks() == {3: 2, 4: 1}
        assert unit.editions.newest(5) == 0


@pytest.mark.parametrize("version", [0, 2])
def test_a_version_is_the_next_one_or_none(store, version):
    with pytest.raises(ValueError, match="not the next"):
        add(store, make_edition(version))


def test_a_withdrawn_post_loses_its_words_in_every_version_of_every_week(store):
    published(store)

    with store.write() as unit:
        withdrawn = unit.editions.withdraw([1, 9], LATER)

    assert withdrawn == [(3, "3-01"), (4, "4-01")]
    assert [words_of(store, 3, 1), words_of(store, 3, 2)] == [{"3-01": False, "3-02": True}] * 2
    assert words_of(store, 4, 1) == {"4-01": False}


def test_withdrawing_again_changes_nothing(store):
    published(store)
    with store.write() as unit:
        unit.editions.withdraw([1], NOW)

    with store.write() as unit:
        assert unit.editions.withdraw([1], LATER) == []
        assert unit.editions.quotes(3, 1)[0].withdrawn_at == NOW


def test_a_week_that_comes_down_keeps_no_words_and_leaves_other_weeks_alone(store):
    published(store)

    with store.write() as unit:
        unit.editions.withdraw_week(3, LATER)

    with store.read() as unit:
        assert {edition.withdrawn_at for edition in unit.editions.of(3)} == {LATER}
        assert unit.editions.of(4)[0].withdrawn_at is None
        assert unit.editions.live_rows() == {1}
    assert not any(words_of(store, 3, 2).values())


def test_a_week_comes_down_up_to_a_version_and_only_once(store):
    published(store)

    with store.write() as unit:
        assert [unit.editions.withdraw_week(3, LATER, 1), unit.editions.withdraw_week(3, LATER, 1)] == [1, 0]

    with store.read() as unit:
        assert [edition.withdrawn_at for edition in unit.editions.of(3)] == [LATER, None]
    assert (any(words_of(store, 3, 1).values()), all(words_of(store, 3, 2).values())) == (False, True)


def test_the_quoted_posts_are_those_that_are_still_up(store):
    stores.add(store, make_post(1), make_post(2), make_post(3))
    published(store)

    with store.write() as unit:
        unit.editions.withdraw([2], NOW)
        quoted = unit.editions.quoted()

    assert [kept.post for kept in quoted] == [make_post(1)]


def test_a_reference_names_its_post(store):
    published(store)

    with store.read() as unit:
        assert [unit.editions.row_of(3, ref) for ref in ("3-02", "3-09")] == [2, None]


# --- ways out -------------------------------------------------------------------------------------------------------------


def deliver(store):
    """Every way out shows what it should."""
    done = Delivery(way="folder", wanted="a", wanted_at=NOW, confirmed="a", confirmed_at=NOW, error="full", retry_at=NOW)
    with store.write() as unit:
        unit.editions.keep_delivery(done)
    return done


CHANGES = {
    "a new version": lambda kept: kept.add(make_edition(3, at=LATER), ()),
    "a withdrawn quote": lambda kept: kept.withdraw([1], LATER),
    "a withdrawn week": lambda kept: kept.withdraw_week(3, LATER),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_no_way_out_is_done_once_something_public_has_changed(store, change):
    published(store)
    deliver(store)

    with store.write() as unit:
        change(unit.editions)

    with store.read() as unit:
        (found,) = unit.editions.deliveries().values()
    assert not found.is_done
    assert found == Delivery(way="folder", wanted=UNKNOWN, wanted_at=LATER, confirmed_at=NOW)


def test_a_way_out_stays_done_while_nothing_changes(store):
    published(store)
    done = deliver(store)

    with store.write() as unit:
        unit.editions.withdraw([99], LATER)
        assert unit.editions.deliveries() == {"folder": done}


# --- requests -------------------------------------------------------------------------------------------------------------


def test_a_request_is_numbered_and_the_most_urgent_comes_first(store):
    with store.write() as unit:
        late = unit.editions.ask_removal(make_removal(due_at=LATER + timedelta(days=9), contact="me@example.org"))
        soon = unit.editions.ask_removal(make_removal(due_at=LATER))

    with store.read() as unit:
        assert unit.editions.removals() == [soon, late]
        assert unit.editions.removal(late.id) == late
        assert unit.editions.removal(99) is None


def test_who_asked_is_forgotten_once_it_is_dealt_with(store):
    with store.write() as unit:
        asked = unit.editions.ask_removal(make_removal(reason="it is about my son", contact="me@example.org"))
        unit.editions.close_removal(asked.id, 7, "withdrawn", LATER)
        unit.editions.close_removal(asked.id, 8, "refused", LATER)

    with store.read() as unit:
        (closed,) = unit.editions.removals(only_open=False)
        assert unit.editions.removals() == []
    assert (closed.contact, closed.reason, closed.outcome, closed.closed_by) == ("", "", "withdrawn", 7)
