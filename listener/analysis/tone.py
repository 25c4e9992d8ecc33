"""How a text sounds: what the feedback model reads, leaning on VADER as far as the model does not know the words."""

import re
from collections.abc import Sequence
from typing import Literal

from listener.analysis import asked, feedback, vader
from storage.values import Score, Tone

Choice = Literal["feedback", "vader"]
Shares = tuple[float, float, float]

_TONES: tuple[Tone, Tone, Tone] = ("difficult", "neutral", "good")
# A post for a network: tweets are another language than feedback.
_FROM_NETWORK = re.compile(r"[@#]\w|https?:")
# The model is trusted from nought to fully between these shares of known words and known pairs of words.
_KNOWN, _KNOWN_PAIRS = (0.5, 0.9), (0.1, 0.35)
# How often VADER is right: at no feeling, at the weakest and at the strongest.
_VADER_NEUTRAL, _VADER_WEAK, _VADER_STRONG = 0.55, 0.45, 0.8
# How often what a question makes of an answer is right.
_SHORT_ANSWER, _WISH = 0.9, 0.7


def version(choice: Choice, question: str = "") -> str:
    """The name of the scorer, and of what it takes the question to ask for; scores are kept under it."""
    name = vader.VERSION if choice == "vader" else f"{feedback.VERSION}/{vader.VERSION}"
    kind = asked.kind_of(question)
    return f"{name}/asked-{kind}" if kind else name


class Scorer:
    """Scores texts one by one; the first one built in a process reads the lexicon and the weights."""

    def __init__(self, choice: Choice = "feedback", question: str = "", model: feedback.Model | None = None) -> None:
        self.version = version(choice, question)
        self._asked = asked.kind_of(question)
        self._baseline = vader.baseline()
        self._model = None if choice == "vader" else model or feedback.load()

    def score(self, texts: Sequence[str]) -> list[Score]:
        """One score a text, in order; `value` is the probability of good less that of difficult, or VADER's compound."""
        return [self._score_text(text) for text in texts]

    def _score_text(self, text: str) -> Score:
        meant = asked.short_answer(text, self._asked)
        if meant is not None:
            return Score(meant, _SHORT_ANSWER * (_TONES.index(meant) - 1), _SHORT_ANSWER)
        feeling = self._baseline.feeling(text)
        compound = feeling["compound"]
        if abs(compound) < vader.THRESHOLD and asked.is_wish(text, self._asked):
            return Score("neutral", 0.0, _WISH)
        shares = _vader_shares(compound)
        if self._model is None or _FROM_NETWORK.search(text):
            return Score(vader.tone_of(compound), compound, max(shares))
        reading = self._model.read(text, feeling)
        shares = _blend(reading.shares, shares, _trust(reading))
        return Score(_TONES[shares.index(max(shares))], shares[2] - shares[0], max(shares))


def _trust(reading: feedback.Reading) -> float:
    return _between(reading.known, _KNOWN) * _between(reading.known_pairs, _KNOWN_PAIRS)


def _blend(ours: Shares, its: Shares, trust: float) -> Shares:
    doubt = 1 - trust
    return trust * ours[0] + doubt * its[0], trust * ours[1] + doubt * its[1], trust * ours[2] + doubt * its[2]


def _between(value: float, ends: tuple[float, float]) -> float:
    return min(max((value - ends[0]) / (ends[1] - ends[0]), 0.0), 1.0)


def _vader_shares(compound: float) -> Shares:
    """VADER's compound as shares of the three tones; the largest is the tone that VADER says."""
    if abs(compound) < vader.THRESHOLD:
        rest = (1 - _VADER_NEUTRAL) / 2
        return rest, _VADER_NEUTRAL, rest
    right = _VADER_WEAK + (_VADER_STRONG - _VADER_WEAK) * abs(compound)
    neutral, opposite = 0.6 * (1 - right), 0.4 * (1 - right)
    return (opposite, neutral, right) if compound > 0 else (right, neutral, opposite)
