"""What is due, how a window is read, and what is written down of it."""

from datetime import UTC, datetime, timedelta

import pytest

from collectors.base import BadRequest, CollectorError, NotAllowed, OutOfCredit, RateLimited, Unavailable, Window
from collectors.bluesky_session import NotThere, SessionRefused
from collectors.x_answers import Overloaded
from listener.config import Schedule
from listener.jobs import collect
from listener.jobs.collect import Task
from listener.jobs.ledger import Listening
from listener.jobs.service import Refused
from storage.runs import Asking
from storage.values import Run
from tests.factories import make_exercise
from tests.services import LISTENED, make_run, make_service, write_answers

EXERCISE = make_exercise()
OPENS = EXERCISE.weeks[0].opens
CLOSES = EXERCISE.weeks[0].closes
SOURCE = Listening(name="tag", kind="file", asked="a1", every=timedelta(minutes=15))


def due(now: datetime, *runs: Run) -> list[Task]:
    return collect.due(EXERCISE, Schedule(), SOURCE, runs, now)


def windows(tasks: list[Task]) -> list[tuple[datetime, datetime]]:
    return [(task.window.since, task.window.until) for task in tasks]


def test_nothing_is_due_before_the_first_week():
    assert due(OPENS - timedelta(hours=1)) == []


def test_a_source_that_is_off_is_never_due():
    off = Listening(name="tag", kind="file", off="no contract")

    assert collect.due(EXERCISE, Schedule(), off, [], OPENS + timedelta(days=1)) == []


def test_the_live_window_begins_where_the_last_ended():
    now = OPENS + timedelta(hours=2)

    assert windows(due(now, make_run(OPENS, OPENS + timedelta(hours=1)))) == [(OPENS + timedelta(hours=1), now)]


def test_the_live_window_waits_for_its_interval():
    last = OPENS + timedelta(hours=1)

    assert due(last + timedelta(minutes=14), make_run(OPENS, last)) == []
    assert len(due(last + timedelta(minutes=15), make_run(OPENS, last))) == 1


def test_a_network_that_lists_late_is_asked_for_what_it_can_have_listed():
    slow = Listening(name="tag", kind="x", asked="a1", lag=timedelta(seconds=40))
    now = OPENS + timedelta(hours=2)

    (task,) = collect.due(EXERCISE, Schedule(), slow, [], now)

    assert task.window == Window(OPENS, now - timedelta(seconds=40))


def test_a_hole_in_the_past_is_due_at_once():
    hour = timedelta(hours=1)
    runs = [make_run(OPENS, OPENS + hour), make_run(OPENS + 2 * hour, OPENS + 3 * hour)]

    assert windows(due(OPENS + 3 * hour + timedelta(minutes=1), *runs)) == [(OPENS + hour, OPENS + 2 * hour)]


def test_after_three_days_of_downtime_each_day_is_read_by_itself():
    now = OPENS + timedelta(days=3, hours=2)

    assert len(due(now, make_run(OPENS, OPENS + timedelta(hours=1)))) == 4


def test_the_closing_read_waits_a_quarter_of_an_hour_after_the_end():
    last = CLOSES - timedelta(minutes=10)

    assert due(CLOSES + timedelta(minutes=14), make_run(OPENS, last)) == []
    task, _live_of_week_2 = due(CLOSES + timedelta(minutes=15), make_run(OPENS, last))
    assert (task.why, task.window) == ("closing", Window(last, CLOSES))


def test_the_whole_week_is_read_again_on_the_morning_after():
    monday_five = datetime(2026, 10, 19, 4, tzinfo=UTC)
    read = make_run(OPENS, CLOSES, started_at=CLOSES)
    live = make_run(CLOSES, monday_five)  # week 2 goes on meanwhile

    tasks = due(monday_five, read, live)

    assert {task.why for task in tasks} == {"reread"}
    assert (tasks[0].window.since, tasks[-1].window.until) == (OPENS, CLOSES)


def test_a_week_read_after_that_hour_is_not_read_twice():
    monday_six = datetime(2026, 10, 19, 5, tzinfo=UTC)
    read = make_run(OPENS, CLOSES, started_at=monday_six)

    assert due(monday_six, read, make_run(CLOSES, monday_six)) == []


def test_a_week_is_read_once_more_when_it_has_settled():
    tuesday_five = datetime(2026, 10, 20, 4, tzinfo=UTC)
    read = make_run(OPENS, CLOSES, started_at=tuesday_five - timedelta(hours=20))
    live = make_run(CLOSES, tuesday_five)

    tasks = due(tuesday_five, read, live)

    assert due(tuesday_five - timedelta(seconds=1), read, live) == []
    assert {task.why for task in tasks} == {"settle"}
    assert (tasks[0].window.since, tasks[-1].window.until) == (OPENS, CLOSES)
    assert due(tuesday_five, read, live, make_run(OPENS, CLOSES, started_at=tuesday_five, why="settle")) == []


