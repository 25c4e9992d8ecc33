"""A backup as a file: a zip of everything that cannot be had again, and a manifest that says what it should hold."""

import json
import os
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from hashlib import sha256
from pathlib import Path, PurePosixPath
from typing import IO, Any
from zipfile import ZIP_DEFLATED, BadZipFile, ZipFile, ZipInfo

from listener import files

FORMAT = 1
MANIFEST = "manifest.json"
DATABASE, KEY, REMOVALS, CONFIG, VAULT, DOCUMENTS = (
    "database",
    "author.key",
    "removals.jsonl",
    "config/",
    "vault/",
    "documents/",
)
_CHUNK = 1 << 20
_QUICK = 3  # of zlib's nine levels: twice as fast as the usual one, a tenth larger


class Damaged(Exception):
    """A backup is not whole, or is none; the sentence says what is wrong with it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What a backup holds. `made_at` is UTC; `tables` names the version of the tables, `counts` rows by table; `sums` is the
    SHA-256 (hexadecimal) of each file by its name in the zip."""

    exercise: str
    listener: str
    tables: str
    made_at: datetime
    counts: Mapping[str, int] = field(default_factory=dict)
    sums: Mapping[str, str] = field(default_factory=dict)

    @property
    def names(self) -> list[str]:
        return sorted(self.sums)


def write(path: Path, manifest: Manifest, found: Iterable[tuple[str, Path]]) -> Manifest:
    """Makes a backup (0600) of (name, file) pairs that is there whole, read back and flushed to disk, or not at all.

    The manifest comes back with the sums of what was written. Raises Damaged or OSError.
    """
    with files.whole(path) as part:
        with os.fdopen(os.open(part, os.O_CREAT | os.O_RDWR | os.O_TRUNC, 0o600), "w+b") as out:
            told = _filled(out, manifest, found)
            out.flush()
            os.fsync(out.fileno())
        read(part)
    files.flush(path.parent)
    return told


def _filled(out: IO[bytes], manifest: Manifest, found: Iterable[tuple[str, Path]]) -> Manifest:
    with ZipFile(out, "w", compression=ZIP_DEFLATED, compresslevel=_QUICK) as archive:
        sums = {name: _add(archive, name, file, manifest.made_at) for name, file in found}
        told = Manifest(**{one: getattr(manifest, one) for one in _KNOWN} | {"sums": sums})
        archive.writestr(_info(MANIFEST, manifest.made_at), _written(told))
    return told


_KNOWN = ("exercise", "listener", "tables", "made_at", "counts")


def _add(archive: ZipFile, name: str, file: Path, at: datetime) -> str:
    summed = sha256()
    with file.open("rb") as source, archive.open(_info(name, at), "w", force_zip64=True) as target:
        while piece := source.read(_CHUNK):
            summed.update(piece)
            target.write(piece)
    return summed.hexdigest()


def _info(name: str, at: datetime) -> ZipInfo:
    info = ZipInfo(name, at.timetuple()[:6])
    info.external_attr, info.compress_type = 0o600 << 16, ZIP_DEFLATED
    return info


def _written(manifest: Manifest) -> str:
    told = {"format": FORMAT, **asdict(manifest), "made_at": manifest.made_at.isoformat()}
    return json.dumps(told, indent=2, ensure_ascii=False)


# --- and back ---------------------------------------------------------------------------------------------------------


def read(path: Path) -> Manifest:
    """The manifest of a backup whose every file is what it should be. Raises Damaged or OSError."""
    return _checked(path, None)


def extract(path: Path, folder: Path) -> Manifest:
    """The same, with the files of the backup written below a folder that only its owner can open. Raises Damaged or OSError."""
    return _checked(path, folder)


def _checked(path: Path, folder: Path | None) -> Manifest:
    try:
        with ZipFile(path) as archive:
            manifest = _heard(archive.read(MANIFEST))
            for name, wanted in manifest.sums.items():
                if _summed(archive, name, folder) != wanted:
                    raise Damaged(f"{path}: {name} is not what was backed up")
            return manifest
    except (BadZipFile, zlib.error, EOFError, KeyError, NotImplementedError, TypeError, ValueError) as problem:
        raise Damaged(f"{path}: this is not a whole backup of Listener") from problem


def _heard(told: bytes) -> Manifest:
    heard: dict[str, Any] = json.loads(told)
    if heard.pop("format") != FORMAT:
        raise Damaged("a newer release of listener made this backup; use that release")
    for name in heard["sums"]:
        _refuse_strange(name)
    return Manifest(**heard | {"made_at": datetime.fromisoformat(heard["made_at"])})


def _refuse_strange(name: str) -> None:
    """A name that led out of the folder could write anywhere. Raises ValueError."""
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or "\\" in name or not path.parts:
        raise ValueError(name)


def _summed(archive: ZipFile, name: str, folder: Path | None) -> str:
    summed = sha256()
    with archive.open(name) as source, _target(folder, name) as target:
        while piece := source.read(_CHUNK):
            summed.update(piece)
            target.write(piece)
    return summed.hexdigest()


def _target(folder: Path | None, name: str) -> IO[bytes]:
    if folder is None:
        return Path(os.devnull).open("wb")
    path = folder / name
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    return os.fdopen(os.open(path, os.O_CREAT | os.O_WRONLY | os.O_EXCL, 0o600), "wb")
