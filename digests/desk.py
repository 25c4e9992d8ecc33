"""What the desk shows of one week: every contribution with what was decided about it, sifted and paged. Pure."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from hashlib import blake2b
from typing import Generic, TypeVar

from digests import words
from digests.cards import Maker
from digests.curation import Curation, HeldTheme, fold, undone_by
from digests.digest import Card
from digests.tally import Facts, Tally, count, may_show
from storage.curated import Decision, Hold
from storage.values import Analysis, Coverage, Kept, Week

PAGE = 50
"""Contributions on one page."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One contribution. `theme` is the key of its theme, empty for none; `tone` empty while nobody has described it; `left_out`
    the reason why it is not counted; `since` says that it came in since the team began, `again` that its words changed since a
    person decided about it."""

    kept: Kept
    theme: str = ""
    tone: str = ""
    left_out: str = ""
    passed_on: int = 0
    hidden: str = ""
    consent: str = ""
    chosen: bool = False
    flagged: bool = False
    handled: bool = False
    seen_to: bool = False
    since: bool = False
    again: bool = False

    @property
    def row(self) -> int:
        return self.kept.row

    @property
    def is_in_the_queue(self) -> bool:
        """Whether it is listed where nothing special is asked for."""
        return not (self.since or self.left_out or self.flagged)

    def says(self, wanted: str) -> bool:
        """`wanted` is folded."""
        return wanted in f"{self.kept.post.title}\n{self.kept.post.text}".casefold()


STATES: Mapping[str, tuple[str, Callable[[Item], bool]]] = {
    "": ("All that count", lambda item: item.is_in_the_queue),
    "new": ("Not yet looked at", lambda item: item.is_in_the_queue and not item.seen_to),
    "chosen": ("Chosen for the digest", lambda item: item.chosen),
    "hidden": ("Hidden", lambda item: bool(item.hidden)),
    "flagged": ("Passed to the safeguarding lead", lambda item: item.flagged),
    "asked": ("Asked for permission", lambda item: item.consent == "asked"),
    "yes": ("Permission given", lambda item: item.consent == "yes"),
    "no": ("Permission refused", lambda item: item.consent == "no"),
    "again": ("Words changed: look again", lambda item: item.again),
    "left-out": ("Left out of the counts", lambda item: bool(item.left_out)),
    "since": ("Came in since you began", lambda item: item.since),
}
"""What can be asked for: its name on the page, and whether an item is that."""

ORDERS = {"newest": "Newest first", "theme": "By theme"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What a person wants to see; everything empty shows all that counts. `theme` may be "-": in none."""

    channel: str = ""
    theme: str = ""
    tone: str = ""
    state: str = ""
    words: str = ""
    order: str = "newest"

    def let(self, items: Iterable[Item]) -> tuple[Item, ...]:
        """Those that it lets through, in their order."""
        is_so = STATES.get(self.state, STATES[""])[1]
        wanted = self.words.strip().casefold()
        return tuple(item for item in items if is_so(item) and self._fits(item) and (not wanted or item.says(wanted)))

    def _fits(self, item: Item) -> bool:
        asked = ((self.channel, item.kept.post.network), (self.theme, item.theme or "-"), (self.tone, item.tone or "-"))
        return all(not wanted or wanted == found for wanted, found in asked)


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """One page of many; `number` counts from 1, `first` and `last` are places in the whole list, counted from 1."""

    items: tuple[T, ...]
    number: int
    of: int
    total: int

    @property
    def first(self) -> int:
        return (self.number - 1) * PAGE + 1 if self.total else 0

    @property
    def last(self) -> int:
        return self.first + len(self.items) - 1 if self.total else 0