def test_after_a_downtime_one_reading_does_for_all_that_were_missed():
    wednesday = datetime(2026, 10, 21, 12, tzinfo=UTC)

    tasks = due(wednesday, make_run(CLOSES, wednesday))

    assert [task.why for task in tasks] == ["settle"] * 7


def test_reading_anew_does_not_go_on_where_an_earlier_pass_broke_off():
    tuesday_five = datetime(2026, 10, 20, 4, tzinfo=UTC)
    day = OPENS + timedelta(days=1)
    broken = {"state": "stopped", "pages": 2, "cursor": "page 2"}
    before = make_run(OPENS, day, started_at=tuesday_five - timedelta(hours=1), why="reread", **broken)
    same = make_run(OPENS, day, started_at=tuesday_five, why="settle", **broken)

    assert due(tuesday_five, before)[0].cursor is None
    assert due(tuesday_five, before, same)[0].cursor == "page 2"


def test_a_changed_question_opens_the_old_windows_again():
    monday_six = datetime(2026, 10, 19, 5, tzinfo=UTC)
    runs = [make_run(OPENS, CLOSES, started_at=monday_six, asked="before"), make_run(CLOSES, monday_six)]

    tasks = due(monday_six, *runs)

    assert (tasks[0].window.since, tasks[-1].window.until) == (OPENS, CLOSES)


def test_a_failed_window_cools_down_before_it_is_tried_again():
    now = OPENS + timedelta(hours=2)
    failed = make_run(
        OPENS, OPENS + timedelta(hours=1), state="failed", error="Unavailable", retry_at=now + timedelta(minutes=1)
    )

    assert due(now, failed) == []
    assert windows(due(now + timedelta(minutes=1), failed)) == [(OPENS, now + timedelta(minutes=1))]


@pytest.mark.parametrize("error", ["RateLimited", "NotAllowed", "OutOfCredit"])
def test_a_network_that_asked_for_a_pause_is_not_asked_for_any_window(error):
    now = OPENS + timedelta(hours=5)
    failed = make_run(OPENS, OPENS + timedelta(hours=1), state="failed", error=error, retry_at=now + timedelta(minutes=1))
    hole = make_run(OPENS + timedelta(hours=2), OPENS + timedelta(hours=3))

    assert due(now, hole, failed) == []


def test_a_reading_that_broke_off_is_read_on_from_its_cursor():
    broken = make_run(OPENS, OPENS + timedelta(hours=1), state="stopped", pages=2, cursor="page 2")

    (task,) = due(OPENS + timedelta(hours=3), broken)

    assert (task.cursor, task.window) == ("page 2", Window(broken.since, broken.until))


@pytest.mark.parametrize(
    "different", [{"pages": 0}, {"cursor": None}, {"asked": "b2"}], ids=["got nowhere", "no cursor", "other"]
)
def test_a_reading_that_cannot_be_read_on_begins_afresh(different):
    values = {"state": "stopped", "pages": 2, "cursor": "page 2"} | different

    (task,) = due(OPENS + timedelta(hours=3), make_run(OPENS, OPENS + timedelta(hours=1), **values))

    assert task.cursor is None


NOW = datetime(2026, 10, 14, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("problem", "failures", "least", "most"),
    [
        (RateLimited("later", NOW + timedelta(minutes=3)), 0, 3, 3),
        (RateLimited("later"), 0, 15, 15),
        (RateLimited("next year", NOW + timedelta(days=400)), 0, 1440, 1440),
        (NotAllowed("who?"), 5, 60, 60),
        (OutOfCredit("pay"), 0, 60, 60),
        (BadRequest("what?"), 0, 60, 60),
        (Unavailable("down"), 0, 5, 5.5),
        (Unavailable("down"), 2, 20, 22),
        (Unavailable("down"), 50, 360, 396),
    ],
    ids=["told when", "not told", "told too much", "a person", "money", "bad", "first", "third", "never longer"],
)
def test_how_long_a_fault_is_left_alone(problem, failures, least, most):
    for source in map(str, range(20)):
        wait = (collect.wait_after(problem, failures, source, NOW) - NOW) / timedelta(minutes=1)
        assert least <= wait <= most


# --- reading ------------------------------------------------------------------------------------------------------------


def test_a_second_reading_adds_nothing(tmp_path):
    service = make_service(tmp_path, now=NOW)
    write_answers(tmp_path, range(20))

    first = collect.do(service, Task(source="tag", window=LISTENED, why="manual"))
    second = collect.do(service, Task(source="tag", window=LISTENED, why="manual"))

    assert (first.new, first.unchanged, first.state) == (20, 0, "complete")
    assert (second.new, second.unchanged, second.state) == (0, 20, "complete")


