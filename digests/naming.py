"""Whether a text of ours names somebody who spoke this week: by name or by handle, word for word. Pure."""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice

from storage.values import Kept

_WORD = re.compile(r"[^\W_]+")
_MENTION = re.compile(r"@[\w.-]+")
_SHORTEST = 4
_ORDINARY = 3

Words = tuple[str, ...]


def words_of(text: str) -> Words:
    return tuple(_WORD.findall(text.casefold()))


@dataclass(frozen=True)
class Names:
    """What the people of a week are called, as words in a row, with the posts by each. `ours` are names that we use ourselves.

    A name counts when it has two words or more, a handle in one word when it has four letters or more. What several others say
    too ("a carer", "respite") is taken for ordinary words. Organisations may be named.
    """

    posts: Sequence[Kept]
    ours: tuple[str, ...] = ()

    def index(self) -> dict[Words, set[str]]:
        """Identities by what they are called."""
        known = defaultdict[Words, set[str]](set)
        allowed = [words_of(name) for name in self.ours]
        for kept in self.posts:
            if kept.post.consent != "organisation":
                for called in _called(kept):
                    if not any(_holds(own, called) for own in allowed):
                        known[called].add(kept.post.author.identity)
        return dict(known)

    def ordinary(self, called: Words, identities: set[str]) -> bool:
        """Whether enough others say these words, so that they name nobody."""
        wanted = _row(called)
        said = (True for identity, words in self._said if wanted in words and identity not in identities)
        return sum(islice(said, _ORDINARY)) == _ORDINARY

    @cached_property
    def _said(self) -> tuple[tuple[str, str], ...]:
        """Who said which words; looked through for each name that stands in a text."""
        posts = (kept.post for kept in self.posts)
        return tuple((post.author.identity, _row(words_of(_MENTION.sub(" ", post.text)))) for post in posts)


def found(text: str, index: dict[Words, set[str]]) -> Iterator[Words]:
    """Every name of the index that stands in the text."""
    words = words_of(text)
    for size in sorted({len(called) for called in index}):
        for place in range(len(words) - size + 1):
            if (called := words[place : place + size]) in index:
                yield called


def _called(kept: Kept) -> Iterator[Words]:
    """The whole name, the whole handle, and the part of a handle that is the person's own."""
    author = kept.post.author
    name, handle, own = words_of(author.name), words_of(author.handle), words_of(_own_part(author.handle))
    if len(name) > 1:
        yield name
    for called in (handle, own):
        if len(called) > 1 or (called and len(called[0]) >= _SHORTEST):
            yield called


def _own_part(handle: str) -> str:
    """ "ann" of ann@example.org, @ann@example.org and ann.bsky.social."""
    bare = handle.removeprefix("@")
    return bare.partition("@")[0] if "@" in bare else bare.partition(".")[0]


def _holds(words: Words, called: Words) -> bool:
    return _row(called) in _row(words)


def _row(words: Words) -> str:
    """Words in which other words can be found as they stand side by side."""
    return f" {' '.join(words)} "
