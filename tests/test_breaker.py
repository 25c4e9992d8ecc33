"""When a source that failed is asked again: which faults hold it, for how long, what is tried first and what lifts them."""

from datetime import UTC, datetime, timedelta
from itertools import count

import pytest

from listener.config import Schedule
from listener.jobs import breaker, collect, sweep, tick
from listener.jobs.ledger import Listening
from tests.factories import make_exercise
from tests.networks import bluesky, mastodon
from tests.services import FIRST, make_run, make_service

EXERCISE = make_exercise()
OPENS = EXERCISE.weeks[0].opens
SOURCE = Listening(name="tag", kind="bluesky", asked="a1", swept=True)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
WHOLE = ("RateLimited", "NotAllowed", "OutOfCredit", "Unavailable")
NUMBERS = count(1)


def ran(since, until, at, **differently):
    return make_run(OPENS + since * HOUR, OPENS + until * HOUR, id=next(NUMBERS), started_at=OPENS + at * HOUR, **differently)


def failed(since, until, at, error="Unavailable", **differently):
    retry_at = OPENS + (at + 1) * HOUR
    return ran(since, until, at, **{"state": "failed", "error": error, "reason": error, "retry_at": retry_at, **differently})


def checked(at, **differently):
    return ran(0, 24 * 7, at, why="sweep", asked=sweep.ASKED, **differently)


def due(hours, *runs):
    tasks = collect.due(EXERCISE, Schedule(), SOURCE, runs, OPENS + hours * HOUR)
    return [(task.window.since - OPENS) / HOUR for task in tasks]


# --- what holds a source ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("error", WHOLE)
def test_a_good_deletion_check_does_not_lift_a_pause(error):
    assert due(5.5, failed(0, 5, 5, error), checked(5.2)) == []


@pytest.mark.parametrize("error", WHOLE)
@pytest.mark.parametrize(
    "later", [{"error": "BadRequest", "state": "failed"}, {"state": "stopped"}], ids=["another fault", "cut off"]
)
def test_a_pause_stands_until_a_reading_succeeds(error, later):
    assert due(5.5, failed(0, 3, 5, error), ran(3, 5, 5.2, **later)) == []
    assert sorted(due(5.5, failed(0, 3, 5, error), ran(3, 5, 5.2))) == [0, 5]


def test_no_answer_does_not_shorten_a_pause_that_was_asked_for():
    asked = failed(0, 5, 5, "RateLimited", retry_at=OPENS + 9 * HOUR)

    assert due(8, asked, failed(0, 6, 6)) == []


def test_a_pause_that_a_check_was_asked_for_is_kept_by_readings_too():
    assert due(5.5, checked(5, state="failed", error="RateLimited", retry_at=OPENS + 6 * HOUR)) == []
    assert due(5.5, checked(5, state="failed", error="Unavailable", retry_at=OPENS + 6 * HOUR)) == [0]


def test_a_question_that_was_refused_holds_its_own_window_only():
    assert due(5.5, ran(0, 1, 1), failed(1, 2, 5, "BadRequest"), ran(2, 3, 5)) == [3]


def test_when_the_wait_is_over_what_failed_least_often_is_tried_first():
    runs = [ran(0, 1, 1), failed(1, 2, 4), ran(2, 3, 4), failed(1, 2, 5), ran(3, 4, 5)]

    assert due(7, *runs) == [4, 1]


@pytest.mark.parametrize("error", ["RateLimited", "NotAllowed", "OutOfCredit"])
def test_a_refusal_is_no_fault_of_the_window_and_the_oldest_stays_first(error):
    runs = [ran(0, 1, 1), failed(1, 2, 4, error), ran(2, 3, 4), failed(1, 2, 5, error), ran(3, 4, 5)]

    assert due(7, *runs) == [1, 4]


def test_a_window_that_fails_alone_is_tried_less_and_less_often():
    runs = [run for n in range(1, 5) for run in (ran(2, 2 + n, 2 + n), failed(0, 2, 2 + n, retry_at=OPENS))]

    assert 0 not in due(6.6, *runs)
    assert 0 in due(6.8, *runs)


def test_a_window_that_failed_with_its_source_is_due_as_soon_as_the_source_answers():
    outage = [failed(0, 24, 24 + n, retry_at=OPENS + 30 * HOUR) for n in range(5)]

    assert due(28.1, *outage, ran(24, 28, 28)) == [0]


