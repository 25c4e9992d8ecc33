"""Restoring: on an empty machine, over a damaged database, and never so that somebody is told twice or shown again."""

import stat
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from listener import config, vault
from listener.cli.restore import told
from listener.config import ConfigError
from listener.jobs import archive, backup, forget, restore
from listener.jobs.restore import Asked
from listener.jobs.service import Refused
from storage import copies, schema
from storage.curated import Delivery, Session
from storage.store import Store
from tests import faults
from tests.factories import make_post
from tests.old_databases import make_old, rows_of
from tests.services import make_service
from tests.stores import add, said_in

MADE = datetime(2026, 10, 14, 1, 30, tzinfo=UTC)
LATER = MADE + timedelta(hours=9)
MAIL = """
[sources.mail]
kind = "mailbox"
host = "imap.example"
user = "carers@trust.example"
password = { env = "NO_SUCH_PASSWORD" }
"""


@pytest.fixture
def box(tmp_path):
    """A machine with two posts, and a key of its own."""
    folder = tmp_path / "box"
    folder.mkdir()
    made = make_service(folder, now=MADE)
    made.store.close()
    made = replace(made, store=Store(made.store.path, vault.author_key_secret(folder / "listener.key"), wait=0.5))
    vault.beside(made.config.storage).put("session", "of a network")
    add(made.store, make_post(1), make_post(2))
    yield made
    made.store.close()


def restored(box, into, **asked):
    file = asked.pop("file", None) or backup.do(box).path
    return restore.do(Asked(file=file, into=into, **asked), lambda: LATER)


def store_of(found):
    return Store(found.database, vault.author_key_secret(found.database.with_suffix(".key")))


# --- an empty machine ---------------------------------------------------------------------------------------------------


def test_an_empty_machine_has_all_of_it_afterwards(box, tmp_path):
    new = tmp_path / "new"

    found = restored(box, new)

    assert {path.name for path in new.iterdir()} == {"listener.db", "listener.key", "listener.toml", "listener.vault"}
    assert (found.database, found.config) == (new / "listener.db", new / "listener.toml")
    assert rows_of(found.database) == 2
    assert (new / "listener.key").read_bytes() == (tmp_path / "box" / "listener.key").read_bytes()
    assert vault.beside(found.database).get("session") == "of a network"


def test_only_its_owner_can_read_what_was_restored(box, tmp_path):
    restored(box, tmp_path / "new")

    modes = {path.relative_to(tmp_path): stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "new").rglob("*")}
    assert {mode & 0o077 for mode in modes.values()} == {0}


def test_passwords_need_not_be_there_yet(tmp_path):
    (tmp_path / "box").mkdir()
    box = make_service(tmp_path / "box", now=MADE)
    file = backup.do(box).path
    box.store.close()
    with_mail = tmp_path / "box" / "listener.toml"
    with_mail.write_text(with_mail.read_text() + MAIL)

    found = restore.do(Asked(file=file, into=tmp_path / "box", force=True), lambda: LATER)

    assert found.aside is not None
    with pytest.raises(ConfigError, match="NO_SUCH_PASSWORD"):
        config.load(found.config)
    assert list(config.missing_secrets(found.config)) == ["sources.mail.password"]


def test_a_database_of_an_earlier_release_is_brought_to_this_one(box, tmp_path):
    file = backup.do(box).path
    old = tmp_path / "old"
    old.mkdir()
    box.store.close()
    box.config.storage.unlink()
    make_old(box.config.storage, posts=4)
    box.config.storage.replace(old / "database")

    manifest = replace(archive.read(file), tables="0001")
    files = [
        ("database", old / "database"),
        ("author.key", tmp_path / "box" / "listener.key"),
        ("config/listener.toml", box.config.file),
    ]
    archive.write(old / "old.zip", manifest, files)

    found = restored(box, tmp_path / "new", file=old / "old.zip")

    assert (copies.version(found.database), rows_of(found.database)) == (schema.HEAD, 4)


# --- over what is there -------------------------------------------------------------------------------------------------


def test_a_database_that_is_there_is_not_touched(box, tmp_path):
    file = backup.do(box).path
    add(box.store, make_post(3))
    box.store.close()
    before = box.config.storage.read_bytes()

    with pytest.raises(Refused, match=r"listener.db is there already: --force puts it aside"):
        restored(box, tmp_path / "box", file=file)

    assert box.config.storage.read_bytes() == before
    assert not list((tmp_path / "box").glob(".restoring-*"))


def test_with_force_it_lies_aside_with_all_that_was_in_it(box, tmp_path):
    file = backup.do(box).path
    add(box.store, make_post(3))
    box.store.close()

    found = restored(box, tmp_path / "box", file=file, force=True)

    assert found.aside == tmp_path / "box" / "listener.db.replaced-2026-10-14T103000Z"
    assert (rows_of(found.aside), rows_of(found.database)) == (3, 2)


