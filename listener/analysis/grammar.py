"""What part a word plays in a week's texts, told by the company it keeps: no tagger, no model, English only."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Literal

from listener.analysis import wording

Part = Literal["noun", "describing", "doing", "verb", "name", "furniture"]

_FULL_VOTE = 2
_POINTING = wording.word_set(
    """
    a an another any each every her his its my no our some that the their these this those your whose
    """
)
_LEADING = wording.word_set("about at between by during for from in into of on per under via with without")
_ACTING = wording.word_set(
    """
    can can't cannot could couldn't did didn't do does doesn't don't he he'd he'll i i'd i'll i've it'll may might must never
    not please
    she she'd she'll should shouldn't they they'd they'll they've to we we'd we'll we've who will won't would wouldn't
    you you'd you'll
    """
)
_TAKING = wording.word_set("a an her him his it me my our that the their them these this those us you your")
_MEASURING = wording.word_set("as extremely how more most quite rather really so too very")
# Words that English uses as verbs, or to say how, even where a week's few texts do not show it.
_VERBS = wording.word_set(
    """
    able ago arrive arrived arrives ate became began believe brought call came choose chose come cried cry deserve die died eat
    explain feel felt find forget forgot found gave give go got happen hate hear heard held help hold hope keep kept knew know
    known learn leave left let listen lived look lose lost love made make manage meant meet met need ought paid pay phone put
    quicker ran rang read realise recommend remember ring rings rung said sat send sent shouted show shown sit slept speak spend
    spent spoke spoken stand start stay stood stop support taken taught tell think thought told took treat treated try turn
    understand understood use wait walk want went wish woke worked write written wrote
    """
)
_DESCRIBING = wording.word_set(
    """
    absolutely afraid alone amazing anywhere available awful bad best better big brilliant busy caring cheap clean clear cold
    courteous dead different difficult disabled early easier easy efficient elderly empty excellent exceptional fantastic fast
    faster fine first free friendly full fully good grateful great happy hard helpful high horrendous hot huge ill important
    invisible kind knowledgeable large last late later local lonely long longer lovely main medical mental new nice old online
    outstanding patient perfect pleasant polite poor possible professional prompt proper quick quickly quiet ready real
    reassuring regular respectful rude sad safe satisfied second short shorter sick silent slow small social soon sorry
    special straight sure thankful tired unpaid urgent warm well wonderful worse worst wrong young younger
    """
)
_KNOWN_NAMES = wording.word_set("alzheimer christmas easter english facebook macmillan nhs parkinson welsh whatsapp zoom")
_THINGS_DONE = wording.word_set(
    """
    bedding befriending booking building counselling dressing feeding funding heating housing meeting nursing parking screening
    swimming training
    """
)
_NOUN_ENDINGS = re.compile(r"(?:tion|sion|ment|ness|ance|ence|ity|ship|ism|ology|ist|ure)s?\Z")
_TITLES = wording.word_set("dr doctor mr mrs ms miss nurse prof professor sir sister")


@dataclass(frozen=True)
class Usage:
    """In what company each word, in small letters, was met; and how often with a capital where none was due."""

    pointed: Counter[str] = field(default_factory=Counter)
    headed: Counter[str] = field(default_factory=Counter)
    acted: Counter[str] = field(default_factory=Counter)
    measured: Counter[str] = field(default_factory=Counter)
    raised: Counter[str] = field(default_factory=Counter)
    plain: Counter[str] = field(default_factory=Counter)

    def part(self, word: str) -> Part:
        """What `word`, as written, most likely is; "doing" is what ends in -ing."""
        low = word.casefold()
        if not wording.is_telling(word):
            return "furniture"
        if self.is_name(word):
            return "name"
        if low in _DESCRIBING:
            return "describing"
        if low.endswith("ing") and len(low) > 5:
            mostly_named = self.headed[low] >= _FULL_VOTE and self.headed[low] > self.acted[low]
            return "noun" if mostly_named or wording.stem(low) in _THINGS_DONE else "doing"
        return self._ordinary_part(low)

    def is_name(self, word: str) -> bool:
        """Whether it is mostly written with a capital that no clause's beginning explains."""
        low = word.casefold()
        return self.raised[low] > self.plain[low] and wording.stem(low) not in _KNOWN_NAMES

    def _ordinary_part(self, low: str) -> Part:
        if low.endswith("ly") or self.measured[low] > self.headed[low]:
            return "describing"
        noun, verb = self.headed[low] + self.pointed[low], self.acted[low]
        if low in _VERBS or wording.stem(low) in _VERBS:
            return "noun" if low in _THINGS_DONE or (self.headed[low] >= _FULL_VOTE and noun > 2 * verb) else "verb"
        if low.endswith(("ed", "n't")) and len(low) > 4:
            return "describing" if self.pointed[low] > verb else "verb"
        if _NOUN_ENDINGS.search(low):
            return "noun"
        return "verb" if verb > noun else "noun"


def learn(texts: Iterable[Sequence[Sequence[str]]]) -> Usage:
    """The usage in all these texts, each a list of clauses; their order does not matter."""
    usage = Usage()
    for clauses in texts:
        for words in clauses:
            _learn_clause(words, usage)
    return usage


def _learn_clause(words: Sequence[str], usage: Usage) -> None:
    low = [word.casefold() for word in words]
    before, after = ["", *low], [*low[1:], ""]
    for word, last, following in zip(low, before, after, strict=False):
        pointed = last in _POINTING or last in _LEADING or last.endswith("'s")
        usage.pointed[word] += pointed
        usage.headed[word] += pointed and not wording.is_telling(following) and following not in _TAKING
        usage.acted[word] += last in _ACTING or (following in _TAKING and not pointed)
        usage.measured[word] += last in _MEASURING
    if 2 * sum(word[:1].isupper() for word in words) <= len(words):
        _learn_capitals(words, usage)


def _learn_capitals(words: Sequence[str], usage: Usage) -> None:
    for last, word in pairwise(words):
        raised = word[:1].isupper() and not word.isupper()
        usage.raised[word.casefold()] += raised * (1 + (last.casefold() in _TITLES))
        usage.plain[word.casefold()] += not raised
    usage.plain.update(word.casefold() for word in words[:1] if word[:1].islower())
