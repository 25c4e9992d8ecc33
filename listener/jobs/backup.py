"""A copy of what cannot be had again, each night while everything goes on: one file, whole and checked, or not there."""

import json
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

from listener import files
from listener.jobs import archive, removals
from listener.jobs.service import Refused, Service
from storage import copies
from storage.store import StorageError

STAMP = "%Y-%m-%dT%H%M%SZ"
RETRY = timedelta(minutes=15)
_FAILED, _LOCK, _WORK = ".failed.json", ".lock", ".making-"


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A backup as its name tells of it; `at` is when it was begun (UTC)."""

    path: Path
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """What the last try ended with, and when (UTC)."""

    at: datetime
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    path: Path
    size: int
    manifest: archive.Manifest


# --- what is there and what is due ------------------------------------------------------------------------------------


def kept(folder: Path, slug: str) -> list[Kept]:
    """The backups of an exercise in a folder, oldest first."""
    named = re.compile(rf"{re.escape(slug)}-(\d{{4}}-\d\d-\d\dT\d{{6}}Z)\.zip")
    found = [(path, named.fullmatch(path.name)) for path in folder.glob(f"{slug}-*.zip")]
    made = [Kept(path=path, at=datetime.strptime(match[1], STAMP).replace(tzinfo=UTC)) for path, match in found if match]
    return sorted(made, key=lambda one: one.at)


def newest(service: Service) -> Kept | None:
    config = service.config
    return next(reversed(kept(config.backup.folder, config.exercise.slug)), None)


def age(service: Service) -> timedelta | None:
    """How old the newest backup in the config's folder is; None if there is none."""
    found = newest(service)
    return None if found is None else service.now() - found.at


def failure(service: Service) -> Failure | None:
    """What the last nightly backup failed with; None once one went well."""
    try:
        told = json.loads((service.config.backup.folder / _FAILED).read_text("utf-8"))
        return Failure(at=datetime.fromisoformat(told["at"]), sentence=told["sentence"])
    except (OSError, ValueError, KeyError):
        return None


def due_now(service: Service) -> bool:
    """Whether none was made since the last time that it was `at` o'clock, nor tried a moment ago. A demo needs none."""
    if service.config.exercise.invented:
        return False
    now, last, failed = service.now(), newest(service), failure(service)
    cooling = failed is not None and timedelta() <= now - failed.at < RETRY
    return not cooling and (last is None or last.at < last_moment(service, now))


def last_moment(service: Service, now: datetime) -> datetime:
    """When it was last `at` o'clock, local time, as a UTC instant."""
    zone = ZoneInfo(service.config.exercise.timezone)
    today = now.astimezone(zone).date()
    days = (today, today - timedelta(days=1))
    moments = (datetime.combine(day, service.config.backup.at, zone).astimezone(UTC) for day in days)
    return next(moment for moment in moments if moment <= now)


# --- doing it ---------------------------------------------------------------------------------------------------------


def do(service: Service, folder: Path | None = None) -> Made:
    """Makes a backup in the config's folder and removes the oldest beyond `keep`; or makes one in a folder of its own.

    Others may write to the database meanwhile. Raises Refused; a nightly one that fails is due again after 15 minutes.
    """
    into = folder or service.config.backup.folder
    try:
        made = _made(service, into)
    except (archive.Damaged, StorageError, OSError) as problem:
        sentence = f"no backup was made: {_told(problem)}"
        if folder is None:
            _remember(service, sentence)
        raise Refused(sentence) from problem
    if folder is None:
        (into / _FAILED).unlink(missing_ok=True)
        _prune(service)
    return made


def _told(problem: Exception) -> str:
    return f"{problem.filename}: {problem.strerror}" if isinstance(problem, OSError) and problem.strerror else str(problem)


def _remember(service: Service, sentence: str) -> None:
    told = json.dumps({"at": service.now().isoformat(), "sentence": sentence})
    try:
        files.put(service.config.backup.folder / _FAILED, told.encode())
    except OSError:
        return  # a disk that takes no backup may take no note of it either: then it is tried again at once


def _made(service: Service, into: Path) -> Made:
    into.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _alone(into), TemporaryDirectory(dir=into, prefix=_WORK) as work:
        _refuse_full(service.store.path, into)
        database = Path(work) / "database"
        at = service.now()
        service.store.copy_to(database)
        path = into / f"{service.config.exercise.slug}-{at.strftime(STAMP)}.zip"
        manifest = archive.write(path, _manifest(service, database, at), _found(service, database))
        _put_removals(service, into)
        return Made(path=path, size=path.stat().st_size, manifest=manifest)


@contextmanager
def _alone(into: Path) -> Iterator[None]:
    """One at a time, so that what a kill left half-made can be told from what another is making. Raises Refused."""
    from filelock import FileLock, Timeout

    lock = FileLock(into / _LOCK, timeout=0, mode=0o600)
    try:
        lock.acquire()
    except Timeout as busy:
        raise Refused(f"Another backup is being made in {into}; try again when it has ended.") from busy
    try:
        for left in into.glob(f"{_WORK}*"):
            shutil.rmtree(left)
        for part in into.glob(".*.part"):
            part.unlink()
        yield
    finally:
        lock.release()


def _refuse_full(database: Path, into: Path) -> None:
    needed, free = 2 * database.stat().st_size, shutil.disk_usage(into).free
    if free < needed:
        raise OSError(28, f"needs {megabytes(needed)} and has {megabytes(free)}: free some space", str(into))


def megabytes(size: int) -> str:
    return f"{size / 1e6:,.1f} MB" if size < 1e9 else f"{size / 1e9:,.1f} GB"


def _manifest(service: Service, database: Path, at: datetime) -> archive.Manifest:
    return archive.Manifest(
        exercise=service.config.exercise.slug,
        listener=version("listener"),
        tables=copies.version(database),
        made_at=at,
        counts=copies.counts(database),
    )


def _found(service: Service, database: Path) -> Iterator[tuple[str, Path]]:
    """What goes in, by its name there. Passwords that the config names stay out: they are had from where they came from."""
    config = service.config
    yield archive.DATABASE, database
    beside = {archive.KEY: config.storage.with_suffix(".key"), archive.REMOVALS: removals.beside(config.storage)}
    yield from ((name, path) for name, path in beside.items() if path.is_file())
    yield archive.CONFIG + config.file.name, config.file
    vault = config.storage.with_suffix(".vault")
    yield from ((archive.VAULT + path.name, path) for path in sorted(vault.glob("*.secret")))
    documents = config.file.parent / archive.DOCUMENTS
    yield from ((archive.DOCUMENTS + path.name, path) for path in sorted(documents.glob("*")) if path.is_file())


def _put_removals(service: Service, into: Path) -> None:
    """The list of removals beside the backups, empty if there are none: whoever restores one of them needs it."""
    ours = removals.beside(service.store.path)
    files.put(into / removals.places(service.config)[1].name, ours.read_bytes() if ours.exists() else b"")


def _prune(service: Service) -> None:
    """Beyond `keep` the oldest go, and with them copies made before a migration that are older than all that are left."""
    config = service.config
    backups = kept(config.backup.folder, config.exercise.slug)
    for old in backups[: -config.backup.keep]:
        old.path.unlink()
    oldest = backups[-config.backup.keep :][0].at.timestamp()
    for copy in copies.all_before(config.storage):
        if len(backups) > config.backup.keep and copy.stat().st_mtime < oldest:
            copy.unlink()
