"""Groups of texts made fit for a reader: not too many, none too small, members most central first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from listener.analysis import communities

if TYPE_CHECKING:
    from listener.analysis.vectors import Placed, Rows

_WHATEVER = -1.0


@dataclass(frozen=True, kw_only=True)
class Measure:
    """Likenesses. Two texts must be `linked` to be neighbours; a few people must be `like` a group to join it, and one who is
    not even `hardly_like` their own group is in none."""

    linked: float
    like: float
    hardly_like: float


WORDS = Measure(linked=0.05, like=0.2, hardly_like=0.02)
MEANING = Measure(linked=0.25, like=0.2, hardly_like=0.05)


@dataclass(frozen=True, kw_only=True)
class Group:
    """Places of the members, most central first, each with its likeness to the middle of the group."""

    members: tuple[int, ...]
    likeness: Mapping[int, float]


def group_texts(placed: "Placed", measure: Measure, *, most: int, least: int) -> list[Group]:
    """At most `most` groups of `least` or more; a text like no group is in none."""
    homes = communities.find_groups(communities.link_neighbours(placed, measure.linked))
    rows = placed.rows
    found = [_order_members(rows, members, measure.hardly_like) for members in _join_small(rows, homes, (most, least), measure)]
    return [group for group in found if len(group.members) >= least]


def arrange(rows: "Rows", members: Sequence[int]) -> Group:
    """Those who belong together whatever a computer finds, most central first."""
    return _order_members(rows, members, _WHATEVER)


def _join_small(rows: "Rows", homes: Sequence[int], size: tuple[int, int], measure: Measure) -> list[list[int]]:
    """The smallest group joins the one most like it, until all are large enough and few enough; one like none falls apart."""
    most, least = size
    groups = dict(enumerate(members for members in _members(homes) if len(members) > 1))
    middles = {home: _middle(rows, members) for home, members in groups.items()}
    while groups:
        small = min(groups, key=lambda home: (len(groups[home]), home))
        if len(groups) <= most and len(groups[small]) >= least:
            break
        floor = measure.like if len(groups[small]) < least else _WHATEVER
        members, middle = groups.pop(small), middles.pop(small)
        nearest = _nearest(middle, middles, floor)
        if nearest is not None:
            groups[nearest] += members
            middles[nearest] = middles[nearest] + middle
    return list(groups.values())


def _members(homes: Sequence[int]) -> list[list[int]]:
    places = sorted(range(len(homes)), key=homes.__getitem__)
    return [list(members) for _, members in groupby(places, key=homes.__getitem__)]


def _middle(rows: "Rows", members: Sequence[int]) -> "Rows":
    """The sum of the members' rows: its direction is what they have in common."""
    import numpy as np

    return np.asarray(rows[list(members)].sum(0), np.float32)


def _nearest(middle: "Rows", others: Mapping[int, "Rows"], floor: float) -> int | None:
    """Rounded, so that dust in the last digit does not decide."""
    import numpy as np

    length = np.linalg.norm(middle)
    found = {home: round(float(middle @ other / (length * np.linalg.norm(other))), 4) for home, other in others.items()}
    best = max(found, key=lambda home: (found[home], -home), default=None)
    return best if best is not None and found[best] >= floor else None


def _order_members(rows: "Rows", members: Sequence[int], floor: float) -> Group:
    """Those as central as each other keep the order of the documents."""
    import numpy as np

    middle = _middle(rows, members)
    near: list[float] = np.round(rows[list(members)] @ (middle / max(float(np.linalg.norm(middle)), 1e-9)), 4).tolist()
    likeness = {place: value for place, value in zip(members, near, strict=True) if value >= floor}
    return Group(members=tuple(sorted(likeness, key=lambda place: (-likeness[place], place))), likeness=likeness)
