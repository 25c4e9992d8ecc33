"""Backups: whole while everything goes on, due each night, kept as many as asked, and never half there."""

import json
import re
import shutil
import stat
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple
from zipfile import ZipFile

import pytest

from listener import vault
from listener.cli import status as cli_status
from listener.jobs import archive, backup, status
from listener.jobs.service import Refused
from storage import copies
from tests import faults
from tests.factories import make_post
from tests.old_databases import rows_of
from tests.services import make_service
from tests.stores import add

NIGHT = datetime(2026, 10, 14, 1, 30, tzinfo=UTC)  # half past two in London


@pytest.fixture
def service(tmp_path):
    made = make_service(tmp_path, now=NIGHT, real=True)
    add(made.store, make_post(1), make_post(2))
    yield made
    made.store.close()


def at(service, moment):
    return make_service(service.config.file.parent, now=moment, real=True)


# --- what a backup holds ------------------------------------------------------------------------------------------------


def test_a_backup_is_one_private_file_that_says_what_it_holds(service):
    made = backup.do(service)

    assert made.path.name == "think-carer-2026-10-14T013000Z.zip"
    assert (stat.S_IMODE(made.path.stat().st_mode), stat.S_IMODE(made.path.parent.stat().st_mode)) == (0o600, 0o700)
    assert archive.read(made.path) == made.manifest
    assert (made.manifest.counts["posts"], made.manifest.tables, made.manifest.made_at) == (2, "0005", NIGHT)


def test_it_holds_what_cannot_be_had_again_and_no_password(service):
    folder = service.config.file.parent
    vault.author_key_secret(folder / "listener.key")
    vault.beside(service.config.storage).put("session", "kept by the network")
    (folder / "listener.removals.jsonl").write_text("{}\n")
    (folder / "documents").mkdir()
    (folder / "documents" / "dpia.md").write_text("# Impact\n")
    (folder / "password").write_text("canary")

    names = backup.do(service).manifest.names

    assert names == sorted(
        ["author.key", "config/listener.toml", "database", "documents/dpia.md", "removals.jsonl", "vault/session.secret"]
    )


def test_the_database_in_it_is_sound_and_has_its_posts(service, tmp_path):
    archive.extract(backup.do(service).path, tmp_path / "out")

    assert copies.fault(tmp_path / "out" / "database") == ""
    assert rows_of(tmp_path / "out" / "database") == 2


def test_nothing_is_left_beside_it(service):
    made = backup.do(service)

    assert {path.name for path in made.path.parent.iterdir()} == {made.path.name, ".lock", "listener.removals.jsonl"}


def test_a_backup_is_made_while_somebody_writes(service):
    stop, begun = threading.Event(), threading.Event()

    def write() -> None:
        number = 10
        while not stop.is_set():
            add(service.store, *(make_post(number + n) for n in range(20)))
            number += 20
            begun.set()

    writer = threading.Thread(target=write)
    writer.start()
    begun.wait(30)
    counted = [backup.do(service).manifest.counts["posts"] for _ in range(3)]
    stop.set()
    writer.join(30)

    assert counted == sorted(counted)
    assert all(count % 20 == 2 for count in counted)


# --- when it is due -----------------------------------------------------------------------------------------------------


class Case(NamedTuple):
    last: datetime | None
    now: datetime
    due: bool


