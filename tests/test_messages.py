"""What is told to whom: each thing once, and what became of it."""

from datetime import timedelta

import pytest

from tests.factories import NOW
from tests.stores import opened

LATER = NOW + timedelta(hours=1)


@pytest.fixture
def store():
    with opened() as store:
        yield store


def put(store, key="notice:week-1", to="team", due_at=NOW):
    with store.write() as unit:
        return unit.messages.put(key, to, "Week 1", "It is there.", due_at)


def mark(store, id_, **told):
    with store.write() as unit:
        unit.messages.mark(id_, **told)


def keys(store, now=NOW):
    with store.read() as unit:
        return [(one.key, one.place) for one in unit.messages.due(now)]


def test_a_thing_is_told_once(store):
    assert put(store) is True
    assert put(store) is False
    assert keys(store) == [("notice:week-1", 0)]


def test_what_falls_due_later_waits_and_the_oldest_goes_first(store):
    put(store, "b", due_at=LATER)
    put(store, "a")

    assert keys(store) == [("a", 0)]
    assert keys(store, LATER) == [("a", 0), ("b", 0)]


@pytest.mark.parametrize("state", ["sending", "sent", "unsure", "failed"])
def test_only_what_is_pending_is_due(store, state):
    put(store)
    mark(store, 1, state=state)

    assert keys(store) == []


def test_a_failed_try_waits_for_its_time(store):
    put(store)
    mark(store, 1, tries=1, retry_at=LATER)

    assert keys(store) == []
    assert keys(store, LATER) == [("notice:week-1", 0)]


def test_each_address_of_a_group_has_its_own_copy_however_often_it_is_spread(store):
    put(store)
    for places in (3, 3, 2, 1):
        with store.write() as unit:
            unit.messages.spread(unit.messages.due(NOW)[0], places)

    assert keys(store) == [("notice:week-1", place) for place in range(3)]
    assert put(store) is False


def test_messages_are_found_by_the_beginning_of_their_key_and_by_state(store):
    for key in ("fault:a_b:1", "fault:axb:1", "notice:week-1"):
        put(store, key)
    mark(store, 2, state="unsure")

    with store.read() as unit:
        assert unit.messages.known("fault:a_b:") == {"fault:a_b:1"}
        assert [one.key for one in unit.messages.standing("unsure", "failed")] == ["fault:axb:1"]
        assert [one.key for one in unit.messages.all(at_most=1)] == ["notice:week-1"]
        assert (unit.messages.about("no"), unit.messages.get(9)) == (None, None)


def test_what_was_being_sent_when_a_kill_came_is_unsure(store):
    put(store)
    mark(store, 1, state="sending")

    with store.write() as unit:
        assert (unit.messages.close_interrupted(), unit.messages.close_interrupted()) == (1, 0)

    with store.read() as unit:
        found = unit.messages.get(1)
    assert (found.state, found.error) == ("unsure", "cut off while it was sent")
    assert keys(store) == []
