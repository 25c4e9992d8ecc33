"""What every job is given: the exercise, the store, the vault, the clock, a stop signal, and somebody to tell how far it is."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from collectors.base import Collector, Given, Vault, fingerprint
from listener.jobs.ledger import Listening
from listener.jobs.tape import Tape

if TYPE_CHECKING:
    from listener.config import Config, Source
    from storage.store import Store

Tell = Callable[[str, int, int | None], None]


class Refused(Exception):
    """The work was not begun; the sentence says why and what to do. `code` is the exit code."""

    def __init__(self, sentence: str, code: int = 1) -> None:
        super().__init__(sentence)
        self.code = code


def say_nothing(_what: str, _done: int, _of: int | None) -> None:
    """For work that nobody watches."""


@dataclass(frozen=True, kw_only=True)
class Service:
    """`now` gives the present moment (UTC), `stopped` turns true when the work should end soon, `tell(what, done, of)` reports
    how far it is, `eager` gives, once, the sources that have told of something new; `tapes` hold what their streams tell."""

    config: "Config"
    store: "Store"
    vault: Vault
    now: Callable[[], datetime]
    stopped: Callable[[], bool] = lambda: False
    tell: Tell = say_nothing
    eager: Callable[[], frozenset[str]] = frozenset
    tapes: Mapping[str, Tape] = field(default_factory=dict)

    def collector(self, source: "Source") -> Collector:
        """A collector for a source that is on."""
        return source.collector(
            Given(source.name, self.vault, self.now, self.stopped, self.config.file.parent, partial(self._spent, source.name))
        )

    def _spent(self, source: str, since: datetime) -> float:
        with self.store.read() as unit:
            return unit.runs.spent(source, since)

    def source(self, name: str) -> "Source":
        """Raises Refused for a source that does not exist or is off."""
        try:
            source = self.config.source(name)
        except KeyError:
            known = ", ".join(source.name for source in self.config.sources) or "none"
            raise Refused(f"There is no source named {name}. The config has: {known}.") from None
        if source.off:
            raise Refused(f"The source {name} is off: {source.off}.")
        return source

    def listening(self, source: "Source") -> Listening:
        """The source as the ledger knows it."""
        from collectors import find

        if source.off:
            return Listening(name=source.name, kind=source.kind, channel=find(source.kind).channel, off=source.off)
        collector = self.collector(source)
        rests = collector.rests
        return Listening(
            name=source.name,
            kind=source.kind,
            channel=collector.channel_name,
            asked=fingerprint(collector),
            words=collector.asked,
            every=source.every or self.config.schedule.every,
            reach=source.reach or collector.reach,
            lag=collector.lag,
            swept=hasattr(collector, "look_up") and collector.swept,
            audits=collector.audits,
            budget=collector.budget,
            rests=str(rests or ""),
            rests_until=rests.until if rests else None,
        )

    def all_listening(self) -> list[Listening]:
        return [self.listening(source) for source in self.config.sources]

    @contextmanager
    def working(self, wait: float = 60.0) -> Iterator[None]:
        """Holds the database's work lock, so that a daemon and an operator take turns; runs that a kill cut off are closed.

        Raises Refused when the other one does not finish within `wait` seconds.
        """
        from filelock import FileLock, Timeout

        lock = FileLock(f"{self.store.path}.work.lock", timeout=wait, mode=0o600)
        try:
            lock.acquire()
        except Timeout as busy:
            raise Refused(f"Another listener is working on {self.store.path}; try again when it has finished.") from busy
        try:
            with self.store.write() as unit:
                unit.runs.close_interrupted(self.now())
            yield
        finally:
            lock.release()
