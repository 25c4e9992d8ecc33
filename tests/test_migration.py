"""What must hold when a database is opened for the first time, or again by another release."""

import sqlite3
import threading
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine

from storage import schema, tables
from storage.store import StorageError, Store
from tests import faults
from tests.factories import make_post
from tests.stores import SECRET, add, posts_of

OPENING = """
import sys
from pathlib import Path
from storage.store import Store
Store(Path(sys.argv[1]), b"secret").close()
"""

_STATEMENTS = "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL AND tbl_name != 'alembic_version'"


@pytest.fixture
def path(tmp_path):
    return tmp_path / "listener.sqlite"


def open_and_close(path: Path) -> None:
    Store(path, SECRET).close()


def differences(path: Path) -> Sequence[object]:
    engine = create_engine(f"sqlite:///{path}")
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        found: list[object] = compare_metadata(context, tables.metadata)
    engine.dispose()
    return found


def write(path: Path, *statements: str) -> None:
    with closing(sqlite3.connect(path)) as connection:
        for statement in statements:
            connection.execute(statement)
        connection.commit()


def test_a_fresh_database_has_the_tables_of_this_release(path):
    open_and_close(path)

    assert differences(path) == []


def test_keys_defaults_and_indexes_are_those_of_this_release_too(path):
    open_and_close(path)
    engine = create_engine("sqlite://")
    tables.metadata.create_all(engine)

    with closing(sqlite3.connect(path)) as connection, engine.connect() as fresh:
        kept = {" ".join(sql.split()) for (sql,) in connection.execute(_STATEMENTS)}
        asked = {" ".join(sql.split()) for (sql,) in fresh.exec_driver_sql(_STATEMENTS)}
    engine.dispose()

    assert kept == asked


def test_opening_again_changes_nothing(path):
    open_and_close(path)
    before = path.read_bytes()

    open_and_close(path)

    assert path.read_bytes() == before


def test_a_file_without_tables_gets_them(path):
    path.touch(0o600)

    open_and_close(path)

    assert differences(path) == []


def test_a_database_of_a_newer_release_is_refused_and_left_alone(path):
    open_and_close(path)
    write(path, "UPDATE alembic_version SET version_num = '9999'")
    before = path.read_bytes()

    with pytest.raises(StorageError, match=r"listener.sqlite: a newer release of listener made this database"):
        Store(path, SECRET)

    assert path.read_bytes() == before


def test_tables_of_somebody_else_are_told_in_one_line(path):
    write(path, "CREATE TABLE alembic_version (number INTEGER)")

    with pytest.raises(StorageError, match=r"no such column: version_num\.$"):
        Store(path, SECRET)


def test_many_may_open_a_new_database_at_once(path):
    ready, stores, problems = threading.Barrier(6), [], []

    def open_it() -> None:
        ready.wait(10)
        try:
            stores.append(Store(path, SECRET))
        except StorageError as problem:
            problems.append(problem)

    threads = [threading.Thread(target=open_it) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    for store in stores:
        store.close()

    assert (len(stores), problems) == (6, [])
    assert differences(path) == []


@pytest.mark.slow
def test_a_first_opening_that_was_killed_is_finished_by_the_next(tmp_path):
    faults.need_strace()
    undisturbed = tmp_path / "undisturbed.sqlite"
    found = faults.points(faults.program(OPENING, undisturbed), faults.database(undisturbed))

    chosen = faults.spread(found, 20)
    outcomes = {str(point): outcome_of(tmp_path / f"{number}.sqlite", point) for number, point in enumerate(chosen)}

    assert len(outcomes) == 20
    assert outcomes == dict.fromkeys(outcomes, "killed, then whole")


def outcome_of(path: Path, point: faults.Point) -> str:
    killed = faults.kill_at(faults.program(OPENING, path), faults.database(path), point)
    if killed.returncode == 0:
        return "not killed"
    store = Store(path, SECRET)
    add(store, make_post(1))
    posts = posts_of(store)
    store.close()
    return "killed, then whole" if posts == [make_post(1)] and not differences(path) else "broken"


def test_the_newest_step_is_the_one_this_release_asks_for():
    steps = sorted(path.stem for path in (Path(schema.__file__).parent / "migrations" / "versions").glob("0*.py"))

    assert steps[-1].startswith(schema.HEAD)


def test_what_was_grouped_before_themes_had_a_register_is_kept(path):
    engine = create_engine(f"sqlite:///{path}")
    schema.upgrade(engine, to="0004")
    engine.dispose()
    write(
        path,
        "INSERT INTO analyses (week, version, made_at) VALUES (1, 'v1', 0)",
        "INSERT INTO clusters (key, week, label, keywords, representatives) VALUES ('w1-c1', 1, 'Rest', '[\"bed\"]', '[]')",
    )

    store = Store(path, SECRET)
    with store.read() as unit:
        kept = unit.analyses.get(1)
    store.close()

    assert kept
    assert [(one.key, one.label, one.keywords, one.merged) for one in kept.clusters] == [("w1-c1", "Rest", ("bed",), ())]
    assert differences(path) == []
