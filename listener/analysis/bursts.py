"""Many contributions at once that have nothing to do with the week: one link pushed, or a crowd that took the tag over."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import chain

from listener.analysis import wording
from storage.values import Kept

LINK_BURST = 5
LINK_TAGS = 3
LINK_SPAN = timedelta(hours=1)
CROWD = 20
CROWD_RATE = 5
CHANT = 5
TAKEN_OVER = 0.25
LEAST_KNOWN = 10
_WRITTEN = 3
_HOUR = timedelta(hours=1)

Moment = tuple[datetime, int]
Words = frozenset[str]


def links_of(kept: Kept) -> set[str]:
    found = {*kept.post.links, *wording.LINK.findall(kept.post.text)}
    return {link.split("?")[0].rstrip("/.,)").casefold() for link in found}


def other_tags(kept: Kept, own: Collection[str]) -> set[str]:
    """Tags beside the exercise's own, in small letters."""
    said = {tag.casefold() for tag in wording.TAG.findall(kept.post.text)}
    return (said | {tag.lstrip("#").casefold() for tag in kept.post.tags}) - set(own)


# --- one link -----------------------------------------------------------------------------------------------------------


def find_link_bursts(posts: Iterable[Kept], own: Collection[str]) -> set[int]:
    """One link five times within an hour, from one account, or each time under three other tags."""
    runs: defaultdict[tuple[str, ...], list[Moment]] = defaultdict(list)
    for kept in posts:
        for link in links_of(kept) if not kept.post.repost_of else ():
            for pusher in _pushers(kept, own):
                runs[link, *pusher].append((kept.post.posted_at, kept.row))
    return {row for run in runs.values() for row in _crowded(sorted(run))}


def _pushers(kept: Kept, own: Collection[str]) -> list[tuple[str, ...]]:
    account = [(kept.post.network, kept.post.author.identity)] if kept.post.author.identity else []
    return account + ([("",)] if len(other_tags(kept, own)) >= LINK_TAGS else [])


def _crowded(run: Sequence[Moment]) -> set[int]:
    last = LINK_BURST - 1
    starts = [place for place in range(len(run) - last) if run[place + last][0] - run[place][0] <= LINK_SPAN]
    return {row for place in starts for _, row in run[place : place + LINK_BURST]}


# --- a crowd ------------------------------------------------------------------------------------------------------------


def find_crowd_bursts(posts: Iterable[Kept]) -> set[int]:
    """What is said in hours far busier than the rest of the week, at least as much in words of those hours alone as in others.

    A chat about the week's question is as busy, but speaks the week's language. Only where contributions without one word that
    others use at other times are a quarter more of those hours than of the rest did somebody take the tag over; else, and
    where the rest is too little to know, nothing is left out. What is then said five times in the same words goes too,
    and, whoever else is heard, what is said in the same words with five different links.
    """
    said = [kept for kept in posts if not kept.post.repost_of and kept.post.kind in ("post", "reply")]
    busy = _busy_hours(said)
    if not busy:
        return set()
    words = {kept.row: frozenset(_words(kept)) for kept in said}
    there = {kept.row: words[kept.row] for kept in said if _hour(kept) in busy}
    outside = [words[row] for row in words.keys() - there.keys()]
    pushed = _pushed([kept for kept in said if kept.row in there], there)
    return pushed | _strange(there, outside) if _is_taken_over(list(there.values()), outside) else pushed


def _strange(inside: Mapping[int, Words], outside: Sequence[Words]) -> set[int]:
    elsewhere, known, times = frozenset(chain.from_iterable(outside)), frozenset(outside), Counter(inside.values())
    there = Counter(chain.from_iterable(inside.values()))
    loud = {word for word, texts in there.items() if texts >= _WRITTEN and word not in elsewhere}
    foreign = {row for row, words in inside.items() if words & loud and len(words & loud) >= len(words & elsewhere)}
    return foreign | {row for row, words in inside.items() if words and times[words] >= CHANT and words not in known}


def _pushed(posts: Iterable[Kept], words: Mapping[int, Words]) -> set[int]:
    """What is said in the same words with five links or more: who passes on one page has one link."""
    links, rows = defaultdict[Words, set[str]](set), defaultdict[Words, set[int]](set)
    for kept in posts:
        if words[kept.row] and (found := links_of(kept)):
            links[words[kept.row]] |= found
            rows[words[kept.row]].add(kept.row)
    return {row for said, found in links.items() if len(found) >= CHANT for row in rows[said]}


def _is_taken_over(inside: Sequence[Words], outside: Sequence[Words]) -> bool:
    elsewhere = Counter(chain.from_iterable(outside))
    if len(outside) < LEAST_KNOWN:
        return False
    foreign = sum(not any(elsewhere[word] for word in words) for words in inside) / len(inside)
    usual = sum(not any(elsewhere[word] > 1 for word in words) for words in outside) / len(outside)
    return foreign - usual >= TAKEN_OVER


def _busy_hours(posts: Sequence[Kept]) -> set[int]:
    """Hours with twenty posts or more and five times as many as half of the other hours, and the hours beside them."""
    hours = Counter(map(_hour, posts))
    if not hours:
        return set()
    usual = sorted(hours.values())[len(hours) // 2]
    loud = {hour for hour, number in hours.items() if number >= max(CROWD, CROWD_RATE * usual)}
    return {hour + beside for hour in loud for beside in (-1, 0, 1)}


def _hour(kept: Kept) -> int:
    return int(kept.post.posted_at.timestamp() // _HOUR.total_seconds())


def _words(kept: Kept) -> list[str]:
    return wording.features(wording.clauses(kept.post.text))
