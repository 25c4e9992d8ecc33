"""Prints the part of requirements.lock that Listener itself needs, with its hashes: without the tools of its makers."""

import re
import sys
import tomllib
from collections.abc import Iterable, Iterator
from importlib.metadata import requires
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

TOP = Path(__file__).parent.parent
EXTRAS = ("notify",)
Seen = set[tuple[str, frozenset[str]]]


def ours() -> list[str]:
    """What this very release asks for; what is installed of it may be older."""
    project = tomllib.loads((TOP / "pyproject.toml").read_text("utf-8"))["project"]
    more = [needed for extra in EXTRAS for needed in project["optional-dependencies"][extra]]
    return [*project["dependencies"], *more]


def names(asked: Iterable[str], extras: frozenset[str], seen: Seen) -> Iterator[str]:
    """The packages that are asked for and all that they need here, each once."""
    for needed in map(Requirement, asked):
        name, wanted = canonicalize_name(needed.name), frozenset(needed.extras)
        is_meant = needed.marker is None or any(needed.marker.evaluate({"extra": extra}) for extra in ("", *extras))
        if not is_meant or (name, wanted) in seen:
            continue
        seen.add((name, wanted))
        yield name
        yield from names(requires(name) or (), wanted, seen)


def main() -> None:
    wanted = set(names(ours(), frozenset(), set()))
    lock = (TOP / "requirements.lock").read_text("utf-8")
    blocks = re.findall(r"^\S+==.*(?:\n +.*)*", lock, flags=re.MULTILINE)
    named = [(canonicalize_name(block.partition("==")[0].partition("[")[0]), block) for block in blocks]
    if missing := wanted - {name for name, _ in named}:
        raise SystemExit(f"requirements.lock has no {', '.join(sorted(missing))}: install again from it")
    sys.stdout.writelines(f"{block}\n" for name, block in named if name in wanted)  # some come twice, for different Pythons


if __name__ == "__main__":
    main()
