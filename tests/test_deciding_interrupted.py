"""A decision, its hold and its entry in the record are kept together or not at all, wherever its maker is killed."""

import shutil
import sqlite3
import sys
from contextlib import closing

import pytest

from tests import faults
from tests.desks import MONDAY, collected

MADE = 4


def command(folder):
    told = (folder / "listener.toml", MONDAY.isoformat(), folder / "journal", MADE)
    return [sys.executable, "-B", "-m", "tests.deciding", *map(str, told)]


def state(folder):
    """(decisions, entries in the record, weeks held, decisions reported)"""
    with closing(sqlite3.connect(folder / "listener.db")) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        counts = [connection.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in ("decisions", "audit", "holds")]
    journal = folder / "journal"
    return *counts, len(journal.read_text("utf-8").splitlines()) if journal.exists() else 0


def is_whole(found):
    decisions, audited, held, reported = found
    return decisions == audited and held == min(decisions, 2) and reported <= decisions


@pytest.fixture
def broken(tmp_path):
    """Breaks the deciding at points spread over its course: (state then, state after going on)."""
    faults.need_strace()
    begun = tmp_path / "begun"
    begun.mkdir()
    collected(begun).store.close()
    shutil.copytree(begun, tmp_path / "undisturbed")

    def broken(how, calls, at_most):
        undisturbed = tmp_path / "undisturbed"
        found = faults.points(command(undisturbed), faults.database(undisturbed / "listener.db"), calls)
        for number, point in enumerate(faults.spread(found, at_most)):
            folder = tmp_path / str(number)
            shutil.copytree(begun, folder)
            how(command(folder), faults.database(folder / "listener.db"), point)
            then = state(folder)
            faults.run(command(folder)).check_returncode()
            yield then, state(folder)

    return broken


@pytest.mark.slow
def test_a_kill_at_any_write_leaves_whole_decisions_and_the_rest_follows(broken):
    outcomes = list(broken(faults.kill_at, faults.STATE, 12))

    assert len(outcomes) == 12
    assert all(is_whole(then) for then, _ in outcomes)
    assert {after[:3] for _, after in outcomes} == {(MADE, MADE, 2)}
    assert len({then for then, _ in outcomes}) > 2  # they were broken off at different places


@pytest.mark.slow
def test_a_full_disk_keeps_nothing_of_a_decision(broken):
    outcomes = list(broken(faults.fill_at, faults.WRITES, 6))

    assert all(is_whole(then) for then, _ in outcomes)
    assert {after[:3] for _, after in outcomes} == {(MADE, MADE, 2)}
