"""What people asked for and what they asked us: contributions counted once for each thing, with a few of their sentences."""

from collections.abc import Iterable, Iterator, Sequence

from digests import words
from digests.cards import language
from digests.digest import Asking, Askings, Example
from digests.tally import Facts
from storage.values import Kept, RequestKind

MOST = 5
"""Things told of one theme."""
EXAMPLES = 2
"""Sentences told of one thing, each of another contribution."""
_VERBS: dict[RequestKind, tuple[str, str]] = {
    "ask": ("asks for something", "ask for something"),
    "question": ("asks us something", "ask us something"),
}

_Said = tuple[Kept, str]


def of_members(kind: RequestKind, members: Iterable[Kept], facts: Facts) -> Askings:
    """What these contributions ask for, by how many do, then by the first of them; nothing is told of what may not be shown."""
    found: dict[str, list[_Said]] = {}
    asking = set[int]()
    for kept in sorted(members, key=lambda kept: (kept.post.posted_at, kept.row)):
        said = {one.same: one.text for one in reversed(facts.requests.get(kept.row, ())) if one.kind == kind}
        asking.update([kept.row] if said else [])
        for same in sorted(said):
            found.setdefault(same, []).append((kept, said[same]))
    told = [one for each in sorted(found.values(), key=lambda each: -len(each)) if (one := _asking(each, facts)).examples]
    shown = tuple(told[:MOST])
    return Askings(sentence=_sentence(kind, len(asking), len(shown), len(found) - len(shown)), told=shown)


def _asking(each: Sequence[_Said], facts: Facts) -> Asking:
    examples = {example.text.casefold(): example for example in reversed(list(_examples(each, facts)))}
    return Asking(contributions=len(each), examples=tuple(reversed(examples.values()))[:EXAMPLES])


def _examples(each: Iterable[_Said], facts: Facts) -> Iterator[Example]:
    """Nothing is taken out of what stands behind a content warning, nor of what X wants shown whole."""
    for kept, text in each:
        if facts.may_show(kept) and not kept.post.warning and kept.post.network != "x":
            yield Example(row=kept.row, text=words.clean(text), lang=language(kept.post.lang))


def _sentence(kind: RequestKind, number: int, told: int, untold: int) -> str:
    if not number:
        return ""
    begin = f"{words.count(number, 'contribution')} {_VERBS[kind][number > 1]}."
    if not told:
        return f"{begin} The words are not shown."
    return f"{begin} {words.count(untold, 'more thing')} {_ARE[untold > 1]} not listed." if untold else begin


_ARE = ("is", "are")
