"""Secrets stay out of the config: it says where they are kept, in the environment or in a file that only the owner can read."""

import os
from dataclasses import dataclass
from pathlib import Path

from collectors.base import Secret
from listener.config.paths import located

HOW = 'use { env = "NAME" } or { file = "path" }'


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """Where a secret is kept: one of the two is given."""

    env: str = ""
    file: str = ""


def reference(value: object) -> Reference:
    """From the value in the config, which no sentence repeats. Raises ValueError."""
    match value:
        case {"env": str(name), **more} if name and not more:
            return Reference(env=name)
        case {"file": str(name), **more} if name and not more:
            return Reference(file=name)
        case str():
            raise ValueError(f"a secret must not be written here: {HOW}")
    raise ValueError(f"must say where the secret is kept: {HOW}")


def found(where: Reference, folder: Path) -> Secret:
    """The secret itself; a file is looked for from `folder`. Raises ValueError."""
    if where.file:
        return Secret(read(located(folder, where.file)))
    value = os.environ.get(where.env, "")
    if not value:
        raise ValueError(f"the environment has no {where.env}: set it before Listener starts, or use {{ file = … }}")
    return Secret(value)


def read(file: Path) -> str:
    """The content of a secret file without its last line break. Raises ValueError if it is empty or open to others."""
    try:
        mode = file.stat().st_mode
        text = file.read_text(encoding="utf-8").rstrip("\r\n")
    except OSError as error:
        raise ValueError(f"{file} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError:
        raise ValueError(f"{file} is not UTF-8 text") from None
    if mode & 0o077:
        raise ValueError(f"{file} is open to others: run chmod 600 {file}")
    if not text:
        raise ValueError(f"{file} is empty")
    return text
