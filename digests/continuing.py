"""Where the themes of a week come from: continuing, returning, new, split off or joined; and which are not heard now. Pure."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from digests import words
from digests.state import HeldTheme
from storage.values import Cluster

LEAST_CHANGE, LEAST_SHARE = 20, 0.25
"""A theme grows, or is quieter, by so many contributions and by such a part of what it was, or not at all."""
_NAMED = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """A theme in an earlier week, `size` contributions (-1 where that is not told)."""

    week: int
    label: str
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """What earlier weeks were about. `weeks` are those that were grouped, `themes` what was heard of each theme by its key,
    oldest first; `heirs` maps a theme to the one that people merged it into."""

    weeks: tuple[int, ...] = ()
    themes: Mapping[str, tuple[Heard, ...]] = field(default_factory=dict)
    heirs: Mapping[str, str] = field(default_factory=dict)

    def of(self, key: str) -> tuple[Heard, ...]:
        """Where this theme was heard before."""
        theme = self._heir(key)
        found = [one for other, heard in self.themes.items() if self._heir(other) == theme for one in heard]
        return tuple(sorted(found, key=lambda one: one.week))

    def _heir(self, key: str) -> str:
        return self.heirs.get(key, key)


def sentences(cluster: Cluster, size: int, history: History, *, asked: bool) -> Iterator[str]:
    """Where one theme comes from; nothing in the first week but that the question asked about it.

    What was asked about is not said to grow or to be quieter: another question was asked before.
    """
    if history.weeks:
        yield from _origin(cluster, history)
        yield from _joined(cluster, history)
    if asked:
        yield "We asked about this."
    elif history.weeks and (heard := history.of(cluster.key)) and heard[-1].week == history.weeks[-1]:
        yield from trend(heard[-1].size, size)


def published(theme: HeldTheme, size: int, week: int, history: History, *, asked: bool) -> Iterator[str]:
    """Where a theme of a public digest comes from, of what earlier public digests told alone: so it gives no number away.

    `size` and those of `history` are numbers as they were told, -1 for one that was not. A theme is new that is large and stood
    in no digest before.
    """
    heard, label = history.of(theme.key), words.capital(words.name(theme.label))
    if heard:
        yield came(heard, week - 1, label)
    elif week - 1 in history.weeks and size >= LEAST_CHANGE:
        yield "New this week."
    if asked:
        yield "We asked about this."
    elif heard and heard[-1].week == week - 1 and min(size, heard[-1].size) >= 0:
        yield from trend(heard[-1].size, size)


def trend(before: int, now: int) -> Iterator[str]:
    """ "It is growing.", "It is quieter.", or nothing."""
    if abs(now - before) >= max(LEAST_CHANGE, LEAST_SHARE * before):
        yield "It is growing." if now > before else "It is quieter."


def came(heard: Sequence[Heard], before: int, label: str) -> str:
    """ "Continuing from week 2." or "Returning from week 1."; `before` is the newest earlier week."""
    last = heard[-1]
    verb = "Continuing" if last.week == before else "Returning"
    name = words.capital(words.name(last.label))
    called = f", where it was called “{name}”" if name and name.casefold() != label.casefold() else ""
    return f"{verb} from week {last.week}{called}."


def faded(there: Collection[str], history: History) -> Iterator[str]:
    """What was heard in the newest earlier week and is not any more, the largest first."""
    known = {history.heirs.get(key, key) for key in there}
    gone = [heard[-1] for key, heard in history.themes.items() if key not in known and heard[-1].week == history.weeks[-1]]
    names = [f"“{words.capital(words.name(one.label))}”" for one in sorted(gone, key=lambda one: (-one.size, one.label))]
    if names:
        more = [words.count(len(names) - _NAMED, "more theme")] if len(names) > _NAMED else []
        yield f"Not heard any more since week {history.weeks[-1]}: {words.listing([*names[:_NAMED], *more])}."


def _origin(cluster: Cluster, history: History) -> Iterator[str]:
    heard, whole = history.of(cluster.key), history.of(cluster.split_from)
    if heard:
        yield came(heard, history.weeks[-1], words.capital(words.name(cluster.label)))
    elif whole:
        yield f"Split off from “{words.capital(words.name(whole[-1].label))}” of week {whole[-1].week}."
    else:
        yield "New this week."


def _joined(cluster: Cluster, history: History) -> Iterator[str]:
    taken = [heard[-1] for key in cluster.merged if (heard := history.of(key)) and heard != history.of(cluster.key)]
    for one in dict.fromkeys(taken):
        yield f"It takes in “{words.capital(words.name(one.label))}” of week {one.week}."
