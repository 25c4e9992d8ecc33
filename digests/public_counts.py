"""The counts of a published week, by name, and how they add up; then as they may be told. Pure.

Names: "all", "voices", "passed", "left"; "channel/x", "passed/x", "day/2026-11-09", "left/advert", "tone/good"; "theme/KEY" and
"rest" (in no theme, or in one that is not shown), each also by tone: "theme/KEY/good"; and where some answered an earlier
question "answer/earlier" and "answer/present".
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from digests import figures, gaps, small, words
from digests.curation import Curation, HeldTheme
from digests.edition import Line
from digests.small import Sum, Told
from digests.tally import Facts, Tally, answered_earlier
from storage.values import Kept

_TONES = {"difficult": "Difficult", "neutral": "Mixed or neutral", "good": "Good", "unknown": "Not looked at"}


@dataclass(frozen=True, slots=True)
class Group:
    """The contributions of one theme, as people left it."""

    theme: HeldTheme
    members: tuple[Kept, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """All counts of a week and their sums; the lines of its charts, in the order in which they are drawn."""

    counts: Mapping[str, int]
    sums: tuple[Sum, ...]
    channels: tuple[Line, ...]
    days: tuple[Line, ...]
    left_out: tuple[Line, ...]
    tones: tuple[Line, ...]
    themes: tuple[Group, ...]


def groups(tally: Tally, curation: Curation) -> tuple[Group, ...]:
    """The themes in their order; each contribution in the first that names it."""
    by_row = {kept.row: kept for kept in tally.contributions}
    taken = set[int]()
    found = []
    for theme in curation.themes:
        rows = [row for row in tally.among(theme.rows) if row not in taken]
        taken.update(rows)
        found.append(Group(theme, tuple(by_row[row] for row in rows)))
    return tuple(found)


def count(facts: Facts, tally: Tally, shown: Sequence[Group], before: Mapping[str, Told]) -> Counted:
    """`before` is what an earlier version told: a line that it had is not lost."""
    network_lines = _channels(tally, before)
    days = figures.days(facts, tally, ())
    starts = facts.week.starts.toordinal()
    day_lines = tuple(
        Line(key=f"day/{facts.week.starts.fromordinal(starts + place)}", name=day.name, short=day.short, gap=day.gap)
        for place, day in enumerate(days)
    )
    by_day = Counter(f"day/{kept.post.posted_at.astimezone(facts.zone).date()}" for kept in tally.contributions)
    said = Counter(f"channel/{kept.post.network}" for kept in tally.contributions)
    left = _left_out(tally, before)
    tones = _by_tone(facts, tally, shown)
    counts: dict[str, int] = {
        "all": len(tally.contributions),
        "voices": figures.voices(tally),
        "passed": tally.passing.total(),
        "left": sum(len(posts) for posts in tally.left_out.values()),
        **{line.key: said[line.key] for line in network_lines},
        **{_passed(line.key): tally.passing[line.key.partition("/")[2]] for line in network_lines},
        **{line.key: by_day[line.key] for line in day_lines},
        **{line.key: len(tally.left_out.get(line.key.partition("/")[2], ())) for line in left},
        **_answers(facts, tally, before),
        **tones,
    }
    used = [tone for tone in _TONES if tone != "unknown" or tones["tone/unknown"] or before.get("tone/unknown")]
    return Counted(
        counts=counts,
        sums=tuple(_sums(counts)),
        channels=network_lines,
        days=day_lines,
        left_out=left,
        tones=tuple(Line(key=tone, name=_TONES[tone]) for tone in used),
        themes=tuple(shown),
    )


def tell(counted: Counted, at_least: int, before: Mapping[str, Told]) -> dict[str, Told]:
    """Every count as it may be told, `before` being what the version before told."""
    renewed = _renewed(counted, before) if before else frozenset[str]()
    return small.settle(before, counted.counts, counted.sums, at_least, renewed)


def _renewed(counted: Counted, before: Mapping[str, Told]) -> frozenset[str]:
    """The counts of themes that were merged, split or first shown since the version before."""
    themes = [group.theme for group in counted.themes]
    told = {name.removeprefix("theme/") for name in before if name.startswith("theme/") and name.count("/") == 1}
    new = {theme.key for theme in themes} - told
    mixed = {theme.key for theme in themes if told.intersection(theme.merged)} | {
        theme.split_from for theme in themes if theme.key in new
    }
    lost = told.difference((theme.key for theme in themes), *(theme.merged for theme in themes))
    changed = {f"theme/{key}" for key in new | mixed}
    if lost or any(theme.key in new and theme.split_from not in told for theme in themes):
        changed.add("rest")
    return frozenset(name for name in counted.counts if name in changed or name.rpartition("/")[0] in changed)


# --- lines --------------------------------------------------------------------------------------------------------------


def _channels(tally: Tally, before: Iterable[str]) -> tuple[Line, ...]:
    heard = [row.network for row in figures.channels(tally)]
    earlier = [name.removeprefix("channel/") for name in before if name.startswith("channel/")]
    return tuple(Line(key=f"channel/{one}", name=words.channel(one)) for one in dict.fromkeys((*heard, *earlier)))


def _left_out(tally: Tally, before: Iterable[str]) -> tuple[Line, ...]:
    earlier = [name.removeprefix("left/") for name in before if name.startswith("left/")]
    reasons = sorted(tally.left_out.keys() | set(earlier), key=lambda one: (-len(tally.left_out.get(one, ())), one))
    return tuple(Line(key=f"left/{reason}", name=words.capital(gaps.reason(reason))) for reason in reasons)


def _passed(channel: str) -> str:
    return channel.replace("channel/", "passed/", 1)


# --- counts and sums ----------------------------------------------------------------------------------------------------


def _by_tone(facts: Facts, tally: Tally, shown: Sequence[Group]) -> dict[str, int]:
    """A table of themes by tone with its totals; what is in no theme shown is the row "rest"."""
    placed = {kept.row: f"theme/{group.theme.key}" for group in shown for kept in group.members}
    found = Counter[str]()
    rows = (*(f"theme/{group.theme.key}" for group in shown), "rest")
    for kept in tally.contributions:
        row, tone = placed.get(kept.row, "rest"), _tone(kept.row, facts)
        found.update((row, f"{row}/{tone}", f"tone/{tone}"))
    names = [*rows, *(f"{row}/{tone}" for row in rows for tone in _TONES), *(f"tone/{tone}" for tone in _TONES)]
    return {name: found[name] for name in names}


def _answers(facts: Facts, tally: Tally, before: Mapping[str, Told]) -> dict[str, int]:
    """How many answered an earlier question, and the others: a few of these would tell the few others too."""
    earlier = answered_earlier(facts, tally)
    if not earlier and "answer/earlier" not in before:
        return {}
    return {"answer/earlier": earlier, "answer/present": len(tally.contributions) - earlier}


def _tone(row: int, facts: Facts) -> str:
    return facts.scores[row].tone if row in facts.scores else "unknown"


def _sums(counts: Mapping[str, int]) -> Iterator[Sum]:
    parts = defaultdict[str, list[str]](list)
    for name in counts:
        head, _, tail = name.partition("/")
        if head in ("channel", "day", "passed", "left", "tone", "answer") and tail:
            parts[head].append(name)
        if head in ("theme", "rest") and name.rpartition("/")[2] in _TONES:
            row, _, tone = name.rpartition("/")
            parts[row].append(name)
            parts[f"tone/{tone}"].append(name)
        elif head in ("theme", "rest"):
            parts["themes"].append(name)
    totals = {"channel": "all", "day": "all", "tone": "all", "themes": "all", "answer": "all"}
    for head, names in parts.items():
        yield Sum(total=totals.get(head, head), parts=tuple(names))
