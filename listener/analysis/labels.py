"""Names for groups of texts: five telling words, and a short phrase that people in the group really wrote."""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, combinations, count
from math import exp, log, sqrt

from listener.analysis import grammar, headings, wording
from listener.analysis.headings import Phrase

Clauses = list[list[str]]

KEYWORDS = 5
_LEAST_WRITTEN = 3
_LEAST_KEYWORD = 2
_WORD_SHARE = 0.06
_PHRASE_SHARE = 0.03
_COVERED = 0.15
_LEADING = 2
_ALONE = 0.4
_APART = 1.2
_MUCH_MORE = 0.5
_FAR_MORE = 0.9
_EVERYBODYS = 0.1
_NARROW = 0.12
_VAGUE_WORTH = 0.25
_EVEN = 0.05
# What people talk of whatever they talk about: when, who, how much.
_SMALL_TALK = wording.word_set(
    """
    afternoon back bad bit brother dad daughter day days evening extra first far father feel feeling feels felt gave good great
    guy hour hours husband kind lady last later left long looking lot lots made main mam man middle minute minutes moment
    month months morning mother mum new next nice night none number old one part people person place point really reason
    right said same seriously side simply sister somebody son soon sort time times today told tomorrow top totally truly way
    week weeks went wife woman year years
    """
)
# Words that may be part of a phrase but name nothing when they stand alone.
_VAGUE = _SMALL_TALK | wording.word_set(
    """
    able absolutely actually answer answered arrive arrived ask asked best better big called care case come complete
    completely dealt definitely difference different done earlier early easily easy end explain explained extremely fast
    faster fault finally find fine first forward found full fully hand happy hard hear heard help helped hold home house
    immediately job kept leave listened look looked lovely massive name need needed needs order own past perfect possible
    possibly probably problem question quick quicker quickly ran rang read realise reassured respond responded return sat
    second send sent show showed sit slow small sooner sorted spoke spot start started stop stopped straight taken talk
    talked talking tell thought tried turn turned used waited word work worked worse write written wrong wrote
    """
)
# What many answer who were asked what could be better; its words by themselves name nothing.
_CONTENT = "nothing to improve"
_DENYING = wording.word_set("anything can't cannot couldn't not nothing thing")
_POSSIBLE = wording.word_set("can can't cannot could couldn't")
_IMPROVING = wording.word_set("better fault improve improved")
_CONTENT_SHARE = 0.2
_INFLECTION = re.compile(r"(?<=\w{4})(?:ings?|ers?|ed|es|e)\Z|(?<=\w{3})(?:ing|ed)\Z")


@dataclass(frozen=True, kw_only=True)
class Named:
    """A group's label and its words, best first."""

    label: str
    keywords: tuple[str, ...]


def name_groups(groups: Sequence[Sequence[Clauses]], given: Collection[str] = ()) -> list[Named]:
    """One name a group, in their order; an earlier group has the first choice, so that no two share a label, nor has any one
    that is `given` already."""
    usage = grammar.learn(text for group in groups for text in group)
    spreads = [_count_words(group, usage) for group in groups]
    everywhere: Counter[Phrase] = Counter()
    for spread in spreads:
        everywhere.update(spread.texts)
    size = sum(len(group) for group in groups)
    taken = {label.casefold() for label in given}
    named = []
    for group, spread in zip(groups, spreads, strict=True):
        tells = {word: _tell(texts / len(group), everywhere[word] / size) for word, texts in spread.texts.items()}
        named.append(_Naming(group=group, usage=usage, spread=spread, tells=tells).name(taken))
        taken.add(named[-1].label.casefold())
    return named


def is_naming(word: str) -> bool:
    """Whether a word can stand alone as the name of a subject."""
    return wording.is_telling(word) and word.casefold() not in _VAGUE and wording.stem(word) not in _VAGUE


def _family(word: str) -> str:
    """The same for `wait` and `waiting`, for `driver` and `drive`."""
    return _INFLECTION.sub("", word)


def _tell(here: float, everywhere: float) -> float:
    """p(in) * log(p(in) / p(all)): common here, and commoner here than elsewhere; in a lone group, common."""
    return here * (log(here / everywhere) + _EVEN)


def _least(share: float, group: Sequence[Clauses]) -> float:
    return max(_LEAST_WRITTEN, share * len(group))


