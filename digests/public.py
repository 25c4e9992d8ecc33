"""Makes a public digest from a week's facts and what people decided: pure, and a stricter view of the same week."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from digests import continuing, public_counts, public_words, quoting, words
from digests.curation import Curation, Element
from digests.edition import ChangeEntry, Figure, Part, PublicDigest, Quote, Rules, Theme
from digests.public_counts import Group
from digests.public_json import fingerprint, from_json, quotes, to_json
from digests.small import Told
from digests.tally import Facts, count
from storage.values import Kept

__all__ = [
    "ChangeEntry",
    "PublicDigest",
    "Rules",
    "compose",
    "fingerprint",
    "from_json",
    "next_version",
    "numbers",
    "quotes",
    "to_json",
]


def compose(facts: Facts, rules: Rules) -> PublicDigest:
    """The week as it may be published. What may not be quoted is left out; what stands in the way of publishing, `gate` says.

    Raises ValueError for a week that nobody has begun to work on.
    """
    if facts.curation is None:
        raise ValueError(f"nobody has begun to work on week {facts.week.number}")
    curation, exercise, week = facts.curation, facts.exercise, facts.week
    tally = count(facts)
    shown = [group for group in public_counts.groups(tally, curation) if _is_shown(group, rules)]
    counted = public_counts.count(facts, tally, shown, rules.before)
    told = public_counts.tell(counted, rules.small, rules.before)
    themes = _Stories(facts, curation, rules).themes(shown, told)
    return PublicDigest(
        exercise=words.name(exercise.title),
        organisation=words.name(rules.organisation or exercise.organisation),
        contact=words.name(rules.contact or exercise.contact),
        invented=exercise.invented,
        number=week.number,
        of_total=len(exercise.weeks),
        title=week.name,
        question=week.question if week.title else "",
        questions=week.questions,
        dates=words.dates(week.starts, week.ends),
        small=rules.small,
        way=rules.way,
        version=rules.version,
        changes=rules.changes,
        published=tuple(sorted({*rules.published, week.number})),
        summary=words.clean(curation.summary),
        in_short=(*public_words.in_short(themes, told, rules), *public_words.earlier(told, rules)),
        figures=tuple(_figures(themes, told, rules)),
        listened=tuple(public_words.listened(facts)),
        numbers=told,
        last_week=dict(rules.last_week),
        channels=counted.channels,
        days=counted.days,
        tones=counted.tones,
        themes=themes,
        grouping=tuple(public_words.grouping(themes, told, rules)),
        next_steps=tuple(public_words.next_steps(facts, rules)),
        missed=tuple(public_words.missed(facts)),
        left_out=counted.left_out,
        method=tuple(public_words.method(facts, rules)),
        quoting=tuple(public_words.quoting(rules)),
        remove_address=rules.remove_address,
        privacy_notice=rules.privacy_notice,
        accessibility=rules.accessibility,
        urgent=rules.urgent,
        read_when=rules.read_when,
    )


def next_version(digest: PublicDigest, change: ChangeEntry) -> PublicDigest:
    """The same digest as a later version, as after a withdrawal: its numbers stay."""
    return replace(digest, version=change.version, changes=(*digest.changes, change))


def numbers(digest: PublicDigest) -> Mapping[str, Told]:
    """Every count by name, as it was told: what a later version and the next week are made by."""
    return digest.numbers


def _is_shown(group: Group, rules: Rules) -> bool:
    """A theme that nobody wrote about and few said anything on is counted with the rest."""
    is_told = f"theme/{group.theme.key}" in rules.before
    return bool(group.theme.elements) or len(group.members) >= rules.small or is_told


def _figures(themes: Sequence[Theme], told: Mapping[str, Told], rules: Rules) -> Iterator[Figure]:
    """At most four; one that says nothing is left out."""
    yield Figure(key="all", label="contributions", note=public_words.change(told, rules))
    yield Figure(key="voices", label="accounts, addresses and forms", note="One person may be counted more than once.")
    if told["passed"]:
        yield Figure(key="passed", label="times passed on", note="Reposts and copies, counted apart.")
    if themes:
        yield Figure(value=len(themes), label="theme" if len(themes) == 1 else "themes")


class _Stories:
    """The themes with what people wrote and chose, every quote with its reference."""

    def __init__(self, facts: Facts, curation: Curation, rules: Rules) -> None:
        self.curation, self.rules = curation, rules
        self.by_row = {kept.row: kept for kept in facts.posts}
        self.judge = quoting.Desk(curation, facts.counts_only, rules.way)
        self.refs = dict(rules.refs)
        self.week, self.asked = facts.week.number, facts.asked
        self.history = replace(rules.history, heirs=facts.history.heirs)

    def themes(self, groups: Sequence[Group], told: Mapping[str, Told]) -> tuple[Theme, ...]:
        return tuple(self._theme(number, group, told) for number, group in enumerate(groups, 1))

    def _theme(self, number: int, group: Group, told: Mapping[str, Told]) -> Theme:
        key = f"theme/{group.theme.key}"
        part, whole = told[key], told["all"]
        size, asked = part if isinstance(part, int) else -1, group.theme.key in self.asked
        history = continuing.published(group.theme, size, self.week, self.history, asked=asked)
        return Theme(
            key=key,
            label=words.capital(words.name(group.theme.label)) or f"Theme {number}",
            share=words.share(part, whole) if isinstance(part, int) and isinstance(whole, int) and part else "",
            history=" ".join(history),
            parts=tuple(self._parts(group.theme.elements)),
        )

    def _parts(self, elements: Sequence[Element]) -> Iterator[Part]:
        for element in elements:
            if element.kind != "quote":
                yield Part(kind=element.kind, text=words.clean(element.text))
            elif (kept := self.by_row.get(element.row)) and (quote := self._quote(kept)):
                yield Part(kind="quote", quote=quote)

    def _quote(self, kept: Kept) -> Quote | None:
        """None for what may not be quoted, or has no words yet."""
        mode = self.judge.mode(kept)
        text = "" if self.judge.against(kept, mode) else quoting.text(kept, mode, self.curation)
        if not text:
            return None
        return Quote(
            ref=self._ref(kept.row),
            row=kept.row,
            mode=mode,
            text=text,
            who=quoting.who(kept, mode, self.curation),
            source=quoting.source(kept, mode, self.curation),
        )

    def _ref(self, row: int) -> str:
        """A post keeps the reference that it had in an earlier version; no reference is given twice."""
        if row not in self.refs:
            last = max((int(ref.rpartition("-")[2]) for ref in self.refs.values()), default=0)
            self.refs[row] = f"{self.week}-{last + 1:02}"
        return self.refs[row]
