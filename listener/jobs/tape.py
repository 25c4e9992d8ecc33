"""What a stream has told and nobody has written down yet, from the thread that listens to the look that keeps it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from threading import Condition

from collectors.base import Event, Told

MOST = 10_000  # events; the stream waits while so many lie here


@dataclass(frozen=True, slots=True)
class Waiting:
    """An event that is not settled, the cursor before it, and when it came (UTC)."""

    event: Event
    before: str | None
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What has come since the last look: up to which cursor, when the stream last told anything (UTC), and why nobody listens,
    empty while somebody does."""

    events: tuple[Waiting, ...]
    cursor: str | None
    at: datetime | None
    problem: str


@dataclass(eq=False)
class Tape:
    """`cursor` is where the stream is followed from. The rest is the look's own: `waiting` is what it could not settle,
    `rests_until` until when it asks nobody, `noted` what it last wrote down of how the stream stands."""

    cursor: str | None = None
    waiting: tuple[Waiting, ...] = ()
    rests_until: datetime | None = None
    noted: tuple[str | None, datetime | None, str] | None = None
    _events: list[Waiting] = field(default_factory=list)
    _at: datetime | None = None
    _problem: str = ""
    _turn: Condition = field(default_factory=Condition)

    def put(self, told: Told, now: datetime, stopped: Callable[[], bool]) -> None:
        """Waits while the tape is full, until a stop."""
        with self._turn:
            while len(self._events) >= MOST and not stopped():
                self._turn.wait(1.0)
            self._events += [Waiting(event, self.cursor, now) for event in told.events]
            self._problem = ""
            if told.cursor is not None:
                self.cursor, self._at = told.cursor, now

    def fail(self, problem: str) -> None:
        with self._turn:
            self._problem = problem

    def take(self) -> Heard:
        """Each event once, the rest as it stands."""
        with self._turn:
            taken, self._events = tuple(self._events), []
            self._turn.notify_all()
            return Heard(events=taken, cursor=self.cursor, at=self._at, problem=self._problem)