@dataclass(frozen=True, kw_only=True)
class _Spread:
    """In how many texts each phrase stands, by its stems, and how it is written most often."""

    texts: Counter[Phrase]
    written: Mapping[Phrase, str]


@dataclass(frozen=True, kw_only=True)
class _Naming:
    """What one group's name is chosen from: `tells` says of each of its words how well it tells the group apart."""

    group: Sequence[Clauses]
    usage: grammar.Usage
    spread: _Spread
    tells: Mapping[Phrase, float]

    def name(self, taken: Collection[str]) -> Named:
        words = self._best_words()
        keywords = tuple(self._write(words[:KEYWORDS]))
        lists = (_lists(self._write(some[:KEYWORDS])) for some in self._choices(words))
        choices = chain(self._contentment(), self._phrases(words), *lists, _numbers())
        label = next(label for label in map(_capital, choices) if label.casefold() not in taken)
        return Named(label=label, keywords=keywords)

    def _write(self, words: Sequence[Phrase]) -> list[str]:
        return [self.spread.written[word] for word in words]

    def _contentment(self) -> list[str]:
        said = sum(any(map(_is_content, clauses)) for clauses in self.group)
        return [_CONTENT] if said >= _least(_CONTENT_SHARE, self.group) else []

    def _choices(self, words: Sequence[Phrase]) -> Iterator[Sequence[Phrase]]:
        """What may be listed for want of a phrase, the likeliest first: what names something and many say, then anything."""
        least, apart = _least(_WORD_SHARE, self.group), self._apart()
        common = [word for word in words if self.spread.texts[word] >= least and word in apart]
        if self._praises(words):
            yield [word for word in common if self._part(word) == "describing" and is_naming(word[0])]
        things = [word for word in words if is_naming(word[0]) and self._part(word) in ("noun", "doing")]
        known = [word for word in things if word in common]
        if len(known) > 1 or any(map(self._stands_alone, known)):
            yield known
        said = [word for word in common if word[0] not in _SMALL_TALK and self._part(word) != "verb"]
        yield from (some for some in ((things, said) if known else (said, things)) if len(some) > 1)
        yield from (said, common, words)

    def _apart(self) -> frozenset[Phrase]:
        """The words that are said here much more than elsewhere; all, where there is nothing to compare with."""
        return frozenset(filter(self._tells_apart, self.spread.texts)) or frozenset(self.spread.texts)

    def _tells_apart(self, word: Phrase) -> bool:
        """What everybody talks of has to be said here more often still."""
        here = self.spread.texts[word] / len(self.group)
        gain = self.tells[word] / here
        return gain >= (_MUCH_MORE if here < _EVERYBODYS * exp(gain) else _FAR_MORE)

    def _stands_alone(self, word: Phrase) -> bool:
        here = self.spread.texts[word] / len(self.group)
        return here >= _ALONE and self.tells[word] >= here * _APART

    def _praises(self, words: Sequence[Phrase]) -> bool:
        """Whether what tells the group apart is how things were, not what they were."""
        return sum(self._part(word) == "describing" for word in words[:3]) > 1

    def _part(self, word: Phrase) -> grammar.Part:
        return self.usage.part(self.spread.written[word])

    def _best_words(self) -> list[Phrase]:
        """One of each family of words, the most telling first; rare ones last, and what names nothing has to tell much more."""
        least, apart = _least(_WORD_SHARE, self.group), self._apart()

        def rank(word: Phrase) -> tuple[bool, bool, float, Phrase]:
            worth = self.tells[word] * (1 if is_naming(word[0]) else _VAGUE_WORTH)
            return word[0] in _SMALL_TALK or word not in apart, self.spread.texts[word] < least, -round(worth, 9), word

        known = sorted((word for word, texts in self.spread.texts.items() if texts >= _LEAST_KEYWORD), key=rank)
        families: dict[str, Phrase] = {}
        for word in known:
            families.setdefault(_family(word[0]), word)
        return list(families.values())

    def _phrases(self, words: Sequence[Phrase]) -> list[str]:
        """What enough people wrote about the group's best `words` and a heading could say, the best first."""
        praising, leading = self._praises(words), {_family(word) for (word,) in words[:_LEADING]}
        spread, whole = _count_phrases(self.group, self.usage)
        worth = {phrase: self._worth(phrase, texts, whole[phrase] / texts) for phrase, texts in spread.texts.items()}
        best = sorted(
            (
                one
                for one in worth
                if worth[one] > 0 and (praising or self._names(one)) and not leading.isdisjoint(map(_family, one))
            ),
            key=lambda phrase: (-round(worth[phrase], 9), phrase),
        )
        return [spread.written[phrase] for phrase in best]

    def _names(self, phrase: Phrase) -> bool:
        return any(self.usage.part(word) != "describing" for word in phrase if wording.is_telling(word))

    def _worth(self, phrase: Phrase, texts: int, whole: float) -> float:
        """More where more people wrote it, not as part of another phrase, and in more words that stand for the group."""
        words = [(word,) for word in phrase if wording.is_telling(word)]
        naming = [word for word in words if is_naming(word[0])]
        covered = sum(self.spread.texts[word] for word in naming) / (len(naming) or 1) / len(self.group)
        often = max((self.spread.texts[word] for word in naming), default=0)
        if texts < max(_least(_PHRASE_SHARE, self.group), _NARROW * often) or covered < _COVERED:
            return 0.0
        telling = sum(self.tells.get(word, 0.0) for word in words) / len(words)
        return float(texts * whole * telling * sqrt(len(words)))


