"""Pages on disk: a reader sees the old page or the new one, never half of one."""

from collections.abc import Mapping
from pathlib import Path

from listener import files


def write(folder: Path, pages: Mapping[str, bytes], within: str = "") -> int:
    """Writes pages (path below `folder` -> bytes) that differ from what is there; removes other pages of the folder `within`.

    How many files were written. A folder's index.html is written last, so that it never links to a page that is not there yet.
    Only one may write at a time: what a kill left half-written is cleared away.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)  # made here, since a parent of what is made is open to all
    for left in (folder / within).glob(".*.part"):
        left.unlink()
    written = sum(
        replace(folder / name, pages[name]) for name in sorted(pages, key=lambda name: (name.endswith("index.html"), name))
    )
    if within:
        for old in (folder / within).glob("*.html"):
            if f"{within}/{old.name}" not in pages:
                old.unlink()
    return written


def replace(path: Path, content: bytes) -> bool:
    """Puts a whole file in place of the old one, flushed to disk; whether it differed. Folders are 0700, files 0600."""
    if path.exists() and path.read_bytes() == content:
        return False
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    files.put(path, content)
    return True
