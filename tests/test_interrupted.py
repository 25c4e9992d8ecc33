"""What must hold when collecting is broken in the middle."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from storage.store import Store
from tests import faults
from tests.stores import PAGES, SECRET, SIZE, collect_pages

COLLECTING = """
import sys
from pathlib import Path
from storage.store import StorageError
from tests.stores import collect_pages

try:
    collect_pages(Path(sys.argv[1]))
except StorageError as problem:
    sys.exit(str(problem))
"""


@pytest.fixture
def path(tmp_path):
    return tmp_path / "listener.sqlite"


def state(path: Path) -> tuple[int, int, int, int, int]:
    """(pages by the ledger, posts, raw pieces, sightings, authors)"""
    with closing(sqlite3.connect(path)) as connection:
        (sound,) = connection.execute("PRAGMA integrity_check").fetchone()
        assert sound == "ok"
        query = "SELECT (SELECT coalesce(sum(pages), 0) FROM runs)"
        query += "".join(f", (SELECT count(*) FROM {name})" for name in ("posts", "raws", "sightings", "authors"))
        pages, posts, raws, sightings, authors = connection.execute(query).fetchone()
    return pages, posts, raws, sightings, authors


def is_whole(found: tuple[int, int, int, int, int]) -> bool:
    pages, *counts = found
    return set(counts) == {pages * SIZE}


DONE = (PAGES, *[PAGES * SIZE] * 4)


@pytest.fixture
def broken(tmp_path):
    """Breaks the collecting at points spread over its course: (how it ended, state then, state after running it again)."""
    faults.need_strace()

    def broken(how, calls, at_most):
        files = faults.database(tmp_path / "undisturbed")
        Store(files[0], SECRET).close()
        found = faults.points(faults.program(COLLECTING, files[0]), files, calls)
        for number, point in enumerate(faults.spread(found, at_most)):
            path = tmp_path / f"{number}.sqlite"
            Store(path, SECRET).close()
            ended = how(faults.program(COLLECTING, path), faults.database(path), point)
            then = state(path)
            collect_pages(path)
            yield ended, then, state(path)

    return broken


@pytest.mark.slow
def test_a_kill_at_any_write_leaves_whole_pages_and_the_rest_follows(broken):
    outcomes = list(broken(faults.kill_at, faults.STATE, 12))

    assert len(outcomes) == 12
    assert all(ended.returncode for ended, _, _ in outcomes)
    assert all(is_whole(then) for _, then, _ in outcomes)
    assert [after for _, _, after in outcomes] == [DONE] * 12


@pytest.mark.slow
def test_a_full_disk_is_told_in_one_line_and_nothing_of_the_page_is_kept(broken):
    outcomes = list(broken(faults.fill_at, faults.WRITES, 8))

    told = {ended.stderr.partition(": ")[2] for ended, then, _ in outcomes if then != DONE}
    full = "the disk is full; nothing of this step was kept. Free some space and run it again.\n"
    assert full in told
    assert told <= {full, "the disk refused to write, it may be full or failing; nothing of this step was kept.\n"}
    assert all(ended.returncode == 1 for ended, then, _ in outcomes if then != DONE)
    assert all(is_whole(then) for _, then, _ in outcomes)
    assert [after for _, _, after in outcomes] == [DONE] * 8


def test_a_kill_at_any_moment_leaves_whole_pages(path):
    command = faults.program(COLLECTING, path)
    killed = [faults.kill_after(command, 0.2 + n * 0.15) for n in range(4)]

    collect_pages(path)
    assert state(path) == DONE
    assert any(killed)
