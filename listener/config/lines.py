"""On which line of a TOML text a key stands; `tomllib` does not say."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping

Place = tuple[str | int, ...]

_PART = r"""[\w-]+|"[^"\n]*"|'[^'\n]*'"""
_DOTTED = rf"(?:{_PART})(?:\s*\.\s*(?:{_PART}))*"
_HEADER = re.compile(rf"\s*(\[\[?)\s*({_DOTTED})\s*\]")
_KEY = re.compile(rf"\s*({_DOTTED})\s*=")
_FENCE = re.compile(r'"""|' + "'''")


def index(text: str) -> dict[Place, int]:
    """The first line of each table and key, counted from 1; tables of a list are counted from 0 as `tomllib` does."""
    found: dict[Place, int] = {}
    here: Place = ()
    counts: Counter[Place] = Counter()
    for number, line in _plain(text):
        if header := _HEADER.match(line):
            here = _parts(header[2])
            if header[1] == "[[":
                counts[here] += 1
                here = (*here, counts[here] - 1)
            found.setdefault(here, number)
        elif key := _KEY.match(line):
            found.setdefault((*here, *_parts(key[1])), number)
    return found


def of(places: Mapping[Place, int], place: Place) -> int | None:
    """The line of a place, else of the nearest table around it."""
    for length in range(len(place), 0, -1):
        if line := places.get(place[:length]):
            return line
    return None


def _plain(text: str) -> Iterator[tuple[int, str]]:
    """The numbered lines that do not begin inside a string of several lines."""
    inside = False
    for number, line in enumerate(text.split("\n"), 1):
        if not inside:
            yield number, line
        inside ^= len(_FENCE.findall(line)) % 2 == 1


def _parts(dotted: str) -> Place:
    return tuple(part.strip("\"'") for part in re.findall(_PART, dotted))
