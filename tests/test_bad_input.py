"""A broken config or file, a full disk, a locked database: one clear line, an exit code, and nothing lost."""

import errno
import os
import re
import resource
import sqlite3
import subprocess
import sys
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from listener import files
from listener.cli import trouble
from listener.jobs import analyse, collect, export, ledger
from listener.jobs.collect import Task
from storage.store import StorageError
from tests.services import CONFIG, FIRST, LISTENED, make_service, wordings, write_answers

ROOT = Path(__file__).parent.parent
NOW = FIRST + timedelta(days=1)
ENOUGH_TO_READ = 33_000  # SQLite needs a file of 32 kB beside the database, even to read it
TASK = Task(source="tag", window=LISTENED, why="manual")


def listener(folder, *words, largest_file=None):
    """`listener` as a process that may write no file larger than so many bytes, as on a disk that is nearly full."""

    def limit():
        if largest_file is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (largest_file, largest_file))

    env = {name: value for name, value in os.environ.items() if not name.startswith("COV")} | {"PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "listener", *words]
    return subprocess.run(
        command, cwd=folder, env=env, capture_output=True, text=True, timeout=120, check=False, preexec_fn=limit
    )


def counts(folder):
    with closing(sqlite3.connect(folder / "listener.db")) as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        tables = ("posts", "authors", "raws", "sightings", "asides", "scores", "clusters", "drafts")
        return {name: database.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in tables}


# --- a broken config ------------------------------------------------------------------------------------------------------


def test_five_mistakes_are_told_at_once_and_nothing_is_started(tmp_path):
    text = CONFIG.replace('title = "Think', 'titel = "Think').replace("Europe/London", "Europe/Londn")
    text = text.replace('kind = "file"\npath = "answers', 'kind = "fil"\npath = "answers').replace("[storage]", "[storrage]")
    (tmp_path / "listener.toml").write_text(text + '\n[sources.more]\nkind = "file"\nevery = "soon"\npath = "more.csv"\n')

    done = listener(tmp_path, "collect")

    lines = done.stderr.splitlines()
    assert (done.returncode, done.stdout) == (2, "")
    assert all(line.startswith("listener: listener.toml:") for line in lines)
    for told in ("exercise.titel", "exercise.timezone", "sources.tag.kind", "storrage", "sources.more.every"):
        assert sum(f" {told}: " in line for line in lines) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["listener.toml"]


# --- a broken file --------------------------------------------------------------------------------------------------------


def test_a_corrupt_line_is_named_by_its_number_and_the_rest_is_read(tmp_path):
    (tmp_path / "listener.toml").write_text(CONFIG.replace("2026-10-12", str((datetime.now(UTC) - timedelta(days=3)).date())))
    write_answers(tmp_path, range(4), first=datetime.now(UTC) - timedelta(days=1))
    whole = (tmp_path / "answers.jsonl").read_bytes().splitlines()
    (tmp_path / "answers.jsonl").write_bytes(b"\n".join([*whole[:2], whole[2][:40], b"\xff\xfe", *whole[3:]]) + b"\n")

    done = listener(tmp_path, "collect", "--week", "1")

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[1].split()[:5] == ["tag", "3", "0", "0", "2"]
    assert "  answers.jsonl:3: not JSON: " in done.stdout
    assert "  answers.jsonl:4: not UTF-8\n" in done.stdout
    assert counts(tmp_path)["posts"] == 3


# --- a full disk ----------------------------------------------------------------------------------------------------------


@contextmanager
def kept(folder, texts=("",)):
    """A service with 150 posts, and the promise that they are there afterwards."""
    service = make_service(folder, now=NOW)
    write_answers(folder, range(150), texts=texts)
    collect.do(service, TASK)
    service.store.close()
    before = counts(folder)
    yield service
    after = counts(folder)
    assert all(after[name] == before[name] for name in ("posts", "authors", "raws", "sightings"))


def test_a_disk_that_is_full_for_the_database_is_told_and_nothing_kept_is_lost(tmp_path):
    with kept(tmp_path):
        write_answers(tmp_path, range(5000), step=timedelta(seconds=10))
        span = ("--since", FIRST.isoformat(), "--until", NOW.isoformat())

        done = listener(tmp_path, "collect", *span, largest_file=200_000)

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        f"listener: {tmp_path}/listener.db: the disk refused to write, it may be full or failing; "
        "nothing of this step was kept.\n"
    )
    assert listener(tmp_path, "collect", *span).returncode == 0
    assert counts(tmp_path)["posts"] == 5000


