"""What must stay removed after a restore: a file beside the database that outlives it, and a copy of it in the backup folder.

Each line of `NAME.removals.jsonl`, called after the database, is one removal, oldest first:

    {"at": "2027-01-18T13:00:00+00:00", "act": "forget", "seek": ["<64 hex>", ...], "refuse": []}

`act` is "forget" (a person out of everything) or "withdraw" (the quotes of posts out of every published digest). `seek` are
keyed hashes (`storage.marks`) of who and what is meant; with `week` and `version` a whole digest came down, in every version up
to that one; `refuse` goes on the do-not-collect list. Nobody is named: without the
key of author keys a line says nothing. A restore gives the lines of both files to `forget.replay` before anything is rendered:
doing one twice changes nothing, and their order does not matter.
"""

import json
import os
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from listener import files
from listener.jobs.service import Refused, Service

if TYPE_CHECKING:
    from listener.config import Config

Act = Literal["forget", "withdraw"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One removal. `at` is UTC; marks are 32 bytes each. `week` is of a digest that came down up to `version`, else 0."""

    at: datetime
    act: Act
    seek: frozenset[bytes]
    refuse: frozenset[bytes] = frozenset()
    week: int = 0
    version: int = 0


def beside(database: Path) -> Path:
    return database.with_suffix(".removals.jsonl")


def places(config: "Config") -> tuple[Path, ...]:
    """The file itself, and its copy where backups lie."""
    file = beside(config.storage)
    return tuple(dict.fromkeys((file, config.backup.folder / file.name)))


def append(service: Service, entry: Entry) -> None:
    """On the disk when this returns: write it down before it is done, since doing it again does no harm."""
    first, *copies = places(service.config)
    _append(first, written(entry))
    for copy in copies:
        if copy.parent.is_dir():
            _append(copy, written(entry))


def withdrawn(service: Service, rows: Iterable[int], week: int = 0, version: int = 0) -> None:
    """Notes that the quotes of these posts were withdrawn, or a week's whole digest up to a version, so that no restored backup
    shows them again."""
    with service.store.read() as unit:
        seek = unit.forgetting.marks_of(list(rows))
    if seek or week:
        append(service, Entry(at=service.now(), act="withdraw", seek=seek, week=week, version=version))


def read(path: Path) -> tuple[Entry, ...]:
    """Every removal of a file, none if it is not there. Raises Refused for a damaged line."""
    return heard(path.read_text(encoding="utf-8").splitlines() if path.exists() else ())


def heard(lines: Iterable[str]) -> tuple[Entry, ...]:
    """The removals of these lines. What a kill cut short had not been done yet. Raises Refused for a damaged line."""
    return tuple(_entry(line) for line in lines if line.endswith("}"))


def written(entry: Entry) -> str:
    marks = {name: sorted(mark.hex() for mark in getattr(entry, name)) for name in ("seek", "refuse")}
    digest = {"week": entry.week, "version": entry.version} if entry.week else {}
    return json.dumps({"at": entry.at.isoformat(), "act": entry.act, **marks, **digest})


def _append(path: Path, line: str) -> None:
    """After a line that a kill cut short a new one begins."""
    with os.fdopen(os.open(path, os.O_CREAT | os.O_RDWR | os.O_APPEND, 0o600), "r+b") as file:
        size = file.seek(0, os.SEEK_END)
        cut = size and os.pread(file.fileno(), 1, size - 1) != b"\n"
        file.write((b"\n" if cut else b"") + line.encode() + b"\n")
        file.flush()
        os.fsync(file.fileno())
    files.flush(path.parent)


def _entry(line: str) -> Entry:
    try:
        told: dict[str, Any] = json.loads(line)
        marks = {name: frozenset(map(bytes.fromhex, told[name])) for name in ("seek", "refuse")}
        week, version = int(told.get("week", 0)), int(told.get("version", 0))
        return Entry(at=datetime.fromisoformat(told["at"]), act=told["act"], week=week, version=version, **marks)
    except (ValueError, KeyError, TypeError) as problem:
        raise Refused(f"A list of removals has a damaged line ({line[:40]}…): take it from a newer backup.") from problem
