"""Opens the database and hands out units of work: `read()` and `write()`. The subjects hang off a unit."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError

from storage import copies, schema
from storage.accounts import Accounts
from storage.analyses import Analyses
from storage.decisions import Decisions
from storage.editions import Editions
from storage.forgetting import Forgetting
from storage.messages import Messages
from storage.posts import Posts
from storage.register import Register
from storage.runs import Runs

_PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "foreign_keys=ON",
    "secure_delete=ON",  # words that were taken out are overwritten, not only unlinked
    "wal_autocheckpoint=20000",
    "cache_size=-65536",
)


class StorageError(Exception):
    """The database could not be used; the sentence says why and what to do. Nothing of the unit of work was kept."""


class Unit:
    """One transaction, and every subject seen through it."""

    def __init__(self, connection: Connection, author_secret: bytes) -> None:
        self._connection = connection
        self._secret = author_secret

    @cached_property
    def posts(self) -> Posts:
        return Posts(self._connection, self._secret)

    @cached_property
    def runs(self) -> Runs:
        return Runs(self._connection)

    @cached_property
    def analyses(self) -> Analyses:
        return Analyses(self._connection)

    @cached_property
    def register(self) -> Register:
        return Register(self._connection)

    @cached_property
    def decisions(self) -> Decisions:
        return Decisions(self._connection)

    @cached_property
    def editions(self) -> Editions:
        return Editions(self._connection)

    @cached_property
    def accounts(self) -> Accounts:
        return Accounts(self._connection)

    @cached_property
    def forgetting(self) -> Forgetting:
        return Forgetting(self._connection, self._secret)

    @cached_property
    def messages(self) -> Messages:
        return Messages(self._connection)


class Store:
    """One exercise's database, a SQLite file that only its owner can read.

    `author_secret` is the key of author keys and lies outside the database. `wait` is how many seconds a writer waits for
    another. Opening makes the file or brings its tables up to date, after a copy of tables that are older. Raises StorageError.
    """

    def __init__(self, path: Path, author_secret: bytes, wait: float = 30.0) -> None:
        self.path = path
        self._secret = author_secret
        self._engine = _engine(path, wait)
        self._wait = wait
        try:
            _make_private(path)
            self._bring_up_to_date()
        except (DBAPIError, sqlite3.Error, OSError, schema.Unknown, copies.Damaged) as problem:
            self.close()
            raise StorageError(_sentence(path, problem)) from problem

    @contextmanager
    def read(self) -> Iterator[Unit]:
        """A consistent view of one moment; writes in it are refused by nothing but habit."""
        with self._translated(), self._engine.connect() as connection, connection.begin():
            yield Unit(connection, self._secret)

    @contextmanager
    def write(self) -> Iterator[Unit]:
        """All or nothing; waits for another writer first. Make no remote call and render nothing inside."""
        with self._translated(), self._engine.connect().execution_options(immediate=True) as connection, connection.begin():
            yield Unit(connection, self._secret)

    def copy_to(self, target: Path) -> None:
        """One moment of it in a file of its own (0600), while others go on writing; there whole or not at all."""
        try:
            copies.make(self.path, target, self._wait)
        except (sqlite3.Error, OSError, copies.Damaged) as problem:
            raise StorageError(_sentence(target, problem)) from problem

    def settle(self) -> bool:
        """Empties the log beside the database, where words that were taken out may stand still; whether it could: another
        process that reads at this moment keeps it."""
        with closing(self._engine.raw_connection()) as connection:
            try:
                busy, *_ = connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            except sqlite3.Error as problem:
                raise StorageError(_sentence(self.path, problem)) from problem
            return not busy

    def close(self) -> None:
        self._engine.dispose()

    def _bring_up_to_date(self) -> None:
        with self._engine.connect() as connection:
            current = schema.is_current(connection)
        if not current:
            schema.upgrade(self._engine, before=lambda: copies.keep_before(self.path, schema.HEAD, self._wait))

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except DBAPIError as problem:
            raise StorageError(_sentence(self.path, problem)) from problem


def _make_private(path: Path) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    if path.stat().st_mode & 0o077:
        path.chmod(0o600)


def _engine(path: Path, wait: float) -> Engine:
    url = URL.create("sqlite", database=str(path))
    # An error would tell the values of its statement, which are people's words, in a log.
    engine = create_engine(url, connect_args={"timeout": wait}, pool_size=4, hide_parameters=True)
    event.listen(engine, "connect", _settle)
    event.listen(engine, "begin", _begin)
    return engine


def _settle(connection: Any, _record: Any) -> None:
    # The driver's own BEGIN would spare DDL and SELECT, so that neither migrations nor reads were whole: we begin ourselves.
    connection.isolation_level = None
    for pragma in _PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: Connection) -> None:
    immediate = connection.get_execution_options().get("immediate", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")


def _sentence(path: Path, problem: Exception) -> str:
    if isinstance(problem, schema.Unknown):
        return f"{path}: a newer release of listener made this database; use that release."
    if isinstance(problem, copies.Damaged):
        return f"{path}: {problem}. Restore it from a backup."
    told = str(problem.strerror if isinstance(problem, OSError) else getattr(problem, "orig", problem))
    if "locked" in told:
        return f"{path}: another process is writing to the database and did not finish in time; try again when it has ended."
    if "full" in told or "No space left" in told:
        return f"{path}: the disk is full; nothing of this step was kept. Free some space and run it again."
    if "I/O error" in told:
        return f"{path}: the disk refused to write, it may be full or failing; nothing of this step was kept."
    if "not a database" in told or "malformed" in told:
        return f"{path}: this is not a sound SQLite database; restore it from a backup."
    return f"{path}: the database could not be used: {told}."