def _is_content(words: Sequence[str]) -> bool:
    """Whether a clause says that nothing could be better; that nothing got better is another matter."""
    low = {word.casefold() for word in words}
    return not any(map(low.isdisjoint, (_DENYING, _POSSIBLE, _IMPROVING)))


def _lists(words: Sequence[str]) -> Iterator[str]:
    """Three words in a row, the best first, so that nobody takes them for a thing of that name; else two, or the only one."""
    yield from (f"{one}, {two} and {three}" for one, two, three in combinations(words, 3))
    yield from (f"{one} and {other}" for one, other in combinations(words, 2))
    yield from words


def _numbers() -> Iterator[str]:
    """For a group whose every other name is taken."""
    return (f"Other {number}" for number in count(1))


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


# --- counting -----------------------------------------------------------------------------------------------------------


def _count_words(group: Sequence[Clauses], usage: grammar.Usage) -> _Spread:
    return _gather(
        {
            ((wording.stem(word),), _lasting_form(word).removesuffix("'s"))
            for words in clauses
            for word in words
            if _is_word(word, usage)
        }
        for clauses in group
    )


def _is_word(word: str, usage: grammar.Usage) -> bool:
    return wording.is_telling(word) and not word[0].isdigit() and not usage.is_name(word)


def _count_phrases(group: Sequence[Clauses], usage: grammar.Usage) -> tuple[_Spread, Counter[Phrase]]:
    """The headings in a group, and in how many texts each is no part of a longer one."""
    whole: Counter[Phrase] = Counter()
    found = []
    for clauses in group:
        forms: dict[tuple[Phrase, str], bool] = {}
        for words in clauses:
            for run, alone in headings.find_headings(words, usage):
                form = _phrase_of(words[run]), " ".join(map(_lasting_form, words[run]))
                forms[form] = forms.get(form, False) or alone
        found.append(set(forms))
        whole.update({phrase for (phrase, _), alone in forms.items() if alone})
    return _gather(found), whole


def _phrase_of(words: Sequence[str]) -> Phrase:
    """Its stems; `polite and helpful` and `helpful and polite` are one."""
    stems = tuple(map(wording.stem, words))
    return stems if stems[1] != "and" else (min(stems[0], stems[2]), "and", max(stems[0], stems[2]), *stems[3:])


def _gather(found: Iterable[set[tuple[Phrase, str]]]) -> _Spread:
    """Counts each phrase once a text, in whatever forms it stands there."""
    forms: Counter[tuple[Phrase, str]] = Counter()
    texts: Counter[Phrase] = Counter()
    for here in found:
        forms.update(here)
        texts.update({phrase for phrase, _ in here})
    written: dict[Phrase, str] = {}
    for phrase, form in sorted(forms, key=lambda one: (-forms[one], one)):
        written.setdefault(phrase, form)
    return _Spread(texts=texts, written=written)


def _lasting_form(word: str) -> str:
    """Small letters, but for what is written in capitals (`GP`, `A&E`); shouting is not such a word."""
    return word if word.isupper() and len(word) <= 4 else word.lower()
