"""The ways out of what is published: a folder for a web server, a command, a look at the public address, one zip of it all."""

import os
import re
import signal
import subprocess
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from listener import files

PATIENCE = 120.0  # seconds that the command is given
LOOK = 20.0  # seconds that one public page is given
_TAIL = 400  # characters of a failed command's last words
_WEEKS = "week-*"
_EPOCH = (1980, 1, 1, 0, 0, 0)  # the first moment that a zip can tell: the same pages make the same zip
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]+")


class Undelivered(Exception):
    """What is published does not stand there yet; the sentence says why and what to do."""


def fingerprint(pages: Mapping[str, bytes]) -> str:
    """Names all that is public: every path and its bytes (SHA-256, hexadecimal)."""
    told = sha256()
    for name in sorted(pages):
        told.update(f"{name}\0{sha256(pages[name]).hexdigest()}\n".encode())
    return told.hexdigest()


# --- the folder -----------------------------------------------------------------------------------------------------------


def put(folder: Path, pages: Mapping[str, bytes]) -> None:
    """Makes the folder show these pages and reads them back. Everybody may read them (0644, folders 0755).

    A reader finds the old page or the new one. Pages that others lead to come first, the index of all last; then what is not
    public any more goes: whatever else lies in a week's folder. Other files in the folder itself are left alone. Raises
    Undelivered.
    """
    try:
        for name in sorted(pages, key=_order):
            _replace(folder, Path(name), pages[name])
        for path in _others(folder, pages):
            path.unlink()
        _drop_empty(folder)
        found = standing(folder, pages)
    except OSError as problem:
        raise Undelivered(f"{problem.filename or folder}: {problem.strerror}. Mend that; it is tried again.") from problem
    if found != fingerprint(pages):
        raise Undelivered(f"{folder} does not hold what was written to it: does something else write there?")


def standing(folder: Path, names: Iterable[str]) -> str:
    """The fingerprint of what stands in the folder: the weeks, and files of these names."""
    known = {str(path.relative_to(folder)) for path in _of_weeks(folder)}
    known |= {name for name in names if (folder / name).is_file()}
    return fingerprint({name: (folder / name).read_bytes() for name in known})


def _order(name: str) -> tuple[int, bool, str]:
    """Deep before shallow, and an index after what it leads to."""
    return -name.count("/"), name.endswith("index.html"), name


def _replace(folder: Path, name: Path, content: bytes) -> None:
    path = folder / name
    for above in reversed((path.parent, *(folder / one for one in name.parents))):
        _open_folder(above)
    if path.is_file() and path.read_bytes() == content:
        path.chmod(0o644)
        return
    with files.whole(path) as part, os.fdopen(os.open(part, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o644), "wb") as file:
        os.fchmod(file.fileno(), 0o644)  # whatever the umask says: a web server reads it
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    files.flush(path.parent)


def _open_folder(folder: Path) -> None:
    if not folder.is_dir():
        folder.mkdir(parents=True)
    mode = folder.stat().st_mode & 0o7777
    if mode & 0o755 != 0o755:
        folder.chmod(mode | 0o755)


def _of_weeks(folder: Path) -> Iterator[Path]:
    for week in folder.glob(_WEEKS):
        inside = [week] if week.is_symlink() else week.rglob("*")  # a link is cut, never followed
        yield from (path for path in inside if path.is_symlink() or not path.is_dir())


def _others(folder: Path, pages: Mapping[str, bytes]) -> list[Path]:
    """What is not public, and what a kill left half written."""
    left = [*_of_weeks(folder), *folder.glob(".*.part")]
    return [path for path in left if str(path.relative_to(folder)) not in pages]


def _drop_empty(folder: Path) -> None:
    for week in folder.glob(_WEEKS):
        below = [path for path in week.rglob("*") if path.is_dir() and not path.is_symlink()]
        for path in sorted((*below, week), reverse=True):
            if not any(path.iterdir()):
                path.rmdir()


# --- the command ----------------------------------------------------------------------------------------------------------


def run(words: Sequence[str], folder: Path, patience: float = PATIENCE) -> None:
    """Runs a program with its arguments in `folder`, without a shell, for so many seconds at most. Raises Undelivered."""
    try:
        child = subprocess.Popen(
            words,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    except OSError as problem:
        raise Undelivered(f"The command {words[0]} could not be started: {problem.strerror}.") from problem
    with child:
        _wait(child, words[0], patience)


def _wait(child: "subprocess.Popen[bytes]", name: str, patience: float) -> None:
    try:
        said, _ = child.communicate(timeout=patience)
    except subprocess.TimeoutExpired as late:
        os.killpg(child.pid, signal.SIGKILL)  # with whatever it started, which would hold its output open
        child.communicate()
        raise Undelivered(f"The command {name} did not end within {patience:g} seconds and was stopped.") from late
    if child.returncode:
        raise Undelivered(f"The command {name} ended with {child.returncode}. Its last words: {_tail(said)}")


def _tail(said: bytes) -> str:
    told = _CONTROL.sub(" ", said.decode("utf-8", "replace")).strip()
    return told[-_TAIL:] or "none"


# --- the public address ---------------------------------------------------------------------------------------------------


def look(address: str, sought: Mapping[str, str], now: datetime, *, allow_private_addresses: bool) -> None:
    """Reads public pages as anybody would: `sought` maps places below the address to what must be read there.

    Raises Undelivered for the first that does not show what it should.
    """
    for place, told in sought.items():
        url = f"{address.rstrip('/')}/{place}"
        if told not in _read(url, now, allow_private_addresses):
            raise Undelivered(
                f"{url} does not show what is published yet. Was it copied there? Does a cache hold the old page?"
            )


def _read(url: str, now: datetime, allow_private_addresses: bool) -> str:
    from collectors import fetch
    from collectors.base import CollectorError

    asked = {"cache-control": "no-cache", "pragma": "no-cache"}
    request = fetch.Request(url=url, timeout=LOOK, headers=asked, allow_private_addresses=allow_private_addresses)
    try:
        return fetch.get(request, now).body.decode("utf-8", "replace")
    except CollectorError as problem:
        raise Undelivered(f"{url} could not be read: {problem}.") from problem


# --- all of it in one file ------------------------------------------------------------------------------------------------


def zipped(pages: Mapping[str, bytes]) -> bytes:
    """Everything that is public in one zip; the same pages give the same bytes."""
    out = BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED) as archive:
        for name in sorted(pages):
            entry = ZipInfo(name, _EPOCH)
            entry.external_attr = 0o644 << 16
            entry.compress_type = ZIP_DEFLATED
            archive.writestr(entry, pages[name])
    return out.getvalue()
