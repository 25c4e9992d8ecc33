"""A commented config to begin with; what each kind of source can be told comes from its collector."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import MISSING
from dataclasses import Field as DataclassField
from datetime import date, timedelta
from importlib.resources import files
from string import Template
from typing import Any

import collectors
from collectors.base import Secret
from listener.config import sources

NAMES = {"mailbox": "mail", "file": "answers"}
OFF = {
    "bluesky": "no account yet",
    "care_opinion": "no subscription yet",
    "discourse": "no forum's owner has agreed yet",
    "feed": "no feed chosen yet",
    "mailbox": "no mailbox yet",
    "mastodon": "servers not chosen, and their rules not read yet",
    "replay": "for trying out only: reads stored pages of another kind",
    "x": "X asks government-related bodies for an Enterprise contract; none is signed",
}
GIVEN = {("file", "path"): "answers.csv"}


def filled(*, slug: str, title: str, organisation: str, hashtags: Sequence[str], starts: date) -> str:
    """The text of a config that loads as it is: one file is read, every other kind of source is explained and off."""
    told = {"slug": slug, "title": title, "organisation": organisation, "hashtags": list(hashtags), "starts": starts}
    head = files("listener.config").joinpath("template.toml").read_text(encoding="utf-8")
    written = {name: toml(value) for name, value in told.items()} | {"ends": toml(starts + timedelta(days=6))}
    blocks = ["\n".join(_source(kind)) for kind in sorted(collectors.KINDS, key=lambda kind: kind in OFF)]
    lines = "\n".join([Template(head).substitute(written), *blocks]).split("\n")
    return "\n".join(_aligned(line) for line in lines)


def toml(value: Any) -> str:
    """A value as TOML spells it."""
    match value:
        case date():
            return value.isoformat()
        case list() | tuple():
            return f"[{', '.join(toml(one) for one in value)}]"
        case Mapping():
            return f"{{ {', '.join(f'{key} = {toml(one)}' for key, one in value.items())} }}"
    return json.dumps(value, ensure_ascii=False)


def _aligned(line: str) -> str:
    """A tab parts a line from its comment; no value can hold one."""
    key, tab, comment = line.partition("\t")
    return f"{key:<46}  {comment}" if tab else line


def _source(kind: str) -> Iterator[str]:
    yield f"[sources.{NAMES.get(kind, kind)}]"
    yield f'kind = "{kind}"'
    if kind in OFF:
        yield f"off = {toml(OFF[kind])}"
    hints = sources.hints_of(kind)
    for one in sources.options_of(kind):
        given = GIVEN.get((kind, one.name))
        line = f"{one.name} = {toml(given) if given else _example(kind, one, hints[one.name])}"
        yield f"{line if given else f'# {line}'}\t# {_help(one)}"
    yield ""


def _help(one: DataclassField[Any]) -> str:
    told: str = one.metadata["help"]
    return f"{told}; the exercise's if not given" if one.name in sources.Shared.__dataclass_fields__ else told


def _example(kind: str, one: DataclassField[Any], hint: Any) -> str:
    if hint is Secret:
        return toml({"env": f"{NAMES.get(kind, kind)}_{one.name}".upper()})
    default = one.default_factory() if one.default_factory is not MISSING else one.default
    return '"…"' if default in (MISSING, None) else toml(default)
