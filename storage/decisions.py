"""What people decided about a week, in the order they did, and the week as it stood when the first of them did."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, update

from storage.curated import Decision, Hold
from storage.tables import decisions, from_ms, holds, to_ms
from storage.values import Analysis, Cluster


class Stale(Exception):
    """Somebody else decided about the same thing after this person had last looked: nothing was written.

    `by` is their account, `at` when they did.
    """

    def __init__(self, later: Decision) -> None:
        super().__init__(f"decision {later.seq} on {later.target} came in between")
        self.later, self.by, self.at = later, later.by, later.at


class Decisions:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, made: Decision) -> Decision:
        """Keeps one decision (its `seq` is given here). Raises Stale if another person decided on its target since `seen`."""
        between = select(decisions).where(
            decisions.c.week == made.week,
            decisions.c.target == made.target,
            decisions.c.seq > made.seen,
            decisions.c.by != made.by,
        )
        later = self._connection.execute(between.order_by(decisions.c.seq.desc()).limit(1)).one_or_none()
        if later is not None:
            raise Stale(_decision(later))
        values = asdict(made) | {"value": json.dumps(dict(made.value), ensure_ascii=False, sort_keys=True)}
        del values["seq"]
        return _decision(self._connection.execute(insert(decisions).values(values).returning(decisions)).one())

    def of(self, week: int) -> list[Decision]:
        """All decisions of a week, oldest first."""
        query = select(decisions).where(decisions.c.week == week).order_by(decisions.c.seq)
        return [_decision(row) for row in self._connection.execute(query)]

    def newest(self, week: int) -> int:
        """The last decision's number, 0 if there is none."""
        return self._connection.scalar(select(func.max(decisions.c.seq)).where(decisions.c.week == week)) or 0

    def newest_by_week(self) -> dict[int, int]:
        """The last decision's number of every week that has one."""
        query = select(decisions.c.week, func.max(decisions.c.seq)).group_by(decisions.c.week)
        return {row.week: row[1] for row in self._connection.execute(query)}

    def redact(self, rows: Iterable[int], *keys: str) -> int:
        """Takes out of every decision on these posts the values under `keys`, such as a paraphrase; that it was made stays."""
        targets = [f"post:{row}" for row in rows]
        changed = 0
        for one in self._about(targets):
            value = json.loads(one.value)
            kept = {key: value[key] for key in value if key not in keys}
            if kept != value:
                text = json.dumps(kept, ensure_ascii=False, sort_keys=True)
                self._connection.execute(update(decisions).where(decisions.c.seq == one.seq).values(value=text))
                changed += 1
        return changed

    def hold(self, week: int) -> Hold | None:
        """The week as it stood when a person first touched it; None if nobody has."""
        row = self._connection.execute(select(holds).where(holds.c.week == week)).one_or_none()
        return None if row is None else Hold(**dict(row._mapping) | {"analysis": _analysis(row.analysis)})

    def keep_hold(self, hold: Hold) -> None:
        """The first one stays: a second maker finds it there."""
        values = {name: getattr(hold, name) for name in ("week", "at", "by", "upto", "last_row", "scorer")}
        row = values | {"analysis": _written(hold.analysis)}
        if self.hold(hold.week) is None:
            self._connection.execute(insert(holds).values(row))

    def held(self) -> frozenset[int]:
        """The weeks that are held."""
        return frozenset(self._connection.scalars(select(holds.c.week)))

    def _about(self, targets: list[str]) -> list[Row[Any]]:
        found: list[Row[Any]] = []
        for start in range(0, len(targets), 5_000):
            query = select(decisions).where(decisions.c.target.in_(targets[start : start + 5_000]))
            found += self._connection.execute(query).all()
        return found


def _decision(row: Row[Any]) -> Decision:
    return Decision(**dict(row._mapping) | {"value": json.loads(row.value)})


def _written(analysis: Analysis) -> str:
    told = asdict(analysis) | {"made_at": to_ms(analysis.made_at)}
    return json.dumps(told, ensure_ascii=False, sort_keys=True)


def _analysis(text: str) -> Analysis:
    told: dict[str, Any] = json.loads(text)
    return Analysis(
        week=told["week"],
        version=told["version"],
        made_at=from_ms(told["made_at"]),
        clusters=tuple(Cluster(**_tuples(one)) for one in told["clusters"]),
        copies=_by_row(told["copies"]),
        alone=tuple(told["alone"]),
        aside=_by_row(told["aside"]),
        unclustered=told["unclustered"],
    )


def _tuples(told: Mapping[str, Any]) -> dict[str, Any]:
    return {name: tuple(value) if isinstance(value, list) else value for name, value in told.items()}


def _by_row(told: Mapping[str, Any]) -> dict[int, Any]:
    return {int(row): value for row, value in told.items()}
