"""The runs of words in a clause that could stand over a paragraph: noun phrases, and what begins with doing something."""

from collections.abc import Iterator, Sequence

from listener.analysis import wording
from listener.analysis.grammar import Part, Usage

Phrase = tuple[str, ...]

_LONGEST = 5
_TYING = wording.word_set("about after at before between by during for from in into of on onto to with without")
_JOINING = wording.word_set("and or")
_ARTICLES = wording.word_set("a an the")
_MOVING = wording.word_set("back down in off out over through up")
# What only lives beside another word is a heading's first word, too.
_OPENERS = wording.word_set("being coming getting giving going having keeping making taking trying")
_NOT_OPENERS = wording.word_set("according asking being evening morning nothing something saying telling thinking wondering")
_COUNTING = wording.word_set("1st 2nd 3rd first last next second third")


def find_headings(words: Sequence[str], usage: Usage) -> Iterator[tuple[slice, bool]]:
    """The place of each run of two to five words that makes a heading, and whether it is no part of a longer noun phrase."""
    parts = [usage.part(word) for word in words]
    low = [word.casefold() for word in words]
    for start in range(len(words) - 1):
        for end in range(start + 2, min(start + _LONGEST, len(words)) + 1):
            if is_heading(low[start:end], parts[start:end]):
                yield slice(start, end), _is_whole(low, parts, start, end)


def is_heading(low: Sequence[str], parts: Sequence[Part]) -> bool:
    """Whether these words, in small letters, end in a noun and hold nothing that acts; `parts` are theirs."""
    if len(set(map(wording.stem, low))) < len(low):
        return False
    if len(low) == 3 and low[1] == "and" and parts[0] == parts[2] == "describing":
        return _may_stand(low[0], parts[0]) and _may_stand(low[2], parts[2])
    if parts[-1] != "noun" or not (_opens(low[0], parts[0]) or _may_stand(low[0], parts[0])):
        return False
    if _opens(low[0], parts[0]) and not _may_stand(low[1], parts[1]):
        return _is_deed(low, parts)
    return _is_named(low, parts)


def _opens(word: str, part: Part) -> bool:
    return word in _OPENERS or (part == "doing" and word not in _NOT_OPENERS)


def _may_stand(word: str, part: Part) -> bool:
    """Whether a word can stand before a noun, or be one."""
    return part in ("noun", "describing", "doing") and not word.endswith("ly") and word not in _COUNTING


def _is_deed(low: Sequence[str], parts: Sequence[Part]) -> bool:
    """`getting a break`, `getting through on the phone`: doing, a direction, a tie, an article, then what a thing is called."""
    place = 1
    for allowed in (_MOVING, _TYING, _ARTICLES):
        place += place < len(low) and low[place] in allowed
    return place < len(low) and _is_named(low[place:], parts[place:])


def _is_named(low: Sequence[str], parts: Sequence[Part]) -> bool:
    """`waiting list`, `bag of tablets`, `letter to the GP`: at most one tie, between what could stand alone."""
    ties = [place for place, word in enumerate(low) if word in _TYING or word in _JOINING]
    if not ties:
        return all(map(_may_stand, low, parts))
    tie = ties[0]
    article = tie + 1 < len(low) and low[tie + 1] in _ARTICLES and low[tie] not in _JOINING
    rest = tie + 1 + article
    return (
        len(ties) == 1
        and tie > 0
        and rest < len(low)
        and (parts[tie - 1] == "noun" or low[tie] in _JOINING)
        and all(map(_may_stand, low[:tie], parts[:tie]))
        and all(map(_may_stand, low[rest:], parts[rest:]))
    )


def _is_whole(low: Sequence[str], parts: Sequence[Part], start: int, end: int) -> bool:
    before = start > 0 and (parts[start - 1] in ("noun", "name") or low[start - 1] in _COUNTING or low[start - 1].isdigit())
    after = end < len(low) and parts[end] in ("noun", "name", "doing")
    return not before and not after
