"""What cannot be read for ever: what is told before it gets out of reach, and what is asked for afterwards."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from listener.cli import status as words
from listener.config import Schedule
from listener.jobs import collect, deadlines, ledger, status, tick
from listener.jobs.faults import Heard
from listener.jobs.ledger import Listening
from tests.factories import make_exercise
from tests.servers import smtp
from tests.services import FIRST, make_run, make_service

LONDON = ZoneInfo("Europe/London")
EXERCISE = make_exercise()
WEEK = EXERCISE.weeks[0]
OPENS = WEEK.opens
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
X = Listening(name="x", kind="x", channel="X", asked="a1", reach=3 * DAY)
READ = [make_run(OPENS, OPENS + DAY), make_run(OPENS + DAY + 6 * HOUR, OPENS + 6 * DAY)]
CLOSES = OPENS + 4 * DAY  # six hours of Tuesday are missing, which can be read for three days


def alarms(now, *, told=(), runs=READ, source=X):
    return list(deadlines.alarms(Heard(source=source, runs=runs), EXERCISE.weeks, set(told), now, LONDON))


def gaps(now, runs=READ, source=X):
    return [
        (gap.since - OPENS, gap.until - OPENS, gap.fillable)
        for gap in ledger.gaps(source, WEEK, runs, now)
        if gap.until <= OPENS + 2 * DAY
    ]


@pytest.mark.parametrize(
    ("before", "expected"),
    [(25 * HOUR, 0), (24 * HOUR, 1), (MINUTE, 1), (-7 * HOUR, 0)],
    ids=["earlier", "a day before", "at the last minute", "too late"],
)
def test_a_warning_comes_a_day_before_a_gap_gets_out_of_reach(before, expected):
    assert len(alarms(CLOSES - before)) == expected


def test_a_gap_is_warned_of_once():
    (alarm,) = alarms(CLOSES - DAY)

    assert alarm.key == "closing:x:2026-10-16"
    assert alarms(CLOSES - HOUR, told=[alarm.key]) == []


def test_it_says_what_is_missing_why_and_until_when():
    failed = make_run(
        OPENS + DAY, OPENS + 2 * DAY, state="failed", error="NotAllowed", reason="login of anna@example.org refused"
    )

    (alarm,) = alarms(CLOSES - DAY, runs=[failed, *READ])

    assert alarm.subject == "X can soon not be read any more"
    assert "Missing on Tuesday 13 October from midnight to 6am; can be filled until Friday 16 October 2026" in alarm.body
    assert "The reason: login of [email address] refused" in alarm.body


def test_what_has_no_limit_or_was_read_is_not_warned_of():
    assert alarms(CLOSES - HOUR, source=Listening(name="x", kind="x", asked="a1")) == []
    assert alarms(CLOSES - HOUR, runs=[make_run(OPENS, OPENS + 6 * DAY)]) == []


def test_what_is_lost_and_what_can_still_be_filled_are_two_gaps():
    assert gaps(CLOSES - HOUR) == [(DAY, DAY + 6 * HOUR, True)]
    assert gaps(CLOSES + 2 * HOUR - MINUTE) == [(DAY, DAY + 2 * HOUR, False), (DAY + 2 * HOUR, DAY + 6 * HOUR, True)]
    assert gaps(CLOSES + DAY) == [(DAY, DAY + 6 * HOUR, False)]


def test_what_is_out_of_reach_is_not_asked_for():
    def due(now):
        return [
            (task.window.since - OPENS) / HOUR
            for task in collect.due(EXERCISE, Schedule(), X, [*READ], now)
            if task.why == "live"
        ]

    assert due(CLOSES)[0] == 24
    assert due(CLOSES + 2 * HOUR - MINUTE)[0] == 26
    assert due(CLOSES + DAY) == []


def test_the_warning_is_sent_once_and_status_shows_it(tmp_path, capsys):
    reach = (
        '\n[sources.old]\nkind = "file"\npath = "nowhere.jsonl"\nreach = "2d"\n[notify]\noperator = [{ file = "operator" }]\n'
    )
    clock = [FIRST + DAY]
    with smtp.opened() as server:
        (tmp_path / "operator").write_text(server.address("operator"))
        (tmp_path / "operator").chmod(0o600)
        (tmp_path / "answers.jsonl").touch()
        service = make_service(tmp_path, now=lambda: clock[0], extra=reach)
        for _ in range(3):
            tick.do(service)
            clock[0] += HOUR

        warned = [mail["Subject"] for mail in server.mails if "can soon not be read" in mail["Subject"]]

    assert warned == ["Think Carer: File can soon not be read any more"]
    words.show(status.do(service), "Think Carer", "Europe/London")
    assert ", less than a day is left" in capsys.readouterr().out