def test_a_database_that_somebody_uses_is_not_replaced_even_with_force(box, tmp_path):
    with box.store.read() as unit:
        unit.posts.count()

        with pytest.raises(Refused, match=r"in use: stop `listener run` and `listener serve` first"):
            restored(box, tmp_path / "box", force=True)


def test_a_damaged_database_is_put_aside(box, tmp_path):
    file = backup.do(box).path
    box.store.close()
    box.config.storage.write_bytes(b"rubbish" * 1000)

    found = restored(box, tmp_path / "box", file=file, force=True)

    assert rows_of(found.database) == 2
    assert found.aside is not None
    assert found.aside.read_bytes()[:7] == b"rubbish"


def test_a_config_that_is_there_stays_and_says_where_the_database_goes(box, tmp_path):
    new = tmp_path / "new"
    new.mkdir()
    told = box.config.file.read_text().replace('"listener.db"', '"kept/here.db"')
    (new / "listener.toml").write_text(told)

    found = restored(box, new)

    assert (new / "listener.toml").read_text() == told
    assert found.database == new / "kept" / "here.db"
    assert (new / "kept" / "here.key").exists()


def test_another_key_is_put_aside_only_with_force(box, tmp_path):
    new = tmp_path / "new"
    new.mkdir()
    (new / "listener.key").write_text("00" * 32)
    (new / "listener.key").chmod(0o600)
    file = backup.do(box).path

    with pytest.raises(Refused, match=r"listener.key is another key than the backup's"):
        restored(box, new, file=file)
    restored(box, new, file=file, force=True)

    assert (new / "listener.key.replaced").read_text() == "00" * 32
    assert (new / "listener.key").read_bytes() == (tmp_path / "box" / "listener.key").read_bytes()


@pytest.mark.parametrize("content", [b"", b"PK", b"a letter" * 99])
def test_a_file_that_is_no_backup_is_refused(box, tmp_path, content):
    (tmp_path / "x.zip").write_bytes(content)

    with pytest.raises(Refused, match=r"x.zip: this is not a whole backup of Listener: nothing was touched"):
        restored(box, tmp_path / "new", file=tmp_path / "x.zip")

    assert list((tmp_path / "new").iterdir()) == []


def test_a_backup_of_a_damaged_database_is_refused(box, tmp_path):
    (tmp_path / "database").write_bytes(b"rubbish" * 1000)
    files = [("database", tmp_path / "database"), ("config/listener.toml", box.config.file)]
    archive.write(tmp_path / "x.zip", archive.read(backup.do(box).path), files)

    with pytest.raises(Refused, match=r"the database in it is not sound \(file is not a database\)"):
        restored(box, tmp_path / "new", file=tmp_path / "x.zip")


# --- what must not happen twice -----------------------------------------------------------------------------------------


def test_a_message_that_may_have_gone_out_is_not_sent_again(box, tmp_path):
    with box.store.write() as unit:
        for key, due in (
            ("sent", MADE),
            ("cut", MADE),
            ("due", LATER - timedelta(minutes=1)),
            ("to come", LATER + timedelta(days=1)),
        ):
            unit.messages.put(key, "team", "subject", "body", due)
        unit.messages.mark(1, state="sent", sent_at=MADE)
        unit.messages.mark(2, state="sending")

    found = restored(box, tmp_path / "new")

    store = store_of(found)
    with store.read() as unit:
        states = {one.key: one.state for one in unit.messages.all()}
    store.close()
    assert states == {"sent": "sent", "cut": "unsure", "due": "unsure", "to come": "pending"}
    assert found.unsure == 2


def test_what_was_due_before_the_restore_is_not_told_though_its_key_is_new(box, tmp_path):
    store = store_of(restored(box, tmp_path / "new"))

    with store.write() as unit:
        unit.messages.put("notice:week-1", "team", "subject", "body", LATER - timedelta(hours=3))
        unit.messages.put("fault:mail", "operator", "subject", "body", LATER + timedelta(minutes=1))
        due = [one.key for one in unit.messages.due(LATER + timedelta(days=1))]
    store.close()

    assert due == ["fault:mail"]


def test_everybody_must_sign_in_again(box, tmp_path):
    with box.store.write() as unit:
        who = unit.accounts.add("ann", "curator", "hash", MADE)
        session = Session(account=who.id, begun_at=MADE, seen_at=MADE, until=LATER + timedelta(days=1))
        unit.accounts.begin_session(b"token", session)

    store = store_of(restored(box, tmp_path / "new"))

    with store.read() as unit:
        assert unit.accounts.session(b"token", LATER) is None
        assert [one.name for one in unit.accounts.all()] == ["ann"]
        assert [(one.act, one.target) for one in unit.accounts.noted()] == [("restored", "backup of 2026-10-14T013000Z")]
    store.close()


