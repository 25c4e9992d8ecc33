"""How it stands: per source and week what was read, what is missing and until when it can be filled, and what is due next."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from collectors.budget import Budget
from listener.jobs import alarms, backup, breaker, collect, deliver, digest, ledger, stream, takedown, timetable
from listener.jobs.breaker import Breaker
from listener.jobs.service import Service
from listener.jobs.stream import Line
from listener.jobs.timetable import Timetable
from storage.curated import Message
from storage.values import Coverage, Draft, Run, Week


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceState:
    """`fault` is what its last run ended with, or what still keeps it from being read, empty if it is well; `next_due` is None
    while nothing is to come; `checked` is when its posts were last looked up; `breaker` is how its readings stand, `live` how
    its stream does, None where none is listened to; `cost` (US dollars) what it has cost in all, `budget` what it may cost
    now."""

    name: str
    kind: str
    off: str = ""
    last_good: datetime | None = None
    next_due: datetime | None = None
    checked: datetime | None = None
    fault: str = ""
    breaker: Breaker = field(default_factory=Breaker)
    cost: float = 0.0
    budget: Budget | None = None
    live: Line | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekState:
    week: Week
    posts: int
    coverage: tuple[Coverage, ...]
    draft: Draft | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """`undelivered` tells of each way out that does not show yet what is published, `late_requests` counts those who asked for
    a quote to come down and have waited for longer than was promised; `timetables` are those of the weeks that are running, or
    of the next; `unsent` are messages that may not have arrived; `backup` is when the newest backup was begun."""

    at: datetime
    sources: tuple[SourceState, ...]
    weeks: tuple[WeekState, ...]
    undelivered: tuple[str, ...] = ()
    late_requests: int = 0
    timetables: tuple[tuple[Week, Timetable], ...] = ()
    unsent: tuple[Message, ...] = ()
    backup: datetime | None = None

    @property
    def gaps(self) -> int:
        return sum(len(one.gaps) for week in self.weeks for one in week.coverage)


def do(service: Service) -> Status:
    """Reads the ledger; changes nothing."""
    now = service.now()
    begun = [week for week in service.config.exercise.weeks if week.opens <= now]
    with service.store.read() as unit:
        drafts = unit.analyses.drafts()
        posts = {week.number: unit.posts.count(ledger.window_of(week)) for week in begun}
    weeks = [
        WeekState(week=week, posts=posts[week.number], coverage=digest.coverage(service, week), draft=drafts.get(week.number))
        for week in begun
    ]
    return Status(
        at=now,
        sources=_sources(service, now),
        weeks=tuple(weeks),
        undelivered=deliver.troubles(service),
        late_requests=takedown.late(service),
        timetables=tuple(timetable.running(service.config.exercise, now, service.config.schedule)),
        unsent=tuple(alarms.unsent(service)),
        backup=newest.at if (newest := backup.newest(service)) else None,
    )


def _sources(service: Service, now: datetime) -> tuple[SourceState, ...]:
    exercise = service.config.exercise
    with service.store.read() as unit:
        runs = unit.runs.by_source(collect.whole(exercise, now))
        good, costs = unit.runs.last_good(), unit.runs.costs()
    lines = stream.lines(service)
    known = [(one, runs.get(one.name, []), good.get(one.name)) for one in service.all_listening()]
    found = [_source(service, one, its_runs, last_good, now) for one, its_runs, last_good in known]
    return tuple(replace(one, cost=round(costs.get(one.name, 0.0), 4), live=lines.get(one.name)) for one in found)


def _source(service: Service, one: ledger.Listening, runs: list[Run], last_good: datetime | None, now: datetime) -> SourceState:
    last = runs[-1] if runs else None
    standing = breaker.of(breaker.readings(runs))
    return SourceState(
        name=one.name,
        kind=one.kind,
        off=one.off,
        last_good=last_good,
        next_due=None if one.off else _next_due(service, one, runs, now),
        checked=max((run.started_at for run in runs if run.why == "sweep" and run.state == "complete"), default=None),
        fault=one.rests or standing.reason or (last.reason if last is not None and last.state == "failed" else ""),
        breaker=standing,
        budget=one.budget,
    )


def _next_due(service: Service, one: ledger.Listening, runs: list[Run], now: datetime) -> datetime | None:
    """The first moment of those at which something can fall due when something does."""
    exercise, schedule = service.config.exercise, service.config.schedule
    if breaker.rests(one.rests, breaker.readings(runs)):
        return one.rests_until
    moments = [now]
    moments += [run.retry_at for run in runs if run.retry_at is not None]
    moments += _cooled(breaker.readings(runs))
    moments += [run.until + one.every for run in runs[-50:]]
    for week in exercise.weeks:
        times = timetable.of(exercise, week, schedule)
        moments += [week.opens + one.every, times.closing, times.reread, times.settle]
    for moment in sorted({max(moment, now) for moment in moments}):
        if collect.due(exercise, schedule, one, runs, moment + timedelta(milliseconds=1)):
            return moment
    return None


def _cooled(readings: list[Run]) -> list[datetime]:
    failed = {run.since for run in readings if run.state == "failed"}
    return [until for since in failed if (until := breaker.cools_until(readings, since)) is not None]
