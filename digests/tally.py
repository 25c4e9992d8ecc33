"""What counts: which posts of a week are contributions, which pass another on, which are left out."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from collectors.post import Post
from digests.continuing import History
from digests.curation import Curation, root
from digests.digest import ToneCount
from digests.sharing import circle
from storage.values import Analysis, Coverage, Exercise, Kept, Request, Score, Week

# The network's own word that nobody is to be shown this.
_HIDDEN = frozenset({"!hide", "!takedown", "!suspend"})
_SENT_TO_US = frozenset({"mail", "answer"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Everything a digest is made from.

    `earlier` are contributions by week number, `made` weeks that have a page, `counts_only` networks whose posts are counted
    but never shown, `scorer` the name and version of what guessed the tone; `as_of` (aware) says until when the facts are
    true; `moved` says where it is published on a later day than most, and why. `history` tells of the themes of earlier weeks,
    `asked` are the keys of this week's themes that its question asks about, `requests` what each row asks for or asks us.

    Of a week that people work on, `curation` is what they decided, `tray` what came in since they began and is not counted,
    `unshown` rows that they hid or flagged, `look_again` rows that say something else since a person decided about them;
    `tones_kept` counts the tones that people set as they had been guessed.
    """

    exercise: Exercise
    week: Week
    posts: Sequence[Kept]
    scores: Mapping[int, Score]
    analysis: Analysis | None
    coverage: Sequence[Coverage]
    as_of: datetime
    scorer: str
    earlier: Mapping[int, int] = field(default_factory=dict)
    made: frozenset[int] = frozenset()
    counts_only: frozenset[str] = frozenset({"x"})
    moved: str = ""
    curation: Curation | None = None
    tray: tuple[Kept, ...] = ()
    unshown: frozenset[int] = frozenset()
    look_again: frozenset[int] = frozenset()
    tones_kept: int = 0
    history: History = field(default_factory=History)
    asked: frozenset[str] = frozenset()
    requests: Mapping[int, Sequence[Request]] = field(default_factory=dict)

    def may_show(self, kept: Kept) -> bool:
        """Whether the team's page may show the words: the network, the author and the people at the desk allow it."""
        return kept.row not in self.unshown and may_show(kept.post, self.counts_only)

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.exercise.timezone)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """Every live post of the week once: `contributions` by time, `passing` reposts and copies by network, `left_out` by reason.

    `stands_for` maps any row, also of a copy or a gone post, to the contribution that speaks for it; `passed_on` is by it.
    """

    contributions: tuple[Kept, ...]
    passing: Counter[str]
    passed_on: Counter[int]
    left_out: Mapping[str, tuple[Kept, ...]]
    stands_for: Mapping[int, int]

    def among(self, rows: Iterable[int]) -> tuple[int, ...]:
        """The contributions that these rows stand for, in their order, each once."""
        return tuple(dict.fromkeys(self.stands_for[row] for row in rows if row in self.stands_for))


def count(facts: Facts) -> Tally:
    """Counts each live post of the week exactly once: as a contribution, as passed on, or as left out."""
    inside = sorted(
        (kept for kept in facts.posts if _is_inside(kept, facts.week)), key=lambda kept: (kept.post.posted_at, kept.row)
    )
    originals = {kept.post.key: kept for kept in inside if not _is_repost(kept.post)}
    reasons = _reasons(inside, originals, facts.analysis) | _shared(inside, facts)
    live = [kept for kept in inside if not _is_gone(kept, originals)]
    heard = [kept for kept in live if kept.row not in reasons]
    stands_for = _stand_ins(heard, reasons, _roots(inside, originals, facts.analysis))
    passing = [kept for kept in heard if stands_for.get(kept.row) != kept.row]
    return Tally(
        contributions=tuple(kept for kept in heard if stands_for.get(kept.row) == kept.row),
        passing=Counter(kept.post.network for kept in passing),
        passed_on=Counter(stands_for[kept.row] for kept in passing if kept.row in stands_for),
        left_out=_left_out(live, reasons),
        stands_for=stands_for,
    )


