"""The deletion check: every kept post of a network that answers by id is looked up once a day; what was taken down goes."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from collectors.base import CollectorError, Window
from listener.jobs import breaker, collect, ledger, lookup, timetable
from listener.jobs.service import Service
from storage.runs import Asking
from storage.values import Run, Week

# In place of a fingerprint: a look-up covers no window.
ASKED = "deletion check"
_MOST = 0.5


def due(checks: Sequence[Run], every: timedelta, first: datetime, reread: datetime, now: datetime) -> bool:
    """Whether a week's posts of a source should be looked up now. `checks` are those of the week so far, oldest first; `first`
    is when it was read for the first time.
    """
    until = breaker.cools_until(checks, checks[-1].since) if checks else None
    if until is not None and now < until:
        return False
    return fell_due(checks, every, first, reread, now) is not None


def fell_due(checks: Sequence[Run], every: timedelta, first: datetime, reread: datetime, now: datetime) -> datetime | None:
    """Since when the posts should have been looked up, None if they need not be now.

    Once every so often, and in any case when the week is read anew at `reread`: what is shown that morning was looked up in it.
    """
    last = max((run.started_at for run in checks if run.state == "complete"), default=first)
    if last < reread <= now:
        return reread
    return last + every if now - last >= every else None


def due_now(service: Service) -> list[tuple[str, Week]]:
    """The sources and weeks whose check the ledger says is due, those that keep failing last."""
    exercise, now = service.config.exercise, service.now()
    weeks = [week for week in exercise.weeks if week.opens <= now]
    with service.store.read() as unit:
        checks = unit.runs.checks(collect.whole(exercise, now))
        recent = unit.runs.begun_from([(collect.whole(exercise, now), now - 2 * collect.LONGEST_PAUSE)])
        first = {week.number: unit.runs.first_begun(ledger.window_of(week)) for week in weeks}
    found: list[tuple[str, Week]] = []
    for source in service.all_listening():
        its_checks = checks.get(source.name, [])
        resting = breaker.must_wait(recent.get(source.name, []), its_checks, now) or breaker.rests(source.rests, its_checks)
        if source.swept and not source.off and not resting:
            read = [(week, first[week.number][source.name]) for week in weeks if source.name in first[week.number]]
            found += [(source.name, week) for week in _due_weeks(service, its_checks, read)]
    return found


def _due_weeks(service: Service, checks: Sequence[Run], read: Sequence[tuple[Week, datetime]]) -> list[Week]:
    exercise, schedule = service.config.exercise, service.config.schedule
    troubled = breaker.troubled(checks)
    weeks = [
        week
        for week, first in read
        if due(
            [run for run in checks if run.since < week.closes and week.opens < run.until],
            schedule.deletion_check,
            first,
            timetable.of(exercise, week, schedule).reread,
            service.now(),
        )
    ]
    return sorted(weeks, key=lambda week: len(troubled.get(week.opens, ())))


def do(service: Service, name: str, week: Week) -> Run:
    """Looks up every kept post of the week and obeys. A fault ends the check, not the caller; most posts gone is one.

    Where look-ups cost, what the source has seen since the check fell due is not asked for: a check that was cut off, or that
    came to a ceiling, goes on where it stopped.
    """
    window = Window(week.opens, min(week.closes, service.now()))
    asking = Asking(source=name, kind=service.source(name).kind, asked=ASKED, why="sweep")
    with service.store.write() as unit:
        run = unit.runs.begin(asking, window, None, service.now())
    try:
        lookup.do(service, run, most=_MOST, seen_from=_seen_from(service, name, week))
    except CollectorError as problem:
        return collect.fail(service, run, problem)
    return collect.end(service, run, finished=not service.stopped())


def _seen_from(service: Service, name: str, week: Week) -> int | None:
    """The first run since the check fell due; None where every post is to be asked for."""
    if not service.collector(service.source(name)).look_up_costs:
        return None
    schedule, window = service.config.schedule, ledger.window_of(week)
    reread = timetable.of(service.config.exercise, week, schedule).reread
    with service.store.read() as unit:
        checks, first = unit.runs.checks(window).get(name, []), unit.runs.first_begun(window).get(name, service.now())
        since = fell_due(checks, schedule.deletion_check, first, reread, service.now())
        return unit.runs.first_since(name, since or service.now())
