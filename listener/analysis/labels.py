"""Names for groups of texts: five telling words, and a short phrase that people in the group really wrote."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, combinations, count
from math import log

from listener.analysis import wording

Clauses = list[list[str]]
Phrase = tuple[str, ...]

KEYWORDS = 5
_LONGEST = 4
_LEAST_WRITTEN = 3
_WORD_SHARE = 0.06
_PHRASE_SHARE = 0.015
# Words that may stand inside a phrase but make a poor edge: how much, how often, and verbs that need an object.
_POOR_EDGES = wording.word_set(
    """
    able absolutely actually arrived asked bit called complete completely days definitely easily explained extremely far
    feel feeling feels felt finally fully gave great hour hours immediately last later left made massive minute minutes
    months needed needs next people possible possibly probably ran rang really said seriously simply taken today told
    tomorrow totally truly waited week weeks went year years
    """
)
# Words that may be part of a phrase but name nothing when they stand alone.
_VAGUE = _POOR_EDGES | wording.word_set(
    """
    afternoon answer answered arrive arrived ask back bad best better big brother come dad daughter day dealt different done
    earlier early easy end evening fast faster father fault find fine first forward found full good great hand happy hard
    hear heard help helped hold home hour house husband job kept lady leave left listened long look looked lovely main mam
    man minute month morning mother mum need needed new nice night none number old past perfect person problem quick quicker
    quickly rang read realise reassured respond responded return right same sat second send sent show showed sister sit slow
    small son soon sooner sorted spoke spot start started stop stopped straight talk talked tea tell thought time top tried
    turn turned waited way week wife woman word work worse write wrong year
    """
)


@dataclass(frozen=True, kw_only=True)
class Named:
    """A group's label and its words, best first."""

    label: str
    keywords: tuple[str, ...]


def name_groups(groups: Sequence[Sequence[Clauses]], given: Collection[str] = ()) -> list[Named]:
    """One name a group, in their order; an earlier group has the first choice, so that no two share a label, nor has any one
    that is `given` already."""
    spreads = [_count_forms(group, _words_of) for group in groups]
    everywhere: Counter[Phrase] = Counter()
    for spread in spreads:
        everywhere.update(spread.texts)
    size = sum(len(group) for group in groups)
    taken = {label.casefold() for label in given}
    named = []
    for group, spread in zip(groups, spreads, strict=True):
        tells = {word: _tell(texts / len(group), everywhere[word] / size) for word, texts in spread.texts.items()}
        named.append(_name_group(group, spread, tells, taken))
        taken.add(named[-1].label.casefold())
    return named


def _tell(here: float, everywhere: float) -> float:
    """p(in) * log(p(in) / p(all)): common here, and commoner here than elsewhere."""
    return here * log(here / everywhere)


def _name_group(group: Sequence[Clauses], spread: "_Spread", tells: Mapping[Phrase, float], taken: Collection[str]) -> Named:
    least = _least(_WORD_SHARE, group)
    best = sorted(tells, key=lambda word: (spread.texts[word] < least, -round(tells[word], 9), word))[:KEYWORDS]
    keywords = [spread.written[word] for word in best]
    common = [spread.written[word] for word in best if spread.texts[word] >= least]
    heads = {word: max(tells[phrase], 0.0) for phrase in best for word in phrase}
    lists = map(_lists, ([word for word in common if is_naming(word)], common, keywords))
    choices = chain(_phrases(group, heads), *lists, _numbers())
    label = next(label for label in map(_capital, choices) if label.casefold() not in taken)
    return Named(label=label, keywords=tuple(keywords))


def _phrases(group: Sequence[Clauses], heads: Mapping[str, float]) -> list[str]:
    """What enough people wrote about one of the group's words, the commonest first; a longer phrase may be rarer."""
    spread = _count_forms(group, lambda words: _phrases_of(words, heads))
    least = _least(_PHRASE_SHARE, group)
    worth = {phrase: texts * _weight(phrase, heads) for phrase, texts in spread.texts.items() if texts >= least}
    return [spread.written[phrase] for phrase in sorted(worth, key=lambda phrase: (-round(worth[phrase], 9), phrase))]


def _weight(phrase: Phrase, heads: Mapping[str, float]) -> float:
    telling = [word for word in phrase if wording.is_telling(word)]
    return (len(telling) - 1) * max(heads.get(word, 0.0) for word in telling)


def _least(share: float, group: Sequence[Clauses]) -> float:
    return max(_LEAST_WRITTEN, share * len(group))


def is_naming(word: str) -> bool:
    """Whether a word can stand alone as the name of a subject."""
    return wording.is_telling(word) and wording.stem(word) not in _VAGUE


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


@dataclass(frozen=True, kw_only=True)
class _Spread:
    """In how many texts each phrase stands, by its stems, and how it is written most often."""

    texts: Counter[Phrase]
    written: Mapping[Phrase, str]


def _count_forms(group: Sequence[Clauses], forms_of: Callable[[list[str]], Iterable[tuple[Phrase, str]]]) -> _Spread:
    forms: Counter[tuple[Phrase, str]] = Counter()
    for clauses in group:
        forms.update(dict(chain.from_iterable(forms_of(words) for words in clauses)).items())
    texts: Counter[Phrase] = Counter()
    written: dict[Phrase, str] = {}
    for (phrase, form), number in sorted(forms.items(), key=lambda item: (-item[1], item[0])):
        texts[phrase] += number
        written.setdefault(phrase, form)
    return _Spread(texts=texts, written=written)


def _words_of(words: list[str]) -> Iterable[tuple[Phrase, str]]:
    return (((wording.stem(word),), _lasting_form(word)) for word in words if wording.is_telling(word))


def _phrases_of(words: list[str], heads: Collection[str]) -> Iterator[tuple[Phrase, str]]:
    """Runs of two to four words with firm edges that hold one of `heads`."""
    stems = [wording.stem(word) for word in words]
    firm = [wording.is_telling(word) and word.casefold() not in _POOR_EDGES for word in words]
    for head in (place for place, stem in enumerate(stems) if stem in heads):
        for start in range(max(0, head - _LONGEST + 1), head + 1):
            for end in range(max(head, start + 1), min(start + _LONGEST, len(words))):
                run = slice(start, end + 1)
                if firm[start] and firm[end] and any(map(is_naming, words[run])):
                    yield tuple(stems[run]), " ".join(map(_lasting_form, words[run]))


def _lasting_form(word: str) -> str:
    """Small letters, but for what is written in capitals (`GP`, `A&E`); shouting is not such a word."""
    return word if word.isupper() and len(word) <= 4 else word.lower()
