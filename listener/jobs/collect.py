"""Collecting: which windows of which sources are due, and the reading of one of them."""

import logging
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import takewhile
from typing import TYPE_CHECKING

from collectors.base import (
    AtCeiling,
    BadRequest,
    Collector,
    CollectorError,
    NotAllowed,
    OutOfCredit,
    Page,
    RateLimited,
    Unavailable,
    Window,
    fingerprint,
)
from listener.jobs import answered, breaker, ledger, timetable, urgent
from listener.jobs.ledger import Listening
from listener.jobs.service import Service
from storage.runs import Asking
from storage.store import StorageError
from storage.values import Exercise, Pass, Run, Week

if TYPE_CHECKING:
    from listener.config import Schedule

log = logging.getLogger(__name__)

_PERSON_WAIT = timedelta(hours=1)
_LIMIT_WAIT = timedelta(minutes=15)
LONGEST_PAUSE = timedelta(days=1)
UNLISTED = "what it lists did not reach back so far any more"
AT_ONCE = timedelta(seconds=1)
# Passes that read a week anew as a whole: what an earlier pass had got through does not count for them.
_ANEW = ("reread", "settle")


class Fault(CollectorError):
    """Something that no collector should let out: ours to mend."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One window of one source to read, from a cursor on if an earlier reading of it broke off."""

    source: str
    window: Window
    why: Pass
    cursor: str | None = None


# --- decide -----------------------------------------------------------------------------------------------------------


def due(exercise: Exercise, schedule: "Schedule", source: Listening, runs: Sequence[Run], now: datetime) -> list[Task]:
    """The windows of one source that should be read now, oldest first, those that keep failing last. `runs` are all runs
    of the source, oldest first.

    A week is read as it goes on (every `source.every`), to its end at the closing time of the next day, once more as a whole
    from the re-reading time on, and again when it has settled; whatever an outage left out falls due again by itself.
    """
    readings = breaker.readings(runs)
    if source.off or breaker.must_wait(runs, readings, now) or breaker.rests(source.rests, readings):
        return []
    wanted = [task for week in exercise.weeks for task in _of_week(exercise, schedule, week, source, runs, now)]
    once = {(task.window.since, task.window.until): task for task in wanted}
    troubled = breaker.troubled(readings)
    ripe = sorted(once.values(), key=lambda task: len(troubled.get(task.window.since, ())))
    return [_resumed(task, runs, source.asked) for task in ripe if not _is_cooling(task, readings, now)]


def _of_week(
    exercise: Exercise, schedule: "Schedule", week: Week, source: Listening, runs: Sequence[Run], now: datetime
) -> Iterator[Task]:
    since = max(week.opens, ledger.reached_from(source, now) or week.opens)
    until = min(now - source.lag, week.closes)
    if until <= since:
        return
    whole = Window(since, until)
    why, moment = timetable.present_pass(timetable.of(exercise, week, schedule), now)
    if why != "live":
        counted = [run for run in runs if moment is None or run.started_at >= moment]
        yield from _tasks(source, ledger.missing(whole, ledger.settled(counted, source.asked)), why, exercise.timezone)
    elif now < week.closes:
        yield from _live(source, whole, runs, exercise.timezone)


def _live(source: Listening, whole: Window, runs: Sequence[Run], timezone: str) -> Iterator[Task]:
    spans = ledger.missing(whole, ledger.settled(runs, source.asked))
    ripe = [span for span in spans if span.until < whole.until or span.length >= source.every]
    yield from _tasks(source, ripe, "live", timezone)


def _tasks(source: Listening, spans: Sequence[Window], why: Pass, timezone: str) -> Iterator[Task]:
    for span in spans:
        for window in ledger.days(span, timezone):
            yield Task(source=source.name, window=window, why=why)


def _is_cooling(task: Task, readings: Sequence[Run], now: datetime) -> bool:
    until = breaker.cools_until(readings, task.window.since)
    return until is not None and now < until


def _resumed(task: Task, runs: Sequence[Run], asked: str) -> Task:
    """The same window as a reading that broke off, from where it broke off; afresh if the last try got nowhere."""
    same = [run for run in runs if run.since == task.window.since and run.asked == asked]
    if task.why in _ANEW:
        same = [run for run in same if run.why == task.why]
    last = same[-1] if same else None
    if last is None or last.state == "complete" or not last.pages or last.cursor is None or last.until > task.window.until:
        return task
    return Task(source=task.source, window=Window(last.since, last.until), why=task.why, cursor=last.cursor)


def wait_after(problem: CollectorError, failures: int, source: str, now: datetime) -> datetime:
    """When to come back after a fault: as the network said but within a day, or later each time, scattered by the source's
    name."""
    if isinstance(problem, RateLimited):
        return min(problem.until or now + _LIMIT_WAIT, now + LONGEST_PAUSE)
    if isinstance(problem, NotAllowed | OutOfCredit | BadRequest):
        return now + _PERSON_WAIT
    return now + breaker.backoff(failures, source)


# --- do ---------------------------------------------------------------------------------------------------------------


