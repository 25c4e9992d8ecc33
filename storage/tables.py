"""Every table on one page. Times are whole milliseconds since 1970 in UTC; lists are JSON, empty when there is nothing."""

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import (
    Column,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
)


class Moment(TypeDecorator[datetime]):
    """An aware time as UTC milliseconds: sorts, compares and indexes as a number."""

    impl = Integer
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:  # noqa: ARG002 -- SQLAlchemy's signature
        return None if value is None else to_ms(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:  # noqa: ARG002 -- SQLAlchemy's signature
        return None if value is None else from_ms(value)


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MS = timedelta(milliseconds=1)


def to_ms(moment: datetime) -> int:
    return (moment - _EPOCH) // _MS  # whole numbers: a float would put some moments into the millisecond before


def from_ms(value: int) -> datetime:
    return _EPOCH + value * _MS


def _text(name: str) -> Column[str]:
    return Column(name, Text, nullable=False, server_default="")


def _count(name: str) -> Column[int]:
    return Column(name, Integer, nullable=False, server_default="0")


metadata = MetaData()

authors = Table(
    "authors",
    metadata,
    Column("author_key", LargeBinary, primary_key=True),
    _text("network"),
    _text("handle"),
    _text("name"),
    _text("id"),
    sqlite_with_rowid=False,
)

# `row` grows as posts come in; `id` grows with time on each network, so the unique index is written at its end.
posts = Table(
    "posts",
    metadata,
    Column("row", Integer, primary_key=True),
    _text("network"),
    _text("id"),
    _text("version"),
    _text("kind"),
    Column("author_key", LargeBinary),
    _text("text"),
    _text("title"),
    _text("warning"),
    _text("lang"),
    Column("posted_at", Moment, nullable=False),
    Column("edited_at", Moment),
    _text("url"),
    _text("tags"),
    _text("links"),
    _text("media"),
    _text("in_reply_to"),
    _text("repost_of"),
    _text("quote_of"),
    _count("likes"),
    _count("reposts"),
    _count("replies"),
    _text("labels"),
    _text("visibility"),
    _text("consent"),
    _text("role"),
    Column("content", LargeBinary, nullable=False),
    Column("first_seen", Moment, nullable=False),
    Column("gone_at", Moment),
    _count("answers"),
    Index("posts_identity", "network", "id", unique=True),
    Index("posts_posted_at", "posted_at"),
)

raws = Table(
    "raws",
    metadata,
    Column("row", Integer, ForeignKey("posts.row", ondelete="CASCADE"), primary_key=True),
    _text("source"),
    Column("payload", LargeBinary, nullable=False),
)

sightings = Table(
    "sightings",
    metadata,
    Column("row", Integer, ForeignKey("posts.row", ondelete="CASCADE"), primary_key=True),
    Column("source", Text, primary_key=True),
    _count("first_run"),
    _count("last_run"),
    sqlite_with_rowid=False,
)

runs = Table(
    "runs",
    metadata,
    Column("id", Integer, primary_key=True),
    _text("source"),
    _text("kind"),
    _text("asked"),
    _text("why"),
    Column("since", Moment, nullable=False),
    Column("until", Moment, nullable=False),
    Column("started_at", Moment, nullable=False),
    Column("ended_at", Moment),
    _text("state"),
    Column("cursor", Text),
    _count("pages"),
    _count("new"),
    _count("changed"),
    _count("unchanged"),
    _count("gone"),
    _text("asides"),
    _count("requests"),
    Column("cost", Float, nullable=False, server_default="0"),
    _text("error"),
    _text("reason"),
    Column("retry_at", Moment),
    Index("runs_source_since", "source", "since"),
)

asides = Table(
    "asides",
    metadata,
    Column("source", Text, primary_key=True),
    Column("ref", Text, primary_key=True),
    _text("reason"),
    _text("detail"),
    Column("came_at", Moment, nullable=False),
    _count("last_run"),
    sqlite_with_rowid=False,
)

scores = Table(
    "scores",
    metadata,
    Column("row", Integer, ForeignKey("posts.row", ondelete="CASCADE"), primary_key=True),
    Column("scorer", Text, primary_key=True),
    _text("tone"),
    Column("value", Float, nullable=False),
    Column("probability", Float, nullable=False, server_default="1"),
    sqlite_with_rowid=False,
)

analyses = Table(
    "analyses",
    metadata,
    Column("week", Integer, primary_key=True),
    _text("version"),
    Column("made_at", Moment, nullable=False),
    _count("unclustered"),
    _count("upto"),
    _text("register"),
)

clusters = Table(
    "clusters",
    metadata,
    Column("week", Integer, primary_key=True),
    Column("key", Text, primary_key=True),
    _count("rank"),
    _text("label"),
    _text("keywords"),
    _text("representatives"),
    _text("split_from"),
    Column("merged", Text, nullable=False, server_default="[]"),
)

# Where each theme of a week lies, by its parts, and (without a key) the whole week; `made_of` names of what it was reckoned.
middles = Table(
    "middles",
    metadata,
    Column("week", Integer, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("part", Text, primary_key=True),
    Column("middle", LargeBinary, nullable=False),
    _text("made_of"),
)

assignments = Table(
    "assignments",
    metadata,
    Column("row", Integer, ForeignKey("posts.row", ondelete="CASCADE"), primary_key=True),
    Column("week", Integer, nullable=False, index=True),
    _text("cluster"),
    _count("place"),
    Column("copy_of", Integer),
    _text("aside"),
)

drafts = Table(
    "drafts",
    metadata,
    Column("week", Integer, primary_key=True),
    Column("as_of", Moment, nullable=False),
    Column("checked_at", Moment, nullable=False),
    _count("upto"),
    _count("contributions"),
    _text("finding"),
    _count("gaps"),
    _text("content"),
    _count("decided"),
)

# --- what people did ------------------------------------------------------------------------------------------------------

accounts = Table(
    "accounts",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    _text("role"),
    _text("secret"),
    Column("made_at", Moment, nullable=False),
    Column("disabled_at", Moment),
)

sessions = Table(
    "sessions",
    metadata,
    Column("token", LargeBinary, primary_key=True),
    Column("account", Integer, ForeignKey("accounts.id"), nullable=False),
    Column("begun_at", Moment, nullable=False),
    Column("seen_at", Moment, nullable=False),
    Column("until", Moment, nullable=False),
    sqlite_with_rowid=False,
)

audit = Table(
    "audit",
    metadata,
    Column("seq", Integer, primary_key=True),
    Column("at", Moment, nullable=False),
    _count("by"),
    _text("act"),
    _text("target"),
    sqlite_autoincrement=True,
)

decisions = Table(
    "decisions",
    metadata,
    Column("seq", Integer, primary_key=True),
    Column("at", Moment, nullable=False),
    _count("by"),
    Column("week", Integer, nullable=False, index=True),
    _text("target"),
    _text("verb"),
    _text("value"),
    _count("seen"),
    sqlite_autoincrement=True,
)

holds = Table(
    "holds",
    metadata,
    Column("week", Integer, primary_key=True),
    Column("at", Moment, nullable=False),
    _count("by"),
    _count("upto"),
    _count("last_row"),
    _text("analysis"),
    _text("scorer"),
)

editions = Table(
    "editions",
    metadata,
    Column("week", Integer, primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("at", Moment, nullable=False),
    _count("by"),
    _text("content"),
    _text("hash"),
    _text("note"),
    Column("withdrawn_at", Moment),
)

quotes = Table(
    "quotes",
    metadata,
    Column("week", Integer, primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("ref", Text, primary_key=True),
    Column("row", Integer, nullable=False, index=True),
    _text("content"),
    _text("said"),
    Column("withdrawn_at", Moment),
)

deliveries = Table(
    "deliveries",
    metadata,
    Column("way", Text, primary_key=True),
    _text("wanted"),
    Column("wanted_at", Moment, nullable=False),
    _text("confirmed"),
    Column("confirmed_at", Moment),
    _text("error"),
    Column("retry_at", Moment),
)

removals = Table(
    "removals",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", Moment, nullable=False),
    Column("due_at", Moment, nullable=False),
    _count("week"),
    _text("ref"),
    _text("reason"),
    _text("contact"),
    Column("closed_at", Moment),
    _count("closed_by"),
    _text("outcome"),
    sqlite_autoincrement=True,
)

messages = Table(
    "messages",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("key", Text, nullable=False),
    _text("to"),
    _text("subject"),
    _text("body"),
    Column("due_at", Moment, nullable=False),
    _text("state"),
    _count("tries"),
    Column("sent_at", Moment),
    Column("retry_at", Moment),
    _text("error"),
    _count("place"),
    _count("count"),
    UniqueConstraint("key", "place"),
    sqlite_autoincrement=True,
)

# People and posts that must not be collected again, as keyed hashes of what would name them.
suppressions = Table(
    "suppressions",
    metadata,
    Column("hash", LargeBinary, primary_key=True),
    Column("at", Moment, nullable=False),
    sqlite_with_rowid=False,
)