def live(facts: Facts) -> list[Kept]:
    """Every post of the week that was not taken down, reposts and what is left out too."""
    return [kept for kept in facts.posts if _is_inside(kept, facts.week) and kept.gone_at is None]


def answered_earlier(facts: Facts, tally: Tally) -> int:
    """How many contributions answer the question of an earlier week, as people decided, else as they say themselves."""
    decided = facts.curation.answers if facts.curation else {}
    weeks = (decided.get(kept.row, kept.post.answers) for kept in tally.contributions)
    return sum(0 < week < facts.week.number for week in weeks)


def tone(rows: Iterable[int], scores: Mapping[int, Score]) -> ToneCount:
    """How many of these rows were described how."""
    found = [scores.get(row) for row in rows]
    tones = Counter(score.tone if score else "unknown" for score in found)
    unsure = sum(score is not None and not score.sure for score in found)
    return ToneCount(**{name: tones[name] for name in ("difficult", "neutral", "good", "unknown")}, unsure=unsure)


def may_show(post: Post, counts_only: Collection[str]) -> bool:
    """Whether the team may see the words: not of a network only counted, not what the network or the author keeps back."""
    if post.network in counts_only or _HIDDEN.intersection(post.labels):
        return False
    return has_words(post) and (post.visibility != "private" or post.kind in _SENT_TO_US)


def has_words(post: Post) -> bool:
    """Whether there is anything to show: not once the time of its words is over."""
    return any((post.text, post.title, post.warning, post.media, post.links))


def _is_inside(kept: Kept, week: Week) -> bool:
    return week.opens <= kept.post.posted_at < week.closes


def _is_repost(post: Post) -> bool:
    return post.kind == "repost"


def _original(kept: Kept, originals: Mapping[tuple[str, str], Kept]) -> Kept | None:
    """What a repost passes on, None if we do not have it; a post that says something of its own is its own original."""
    return originals.get((kept.post.network, kept.post.repost_of)) if _is_repost(kept.post) else kept


def _is_gone(kept: Kept, originals: Mapping[tuple[str, str], Kept]) -> bool:
    original = _original(kept, originals)
    return kept.gone_at is not None or (original is not None and original.gone_at is not None)


def _reasons(inside: Iterable[Kept], originals: Mapping[tuple[str, str], Kept], analysis: Analysis | None) -> dict[int, str]:
    """Why a row is left out; who passes on an advert passes on an advert."""
    aside = analysis.aside if analysis else {}
    rows = ((kept.row, (_original(kept, originals) or kept).row) for kept in inside)
    return {row: aside.get(row) or aside[original] for row, original in rows if row in aside or original in aside}


def _shared(inside: Iterable[Kept], facts: Facts) -> dict[int, str]:
    """What we and our partners post to be answered, unless a person has put it in a theme. Who passes it on passes it on."""
    moved = facts.curation.moved if facts.curation else {}
    known = circle(facts.exercise)
    if not known.accounts:
        return {}
    return {kept.row: reason for kept in inside if kept.row not in moved and (reason := known.reason(kept.post))}


def _roots(inside: Iterable[Kept], originals: Mapping[tuple[str, str], Kept], analysis: Analysis | None) -> dict[int, int]:
    """The first row of the chain of copies that each row belongs to."""
    copies = analysis.copies if analysis else {}
    return {kept.row: root((_original(kept, originals) or kept).row, copies) for kept in inside}


def _stand_ins(heard: Sequence[Kept], reasons: Collection[int], roots: Mapping[int, int]) -> dict[int, int]:
    """For each row the contribution that speaks for it: the first of its chain, or the earliest copy where that one is gone."""
    said = [kept.row for kept in heard if not _is_repost(kept.post)]
    speakers = {roots[row]: row for row in reversed(said)}
    speakers.update({row: row for row in said if roots[row] == row})
    return {row: speakers[root] for row, root in roots.items() if root in speakers and row not in reasons}


def _left_out(live: Iterable[Kept], reasons: Mapping[int, str]) -> dict[str, tuple[Kept, ...]]:
    found = defaultdict[str, list[Kept]](list)
    for kept in live:
        if reason := reasons.get(kept.row):
            found[reason].append(kept)
    return {reason: tuple(found[reason]) for reason in sorted(found)}
