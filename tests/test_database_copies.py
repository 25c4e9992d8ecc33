"""Copies of a database: whole while others write, never half there, and one before every migration."""

import sqlite3
import stat
import threading
from contextlib import closing
from pathlib import Path

import pytest

from storage import copies, schema
from storage.store import StorageError, Store
from tests import faults
from tests.factories import make_post
from tests.old_databases import make_old, rows_of
from tests.stores import SECRET, add, opened
from tests.test_migration import OPENING, differences


@pytest.fixture
def path(tmp_path):
    return tmp_path / "listener.sqlite"


def before(path: Path) -> Path:
    return copies.before(path, schema.HEAD)


def open_and_close(path: Path) -> None:
    Store(path, SECRET).close()


# --- a copy -------------------------------------------------------------------------------------------------------------


def test_a_copy_is_one_private_file_with_everything_in_it(tmp_path):
    with opened() as store:
        add(store, make_post(1), make_post(2))
        store.copy_to(tmp_path / "copy.db")

    assert [file.name for file in tmp_path.iterdir()] == ["copy.db"]
    assert stat.S_IMODE((tmp_path / "copy.db").stat().st_mode) == 0o600
    assert (copies.fault(tmp_path / "copy.db"), copies.counts(tmp_path / "copy.db")["posts"]) == ("", 2)
    assert copies.version(tmp_path / "copy.db") == schema.HEAD


def test_what_a_kill_left_of_an_earlier_copy_does_not_get_into_the_next(tmp_path):
    for end in ("", "-journal", "-wal"):
        (tmp_path / f".copy.db.part{end}").write_bytes(b"half of something else" * 400)

    with opened() as store:
        add(store, make_post(1))
        store.copy_to(tmp_path / "copy.db")

    assert [file.name for file in tmp_path.iterdir()] == ["copy.db"]
    assert rows_of(tmp_path / "copy.db") == 1


def test_a_copy_is_one_moment_while_somebody_writes(tmp_path):
    stop, store_made = threading.Event(), threading.Event()

    def write() -> None:
        with opened() as store:
            paths.append(store.path)
            number = 0
            while not stop.is_set():
                add(store, *(make_post(number + n) for n in range(50)))
                number += 50
                store_made.set()

    paths: list[Path] = []
    writer = threading.Thread(target=write)
    writer.start()
    store_made.wait(30)
    for number in range(5):
        copies.make(paths[0], tmp_path / f"{number}.db")
    stop.set()
    writer.join(30)

    found = [rows_of(tmp_path / f"{number}.db") for number in range(5)]
    assert found == sorted(found)
    assert all(rows % 50 == 0 and rows for rows in found)
    assert [copies.fault(tmp_path / f"{number}.db") for number in range(5)] == [""] * 5


def test_a_damaged_database_is_not_copied_and_says_so(path, tmp_path):
    open_and_close(path)
    store = Store(path, SECRET)
    add(store, *(make_post(n) for n in range(500)))
    store.close()
    damage(path)

    with pytest.raises(copies.Damaged, match=r"^the copy of \S+listener\.sqlite is not sound: "):
        copies.make(path, tmp_path / "copy.db")

    assert not list(tmp_path.glob("*copy*"))
    assert copies.fault(path)


def damage(path: Path) -> None:
    with path.open("r+b") as file:
        file.seek(path.stat().st_size // 2)
        file.write(b"\xff" * 8192)


def test_a_place_that_cannot_be_written_is_named(tmp_path):
    with opened() as store, pytest.raises(StorageError, match=r"nowhere/copy.db: the database could not be used"):
        store.copy_to(tmp_path / "nowhere" / "copy.db")


def test_a_database_is_used_as_long_as_somebody_has_it_open(path):
    store = Store(path, SECRET)
    add(store, make_post(1))
    while_open = copies.is_used(path)
    store.close()

    assert (while_open, copies.is_used(path)) == (True, False)
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_a_file_that_is_no_database_is_used_by_nobody(path):
    path.write_bytes(b"a letter" * 1000)

    assert not copies.is_used(path)
    assert copies.fault(path, quick=True) == "file is not a database"


# --- before a migration -----------------------------------------------------------------------------------------------


def test_a_database_of_an_earlier_release_is_copied_before_it_is_changed(path):
    make_old(path)

    open_and_close(path)

    assert copies.version(path) == schema.HEAD
    assert copies.version(before(path)) == "0001"
    assert rows_of(path) == rows_of(before(path)) == 3
    assert stat.S_IMODE(before(path).stat().st_mode) == 0o600


def test_a_new_database_and_a_present_one_are_not_copied(path):
    open_and_close(path)
    open_and_close(path)

    assert copies.all_before(path) == []


def test_the_newest_two_copies_are_kept(path):
    make_old(path)
    for version in ("0000", "0001"):
        copies.before(path, version).write_bytes(b"older")

    open_and_close(path)

    assert [one.name[-4:] for one in copies.all_before(path)] == ["0001", schema.HEAD]


def test_many_who_open_an_old_database_at_once_copy_it_as_it_was(path):
    make_old(path)
    ready, stores = threading.Barrier(4), []

    def open_it() -> None:
        ready.wait(10)
        stores.append(Store(path, SECRET))

    threads = [threading.Thread(target=open_it) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    for store in stores:
        store.close()

    assert (len(stores), copies.version(path), copies.version(before(path))) == (4, schema.HEAD, "0001")


def test_a_disk_without_room_for_the_copy_leaves_the_database_as_it_was(path):
    make_old(path)
    before(path).mkdir()  # as good a reason as any that the copy cannot take its place

    with pytest.raises(StorageError, match=r"listener.sqlite: "):
        Store(path, SECRET)

    assert (copies.version(path), rows_of(path)) == ("0001", 3)


@pytest.mark.slow
def test_an_opening_that_was_killed_while_it_copied_or_changed_is_finished_by_the_next(tmp_path):
    faults.need_strace()
    undisturbed = tmp_path / "undisturbed.sqlite"
    make_old(undisturbed)
    found = faults.points(faults.program(OPENING, undisturbed), files_of(undisturbed))

    chosen = faults.spread(found, 20)
    outcomes = {str(point): outcome_of(tmp_path / f"{number}.sqlite", point) for number, point in enumerate(chosen)}

    assert len(outcomes) == 20
    assert outcomes == dict.fromkeys(outcomes, "killed, then whole")


def files_of(path: Path) -> list[Path]:
    copy = before(path)
    return [*faults.database(path), copy, *faults.database(copy.with_name(f".{copy.name}.part"))]


def outcome_of(path: Path, point: faults.Point) -> str:
    make_old(path)
    if faults.kill_at(faults.program(OPENING, path), files_of(path), point).returncode == 0:
        return "not killed"
    if before(path).exists() and (copies.fault(before(path)) or copies.version(before(path)) != "0001"):
        return "half a copy"
    open_and_close(path)
    whole = copies.version(before(path)) == "0001" and rows_of(before(path)) == rows_of(path) == 3
    return "killed, then whole" if whole and not differences(path) else "broken"
