"""The deletion check: every kept post of a network that answers by id is looked up once a day; what was taken down goes."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from collectors.base import CollectorError, Window
from listener.jobs import breaker, collect, lookup, timetable
from listener.jobs.ledger import Listening
from listener.jobs.service import Service
from storage.runs import Asking
from storage.values import Run, Week

# In place of a fingerprint: a look-up covers no window.
ASKED = "deletion check"
_MOST = 0.5


def due(source: Listening, runs: Sequence[Run], every: timedelta, reread: datetime, now: datetime) -> bool:
    """Whether a week's posts of a source should be looked up now. `runs` are the source's runs over the week, oldest first.

    Once every so often, and in any case when the week is read anew at `reread`: what is shown that morning was looked up in it.
    """
    if source.off or not source.swept or not runs:
        return False
    checks = breaker.checks(runs)
    until = breaker.cools_until(checks, checks[-1].since) if checks else None
    if until is not None and now < until:
        return False
    done = [run.started_at for run in checks if run.state == "complete"]
    last = max(done, default=runs[0].started_at)
    return now - last >= every or last < reread <= now


def due_now(service: Service) -> list[tuple[str, Week]]:
    """The sources and weeks whose check the ledger says is due, those that keep failing last."""
    config, now = service.config, service.now()
    with service.store.read() as unit:
        runs = unit.runs.by_source(collect.whole(config.exercise, now))
    known = [(source, runs.get(source.name, [])) for source in service.all_listening()]
    return [(source.name, week) for source, its_runs in known for week in _due_weeks(service, source, its_runs, now)]


def _due_weeks(service: Service, source: Listening, runs: Sequence[Run], now: datetime) -> list[Week]:
    exercise, schedule = service.config.exercise, service.config.schedule
    checks = breaker.checks(runs)
    if breaker.must_wait(runs, checks, now):
        return []
    troubled = breaker.troubled(checks)
    weeks = [
        week
        for week in exercise.weeks
        if week.opens <= now
        and due(
            source,
            [run for run in runs if run.since < week.closes and week.opens < run.until],
            schedule.deletion_check,
            timetable.of(exercise, week, schedule).reread,
            now,
        )
    ]
    return sorted(weeks, key=lambda week: len(troubled.get(week.opens, ())))


def do(service: Service, name: str, week: Week) -> Run:
    """Looks up every kept post of the week and obeys. A fault ends the check, not the caller; most posts gone is one."""
    window = Window(week.opens, min(week.closes, service.now()))
    asking = Asking(source=name, kind=service.source(name).kind, asked=ASKED, why="sweep")
    with service.store.write() as unit:
        run = unit.runs.begin(asking, window, None, service.now())
    try:
        lookup.do(service, run, most=_MOST)
    except CollectorError as problem:
        return collect.fail(service, run, problem)
    return collect.end(service, run, finished=True)
