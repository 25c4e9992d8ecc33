"""The values kept beside posts: exercise and weeks, runs and coverage, scores and clusters. Standard library only."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from collectors.post import Post

Tone = Literal["difficult", "neutral", "good"]
SURE = 0.5
TONES: tuple[Tone, ...] = ("difficult", "neutral", "good")
RequestKind = Literal["ask", "question"]
Pass = Literal["live", "closing", "reread", "settle", "rerun", "manual", "sweep", "stream"]
State = Literal["running", "complete", "stopped", "failed", "unlisted"]


# --- the exercise (made from the config) --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Week:
    """One week of an exercise. `starts` and `ends` are local dates, `ends` inclusive; `opens` and `closes` are the same span as
    UTC instants, half-open."""

    number: int
    question: str
    starts: date
    ends: date
    opens: datetime
    closes: datetime
    questions: tuple[str, ...] = ()
    question_posts: tuple[str, ...] = ()
    title: str = ""

    @property
    def name(self) -> str:
        """A short heading: the title if one was given, else the question."""
        return self.title or self.question


@dataclass(frozen=True, slots=True, kw_only=True)
class Accounts:
    """Where a partner, or we ourselves, speak in public: pairs of a network and a handle there."""

    name: str
    handles: tuple[tuple[str, str], ...]
    ours: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Exercise:
    """One listening exercise, as a page needs to know it. `timezone` is an IANA name; `invented` marks a demo."""

    slug: str
    title: str
    organisation: str
    hashtags: tuple[str, ...]
    timezone: str
    weeks: tuple[Week, ...]
    purpose: str = ""
    contact: str = ""
    partners: tuple[str, ...] = ()
    accounts: tuple[Accounts, ...] = ()
    invented: bool = False

    def week(self, number: int) -> Week:
        """Raises KeyError when there is no such week."""
        for week in self.weeks:
            if week.number == number:
                return week
        raise KeyError(number)


# --- runs and coverage --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One collection of one source over one window, `[since, until)` in UTC. `asked` is the fingerprint of what was asked.

    "unlisted" is the part of a window that lay before everything that the source still listed: it needs not be asked for again.
    `new`, `changed`, `unchanged` count posts inside the window, `gone` those that a look-up found deleted;
    `asides` what was set aside, by reason; `cost` is in US dollars.
    `error` is the class of what went wrong, `reason` its sentence; `retry_at` (UTC) when the network said to come back.
    """

    id: int
    source: str
    kind: str
    asked: str
    why: Pass
    since: datetime
    until: datetime
    started_at: datetime
    ended_at: datetime | None = None
    state: State = "running"
    cursor: str | None = None
    pages: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    gone: int = 0
    asides: Mapping[str, int] = field(default_factory=dict)
    requests: int = 0
    cost: float = 0.0
    error: str = ""
    reason: str = ""
    retry_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """Part of a window that no run with the present fingerprint has covered. `fill_until` is the last moment (UTC) it can
    still be read, None if no limit is known; `fillable` is False once that moment is past."""

    source: str
    since: datetime
    until: datetime
    reason: str = ""
    fill_until: datetime | None = None
    fillable: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """What one source was asked in one week and how much of it was read.

    `due` and `read` are in hours: the part of the week that has passed, and what complete runs cover of it. `off` is the reason
    why the source is not collected at all, empty if it is. `asides` are counts by reason over the week.
    """

    source: str
    kind: str
    channel: str
    asked: str
    due: float
    read: float
    gaps: tuple[Gap, ...] = ()
    off: str = ""
    posts: int = 0
    asides: Mapping[str, int] = field(default_factory=dict)
    last_good: datetime | None = None


# --- posts as they are kept -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Kept:
    """A post in the store: its row number, the sources that saw it, when it came in and when a look-up found it gone (UTC)."""

    row: int
    post: Post
    sources: tuple[str, ...]
    first_seen: datetime
    gone_at: datetime | None = None


# --- opinions ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Score:
    """What a named, versioned scorer says of a post's tone; `value` runs from -1 (difficult) to 1 (good), `probability` is how
    likely the tone is right."""

    tone: Tone
    value: float
    probability: float = 1.0

    @property
    def sure(self) -> bool:
        """Whether the tone is right more often than it is wrong."""
        return self.probability >= SURE


@dataclass(frozen=True, slots=True)
class Request:
    """One sentence of a post that asks for something, or asks us; those with the same `same` ask for the same."""

    kind: RequestKind
    text: str
    same: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cluster:
    """What one analysis found. `key` is that of its theme in the register, `w<week>-c<number>` of the week where it was first
    heard; `members` are row numbers, most central first; `representatives` are the rows to show first, `keywords` best first.
    `split_from` is the theme it was a part of before, `merged` are themes that are now a part of it."""

    key: str
    label: str
    keywords: tuple[str, ...]
    members: tuple[int, ...]
    representatives: tuple[int, ...]
    split_from: str = ""
    merged: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Appearance:
    """One theme in one week, `size` contributions. `middle` is the mean of where they lie (float32; empty where they could
    not be placed).

    `part` is the theme they were of before people merged it into `key`, else `key`. `bound` says that people named it, merged
    into it, split it, or approved the week, `named` that they gave it its label; `merged` and `split_from` name themes it took
    in and was a part of.
    """

    week: int
    key: str
    label: str
    size: int
    part: str = ""
    middle: bytes = b""
    bound: bool = False
    named: bool = False
    merged: tuple[str, ...] = ()
    split_from: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Theme:
    """A subject with an identity that lasts: `weeks` it was heard in, the newest `label`, its `middles` (see `Appearance`; one
    for each theme that people merged into it, and its own) with the `sizes` of what they are of. `bound`: people gave it its
    shape or its name."""

    key: str
    label: str
    weeks: tuple[int, ...]
    middles: tuple[bytes, ...] = ()
    sizes: tuple[int, ...] = ()
    bound: bool = False
    merged: tuple[str, ...] = ()
    split_from: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Analysis:
    """One week's grouping. `copies` maps a row to the row it repeats; `alone` are in no cluster; `unclustered` counts posts
    that were not looked at because there were too many; `aside` maps rows left out (spam, adverts) to the reason. `version`
    names the method and its settings, `register` the themes of earlier weeks that it knew."""

    week: int
    version: str
    made_at: datetime
    clusters: tuple[Cluster, ...] = ()
    copies: Mapping[int, int] = field(default_factory=dict)
    alone: tuple[int, ...] = ()
    aside: Mapping[int, str] = field(default_factory=dict)
    unclustered: int = 0
    register: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """One contribution as an export tells it; empty texts and None where there is no score or cluster. `row` is its number in
    the store, `answers` the week whose question it says it answers (0: it does not say), `copy_of` the row that it repeats,
    `aside` why it is left out."""

    row: int
    network: str
    id: str
    source: str
    posted_at: datetime
    kind: str
    lang: str
    text: str
    author: str
    url: str
    tone: str | None
    tone_score: float | None
    cluster: str
    label: str
    answers: int = 0
    copy_of: int | None = None
    aside: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What is known of a week's internal page: when its facts last changed and when it was last looked at (UTC), up to which
    run and which decision, what the index tells of it (contributions, main finding, gaps), and a fingerprint of what it
    shows."""

    week: int
    as_of: datetime
    checked_at: datetime
    upto: int
    contributions: int
    finding: str
    gaps: int
    content: str
    decided: int = 0
