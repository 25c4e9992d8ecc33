"""Texts as directions: weighted word counts folded into a few dimensions, so that texts which share company lie close."""

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

    Rows = np.ndarray[Any, np.dtype[np.float32]]
    Places = np.ndarray[Any, np.dtype[np.intp]]

DIMENSIONS = 50
LEAST_POSTS = 2
MOST_WORDS = 20_000


def fold_words(documents: Sequence[Sequence[str]]) -> "Rows":
    """One row of length 1 a document, all zero where it shares no word with another; the same documents give the same rows."""
    import numpy as np
    from sklearn.decomposition import TruncatedSVD
    from sklearn.preprocessing import normalize

    counts = _weigh_words(documents)
    if counts is None:
        return np.zeros((len(documents), 1), np.float32)
    dimensions = min(DIMENSIONS, counts.shape[0] - 1, counts.shape[1] - 1)
    folded = TruncatedSVD(dimensions, random_state=0).fit_transform(counts)
    # A sum that should be zero comes out as dust, and dust normalised would be a direction.
    folded[np.abs(folded) < 1e-6] = 0
    rows: Rows = normalize(folded).astype(np.float32)
    return rows


def _weigh_words(documents: Sequence[Sequence[str]]) -> Any:
    import numpy as np
    from sklearn.feature_extraction.text import TfidfVectorizer

    known = _shared_words(documents)
    if len(known) < 3 or len(documents) < 3:
        return None
    weigher = TfidfVectorizer(analyzer=list, sublinear_tf=True, vocabulary=known, dtype=np.float32)
    return weigher.fit_transform(documents)


def _shared_words(documents: Sequence[Sequence[str]]) -> list[str]:
    """Words of at least two documents, the commonest if there are too many, in the order of the alphabet."""
    spread = Counter(word for words in documents for word in set(words))
    shared = [word for word, count in spread.items() if count >= LEAST_POSTS]
    return sorted(sorted(shared, key=lambda word: (-spread[word], word))[:MOST_WORDS])
