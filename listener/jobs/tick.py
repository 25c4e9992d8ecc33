"""One look at the ledger and everything that is due: what the daemon repeats, and `run --once` and the demo do."""

import logging
from collections.abc import Iterable
from dataclasses import dataclass, field

from listener.jobs import analyse, collect, deliver, digest, publish, retention, sweep
from listener.jobs.service import Service
from storage.values import Draft, Run, Week

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Done:
    """What one tick did."""

    runs: tuple[Run, ...] = ()
    drafts: tuple[Draft, ...] = field(default=())


def do(service: Service) -> Done:
    """Reads what is due, then makes the pages that are due; one source's fault does not keep the others from being read.

    What may not be quoted any more comes down from what is published, and that is delivered. Raises Refused when another
    process holds the work lock.
    """
    done = _work(service)
    if deliver.due_now(service):
        deliver.do(service)  # with the lock given back: it can take minutes
    return done


def _work(service: Service) -> Done:
    with service.working():
        runs = (*read(service), *check(service))
        retention.do(service)
        publish.obey(service)
        obeyed = {run.since for run in runs if run.why == "sweep" and run.gone + run.changed}
        due = {week.number for week in digest.due_now(service)}
        weeks = [week for week in service.config.exercise.weeks if week.number in due or week.opens in obeyed]
        return Done(runs, tuple(make_pages(service, weeks)))


def read(service: Service) -> Iterable[Run]:
    for task in collect.due_now(service):
        if service.stopped():
            return
        yield _logged(collect.do(service, task))


def check(service: Service) -> Iterable[Run]:
    for source, week in sweep.due_now(service):
        if service.stopped():
            return
        yield _logged(sweep.do(service, source, week))


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
