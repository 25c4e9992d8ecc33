"""`listener backup`: one now, besides those of every night."""

from pathlib import Path
from typing import TYPE_CHECKING

from digests import words
from listener.cli import opened, times
from listener.jobs import backup
from listener.jobs.backup import Made

if TYPE_CHECKING:
    from listener.config import Config
    from listener.jobs.archive import Manifest


def run(config: "Config", folder: Path | None) -> None:
    with opened.service(config) as service:
        made = backup.do(service, folder)
    print(told(made, config.exercise.timezone))


def told(made: Made, zone: str) -> str:
    manifest = made.manifest
    size, at = backup.megabytes(made.size), times.told(manifest.made_at, zone)
    return f"""{made.path}: {size}, as of {at}, read back and whole.
It holds {counted(manifest) or "an empty database"}, the key of author keys,
the config and sessions of networks, not the passwords.
People's words and names are in it: guard it like this machine, and keep one elsewhere."""


def counted(manifest: "Manifest") -> str:
    """What is in it, by the names of tables."""
    told = (
        (words.number(count), name if count > 1 else name.removesuffix("s")) for name, count in manifest.counts.items() if count
    )
    return ", ".join(f"{count} {name}" for count, name in told)
