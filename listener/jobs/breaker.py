"""When a source that failed is asked again. Pure.

A refusal, or no answer, opens the breaker of the whole source. When its wait is over one window is tried: if that succeeds the
others follow, if not the wait grows. Readings and deletion checks are two streams with a breaker each.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from zlib import crc32

from collectors.base import AtCeiling, NotAllowed, OutOfCredit, RateLimited, Unavailable
from storage.values import Run

_FIRST_WAIT = timedelta(minutes=5)
_LONGEST_WAIT = timedelta(hours=6)
_WHOLE_SOURCE = {kind.__name__ for kind in (RateLimited, NotAllowed, OutOfCredit, Unavailable, AtCeiling)}
_NEEDS_A_PERSON = {kind.__name__ for kind in (NotAllowed, OutOfCredit)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Breaker:
    """How a source stands: how many tries in a row failed, the last error and its sentence, and until when (UTC) it is left
    alone. Without failures it is closed."""

    failures: int = 0
    until: datetime | None = None
    error: str = ""
    reason: str = ""

    def state(self, now: datetime) -> Literal["closed", "open", "half-open"]:
        if not self.failures:
            return "closed"
        return "open" if self.until is not None and now < self.until else "half-open"

    @property
    def at_ceiling(self) -> bool:
        return self.error == AtCeiling.__name__

    @property
    def needs_a_person(self) -> bool:
        return self.error in _NEEDS_A_PERSON


def readings(runs: Iterable[Run]) -> list[Run]:
    return [run for run in runs if run.why != "sweep"]


def checks(runs: Iterable[Run]) -> list[Run]:
    return [run for run in runs if run.why == "sweep"]


def trips(run: Run) -> bool:
    """Whether it ended in a way that keeps the whole source from being asked, not this window alone."""
    return run.state == "failed" and run.error in _WHOLE_SOURCE


def of(stream: Sequence[Run]) -> Breaker:
    """The breaker of one source after these runs of one stream, oldest first. The longest wait asked for since the last
    success counts."""
    failed: list[Run] = []
    for run in stream:
        if run.state == "complete":
            failed = []
        elif trips(run):
            failed = [*failed, run] if not run.pages else [*_told_to_wait(failed), run]
    if not failed:
        return Breaker()
    until = max((run.retry_at for run in failed if run.retry_at is not None), default=None)
    return Breaker(failures=len(failed), until=until, error=failed[-1].error, reason=failed[-1].reason)


def _told_to_wait(failed: Sequence[Run]) -> list[Run]:
    """What still counts after a try that got some pages: not how often nothing came, but what the network asked for."""
    return [run for run in failed if run.error != Unavailable.__name__][-1:]


def must_wait(runs: Sequence[Run], stream: Sequence[Run], now: datetime) -> bool:
    """Whether a source is not to be asked now: its stream's breaker is open, or the network asked for a pause in either."""
    limits = [run for run in runs if run.state == "complete" or run.error == RateLimited.__name__]
    return any(of(one).state(now) == "open" for one in (stream, readings(limits), checks(limits)))


def rests(reason: str, stream: Sequence[Run]) -> bool:
    """Whether a source that is at its ceiling (`reason` says so, empty if it is not) has told so in its last try."""
    return bool(reason) and of(stream).at_ceiling


def backoff(failures: int, source: str) -> timedelta:
    """Five minutes, then twice as long each time up to six hours; up to a tenth longer, differently for each source, so that
    not all come back in the same moment."""
    wait: timedelta = min(_FIRST_WAIT * 2 ** min(failures, 10), _LONGEST_WAIT)
    return wait * (1 + crc32(f"{source} {failures}".encode()) % 100 / 1000)


@dataclass(frozen=True, slots=True)
class Try:
    """A reading of one window that was not answered; `alone` if the rest of the source could be read when it did."""

    run: Run
    alone: bool


def troubled(stream: Iterable[Run]) -> dict[datetime, list[Try]]:
    """The beginnings of windows -> their tries that were not answered since they were last read; refusals are not theirs."""
    found: dict[datetime, list[Try]] = {}
    closed = True
    for run in stream:
        if run.state == "complete":
            found = {since: tries for since, tries in found.items() if not run.since <= since < run.until}
            closed = True
        elif trips(run):
            if run.error == Unavailable.__name__:
                found.setdefault(run.since, []).append(Try(run, closed))
            closed = False
    return found


def cools_until(stream: Sequence[Run], since: datetime) -> datetime | None:
    """Until when the window that begins then is left alone, whatever becomes of the others; None if it is not.

    One that trips while the rest of the source can be read is at fault itself, and is tried less and less often.
    """
    same = [run for run in stream if run.since == since]
    last = same[-1] if same else None
    if last is None or last.state != "failed":
        return None
    if not trips(last):
        return last.retry_at
    tries = troubled(stream).get(since, [])
    if not tries or tries[-1].run.id != last.id or not tries[-1].alone:
        return None
    return (last.ended_at or last.started_at) + backoff(sum(one.alone for one in tries) - 1, last.source)


def in_turn(steps: Iterable[tuple[str, Callable[[], Run]]], stopped: Callable[[], bool]) -> Iterator[Run]:
    """Runs one step after another until a stop is asked for; once a source refuses, its other steps are left for later."""
    resting: set[str] = set()
    for source, work in steps:
        if stopped():
            return
        if source not in resting:
            run = work()
            if trips(run):
                resting.add(source)
            yield run
