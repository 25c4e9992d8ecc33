"""Themes from week to week: which of a week's groups was heard before, which is new, split off, or took another in. Pure.

Texts of all weeks lie in one space (`vectors.lay_rows`). What the weeks at hand have in common is taken away first: likeness is
likeness beyond that.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from hashlib import blake2b
from itertools import count
from typing import TYPE_CHECKING

from storage.values import Appearance, Theme

if TYPE_CHECKING:
    from listener.analysis.vectors import Rows

LIKE = 0.7
"""The least likeness of a theme in two weeks; chosen by benchmarks/continuity.py on half of its draws, for large weeks and for
small ones."""
LOOSE = 0.05
"""Contributions that are less like each other than this are no measure for likeness."""
OWN = 0.5
"""So like a theme that people bound, a contribution is its own wherever it was grouped: nine in ten are right (benchmark)."""
VOTE = 0.4
"""So like a theme, a contribution tells that it is about the same."""
STABLE = 1 / 3
"""The least share of common contributions (Jaccard) at which two groupings of one week mean the same theme."""
_FEWEST = 5


@dataclass(frozen=True, kw_only=True)
class Past:
    """What is known before a week is grouped.

    `themes` are those of earlier weeks, `middle` is what these weeks have in common. `before` are the rows of the week's own
    themes when it was last grouped, where these have become firm; `taken` are keys that no new theme may have.
    """

    themes: tuple[Theme, ...] = ()
    middle: bytes = b""
    before: Mapping[str, Collection[int]] = field(default_factory=dict)
    taken: frozenset[str] = frozenset()

    @property
    def fingerprint(self) -> str:
        """Names all that is known of the themes of earlier weeks."""
        return blake2b(repr((self.themes, self.middle)).encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


NOTHING = Past()


@dataclass(frozen=True, kw_only=True)
class Home:
    """One theme of the week: places of its contributions, in no order, and the label that people gave it, if any."""

    key: str
    members: frozenset[int]
    label: str = ""
    split_from: str = ""
    merged: tuple[str, ...] = ()


# --- the register -------------------------------------------------------------------------------------------------------


def fold(appearances: Iterable[Appearance]) -> tuple[Theme, ...]:
    """The register: every theme once, by key; what people merged is one. The order of appearances does not matter."""
    ordered = sorted((one for one in appearances if one.key), key=lambda one: (one.week, one.key, one.part))
    heirs = heirs_of(ordered)
    families: dict[str, list[Appearance]] = {}
    for one in ordered:
        families.setdefault(_heir(heirs, one.key), []).append(one)
    begun = {_heir(heirs, one.split_from): one.week for one in ordered if one.bound and one.split_from}
    return tuple(_theme(key, families[key], begun.get(key, 0), heirs) for key in sorted(families))


def heirs_of(appearances: Iterable[Appearance]) -> dict[str, str]:
    """Theme -> the one that people made it a part of, in the end: they merged it into that, or gave it the name that people had
    bound that by in an earlier week. Two that were merged into each other are one."""
    heirs: dict[str, str] = {}
    names: dict[str, str] = {}
    for one in sorted(appearances, key=lambda one: (one.week, one.key, one.part)):
        joined = [(gone, one.key) for gone in one.merged if one.bound]
        if one.bound:
            known = names.setdefault(one.label.casefold(), one.key)
            joined += [(one.key, known)] if one.named else []
        for gone, into in joined:
            loser, winner = _heir(heirs, gone), _heir(heirs, into)
            if loser != winner:
                heirs[loser] = winner
    return {gone: _heir(heirs, gone) for gone in heirs}


def _heir(heirs: Mapping[str, str], key: str) -> str:
    while key in heirs:
        key = heirs[key]
    return key


def _theme(key: str, family: Sequence[Appearance], since: int, heirs: Mapping[str, str]) -> Theme:
    """`since`: the week in which people last split it: what it was before is no guide any more."""
    bound = [one for one in family if one.bound]
    origin = next((one.split_from for one in bound if one.key == key and one.split_from), "")
    parts = _parts([one for one in family if one.week >= since] or family)
    return Theme(
        key=key,
        label=(bound or family)[-1].label,
        weeks=tuple(sorted({one.week for one in family})),
        middles=tuple(middle for middle, _ in parts),
        sizes=tuple(size for _, size in parts),
        bound=bool(bound),
        merged=tuple(sorted(gone for gone in heirs if _heir(heirs, gone) == key)),
        split_from=_heir(heirs, origin),
    )


def _parts(family: Iterable[Appearance]) -> list[tuple[bytes, int]]:
    """The running middle of each part and its size: every contribution counts the same, of whatever week."""
    import numpy as np

    found: dict[str, list[Appearance]] = {}
    for one in family:
        if one.middle:
            found.setdefault(one.part or one.key, []).append(one)
    sizes = {part: sum(one.size for one in found[part]) for part in sorted(found)}
    sums = {part: sum(one.size * np.frombuffer(one.middle, np.float32) for one in found[part]) for part in found}
    return [(np.asarray(sums[part] / size, np.float32).tobytes(), size) for part, size in sizes.items()]


def common(appearances: Iterable[Appearance]) -> bytes:
    """What the weeks have in common, each counting the same (of appearances without a key, one a week); empty without any."""
    import numpy as np

    whole = sorted((one for one in appearances if not one.key and one.middle), key=lambda one: one.week)
    return np.mean([np.frombuffer(one.middle, np.float32) for one in whole], 0).tobytes() if whole else b""


def middle_of(rows: "Rows") -> bytes:
    """The mean of those rows that say anything, as it is kept; empty where none does."""
    told = rows[rows.any(1)]
    return told.mean(0).tobytes() if len(told) else b""


# --- one week -----------------------------------------------------------------------------------------------------------


def settle(week: int, groups: Sequence[Sequence[int]], rows: "Rows", numbers: Sequence[int], past: Past) -> list[Home]:
    """Gives each group its theme: what it was when the week was last grouped, one of an earlier week, or a new one.

    `groups` hold places in `rows` (of `vectors.lay_rows`) and in `numbers`, the row in the store of each. Groups of one
    theme are joined. What people bound comes first: a contribution goes to the bound theme that it is so like, and one that
    was split stays split. New themes are numbered in the order of `groups`.
    """
    heirs = {gone: theme.key for theme in past.themes for gone in theme.merged}
    before = _held_before(groups, numbers, past.before)
    known = _Known.make(rows, past)
    keys = {place: heirs.get(key, key) for place, key in before.items()}
    keys |= _matched(groups, known, keys)
    homes = _claimed(_joined(groups, keys, _names(week, past)), known, past)
    there = {home.key for home in homes}
    return [_told(home, known, there) for home in homes]


def _held_before(
    groups: Sequence[Sequence[int]], numbers: Sequence[int], before: Mapping[str, Collection[int]]
) -> dict[int, str]:
    """Group -> the key it had, by the contributions that they have in common."""
    import numpy as np

    earlier = sorted(before)
    now = [{numbers[place] for place in members} for members in groups]
    shares = [[_share(rows, set(before[key])) for key in earlier] for rows in now]
    return {one: earlier[other] for one, other in pair_up(np.array(shares, np.float32).reshape(len(now), len(earlier)), STABLE)}


def _share(one: set[int], other: set[int]) -> float:
    return len(one & other) / max(len(one | other), 1)


def pair_up(likeness: "Rows", least: float) -> list[tuple[int, int]]:
    """One to one, so that the sum is greatest; rounded, so that dust in the last digit does not decide."""
    import numpy as np
    from scipy.optimize import linear_sum_assignment

    if not likeness.size:
        return []
    told = np.round(likeness.astype(np.float64), 4)
    pairs = zip(*linear_sum_assignment(-np.where(told >= least, told, 0)), strict=True)
    return [(int(one), int(other)) for one, other in pairs if told[one, other] >= least]


@dataclass(frozen=True)
class _Known:
    """The known themes, a line for each of their `middles` (`keys` may repeat), and the week's rows; `likeness` is how like
    each contribution of the week is to each line, beyond what all have in common (`centre`)."""

    rows: "Rows"
    centre: "Rows"
    keys: tuple[str, ...]
    middles: "Rows"
    sizes: tuple[int, ...]
    likeness: "Rows"
    recent: frozenset[str]

    @classmethod
    def make(cls, rows: "Rows", past: Past) -> "_Known":
        import numpy as np

        lines = [
            (theme.key, middle, size) for theme in past.themes for middle, size in zip(theme.middles, theme.sizes, strict=True)
        ]
        middles = np.array([np.frombuffer(middle, np.float32) for _, middle, _ in lines], np.float32).reshape(-1, rows.shape[1])
        centre = _centre(rows, past.middle)
        apart = _directions(rows - centre) * rows.any(1, keepdims=True)
        return cls(
            rows=rows,
            centre=centre,
            keys=tuple(key for key, _, _ in lines),
            middles=middles,
            sizes=tuple(size for _, _, size in lines),
            likeness=apart @ _directions(middles - centre).T,
            recent=_recent(past.themes),
        )

    def votes(self, members: Iterable[int], apart: str) -> dict[str, int]:
        """How many of these contributions are about each known theme, most first; `apart` are none that it is itself."""
        found: dict[str, int] = {}
        lines = self.likeness[sorted(members)]
        for line in lines if lines.size else ():
            best = int(line.argmax())
            if line[best] >= VOTE and self.keys[best] != apart:
                found[self.keys[best]] = found.get(self.keys[best], 0) + 1
        return dict(sorted(found.items(), key=lambda item: (-item[1], item[0])))


def _recent(themes: Sequence[Theme]) -> frozenset[str]:
    """Those heard in the newest of the weeks."""
    newest = max((theme.weeks[-1] for theme in themes), default=0)
    return frozenset(theme.key for theme in themes if theme.weeks[-1] == newest)


def _matched(groups: Sequence[Sequence[int]], known: _Known, given: Mapping[int, str]) -> dict[int, str]:
    """Groups that had no key -> the theme of an earlier week whose middle is so like theirs; none has two, but one that people
    made of several."""
    import numpy as np

    said = [[place for place in members if known.rows[place].any()] for members in groups]
    left = [place for place in range(len(groups)) if place not in given and said[place]]
    free = [line for line, key in enumerate(known.keys) if key not in given.values() or known.keys.count(key) > 1]
    if not left or not free:
        return {}
    middles = np.array([known.rows[said[place]].mean(0) for place in left])
    near = whole(middles, [len(said[place]) for place in left], known.centre)
    far = whole(known.middles[free], [known.sizes[line] for line in free], known.centre)
    return {left[one]: known.keys[free[other]] for one, other in pair_up(near @ far.T, LIKE)}


def whole(middles: "Rows", sizes: Sequence[int], centre: "Rows") -> "Rows":
    """Rows whose products are the likeness of groups, as it would be were they very large: 1 for two of the same.

    The cosine of the middles of a few is low since each strays. So the mean cosine of all pairs across two groups is divided by
    the geometric mean of those within each (correction for attenuation, Spearman 1904). `middles` are means of rows of length
    1.
    """
    import numpy as np

    apart, count = middles - centre, np.maximum(np.array(sizes, np.float64), 1)
    own = 1 - 2 * middles @ centre + centre @ centre
    within = (count * (apart**2).sum(1) - own) / np.maximum(count - 1, 1)
    return np.asarray(apart / np.sqrt(np.maximum(within, LOOSE))[:, None], np.float32)


def _centre(rows: "Rows", earlier: bytes) -> "Rows":
    """What this week and the earlier ones have in common."""
    import numpy as np

    told = [np.frombuffer(middle, np.float32) for middle in (middle_of(rows), earlier) if middle]
    return np.asarray(np.mean(told, 0) if told else np.zeros(rows.shape[1]), np.float32)


def _directions(rows: "Rows") -> "Rows":
    import numpy as np

    return np.asarray(rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9), np.float32)


def _names(week: int, past: Past) -> Iterable[str]:
    """Keys for new themes: never one that was given before."""
    return (key for number in count(1) if (key := f"w{week}-c{number}") not in past.taken and key not in past.before)


def _joined(groups: Sequence[Sequence[int]], keys: Mapping[int, str], names: Iterable[str]) -> list[Home]:
    fresh, found = iter(names), dict[str, set[int]]()
    for place, members in enumerate(groups):
        key = keys[place] if place in keys else next(fresh)
        found.setdefault(key, set()).update(members)
    return [Home(key=key, members=frozenset(members)) for key, members in found.items()]


def _told(home: Home, known: _Known, there: Collection[str]) -> Home:
    """With what it was a part of, or took in, by what its contributions are about (after Spiliopoulou et al., MONIC, 2006).

    A new theme most of whose contributions are about one that goes on beside it split off; one that goes on, a quarter or more
    of whose contributions are about another that is not there any more, took that in.
    """
    votes = known.votes(home.members, home.key)
    if home.key not in known.keys:
        origin = next((key for key, number in votes.items() if key in there and 2 * number >= len(home.members)), "")
        return replace(home, split_from=origin)
    lost = known.recent.difference(there)
    taken = [key for key, number in votes.items() if key in lost and 4 * number >= len(home.members)]
    return replace(home, merged=tuple(taken))


# --- what people bound --------------------------------------------------------------------------------------------------


def _claimed(homes: Sequence[Home], known: _Known, past: Past) -> list[Home]:
    """Contributions in the bound theme that is theirs, unless too few would be in it."""
    bound = {theme.key: theme for theme in past.themes if theme.bound and theme.middles}
    now = {place: home.key for home in homes for place in home.members}
    then = now | _wanted(now, known, bound)
    sizes = Counter(then.values())
    fit = {place: key for place, key in then.items() if sizes[key] >= _FEWEST or key == now.get(place)}
    placed = now | fit
    keys = [home.key for home in homes] + sorted(set(placed.values()) - {home.key for home in homes})
    made = [Home(key=key, members=frozenset(place for place, one in placed.items() if one == key)) for key in keys]
    return [replace(home, label=bound[home.key].label if home.key in bound else "") for home in made if home.members]


def _wanted(now: Mapping[int, str], known: _Known, bound: Mapping[str, Theme]) -> dict[int, str]:
    """The bound theme of each contribution that has one; what people split is told apart however little of it is said."""
    lines = [line for line, key in enumerate(known.keys) if key in bound]
    if not lines:
        return {}
    near = known.likeness[:, lines]
    keys = [known.keys[line] for line in lines]
    found = {place: keys[int(near[place].argmax())] for place in range(len(near)) if near[place].max() >= OWN}
    origins = [_origin(key, bound) for key in keys]
    for place, key in now.items():
        family = [column for column, origin in enumerate(origins) if origin == _origin(key, bound)]
        if len({keys[column] for column in family}) > 1:
            found[place] = keys[max(family, key=lambda column: (float(near[place, column]), -column))]
    return found


def _origin(key: str, bound: Mapping[str, Theme]) -> str:
    """The first of a theme's line of splits."""
    seen = set[str]()
    while key in bound and bound[key].split_from and key not in seen:
        seen.add(key)
        key = bound[key].split_from
    return key