def test_what_was_delivered_is_looked_at_again(box, tmp_path):
    with box.store.write() as unit:
        unit.editions.keep_delivery(Delivery(way="folder", wanted="h1", wanted_at=MADE, confirmed="h1", confirmed_at=MADE))

    store = store_of(restored(box, tmp_path / "new"))

    with store.read() as unit:
        delivery = unit.editions.deliveries()["folder"]
    store.close()
    assert (delivery.is_done, delivery.confirmed_at, delivery.retry_at) == (False, None, None)


# --- who was removed since ----------------------------------------------------------------------------------------------


def forgotten(box, handle):
    forget.do(replace(box, now=lambda: LATER - timedelta(hours=1)), forget.Asked(author=handle))


def said_in_all(folder):
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file()) + said_in(folder / "listener.db")


def test_who_was_forgotten_after_the_backup_is_nowhere_in_what_is_restored(box, tmp_path):
    file = backup.do(box).path
    forgotten(box, "carer1.example")

    found = restored(box, tmp_path / "new", file=file, removals=tmp_path / "box" / "listener.removals.jsonl")

    assert (found.replayed, found.is_listed) == (1, True)
    assert b"carer1.example" not in said_in_all(tmp_path / "new")
    assert b"carer2.example" in said_in_all(tmp_path / "new")
    assert (tmp_path / "new" / "listener.removals.jsonl").read_bytes() == (
        tmp_path / "box" / "listener.removals.jsonl"
    ).read_bytes()


def test_a_list_beside_the_backup_is_found(box, tmp_path):
    file = backup.do(box).path
    forgotten(box, "carer1.example")

    found = restored(box, tmp_path / "new", file=file)

    assert (found.replayed, found.is_listed) == (1, True)


def test_without_a_list_it_says_from_when_on_removals_are_missing(box, tmp_path):
    alone = backup.do(box).path.rename(tmp_path / "alone.zip")
    forgotten(box, "carer1.example")

    found = restored(box, tmp_path / "new", file=alone)

    assert (found.replayed, found.is_listed) == (0, False)
    assert "WARNING: no list of removals was found. Whoever was removed after Wednesday 14 October 2026, 02:30" in told(
        found, "Europe/London"
    )


def test_what_was_forgotten_before_the_backup_stays_forgotten_and_uncollected(box, tmp_path):
    forgotten(box, "carer1.example")
    alone = backup.do(box).path.rename(tmp_path / "alone.zip")

    found = restored(box, tmp_path / "new", file=alone)

    store = store_of(found)
    add(store, make_post(1))
    store.close()
    assert b"carer1.example" not in said_in_all(tmp_path / "new")


def test_a_damaged_list_puts_no_database_in_place(box, tmp_path):
    (tmp_path / "list.jsonl").write_text('{"at": "yesterday"}\n')

    with pytest.raises(Refused, match="damaged line"):
        restored(box, tmp_path / "new", removals=tmp_path / "list.jsonl")

    assert not (tmp_path / "new" / "listener.db").exists()


def test_a_list_that_is_not_there_is_told(box, tmp_path):
    with pytest.raises(Refused, match=r"list.jsonl: there is no such list of removals"):
        restored(box, tmp_path / "new", removals=tmp_path / "list.jsonl")


# --- the command --------------------------------------------------------------------------------------------------------


def run(*words):
    command = [sys.executable, "-m", "listener", *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=faults.ROOT)


def test_the_command_says_what_was_done_and_what_is_left_to_do(box, tmp_path):
    box.config.file.write_text(box.config.file.read_text() + MAIL)
    with box.store.write() as unit:
        unit.messages.put("notice:week-1", "team", "subject", "body", MADE)
    file = backup.do(box).path
    box.store.close()

    said = run("-c", tmp_path / "box" / "listener.toml", "restore", file, "--force")

    assert said.returncode == 0, said.stderr
    assert "listener.db is as it was on Wednesday 14 October 2026, 02:30: 2 posts, 1 message." in said.stdout
    assert "The earlier database lies in " in said.stdout
    assert "1 message may have gone out already" in said.stdout
    assert "To do: sources.mail.password: the environment has no NO_SUCH_PASSWORD" in said.stdout


def test_the_command_refuses_in_one_line(box, tmp_path):
    said = run("restore", backup.do(box).path, "--into", tmp_path / "box")

    assert (said.returncode, said.stderr.count("\n")) == (1, 1)
    assert "is there already: --force puts it aside" in said.stderr


def test_a_restore_that_was_killed_leaves_no_database_or_all_of_it_and_can_be_done_again(box, tmp_path):
    add(box.store, *(make_post(n) for n in range(3, 2000)))
    file = backup.do(box).path
    command = [sys.executable, "-m", "listener", "restore", str(file), "--into"]

    for number in range(6):
        new = tmp_path / f"new{number}"
        faults.kill_after([*command, str(new)], 0.3 + number * 0.15)
        if not (new / "listener.db").exists():
            restored(box, new, file=file)

        assert rows_of(new / "listener.db") == 1999
        assert not copies.fault(new / "listener.db")
