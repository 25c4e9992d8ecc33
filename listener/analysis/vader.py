"""VADER (Hutto and Gilbert, 2014) as the named baseline of tone: made linear, and the words of the service no feelings."""

import re
from importlib import resources
from typing import TYPE_CHECKING, Any

from storage.values import Tone

if TYPE_CHECKING:
    from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

VERSION = "vader-3.3.2/service-words-2"
THRESHOLD = 0.05
MOST_SIGNS = 5_000
MOST_EMOJI = 20
_REACH = 3

# Names of services and things: without their own words, what is left of a sentence says how its writer feels.
_NAMES = re.compile(
    r"""\b(?:
        (?:pain|sick|death|dead|suicide|abuse|violence|fire|injur(?:y|ies)|debt|prison|falls?|fatigue|wound|heart|risk|complaints?
          |trauma|stress|welcome|sunshine|friendship|benefits?|fever|flu|wellbeing|strike|play|stop[ ]smoking)[ ]
        (?:clinics?|relief|management|teams?|killers?|certificates?|prevention|services?|stations?|alarms?|units?|advice|nurses?
          |failure|attack|disease|wards?|lines?|departments?|procedures?|officers?|forms?|assessments?|registers?|clubs?|groups?
          |centres?|packs?|cafes?|jabs?|vaccines?|vaccinations?|notes?|pay|leave|therap(?:y|ists?)|days?|rooms?)
      | caring[ ](?:for|roles?|responsibilit(?:y|ies)|duties)|looks?[ ]after
      | friends[ ]and[ ]family[ ]test|(?:key|bus|medicines?)[ ](?:safes?|stops?)
      | free[ ](?:parking|of[ ]charge|school[ ]meals)|well[ -](?:being|woman|man)
    )\b""",
    re.IGNORECASE | re.VERBOSE,
)
# What English means, where VADER takes its words one by one. First letters as one set keep the search quick.
_PRAISE = re.compile(
    r"""\b(?:
        no[ ](?:(?:real|major|particular|further)[ ])?(?:complaints?|problems?|issues?|concerns?|worries|faults?|improvements?
          |criticisms?|trouble|hassle|fuss)\b(?![ ]solv|[ ](?:procedure|department|form))
      | never[ ](?:had[ ])?(?:a|any)[ ](?:problems?|issues?|complaints?|trouble)
      | (?:nothing|not[ ]a[ ]thing|little)[ ](?:to[ ](?:complain[ ]about|improve|fault|change|criticise)
          |(?:could|can|needs?[ ]to)[ ](?:be|have[ ]been)[ ](?:improved|better|done[ ]better|changed|bettered)
          |(?:was|is|were)[ ]too[ ]much[ ]trouble|but[ ](?:praise|good|kindness|the[ ]best))
      | (?:can'?t|couldn'?t|cannot|could[ ]not|can[ ]not)[ ](?:really[ ])?(?:fault|complain|have[ ]been[ ](?:better|nicer|kinder
          |more[ ]helpful)|(?:ask|have[ ]asked|wish|have[ ]wished)[ ]for[ ](?:better|more|anything)|praise|thank|speak[ ]highly
          |do[ ]enough|be[ ]better|improve)
      | second[ ]to[ ]none|above[ ]and[ ]beyond|extra[ ]mile|hats[ ]off|keep[ ]up[ ]the[ ]good[ ]work|in[ ](?:good|safe)[ ]hands
      | (?:well|fully)[ ](?:cared[ ]for|looked[ ]after)|looked[ ]after[ ](?:very[ ])?well|at[ ](?:my|her|his)?[ ]?ease
    )\b""",
    re.IGNORECASE | re.VERBOSE,
)
_BLAME = re.compile(
    r"""\b(?:
        (?:nobody|no[ -]?one|none[ ]of[ ]them)[ ](?:cares?|cared|listens?|listened|helps?|helped|answers?|answered|came|comes
          |bothers?|bothered|called|rang|told|explained|seems?|seemed|knows?|knew)
      | (?:(?:do|does|did|could)(?:n'?t|[ ]not)|not)[ ](?:seem[ ]to[ ])?(?:care|care[ ]less|listen|help)
      | (?:no|not[ ]enough|lack[ ]of|without(?:[ ]any)?|never[ ](?:any|got[ ]any)|little)[ ](?:care|help|support)
      | (?:un|not[ ](?:very|at[ ]all|so)[ ])(?:helpful|supportive|caring)|not[ ]good[ ]enough
      | too[ ](?:long|late|slow|far|early|few|short|many[ ]questions)
      | pillar[ ]to[ ]post|fob(?:bed|bing)?[ ]off|deaf[ ]ears|breaking[ ]point|end[ ]of[ ]my[ ]tether|my[ ]wits'?[ ]end
      | let[ ](?:me|us|him|her|them|people|carers|families)[ ]down|waste[ ]of[ ]time
      | (?:not|never)[ ](?:listened|told|called|rang)
      | fall(?:s|ing|en)?[ ]through[ ]the[ ](?:net|cracks|gaps)|left[ ](?:alone|waiting|in[ ]the[ ]dark|for[ ]hours|to[ ]cope)
    )\b""",
    re.IGNORECASE | re.VERBOSE,
)


class Baseline:
    """Scores texts one by one; building one reads the lexicon (34 ms), so keep it."""

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
        return _BLAME.sub("terrible", _PRAISE.sub("excellent", _NAMES.sub("service", short)))


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
    from vaderSentiment.vaderSentiment import BOOSTER_DICT, SentimentIntensityAnalyzer, SentiText

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
            for place, word in enumerate(words):
                if self._carries_tone(words, place):
                    self.sentiment_valence(0, told, word, place, valences)
                else:
                    valences.append(0)
            weighed: dict[str, float] = self.score_valence(self._but_check(words, valences), text.strip())
            return weighed

        def _carries_tone(self, words: list[str], place: int) -> bool:
            word, following = words[place].lower(), words[place + 1 : place + 2]
            kind_of = word == "kind" and bool(following) and following[0].lower() == "of"
            return word in self.lexicon and word not in BOOSTER_DICT and not kind_of

        def _negation_check(self, valence: float, words: list[str], start_i: int, i: int) -> Any:
            first = max(0, i - _REACH)
            return super()._negation_check(valence, words[first : i + 1], start_i, i - first)

    return Linear()