def test_a_post_outside_the_window_is_not_kept(tmp_path):
    service = make_service(tmp_path, now=NOW)
    write_answers(tmp_path, range(20))
    half = Window(LISTENED.since, LISTENED.since + timedelta(minutes=10))

    assert collect.do(service, Task(source="tag", window=half, why="manual")).new == 10


def test_a_broken_line_is_set_aside_and_counted_once(tmp_path):
    service = make_service(tmp_path, now=NOW)
    write_answers(tmp_path, range(3), broken='{"id": "x", "posted_at":')
    for _ in range(2):
        collect.do(service, Task(source="tag", window=LISTENED, why="manual"))

    with service.store.read() as unit:
        assert unit.posts.count() == 3
        assert unit.posts.asides_by_source(LISTENED) == {"tag": {"unreadable": 1}}


def test_a_line_that_was_mended_is_a_contribution_at_the_next_reading(tmp_path):
    service = make_service(tmp_path, now=NOW)
    for broken in ('{"id": "x", "posted_at":', ""):
        write_answers(tmp_path, range(3), broken=broken)
        collect.do(service, Task(source="tag", window=LISTENED, why="manual"))

    with service.store.read() as unit:
        assert unit.posts.asides_by_source(LISTENED) == {}


def test_a_fault_is_written_down_with_its_sentence_and_when_to_come_back(tmp_path):
    service = make_service(tmp_path, now=NOW)

    run = collect.do(service, Task(source="tag", window=LISTENED, why="manual"))

    assert (run.state, run.error) == ("failed", "BadRequest")
    assert "answers.jsonl" in run.reason
    assert run.retry_at == NOW + timedelta(hours=1)


@pytest.mark.parametrize(
    ("problem", "kind"),
    [
        (Overloaded("500"), "Unavailable"),
        (SessionRefused("401"), "NotAllowed"),
        (NotThere("404"), "BadRequest"),
        (RateLimited("429"), "RateLimited"),
        (CollectorError("what?"), "CollectorError"),
    ],
)
def test_a_finer_error_of_a_collector_is_written_down_by_what_it_means(problem, kind):
    assert collect.kind_of(problem) == kind


def test_a_fault_of_ours_is_written_down_and_cools_like_any_other(tmp_path, caplog):
    service = make_service(tmp_path, now=NOW, extra='[sources.odd]\nkind = "file"\npath = "no\\u0000name.csv"\n')

    run = collect.do(service, Task(source="odd", window=LISTENED, why="manual"))

    assert (run.state, run.error) == ("failed", "Fault")
    assert run.reason == "a fault in Listener itself (ValueError); its log says more"
    assert run.retry_at is not None
    assert "odd: a fault in Listener itself" in caplog.text


def test_a_stop_between_pages_keeps_what_was_read_and_where_it_was(tmp_path):
    service = make_service(tmp_path, now=NOW, stopped=lambda: True)
    write_answers(tmp_path, range(12_000), step=timedelta(seconds=1))

    run = collect.do(service, Task(source="tag", window=LISTENED, why="manual"))

    assert run.state == "stopped"
    assert 0 < run.new < 12_000
    going_on = make_service(tmp_path, now=NOW)
    rest = collect.do(going_on, Task(source="tag", window=LISTENED, why="manual", cursor=run.cursor))
    assert run.new + rest.new == 12_000
    assert rest.state == "complete"


def test_everything_due_is_found_for_every_source_that_is_on(tmp_path):
    service = make_service(tmp_path, now=OPENS + timedelta(hours=1))

    assert [(task.source, task.why) for task in collect.due_now(service)] == [("tag", "live")]


@pytest.mark.parametrize(("name", "told"), [("nobody", "The config has: tag, off"), ("off", "is off: not asked for")])
def test_a_source_that_cannot_be_read_is_refused_by_name(tmp_path, name, told):
    with pytest.raises(Refused, match=told):
        make_service(tmp_path, now=NOW).source(name)


def test_only_one_works_on_a_database_at_a_time(tmp_path):
    one, two = make_service(tmp_path, now=NOW), make_service(tmp_path, now=NOW)

    with one.working(), pytest.raises(Refused, match="Another listener"), two.working(wait=0.05):
        raise AssertionError("two at once")


def test_a_run_that_a_kill_cut_off_is_closed_before_the_next_work(tmp_path):
    service = make_service(tmp_path, now=NOW)
    write_answers(tmp_path, range(3))
    collector = service.collector(service.source("tag"))
    with service.store.write() as unit:
        asking = Asking(source="tag", kind=collector.kind, asked="a1", why="live")
        left = unit.runs.begin(asking, LISTENED, None, NOW)

    with service.working():
        pass

    with service.store.read() as unit:
        assert unit.runs.get(left.id).state == "stopped"
