"""Canaries: a secret in every place of the config, a person in every place of the service; then everything is searched."""

import json
import logging
import sqlite3
import zlib
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from zipfile import ZipFile, is_zipfile

import pytest

from collectors.post import Author
from listener import vault
from listener.jobs import backup, deliver, export, forget, restore, takedown, tick
from listener.jobs.forget import Asked
from listener.jobs.ledger import window_of
from storage.store import Store
from tests import published
from tests.commanded import caller
from tests.desk_clients import make_app, signed_in
from tests.networks import bluesky
from tests.services import FIRST, SKY, make_service, store_sky, wordings, write_answers

NOW = datetime(2026, 10, 14, 12, tzinfo=UTC)

# --- searching --------------------------------------------------------------------------------------------------------


def everything(folder: Path, *but: str) -> Iterator[tuple[str, bytes]]:
    """(name, content) of each file, members of zips, and whatever a table of a database holds, unpacked; all small letters."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.relative_to(folder).as_posix().startswith(but):
            yield from ((name, content.lower()) for name, content in _within(path))


def _within(path: Path) -> Iterator[tuple[str, bytes]]:
    content = path.read_bytes()
    yield path.name, content
    if is_zipfile(path):
        with ZipFile(path) as archive:
            yield from ((f"{path.name}:{name}", archive.read(name)) for name in archive.namelist())
    if content.startswith(b"SQLite format 3"):
        yield f"{path.name}:unpacked", b"\n".join(_unpacked(path))


def _unpacked(path: Path) -> Iterator[bytes]:
    with closing(sqlite3.connect(path)) as connection:
        for (payload,) in connection.execute("SELECT payload FROM raws"):
            yield zlib.decompress(payload)


def holding(canary: str, found: Iterable[tuple[str, bytes]]) -> list[str]:
    return [name for name, content in found if canary.encode() in content]


# --- a person in every place ------------------------------------------------------------------------------------------

CANARY = "quetzalina"
HANDLE, NAME, EMAIL = "quetzalina.example", "Ann Quetzalina", "ann@quetzalina.example"
SAID = "The quetzalina of ward nine sang while my mother waited for her tablets. #NHSThinkCarer"
SOURCES = f"""{SKY}
[sources.post]
kind = "file"
path = "box.mbox"
network = "mail"
mask = false
"""
INPUTS = ("sky/", "box.mbox", "answers.jsonl")
LEFT_TO_PEOPLE = (*INPUTS, "old/", "taken.csv")
WHO = (Asked(author=HANDLE), Asked(email=EMAIL), Asked(author=NAME, network="form"))


def write_inputs(folder: Path) -> None:
    """She writes everywhere; others pass it on, answer and name her."""
    did = "did:plc:quetzalina00000000000000"
    said = bluesky.make_post(90, FIRST + timedelta(hours=3), SAID)
    theirs = replace(said, id=f"3m{90:011d}/{did}", author=Author(handle=HANDLE, name=NAME, id=did))
    naming = bluesky.make_post(91, FIRST + timedelta(hours=4), f"As @{HANDLE} says, we wait. #NHSThinkCarer")
    others = [bluesky.make_post(n, FIRST + timedelta(minutes=n), text) for n, text in enumerate(wordings(30))]
    store_sky(folder, [*others, theirs, naming])
    (folder / "box.mbox").write_bytes(b"From somebody\n" + letter().as_bytes() + b"\n")
    write_answers(folder, range(20), texts=wordings(20))
    answer = {
        "id": "q1",
        "posted_at": (FIRST + timedelta(hours=2)).isoformat(),
        "author": NAME,
        "text": SAID,
        "network": "form",
    }
    with (folder / "answers.jsonl").open("a", encoding="utf-8") as file:
        file.write(json.dumps(answer) + "\n")


def letter() -> EmailMessage:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = f"{NAME} <{EMAIL}>", "carers@trust.example", f"From {CANARY}"
    mail["Date"], mail["Message-ID"] = "Mon, 12 Oct 2026 13:00:00 +0000", f"<1@{CANARY}.example>"
    mail.set_content(SAID)
    return mail


def live_a_week(service) -> None:
    """Read, decided about, published twice, asked to come down, exported, backed up."""
    tick.do(service)
    week = service.config.exercise.weeks[0]
    with service.store.read() as unit:
        (row, *_) = unit.forgetting.find(unit.forgetting.sought(author=HANDLE)).rows
    consent = (f"post:{row}", "consent", {"state": "yes", "how": f"{NAME} rang", "name": NAME})
    named = (f"post:{row}", "mode", {"mode": "named"})
    role = (f"post:{row}", "role", {"label": f"daughter, {CANARY.title()}"})
    ours = (f"post:{row}", "paraphrase", {"text": f"A {CANARY} sang."})
    published.quote(service, week, row, ours, role, consent, named, prose=f"As {NAME} put it, the ward was loud.")
    for version in (1, 2):
        published.publish(service, week, version)
    takedown.ask(service, week=1, ref="1-01", reason=f"I am {NAME}", contact=EMAIL)
    with service.store.write() as unit:
        unit.messages.put("fault:1", "operator", "A fault", f"The mail of {EMAIL} could not be read.", NOW)
    deliver.do(service)
    export.do(service, service.config.file.parent / "taken.csv", [(1, window_of(week))], with_authors=True)
    tick.do(service)


@pytest.fixture
def lived(tmp_path, caplog):
    folder = tmp_path / "carers"
    folder.mkdir()
    write_inputs(folder)
    made = make_service(folder, now=NOW, extra=SOURCES)
    made.store.close()
    key = vault.author_key_secret(folder / "listener.key")
    service = replace(made, store=Store(made.store.path, key, wait=0.5), vault=vault.beside(made.store.path))
    with caplog.at_level(logging.DEBUG):
        live_a_week(service)
    yield folder, service
    service.store.close()


def forget_her(service) -> None:
    for asked in WHO:
        assert not forget.do(service, asked).is_empty


def test_a_person_is_in_every_place_first(lived):
    folder, service = lived
    backup.do(service, folder / "old")

    names = {name.split(":")[-1].split("/")[-1] for name in holding(CANARY, everything(folder))}

    assert {"unpacked", "database", "taken.csv", "box.mbox", "index.html", "digest.json"} <= names


def test_a_person_who_was_forgotten_is_nowhere(lived, caplog):
    folder, service = lived
    forget_her(service)
    backup.do(service, folder / "new")
    tick.do(service)  # what was said still stands where it was said

    for asked in WHO:
        assert forget.do(service, asked).is_empty
    assert holding(CANARY, everything(folder, *LEFT_TO_PEOPLE, "backups/")) == []
    assert CANARY not in caplog.text.casefold()


def test_what_is_left_holds_the_others(lived):
    _, service = lived
    forget_her(service)

    with service.store.read() as unit:
        texts = [kept.post.text for kept in unit.posts.of(window_of(service.config.exercise.weeks[0]))]
    assert "As [name taken out] says, we wait. #NHSThinkCarer" in texts


def test_a_restored_backup_does_not_bring_her_back(lived, tmp_path):
    folder, service = lived
    old = backup.do(service, folder / "old").path
    forget_her(service)
    removed = folder / "listener.removals.jsonl"

    found = restore.do(restore.Asked(file=old, into=tmp_path / "new", removals=removed), lambda: NOW)

    assert found.replayed == 3
    assert holding(CANARY, everything(tmp_path / "new")) == []


def test_a_machine_that_is_lost_is_restored_without_her_from_the_backup_folder_alone(lived, tmp_path):
    _, service = lived
    old = backup.do(service).path
    forget_her(service)

    found = restore.do(restore.Asked(file=old, into=tmp_path / "new"), lambda: NOW)

    assert found.replayed == 3
    assert holding(CANARY, everything(tmp_path / "new")) == []


# --- a secret in every place ------------------------------------------------------------------------------------------

SECRETS = ("SKY", "MAIL", "TEAM", "OPERATOR", "SAFEGUARDING", "HEARTBEAT", "MASTODON")
TOKEN = "canary-secret-7f3a"
EVERY_SECRET = """
[sources.sky]
kind = "bluesky"
handle = "listener.example.org"
password = { env = "CANARY_SKY" }
service = "http://127.0.0.1:9"
timeout = 2.0

