"""Texts as weighted word counts: rows of length 1, rare words heavier, so that the product of two rows is their likeness."""

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

    Rows = Any  # a sparse matrix: SciPy comes with scikit-learn and has no types
    Numbers = np.ndarray[Any, np.dtype[np.float32]]

LEAST_POSTS = 2
MOST_WORDS = 20_000


def weigh_words(documents: Sequence[Sequence[str]]) -> "Rows | None":
    """One sparse row a document (TF-IDF), all zero where it shares no word with another; None when no two share any."""
    import numpy as np
    from sklearn.feature_extraction.text import TfidfVectorizer

    known = _shared_words(documents)
    if not known:
        return None
    return TfidfVectorizer(analyzer=list, sublinear_tf=True, vocabulary=known, dtype=np.float32).fit_transform(documents)


def _shared_words(documents: Sequence[Sequence[str]]) -> list[str]:
    """Words of at least two documents, the commonest if there are too many, in the order of the alphabet."""
    spread = Counter(word for words in documents for word in set(words))
    shared = [word for word, texts in spread.items() if texts >= LEAST_POSTS]
    return sorted(sorted(shared, key=lambda word: (-spread[word], word))[:MOST_WORDS])
