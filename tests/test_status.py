"""How it stands: what was read, what is missing and why, what is due next; and what a health check makes of it."""

import json
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from collectors.base import Window
from listener.cli import status as words
from listener.jobs import collect, status, tick
from listener.jobs.collect import Task
from storage.runs import Asking
from storage.values import Gap
from tests.services import FIRST, make_service, write_answers

NOW = FIRST + timedelta(hours=2)
HOUR = timedelta(hours=1)
NOWHERE = '\n[sources.nowhere]\nkind = "file"\npath = "nowhere.jsonl"\n'
X = '\n[sources.x]\nkind = "x"\nbearer_token = { file = "token" }\n'


def listened(folder, *, now=NOW, extra=""):
    service = make_service(folder, now=now, extra=extra)
    write_answers(folder, range(5))
    tick.do(service)
    return service


def later(service, moment):
    return replace(service, now=lambda: moment)


def source(found, name):
    (one,) = (one for one in found.sources if one.name == name)
    return one


def coverage(found, name, week=0):
    (one,) = (one for one in found.weeks[week].coverage if one.source == name)
    return one


# --- what is found ------------------------------------------------------------------------------------------------------


def test_before_the_first_week_there_is_nothing_but_when_it_begins(tmp_path):
    service = make_service(tmp_path, now=FIRST - timedelta(days=30))

    found = status.do(service)

    opens = service.config.exercise.week(1).opens
    assert found.weeks == ()
    assert source(found, "tag").next_due == opens + timedelta(minutes=15)
    assert (source(found, "tag").last_good, found.gaps) == (None, 0)


def test_a_week_that_is_read_has_no_gap_and_is_due_again_in_a_quarter_of_an_hour(tmp_path):
    found = status.do(listened(tmp_path))

    assert (source(found, "tag").last_good, source(found, "tag").next_due) == (NOW, NOW + timedelta(minutes=15))
    assert (found.weeks[0].posts, found.gaps) == (5, 0)
    assert (coverage(found, "tag").due, coverage(found, "tag").read) == (11, 11)
    assert found.weeks[0].draft is not None


def test_a_source_that_is_off_is_never_due_and_says_why(tmp_path):
    found = status.do(listened(tmp_path))

    assert (source(found, "off").off, source(found, "off").next_due) == ("not asked for", None)
    assert coverage(found, "off").read == 0


def test_a_fault_is_told_with_its_gap_and_when_it_is_tried_again(tmp_path):
    found = status.do(listened(tmp_path, extra=NOWHERE))

    one = source(found, "nowhere")
    (gap,) = {gap.reason for gap in coverage(found, "nowhere").gaps}
    assert "nowhere.jsonl: No such file" in one.fault
    assert gap == one.fault
    assert one.next_due is not None
    assert NOW < one.next_due <= NOW + HOUR


def test_after_the_last_week_nothing_is_due_any_more(tmp_path):
    service = listened(tmp_path, now=FIRST + timedelta(days=30))

    assert source(status.do(service), "tag").next_due is None


def test_what_falls_due_next_is_due_then_and_not_before(tmp_path):
    service = listened(tmp_path)
    moments = []
    for _ in range(4):
        tick.do(service)
        due = source(status.do(service), "tag").next_due
        assert due is not None
        moments.append(due)
        assert collect.due_now(later(service, due - timedelta(seconds=1))) == []
        service = later(service, due + timedelta(milliseconds=1))
        assert collect.due_now(service) != []

    assert moments == sorted(moments)


def test_the_costs_of_a_source_are_summed(tmp_path):
    service = listened(tmp_path)
    with service.store.write() as unit:
        for _ in range(2):
            run = unit.runs.begin(
                Asking(source="tag", kind="file", asked="a", why="manual"), Window(FIRST, FIRST + HOUR), None, NOW
            )
            unit.runs.progress(run.id, cost=1.255)
            unit.runs.end(run.id, NOW)

    assert source(status.do(service), "tag").cost == 2.51


def failed(service, moment, error, source="tag"):
    with service.store.write() as unit:
        asking = Asking(source=source, kind="file", asked="a", why="live")
        run = unit.runs.begin(asking, Window(FIRST, FIRST + HOUR), None, moment)
        unit.runs.end(run.id, moment, state="failed", error=error, reason="it refused", retry_at=moment + HOUR)


def test_a_source_that_is_left_alone_says_until_when_and_after_how_many_failures(tmp_path, capsys):
    service = listened(tmp_path)
    for _ in range(3):
        failed(service, NOW, "Unavailable")

    found = status.do(service)

    assert (source(found, "tag").breaker.failures, source(found, "tag").next_due) == (3, NOW + HOUR)
    assert json.loads(words.written(found))["sources"][0]["state"] == "open"
    assert "it refused; waits until Mon 2026-10-12 12:00 after 3 failures" in told(found, capsys)
    assert "tried again now after 3 failures" in told(status.do(later(service, NOW + 2 * HOUR)), capsys)


def test_a_source_that_needs_a_person_says_so(tmp_path, capsys):
    service = listened(tmp_path)
    failed(service, NOW, "NotAllowed")

    assert "it refused; needs somebody, waits until" in told(status.do(service), capsys)


# --- what is said -------------------------------------------------------------------------------------------------------


def told(found, capsys):
    words.show(found, "Think Carer", "Europe/London")
    return capsys.readouterr().out


