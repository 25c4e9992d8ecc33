"""What may stand in a message: nobody's name, handle, number or address. Pure."""

import re
from collections.abc import Collection

from collectors import masking
from digests import words

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
