"""The deletion check: every kept post of a network that answers by id is looked up once a day; what was taken down goes."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from collectors.base import CollectorError, Underway, Window
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
    if checks and now < (_comes_back(checks) or now):
        return False
    return fell_due(checks, every, first, reread, now) is not None


def _comes_back(checks: Sequence[Run]) -> datetime | None:
    """Until when the last check keeps the next from being made: it failed, or the network is at work on it."""
    last = checks[-1]
    return last.retry_at if last.state == "stopped" else breaker.cools_until(checks, last.since)


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
            weeks_due = _due_weeks(service, its_checks, read)
            found += [(source.name, week) for week in (_in_turn(weeks_due, its_checks) if source.audits else weeks_due)]
    return found


def _due_weeks(service: Service, checks: Sequence[Run], read: Sequence[tuple[Week, datetime]]) -> list[Week]:
    exercise, schedule = service.config.exercise, service.config.schedule
    troubled = breaker.troubled(checks)
    weeks = [
        week
        for week, first in read
        if due(
            _of_week(checks, week),
            schedule.deletion_check,
            first,
            timetable.of(exercise, week, schedule).reread,
            service.now(),
        )
    ]
    return sorted(weeks, key=lambda week: len(troubled.get(week.opens, ())))


def _of_week(checks: Sequence[Run], week: Week) -> list[Run]:
    return [run for run in checks if run.since < week.closes and week.opens < run.until]


def _in_turn(weeks: Sequence[Week], checks: Sequence[Run]) -> Sequence[Week]:
    """One week at a time, and while the network is at work on one no other."""
    last = checks[-1] if checks else None
    if last is None or last.state == "complete" or last.cursor is None:
        return weeks[:1]
    return [week for week in weeks if week.opens == last.since]


def do(service: Service, name: str, week: Week) -> Run:
    """Looks up every kept post of the week and obeys. A fault ends the check, not the caller; most posts gone is one.

    Where look-ups cost, what the source has seen since the check fell due is not asked for: a check that was cut off, or that
    came to a ceiling, goes on where it stopped.
    """
    window = Window(week.opens, min(week.closes, service.now()))
    asking = Asking(source=name, kind=service.source(name).kind, asked=ASKED, why="sweep")
    with service.store.write() as unit:
        run = unit.runs.begin(asking, window, _cursor(unit.runs.checks(window).get(name, [])), service.now())
    return _look(service, run, _seen_from(service, name, week))


def _look(service: Service, run: Run, seen_from: int | None) -> Run:
    try:
        lookup.do(service, run, most=_MOST, seen_from=seen_from)
    except Underway as wait:
        with service.store.write() as unit:
            unit.runs.progress(run.id, wait.cursor)
            if wait.until > service.now():
                unit.runs.end(run.id, service.now(), state="stopped", retry_at=wait.until)
            run = unit.runs.get(run.id)
        return run if run.state == "stopped" else _look(service, run, seen_from)
    except CollectorError as problem:
        return collect.fail(service, run, problem)
    return collect.end(service, run, finished=not service.stopped())


def _cursor(checks: Sequence[Run]) -> str | None:
    """Where the network is at work on an earlier check."""
    return checks[-1].cursor if checks and checks[-1].state != "complete" else None


def _seen_from(service: Service, name: str, week: Week) -> int | None:
    """The first run since the check fell due; None where every post is to be asked for."""
    collector = service.collector(service.source(name))
    if collector.audits or not collector.look_up_costs:
        return None
    schedule, window = service.config.schedule, ledger.window_of(week)
    reread = timetable.of(service.config.exercise, week, schedule).reread
    with service.store.read() as unit:
        checks, first = unit.runs.checks(window).get(name, []), unit.runs.first_begun(window).get(name, service.now())
        since = fell_due(checks, schedule.deletion_check, first, reread, service.now())
        return unit.runs.first_since(name, since or service.now())
