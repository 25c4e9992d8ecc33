"""What must hold for the database file and its units of work."""

import os
import stat
import threading
from pathlib import Path

import pytest

from collectors.base import Item
from storage.runs import Asking
from storage.store import StorageError, Store
from tests import faults
from tests.factories import NOW, make_post
from tests.stores import SECRET, WEEK, add, item_of, opened, posts_of


@pytest.fixture
def path(tmp_path):
    return tmp_path / "listener.sqlite"


@pytest.fixture
def store():
    with opened() as store:
        yield store


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


# --- the file ---------------------------------------------------------------------------------------------------------


def test_only_its_owner_can_read_the_database_while_it_is_open_and_after(store):
    add(store, make_post(1))

    modes = {file.name: mode(file) for file in faults.database(store.path) if file.exists()}

    assert set(modes) == {"listener.sqlite", "listener.sqlite-wal", "listener.sqlite-shm"}
    assert set(modes.values()) == {0o600}


@pytest.mark.parametrize("loose", [0o644, 0o660, 0o601, 0o777], ids=oct)
def test_a_database_that_others_could_read_is_made_private(path, loose):
    Store(path, SECRET).close()
    path.chmod(loose)

    Store(path, SECRET).close()

    assert mode(path) == 0o600


def test_missing_folders_are_made(tmp_path):
    Store(tmp_path / "a" / "b" / "listener.sqlite", SECRET).close()

    assert (tmp_path / "a" / "b" / "listener.sqlite").exists()


@pytest.mark.parametrize("name", ["what?.sqlite", "50%25 full.sqlite", "locked #1 é.sqlite", ":memory:"])
def test_any_file_name_will_do(tmp_path, name):
    store = Store(tmp_path / name, SECRET)
    add(store, make_post(1))
    store.close()

    assert [file.name for file in tmp_path.iterdir()] == [name]


@pytest.mark.parametrize(
    ("pragma", "value"), [("journal_mode", "wal"), ("synchronous", 2), ("foreign_keys", 1), ("secure_delete", 1)]
)
def test_every_connection_is_settled(store, pragma, value):
    with store.read() as one, store.read() as other:
        found = [unit._connection.exec_driver_sql(f"PRAGMA {pragma}").scalar() for unit in (one, other)]

    assert found == [value, value]


def test_what_was_kept_is_there_when_it_is_opened_again(path):
    first = Store(path, SECRET)
    add(first, make_post(1))
    first.close()
    second = Store(path, SECRET)

    assert posts_of(second) == [make_post(1)]
    second.close()


# --- units of work ----------------------------------------------------------------------------------------------------


def test_a_unit_that_fails_keeps_nothing(store):
    def fail_after_adding() -> None:
        with store.write() as unit:
            unit.posts.add("tag", 1, [item_of(make_post(1))], NOW)
            unit.runs.begin(Asking(source="tag", kind="file", asked="", why="live"), WEEK, None, NOW)
            raise KeyError("something else")

    with pytest.raises(KeyError, match="something else"):
        fail_after_adding()

    with store.read() as unit:
        assert (unit.posts.count(), unit.runs.over(WEEK)) == (0, [])


def test_a_fault_of_the_file_system_inside_a_unit_is_not_the_databases(store):
    with pytest.raises(BrokenPipeError), store.write():
        raise BrokenPipeError


def test_a_reader_sees_one_moment(store):
    add(store, make_post(1))

    with store.read() as unit:
        before = unit.posts.count()
        add(store, make_post(2))
        after = unit.posts.count()

    assert (before, after) == (1, 1)
    assert len(posts_of(store)) == 2


def test_a_writer_waits_for_another(path):
    store = Store(path, SECRET, wait=30)
    entered = threading.Event()
    waiting = threading.Thread(target=lambda: (entered.wait(30), add(store, make_post(2))))
    waiting.start()

    with store.write() as unit:
        entered.set()
        unit.posts.add("tag", 1, [item_of(make_post(1))], NOW)
    waiting.join(60)

    assert posts_of(store) == [make_post(1), make_post(2)]
    store.close()


def test_a_writer_that_waits_in_vain_says_so_in_one_line(store):
    other = Store(store.path, SECRET, wait=0.2)

    with store.write() as unit:
        unit.posts.add("tag", 1, [item_of(make_post(1))], NOW)
        with pytest.raises(StorageError) as told:
            add(other, make_post(2))
    other.close()

    assert str(told.value).startswith(f"{store.path}: another process is writing to the database")
    assert "\n" not in str(told.value)
    assert posts_of(store) == [make_post(1)]


def test_two_writers_in_turn_lose_nothing(store):
    other = Store(store.path, SECRET, wait=30)
    threads = [threading.Thread(target=lambda n=n: [add(other, make_post(n * 20 + k)) for k in range(20)]) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    other.close()

    assert len(posts_of(store)) == 80


def test_what_contradicts_itself_is_refused_and_named(store):
    with store.write() as unit:
        unit.posts.add("tag", 1, [Item(make_post(1))], NOW)

    with pytest.raises(StorageError, match=r"could not be used: FOREIGN KEY constraint failed\.$"), store.write() as unit:
        unit._connection.exec_driver_sql("INSERT INTO raws (row, payload) VALUES (9, x'')")


# --- what cannot be opened --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "content", [b"this is a letter, not a database. " * 200, b"SQLite format 3\0" + b"\xff" * 4080], ids=["letter", "broken"]
)
def test_what_is_no_database_is_told_in_one_line_and_left_alone(path, content):
    path.write_bytes(content)

    with pytest.raises(StorageError, match=r"listener.sqlite: this is not a sound SQLite database; restore it from a backup"):
        Store(path, SECRET)

    assert path.read_bytes() == content


def test_a_page_that_was_damaged_is_told_in_one_line(path):
    store = Store(path, SECRET)
    add(store, *(make_post(n) for n in range(500)))
    store.close()
    with path.open("r+b") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(4096)
        file.write(b"\xff" * (size - 4096))

    with pytest.raises(StorageError, match="not a sound SQLite database"):
        posts_of(Store(path, SECRET))


@pytest.mark.parametrize("where", ["folder", "under a file", "/proc/listener"])
def test_a_place_that_cannot_be_written_is_told_in_one_line(tmp_path, where):
    (tmp_path / "folder").mkdir()
    (tmp_path / "under a file").touch()
    path = {"folder": tmp_path / "folder", "under a file": tmp_path / "under a file" / "db"}.get(where, Path(where) / "db")

    with pytest.raises(StorageError) as told:
        Store(path, SECRET)

    assert str(told.value).startswith(f"{path}: the database could not be used: ")
    assert "\n" not in str(told.value)


def test_a_folder_that_is_full_of_meaning_is_not_called_full(tmp_path):
    (tmp_path / "full and locked").touch()

    with pytest.raises(StorageError, match=r"could not be used: File exists\.$"):
        Store(tmp_path / "full and locked" / "db", SECRET)
