"""What can be said to Listener is written down: every verb, every option, every key of the config."""

import re
from pathlib import Path
from typing import Any

import pytest
import typer

import collectors
from listener.cli import main
from listener.config import sources, tables

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
}


def keys_in(table):
    """The keys that the example shows in a table, commented out or not."""
    _, rest = re.split(rf"^\[+{re.escape(table)}\]+", EXAMPLE, maxsplit=1, flags=re.MULTILINE)
    body = re.split(r"^\[", rest, maxsplit=1, flags=re.MULTILINE)[0]
    return set(re.findall(r"^(?:# )?(\w+) = ", body, flags=re.MULTILINE))


@pytest.mark.parametrize("verb", COMMANDS)
def test_every_verb_is_in_the_book(verb):
    assert re.search(rf"`?listener (-\S+ \S+ )*{verb}\b", BOOK)


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


@pytest.mark.parametrize("key", ["off", "every"])
def test_what_every_source_may_say_is_in_the_example(key):
    assert re.search(rf"\b{key} = ", EXAMPLE)


@pytest.mark.parametrize("path", re.findall(r"\]\(((?!http)[^)#]+)", BOOK))
def test_every_link_between_our_documents_leads_somewhere(path):
    assert (ROOT / path).exists() or (ROOT / "docs" / path).exists()