def test_an_operator_reads_local_times_counts_and_gaps(tmp_path, capsys):
    service = listened(tmp_path, extra=NOWHERE)
    write_answers(tmp_path, range(5), broken="{")
    collect.do(service, Task(source="tag", window=Window(FIRST, FIRST + HOUR), why="manual"))

    text = told(status.do(service), capsys)

    assert text.startswith("Think Carer, Mon 2026-10-12 11:00\n")
    assert "Week 1, 2026-10-12 to 2026-10-18: 5 posts, page of Mon 2026-10-12 11:00, 5 contributions" in text
    assert "  gap: nowhere, Mon 2026-10-12 00:00 to Mon 2026-10-12 11:00 (" in text
    assert "can still be filled, no limit is known" in text
    assert "11 of 11 h" in text


def test_a_week_without_a_page_says_so_and_costs_are_in_dollars(tmp_path, capsys):
    service = make_service(tmp_path, now=NOW)
    found = status.do(service)
    dear = replace(found, sources=tuple(replace(one, cost=2.5) for one in found.sources))

    text = told(dear, capsys)

    assert "0 posts, no page yet" in text
    assert "$2.50" in text


@pytest.mark.parametrize(
    ("fill_until", "fillable", "expected"),
    [
        (None, True, "can still be filled, no limit is known"),
        (NOW, True, "can be filled until Mon 2026-10-12 11:00"),
        (NOW, False, "cannot be filled any more, ask for a file"),
    ],
)
def test_a_gap_says_until_when_it_can_be_filled(fill_until, fillable, expected):
    gap = Gap(source="tag", since=FIRST, until=NOW, fill_until=fill_until, fillable=fillable)

    assert words.told(gap, "Europe/London") == f"tag, Mon 2026-10-12 09:00 to Mon 2026-10-12 11:00: {expected}"


def test_programs_get_the_same_as_json(tmp_path):
    found = status.do(listened(tmp_path, extra=NOWHERE))

    plain = json.loads(words.written(found))

    assert datetime.fromisoformat(plain["at"]) == NOW
    assert plain["gaps"] == found.gaps > 0
    assert [one["name"] for one in plain["sources"]] == ["tag", "off", "nowhere"]
    (week,) = plain["weeks"]
    assert (week["number"], week["starts"], week["posts"], week["draft"]["contributions"]) == (1, "2026-10-12", 5, 5)
    tag = week["coverage"][0]
    assert (tag["source"], tag["asides"], tag["gaps"]) == ("tag", {}, [])


def test_a_week_without_a_page_has_no_draft_in_json(tmp_path):
    plain = json.loads(words.written(status.do(make_service(tmp_path, now=NOW))))

    assert plain["weeks"][0]["draft"] is None


def test_the_timetable_of_the_running_week_is_told_in_local_times(tmp_path, capsys):
    text = told(status.do(listened(tmp_path)), capsys)

    assert "Timetable of week 1\n" in text
    assert "  whole week read again, posts looked up  Mon 2026-10-19 05:00\n" in text
    assert "  publish by                              Mon 2026-10-19 12:00\n" in text
    assert "Timetable of week 2" not in text


def test_a_moved_day_is_told_with_its_reason(tmp_path, capsys):
    service = listened(tmp_path, extra="\n[schedule]\ndays_off = [2026-10-19]\n")

    text = told(status.do(service), capsys)

    assert "Timetable of week 1 (Monday 19 October is a day off: publish by Tuesday 20 October, midday)\n" in text
    assert "  team told                               Tue 2026-10-20 07:00\n" in text


def test_a_message_that_may_not_have_arrived_is_told_with_what_to_do(tmp_path, capsys):
    service = listened(tmp_path)
    with service.store.write() as unit:
        for n, key in enumerate(("a", "b", "c"), 1):
            unit.messages.put(key, "team", f"Subject {n}", "b", NOW)
        unit.messages.mark(1, state="unsure", error="no answer")
        unit.messages.mark(2, state="failed", error="refused", place=1)

    found = status.do(service)

    text = told(found, capsys)
    assert "Message 1 to team, address 1, may have arrived, or not (no answer): Subject 1\n" in text
    assert "Message 2 to team, address 2, could not be sent (refused): Subject 2\n" in text
    assert text.endswith("listener messages --arrived N\n")
    assert [one["id"] for one in json.loads(words.written(found))["unsent"]] == [1, 2]


# --- health ---------------------------------------------------------------------------------------------------------------


def test_all_is_well_while_a_daemon_runs_and_every_source_answers(tmp_path):
    found = status.do(listened(tmp_path))

    assert words.health(found, running=True) == {
        "ok": True,
        "daemon": True,
        "faults": {},
        "gaps": 0,
        "undelivered": [],
        "late_requests": 0,
        "last_good": {"tag": NOW.isoformat()},
    }


@pytest.mark.parametrize(("extra", "running"), [("", False), (NOWHERE, True)], ids=["no daemon", "a fault"])
def test_without_a_daemon_or_with_a_fault_it_is_not_well(tmp_path, extra, running):
    found = status.do(listened(tmp_path, extra=extra))

    assert words.health(found, running=running)["ok"] is False


@pytest.mark.parametrize("trouble", [{"undelivered": ("The public folder: full",)}, {"late_requests": 2}], ids=["red", "late"])
def test_it_is_not_well_while_the_public_reads_the_wrong_thing_or_waits(tmp_path, capsys, trouble):
    found = replace(status.do(listened(tmp_path)), **trouble)

    words.show(found, "Think Carer", "Europe/London")

    assert words.health(found, running=True)["ok"] is False
    shown = capsys.readouterr().out
    assert "not confirmed where it is read: The public folder: full" in shown or "Late: 2 requests" in shown


def test_a_source_that_never_answered_has_no_last_good_moment(tmp_path):
    found = status.do(make_service(tmp_path, now=NOW))

    assert words.health(found, running=True)["last_good"] == {"tag": None}
