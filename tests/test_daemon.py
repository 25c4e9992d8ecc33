"""`listener run`: looks again and again, one process a database, and ends when it is told."""

import logging
import os
import signal
import sqlite3
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta

import pytest

from listener import daemon
from listener.jobs.service import Refused
from storage.tables import to_ms
from tests.processes import ENV, PATIENCE, started
from tests.services import CONFIG, FIRST, make_service, write_answers

# --- in this process ------------------------------------------------------------------------------------------------------


def asking_to_stop():
    """Asks once: another tick may end after the daemon has put the handlers back, and the next signal would end these tests."""
    signals = iter([signal.SIGTERM])

    def ask():
        for number in signals:
            os.kill(os.getpid(), number)

    return ask


def test_it_looks_at_the_ledger_until_it_is_asked_to_stop(tmp_path):
    service = make_service(tmp_path, now=FIRST + timedelta(hours=2))
    write_answers(tmp_path, range(3))

    ended = daemon.run(service, seconds=0.05, after=asking_to_stop())

    assert ended
    assert (tmp_path / "digests/week-1/index.html").exists()
    assert not daemon.is_running(service.store.path)


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        (ZeroDivisionError("oh"), "this tick failed; the next one tries again"),
        (Refused("another is at work"), "another is at work"),
    ],
    ids=["a fault of ours", "somebody else is at work"],
)
def test_it_outlives_a_tick_that_fails(tmp_path, caplog, fault, told):
    caplog.set_level(logging.INFO)
    moments = iter([None, fault])  # the start looks at the clock too

    def now():
        if problem := next(moments, None):
            raise problem
        return FIRST

    daemon.run(make_service(tmp_path, now=now), seconds=0.05, after=asking_to_stop())

    assert told in caplog.text


def test_handlers_of_signals_are_put_back(tmp_path):
    before = signal.getsignal(signal.SIGTERM)

    daemon.run(make_service(tmp_path, now=FIRST), seconds=0.05, after=asking_to_stop())

    assert signal.getsignal(signal.SIGTERM) is before


def test_one_daemon_a_database(tmp_path):
    database = tmp_path / "listener.db"

    with daemon.only_one(database):
        assert daemon.is_running(database)
        with (
            pytest.raises(Refused, match=f"already running on .*: process {os.getpid()} on ") as caught,
            daemon.only_one(database),
        ):
            raise AssertionError("two at once")
        daemon.owner_of(database).unlink()
        with pytest.raises(Refused, match=": another process"), daemon.only_one(database):
            raise AssertionError("two at once")

    assert caught.value.code == 75
    assert not daemon.is_running(database)


# --- as a process ---------------------------------------------------------------------------------------------------------


def clocked(folder, moment, speed=0):
    return started(folder, "tests.clocked", str(folder / "listener.toml"), moment.isoformat(), str(speed))


def listener(folder, *words):
    return subprocess.run(
        [sys.executable, "-m", "listener", *words],
        cwd=folder,
        env=ENV,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )


def write_config(folder, starts="2026-10-12"):
    (folder / "listener.toml").write_text(CONFIG.replace("2026-10-12", str(starts)))


def value(folder, query):
    """The one value that a query finds in the database, None while there is none."""
    database = sqlite3.connect(folder / "listener.db", timeout=PATIENCE)
    try:
        found = database.execute(query).fetchone()
    except sqlite3.OperationalError:
        return None  # the tables are not made yet
    finally:
        database.close()
    return found[0] if found else None


def wait_until(condition):
    for _ in range(int(PATIENCE / 0.05)):
        if condition():
            return
        threading.Event().wait(0.05)
    raise AssertionError("it did not come")


@pytest.mark.slow
def test_it_collects_as_a_week_goes_on_and_makes_the_page_when_it_has_ended(tmp_path):
    write_config(tmp_path)
    write_answers(tmp_path, range(12), step=timedelta(hours=13))
    closes, promised = datetime(2026, 10, 18, 23, tzinfo=UTC), datetime(2026, 10, 19, 5, 15, tzinfo=UTC)

    with clocked(tmp_path, closes - timedelta(hours=2), speed=3600) as process:
        process.until("tag, live, .* complete")
        process.until("tag, closing, .* complete")
        process.until("tag, reread, .* complete")
        wait_until(lambda: (value(tmp_path, "SELECT checked_at FROM drafts WHERE week = 1") or 0) >= to_ms(promised))
        code = process.end()

    assert code == 0
    assert (tmp_path / "digests/week-1/index.html").exists()
    assert value(tmp_path, "SELECT count(*) FROM posts") == 12
    assert value(tmp_path, "SELECT count(*) FROM runs WHERE state != 'complete'") == 0


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_a_second_daemon_is_refused_until_the_first_has_ended(tmp_path, how):
    write_config(tmp_path)
    write_answers(tmp_path, range(3))

    with clocked(tmp_path, FIRST + timedelta(hours=1)) as process:
        process.until("^idle")
        second = listener(tmp_path, "run")
        once = listener(tmp_path, "run", "--once")
        code = process.end(how)

    assert second.returncode == 75
    assert f": process {process.popen.pid} on " in second.stderr
    assert second.stderr.count("\n") == 1
    assert (once.returncode, code) == (0, 0)
    assert not daemon.is_running(tmp_path / "listener.db")


def test_a_killed_daemon_leaves_no_lock_behind(tmp_path):
    write_config(tmp_path)
    write_answers(tmp_path, range(3))
    with clocked(tmp_path, FIRST + timedelta(hours=1)) as process:
        process.until("^idle")
        process.end(signal.SIGKILL)

    with clocked(tmp_path, FIRST + timedelta(hours=2)) as process:
        process.until("^idle")
        assert daemon.owner_of(tmp_path / "listener.db").read_text().startswith(f"process {process.popen.pid} on ")
        assert process.end() == 0


def test_it_ends_soon_while_a_reading_hangs_and_reads_on_at_the_next_start(tmp_path):
    yesterday = datetime.now(UTC) - timedelta(days=1)
    write_config(tmp_path, yesterday.date() - timedelta(days=1))
    os.mkfifo(tmp_path / "answers.jsonl")  # nobody will ever write to it
    assert daemon.PATIENCE < 5

    with started(tmp_path, "listener", "run") as process:
        wait_until(lambda: value(tmp_path, "SELECT state FROM runs") == "running")
        code = process.end()
        process.until("stopped in the middle of a reading; it is read on at the next start")

    (tmp_path / "answers.jsonl").unlink()
    at = yesterday.isoformat()
    (tmp_path / "answers.jsonl").write_text(f'{{"id": "1", "posted_at": "{at}", "author": "somebody", "text": "At last"}}\n')
    assert (code, listener(tmp_path, "run", "--once").returncode) == (0, 0)
    assert value(tmp_path, "SELECT reason FROM runs WHERE state = 'stopped'") == "cut off before its end"
    assert value(tmp_path, "SELECT count(*) FROM posts") == 1
