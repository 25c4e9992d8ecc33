"""Where a path of the config leads."""

from pathlib import Path


def located(folder: Path, written: str) -> Path:
    """From the folder of the config on, or from one's own with ~/."""
    path = Path(written)
    return Path.home().joinpath(*path.parts[1:]) if path.parts[:1] == ("~",) else folder / path
