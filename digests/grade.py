"""How hard a text is to read: the grade of Flesch and Kincaid (Kincaid and others, Navy research branch report 8-75, 1975)."""

import re

_SENTENCE = re.compile(r"[.!?:]+(?:\s|$)|\n+")
_WORD = re.compile(r"[^\W\d_]+(?:['\u2019][^\W\d_]+)?")
_VOWELS = re.compile(r"[aeiouy]+")
_SILENT = re.compile(r"(?:[^laeiouy]es|[^tdaeiouy]ed|[^laeiouy]e)$")


def of(text: str) -> float:
    """School years in America: 6 is read at 11. 0 for a text without words."""
    words = _WORD.findall(text)
    if not words:
        return 0.0
    sentences = max(1, sum(1 for part in _SENTENCE.split(text) if _WORD.search(part)))
    syllables = sum(map(_syllables, words))
    return 0.39 * len(words) / sentences + 11.8 * syllables / len(words) - 15.59


def length(text: str) -> int:
    """How many words it has."""
    return len(_WORD.findall(text))


def _syllables(word: str) -> int:
    """As many as it has groups of vowels, without an e at the end that is not spoken."""
    low = word.lower()
    groups = len(_VOWELS.findall(low))
    return max(1, groups - bool(groups > 1 and _SILENT.search(low)))