def do(service: Service, task: Task) -> Run:
    """Reads one window and writes down how it went. A fault of the network, or of ours, ends the run and not the caller.

    Raises StorageError: without a database nothing can go on.
    """
    collector = service.collector(service.source(task.source))
    asking = Asking(source=task.source, kind=collector.kind, asked=fingerprint(collector), why=task.why)
    with service.store.write() as unit:
        run = unit.runs.begin(asking, task.window, task.cursor, service.now())
    try:
        finished = _read_on(service, collector, run)
    except CollectorError as problem:
        return fail(service, run, problem)
    except StorageError:
        raise
    except Exception as fault:  # one source that cannot be read must not keep the others from being read
        log.exception("%s: a fault in Listener itself", task.source)
        return fail(service, run, Fault(f"a fault in Listener itself ({type(fault).__name__}); its log says more"))
    return end(service, run, finished=finished)


def _read_on(service: Service, collector: Collector, run: Run) -> bool:
    """Reads page after page; whether it came to the end before it was asked to stop."""
    done = 0
    for page in collector.collect(Window(run.since, run.until), run.cursor):
        keep(service, run, page, collector.late)
        done += len(page.items)
        service.tell(f"{run.source}: {run.why}", done, None)
        if service.stopped():
            return page.cursor is None
    return True


def _kept(exercise: Exercise, late: timedelta, run: Run) -> Window:
    """Of what comes is kept what lies in the run's window, and what may have been listed late in the same week before it."""
    opens = [week.opens for week in exercise.weeks if week.opens <= run.since < week.closes]
    return Window(max(run.since - late, *opens) if opens else run.since, run.until)


def keep(service: Service, run: Run, page: Page, late: timedelta = timedelta()) -> None:
    """A page's posts, asides, cursor and progress, and that something should be read first: all in one transaction."""
    window = _kept(service.config.exercise, late, run)
    items = [item for item in page.items if item.post.posted_at in window]
    asides = [aside for aside in page.asides if aside.at is None or aside.at in window]
    now = service.now()
    with service.store.write() as unit:
        items = answered.told(service.config.exercise, items, unit.posts.answering(answered.above(items)))
        added = unit.posts.add(run.source, run.id, items, now)
        unit.posts.set_aside(run, asides)
        urgent.note(service, unit, run.id, [item.post for item in items if item.post.key in added.said])
        counts = {"new": added.new, "changed": added.changed, "unchanged": added.unchanged}
        reasons = Counter(aside.reason for aside in asides)
        unit.runs.progress(run.id, page.cursor, reasons, pages=1, requests=page.requests, cost=page.cost, **counts)
        if page.reaches is not None:
            unit.runs.cut(run.id, page.reaches, now, UNLISTED)


def fail(service: Service, run: Run, problem: CollectorError) -> Run:
    """Writes down what went wrong and when to come back."""
    now = service.now()
    with service.store.write() as unit:
        runs = unit.runs.over(whole(service.config.exercise, now), run.source)
        stream = breaker.checks(runs) if run.why == "sweep" else breaker.readings(runs)
        before = [one for one in stream if one.id < run.id]
        told = isinstance(problem, AtCeiling)  # until the ledger or the config says otherwise, not until a moment
        retry_at = None if told else wait_after(problem, _failures(problem, run, before), run.source, now)
        unit.runs.progress(run.id, cost=problem.cost)
        unit.runs.end(run.id, now, state="failed", error=kind_of(problem), reason=str(problem), retry_at=retry_at)
        return unit.runs.get(run.id)


def kind_of(problem: CollectorError) -> str:
    """The name of the error that says when to come back and who must act; a collector may know finer ones."""
    return next(kind.__name__ for kind in type(problem).__mro__ if CollectorError in (kind, *kind.__bases__))


def _failures(problem: CollectorError, run: Run, before: Sequence[Run]) -> int:
    """How often it had failed in a row: the whole source if it does not answer, else this window."""
    if isinstance(problem, Unavailable):
        return breaker.of(before).failures
    same = [one for one in before if one.since == run.since]
    return sum(1 for _ in takewhile(lambda one: one.state == "failed", reversed(same)))


def end(service: Service, run: Run, *, finished: bool) -> Run:
    """Writes down that a run ended without a fault, at its end or because it was asked to stop."""
    with service.store.write() as unit:
        unit.runs.end(run.id, service.now(), state="complete" if finished else "stopped")
        if finished and run.cursor is None and run.why not in ("sweep", "stream"):
            unit.posts.retire_unreadable(run)
        return unit.runs.get(run.id)


def whole(exercise: Exercise, now: datetime) -> Window:
    """From the exercise's first moment to its last, or to now."""
    return Window(exercise.weeks[0].opens, max(exercise.weeks[-1].closes, now))


def due_now(service: Service) -> list[Task]:
    """Everything that the ledger says is due at this moment, source by source."""
    exercise, now = service.config.exercise, service.now()
    with service.store.read() as unit:
        runs = unit.runs.begun_from(_that_count(service, now))
    eager = service.eager()
    sources = [replace(one, every=AT_ONCE) if one.name in eager else one for one in service.all_listening() if not one.off]
    return [task for one in sources for task in due(exercise, service.config.schedule, one, runs.get(one.name, []), now)]


def _that_count(service: Service, now: datetime) -> list[tuple[Window, datetime | None]]:
    """Which runs decide what is due: of each week those that count for its present pass, and all of the last days."""
    exercise, schedule = service.config.exercise, service.config.schedule
    begun = [(week, timetable.of(exercise, week, schedule)) for week in exercise.weeks if week.opens <= now]
    counted = [(ledger.window_of(week), timetable.present_pass(times, now)[1]) for week, times in begun]
    return [*counted, (whole(exercise, now), now - 2 * LONGEST_PAUSE)]
