"""From a backup to a database that may be used: checked, removals replayed, nothing told twice, and only then put in place."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from listener import config, files, vault
from listener.jobs import archive, forget, removals
from listener.jobs.backup import STAMP
from listener.jobs.service import Refused, Service
from storage import copies
from storage.messages import RESTORED
from storage.store import Store

if TYPE_CHECKING:
    from listener.config import Config

_ENDS = ("", "-wal", "-shm", "-journal")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What to restore, and where to: `removals` is a list of what was removed since, `force` puts a database aside that is
    there already."""

    file: Path
    into: Path
    removals: Path | None = None
    force: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """`replayed` counts removals that found something once more; `is_listed` says whether a list was found that is younger than
    the backup's own. `unsure` counts messages that may have gone out; `aside` is where the earlier database lies now."""

    manifest: archive.Manifest
    config: Path
    database: Path
    replayed: int
    is_listed: bool
    unsure: int
    aside: Path | None = None


def do(asked: Asked, now: Callable[[], datetime]) -> Restored:
    """Nothing is put in place of a database before everything went well.

    Raises Refused, StorageError, ConfigError, VaultError or OSError.
    """
    asked.into.mkdir(mode=0o700, parents=True, exist_ok=True)
    with TemporaryDirectory(dir=asked.into, prefix=".restoring-") as folder:
        work = Path(folder)
        manifest = _extracted(asked.file, work)
        found = _bare(asked.into, work, manifest)
        _refuse_live(found.storage, asked.force)
        key = _place_beside(found, work, manifest, asked.force)
        lists = _lists(asked, found)
        lines = _lines([work / archive.REMOVALS, *lists])
        with _opened(found, work, key, now) as service:
            unsure = _settle(service, manifest.made_at)
            replayed = forget.replay(service, lines)
        _keep_removals(found.storage, lines)
        aside = _swap(work / archive.DATABASE, found.storage, now())
    return Restored(
        manifest=manifest,
        config=found.file,
        database=found.storage,
        replayed=replayed,
        is_listed=bool(lists),
        unsure=unsure,
        aside=aside,
    )


def _extracted(file: Path, work: Path) -> archive.Manifest:
    try:
        manifest = archive.extract(file, work)
    except archive.Damaged as problem:
        raise Refused(f"{problem}: nothing was touched, take an earlier backup") from problem
    if fault := copies.fault(work / archive.DATABASE):
        raise Refused(f"{file}: the database in it is not sound ({fault}): nothing was touched, take an earlier backup")
    return manifest


# --- what lies around the database ------------------------------------------------------------------------------------


def _bare(into: Path, work: Path, manifest: archive.Manifest) -> "Config":
    """The config that is there already, else the backup's: it says where the database goes."""
    (name,) = [name for name in manifest.names if name.startswith(archive.CONFIG)]
    file = into / Path(name).name
    if not file.exists():
        files.put(file, (work / name).read_bytes())
    return config.load_bare(file)


def _refuse_live(database: Path, force: bool) -> None:
    if not database.exists():
        return
    if not force:
        raise Refused(f"{database} is there already: --force puts it aside and the backup in its place. Nothing was touched.")
    if copies.is_used(database):
        raise Refused(f"{database} is in use: stop `listener run` and `listener serve` first. Nothing was touched.")


def _place_beside(found: "Config", work: Path, manifest: archive.Manifest, force: bool) -> Path:
    """The key of author keys, and what of vault and documents is not there; where the key lies. What is there stays."""
    key = found.storage.with_suffix(".key")
    found.storage.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    _place_key(work / archive.KEY, key, force)
    places = {archive.VAULT: found.storage.with_suffix(".vault"), archive.DOCUMENTS: found.file.parent / archive.DOCUMENTS}
    for start, folder in places.items():
        for name in (name for name in manifest.names if name.startswith(start)):
            _place(work / name, folder / Path(name).name)
    return key


def _place_key(ours: Path, there: Path, force: bool) -> None:
    if not ours.exists():
        return
    if there.exists() and there.read_bytes() != ours.read_bytes():
        if not force:
            raise Refused(f"{there} is another key than the backup's: --force puts it aside. Nothing was touched.")
        there.replace(_free(there.with_name(f"{there.name}.replaced")))
    _place(ours, there)


def _place(ours: Path, there: Path) -> None:
    if not there.exists():
        there.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        files.put(there, ours.read_bytes())


# --- what was removed since -------------------------------------------------------------------------------------------


def _lists(asked: Asked, found: "Config") -> list[Path]:
    """Every list there is besides the backup's own. Raises Refused if the one asked for is not there."""
    lists = [path for path in _places(asked, found) if path.exists()]
    if asked.removals and not lists:
        raise Refused(f"{asked.removals}: there is no such list of removals. Nothing was touched.")
    return lists


def _lines(lists: Sequence[Path]) -> list[str]:
    """Of all of them, each once. The backup's own may hold what was removed after its database was copied."""
    lines = (line for path in lists if path.exists() for line in path.read_text("utf-8").splitlines())
    return list(dict.fromkeys(line for line in lines if line))


def _places(asked: Asked, found: "Config") -> Iterator[Path]:
    """Where a list may lie: as asked, else beside the database and beside the backup."""
    if asked.removals:
        yield asked.removals
        return
    yield from removals.places(found)
    for named in removals.places(found):
        yield asked.file.parent / named.name


def _keep_removals(database: Path, lines: Sequence[str]) -> None:
    if lines:
        files.put(removals.beside(database), ("\n".join(lines) + "\n").encode())


# --- the database -----------------------------------------------------------------------------------------------------


@contextmanager
def _opened(found: "Config", work: Path, key: Path, now: Callable[[], datetime]) -> Iterator[Service]:
    """The extracted database, brought to this release; nobody else knows of it yet."""
    store = Store(work / archive.DATABASE, vault.author_key_secret(key))
    try:
        yield Service(config=found, store=store, vault=vault.beside(found.storage), now=now)
    finally:
        store.close()


def _settle(service: Service, made_at: datetime) -> int:
    """Nobody is signed in, what was delivered is looked at again, and what may have gone out is unsure: how many messages."""
    now = service.now()
    with service.store.write() as unit:
        unit.runs.close_interrupted(now)
        for account in unit.accounts.all():
            unit.accounts.end_sessions(account.id)
        for delivery in unit.editions.deliveries().values():
            unit.editions.keep_delivery(replace(delivery, confirmed="", confirmed_at=None, error="restored", retry_at=None))
        unit.accounts.note(0, RESTORED, f"backup of {made_at.strftime(STAMP)}", now)
        return unit.messages.doubt(now)


def _swap(ours: Path, there: Path, now: datetime) -> Path | None:
    """Puts the database in place; where the earlier one went, with what SQLite keeps beside it."""
    aside = None
    if there.exists():
        aside = _free(there.with_name(f"{there.name}.replaced-{now.strftime(STAMP)}"))
        for end in reversed(_ENDS):
            if (old := there.with_name(there.name + end)).exists():
                old.replace(aside.with_name(aside.name + end))
    ours.replace(there)
    files.flush(there.parent)
    return aside


def _free(path: Path) -> Path:
    """This path, or the first like it that is not taken."""
    taken, number = path, 1
    while taken.exists():
        number += 1
        taken = path.with_name(f"{path.name}-{number}")
    return taken
