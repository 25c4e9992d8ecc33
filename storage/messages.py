"""What is to be told to whom, each thing once, and what became of it."""

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, func, insert, or_, select, update

from storage.curated import Message, Sending, To
from storage.tables import audit, messages

RESTORED = "restored"
"""What the record calls it when a backup takes the place of a database."""
DOUBT = "may have gone out before the database was restored"


class Messages:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def put(self, key: str, to: To, subject: str, body: str, due_at: datetime) -> bool:
        """Keeps a message to be sent; whether it is new: what has been told under this key is not told again.

        What was due before a backup was restored may have been told without this database knowing: it is unsure.
        """
        if self.about(key) is not None:
            return False
        doubt = {"state": "unsure", "error": DOUBT} if due_at <= self._restored() else {"state": "pending"}
        values = {"key": key, "to": to, "subject": subject, "body": body, "due_at": due_at, **doubt}
        self._connection.execute(insert(messages).values(values))
        return True

    def doubt(self, now: datetime) -> int:
        """After a restore: what was due by now may have gone out since the backup was made. How many are unsure for that."""
        waiting = (messages.c.state.in_(["pending", "sending"]), messages.c.due_at <= now)
        return self._connection.execute(update(messages).where(*waiting).values(state="unsure", error=DOUBT)).rowcount

    def _restored(self) -> datetime:
        last = self._connection.scalar(select(func.max(audit.c.at)).where(audit.c.act == RESTORED))
        return last or datetime.min.replace(tzinfo=UTC)

    def spread(self, message: Message, places: int) -> None:
        """The same message once for each of the group's other addresses, so that what became of it is known of each."""
        there = set(self._connection.scalars(select(messages.c.place).where(messages.c.key == message.key)))
        plain = {name: value for name, value in asdict(message).items() if name != "id"}
        rows = [plain | {"place": place} for place in range(1, places) if place not in there]
        if rows:
            self._connection.execute(insert(messages), rows)

    def about(self, key: str) -> Message | None:
        """What was put under this key, as it stands with the first of the group's addresses."""
        row = self._connection.execute(select(messages).where(messages.c.key == key, messages.c.place == 0)).one_or_none()
        return None if row is None else Message(**row._mapping)

    def say(self, key: str, subject: str, body: str, count: int) -> None:
        """Says anew what has not gone out yet, of so many things."""
        values = {"subject": subject, "body": body, "count": count}
        self._connection.execute(update(messages).where(messages.c.key == key, messages.c.place == 0).values(values))

    def due(self, now: datetime) -> list[Message]:
        """What should go out now, oldest first."""
        ripe = or_(messages.c.retry_at.is_(None), messages.c.retry_at <= now)
        query = select(messages).where(messages.c.state == "pending", messages.c.due_at <= now, ripe)
        return [Message(**row._mapping) for row in self._connection.execute(query.order_by(messages.c.due_at, messages.c.id))]

    def all(self, at_most: int = 100) -> list[Message]:
        """The newest first."""
        query = select(messages).order_by(messages.c.id.desc()).limit(at_most)
        return [Message(**row._mapping) for row in self._connection.execute(query)]

    def known(self, prefix: str) -> set[str]:
        """The keys that begin so."""
        query = select(messages.c.key).where(messages.c.key.startswith(prefix, autoescape=True)).distinct()
        return set(self._connection.scalars(query))

    def standing(self, *states: Sending) -> list[Message]:
        """Those in one of these states, oldest first."""
        query = select(messages).where(messages.c.state.in_(states)).order_by(messages.c.id)
        return [Message(**row._mapping) for row in self._connection.execute(query)]

    def get(self, id_: int) -> Message | None:
        row = self._connection.execute(select(messages).where(messages.c.id == id_)).one_or_none()
        return None if row is None else Message(**row._mapping)

    def mark(self, id_: int, **told: Any) -> None:
        """Writes down what became of it: state, tries, sent_at, retry_at, error."""
        self._connection.execute(update(messages).where(messages.c.id == id_).values(told))

    def close_interrupted(self) -> int:
        """What was being sent when a kill came may have gone out: it is unsure, and not sent again by itself."""
        cut = update(messages).where(messages.c.state == "sending").values(state="unsure", error="cut off while it was sent")
        return self._connection.execute(cut).rowcount
