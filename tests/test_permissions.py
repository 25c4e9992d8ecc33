"""What Listener writes is its owner's alone, but for what is published."""

import os
import stat
from pathlib import Path

import pytest

from listener import daemon, vault
from listener.demo import build
from listener.jobs import backup, deliver, digest, export, forget, papers, removals, tick
from listener.jobs.forget import Asked
from listener.jobs.ledger import window_of
from tests import published
from tests.commanded import caller
from tests.services import FIRST, make_service, wordings, write_answers


@pytest.fixture(autouse=True)
def usual_umask():
    """That of most machines: what says nothing is open to all."""
    before = os.umask(0o022)
    yield
    os.umask(before)


def open_to_others(folder: Path, *but: Path) -> list[tuple[str, str]]:
    paths = [path for path in folder.rglob("*") if not any(path == one or one in path.parents for one in but)]
    return [(str(path), oct(mode)) for path in paths if (mode := stat.S_IMODE(path.lstat().st_mode)) & 0o077]


@pytest.fixture
def lived(tmp_path):
    """A folder in which everything was done once that writes a file."""
    folder = tmp_path / "carers"
    folder.mkdir(mode=0o700)
    write_answers(folder, range(40), texts=wordings(40))
    service = make_service(folder, now=FIRST.replace(day=20))
    tick.do(service)
    week = service.config.exercise.weeks[0]
    published.decide(service, week, [("week", "summary", {"text": "What people told us."})])
    published.publish(service, week)
    digest.do(service, week)
    deliver.do(service)
    papers.write(service.config, week.starts)
    vault.author_key_secret(folder / "listener.key")
    vault.beside(service.store.path).put("sky", "a session")
    backup.do(service)
    forget.do(service, Asked(author="nobody", network="form"))
    for name in ("out.csv", "out.jsonl"):
        export.do(service, folder / name, [(1, window_of(week))], with_authors=True)
    with daemon.only_one(service.store.path):
        yield folder, service
    service.store.close()


def test_everything_but_the_public_folder_is_private(lived):
    folder, service = lived
    ours = (folder / "answers.jsonl", folder / "listener.toml")  # written by the test, as a person would

    assert open_to_others(folder, service.config.publish.folder, *ours) == []
    assert all(path.exists() for path in (daemon.owner_of(service.store.path), *removals.places(service.config)))
    assert len([path for path in folder.rglob("*") if path.is_file()]) > 25


def test_the_public_folder_can_be_read_by_a_web_server(lived):
    _, service = lived
    public = service.config.publish.folder

    modes = {path.is_dir(): oct(stat.S_IMODE(path.stat().st_mode)) for path in (public, *public.rglob("*"))}
    assert modes == {True: "0o755", False: "0o644"}


def test_a_database_left_open_is_closed_to_others_again(tmp_path):
    make_service(tmp_path, now=FIRST).store.close()
    (tmp_path / "listener.db").chmod(0o644)

    make_service(tmp_path, now=FIRST).store.close()

    assert stat.S_IMODE((tmp_path / "listener.db").stat().st_mode) == 0o600


def test_the_invented_exercise_is_no_exception(tmp_path):
    build.write(tmp_path / "demo")

    assert open_to_others(tmp_path) == []


def test_what_init_makes_is_private(tmp_path, monkeypatch, capsys):
    caller(monkeypatch, capsys)("init", tmp_path / "new")

    assert open_to_others(tmp_path) == []
