"""What must hold for the ledger."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collectors.base import Window
from storage.runs import Asking
from storage.store import Store
from storage.values import Run
from tests.factories import NOW
from tests.stores import WEEK, opened

HOUR = timedelta(hours=1)
ASKING = Asking(source="tag", kind="bluesky", asked="0123456789abcdef", why="live")
TOTALS = ("pages", "new", "changed", "unchanged", "gone", "requests")

steps = st.lists(
    st.tuples(
        st.dictionaries(st.sampled_from(TOTALS), st.integers(0, 1000)),
        st.none() | st.text("abc", max_size=3),
        st.none() | st.dictionaries(st.sampled_from(["bounce", "auto-reply", "unreadable"]), st.integers(1, 9)),
    ),
    max_size=6,
)


@pytest.fixture
def store():
    with opened() as store:
        yield store


def begin(store: Store, window: Window = WEEK, **differently: Any) -> Run:
    with store.write() as unit:
        return unit.runs.begin(replace(ASKING, **differently), window, None, NOW)


def get(store: Store, run: Run) -> Run:
    with store.read() as unit:
        return unit.runs.get(run.id)


def end(store: Store, run: Run, **how) -> None:
    with store.write() as unit:
        unit.runs.end(run.id, NOW + HOUR, **how)


def progress(store: Store, run: Run, *told, **more) -> None:
    with store.write() as unit:
        unit.runs.progress(run.id, *told, **more)


def cut(store: Store, run: Run, reaches: datetime) -> list[Run]:
    with store.write() as unit:
        unit.runs.cut(run.id, reaches, NOW + HOUR, "it lists too little")
        return unit.runs.over(WEEK)


def test_what_a_source_does_not_list_any_more_is_a_run_of_its_own(store):
    run = begin(store)

    rest, before = cut(store, run, WEEK.since + HOUR)

    assert (rest.id, rest.since, rest.until, rest.state) == (run.id, WEEK.since + HOUR, WEEK.until, "running")
    assert (before.since, before.until, before.state) == (WEEK.since, WEEK.since + HOUR, "unlisted")
    assert (before.asked, before.why, before.reason) == (run.asked, run.why, "it lists too little")


def test_a_window_of_which_nothing_is_listed_any_more_is_not_read(store):
    run = begin(store)

    (before,) = cut(store, run, WEEK.until + HOUR)

    assert (before.since, before.until, before.state) == (WEEK.since, WEEK.until, "unlisted")
    assert get(store, run).since == WEEK.until


def test_a_source_that_lists_further_back_than_the_window_leaves_the_run_whole(store):
    (run,) = cut(store, begin(store), WEEK.since)

    assert (run.since, run.until) == (WEEK.since, WEEK.until)


def test_a_run_is_written_down_as_it_begins(store):
    with store.write() as unit:
        run = unit.runs.begin(ASKING, WEEK, "page 3", NOW)

    told: dict[str, Any] = {"source": "tag", "kind": "bluesky", "asked": "0123456789abcdef", "why": "live", "cursor": "page 3"}
    assert run == Run(id=1, since=WEEK.since, until=WEEK.until, started_at=NOW, state="running", **told)
    assert get(store, run) == run


def test_runs_are_numbered_as_they_come(store):
    assert [begin(store).id, begin(store).id, begin(store).id] == [1, 2, 3]


@given(steps)
@settings(max_examples=30, deadline=None)
def test_progress_adds_up(steps):
    with opened() as store:
        run = begin(store)
        for more, cursor, asides in steps:
            progress(store, run, cursor, asides, **more)
        found = get(store, run)

    cursors = [cursor for _, cursor, _ in steps if cursor is not None]
    reasons = {reason for _, _, asides in steps for reason in asides or ()}
    assert {name: getattr(found, name) for name in TOTALS} == {
        name: sum(m.get(name, 0) for m, _, _ in steps) for name in TOTALS
    }
    assert found.asides == {reason: sum((asides or {}).get(reason, 0) for _, _, asides in steps) for reason in reasons}
    assert found.cursor == (cursors[-1] if cursors else None)


def test_costs_add_up_and_other_runs_are_left_alone(store):
    run, other = begin(store), begin(store)
    progress(store, run, cost=0.25)
    progress(store, run, cost=0.5)

    assert get(store, run).cost == 0.75
    assert get(store, other) == other


def test_a_total_that_does_not_exist_is_refused(store):
    run = begin(store)

    with pytest.raises(KeyError, match="news"):
        progress(store, run, news=1)

    assert get(store, run) == run


def test_a_run_ends_complete_unless_told_otherwise(store):
    run = begin(store)
    end(store, run)

    assert get(store, run) == replace(run, state="complete", ended_at=NOW + HOUR)


def test_a_run_that_failed_says_why_and_when_to_come_back(store):
    run = begin(store)
    how: dict[str, Any] = {"state": "failed", "error": "RateLimited", "reason": "come back later", "retry_at": NOW + 2 * HOUR}
    end(store, run, **how)

    assert get(store, run) == replace(run, ended_at=NOW + HOUR, **how)


def test_runs_over_a_window_are_those_that_share_a_moment_with_it(store):
    windows = {
        "before": Window(WEEK.since - HOUR, WEEK.since),
        "into": Window(WEEK.since - HOUR, WEEK.since + HOUR),
        "within": Window(WEEK.since + HOUR, WEEK.since + 2 * HOUR),
        "around": WEEK.widened(HOUR),
        "after": Window(WEEK.until, WEEK.until + HOUR),
    }
    for source, window in windows.items():
        begin(store, window, source=source)
    begin(store, WEEK, source="within")

    with store.read() as unit:
        found = [run.source for run in unit.runs.over(WEEK)]
        of_one = [run.id for run in unit.runs.over(WEEK, "within")]
        by_source = {source: [run.id for run in runs] for source, runs in unit.runs.by_source(WEEK).items()}

    assert found == ["into", "within", "around", "within"]
    assert of_one == [3, 6]
    assert by_source == {"into": [2], "within": [3, 6], "around": [4]}


def test_a_cut_off_run_is_closed_and_the_others_left_alone(store):
    cut_off, done = begin(store), begin(store)
    end(store, done)
    before = get(store, done)

    with store.write() as unit:
        unit.runs.close_interrupted(NOW + 2 * HOUR)

    assert get(store, cut_off) == replace(cut_off, state="stopped", reason="cut off before its end", ended_at=NOW + 2 * HOUR)
    assert get(store, done) == before


@pytest.mark.parametrize(
    ("more", "how", "tells"),
    [
        ({"new": 1}, None, True),
        ({"changed": 1}, {"state": "failed"}, True),
        ({"gone": 1}, {"state": "stopped"}, True),
        ({}, {}, True),
        ({"unchanged": 5, "requests": 2}, {"state": "failed"}, False),
        ({}, None, False),
    ],
    ids=["new", "changed", "gone", "complete", "failed with nothing new", "running"],
)
def test_the_newest_run_is_the_last_that_told_something(store, more, how, tells):
    told, run = begin(store), begin(store)
    end(store, told)
    progress(store, run, **more)
    if how is not None:
        end(store, run, **how)

    with store.read() as unit:
        assert unit.runs.newest(WEEK) == (run.id if tells else told.id)
        assert unit.runs.newest(Window(WEEK.until, WEEK.until + HOUR)) == 0


def test_last_good_is_the_last_complete_end_of_each_source(store):
    for source, state in [("tag", "complete"), ("tag", "failed"), ("mail", "failed"), ("form", "complete")]:
        end(store, begin(store, source=source), state=state)
    with store.write() as unit:
        unit.runs.end(unit.runs.begin(ASKING, WEEK, None, NOW).id, NOW + 3 * HOUR)
        unit.runs.end(unit.runs.begin(ASKING, WEEK, None, NOW).id, NOW + 2 * HOUR)

    with store.read() as unit:
        assert unit.runs.last_good() == {"tag": NOW + 3 * HOUR, "form": NOW + HOUR}
