"""Which contributions only repeat another: reposts, identical texts, and texts that differ in next to nothing."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import pairwise
from math import ceil
from zlib import crc32

from listener.analysis import wording
from storage.values import Kept

LIKENESS = 0.8
LEAST_WORDS = 4
# What whoever passes a text on puts around it: a forwarded mail's head, marks of quoting, a name, a greeting, a farewell.
_HEAD = re.compile(
    r"^[ \t>]*(?:(?:from|sent|date|to|cc|subject|reply-to)[ \t]*:.*|-{2,20}[^\n]{0,40}(?:message|forward)[^\n]{0,40}"
    r"|begin forwarded message:?|(?:fwd?|re)[ \t]*:)[ \t]*$|^[ \t]*(?:fwd?|re)[ \t]*:|^[ \t]*>[> \t]*",
    re.IGNORECASE | re.MULTILINE,
)
_NAME = re.compile(r"\bmy name is \w+(?: \w+)?[^.,!?\n]{0,40}[.,!?\n]", re.IGNORECASE)
_HELLO = re.compile(
    r"\A\W*(?:dear|hi|hiya|hello|good (?:morning|afternoon|evening|day)|to whom it may concern)\b[^\n,.!?:]{0,60}[,.!?:\n]",
    re.IGNORECASE,
)
_FAREWELL = re.compile(
    r"(?<=[.!?\n])[^\w.!?\n]*(?:many thanks|thanks?(?: you)?|yours|(?:kind(?:est)?|best|warm(?:est)?)?[ ]?(?:regards|wishes)"
    r"|cheers|please (?:share|retweet|repost|pass (?:it|this) on|sign))\b[^.!?\n]{0,60}[.!?]*(?:\n[^.!?\n]{0,60})?\W*\Z",
    re.IGNORECASE,
)
_NO_WORD = re.compile(r"[^\w]+|_+")


def collapse(posts: Sequence[Kept]) -> dict[int, int]:
    """Each row that repeats another, with the row it repeats, which itself repeats none; the order of `posts` does not matter.

    The original is the earliest by `(posted_at, network, id)`; something said always comes before its reposts.
    """
    same = find_same(posts)
    return join_copies(same, find_near([kept for kept in posts if kept.row not in same]))


def join_copies(same: dict[int, int], near: dict[int, int]) -> dict[int, int]:
    """Both as one, without chains: what repeats a near copy repeats that one's original."""
    return {row: near.get(original, original) for row, original in same.items()} | near


def sort_posts(posts: Iterable[Kept]) -> list[Kept]:
    return sorted(posts, key=lambda kept: (kept.post.posted_at, kept.post.network, kept.post.id))


def plain_words(text: str) -> str:
    """A text as it is compared: words in small letters, one space between; no links, handles, outer tags, punctuation."""
    return " ".join(_NO_WORD.sub(" ", wording.strip_furniture(wording.clean_text(text)).casefold()).split())


def body_words(text: str) -> str:
    """The plain words of a text without what each who passes it on puts around it; the whole where little is left."""
    inner = _FAREWELL.sub("", _NAME.sub("", _HELLO.sub("", _HEAD.sub("", wording.LINK.sub(" ", text)).lstrip())).lstrip())
    body = plain_words(inner)
    return body if len(body.split()) > LEAST_WORDS else plain_words(text)


# --- reposts and identical texts ----------------------------------------------------------------------------------------


def find_same(posts: Sequence[Kept]) -> dict[int, int]:
    """Reposts and identical texts, each with the row it repeats. Short or empty answers of different people are no copies."""
    by_key = {kept.post.key: kept for kept in posts}
    firsts: dict[tuple[str, ...], int] = {}
    found: dict[int, int] = {}
    for kept in sorted(posts, key=_rank):
        marks = _marks(kept, by_key)
        original = next((firsts[mark] for mark in marks if mark in firsts), kept.row)
        if original != kept.row:
            found[kept.row] = original
        for mark in marks:
            firsts.setdefault(mark, original)
    return found


def _rank(kept: Kept) -> tuple[bool, datetime, str, str]:
    return _is_repost(kept), kept.post.posted_at, kept.post.network, kept.post.id


def _is_repost(kept: Kept) -> bool:
    return bool(kept.post.repost_of) or kept.post.kind == "repost"


def _marks(kept: Kept, by_key: dict[tuple[str, str], Kept]) -> list[tuple[str, ...]]:
    """What a post shares with its copies, surest first: the post it is or passes on, then its text."""
    marks: list[tuple[str, ...]] = [_source_key(kept, by_key)]
    text = body_words(kept.post.text)
    if _is_comparable(kept, text):
        marks.append((text,))
    return marks


def _source_key(kept: Kept, by_key: dict[tuple[str, str], Kept]) -> tuple[str, str]:
    """The post at the start of a line of reposts, as far as it is known."""
    seen = {kept.post.key}
    while kept.post.repost_of:
        key = kept.post.network, kept.post.repost_of
        if key in seen or key not in by_key:
            return key
        seen.add(key)
        kept = by_key[key]
    return kept.post.key


def _is_comparable(kept: Kept, text: str) -> bool:
    """A few words are a copy only if they tell something; the same few words in two answers to a question are two people's."""
    words = text.split()
    if len(words) >= LEAST_WORDS:
        return True
    return kept.post.kind != "answer" and any(wording.is_telling(word) for word in words)


# --- near copies --------------------------------------------------------------------------------------------------------


def find_near(posts: Sequence[Kept]) -> dict[int, int]:
    """Texts whose pairs of words are shared to 0.8 (Jaccard) with an earlier text that is no copy itself."""
    return find_alike([(kept.row, _pairs(body_words(kept.post.text))) for kept in sorted(posts, key=_rank)])


def find_alike(ranked: Sequence[tuple[int, frozenset[int]]], least: float = LIKENESS) -> dict[int, int]:
    """Sets that share `least` (Jaccard) with an earlier one that is like none before it, by their numbers.

    Exact, not sampled: two sets so alike must share one of their few rarest members (prefix filter, Chaudhuri and others, 2006,
    https://doi.org/10.1109/ICDE.2006.9), so only sets that do are compared.
    """
    spread = Counter(pair for _, pairs in ranked for pair in pairs)
    originals: list[tuple[int, frozenset[int]]] = []
    holders: dict[int, list[int]] = {}
    found: dict[int, int] = {}
    for row, pairs in ranked:
        rarest = sorted(pairs, key=lambda pair: (spread[pair], pair))[: _prefix_length(len(pairs), least)]
        places = sorted({place for pair in rarest for place in holders.get(pair, ())})
        alike = next((originals[place][0] for place in places if _likeness(pairs, originals[place][1]) >= least), None)
        if alike is not None:
            found[row] = alike
            continue
        for pair in rarest:
            holders.setdefault(pair, []).append(len(originals))
        originals.append((row, pairs))
    return found


def _prefix_length(size: int, least: float) -> int:
    return size - ceil(least * size) + 1


def _likeness(one: frozenset[int], other: frozenset[int]) -> float:
    shared = len(one & other)
    return shared / (len(one) + len(other) - shared)


def _pairs(text: str) -> frozenset[int]:
    """Neighbouring words as numbers; none for a text too short to be nearly like another."""
    words = text.split()
    if len(words) < LEAST_WORDS:
        return frozenset()
    return frozenset(crc32(f"{first} {second}".encode()) for first, second in pairwise(words))
