"""The config as the service needs it: complete, checked values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from pathlib import Path
from typing import Any, Literal

import collectors
from collectors.base import Collector, Given, Secret
from storage.values import Exercise


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One `[sources.NAME]` table. `off` is the reason why it is not collected, empty if it is.

    `reach` is how far back it can be asked, None for as far as its kind can; `keep` is how long its words are kept after they
    were said, None for as long as the exercise's. `options` are what its collector takes; those of a source that is off may be
    incomplete, and hold no secrets.
    """

    name: str
    kind: str
    every: timedelta | None = None
    reach: timedelta | None = None
    keep: timedelta | None = None
    off: str = ""
    options: Mapping[str, Any] = field(default_factory=dict)

    @property
    def channel(self) -> str:
        """What readers call this kind of source."""
        return collectors.find(self.kind).channel

    def collector(self, given: Given) -> Collector:
        """Raises ValueError if the source is off and its options do not suffice."""
        try:
            return collectors.find(self.kind)(given=given, **self.options)
        except TypeError as error:
            raise ValueError(f"sources.{self.name} is off, and its options are incomplete: {error}") from error


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """When work falls due: `every` while a week runs, `deletion_check` for all that is kept; the others are local times of the
    day after a week's last day.

    `settle` is how long after the re-reading a week is read once more. Reading and checks never move; `notice`, `blockers` and
    `publish_by` move to the next day that is neither in a weekend, nor a holiday of `holidays` (a calendar's name, empty for
    none), nor in `days_off`.
    """

    every: timedelta = timedelta(minutes=15)
    deletion_check: timedelta = timedelta(days=1)
    closing: time = time(0, 15)
    reread: time = time(5, 0)
    analysis: time = time(6, 15)
    draft: time = time(6, 45)
    notice: time = time(7, 0)
    blockers: time = time(11, 0)
    publish_by: time = time(12, 0)
    settle: timedelta = timedelta(days=1)
    holidays: str = ""
    days_off: tuple[date, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Serve:
    """Where the desk and the pages are shown.

    `address` is how the team reaches it from outside (https://…, with a path if a proxy gives it one), empty on one machine.
    `trusted_header` names the header in which a proxy says who is signed in, empty if Listener asks for passwords itself;
    `proxies` is how many proxies stand in front."""

    host: str = "127.0.0.1"
    port: int = 8080
    address: str = ""
    trusted_header: str = ""
    proxies: int = 0

    @property
    def believed(self) -> str:
        """The header that is believed: none without a proxy in front, who takes away the ones that visitors make up."""
        return self.trusted_header if self.proxies else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notify:
    """Where messages go, as Apprise addresses; a group without one is told on the pages only. `heartbeat` is called after
    every look at the ledger, empty for none."""

    team: tuple[Secret, ...] = ()
    operator: tuple[Secret, ...] = ()
    safeguarding: tuple[Secret, ...] = ()
    heartbeat: Secret | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Publish:
    """Where a published digest goes. `folder` is the public one, `address` where the public reads it (empty: not checked),
    `allow_private_addresses` whether that may lie inside a private network, `command` runs after each delivery (SFTP, rsync),
    `second_person` whether another than the last editor must approve, `small` is the least number that is told."""

    folder: Path
    address: str = ""
    allow_private_addresses: bool = False
    command: tuple[str, ...] = ()
    second_person: Literal["required", "recorded"] = "required"
    small: int = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Privacy:
    """What the law and the public want to know. `keep_until` is the day after which words and names go; None is not set."""

    notice: str = ""
    dpia: str = ""
    accessibility: str = ""
    keep_until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Safeguarding:
    """Who reads first what cannot wait. `phrases` are looked for in what comes in; `read_when` says when the box is read and
    `urgent` where help is that cannot wait, as every page tells."""

    lead: str = ""
    deputy: str = ""
    phrases: tuple[str, ...] = ()
    read_when: str = ""
    urgent: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Analysis:
    """How words are read. `tone` names who guesses it: the model trained on feedback, or VADER alone."""

    tone: Literal["feedback", "vader"] = "feedback"


@dataclass(frozen=True, slots=True, kw_only=True)
class Backup:
    """Where copies of the database go each night at `at` (local time), and how many are kept."""

    folder: Path
    at: time = time(2, 30)
    keep: int = 14


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipts:
    """Whether who writes a mail is told that it came. `via` is the mail server as Apprise's address, None for no receipts;
    `results` is a sentence that says when results come."""

    via: Secret | None = None
    results: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """One exercise and everything around it. Paths are absolute."""

    exercise: Exercise
    sources: tuple[Source, ...]
    storage: Path
    output: Path
    schedule: Schedule
    serve: Serve
    notify: Notify
    publish: Publish
    privacy: Privacy
    safeguarding: Safeguarding
    analysis: Analysis
    backup: Backup
    receipts: Receipts
    file: Path

    def source(self, name: str) -> Source:
        """Raises KeyError when there is no such source."""
        for source in self.sources:
            if source.name == name:
                return source
        raise KeyError(name)
