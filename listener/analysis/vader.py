"""VADER (Hutto and Gilbert, 2014) as the named baseline of tone: made linear, and the words of the service no feelings."""

import re
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from listener.analysis import idioms
from storage.values import Tone

if TYPE_CHECKING:
    from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

VERSION = "vader-3.3.2/service-words-2"
THRESHOLD = 0.05
MOST_SIGNS = 5_000
MOST_EMOJI = 20
_REACH = 3


class Baseline:
    """Scores texts one by one; building one reads the lexicon (34 ms): see `baseline`."""

    def __init__(self) -> None:
        self._analyser = _linear_analyser()
        for word in _service_words():
            self._analyser.lexicon.pop(word, None)
        self._emoji = re.compile("[" + "".join(map(re.escape, (key for key in self._analyser.emojis if len(key) == 1))) + "]")

    def feeling(self, text: str) -> dict[str, float]:
        """VADER's own four numbers: `compound` from -1 to 1, and the shares `neg`, `neu` and `pos`."""
        found: dict[str, float] = self._analyser.polarity_scores(self._prepare(text))
        return found

    def _prepare(self, text: str) -> str:
        """VADER writes each emoji out in words, and a letter of ten pages says its tone in the first two."""
        short = text[:MOST_SIGNS].replace("\u2019", "'")
        if not short.isascii():
            short = _cap_emoji(short, self._emoji)
        return idioms.spell_out(short)


@cache
def baseline() -> Baseline:
    """The one that is kept."""
    return Baseline()


def tone_of(value: float) -> Tone:
    """VADER's own thresholds."""
    if value >= THRESHOLD:
        return "good"
    return "difficult" if value <= -THRESHOLD else "neutral"


def _service_words() -> list[str]:
    told = resources.files(__package__).joinpath("service_words.txt").read_text("utf-8")
    return [line for line in told.splitlines() if not line.startswith("#")]


def _cap_emoji(text: str, emoji: re.Pattern[str]) -> str:
    places = [found.start() for found in emoji.finditer(text)]
    if len(places) <= MOST_EMOJI:
        return text
    cut = places[MOST_EMOJI]
    return text[:cut] + emoji.sub(" ", text[cut:])


def _linear_analyser() -> "SentimentIntensityAnalyzer":
    from vaderSentiment.vaderSentiment import BOOSTER_DICT, NEGATE, SentimentIntensityAnalyzer, SentiText

    turning = {*NEGATE, "never", "without", "so", "this"}

    class Linear(SentimentIntensityAnalyzer):  # type: ignore[misc]  # vaderSentiment has no types
        """VADER lowers every word of the text again for every word that carries tone; only three words back are looked at.
        It also spells emoji sign by sign, and weighs words that carry none."""

        def polarity_scores(self, text: str) -> dict[str, float]:
            if not text.isascii():
                found: dict[str, float] = super().polarity_scores(text)
                return found
            told = SentiText(text.strip())
            words: list[str] = told.words_and_emoticons
            valences: list[float] = []
            lexicon, lowered = self.lexicon, [word.lower() for word in words]
            for place, word in enumerate(lowered):
                if word not in lexicon or word in BOOSTER_DICT or (word == "kind" and lowered[place + 1 : place + 2] == ["of"]):
                    valences.append(0)
                else:
                    self.sentiment_valence(0, told, words[place], place, valences)
            weighed: dict[str, float] = self.score_valence(self._but_check(words, valences), text.strip())
            return weighed

        def _negation_check(self, valence: float, words: list[str], start_i: int, i: int) -> Any:
            window = words[max(0, i - _REACH) : i + 1]
            if all(word.lower() not in turning and "n't" not in word.lower() for word in window):
                return valence
            return super()._negation_check(valence, window, start_i, len(window) - 1)

    return Linear()
