"""How a text sounds: VADER (Hutto and Gilbert, 2014), made linear, with the service's own words kept neutral."""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from storage.values import Score, Tone

if TYPE_CHECKING:
    from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

VERSION = "vader-3.3.2/service-words-1"
THRESHOLD = 0.05
MOST_SIGNS = 5_000
MOST_EMOJI = 20
_REACH = 3

# Names of services, not feelings: VADER calls "care", "support" and "trust" good, "emergency", "cancer" and "pain" bad.
_SERVICE_WORDS = re.compile(
    r"""\b(?:
        (?:health|social|home|day|primary|secondary|intensive|critical|palliative|respite|urgent|child|personal|residential
          |nursing|end[ ]of[ ]life)[ -]?care
      | care[ -]?(?:homes?|plans?|packages?|workers?|co-?ordinators?|teams?|services?|centres?|system|needs|assessments?
          |providers?|agency|agencies|act|quality[ ]commission)
      | (?:nhs|foundation|hospital|ambulance)[ ]trust
      | support[ ](?:groups?|workers?|plans?|services?|teams?|networks?|officers?)
      | (?:accident[ ](?:and|&)[ ])?emergency[ ](?:departments?|services?|room|contacts?|plans?|admissions?|care)
      | cancer[ ](?:care|clinics?|nurses?|centres?|wards?|services?|patients?|teams?|units?|charity|charities)
      | pain[ ](?:clinics?|relief|management|team)
      | death[ ]certificates?
      | help[ ]?(?:desks?|lines?)
      | treatment[ ](?:rooms?|centres?|plans?)
    )\b""",
    re.IGNORECASE | re.VERBOSE,
)
# Praise in negative words, which VADER takes at their word.
_PRAISE = re.compile(
    r"""\b(?:
        no[ ](?:complaints?|problems?|issues?|concerns?|worries|faults?)
      | nothing[ ](?:to[ ](?:complain[ ]about|improve|fault)|(?:could|can)[ ]be[ ](?:improved|better))
      | (?:can'?t|couldn'?t|cannot|could[ ]not|can[ ]not)[ ](?:fault|complain|have[ ]been[ ](?:better|nicer|kinder)
          |ask[ ]for[ ](?:better|more))
      | second[ ]to[ ]none
    )\b""",
    re.IGNORECASE | re.VERBOSE,
)


class Scorer:
    """Scores texts one by one; building one reads the lexicon (34 ms), so keep it."""

    def __init__(self) -> None:
        self._analyser = _linear_analyser()
        self._emoji = re.compile("[" + "".join(map(re.escape, (key for key in self._analyser.emojis if len(key) == 1))) + "]")

    def score(self, texts: Sequence[str]) -> list[Score]:
        """One score a text, in order; `value` is VADER's compound."""
        return [self._score_text(text) for text in texts]

    def _score_text(self, text: str) -> Score:
        value = float(self._analyser.polarity_scores(self._prepare(text))["compound"])
        return Score(tone_of(value), value)

    def _prepare(self, text: str) -> str:
        """VADER writes each emoji out in words, and a letter of ten pages says its tone in the first two."""
        short = text[:MOST_SIGNS].replace("\u2019", "'")
        if not short.isascii():
            short = _cap_emoji(short, self._emoji)
        return _PRAISE.sub("excellent", _SERVICE_WORDS.sub("service", short))


def tone_of(value: float) -> Tone:
    """VADER's own thresholds."""
    if value >= THRESHOLD:
        return "good"
    return "difficult" if value <= -THRESHOLD else "neutral"


def _cap_emoji(text: str, emoji: re.Pattern[str]) -> str:
    places = [found.start() for found in emoji.finditer(text)]
    if len(places) <= MOST_EMOJI:
        return text
    cut = places[MOST_EMOJI]
    return text[:cut] + emoji.sub(" ", text[cut:])


def _linear_analyser() -> "SentimentIntensityAnalyzer":
    from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

    class Linear(SentimentIntensityAnalyzer):  # type: ignore[misc]  # vaderSentiment has no types
        """VADER lowers every word of the text again for every word that carries tone; only three words back are looked at."""

        def _negation_check(self, valence: float, words: list[str], start_i: int, i: int) -> Any:
            first = max(0, i - _REACH)
            return super()._negation_check(valence, words[first : i + 1], start_i, i - first)

    return Linear()