# --- how it is told -------------------------------------------------------------------------------------------------------


def test_a_breaker_counts_what_failed_since_the_last_success():
    stands = breaker.of([failed(0, 1, 1), ran(0, 1, 2), failed(1, 2, 3), failed(1, 2, 4, "NotAllowed")])

    assert (stands.failures, stands.error, stands.needs_a_person) == (2, "NotAllowed", True)
    assert stands.state(OPENS + 4 * HOUR) == "open"
    assert stands.state(OPENS + 5 * HOUR) == "half-open"
    assert breaker.of([failed(0, 1, 1), ran(0, 1, 2)]).state(OPENS) == "closed"


def test_a_try_that_got_some_pages_begins_the_count_anew():
    assert breaker.of([failed(0, 1, 1), failed(0, 1, 2), failed(0, 1, 3, pages=4)]).failures == 1


def test_waits_double_up_to_six_hours_and_scatter_by_source():
    waits = {name: [breaker.backoff(n, name) for n in range(12)] for name in ("tag", "sky", "mail")}

    for of_one in waits.values():
        assert of_one[:7] == sorted(of_one[:7])
        assert 5 * MINUTE <= of_one[0] < 6 * MINUTE
        assert 6 * HOUR <= of_one[-1] < 7 * HOUR
    assert len({tuple(of_one) for of_one in waits.values()}) == 3


# --- with real servers ------------------------------------------------------------------------------------------------------


class Clock:
    def __init__(self, at):
        self.at = at

    def __call__(self):
        return self.at


def toots(network):
    return f'\n[sources.toots]\nkind = "mastodon"\nservers = ["{network.options["servers"][0]}"]\n'


def made(folder, clock, network):
    (folder / "answers.jsonl").touch()
    return make_service(folder, now=clock, extra=toots(network))


def readings(done):
    return [(run.state, run.new) for run in done.runs if run.source == "toots"]


@pytest.mark.parametrize("how", ["limited", "broken", "refused"])
def test_after_days_of_downtime_a_source_that_refuses_is_asked_once_and_the_others_are_read(tmp_path, how):
    clock = Clock(FIRST + 4 * DAY)
    with mastodon.opened([]) as network:
        service = made(tmp_path, clock, network)
        network.answers = [mastodon.ANSWERS[how]] * 100

        done = tick.do(service)

    assert readings(done) == [("failed", 0)]
    assert {run.state for run in done.runs if run.source == "tag"} == {"complete"}


def test_when_it_answers_again_one_probe_is_followed_by_all_that_is_missing(tmp_path):
    clock = Clock(FIRST + 4 * DAY)
    posts = [mastodon.make_post(n, FIRST + n * 12 * HOUR, f"A break would help #NHSThinkCarer {n}") for n in range(8)]
    with mastodon.opened(posts) as network:
        service = made(tmp_path, clock, network)
        network.answers = [mastodon.ANSWERS["broken"]] * 1000
        while clock.at < FIRST + 4 * DAY + 5 * HOUR:
            tick.do(service)
            clock.at += 15 * MINUTE
        tries = len(network.asked)
        network.answers = []
        clock.at += 6 * HOUR

        done = tick.do(service)

    assert tries < 40
    assert {state for state, _ in readings(done)} == {"complete"}
    assert sum(new for _, new in readings(done)) == 8


def test_a_check_that_is_refused_is_not_tried_for_the_other_weeks(tmp_path):
    clock = Clock(datetime(2026, 10, 21, 12, tzinfo=UTC))
    posts = [bluesky.make_post(n, FIRST + n * DAY, f"A break would help #NHSThinkCarer {n}") for n in range(9)]
    with bluesky.opened(posts) as network:
        (tmp_path / "password").write_text("app-pass")
        (tmp_path / "password").chmod(0o600)
        (tmp_path / "answers.jsonl").touch()
        login = f'service = "{network.options["service"]}"\nhandle = "listener.example"\npassword = {{ file = "password" }}\n'
        service = make_service(tmp_path, now=clock, extra=f'\n[sources.sky]\nkind = "bluesky"\n{login}')
        tick.do(service)
        clock.at += 2 * DAY
        network.answers = [bluesky.BAD["broken"]] * 100

        checks = list(tick.check(service))

    assert [(run.source, run.state) for run in checks] == [("sky", "failed")]
