"""What X may cost at most: the ledger counts it, the daemon keeps to it and says so once, and the gap it leaves is told."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest

from collectors.base import Window
from listener.cli import opened, prices
from listener.cli import rerun as verb
from listener.cli import status as told
from listener.jobs import alarms, collect, digest, doctor, rerun, spending, status, tick
from listener.jobs.service import Refused
from tests.networks import x
from tests.paying import MOMENT, OPENS, Clock, listening, make_posts
from tests.services import make_service


def read(service):
    return [(run.state, run.error, round(run.cost, 3)) for run in tick.read(service)]


def gaps(service):
    return [gap.reason for one in digest.coverage(service, service.config.exercise.week(1)) for gap in one.gaps]


def told_to_the_operator(service):
    return [key for key in alarms.do(service) if key.startswith(("fault:", "mended:"))]


def test_the_daemon_stops_at_the_ceiling_says_so_once_and_goes_on_the_next_day(tmp_path):
    clock = Clock()
    with x.opened(make_posts(45)) as network:
        service = listening(tmp_path, network, clock, at_most_day=0.12)
        first = read(service)
        once = told_to_the_operator(service)
        clock.at += timedelta(hours=6)
        later = read(service)
        again = told_to_the_operator(service)
        clock.at = datetime(2026, 10, 13, 0, 1, tzinfo=UTC)
        next_day = read(service)

    assert first == [("failed", "AtCeiling", 0.1)]
    assert len(once) == 1
    assert (later, again) == ([], [])
    assert next_day[0] == ("failed", "AtCeiling", 0.1)


def test_what_was_paid_for_is_not_read_again(tmp_path):
    clock = Clock()
    with x.opened(make_posts(45)) as network:
        service = listening(tmp_path, network, clock, at_most_day=0.15)
        read(service)
        clock.at += timedelta(days=1)
        runs = list(tick.read(service))
        with service.store.read() as unit:
            kept = unit.posts.count()

    assert [(run.state, run.new, run.unchanged) for run in runs[:1]] == [("complete", 15, 0)]
    assert kept == 45


def test_a_raised_ceiling_is_obeyed_at_once(tmp_path):
    clock = Clock()
    with x.opened(make_posts(45)) as network:
        read(listening(tmp_path, network, clock, at_most_day=0.12))
        raised = read(listening(tmp_path, network, clock, at_most_day=5.0))

    assert raised == [("complete", "", 0.125)]


def test_the_gap_and_the_status_say_what_stands_in_the_way(tmp_path, capsys):
    clock = Clock()
    with x.opened(make_posts(45)) as network:
        service = listening(tmp_path, network, clock, at_most_day=0.2, at_most_week=0.12)
        read(service)
        clock.at += timedelta(hours=3)
        found = status.do(service)
        told.show(found, "Think Carer", "Europe/London")

    said = "at_most_week = $0.12 is spent: it goes on at 2026-10-19 00:00 UTC, or at once if at_most_week is raised"
    assert gaps(service) == [said]
    assert found.sources[0].fault == said
    assert "$0.10 of $0.20 today, $0.10 of $0.12 this week" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({}, [("warn", "what it is asked costs money, without a ceiling: set at_most_day or at_most_week")]),
        ({"at_most_week": 2.0}, [("ok", "$0.00 of $2.00 this week")]),
        ({"price": 0.0}, []),
    ],
    ids=["no ceiling", "a ceiling", "costs nothing"],
)
def test_the_doctor_looks_at_ceilings(tmp_path, options, told):
    with x.opened([]) as network:
        found = status.do(listening(tmp_path, network, Clock(), **options))

    assert [(one.level, one.sentence) for one in doctor.reading(found, "Europe/London") if one.about == "costs of x"] == told


def test_nothing_is_due_while_it_rests_and_what_is_next_is_told(tmp_path):
    clock = Clock()
    with x.opened(make_posts(45)) as network:
        service = listening(tmp_path, network, clock, at_most_day=0.12)
        read(service)

        assert collect.due_now(service) == []
        assert status.do(service).sources[0].next_due == datetime(2026, 10, 13, tzinfo=UTC)


# --- beforehand -----------------------------------------------------------------------------------------------------------


def spent(service):
    with service.store.read() as unit:
        return unit.runs.spent("x", MOMENT - timedelta(days=1))


def test_what_a_reading_would_cost_is_told_and_asking_is_counted(tmp_path, capsys):
    with x.opened(make_posts(45)) as network:
        service = listening(tmp_path, network, Clock(), at_most_week=0.205)
        before = collect.due_now(service)
        prices.show(spending.foresee(service, [(task.source, task.window) for task in before]))

        assert collect.due_now(service) == before

    said = "x: would read about 45 posts, about $0.23 ($0.005 each); only $0.20 of its ceiling is left, where it would stop."
    assert capsys.readouterr().out == f"{said} Asking cost $0.005.\n"
    assert spent(service) == pytest.approx(0.005)
    assert status.do(service).sources[0].cost == pytest.approx(0.005)


def test_spans_that_touch_are_asked_about_as_one(tmp_path):
    hours = [Window(OPENS + n * timedelta(hours=1), OPENS + (n + 1) * timedelta(hours=1)) for n in (2, 0, 1, 5)]
    with x.opened(make_posts(300)) as network:
        (found,) = spending.foresee(listening(tmp_path, network, Clock()), [("x", hour) for hour in hours])

    assert (found.estimate.posts, found.estimate.requests) == (180, 2)


def test_what_cannot_be_told_beforehand_is_said_and_counted(tmp_path, capsys):
    with x.opened(make_posts(45)) as network:
        service = listening(tmp_path, network, Clock())
        network.fail("refused")
        costs = prices.show(rerun.foresee(service, service.config.exercise.week(1), ["x"]))

    assert not costs
    assert capsys.readouterr().out == "x: what it would cost could not be asked: X answered 401: Unauthorized\n"
    assert spent(service) == pytest.approx(0.005)


class Terminal(StringIO):
    def isatty(self):
        return True


@pytest.mark.parametrize(
    ("stdin", "yes", "read"),
    [(Terminal("n\n"), False, 0), (Terminal("y\n"), False, 45), (Terminal(), True, 45), (StringIO(), False, 45)],
    ids=["no", "yes", "not asked", "no terminal"],
)
def test_a_rerun_that_costs_asks_before_it_goes_on(tmp_path, monkeypatch, stdin, yes, read):
    monkeypatch.setattr("sys.stdin", stdin)
    with x.opened(make_posts(45)) as network:
        service = listening(tmp_path, network, Clock())
        monkeypatch.setattr(opened, "now", service.now)
        with suppress(Refused):
            verb.run(service.config, week=1, yes=yes)
        with service.store.read() as unit:
            kept = unit.posts.count()

    assert kept == read


def test_sources_that_cost_nothing_are_not_asked(tmp_path):
    service = make_service(tmp_path, now=MOMENT)

    assert spending.foresee(service, [("tag", Window(OPENS, MOMENT))]) == []


@pytest.mark.parametrize("crossed", [False, True], ids=["ended before midnight", "over midnight"])
def test_a_run_over_midnight_counts_on_both_days(tmp_path, crossed):
    clock = Clock(datetime(2026, 10, 12, 23, 59, tzinfo=UTC))
    with x.opened(make_posts(5)) as network:
        service = listening(tmp_path, network, clock)
        run = collect.do(service, collect.due_now(service)[0])
        if crossed:
            with service.store.write() as unit:
                unit.runs.end(run.id, clock.at + timedelta(minutes=2))
        with service.store.read() as unit:
            spent = unit.runs.spent("x", datetime(2026, 10, 13, tzinfo=UTC))

    assert spent == (pytest.approx(0.025) if crossed else 0.0)
