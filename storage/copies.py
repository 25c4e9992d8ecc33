"""Whole copies of a database, made while others write to it through SQLite's online API, and what can be said of a copy.

https://www.sqlite.org/backup.html. A copy is one file, without a journal beside it.
"""

import os
import sqlite3
from contextlib import closing
from pathlib import Path

KEPT = 2  # copies made before a migration
COUNTED = ("posts", "runs", "decisions", "editions", "quotes", "accounts", "messages")


class Damaged(Exception):
    """A copy is not what was copied; the sentence says what SQLite found."""


def make(source: Path, target: Path, wait: float = 30.0) -> None:
    """Copies one moment of a database to a file (0600) that is there whole, checked and flushed to disk, or not at all.

    Only one may make the same copy at a time. Raises Damaged, sqlite3.Error or OSError.
    """
    part = target.with_name(f".{target.name}.part")
    try:
        _clear(part)  # a journal that a kill left there would be played back into the new copy
        os.close(os.open(part, os.O_CREAT | os.O_RDWR | os.O_EXCL, 0o600))
        _copy(source, part, wait)
        if found := fault(part):
            raise Damaged(f"the copy of {source} is not sound: {found}")
        _flush(part)
        part.replace(target)
        _flush(target.parent)
    finally:
        _clear(part)


def _clear(part: Path) -> None:
    for end in ("", "-journal", "-wal", "-shm"):
        part.with_name(part.name + end).unlink(missing_ok=True)


def _copy(source: Path, target: Path, wait: float) -> None:
    # All pages in one step: a step after another writer's commit would begin again, and never end on a busy database.
    with closing(sqlite3.connect(source, timeout=wait)) as here, closing(sqlite3.connect(target)) as there:
        there.execute("PRAGMA journal_mode=OFF")
        there.execute("PRAGMA synchronous=OFF")  # it is flushed once, at the end
        here.backup(there)
        there.execute("PRAGMA journal_mode=DELETE")


def fault(path: Path, *, quick: bool = False) -> str:
    """What is wrong inside a database file, empty if it is sound. `quick` leaves indexes out, which take long."""
    try:
        with closing(sqlite3.connect(path)) as connection:
            (told,) = connection.execute("PRAGMA quick_check(1)" if quick else "PRAGMA integrity_check(1)").fetchone()
    except sqlite3.DatabaseError as problem:
        return str(problem)
    return "" if told == "ok" else str(told)


def version(path: Path) -> str:
    """Which version the tables of a sound database have, empty before the first."""
    with closing(sqlite3.connect(path)) as connection:
        if not _has(connection, "alembic_version"):
            return ""
        (found,) = connection.execute("SELECT version_num FROM alembic_version").fetchone()
        return str(found)


def counts(path: Path) -> dict[str, int]:
    """How many rows the tables that people ask about have."""
    with closing(sqlite3.connect(path)) as connection:
        there = [name for name in COUNTED if _has(connection, name)]
        return {name: int(connection.execute(f"SELECT count(*) FROM {name}").fetchone()[0]) for name in there}


def is_used(path: Path) -> bool:
    """Whether another process has this database open; one that is too damaged to say is taken for unused."""
    try:
        with closing(sqlite3.connect(path, timeout=0)) as connection:
            # In WAL mode everybody who has it open holds a shared lock, and who asks for an exclusive one is told so.
            connection.execute("PRAGMA locking_mode=EXCLUSIVE")
            connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    except sqlite3.OperationalError as problem:
        return "locked" in str(problem)
    except sqlite3.DatabaseError:
        return False
    return False


# --- before a migration -----------------------------------------------------------------------------------------------


def before(path: Path, wanted: str) -> Path:
    """Where the copy goes that is made before the tables are brought to a version."""
    return path.with_name(f"{path.name}.before-{wanted}")


def all_before(path: Path) -> list[Path]:
    """The copies that were made before migrations, oldest first."""
    return sorted(path.parent.glob(f"{_literal(path.name)}.before-????"))


def keep_before(path: Path, wanted: str, wait: float) -> None:
    """Copies a database before its tables are changed, and keeps the newest two such copies. The caller holds the write lock.

    A kill leaves no copy or a whole one; the next opening makes it anew, since nothing was changed yet.
    """
    make(path, before(path, wanted), wait)
    for old in all_before(path)[:-KEPT]:
        old.unlink()


def _literal(name: str) -> str:
    return "".join(f"[{sign}]" if sign in "*?[" else sign for sign in name)


def _has(connection: sqlite3.Connection, table: str) -> bool:
    asked = "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?"
    return connection.execute(asked, (table,)).fetchone() is not None


def _flush(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