[sources.mail]
kind = "mailbox"
host = "127.0.0.1"
port = 9
user = "carers@trust.example"
password = { env = "CANARY_MAIL" }
timeout = 2.0

[sources.masto]
kind = "mastodon"
servers = ["127.0.0.1:9"]
token = { env = "CANARY_MASTODON" }
timeout = 2.0

[notify]
team = [{ env = "CANARY_TEAM" }]
operator = [{ env = "CANARY_OPERATOR" }]
safeguarding = [{ env = "CANARY_SAFEGUARDING" }]
heartbeat = { env = "CANARY_HEARTBEAT" }
"""
WORDS = (
    ("check",),
    ("check", "--online"),
    ("check", "--live"),
    ("--debug", "run", "--once"),
    ("status",),
    ("status", "--json"),
    ("doctor",),
    ("--debug", "collect", "--week", "1"),
    ("user", "list"),
    ("backup",),
    ("export", "out.jsonl"),
    ("init", "--documents"),
    ("--debug", "digest", "--week", "9"),
)


@pytest.fixture
def guarded(tmp_path, monkeypatch):
    """A folder whose config has a canary in every secret."""
    for name in SECRETS:
        url = f"json://user:{TOKEN}@127.0.0.1:9/{TOKEN}" if name not in ("SKY", "MAIL", "MASTODON") else TOKEN
        monkeypatch.setenv(f"CANARY_{name}", f"http://127.0.0.1:9/{TOKEN}" if name == "HEARTBEAT" else url)
    monkeypatch.chdir(tmp_path)
    write_answers(tmp_path, range(12))
    make_service(tmp_path, now=NOW, extra=EVERY_SECRET).store.close()
    return tmp_path


def test_no_secret_is_told_anywhere(guarded, monkeypatch, capsys, caplog):
    call = caller(monkeypatch, capsys)
    (guarded / "words").write_text(TOKEN)
    (guarded / "words").chmod(0o600)
    assert call("user", "add", "anna", "--role", "operator", "--password-file", "words")[0] == 0
    (guarded / "words").unlink()

    with caplog.at_level(logging.DEBUG):
        told = [" ".join(map(str, call(*words))) for words in WORDS]

    assert [words for words, said in zip(WORDS, told, strict=True) if TOKEN in said] == []
    assert TOKEN not in caplog.text
    assert holding(TOKEN, everything(guarded)) == []


def test_what_is_kept_in_the_vault_is_in_no_page_no_log_and_no_database(guarded, caplog):
    made = make_service(guarded, now=NOW, extra=EVERY_SECRET)
    service = replace(made, vault=vault.beside(made.store.path))
    service.vault.put("sky", TOKEN)
    with caplog.at_level(logging.DEBUG):
        app = make_app(service)
        client = signed_in(service, "operator", app=app)
        key = str(app.config["SECRET_KEY"])
        pages = b"".join(client.get(rule.rule).data for rule in app.url_map.iter_rules() if "<" not in rule.rule)
    backup.do(service)
    service.store.close()

    for secret in (TOKEN, key, vault.author_key_secret(guarded / "listener.key").hex()):
        assert secret.encode() not in pages
        assert secret not in caplog.text
        kept = [name for name in holding(secret, everything(guarded)) if not name.endswith((".secret", ".key"))]
        assert kept == []
