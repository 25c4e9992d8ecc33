"""What must stay secret and yet be kept: sessions that networks hand out, and the key of author keys. Outside the database."""

import os
import secrets
import tempfile
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from listener import files
from listener.config import secret

KEY_BYTES = 32


class VaultError(Exception):
    """A kept secret cannot be used; the sentence says why and what to do."""


@dataclass(frozen=True)
class FolderVault:
    """A vault whose names are files that only their owner can read, in a folder that only its owner can open."""

    folder: Path

    def get(self, name: str) -> str | None:
        try:
            return self._file(name).read_text(encoding="utf-8")
        except FileNotFoundError:
            return None

    def put(self, name: str, value: str) -> None:
        """Readers find the old value or the new one, also after a loss of power."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.folder.chmod(0o700)
        files.put(self._file(name), value.encode())

    def _file(self, name: str) -> Path:
        return self.folder / f"{quote(name, safe='')}.secret"


def beside(database: Path) -> FolderVault:
    """The vault of an exercise."""
    return FolderVault(database.with_suffix(".vault"))


def author_key_secret(file: Path) -> bytes:
    """The key that author keys are made with; the file is made on first use. Raises VaultError if it cannot be trusted."""
    if not file.exists():
        _make_key(file)
    try:
        key = bytes.fromhex(secret.read(file))
    except ValueError as error:
        raise VaultError(f"the key of author keys cannot be used: {error}") from error
    if len(key) != KEY_BYTES:
        raise VaultError(f"the key of author keys cannot be used: {file} must hold {2 * KEY_BYTES} hexadecimal digits")
    return key


def _make_key(file: Path) -> None:
    """Whole or not at all, and the first of two makers wins: a second key would part authors from their posts."""
    file.parent.mkdir(parents=True, exist_ok=True)
    written = _write_new(file.parent, secrets.token_hex(KEY_BYTES) + "\n")
    try:
        file.hardlink_to(written)
    except FileExistsError:
        pass
    finally:
        written.unlink()
    files.flush(file.parent)


def _write_new(folder: Path, value: str) -> Path:
    """A new file (0600) with a name of its own, on the disk when this returns."""
    handle, name = tempfile.mkstemp(dir=folder, prefix=".new-")
    with os.fdopen(handle, "w", encoding="utf-8") as out:
        out.write(value)
        out.flush()
        os.fsync(out.fileno())
    return Path(name)
