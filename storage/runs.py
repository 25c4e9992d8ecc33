"""The ledger: every run as it began, went on and ended. Coverage is computed from it elsewhere, never kept."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, and_, func, insert, or_, select, update

from collectors.base import Window
from storage.tables import runs
from storage.values import Pass, Run

_READS = runs.c.why.not_in(("sweep", "stream"))
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

    def cut(self, id_: int, reaches: datetime, now: datetime, reason: str) -> None:
        """What was before `reaches` the source did not list any more: the run keeps the rest, a run of its own says so."""
        run = self.get(id_)
        begins = min(reaches, run.until)
        if begins <= run.since:
            return
        told = {"source": run.source, "kind": run.kind, "asked": run.asked, "why": run.why, "asides": "{}", "reason": reason}
        before = told | {
            "since": run.since,
            "until": begins,
            "started_at": run.started_at,
            "ended_at": now,
            "state": "unlisted",
        }
        self._connection.execute(insert(runs).values(before))
        self._connection.execute(update(runs).where(runs.c.id == id_).values(since=begins))

    def over(self, window: Window, source: str | None = None) -> list[Run]:
        """Runs whose window overlaps this one, oldest first."""
        query = _over(window)
        if source is not None:
            query = query.where(runs.c.source == source)
        return self._found(query)

    def by_source(self, window: Window) -> dict[str, list[Run]]:
        """Source -> its runs over the window, oldest first."""
        return _by_source(self.over(window))

    def begun_from(self, windows: Iterable[tuple[Window, datetime | None]]) -> dict[str, list[Run]]:
        """Source -> its runs that overlap one of these windows and began at that window's moment or later (None: whenever),
        oldest first, each once."""
        found: dict[int, Run] = {}
        for window, moment in windows:
            query = _over(window) if moment is None else _over(window).where(runs.c.started_at >= moment)
            found |= {run.id: run for run in self._found(query)}
        return _by_source(found[id_] for id_ in sorted(found))

    def stream(self, source: str, asked: str) -> Run | None:
        """How a stream stands: its run with this name of what is listened to, None if it was never heard."""
        query = select(runs).where(runs.c.why == "stream", runs.c.source == source, runs.c.asked == asked)
        row = self._connection.execute(query.order_by(runs.c.id.desc()).limit(1)).one_or_none()
        return None if row is None else _run(row)

    def checks(self, window: Window) -> dict[str, list[Run]]:
        """Source -> the deletion checks over the window, oldest first."""
        return _by_source(self._found(_over(window).where(runs.c.why == "sweep")))

    def first_begun(self, window: Window) -> dict[str, datetime]:
        """Source -> when its first run over the window began."""
        query = _over(window).with_only_columns(runs.c.source, func.min(runs.c.started_at).label("at"))
        return {row.source: row.at for row in self._connection.execute(query.group_by(runs.c.source))}

    def _found(self, query: Select[Any]) -> list[Run]:
        return [_run(row) for row in self._connection.execute(query.order_by(runs.c.id))]

    def first_since(self, source: str, moment: datetime) -> int | None:
        """The first run of a source that began at this moment or later."""
        query = select(func.min(runs.c.id)).where(runs.c.source == source, runs.c.started_at >= moment)
        found: int | None = self._connection.scalar(query)
        return found

    def spent(self, source: str, since: datetime) -> float:
        """What the runs of a source cost, in US dollars, that began or ended at this moment or later, or go on: one that went
        over midnight counts on both days."""
        recent = or_(runs.c.started_at >= since, runs.c.ended_at >= since, runs.c.ended_at.is_(None))
        return self._connection.scalar(select(func.sum(runs.c.cost)).where(runs.c.source == source, recent)) or 0.0

    def costs(self) -> dict[str, float]:
        """Source -> what all its runs cost, in US dollars."""
        query = select(runs.c.source, func.sum(runs.c.cost).label("cost")).group_by(runs.c.source)
        return {row.source: row.cost for row in self._connection.execute(query)}

    def close_interrupted(self, now: datetime) -> None:
        """Runs that never ended were cut off by a kill: call it only while no other process can be reading."""
        values = {"state": "stopped", "reason": "cut off before its end", "ended_at": now}
        self._connection.execute(update(runs).where(runs.c.state == "running").values(values))

    def newest(self, window: Window) -> int:
        """The newest run that told something of this window: posts found, changed, gone, or an end without fault, how far back
        the source lists; else 0."""
        read = and_(runs.c.state.in_(["complete", "unlisted"]), _READS)
        told = or_(runs.c.new > 0, runs.c.changed > 0, runs.c.gone > 0, read)
        query = select(func.max(runs.c.id)).where(runs.c.since < window.until, runs.c.until > window.since, told)
        return self._connection.scalar(query) or 0

    def last_good(self) -> dict[str, datetime]:
        """Source -> when a run of it last ended complete."""
        query = (
            select(runs.c.source, func.max(runs.c.ended_at).label("ended_at"))
            .where(runs.c.state == "complete", _READS)
            .group_by(runs.c.source)
        )
        return {row.source: row.ended_at for row in self._connection.execute(query)}


def _summed(kept: Mapping[str, int], more: Mapping[str, int]) -> dict[str, int]:
    return {reason: kept.get(reason, 0) + more.get(reason, 0) for reason in {*kept, *more}}


def _over(window: Window) -> Select[Any]:
    """Without what streams brought: that is a bonus, and covers, checks and breaks nothing."""
    return select(runs).where(runs.c.since < window.until, runs.c.until > window.since, runs.c.why != "stream")


def _by_source(found: Iterable[Run]) -> dict[str, list[Run]]:
    sorted_: dict[str, list[Run]] = {}
    for run in found:
        sorted_.setdefault(run.source, []).append(run)
    return sorted_


def _run(row: Row[Any]) -> Run:
    values = dict(row._mapping)
    values["asides"] = json.loads(row.asides or "{}")
    return Run(**values)
