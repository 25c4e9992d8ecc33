"""The ledger: every run as it began, went on and ended. Coverage is computed from it elsewhere, never kept."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, and_, func, insert, or_, select, update

from collectors.base import Window
from storage.tables import runs
from storage.values import Pass, Run

_TOTALS = ("pages", "new", "changed", "unchanged", "gone", "requests", "cost")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """Who is asked what, and why now; `asked` is the fingerprint of the question."""

    source: str
    kind: str
    asked: str
    why: Pass


class Runs:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def begin(self, asking: Asking, window: Window, cursor: str | None, now: datetime) -> Run:
        """Writes down that a window is being read, before anything is asked."""
        told = {"source": asking.source, "kind": asking.kind, "asked": asking.asked, "why": asking.why, "asides": "{}"}
        values = told | {"since": window.since, "until": window.until, "started_at": now, "state": "running", "cursor": cursor}
        return self.get(self._connection.scalars(insert(runs).values(values).returning(runs.c.id)).one())

    def get(self, id_: int) -> Run:
        return _run(self._connection.execute(select(runs).where(runs.c.id == id_)).one())

    def progress(self, id_: int, cursor: str | None = None, asides: Mapping[str, int] | None = None, **more: float) -> None:
        """Adds to the totals (`new=3`, `requests=1` …) and, with a cursor, says from where the window is read on."""
        unknown = set(more) - set(_TOTALS)
        if unknown:
            raise KeyError(*unknown)
        values: dict[str, Any] = {name: runs.c[name] + value for name, value in more.items()}
        if cursor is not None:
            values["cursor"] = cursor
        if asides:
            values["asides"] = json.dumps(_summed(self.get(id_).asides, asides), sort_keys=True)
        if values:
            self._connection.execute(update(runs).where(runs.c.id == id_).values(values))

    def end(
        self,
        id_: int,
        now: datetime,
        *,
        state: str = "complete",
        error: str = "",
        reason: str = "",
        retry_at: datetime | None = None,
    ) -> None:
        values = {"ended_at": now, "state": state, "error": error, "reason": reason, "retry_at": retry_at}
        self._connection.execute(update(runs).where(runs.c.id == id_).values(values))

    def over(self, window: Window, source: str | None = None) -> list[Run]:
        """Runs whose window overlaps this one, oldest first."""
        query = select(runs).where(runs.c.since < window.until, runs.c.until > window.since)
        if source is not None:
            query = query.where(runs.c.source == source)
        return [_run(row) for row in self._connection.execute(query.order_by(runs.c.id))]

    def by_source(self, window: Window) -> dict[str, list[Run]]:
        """Source -> its runs over the window, oldest first."""
        found: dict[str, list[Run]] = {}
        for run in self.over(window):
            found.setdefault(run.source, []).append(run)
        return found

    def close_interrupted(self, now: datetime) -> None:
        """Runs that never ended were cut off by a kill: call it only while no other process can be reading."""
        values = {"state": "stopped", "reason": "cut off before its end", "ended_at": now}
        self._connection.execute(update(runs).where(runs.c.state == "running").values(values))

    def newest(self, window: Window) -> int:
        """The newest run that told something of this window: posts found, changed, gone, or an end without fault; else 0."""
        read = and_(runs.c.state == "complete", runs.c.why != "sweep")
        told = or_(runs.c.new > 0, runs.c.changed > 0, runs.c.gone > 0, read)
        query = select(func.max(runs.c.id)).where(runs.c.since < window.until, runs.c.until > window.since, told)
        return self._connection.scalar(query) or 0

    def last_good(self) -> dict[str, datetime]:
        """Source -> when a run of it last ended complete."""
        query = (
            select(runs.c.source, func.max(runs.c.ended_at).label("ended_at"))
            .where(runs.c.state == "complete", runs.c.why != "sweep")
            .group_by(runs.c.source)
        )
        return {row.source: row.ended_at for row in self._connection.execute(query)}


def _summed(kept: Mapping[str, int], more: Mapping[str, int]) -> dict[str, int]:
    return {reason: kept.get(reason, 0) + more.get(reason, 0) for reason in {*kept, *more}}


def _run(row: Row[Any]) -> Run:
    values = {field.name: getattr(row, field.name) for field in fields(Run)}
    return Run(**values | {"asides": json.loads(row.asides or "{}")})
