"""One look at the ledger and everything that is due: what the daemon repeats, and `run --once` and the demo do."""

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import partial
from typing import TypeVar

from listener.jobs import (
    alarms,
    analyse,
    backup,
    breaker,
    collect,
    deliver,
    digest,
    heartbeat,
    notices,
    outbox,
    publish,
    receipts,
    retention,
    stream,
    sweep,
)
from listener.jobs.service import Refused, Service
from storage.store import StorageError
from storage.values import Draft, Run, Week

log = logging.getLogger(__name__)

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Done:
    """What one tick did. `broken` names the steps that failed, with the fault of each."""

    runs: tuple[Run, ...] = ()
    drafts: tuple[Draft, ...] = field(default=())
    broken: tuple[tuple[str, Exception], ...] = ()


@dataclass(frozen=True, slots=True)
class Steps:
    """Takes one step after the other, whatever became of those before: only a database that cannot be used ends the tick."""

    service: Service
    broken: list[tuple[str, Exception]] = field(default_factory=list)

    def take(self, name: str, work: Callable[[], Result]) -> Result | None:
        """What the step gives; None if it failed, or was not begun since a stop was asked for."""
        if self.service.stopped():
            return None
        try:
            return work()
        except StorageError:
            raise
        except Refused as refused:
            log.warning("%s: %s", name, refused)
            self.broken.append((name, refused))
        except Exception as fault:  # one part of the work must not keep the others from being done
            log.exception("%s failed", name)
            self.broken.append((name, fault))
        return None


def do(service: Service) -> Done:
    """Reads and checks what is due, makes the pages that are due, delivers, tells, backs up. One step's fault, or one source's,
    does not keep the others from being done.

    Raises Refused when another process holds the work lock, StorageError when the database cannot be used.
    """
    steps = Steps(service)
    with service.working():
        done = _work(service, steps)
    steps.take("delivery", partial(_deliver, service))  # with the lock given back: it can take minutes
    steps.take("what the team is told", partial(_locked, service, notices.do))
    steps.take("the messages", partial(_locked, service, outbox.do))
    steps.take("receipts", partial(_locked, service, receipts.do))
    steps.take("the nightly backup", partial(_back_up, service))
    steps.take("what the operator is told", partial(_locked, service, partial(alarms.do, broken=tuple(steps.broken))))
    steps.take("the messages", partial(_locked, service, outbox.do))
    if not steps.broken:
        steps.take("the heartbeat", partial(heartbeat.do, service))
    return Done(done.runs, done.drafts, tuple(steps.broken))


def _work(service: Service, steps: Steps) -> Done:
    runs: list[Run] = []
    _hear(service, steps, runs)
    steps.take("reading", partial(_read, service, steps, runs))
    steps.take("the deletion check", partial(runs.extend, check(service)))
    steps.take("retention", partial(retention.do, service))
    steps.take("what may not be quoted any more", partial(publish.obey, service))
    weeks = steps.take("what pages are due", partial(_due_weeks, service, runs)) or []
    made = [steps.take(f"the page of week {week.number}", partial(_pages, service, week)) or [] for week in weeks]
    return Done(tuple(runs), tuple(draft for drafts in made for draft in drafts))


def _read(service: Service, steps: Steps, runs: list[Run]) -> None:
    """What should be read first is told after each reading: it does not wait for the slowest source."""
    for run in read(service):
        runs.append(run)
        _hear(service, steps, runs)
        steps.take("messages to who reads first", partial(outbox.do, service, only="safeguarding"))


def _hear(service: Service, steps: Steps, runs: list[Run]) -> None:
    """What is taken down while others are read is obeyed meanwhile."""
    if service.tapes:
        steps.take("what was told live", partial(runs.extend, hear(service)))


def _pages(service: Service, week: Week) -> list[Draft]:
    return list(make_pages(service, [week]))


def _due_weeks(service: Service, runs: Iterable[Run]) -> list[Week]:
    obeyed = {run.since for run in runs if run.why in ("sweep", "stream") and run.gone + run.changed}
    due = {week.number for week in digest.due_now(service)}
    return [week for week in service.config.exercise.weeks if week.number in due or week.opens in obeyed]


def read(service: Service) -> Iterable[Run]:
    steps = [(task.source, partial(collect.do, service, task)) for task in collect.due_now(service)]
    return map(_logged, breaker.in_turn(steps, service.stopped))


def hear(service: Service) -> Iterable[Run]:
    return map(_logged, stream.do(service))


def check(service: Service) -> Iterable[Run]:
    steps = [(source, partial(sweep.do, service, source, week)) for source, week in sweep.due_now(service)]
    return map(_logged, breaker.in_turn(steps, service.stopped))


def _logged(run: Run) -> Run:
    told = (run.source, run.why, run.since.isoformat(), run.until.isoformat(), run.state, run.new, run.changed, run.gone)
    log.info("%s, %s, %s to %s: %s, %d new, %d changed, %d gone %s", *told, run.reason)
    return run


def make_pages(service: Service, weeks: Iterable[Week]) -> Iterable[Draft]:
    for week in weeks:
        if service.stopped():
            return
        analyse.refresh(service, week)
        draft = digest.do(service, week)
        log.info("week %d: page made, %d contributions", week.number, draft.contributions)
        yield draft


def _deliver(service: Service) -> None:
    if deliver.due_now(service):
        deliver.do(service)


def _locked(service: Service, work: Callable[[Service], object]) -> None:
    with service.working():
        work(service)


def _back_up(service: Service) -> None:
    if backup.due_now(service):
        backup.do(service)