CASES = {
    "never made": Case(None, NIGHT, True),
    "made this night": Case(NIGHT, NIGHT + timedelta(hours=20), False),
    "the night has come": Case(NIGHT, NIGHT + timedelta(hours=24), True),
    "a minute before": Case(NIGHT, NIGHT + timedelta(hours=23, minutes=59), False),
    "by hand in the evening": Case(NIGHT + timedelta(hours=18), NIGHT + timedelta(hours=24), True),
    "the box was off for days": Case(NIGHT - timedelta(days=4), NIGHT + timedelta(hours=5), True),
    "the clocks went back": Case(datetime(2026, 10, 24, 1, 30, tzinfo=UTC), datetime(2026, 10, 25, 2, 30, tzinfo=UTC), True),
    "not twice when they went back": Case(
        datetime(2026, 10, 25, 2, 30, tzinfo=UTC), datetime(2026, 10, 26, 2, 29, tzinfo=UTC), False
    ),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_one_is_due_when_it_has_been_the_hour_since_the_last(tmp_path, case):
    service = make_service(tmp_path, now=case.now, real=True)
    if case.last:
        (tmp_path / "backups").mkdir()
        (tmp_path / "backups" / f"think-carer-{case.last.strftime(backup.STAMP)}.zip").touch()

    assert backup.due_now(service) is case.due
    service.store.close()


def test_a_demo_needs_none(tmp_path):
    service = make_service(tmp_path, now=NIGHT, real=True)
    file = tmp_path / "listener.toml"
    file.write_text(file.read_text().replace("[exercise]", "[exercise]\ninvented = true", 1))
    service.store.close()
    from dataclasses import replace

    from listener import config

    assert not backup.due_now(replace(service, config=config.load(file)))


def test_its_age_is_counted_from_when_it_was_begun(service):
    before = backup.age(service)
    backup.do(service)

    assert before is None
    assert backup.age(at(service, NIGHT + timedelta(hours=7))) == timedelta(hours=7)


def test_status_tells_how_old_the_newest_is(service, capsys):
    before = status.do(service)
    backup.do(service)
    after = status.do(at(service, NIGHT + timedelta(hours=7)))

    for found in (before, after):
        cli_status.show(found, "Think Carer", "Europe/London")

    assert re.findall(r"^Newest backup: (.*)$", capsys.readouterr().out, flags=re.MULTILINE) == [
        "none yet; listener backup makes one",
        "Wed 2026-10-14 02:30, 7 hours old",
    ]
    assert json.loads(cli_status.written(after))["backup"] == NIGHT.isoformat()


def test_what_is_not_a_backup_of_this_exercise_is_not_counted(service):
    folder = service.config.backup.folder
    folder.mkdir()
    for name in ("other-2026-10-14T013000Z.zip", ".think-carer-2026-10-14T013000Z.zip.7.part", "think-carer-latest.zip"):
        (folder / name).touch()

    assert backup.newest(service) is None


# --- how many are kept --------------------------------------------------------------------------------------------------


def test_the_newest_are_kept_and_no_more_than_asked(tmp_path):
    for day in range(4):
        service = make_service(tmp_path, now=NIGHT + timedelta(days=day), extra="\n[backup]\nkeep = 2\n")
        backup.do(service)
        service.store.close()

    names = [one.path.name for one in backup.kept(tmp_path / "backups", "think-carer")]
    assert names == ["think-carer-2026-10-16T013000Z.zip", "think-carer-2026-10-17T013000Z.zip"]


def test_a_copy_before_a_migration_goes_when_all_backups_are_younger(tmp_path):
    old = tmp_path / "listener.db.before-0002"
    for day in range(3):
        service = make_service(tmp_path, now=NIGHT + timedelta(days=day), extra="\n[backup]\nkeep = 2\n")
        if not day:
            old.touch()
            import os

            os.utime(old, (0, 0))
        backup.do(service)
        service.store.close()
        there = old.exists()
        assert there is (day < 2)


def test_a_backup_into_a_folder_of_ones_own_removes_nothing_there(service, tmp_path):
    for _ in range(2):
        made = backup.do(service, tmp_path / "stick")
    (tmp_path / "stick" / "think-carer-2020-01-01T000000Z.zip").touch()

    made = backup.do(service, tmp_path / "stick")

    assert made.path.parent == tmp_path / "stick"
    assert len(backup.kept(tmp_path / "stick", "think-carer")) == 2
    assert backup.newest(service) is None


# --- what goes wrong ----------------------------------------------------------------------------------------------------


def test_what_a_kill_left_half_made_is_cleared_and_never_counted(service):
    folder = service.config.backup.folder
    (folder / ".making-abc").mkdir(parents=True)
    (folder / ".making-abc" / "database").write_text("half")
    (folder / ".think-carer-2026-10-14T013000Z.zip.7.part").write_text("half")

    made = backup.do(service)

    assert {path.name for path in folder.iterdir()} == {made.path.name, ".lock", "listener.removals.jsonl"}


def test_a_second_one_at_the_same_time_is_refused(service):
    service.config.backup.folder.mkdir()

    with backup._alone(service.config.backup.folder), pytest.raises(Refused, match="Another backup is being made in"):
        backup.do(service)


def test_a_full_disk_is_told_in_one_line_and_tried_again_after_a_while(service, monkeypatch):
    backup.do(service)
    later = NIGHT + timedelta(days=1)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(100, 99, 1))

    with pytest.raises(Refused, match=r"^no backup was made: \S+backups: needs 0\.\d MB and has 0\.0 MB: free some space$"):
        backup.do(at(service, later))

    told = backup.failure(service)
    assert told is not None
    assert "free some space" in told.sentence
    assert not backup.due_now(at(service, later + timedelta(minutes=14)))
    assert backup.due_now(at(service, later + timedelta(minutes=15)))


