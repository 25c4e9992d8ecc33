"""A call to an address outside while all is well: what hears nothing for a while knows that something is wrong here."""

import logging

from collectors import fetch
from collectors.base import CollectorError
from listener.jobs import collect, deliver
from listener.jobs.service import Service
from storage.values import Run

log = logging.getLogger(__name__)

PATIENCE = 10.0  # seconds


def do(service: Service) -> bool:
    """Calls the config's address if every source and every way out is well; whether it was called. A failure is only logged."""
    address = service.config.notify.heartbeat
    if address is None or not is_well(service):
        return False
    # An address of the operator's own, often one inside their network.
    request = fetch.Request(url=address.reveal(), timeout=PATIENCE, headers={}, allow_private_addresses=True)
    try:
        fetch.get(request, service.now())
    except CollectorError as problem:
        log.warning("the heartbeat was not heard: %s", type(problem).__name__)  # its sentence may hold the address
    return True


def is_well(service: Service) -> bool:
    """Whether each source that is on was last read and checked without a fault, and all that is published is delivered."""
    with service.store.read() as unit:
        runs = unit.runs.by_source(collect.whole(service.config.exercise, service.now()))
    on = [runs.get(source.name, []) for source in service.config.sources if not source.off]
    return not any(_failed(its_runs) for its_runs in on) and not deliver.troubles(service)


def _failed(runs: list[Run]) -> bool:
    newest = {run.why == "sweep": run for run in runs}
    return any(run.state == "failed" for run in newest.values())
