"""Texts as rows of numbers, so that the product of two rows is their likeness: by the words they share, or by what they mean.

Meaning: static vectors of word pieces, made once from two sentence encoders.

`static/` holds them (its README says from what and how); nothing is loaded from a network, and NumPy is all that is needed.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from scipy.sparse import csr_matrix

    Rows = np.ndarray[Any, np.dtype[np.float32]]

VERSION = "static-1"
DIMENSIONS = 96
_HALF = 192
WIDTH = 2 * _HALF
_SECOND = 0.9  # how much the second encoder says beside the first
_WORDS_SHARE = 0.5  # how much the words two texts share say beside what they mean
_LONGEST_WORD = 100
_WORD = re.compile(r"\w+|[^\w\s]")
_SLICE = 2_000
_FEW = 4


@dataclass(frozen=True, kw_only=True)
class Placed:
    """Texts as `rows`; `words`, where there are any, are rows of the words they share, which say a part of their likeness."""

    rows: "Rows"
    words: "csr_matrix | None" = None

    def likeness(self, start: int, stop: int) -> "Rows":
        """Of the texts from `start` to `stop` with all texts: cosines, or up to 1.5 where words have their say."""
        import numpy as np

        found = self.rows[start:stop] @ self.rows.T
        if self.words is not None:
            found += _WORDS_SHARE * (self.words[start:stop] @ self.words.T).toarray()
        return np.asarray(found, np.float32)


def place_both(halves: "Rows", documents: Sequence[Sequence[str]]) -> Placed:
    """By what encoded texts mean, and by the words they share: names and terms of the trade say more than their vectors.

    `documents` are the telling words of the same texts. A text without a meaning has no words either.
    """
    from scipy.sparse import diags

    rows = place_rows(halves)
    return Placed(rows=rows, words=diags(rows.any(1).astype(rows.dtype)).tocsr() @ _weighed(documents))


def weigh_words(documents: Sequence[Sequence[str]]) -> Placed:
    """One row a document (TF-IDF, length 1), all zero where it shares no word with another."""
    import numpy as np

    return Placed(rows=np.asarray(_weighed(documents).toarray(), np.float32))


def _weighed(documents: Sequence[Sequence[str]]) -> "csr_matrix":
    import numpy as np
    from scipy.sparse import csr_matrix
    from sklearn.feature_extraction.text import TfidfVectorizer

    spread = Counter(word for words in documents for word in set(words))
    known = sorted(word for word, texts in spread.items() if texts > 1)
    if not known:
        return csr_matrix((len(documents), 1), dtype=np.float32)
    return TfidfVectorizer(analyzer=list, sublinear_tf=True, vocabulary=known, dtype=np.float32).fit_transform(documents)


def encode_texts(texts: Sequence[str]) -> "Rows":
    """The mean of the vectors of each text's pieces (`WIDTH` float32): one half by each encoder, of whatever length.

    A text that is not in English has a row of zeros: the pieces of its words say little, and what it would be like is not what
    it says.
    """
    import numpy as np

    return np.concatenate([np.zeros((0, WIDTH), np.float32), *_encoded(texts)])


def place_rows(halves: "Rows") -> "Rows":
    """One row a text that is encoded (`DIMENSIONS` float32 or fewer, length 1).

    What all these texts have in common is taken away first: likeness is likeness among them.
    """
    import numpy as np

    known = halves.any(1)
    if not known.any():
        return np.zeros((len(halves), DIMENSIONS), np.float32)
    apart = halves - halves[known].mean(0)
    apart[~known] = 0
    return _to_length_one(_narrowed(lay_rows(apart), known))


def lay_rows(halves: "Rows") -> "Rows":
    """One row a text that is encoded (`WIDTH` float32, length 1), whatever other texts there are: rows of any two weeks can be
    held against each other."""
    import numpy as np

    return _to_length_one(np.hstack([_to_length_one(halves[:, :_HALF]), _SECOND * _to_length_one(halves[:, _HALF:])]))


def _narrowed(wide: "Rows", known: Any) -> "Rows":
    """The directions in which these texts differ most: as good for grouping as all, and four times as quick."""
    import numpy as np

    inner = wide[known] - wide[known].mean(0)
    _, directions = np.linalg.eigh(inner.T @ inner)
    narrow = (wide - wide[known].mean(0)) @ directions[:, -DIMENSIONS:]
    narrow[~known] = 0
    return np.asarray(narrow, np.float32)


def _to_length_one(rows: "Rows") -> "Rows":
    import numpy as np

    return np.asarray(rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9), np.float32)


def _encoded(texts: Sequence[str]) -> Iterator["Rows"]:
    import numpy as np

    vectors, scales = _table()
    for start in range(0, len(texts), _SLICE):
        found = [pieces_of(text) if _is_english(text) else [] for text in texts[start : start + _SLICE]]
        out = np.zeros((len(found), WIDTH), np.float32)
        for place, pieces in enumerate(found):
            if pieces:
                rows = vectors[pieces].astype(np.float32).reshape(len(pieces), 2, _HALF) * scales[pieces][:, :, None]
                out[place] = rows.mean(0).ravel()
        yield out


@cache
def _table() -> tuple[Any, Any]:
    import numpy as np

    folder = resources.files("listener.analysis") / "static"
    with resources.as_file(folder / "rows.npy") as rows, resources.as_file(folder / "scales.npy") as scales:
        return np.load(rows), np.load(scales)


# --- pieces of words ----------------------------------------------------------------------------------------------------


def pieces_of(text: str) -> list[int]:
    """The places in the table of a text's word pieces, as BERT's uncased vocabulary cuts them; what it does not know is left
    out."""
    return [piece for word in _words(text) for piece in _cut(word)]


def _is_english(text: str) -> bool:
    """Whether more than half of the words are whole in a vocabulary made from English; a few words are given the doubt.

    Of 873 English wordings of the demo none had more than a quarter in pieces, of 25 others one had less than half.
    """
    words = [word for word in _words(text) if word[0].isalnum()]
    return len(words) < _FEW or 2 * sum(len(_cut(word)) == 1 for word in words) > len(words)


def _words(text: str) -> Iterable[str]:
    plain = "".join(sign for sign in unicodedata.normalize("NFD", text.lower()) if unicodedata.category(sign) != "Mn")
    return (part for word in _WORD.findall(plain) for part in word.replace("_", " _ ").split())


@lru_cache(maxsize=100_000)
def _cut(word: str) -> tuple[int, ...]:
    """The longest known beginning, then the longest known rest, and so on; nothing where some rest is not known."""
    known, found, start = _places(), [], 0
    if len(word) > _LONGEST_WORD:
        return ()
    while start < len(word):
        mark = "##" if start else ""
        end = next((end for end in range(len(word), start, -1) if mark + word[start:end] in known), 0)
        if not end:
            return ()
        found.append(known[mark + word[start:end]])
        start = end
    return tuple(found)


@cache
def _places() -> dict[str, int]:
    told = resources.files("listener.analysis").joinpath("static/pieces.txt").read_text("utf-8")
    return {piece: place for place, piece in enumerate(told.split("\n")[:-1])}