def test_a_failure_is_forgotten_once_one_went_well(service):
    backup._remember(service, "the disk was full")

    backup.do(service)

    assert backup.failure(service) is None


def test_a_folder_that_cannot_be_made_is_told_in_one_line(service, tmp_path):
    (tmp_path / "backups").write_text("a file in the way")

    with pytest.raises(Refused, match=r"^no backup was made: \S+backups: File exists$"):
        backup.do(service)

    assert backup.failure(service) is None


# --- what a damaged one says --------------------------------------------------------------------------------------------


def changed(path: Path, name: str, content: bytes) -> Path:
    """The same backup with another content of one of its files."""
    other = path.with_name("changed.zip")
    with ZipFile(path) as old, ZipFile(other, "w") as new:
        for one in old.namelist():
            new.writestr(one, content if one == name else old.read(one))
    return other


@pytest.mark.parametrize("share", [0.0, 0.3, 0.9, 0.999])
def test_one_that_was_cut_off_is_not_taken_for_whole(service, share):
    path = backup.do(service).path
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * share)])

    with pytest.raises(archive.Damaged, match=r"\.zip: this is not a whole backup of Listener$"):
        archive.read(path)


def test_one_with_another_database_in_it_is_refused(service):
    path = changed(backup.do(service).path, "database", b"something else")

    with pytest.raises(archive.Damaged, match="database is not what was backed up"):
        archive.read(path)


def test_one_of_a_newer_release_is_refused(service):
    path = changed(backup.do(service).path, archive.MANIFEST, b'{"format": 2}')

    with pytest.raises(archive.Damaged, match="a newer release of listener made this backup"):
        archive.read(path)


@pytest.mark.parametrize("name", ["../escaped", "/tmp/escaped", "a/../../b", "", "..\\escaped"])
def test_no_name_in_it_leads_out_of_the_folder(service, tmp_path, name):
    path = backup.do(service).path
    with ZipFile(path) as old:
        told = json.loads(old.read(archive.MANIFEST))
    told["sums"][name] = "00"

    with pytest.raises(archive.Damaged):
        archive.extract(changed(path, archive.MANIFEST, json.dumps(told).encode()), tmp_path / "out")

    assert not (tmp_path / "escaped").exists()


BACKING_UP = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from listener.jobs import backup
from tests.services import make_service
backup.do(make_service(Path(sys.argv[1]), now=datetime(2026, 10, 14, 1, 30, tzinfo=UTC)))
"""


def test_a_kill_at_any_moment_leaves_a_whole_backup_or_none(service):
    folder = service.config.file.parent
    add(service.store, *(make_post(n) for n in range(3000)))
    begins = faults.run(faults.program(BACKING_UP, folder))
    assert begins.returncode == 0, begins.stderr

    for number in range(6):
        for one in backup.kept(folder / "backups", "think-carer"):
            one.path.unlink()
        faults.kill_after(faults.program(BACKING_UP, folder), 0.5 + number * 0.12)
        for one in backup.kept(folder / "backups", "think-carer"):
            archive.read(one.path)
    made = backup.do(service)

    assert {path.name for path in made.path.parent.iterdir()} == {made.path.name, ".lock", "listener.removals.jsonl"}


def test_the_command_says_what_it_made_and_how_to_guard_it(service):
    command = [sys.executable, "-m", "listener", "-c", str(service.config.file), "backup"]
    service.store.close()

    said = subprocess.run(command, capture_output=True, text=True, check=True, cwd=faults.ROOT).stdout

    assert "backups/think-carer-" in said
    assert "2 posts" in said
    assert "guard it like this machine" in said
