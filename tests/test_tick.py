"""One look at the ledger, and everything that is due."""

from dataclasses import replace
from datetime import timedelta

import pytest

from listener.jobs import tick
from listener.jobs.service import Refused
from storage.store import StorageError
from tests.services import FIRST, SKY, make_service, store_sky, write_answers

BROKEN = '\n[sources.broken]\nkind = "file"\npath = "nowhere.jsonl"\n'
NOW = FIRST + timedelta(hours=2)


def test_what_is_due_is_read_and_the_weeks_page_made(tmp_path):
    service = make_service(tmp_path, now=NOW)
    write_answers(tmp_path, range(5))

    done = tick.do(service)

    assert [(run.source, run.why, run.new) for run in done.runs] == [("tag", "live", 5)]
    assert [(draft.week, draft.contributions) for draft in done.drafts] == [(1, 5)]
    assert (tmp_path / "digests/week-1/index.html").exists()


def test_at_the_same_moment_nothing_is_due_twice(tmp_path):
    service = make_service(tmp_path, now=NOW)
    write_answers(tmp_path, range(5))
    tick.do(service)

    assert tick.do(service) == tick.Done()


def test_one_sources_fault_does_not_keep_the_others_from_being_read(tmp_path):
    service = make_service(tmp_path, now=NOW, extra=BROKEN)
    write_answers(tmp_path, range(3))
    service = replace(service, config=replace(service.config, sources=service.config.sources[::-1]))

    done = tick.do(service)

    assert [(run.source, run.state) for run in done.runs] == [("broken", "failed"), ("tag", "complete")]
    assert [draft.contributions for draft in done.drafts] == [3]


def test_a_stop_is_obeyed_before_anything_else_is_begun(tmp_path):
    service = make_service(tmp_path, now=NOW, stopped=lambda: True)
    write_answers(tmp_path, range(3))

    assert tick.do(service) == tick.Done()
    assert tuple(tick.make_pages(service, service.config.exercise.weeks)) == ()
    assert not (tmp_path / "digests").exists()


def test_a_tick_gives_way_to_another_listener_at_work(tmp_path):
    one, two = make_service(tmp_path, now=NOW), make_service(tmp_path, now=NOW)

    with one.working(), pytest.raises(Refused, match="Another listener is working"), two.working(wait=0.05):
        raise AssertionError("two at once")
    assert tick.do(two).drafts == ()


def test_an_exercise_whose_folder_moves_reads_nothing_again(tmp_path):
    here, there = tmp_path / "here", tmp_path / "there"
    here.mkdir()
    write_answers(here, range(5))
    store_sky(here, [])
    service = make_service(here, now=NOW, extra=SKY)
    assert len(tick.do(service).runs) == 2
    service.store.close()
    here.rename(there)

    assert tick.do(make_service(there, now=NOW, extra=SKY)) == tick.Done()


# --- step by step ---------------------------------------------------------------------------------------------------------


def refuse():
    raise Refused("not now")


def lose_the_database():
    raise StorageError("the disk is full")


def test_a_refused_step_is_told_and_the_next_one_is_taken(tmp_path, caplog):
    steps = tick.Steps(make_service(tmp_path, now=NOW))

    assert (steps.take("the backup", refuse), steps.take("another", lambda: 3)) == (None, 3)
    assert [name for name, _ in steps.broken] == ["the backup"]
    assert "the backup: not now" in caplog.text


def test_without_a_database_nothing_goes_on(tmp_path):
    with pytest.raises(StorageError):
        tick.Steps(make_service(tmp_path, now=NOW)).take("a step", lose_the_database)


def test_a_stop_is_obeyed_between_two_readings(tmp_path):
    looks = iter([False, False, True])
    service = make_service(tmp_path, now=NOW + timedelta(days=3), stopped=lambda: next(looks, True))
    write_answers(tmp_path, range(3))

    assert len(tick.do(service).runs) == 1
