"""Decisions and holds as they are kept: appended, never overwritten, refused where somebody came in between."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storage.curated import Decision, Hold
from storage.decisions import Stale
from storage.store import Store
from tests.factories import NOW
from tests.stores import opened
from tests.test_analyses import analyses_of
from tests.test_curation import HOLD

ANNA, BEN = 1, 2


@pytest.fixture
def store():
    with opened() as store:
        yield store


def make_decision(**differently: Any) -> Decision:
    values: dict[str, Any] = {
        "seq": 0,
        "at": NOW,
        "by": ANNA,
        "week": 1,
        "target": "post:3",
        "verb": "hide",
        "value": {"reason": "advert"},
        "seen": 0,
    }
    return Decision(**(values | differently))


def add(store: Store, **differently: Any) -> Decision:
    with store.write() as unit:
        return unit.decisions.add(make_decision(**differently))


def of(store: Store, week: int = 1) -> list[Decision]:
    with store.read() as unit:
        return unit.decisions.of(week)


def test_decisions_are_numbered_and_kept_in_their_order(store):
    made = [add(store, verb="flag", value={}), add(store, week=2), add(store, value={"reason": "off topic", "note": "ŵ “x”"})]

    assert [one.seq for one in made] == [1, 2, 3]
    assert of(store) == [made[0], made[2]]
    with store.read() as unit:
        assert (unit.decisions.newest(1), unit.decisions.newest(3)) == (3, 0)
        assert unit.decisions.newest_by_week() == {1: 3, 2: 2}


def test_nothing_is_kept_from_somebody_who_had_not_seen_what_another_did(store):
    add(store, by=ANNA)

    with pytest.raises(Stale) as told:
        add(store, by=BEN, seen=0)

    assert (told.value.by, told.value.at, told.value.later.seq) == (ANNA, NOW, 1)
    assert len(of(store)) == 1


@pytest.mark.parametrize(
    "differently",
    [{"by": BEN, "seen": 1}, {"by": ANNA, "seen": 0}, {"by": BEN, "target": "post:4"}, {"by": BEN, "week": 2}],
    ids=["who has seen it", "the same person", "another post", "another week"],
)
def test_who_overwrites_nobody_is_not_kept_waiting(store, differently):
    add(store, by=ANNA)

    assert add(store, **differently).seq == 2


def test_a_decision_and_its_hold_are_kept_together_or_not_at_all(store):
    with pytest.raises(Stale), store.write() as unit:
        _decide_and_break_off(unit)

    with store.read() as unit:
        assert (unit.decisions.of(1), unit.decisions.hold(1)) == ([], None)


def _decide_and_break_off(unit):
    unit.decisions.keep_hold(HOLD)
    unit.decisions.add(make_decision(by=ANNA))
    unit.decisions.add(make_decision(by=BEN))


def test_words_of_somebody_who_asked_to_be_forgotten_leave_what_was_decided(store):
    add(store, verb="paraphrase", value={"text": "Somebody said it.", "of": "c0ffee"})
    add(store, verb="flag", value={})
    add(store, verb="paraphrase", value={"text": "Another."}, target="post:4")

    with store.write() as unit:
        changed = unit.decisions.redact([3], "text", "name")

    assert changed == 1
    assert [dict(one.value) for one in of(store)] == [{"of": "c0ffee"}, {}, {"text": "Another."}]


def test_the_first_hold_stays(store):
    first, second = HOLD, Hold(week=1, at=NOW + timedelta(days=1), by=BEN, upto=9, last_row=99, analysis=HOLD.analysis)

    with store.write() as unit:
        assert unit.decisions.hold(1) is None
        unit.decisions.keep_hold(first)
        unit.decisions.keep_hold(second)

    with store.read() as unit:
        assert unit.decisions.hold(1) == first
        assert unit.decisions.held() == {1}


@settings(deadline=None, max_examples=50)
@given(analyses_of(), st.integers(0, 2**40))
def test_a_held_analysis_comes_back_as_it_was(found, last_row):
    hold = Hold(week=1, at=NOW, by=ANNA, upto=1, last_row=last_row, analysis=found)

    with opened() as store:
        with store.write() as unit:
            unit.decisions.keep_hold(hold)
        with store.read() as unit:
            assert unit.decisions.hold(1) == hold
