"""Databases as an earlier release left them."""

import sqlite3
from contextlib import closing
from pathlib import Path

from sqlalchemy import create_engine

from storage import schema


def make_old(path: Path, posts: int = 3) -> None:
    """One with the first tables and some posts in them."""
    engine = create_engine(f"sqlite:///{path}")
    schema.upgrade(engine, to="0001")
    engine.dispose()
    path.chmod(0o600)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        rows = [("file", f"{number:06d}", "said", number, number, b"") for number in range(posts)]
        columns = "network, id, text, posted_at, first_seen, content"
        connection.executemany(f"INSERT INTO posts ({columns}) VALUES (?, ?, ?, ?, ?, ?)", rows)
        connection.commit()


def rows_of(path: Path, table: str = "posts") -> int:
    with closing(sqlite3.connect(path)) as connection:
        return int(connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0])
