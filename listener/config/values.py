"""The config as the service needs it: complete, checked values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time, timedelta
from pathlib import Path
from typing import Any

import collectors
from collectors.base import Collector, Given, Secret
from storage.values import Exercise


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One `[sources.NAME]` table. `off` is the reason why it is not collected, empty if it is.

    `options` are what its collector takes; those of a source that is off may be incomplete, and hold no secrets.
    """

    name: str
    kind: str
    every: timedelta | None = None
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
    day after a week's last day."""

    every: timedelta = timedelta(minutes=15)
    deletion_check: timedelta = timedelta(days=1)
    closing: time = time(0, 15)
    reread: time = time(5, 0)
    draft: time = time(6, 45)


@dataclass(frozen=True, slots=True, kw_only=True)
class Serve:
    """Where the pages are shown, and the password before them."""

    host: str = "127.0.0.1"
    port: int = 8080
    password: Secret | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """One exercise and everything around it. Paths are absolute."""

    exercise: Exercise
    sources: tuple[Source, ...]
    storage: Path
    output: Path
    schedule: Schedule
    serve: Serve
    file: Path

    def source(self, name: str) -> Source:
        """Raises KeyError when there is no such source."""
        for source in self.sources:
            if source.name == name:
                return source
        raise KeyError(name)
