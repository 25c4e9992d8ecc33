"""Phrases that mean something else than their words do: names of services, praise in negative words, blame in kind ones."""

import re
from dataclasses import dataclass

_WORD = re.compile(r"[a-z']+")


@dataclass(frozen=True, slots=True)
class Phrases:
    """What a pattern finds is said by `instead`. No text without one of the `hints` need be searched, which takes longer."""

    pattern: re.Pattern[str]
    instead: str
    hints: frozenset[str]


def spell_out(text: str) -> str:
    """The text with one word, good or bad or neither, in place of each phrase; for whoever takes words one by one."""
    words = _WORD.findall(text.lower())
    for phrases in _ALL:
        if not phrases.hints.isdisjoint(words):
            text = phrases.pattern.sub(phrases.instead, text)
    return text


def _hints(words: str) -> frozenset[str]:
    return frozenset(_WORD.findall(words))


_NAMES = re.compile(
    r"""\b(?:
        (?:pain|sick|death|dead|suicide|abuse|violence|fire|injur(?:y|ies)|debt|prison|falls?|fatigue|wound|heart|risk|complaints?
          |trauma|stress|welcome|sunshine|friendship|benefits?|fever|flu|wellbeing|strike|play|stop[ ]smoking)[ ]
        (?:clinics?|relief|management|teams?|killers?|certificates?|prevention|services?|stations?|alarms?|units?|advice|nurses?
          |failure|attack|disease|wards?|lines?|departments?|procedures?|officers?|forms?|assessments?|registers?|clubs?|groups?
          |centres?|packs?|cafes?|jabs?|vaccines?|vaccinations?|notes?|pay|leave|therap(?:y|ists?)|days?|rooms?)
      | caring[ ](?:for|roles?|responsibilit(?:y|ies)|duties)
      | friends[ ]and[ ]family[ ]test|(?:key|bus|medicines?)[ ](?:safes?|stops?)
      | free[ ](?:parking|of[ ]charge|school[ ]meals)
    )\b""",
    re.IGNORECASE | re.VERBOSE,
)
_PRAISE = re.compile(
    r"""\b(?:
        no[ ](?:(?:real|major|particular|further)[ ])?(?:complaints?|problems?|issues?|concerns?|worries|faults?|improvements?
          |criticisms?|trouble|hassle|fuss)\b(?![ ]solv|[ ](?:procedure|department|form))
      | never[ ](?:had[ ])?(?:a|any)[ ](?:problems?|issues?|complaints?|trouble)
      | (?:nothing|not[ ]a[ ]thing|little)[ ](?:to[ ](?:complain[ ]about|improve|fault|change|criticise)
          |(?:could|can|needs?[ ]to)[ ](?:be|have[ ]been)[ ](?:improved|better|done[ ]better|changed|bettered)
          |(?:was|is|were)[ ]too[ ]much[ ]trouble|but[ ](?:praise|kindness))
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
_ALL = (
    Phrases(
        _NAMES,
        "service",
        _hints(
            "pain sick death dead suicide abuse violence fire injury injuries debt prison fall falls fatigue"
            " wound heart risk complaint complaints trauma stress welcome sunshine friendship benefit benefits"
            " fever flu wellbeing strike play stop caring friends key bus medicine medicines free"
        ),
    ),
    Phrases(
        _PRAISE,
        "excellent",
        _hints(
            "complaint complaints problem problems issue issues concern concerns worries fault faults improvement"
            " improvements criticism criticisms trouble hassle fuss complain improve change criticise improved"
            " better bettered changed praise kindness nicer kinder helpful anything thank speak enough none beyond"
            " mile hats keep hands cared looked ease"
        ),
    ),
    Phrases(
        _BLAME,
        "terrible",
        _hints(
            "nobody one none care listen help support helpful unhelpful supportive unsupportive caring uncaring"
            " enough too pillar off ears point tether wits let waste listened told called rang through left"
        ),
    ),
)