def paged(items: Sequence[T], number: int) -> Page[T]:
    """The page of this number, or the nearest there is."""
    pages = max(1, -(-len(items) // PAGE))
    number = min(max(number, 1), pages)
    return Page(tuple(items[(number - 1) * PAGE : number * PAGE]), number, pages, len(items))


@dataclass(frozen=True, slots=True, kw_only=True)
class ThemeLine:
    """A theme and how many contributions it has that count, and of them chosen."""

    theme: HeldTheme
    label: str
    contributions: int
    chosen: int


@dataclass(frozen=True, kw_only=True)
class View:
    """One week at the desk. `curation` is what people decided; while nobody has, the week as it would be held now. `items` are
    newest first; `withheld` may not be shown. `drawn` names the grouping that it was made from."""

    facts: Facts
    curation: Curation
    tally: Tally
    items: tuple[Item, ...]
    withheld: tuple[Item, ...]
    drawn: str

    @property
    def week(self) -> Week:
        return self.facts.week

    @property
    def is_held(self) -> bool:
        return self.facts.curation is not None

    @cached_property
    def by_row(self) -> Mapping[int, Item]:
        return {item.row: item for item in self.items}

    @cached_property
    def labels(self) -> Mapping[str, str]:
        """What each theme is called on a page."""
        return {theme.key: label_of(theme) for theme in self.curation.themes}

    @cached_property
    def themes(self) -> tuple[ThemeLine, ...]:
        return tuple(self._line(theme) for theme in self.curation.themes)

    @cached_property
    def channels(self) -> tuple[tuple[str, str], ...]:
        """(network, what people call it) of everything that is shown."""
        found = {item.kept.post.network for item in self.items}
        return tuple(sorted(((network, words.channel(network)) for network in found), key=lambda pair: pair[1]))

    @cached_property
    def tray(self) -> tuple[Item, ...]:
        return tuple(item for item in self.items if item.since)

    @cached_property
    def upto(self) -> int:
        """The newest row that waits in the tray; 0 for none, also of those that may not be shown."""
        return max((kept.row for kept in self.facts.tray), default=0)

    def sifted(self, filters: Filters) -> tuple[Item, ...]:
        """What the filters let through, in the order that they ask for."""
        found = filters.let(self.items)
        if filters.order != "theme":
            return found
        places = {theme.key: place for place, theme in enumerate(self.curation.themes)}
        return tuple(sorted(found, key=lambda item: places.get(item.theme, len(places))))

    def card(self, item: Item) -> Card:
        """It as a card, with times of the exercise's zone."""
        return Maker(self.facts.zone).card(item.kept, item.passed_on)

    def count(self, state: str) -> int:
        """How many are in this state (a key of STATES)."""
        return len(Filters(state=state).let(self.items))

    def _line(self, theme: HeldTheme) -> ThemeLine:
        mine = self._sizes.get(theme.key, 0)
        chosen = sum(1 for element in theme.elements if element.kind == "quote")
        return ThemeLine(theme=theme, label=label_of(theme), contributions=mine, chosen=chosen)

    @cached_property
    def _sizes(self) -> Mapping[str, int]:
        return {key: len(rows) for key, rows in _members(self.curation, self.tally).items()}


def label_of(theme: HeldTheme) -> str:
    """What a theme is called on a page: somebody else's words, made harmless to the line they stand in."""
    return words.capital(words.name(theme.label)) or "A theme without a name"


def view(facts: Facts, decisions: Sequence[Decision]) -> View:
    """The week with what was decided; `decisions` are all of the week, oldest first."""
    state = facts.curation or unheld(facts.week, facts.analysis)
    tally = count(facts)
    look = _Look(facts, state, tally, seen_to(decisions))
    counted = [look.item(kept) for kept in tally.contributions]
    left = [look.item(kept, left_out=reason) for reason, posts in tally.left_out.items() for kept in posts]
    since = [replace(look.item(kept), since=True) for kept in facts.tray]
    every = sorted((*counted, *left, *since), key=lambda item: (item.kept.post.posted_at, item.row), reverse=True)
    return View(
        facts=facts,
        curation=state,
        tally=tally,
        items=tuple(item for item in every if may_show(item.kept.post, facts.counts_only)),
        withheld=tuple(item for item in every if not may_show(item.kept.post, facts.counts_only)),
        drawn=facts.analysis.made_at.isoformat() if facts.analysis else "",
    )


def gaps_name(coverage: Sequence[Coverage]) -> str:
    """Names the gaps of a week, so that a person can acknowledge these and no others; empty where there are none."""
    told = [(one.source, one.off, [(gap.since, gap.until) for gap in one.gaps]) for one in coverage if one.off or one.gaps]
    return blake2b(repr(sorted(told)).encode("utf-8", "replace"), digest_size=8).hexdigest() if told else ""


def unheld(week: Week, analysis: Analysis | None) -> Curation:
    """A week that nobody has touched, as the first act would find it: themes in the order of the page."""
    if analysis is None:
        return Curation()
    clusters = sorted(analysis.clusters, key=lambda cluster: (-len(cluster.members), cluster.key))
    held = replace(analysis, clusters=tuple(clusters))
    return fold(Hold(week=week.number, at=analysis.made_at, by=0, upto=0, last_row=0, analysis=held), ())


def seen_to(decisions: Sequence[Decision]) -> frozenset[int]:
    """Rows that a person has decided anything about, as far as it was not undone."""
    undone = undone_by(decisions)
    return frozenset(row for one in decisions if one.seq not in undone for row in _rows(one))


def _rows(decision: Decision) -> tuple[int, ...]:
    kind, _, name = decision.target.partition(":")
    if kind == "post":
        return (int(name),)
    return (int(decision.value["row"]),) if "row" in decision.value else ()


def _members(curation: Curation, tally: Tally) -> dict[str, tuple[int, ...]]:
    """The contributions of each theme; each in the first theme that names it."""
    taken = set[int]()
    found = {}
    for theme in curation.themes:
        rows = tuple(row for row in tally.among(theme.rows) if row not in taken)
        taken.update(rows)
        found[theme.key] = rows
    return found


class _Look:
    """Puts what was decided beside each contribution."""

    def __init__(self, facts: Facts, state: Curation, tally: Tally, touched: frozenset[int]) -> None:
        self._facts, self._state, self._tally, self._touched = facts, state, tally, touched
        self._theme = {row: key for key, rows in _members(state, tally).items() for row in rows}
        self._theme |= {row: theme.key for theme in state.themes for row in theme.rows if row not in self._theme}
        self._chosen = frozenset(state.chosen)

    def item(self, kept: Kept, left_out: str = "") -> Item:
        state, row = self._state, kept.row
        scored = self._facts.scores.get(row)
        asked = state.permissions.get(row)
        return Item(
            kept=kept,
            theme=self._theme.get(row, ""),
            tone=scored.tone if scored else "",
            left_out=left_out,
            passed_on=self._tally.passed_on[row],
            hidden=state.hidden.get(row, ""),
            consent=asked.state if asked else "",
            chosen=row in self._chosen,
            flagged=row in state.flagged,
            handled=row in state.handled,
            seen_to=row in self._touched,
            again=row in self._facts.look_again,
        )
