"""What is wrong with a config file: every problem with its line, its key, and what to do."""

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from listener.config import lines

Place = tuple[str | int, ...]
"""Where a value stands: table names, keys, and positions in lists counted from 0."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing to mend. `key` is a path such as "sources.mail.port"; `nearest` is what was likely meant."""

    file: Path
    sentence: str
    key: str = ""
    line: int | None = None
    nearest: str = ""

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}" if self.line else str(self.file)
        return f"{where}: {self.key}: {self.sentence}" if self.key else f"{where}: {self.sentence}"


class ConfigError(Exception):
    """The config cannot be used; nothing was started. `problems` are all of them, in the order of the file."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


class Findings:
    """Collects the problems of one file while it is read."""

    def __init__(self, file: Path, text: str) -> None:
        self._file = file
        self._lines = lines.index(text)
        self._found: list[Problem] = []

    def add(self, place: Place, sentence: str, nearest: str = "") -> None:
        line = lines.of(self._lines, place)
        self._found.append(Problem(file=self._file, key=spelled(place), sentence=sentence, line=line, nearest=nearest))

    @property
    def problems(self) -> list[Problem]:
        return sorted(self._found, key=lambda problem: problem.line or 0)


def spelled(place: Place) -> str:
    """A place as people count: "exercise.weeks[2].question" is the question of week 2."""
    return "".join(f"[{part + 1}]" if isinstance(part, int) else f".{part}" for part in place).removeprefix(".")


def nearest(word: str, valid: Iterable[str]) -> str:
    """The valid word that was most likely meant, empty if none is near."""
    by_folded = {one.casefold(): one for one in valid}
    near = get_close_matches(word.casefold(), by_folded, n=1)
    return by_folded[near[0]] if near else ""


def unknown(what: str, valid: Iterable[str], near: str) -> str:
    """The sentence for a word that does not exist here."""
    if near:
        return f'there is no such {what}: did you mean "{near}"?'
    return f"there is no such {what}; there are {', '.join(sorted(valid))}"
