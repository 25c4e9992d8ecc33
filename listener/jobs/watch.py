"""Sources that can tell when something new is there: they are read at the next look, not only every so often."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from threading import Lock
from typing import TYPE_CHECKING, cast

import collectors
from collectors.base import CollectorError, NotAllowed
from listener.jobs.service import Service

if TYPE_CHECKING:
    from collectors.base import Watches

log = logging.getLogger(__name__)

FIRST_PAUSE = timedelta(minutes=1)
LONGEST_PAUSE = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Nudges:
    """Names of sources that have something new, from the threads that watch them to the one that reads."""

    _names: set[str] = field(default_factory=set)
    _lock: Lock = field(default_factory=Lock)

    def add(self, name: str) -> None:
        with self._lock:
            self._names.add(name)

    def take(self) -> frozenset[str]:
        """All so far; each is told once."""
        with self._lock:
            taken = frozenset(self._names)
            self._names.clear()
        return taken


def watched(service: Service) -> list[str]:
    """The sources that are on and whose kind can tell."""
    return [one.name for one in service.config.sources if not one.off and hasattr(collectors.find(one.kind), "watch")]


def keep(service: Service, name: str, nudges: Nudges, wait: Callable[[float], bool]) -> None:
    """Watches one source until the service stops, or its server turns out to be unable to tell.

    `wait(seconds)` returns True when the service stops meanwhile. A fault costs only time: the source is read every so often
    all the same, and that reading tells the operator what is wrong.
    """
    failures = 0
    while not service.stopped():
        problem, was_told = _watch(service, name, nudges)
        if problem is None:
            return
        failures = 1 if was_told else failures + 1
        log.info("%s: nobody tells of what is new at the moment: %s", name, problem)
        pause = LONGEST_PAUSE if isinstance(problem, NotAllowed) else pause_after(failures)
        if wait(pause.total_seconds()):
            return


def _watch(service: Service, name: str, nudges: Nudges) -> tuple[CollectorError | None, bool]:
    """What went wrong, None at an end that was meant; and whether anything was told before."""
    was_told = False
    collector = cast("Watches", service.collector(service.source(name)))  # its kind is among those of `watched`
    try:
        for _ in collector.watch():
            was_told = True
            nudges.add(name)
    except CollectorError as problem:
        return problem, was_told
    return None, was_told


def pause_after(failures: int) -> timedelta:
    return min(FIRST_PAUSE * (1 << min(failures - 1, 10)), LONGEST_PAUSE)
