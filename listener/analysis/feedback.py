"""Tone as a small linear model reads it: trained by benchmarks/train_tone.py, run with NumPy alone.

A text is its words, pairs of words and letters within words, each hashed to a place among the weights, so that no word of the
texts it was trained on is shipped; beside them stand VADER's numbers. What a word adds is reckoned once and kept.
"""

import math
import re
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from itertools import pairwise
from operator import add, mul
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from numpy.typing import NDArray

VERSION = "feedback-1"
PLACES = 1 << 15
LETTERS_SHARE = 0.8
MOST_SIGNS = 5_000
_WORD = re.compile(r"[a-z0-9']+|[!?]")
_MOST_KEPT = 200_000
_SHORTEST, _LONGEST = 3, 4
_EDGE = "\n"
# How far words never seen are a reason to claim neither good nor bad.
_UNKNOWN = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """What was learnt. Columns are difficult, mixed or neutral, good: `words` and `letters` have the shape (PLACES, 3),
    `feelings` (6, 3), `base` (3,). `known` are hashes of the words and pairs that were seen more than once."""

    words: "NDArray[Any]"
    letters: "NDArray[Any]"
    feelings: "NDArray[Any]"
    base: "NDArray[Any]"
    known: "NDArray[Any]"


@dataclass(frozen=True, slots=True)
class Reading:
    """Shares that sum to 1 in the order difficult, mixed or neutral, good; `known` and `known_pairs` are the shares of the
    text's words, and of its pairs of words, that the model has seen."""

    shares: tuple[float, float, float]
    known: float
    known_pairs: float


@dataclass(slots=True)
class Model:
    """Reads text after text; keep it, since it remembers pairs of words."""

    weights: Weights
    _words: list[list[float]] = field(init=False)
    _letters: list[list[float]] = field(init=False)
    _feelings: list[list[float]] = field(init=False)
    _base: list[float] = field(init=False)
    _known: frozenset[int] = field(init=False)
    _kept: dict[tuple[str, str], tuple[float, ...]] = field(default_factory=dict)
    _kept_words: dict[str, tuple[float, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._words, self._letters = self.weights.words.tolist(), self.weights.letters.tolist()
        self._feelings, self._base = self.weights.feelings.T.tolist(), self.weights.base.tolist()
        self._known = frozenset(self.weights.known.tolist())

    def read(self, text: str, feeling: Mapping[str, float]) -> Reading:
        """`feeling` holds what VADER says of the text: `compound`, `pos` and `neg`."""
        words = tokens(text)
        parts = self._parts(words)
        known, known_pairs = parts[7] / max(len(words), 1), parts[8] / (len(words) + 1)
        said, spelt = share(2 * len(words) + 1), LETTERS_SHARE * share(parts[6])
        felt = feelings(feeling, len(words))
        odds = [
            said * parts[tone] + spelt * parts[3 + tone] + sum(map(mul, felt, weights)) + self._base[tone]
            for tone, weights in enumerate(self._feelings)
        ]
        odds[1] += _UNKNOWN * (1 - known)
        return Reading(_shares(odds), known, known_pairs)

    def _parts(self, words: Sequence[str]) -> list[float]:
        """What all pairs add, each with its second word: three weights, three of its letters, their number, whether the word is
        known, and whether the pair is."""
        kept = self._kept
        if len(kept) > _MOST_KEPT:
            kept.clear()
            self._kept_words.clear()
        pairs = [kept.get(pair) or self._learn(pair) for pair in pairs_of(words)]
        return [sum(column) for column in zip(*pairs, strict=True)]

    def _learn(self, pair: tuple[str, str]) -> tuple[float, ...]:
        hashed = hash_of(" ".join(pair))
        together, word = self._words[hashed % PLACES], pair[1]
        alone = (0.0,) * 8 if word == _EDGE else self._kept_words.get(word) or self._learn_word(word)
        found = (*map(add, together, alone), *alone[3:], float(hashed in self._known))
        self._kept[pair] = found
        return found

    def _learn_word(self, word: str) -> tuple[float, ...]:
        hashed, spelt = hash_of(word), letters(word)
        sums = [sum(column) for column in zip(*(self._letters[place] for place in spelt), strict=True)]
        found = (*self._words[hashed % PLACES], *sums, float(len(spelt)), float(hashed in self._known))
        self._kept_words[word] = found
        return found


@cache
def load() -> Model:
    """The model that comes with Listener, read once (about 0.2 s)."""
    import numpy as np

    with resources.files(__package__).joinpath("feedback.npz").open("rb") as file, np.load(file) as kept:
        return Model(Weights(**{name: kept[name] for name in kept.files}))


def tokens(text: str) -> list[str]:
    return _WORD.findall(text[:MOST_SIGNS].lower().replace("\u2019", "'"))


def pairs_of(words: Sequence[str]) -> Iterable[tuple[str, str]]:
    """Each word with the one after it; the first and the last also with the edge of the text."""
    return pairwise((_EDGE, *words, _EDGE))


def hash_of(text: str) -> int:
    """CRC-32: the same in every process."""
    return zlib.crc32(text.encode())


def places(words: Sequence[str]) -> list[int]:
    """Where the weights of the words stand, and those of their pairs."""
    return [hash_of(said) % PLACES for said in (*words, *map(" ".join, pairs_of(words)))]


def letters(word: str) -> list[int]:
    """The places of the runs of three and four letters of a word with a blank before and after it."""
    spelt = f" {word} "
    return [
        hash_of(spelt[start : start + length]) % PLACES
        for length in range(_SHORTEST, _LONGEST + 1)
        for start in range(len(spelt) - length + 1)
    ]


def share(number: float) -> float:
    """What each of so many counts, so that a long text does not outweigh all else."""
    return 1 / math.sqrt(max(number, 1.0))


def feelings(feeling: Mapping[str, float], words: int) -> tuple[float, ...]:
    compound, good, bad = feeling["compound"], feeling["pos"], feeling["neg"]
    return compound, good, bad, 4 * min(good, bad), math.log1p(words) / 4, abs(compound)


def _shares(odds: Sequence[float]) -> tuple[float, float, float]:
    top = max(odds)
    difficult, neutral, good = (math.exp(one - top) for one in odds)
    total = difficult + neutral + good
    return difficult / total, neutral / total, good / total
