"""What can be wrong with the machine: versions, packages, time, disks, file modes. Nothing here asks a network."""

import shutil
import sqlite3
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from collectors import way_out
from listener.jobs.backup import megabytes

if TYPE_CHECKING:
    from packaging.requirements import Requirement

Level = Literal["ok", "warn", "fail"]
PYTHON = (3, 11)
SQLITE = (3, 35)
TIMES, LEAST = 3, 500_000_000  # bytes: room for the database, its copy before a migration and its backup
LATE = timedelta(minutes=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was looked at: `about` in a word or two, and a sentence with what to do if it is not ok."""

    level: Level
    about: str
    sentence: str


def ok(about: str, sentence: str) -> Finding:
    return Finding(level="ok", about=about, sentence=sentence)


def warn(about: str, sentence: str) -> Finding:
    return Finding(level="warn", about=about, sentence=sentence)


def fail(about: str, sentence: str) -> Finding:
    return Finding(level="fail", about=about, sentence=sentence)


def do() -> Iterator[Finding]:
    """What can be said without a config."""
    yield versions(sys.version_info[:3], sqlite3.sqlite_version_info)
    yield packages(requires("listener") or ())
    yield certificates(way_out.authorities())


def versions(python: Sequence[int], sqlite: Sequence[int]) -> Finding:
    told = f"Listener {version('listener')}, Python {_dotted(python)}, SQLite {_dotted(sqlite)}"
    if tuple(python) < PYTHON:
        return fail("versions", f"{told}: Python {_dotted(PYTHON)} or later is needed, install it and make .venv anew")
    if tuple(sqlite) < SQLITE:
        return fail("versions", f"{told}: SQLite {_dotted(SQLITE)} or later is needed, take a newer Python or system")
    return ok("versions", told)


def _dotted(numbers: Sequence[int]) -> str:
    return ".".join(map(str, numbers))


def packages(wanted: Iterable[str]) -> Finding:
    """Whether what is installed is what this release was made for."""
    from packaging.requirements import Requirement

    needed = [one for one in map(Requirement, wanted) if one.marker is None or one.marker.evaluate({"extra": ""})]
    wrong = [
        f"{one.name}{one.specifier} is needed, {there or 'none'} is here"
        for one in needed
        if (there := _unfit(one)) is not None
    ]
    if wrong:
        return fail("packages", f"{'; '.join(wrong)}: install again from requirements.lock")
    return ok("packages", f"{len(needed)} packages as this release needs them")


def _unfit(needed: "Requirement") -> str | None:
    """The version that is here if it does not do, empty if there is none; None if all is well."""
    try:
        there = version(needed.name)
    except PackageNotFoundError:
        return ""
    return None if needed.specifier.contains(there, prereleases=True) else there


def certificates(bundle: str) -> Finding:
    if bundle and not Path(bundle).is_file():
        return fail("certificates", f"there is no file {bundle}: mend {' or '.join(way_out.BUNDLES)} in the environment")
    return ok("certificates", f"authorities of {bundle}" if bundle else "the usual authorities are trusted")


# --- time -------------------------------------------------------------------------------------------------------------


def clock(now: datetime, newest: datetime | None, written: Iterable[Path]) -> Finding:
    """`newest` is the newest moment in the database; what is written lately must not be of the future either."""
    of_files = (datetime.fromtimestamp(path.stat().st_mtime, UTC) for path in written if path.exists())
    last = max([moment for moment in (newest, *of_files) if moment is not None], default=now)
    if last > now + LATE:
        behind = str(last - now).partition(".")[0]
        return fail("clock", f"something was written {behind} in the future: set the clock, then start Listener again")
    return ok("clock", f"{now:%Y-%m-%d %H:%M} UTC, later than all that was written")


def zone(name: str) -> Finding:
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return fail("time zone", f"there is no {name} here: install the package tzdata")
    return ok("time zone", name)


# --- disks and files --------------------------------------------------------------------------------------------------


def disks(folders: Iterable[Path], size: int) -> Iterator[Finding]:
    """One line for each file system; `size` is the database's, in bytes."""
    seen: dict[int, Path] = {}
    for folder in (_there(one) for one in folders):
        seen.setdefault(folder.stat().st_dev, folder)
    for folder in seen.values():
        yield disk(folder, shutil.disk_usage(folder).free, size)


def disk(folder: Path, free: int, size: int) -> Finding:
    wanted = max(TIMES * size, LEAST)
    told = f"{megabytes(free)} free at {folder}, the database has {megabytes(size)}"
    if free < max(size, LEAST // 10):
        return fail("disk", f"{told}: free some space now, nothing more can be kept soon")
    if free < wanted:
        return warn("disk", f"{told}: free some space, {megabytes(wanted)} are wanted for copies and backups")
    return ok("disk", told)


def _there(path: Path) -> Path:
    """The path, or the nearest folder above it that is there."""
    return next(one for one in (path, *path.parents) if one.is_dir())


def modes(private: Iterable[Path]) -> Finding:
    """What only its owner should be able to open."""
    found = [path for path in private if path.exists()]
    loose = [path for path in found if path.stat().st_mode & 0o077]
    if loose:
        return fail("file modes", f"others can open what is private: chmod go= {' '.join(map(str, loose))}")
    return ok("file modes", f"{len(found)} private files and folders are their owner's only")
