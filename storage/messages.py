"""What is to be told to whom, each thing once, and what became of it."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, or_, select, update

from storage.curated import Message, To
from storage.tables import messages


class Messages:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def put(self, key: str, to: To, subject: str, body: str, due_at: datetime) -> bool:
        """Keeps a message to be sent; whether it is new: what has been told under this key is not told again."""
        if self.about(key) is not None:
            return False
        values = {"key": key, "to": to, "subject": subject, "body": body, "due_at": due_at, "state": "pending"}
        self._connection.execute(insert(messages).values(values))
        return True

    def about(self, key: str) -> Message | None:
        row = self._connection.execute(select(messages).where(messages.c.key == key)).one_or_none()
        return None if row is None else Message(**row._mapping)

    def due(self, now: datetime) -> list[Message]:
        """What should go out now, oldest first."""
        ripe = or_(messages.c.retry_at.is_(None), messages.c.retry_at <= now)
        query = select(messages).where(messages.c.state == "pending", messages.c.due_at <= now, ripe)
        return [Message(**row._mapping) for row in self._connection.execute(query.order_by(messages.c.due_at, messages.c.id))]

    def all(self, at_most: int = 100) -> list[Message]:
        """The newest first."""
        query = select(messages).order_by(messages.c.id.desc()).limit(at_most)
        return [Message(**row._mapping) for row in self._connection.execute(query)]

    def mark(self, id_: int, **told: Any) -> None:
        """Writes down what became of it: state, tries, sent_at, retry_at, error, body."""
        self._connection.execute(update(messages).where(messages.c.id == id_).values(told))

    def close_interrupted(self) -> int:
        """What was being sent when a kill came may have gone out: it is unsure, and not sent again by itself."""
        cut = update(messages).where(messages.c.state == "sending").values(state="unsure", error="cut off while it was sent")
        return self._connection.execute(cut).rowcount
