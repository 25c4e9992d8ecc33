"""What can be said to Listener is written down: every verb, every option, every key of the config."""

import re
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import typer

import collectors
from listener import vault
from listener.cli import main
from listener.config import sources, tables
from listener.jobs import backup, collect, digest, forget
from storage.store import Store
from tests.services import make_service, write_answers
from tests.stores import said_in

ROOT = Path(__file__).parent.parent
BOOK = "\n".join(path.read_text("utf-8") for path in [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))])
EXAMPLE = (ROOT / "config.example.toml").read_text("utf-8")
LISTENER: Any = typer.main.get_command(main.app)
COMMANDS = LISTENER.commands
OPTIONS = sorted({" ".join(one.opts) for found in (LISTENER, *COMMANDS.values()) for one in found.params if "-" in one.opts[0]})
TABLES: dict[str, type[tables.Table]] = {
    "exercise": tables.ExerciseTable,
    "exercise.weeks": tables.WeekTable,
    "storage": tables.StorageTable,
    "output": tables.OutputTable,
    "schedule": tables.ScheduleTable,
    "serve": tables.ServeTable,
    "notify": tables.NotifyTable,
    "publish": tables.PublishTable,
    "privacy": tables.PrivacyTable,
    "safeguarding": tables.SafeguardingTable,
    "backup": tables.BackupTable,
    "receipts": tables.ReceiptsTable,
}


def keys_in(table):
    """The keys that the example shows in a table, commented out or not."""
    _, rest = re.split(rf"^\[+{re.escape(table)}\]+", EXAMPLE, maxsplit=1, flags=re.MULTILINE)
    body = re.split(r"^\[", rest, maxsplit=1, flags=re.MULTILINE)[0]
    return set(re.findall(r"^(?:# )?(\w+) = ", body, flags=re.MULTILINE))


@pytest.mark.parametrize("verb", COMMANDS)
def test_every_verb_is_in_the_book(verb):
    assert re.search(rf"`?listener (-\S+ \S+ )*{verb}\b", BOOK)


@pytest.mark.parametrize("verb", COMMANDS["user"].commands)
def test_every_verb_about_accounts_is_in_the_book(verb):
    assert re.search(rf"`listener user [^\n]*\b{verb}\b", BOOK)


@pytest.mark.parametrize("option", OPTIONS)
def test_every_option_is_in_the_book_by_one_of_its_names(option):
    assert any(re.search(rf"(?<![\w-]){name}(?![\w-])", BOOK) for name in option.split())


@pytest.mark.parametrize("table", TABLES)
def test_every_key_of_the_config_is_in_the_example(table):
    assert keys_in(table) >= set(TABLES[table].model_fields) - {"weeks"}


@pytest.mark.parametrize("kind", collectors.KINDS)
def test_every_option_of_every_kind_is_in_the_example_or_the_book(kind):
    table = re.search(rf'^\[(sources\.\S+)\]\nkind = "{kind}"', EXAMPLE, flags=re.MULTILINE)
    assert table
    expected = {one.name for one in sources.options_of(kind)} | {"kind"}
    missing = expected - keys_in(table[1])
    assert not [name for name in missing if f"`{name}`" not in BOOK]


@pytest.mark.parametrize("key", ["off", "every", "keep"])
def test_what_every_source_may_say_is_in_the_example(key):
    assert re.search(rf"\b{key} = ", EXAMPLE)


@pytest.mark.parametrize("path", sorted(set(re.findall(r"\]\(((?!http)[^)#]+)", BOOK))))
def test_every_link_between_our_documents_leads_somewhere(path):
    assert (ROOT / path).exists() or (ROOT / "docs" / path).exists()


def test_the_keys_of_the_desk_are_those_that_the_desk_shows():
    shown = (ROOT / "listener/web/templates/week_frame.html").read_text("utf-8")
    table = (ROOT / "docs/comms-team.md").read_text("utf-8").partition("## The keyboard")[2].partition("\n## ")[0]

    ours = dict(re.findall(r"^\| (`.*`) \| (.*) \|$", table, flags=re.MULTILINE))
    theirs = [
        (re.findall(r"<kbd>(.+?)</kbd>", keys), does) for keys, does in re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", shown)
    ]

    del ours["`Esc`"]
    assert {" ".join(f"`{key}`" for key in keys): does[:1].lower() + does[1:] for keys, does in theirs} == ours


# --- the restore, to the letter -----------------------------------------------------------------------------------------

RESTORING = (
    (ROOT / "docs/operators.md").read_text("utf-8").partition("### On an empty machine, step by step")[2].partition("\n## ")[0]
)
BLOCKS = re.findall(r"```sh\n(.*?)```", RESTORING, flags=re.DOTALL)
BACKUP = "think-carer-2027-01-18T023000Z.zip"


@pytest.fixture
def safe(tmp_path):
    """What was carried to safety of a machine that is no more: a backup, and the list of who was removed after it."""
    old, folder = tmp_path / "old", tmp_path / "safe"
    old.mkdir()
    folder.mkdir()
    now = datetime.now(UTC)
    box = make_service(old, now=now - timedelta(days=1))
    write_answers(old, range(3))
    box.store.close()
    box = type(box)(
        config=box.config,
        store=Store(box.store.path, vault.author_key_secret(old / "listener.key")),
        vault=box.vault,
        now=box.now,
    )
    for task in collect.due_now(box):
        collect.do(box, task)
    digest.do(box, box.config.exercise.week(1))
    backup.do(box).path.rename(folder / BACKUP)
    forget.do(box, forget.Asked(author="person1"))
    box.store.close()
    (old / "listener.removals.jsonl").rename(folder / "listener.removals.jsonl")
    return folder


def follow(block, tmp_path):
    """Carries out what the book says, in folders of this test."""
    told = block.replace("/srv/listening", str(tmp_path / "srv")).replace("/media/safe", str(tmp_path / "safe"))
    told = told.replace("/opt/listener/.venv/bin/listener", f"{sys.executable} -m listener")
    return subprocess.run(["sh", "-e", "-c", told], capture_output=True, text=True, check=False)


def test_a_backup_is_restored_on_an_empty_machine_by_the_book_alone(safe, tmp_path):
    first, then = BLOCKS

    restored = follow(first, tmp_path)
    before = said_in(tmp_path / "srv" / "listener.db")
    (tmp_path / "srv" / "answers.jsonl").write_bytes((tmp_path / "old" / "answers.jsonl").read_bytes())  # as the book says
    gone_on = follow(then, tmp_path)

    assert (restored.returncode, gone_on.returncode) == (0, 0), restored.stderr + gone_on.stdout + gone_on.stderr
    assert "1 removal carried out again" in restored.stdout
    assert "fail " not in gone_on.stdout
    assert (tmp_path / "srv" / "digests" / "index.html").exists()
    for said in (before, said_in(tmp_path / "srv" / "listener.db")):
        assert b"This is answer 2." in said
        assert b"person1" not in said
        assert b"This is answer 1." not in said
