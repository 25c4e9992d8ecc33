"""Where the themes of each week lie: reckoned from what people said, kept so that it need not be reckoned again."""

from collections.abc import Mapping

from sqlalchemy import Connection, delete, insert, select

from storage.tables import clusters, middles

Part = tuple[str, str]
"""A theme's key, and the theme that its contributions were of before people merged it; both empty for the whole week."""


class Register:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def middles(self, week: int, made_of: str) -> dict[Part, bytes] | None:
        """Where the week's themes lie, if it was reckoned of exactly this; else None."""
        query = select(middles).where(middles.c.week == week, middles.c.made_of == made_of)
        return {(row.key, row.part): row.middle for row in self._connection.execute(query)} or None

    def keep_middles(self, week: int, made_of: str, found: Mapping[Part, bytes]) -> None:
        """In place of what was kept of the week."""
        self._connection.execute(delete(middles).where(middles.c.week == week))
        rows = [
            {"week": week, "key": key, "part": part, "middle": middle, "made_of": made_of}
            for (key, part), middle in found.items()
        ]
        self._connection.execute(insert(middles), rows)

    def keys(self, but: int) -> frozenset[str]:
        """The keys of all that a computer found in other weeks."""
        return frozenset(self._connection.scalars(select(clusters.c.key).where(clusters.c.week != but)))
