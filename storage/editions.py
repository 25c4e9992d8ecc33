"""What was published, what of it was withdrawn, where it was delivered, and who asked for what to come down."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, fields
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, delete, func, insert, select, update

from storage import rows as mapping
from storage.curated import UNKNOWN, Delivery, Edition, PublishedQuote, Removal
from storage.tables import deliveries, editions, posts, quotes, removals
from storage.values import Kept


class Editions:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    # --- editions ------------------------------------------------------------------------------------------------------

    def add(self, edition: Edition, of_it: Sequence[PublishedQuote]) -> None:
        """A new version with its quotes. Raises ValueError unless it is the next of its week."""
        if edition.version != self.newest(edition.week) + 1:
            raise ValueError(f"version {edition.version} is not the next of week {edition.week}")
        self._connection.execute(insert(editions).values(asdict(edition)))
        if of_it:
            self._connection.execute(insert(quotes), [asdict(quote) for quote in of_it])
        self.doubt(edition.at)

    def newest(self, week: int) -> int:
        """The number of a week's newest version, 0 before the first."""
        return self._connection.scalar(select(func.max(editions.c.version)).where(editions.c.week == week)) or 0

    def of(self, week: int) -> list[Edition]:
        """Every version of a week, oldest first."""
        query = select(editions).where(editions.c.week == week).order_by(editions.c.version)
        return [Edition(**row._mapping) for row in self._connection.execute(query)]

    def weeks(self) -> dict[int, int]:
        """The newest version of every published week, by week."""
        query = (
            select(editions.c.week, func.max(editions.c.version).label("version"))
            .group_by(editions.c.week)
            .order_by(editions.c.week)
        )
        return {row.week: row.version for row in self._connection.execute(query)}

    def withdraw_week(self, week: int, now: datetime, upto: int | None = None) -> int:
        """The whole digest comes down: every version (those up to `upto` if it is given) is marked, and every quote of them
        loses its words. How many versions were up."""
        until = self.newest(week) if upto is None else upto
        where = (editions.c.week == week, editions.c.version <= until, editions.c.withdrawn_at.is_(None))
        came_down = self._connection.execute(update(editions).where(*where).values(withdrawn_at=now)).rowcount
        self._blank(and_(quotes.c.week == week, quotes.c.version <= until), now)
        if came_down:
            self.doubt(now)
        return came_down

    # --- quotes --------------------------------------------------------------------------------------------------------

    def quotes(self, week: int, version: int) -> list[PublishedQuote]:
        query = select(quotes).where(quotes.c.week == week, quotes.c.version == version).order_by(quotes.c.ref)
        return [PublishedQuote(**row._mapping) for row in self._connection.execute(query)]

    def live_rows(self) -> set[int]:
        """The posts that any version still quotes."""
        return set(self._connection.scalars(select(quotes.c.row).where(quotes.c.withdrawn_at.is_(None)).distinct()))

    def quoted(self) -> list[Kept]:
        """The posts that any version still quotes, as they are now; one that is kept no more is not among them."""
        live = select(quotes.c.row).where(quotes.c.withdrawn_at.is_(None))
        return [mapping.to_kept(row) for row in self._connection.execute(mapping.select_kept().where(posts.c.row.in_(live)))]

    def row_of(self, week: int, ref: str) -> int | None:
        """The post that a reference names, None if there is no such quote."""
        return self._connection.scalar(select(quotes.c.row).where(quotes.c.week == week, quotes.c.ref == ref).limit(1))

    def withdraw(self, rows: Iterable[int], now: datetime) -> list[tuple[int, str]]:
        """Takes the words of these posts out of every version; (week, reference) of each quote that was live."""
        wanted = set(rows)
        live = select(quotes.c.week, quotes.c.ref, quotes.c.row).where(quotes.c.withdrawn_at.is_(None)).distinct()
        found = [(week, ref, row) for week, ref, row in self._connection.execute(live) if row in wanted]
        for row in {row for *_, row in found}:
            self._blank(quotes.c.row == row, now)
        if found:
            self.doubt(now)
        return sorted((week, ref) for week, ref, _ in found)

    def _blank(self, where: Any, now: datetime) -> None:
        self._connection.execute(
            update(quotes).where(where, quotes.c.withdrawn_at.is_(None)).values(content="", said="", withdrawn_at=now)
        )

    # --- deliveries ----------------------------------------------------------------------------------------------------

    def deliveries(self) -> dict[str, Delivery]:
        return {row.way: Delivery(**row._mapping) for row in self._connection.execute(select(deliveries))}

    def doubt(self, now: datetime) -> None:
        """What is public has changed, or may have: until a way out is confirmed again, nobody knows what it shows."""
        told = {"wanted": UNKNOWN, "wanted_at": now, "confirmed": "", "error": "", "retry_at": None}
        self._connection.execute(update(deliveries).values(told))

    def keep_delivery(self, delivery: Delivery) -> None:
        self._connection.execute(delete(deliveries).where(deliveries.c.way == delivery.way))
        self._connection.execute(insert(deliveries).values(asdict(delivery)))

    # --- requests to take down -------------------------------------------------------------------------------------------

    def ask_removal(self, asked: Removal) -> Removal:
        """Keeps a request (its `id` is given here)."""
        values = asdict(asked)
        del values["id"]
        return Removal(**self._connection.execute(insert(removals).values(values).returning(removals)).one()._mapping)

    def removals(self, *, only_open: bool = True) -> list[Removal]:
        """The most urgent first."""
        query = select(removals).order_by(removals.c.due_at, removals.c.id)
        if only_open:
            query = query.where(removals.c.closed_at.is_(None))
        names = [field.name for field in fields(Removal)]
        return [Removal(**{name: getattr(row, name) for name in names}) for row in self._connection.execute(query)]

    def removal(self, id_: int) -> Removal | None:
        return next((one for one in self.removals(only_open=False) if one.id == id_), None)

    def close_removal(self, id_: int, by: int, outcome: str, now: datetime) -> None:
        """It was dealt with: how to reach the person is dropped with it."""
        done = {"closed_at": now, "closed_by": by, "outcome": outcome, "contact": "", "reason": ""}
        self._connection.execute(update(removals).where(removals.c.id == id_, removals.c.closed_at.is_(None)).values(done))
