"""The themes of a week: how many, how described, which cards to show first and the facts that link them."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from markupsafe import Markup

from digests import continuing, gaps, markdown, requests, words
from digests.cards import Maker, times
from digests.curation import Element
from digests.digest import Card, CardList, Part, ThemeBlock
from digests.tally import Facts, Tally, has_words, tone
from storage.values import Cluster, Kept

SHOWN = 5
"""Cards under one theme."""
EXTRACT = 700
"""Characters of one card under a theme; the whole is one click away."""
LISTED = 10_000
"""Cards in one list; a larger one says what is not listed."""

_MOST = "{}, more than any other in this theme."
_LEADS = {
    "call": "Someone rang on {day}.",
    "file": "This came in a file, from {day}.",
    "form": "Someone answered the questionnaire on {day}.",
    "forum": "Someone wrote in a forum on {day}.",
    "group": "Someone said it in a group on {day}.",
    "letter": "Someone wrote a letter, dated {day}.",
    "mail": "Someone wrote by email on {day}.",
    "meeting": "Someone said it in a meeting on {day}.",
    "web": "Someone wrote about it on the web on {day}.",
}
_AGAIN = {
    "call": "Another call came on {day}.",
    "file": "Another is from {day}.",
    "form": "Another questionnaire came on {day}.",
    "forum": "Another was written in a forum on {day}.",
    "group": "Another was said in a group on {day}.",
    "letter": "Another letter is dated {day}.",
    "mail": "Another email came on {day}.",
    "meeting": "Another was said in a meeting on {day}.",
    "web": "Another was published on {day}.",
}


@dataclass(frozen=True, slots=True)
class Group:
    """The contributions of one cluster, most central first."""

    cluster: Cluster
    members: tuple[Kept, ...]


@dataclass(frozen=True, slots=True)
class Blocks:
    """Makes the blocks and lists of one week."""

    facts: Facts
    tally: Tally

    @property
    def maker(self) -> Maker:
        return Maker(self.facts.zone)

    def groups(self) -> tuple[Group, ...]:
        """Clusters by how many contributions they hold, or in the order of people who work on the week; each contribution in
        the first cluster that names it. One that has a story stays, whatever becomes of its contributions."""
        by_row = {kept.row: kept for kept in self.tally.contributions}
        taken = set[int]()
        found = []
        for cluster in self.facts.analysis.clusters if self.facts.analysis else ():
            rows = [row for row in self.tally.among(cluster.members) if row not in taken]
            taken.update(rows)
            found.append(Group(cluster, tuple(by_row[row] for row in rows)))
        kept = [group for group in found if group.members or self._elements(group)]
        if self.facts.curation is None:
            kept.sort(key=lambda group: (-len(group.members), group.cluster.key))
        return tuple(kept)

    def block(self, number: int, group: Group) -> ThemeBlock:
        contributions = len(group.members)
        label = words.capital(words.name(group.cluster.label)) or f"Theme {number}"
        return ThemeBlock(
            number=number,
            key=group.cluster.key,
            label=label,
            contributions=contributions,
            share=words.share(contributions, len(self.tally.contributions)) if contributions else "none now",
            sentences=tuple(self._sentences(group)),
            tone=tone((kept.row for kept in group.members), self.facts.scores),
            story=tuple(self._story(group)),
            cards=tuple(self._shown(group)),
            all=self.card_list(f"theme-{number}", label, group.members),
            asks=requests.of_members("ask", group.members, self.facts),
        )

    def card_list(self, stem: str, title: str, members: Sequence[Kept]) -> CardList:
        """Everything of a group that may be shown, with a sentence on what may not."""
        showable = self._showable(members)
        shown = len(showable)
        listed = [f"The first {LISTED:,} are listed here. The export holds all of them."] if shown > LISTED else []
        return CardList(
            stem=stem,
            title=title,
            link=_link(shown, len(members), "contribution"),
            intro=(*self._hidden(members), *listed),
            cards=tuple(self._card(kept) for kept in showable[:LISTED]),
        )

    def left_out(self) -> CardList:
        """What was not counted, with the reason on each card."""
        shown = [(kept, reason) for reason, posts in self.tally.left_out.items() for kept in self._showable(posts)]
        every = [kept for posts in self.tally.left_out.values() for kept in posts]
        return CardList(
            stem="left-out",
            title="Left out",
            link=_link(len(shown), len(every), "item"),
            intro=("These are not counted in the numbers.", *self._hidden(every)),
            cards=tuple(self.maker.card(kept, reason=gaps.reason(reason)) for kept, reason in shown[:LISTED]),
        )

    def tray(self) -> CardList:
        """What came in since people began to work on the week."""
        came = self.facts.tray
        shown = self._showable(came)
        return CardList(
            stem="came-in-since",
            title="Came in since",
            link=_link(len(shown), len(came), "contribution"),
            intro=("These are not counted in the numbers yet.", *self._hidden(came)),
            cards=tuple(self.maker.card(kept) for kept in shown[:LISTED]),
        )

    def _card(self, kept: Kept) -> Card:
        return self.maker.card(kept, self.tally.passed_on[kept.row])

    def _showable(self, members: Iterable[Kept]) -> list[Kept]:
        return [kept for kept in members if self.facts.may_show(kept)]

    def _hidden(self, members: Iterable[Kept]) -> Iterator[str]:
        held = [(kept.post.network, self._why(kept)) for kept in members if not self.facts.may_show(kept)]
        for (network, why), number in sorted(Counter(held).items()):
            verb = "is" if number == 1 else "are"
            yield f"{words.count(number, 'contribution')} from {words.inside(network)} {verb} {why}."

    def _why(self, kept: Kept) -> str:
        if kept.post.network in self.facts.counts_only:
            return "counted but not shown"
        if kept.row in self.facts.unshown:
            return "hidden by the team, so not shown"
        if not has_words(kept.post):
            return "counted, but the words are kept no more"
        return "kept back by the network or the author, so not shown"

    # --- what people told

    def _elements(self, group: Group) -> tuple[Element, ...]:
        theme = self.facts.curation.theme(group.cluster.key) if self.facts.curation else None
        return theme.elements if theme else ()

    def _story(self, group: Group) -> Iterator[Part]:
        """In the order that people gave it; a quote whose post is gone or hidden is left out."""
        elements = self._elements(group)
        quoted = {one.row for one in elements if one.kind == "quote"}
        there = {kept.row: kept for kept in self._showable(kept for kept in self.facts.posts if kept.row in quoted)}
        for one in elements:
            if one.kind == "prose":
                yield Part(kind="prose", html=drawn(one.text))
            elif one.kind == "heading":
                yield Part(kind="heading", text=words.name(one.text))
            elif kept := there.get(one.row):
                yield Part(kind="quote", card=extract(self._card(kept)))

    def _sentences(self, group: Group) -> Iterator[str]:
        asked = group.cluster.key in self.facts.asked
        yield from continuing.sentences(group.cluster, len(group.members), self.facts.history, asked=asked)
        keywords = [f"“{words.name(word, 40)}”" for word in group.cluster.keywords[:5]]
        if keywords:
            yield f"Words that set it apart: {words.listing(keywords)}."
        channels = Counter(kept.post.network for kept in group.members)
        ordered = sorted(channels.items(), key=lambda pair: (-pair[1], pair[0]))
        if len(ordered) > 1:
            told = [f"{words.inside(network)}\u00a0({number:,})" for network, number in ordered]
            yield f"They came from {words.listing(told)}."
        elif len(group.members) > 1:
            yield f"All of them came from {words.inside(ordered[0][0])}."
        if passed := sum(self.tally.passed_on[kept.row] for kept in group.members):
            yield f"They were passed on {times(passed)}."
        yield from self._hidden(group.members)

    def _shown(self, group: Group) -> Iterator[Card]:
        told = {one.row for one in self._elements(group)}
        picks = pick([kept for kept in self._showable(self._candidates(group)) if kept.row not in told])
        ranked = [*sorted((self.tally.passed_on[kept.row] for kept in group.members), reverse=True), 0]
        before: Card | None = None
        for kept in picks:
            card = self._card(kept)
            is_most = self.tally.passed_on[kept.row] == ranked[0] > ranked[1]
            yield replace(extract(card), lead=_MOST.format(card.passed_on) if is_most and before else lead(card, before))
            before = card

    def _candidates(self, group: Group) -> Iterable[Kept]:
        by_row = {kept.row: kept for kept in group.members}
        first = [by_row[row] for row in self.tally.among(group.cluster.representatives) if row in by_row]
        return {kept.row: kept for kept in chain(first, group.members)}.values()


def drawn(text: str) -> Markup:
    """What people wrote between quotes, from restricted Markdown."""
    return markdown.html(text)


def pick(candidates: Sequence[Kept]) -> list[Kept]:
    """At most `SHOWN`, one an author, in the given order; no channel has a second before each has a first."""
    fit = [
        kept for kept in candidates if kept.post.network != "x" or len(kept.post.text) <= EXTRACT
    ]  # X wants its posts shown whole
    voices: dict[object, Kept] = {}
    for kept in fit:
        voices.setdefault((kept.post.network, kept.post.author.identity or kept.row), kept)
    seen = Counter[str]()
    ranked = []
    for place, kept in enumerate(voices.values()):
        ranked.append((seen[kept.post.network], place, kept))
        seen[kept.post.network] += 1
    chosen = sorted(ranked, key=lambda one: one[:2])[:SHOWN]
    return [kept for _, _, kept in sorted(chosen, key=lambda one: one[1])]


def extract(card: Card) -> Card:
    """The beginning of a long text, up to a space where there is one near."""
    if len(card.text) <= EXTRACT:
        return card
    begin, space, _ = card.text[:EXTRACT].rpartition(" ")
    kept = begin if space and len(begin) > EXTRACT // 2 else card.text[:EXTRACT]
    return replace(card, text=f"{kept}…", more=f"{words.count(len(card.text) - len(kept), 'more character')}")


def lead(card: Card, before: Card | None) -> str:
    """The fact that joins a card to the one before it; nothing where there is none."""
    day = card.when.partition(",")[0]
    if before is None or (card.network, day) == (before.network, before.when.partition(",")[0]):
        return ""
    if card.network == before.network:
        return _AGAIN.get(card.network, "Another was posted on {channel} on {day}.").format(channel=card.channel, day=day)
    return _LEADS.get(card.network, "Someone posted on {channel} on {day}.").format(channel=card.channel, day=day)


def _link(shown: int, every: int, one: str) -> str:
    """ "All 168 contributions", "132 of 168 contributions"; nothing where none may be shown."""
    if not shown:
        return ""
    return f"All {words.count(every, one)}" if shown == every else f"{words.number(shown)} of {words.count(every, one)}"
