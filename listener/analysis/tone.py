"""How a text sounds."""

from collections.abc import Sequence

from listener.analysis import vader
from storage.values import Score

VERSION = vader.VERSION


class Scorer:
    """Scores texts one by one; building one reads the lexicon (34 ms), so keep it."""

    def __init__(self) -> None:
        self._baseline = vader.Baseline()

    def score(self, texts: Sequence[str]) -> list[Score]:
        """One score a text, in order; `value` is VADER's compound."""
        values = (self._baseline.feeling(text)["compound"] for text in texts)
        return [Score(vader.tone_of(value), value) for value in values]
