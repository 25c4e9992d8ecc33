"""What the operator is told of a source: each fault once a day, what to do, until when, and that it has mended itself."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from listener.jobs import faults
from listener.jobs.faults import Heard
from listener.jobs.ledger import Listening
from tests.services import make_run

LONDON = ZoneInfo("Europe/London")
SINCE = datetime(2026, 10, 17, 9, tzinfo=UTC)  # a Saturday
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
MAIL = Listening(name="mail", kind="mailbox", channel="Email", asked="a1", reach=3 * DAY)


def failed(id_, at=SINCE, hours=1, **differently):
    values = {"state": "failed", "error": "Unavailable", "reason": "mail.example does not answer", "started_at": at}
    return make_run(SINCE, SINCE + hours * HOUR, id=id_, **values | differently)


def read(id_, at, hours=1, **differently):
    return make_run(SINCE, SINCE + hours * HOUR, id=id_, started_at=at, **differently)


def alarms(*runs, told=(), now=SINCE + HOUR, source=MAIL):
    return list(faults.alarms(Heard(source=source, runs=runs), set(told), now, LONDON))


def keys(*runs, **more):
    return [alarm.key for alarm in alarms(*runs, **more)]


# --- each once ------------------------------------------------------------------------------------------------------------

FIRST = "fault:mail:reading:Unavailable:2026-10-17:0"


def test_a_fault_is_told_at_once_and_only_once_that_day():
    assert keys(failed(1)) == [FIRST]
    assert keys(failed(1), failed(2), failed(3)) == [FIRST]
    assert keys(failed(1), failed(2), told=[FIRST]) == []


def test_without_a_fault_there_is_nothing_to_tell():
    assert keys() == []
    assert keys(read(1, SINCE)) == []


def test_one_that_lasts_is_told_again_the_next_day_and_an_old_one_no_more():
    runs = [failed(1), failed(2, SINCE + DAY)]

    assert keys(*runs, told=[FIRST], now=SINCE + DAY) == ["fault:mail:reading:Unavailable:2026-10-18:0"]
    assert keys(failed(1), now=SINCE + 25 * HOUR) == []


def test_the_day_is_the_exercises_own():
    assert keys(failed(1, datetime(2026, 10, 17, 23, 30, tzinfo=UTC)), now=SINCE + 15 * HOUR) == [FIRST.replace("-17", "-18")]


def test_one_that_heals_and_comes_back_is_told_again_a_few_times():
    runs = []
    for n in range(6):
        runs += [failed(2 * n + 1, SINCE + n * HOUR), read(2 * n + 2, SINCE + n * HOUR)]

    found = [key for key in keys(*runs, now=SINCE + 7 * HOUR) if key.startswith("fault")]

    assert found == [FIRST, FIRST[:-1] + "1", FIRST[:-1] + "2"]


def test_days_read_one_by_one_while_another_fails_are_not_a_healing():
    other = make_run(SINCE + DAY, SINCE + 2 * DAY, id=2, started_at=SINCE)

    assert keys(failed(1), other, failed(3), other, failed(5)) == [FIRST]


def test_another_kind_of_fault_and_a_failed_check_are_told_apart():
    found = keys(failed(1), failed(2, error="NotAllowed"), failed(3, why="sweep", error="TooManyGone"))

    assert found == [FIRST, FIRST.replace("Unavailable", "NotAllowed"), "fault:mail:check:TooManyGone:2026-10-17:0"]


# --- what is said -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("error", "cure"),
    [
        ("NotAllowed", "Somebody has to act: renew the login or the token of [sources.mail]"),
        ("OutOfCredit", "Somebody has to act: buy credit for [sources.mail]"),
        ("BadRequest", "Somebody has to act: look at [sources.mail] in the config"),
        ("Fault", "This is a fault in Listener itself."),
        ("Unavailable", "Nothing has to be done: it is tried again by itself, next after Saturday 17 October 2026, 11:05am."),
        ("RateLimited", "Nothing has to be done"),
    ],
)
def test_it_says_what_to_do(error, cure):
    (alarm,) = alarms(failed(1, error=error, retry_at=SINCE + HOUR + timedelta(minutes=5)))

    assert cure in alarm.body


def test_it_says_what_is_missing_why_and_until_when_it_can_be_filled():
    (alarm,) = alarms(failed(1, reason="login of anna@example.org refused\nfor @anna"))

    assert alarm.subject == "Email could not be read"
    assert "Email (source mail) could not be read on Saturday 17 October from 10am to 11am." in alarm.body
    assert "The reason: login of [email address] refused for [name]" in alarm.body
    assert "What is missing can be filled until Tuesday 20 October 2026, 10am." in alarm.body


def test_without_a_reach_no_limit_is_known_and_past_it_only_a_file_helps():
    (free,) = alarms(failed(1), source=Listening(name="mail", kind="mail", channel=""))
    (late,) = alarms(failed(1, SINCE + 4 * DAY), now=SINCE + 4 * DAY)

    assert "no limit is known" in free.body
    assert free.subject == "Email could not be read"
    assert "cannot be filled any more: ask for a file" in late.body


def test_a_check_that_failed_leaves_no_gap():
    (alarm,) = alarms(failed(1, why="sweep", error="TooManyGone"))

    assert alarm.subject == "Email could not be asked what was taken down"
    assert "filled" not in alarm.body
    assert "run listener rerun" in alarm.body


# --- what has mended itself -----------------------------------------------------------------------------------------------


def test_what_was_told_and_is_made_up_for_is_told_once_in_one_message():
    runs = [failed(1), failed(2, SINCE + HOUR, hours=2), read(3, SINCE + 30 * HOUR, hours=30)]
    now = SINCE + 31 * HOUR

    (alarm,) = alarms(*runs, told=[FIRST], now=now)

    assert alarm.key == "mended:mail:reading:2"
    assert "What had been missed on Saturday 17 October from 10am to midday was read after all." in alarm.body
    assert keys(*runs, told=[FIRST, alarm.key], now=now) == []


@pytest.mark.parametrize(
    "later",
    [
        [],
        [read(3, SINCE + 30 * HOUR, hours=1)],
        [read(3, SINCE + 30 * HOUR, hours=30, state="stopped")],
    ],
    ids=["nothing", "a part", "cut off"],
)
def test_what_is_not_wholly_made_up_for_has_not_mended(later):
    assert keys(failed(1, hours=2), *later, told=[FIRST], now=SINCE + 31 * HOUR) == []


def test_what_had_been_read_before_the_fault_does_not_mend_it():
    assert keys(read(1, SINCE - HOUR), failed(2), told=[FIRST]) == []


def test_what_was_never_told_needs_no_all_clear():
    assert [key for key in keys(failed(1), read(2, SINCE + HOUR)) if key.startswith("mended")] == []


def test_a_check_mends_by_the_next_one_of_the_same_week():
    told = ["fault:mail:check:Unavailable:2026-10-17:0"]
    check = failed(1, why="sweep")

    (alarm,) = alarms(check, read(2, SINCE + HOUR, why="sweep"), told=told)

    assert alarm.key == "mended:mail:check:1"
    assert "was looked up after all" in alarm.body
    assert keys(check, read(2, SINCE + HOUR), told=told) == []
