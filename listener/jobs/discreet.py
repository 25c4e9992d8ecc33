"""What may stand in a message: nobody's name, handle, number or address. Pure."""

import re
from collections import Counter
from collections.abc import Collection, Iterable

from collectors import masking
from digests import words

_WORD = re.compile(r"[^\W\d_]+")
_HANDLE = re.compile(r"@\s?[\w.-]+")
_LEAST = 3  # letters; shorter names are too often plain words


def line(text: str) -> str:
    """A sentence of a program on one line, with what identifies anybody replaced by what it was."""
    return _HANDLE.sub("[name]", masking.mask(words.name(text, 300)))


def label(text: str, names: Collection[str]) -> str:
    """The label of a theme, empty where it holds a sign of a handle, anything that is masked, or one of these names."""
    plain = words.name(text)
    is_named = any(re.search(rf"(?<!\w){re.escape(name)}(?!\w)", plain, re.IGNORECASE) for name in names if len(name) >= _LEAST)
    return "" if line(plain) != plain or "[" in plain or "@" in plain or is_named else plain


def proper(labels: Iterable[str], texts: Iterable[str]) -> frozenset[str]:
    """The words of these labels that people mostly write with a capital inside a sentence: names of somebody, or of something.

    A word all in capitals, such as GP, is none.
    """
    wanted = {word for label in labels for word in _WORD.findall(label.casefold())}
    inside = re.compile(rf"(?<=[\w,;] )({'|'.join(map(re.escape, wanted))})(?!\w)", re.IGNORECASE) if wanted else None
    written = Counter(match[1] for text in texts for match in inside.finditer(text)) if inside else Counter[str]()
    counts = Counter[str]()
    for word, times in written.items():
        counts[word.casefold()] += times if word.istitle() else -times
    return frozenset(word for word, more in counts.items() if more >= 0)
