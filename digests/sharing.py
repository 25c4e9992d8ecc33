"""Who passed the question on: what we and our partners post to be answered is sharing, never an answer. Pure."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from collectors.post import Post
from digests import words
from storage.values import Accounts, Exercise, Kept

ASKING = "asks others to answer"
OURS = "our own post"
_IN_PUBLIC = frozenset({"post", "reply", "article"})
_INVITES = re.compile(
    r"""\b(?:
        have\syour\ssay | (?:tell|let)\s(?:us|them)\s(?:know\b|what\b|how\b|about\b|your\b|in\b)
      | we(?:'d|\swould|\swant\sto)\s(?:love\s|like\s)?(?:to\s)?hear | want\sto\shear\sfrom
      | share\syour\s(?:views?|thoughts|stor(?:y|ies)|experiences?|ideas)
      | (?:answer|reply\sto|respond\sto)\s(?:the|this|our|their|these)\b | (?:take\spart|join\sin|get\sinvolved)\b
      | (?:this|the)\sweek(?:'s|s)?\squestion | please\s(?:share|repost|retweet|rt|pass\sthis\son|answer|reply|respond)
      | your\s(?:views|voice)\s(?:matter|count)s?
    )""",
    re.IGNORECASE | re.VERBOSE,
)
_ENOUGH = 4  # words of a question


@dataclass(frozen=True, slots=True)
class Circle:
    """The accounts that are ours or a partner's, by network and handle as they are written small and without @."""

    accounts: Mapping[tuple[str, str], Accounts]
    questions: tuple[str, ...]
    places: frozenset[str]

    def speaker(self, post: Post) -> Accounts | None:
        return self.accounts.get((post.network, plain(post.author.handle))) if self.accounts else None

    def reason(self, post: Post) -> str:
        """Why a post is no answer; empty for one that may be one, and for what was sent to us alone."""
        who = self.speaker(post) if post.kind in _IN_PUBLIC else None
        if who is None:
            return ""
        if who.ours:
            return OURS
        return ASKING if self._asks(post) else ""

    def _asks(self, post: Post) -> bool:
        if self._is_question(post.quote_of) or any(link.rstrip("/").rpartition("/")[2] in self.places for link in post.links):
            return True
        told = _bare(f"{post.title} {post.text}")
        return any(question in told for question in self.questions) or bool(_INVITES.search(told))

    def _is_question(self, id: str) -> bool:
        return bool(id) and bool(self.places & {id, id.partition("/")[0], id.rpartition("/")[2]})


def circle(exercise: Exercise) -> Circle:
    accounts = {(network, plain(handle)): one for one in exercise.accounts for network, handle in one.handles}
    asked = [question for week in exercise.weeks for question in (week.question, *week.questions)]
    places = (address.rstrip("/").rpartition("/")[2] for week in exercise.weeks for address in week.question_posts)
    questions = tuple(bare for question in asked if len((bare := _bare(question).rstrip("?!. ")).split()) >= _ENOUGH)
    return Circle(accounts, questions, frozenset(filter(None, places)))


def plain(handle: str) -> str:
    return handle.strip().lstrip("@").casefold()


def told(exercise: Exercise, live: Iterable[Kept]) -> tuple[str, ...]:
    """A sentence on each partner that was heard from in the week, and one on those that were not."""
    known = circle(exercise)
    partners = [one for one in exercise.accounts if not one.ours]
    counts: dict[Accounts, Counter[str]] = {one: Counter() for one in partners}
    for kept in live:
        who = known.speaker(kept.post)
        if who in counts:
            counts[who][_deed(kept.post, known)] += 1
    heard = [f"{words.name(one.name)}: {words.listing(list(_deeds(its)))}." for one, its in counts.items() if its]
    silent = [words.name(one.name) for one, its in counts.items() if not its]
    return (*heard, *([f"Not heard from yet: {words.listing(silent)}."] if silent else []))


def _deed(post: Post, known: Circle) -> str:
    if post.kind == "repost" or post.repost_of:
        return "passed on"
    if not known.reason(post):
        return "said"
    return "passed on" if post.quote_of else "asked"


def _deeds(counts: Mapping[str, int]) -> Iterator[str]:
    if number := counts.get("passed on"):
        yield f"passed it on {'once' if number == 1 else f'{number:,} times'}"
    if number := counts.get("asked"):
        yield f"asked others to answer {'once' if number == 1 else f'{number:,} times'}"
    if number := counts.get("said"):
        yield words.count(number, "contribution")


def _bare(text: str) -> str:
    return " ".join(text.replace("\u2019", "'").split()).casefold()