def test_a_disk_that_is_full_for_the_pages_is_told_and_leaves_no_half_page(tmp_path):
    with kept(tmp_path, wordings(150)) as service:
        (tmp_path / "digests/week-1").mkdir(parents=True)
        (tmp_path / "digests/week-1/index.html").write_text("as it was")
        analyse.do(service, service.config.exercise.week(1))
        service.store.close()
        before = counts(tmp_path)

        done = listener(tmp_path, "digest", "--week", "1", largest_file=ENOUGH_TO_READ)

    assert (done.returncode, done.stdout) == (1, "")
    assert re.fullmatch(rf"listener: {tmp_path}/digests/week-1/[a-z0-9-]+\.html: File too large\n", done.stderr)
    assert (tmp_path / "digests/week-1/index.html").read_text() == "as it was"
    assert not list((tmp_path / "digests").rglob(".*.part"))
    assert counts(tmp_path) == before


def test_a_disk_that_is_full_for_an_export_leaves_the_earlier_file(tmp_path):
    with kept(tmp_path):
        (tmp_path / "all.jsonl").write_text("as it was")

        done = listener(tmp_path, "export", "all.jsonl", largest_file=ENOUGH_TO_READ)

    assert (done.returncode, done.stdout, done.stderr) == (1, "", "listener: all.jsonl: File too large\n")
    assert (tmp_path / "all.jsonl").read_text() == "as it was"
    assert not list(tmp_path.glob(".*.part"))


def test_a_file_that_cannot_be_written_is_named_and_its_beginning_removed(tmp_path):
    def fill_the_disk():
        with files.whole(tmp_path / "page.html") as part:
            part.write_text("half of it")
            raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(OSError, match="No space left") as caught:
        fill_the_disk()

    assert trouble.words(caught.value) == f"{tmp_path}/page.html: No space left on device"
    assert list(tmp_path.iterdir()) == []


# --- a locked database ----------------------------------------------------------------------------------------------------


def test_a_locked_database_is_told_in_one_line_and_nothing_is_lost(tmp_path, capsys):
    with kept(tmp_path) as service, closing(sqlite3.connect(tmp_path / "listener.db")) as other:
        write_answers(tmp_path, range(250))
        other.execute("BEGIN IMMEDIATE")

        with pytest.raises(StorageError) as caught:
            collect.do(service, TASK)

        assert trouble.tell(caught.value) == 1
        other.rollback()
    told = "another process is writing to the database and did not finish in time; try again when it has ended."
    assert capsys.readouterr().err == f"listener: {tmp_path}/listener.db: {told}\n"
    assert collect.do(service, TASK).new == 100


def test_a_locked_database_can_be_read(tmp_path):
    with kept(tmp_path) as service, closing(sqlite3.connect(tmp_path / "listener.db")) as other:
        other.execute("BEGIN IMMEDIATE")
        week = service.config.exercise.week(1)

        assert export.do(service, tmp_path / "all.jsonl", [(1, ledger.window_of(week))], with_authors=False) == 150
        other.rollback()


# --- what is no database --------------------------------------------------------------------------------------------------


def test_a_file_that_is_no_database_is_told_and_left_as_it_is(tmp_path):
    (tmp_path / "listener.toml").write_text(CONFIG)
    (tmp_path / "listener.db").write_text("my shopping list " * 100)

    done = listener(tmp_path, "status")

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == f"listener: {tmp_path}/listener.db: this is not a sound SQLite database; restore it from a backup.\n"
    assert (tmp_path / "listener.db").read_text().startswith("my shopping list ")
