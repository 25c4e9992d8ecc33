"""Groups of rows made fit for a reader: not too many, none too small, members most central first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from listener.analysis import communities, vectors

if TYPE_CHECKING:
    from listener.analysis.vectors import Places, Rows

# Cosines: a few people must be clearly like a group to join it; a group beyond the number to be read joins any it touches.
_LIKE = 0.2
_HARDLY_LIKE = 0.05


@dataclass(frozen=True, kw_only=True)
class Group:
    """Places of the members, most central first, each with its likeness to the middle of the group."""

    members: tuple[int, ...]
    likeness: Mapping[int, float]


def group_documents(documents: Sequence[Sequence[str]], *, most: int, least: int) -> list[Group]:
    """At most `most` groups of `least` or more; a document like no group is in none. The same on any number of cores."""
    import numpy as np
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]  # it has no types

    with threadpool_limits(1):
        rows = vectors.fold_words(documents)
        said = np.flatnonzero(np.abs(rows).sum(1))
        if len(said) < least:
            return []
        rows = rows[said]
        homes = np.array(communities.find_groups(communities.link_neighbours(rows)))
        found = [_order_members(rows, members, said) for members in _join_small(rows, homes, most, least)]
    return [group for group in found if len(group.members) >= least]


def _join_small(rows: "Rows", homes: "Places", most: int, least: int) -> list[list[int]]:
    """The smallest group joins the one most like it, until all are large enough and few enough; one like none falls apart."""
    import numpy as np

    groups = {home: np.flatnonzero(homes == home).tolist() for home in range(homes.max() + 1)}
    middles = {home: rows[members].sum(0) for home, members in groups.items()}
    while groups:
        small = min(groups, key=lambda home: (len(groups[home]), home))
        if len(groups) <= most and len(groups[small]) >= least:
            break
        floor = _LIKE if len(groups[small]) < least else _HARDLY_LIKE
        members, middle = groups.pop(small), middles.pop(small)
        nearest = _nearest(middle, middles, floor)
        if nearest is not None:
            groups[nearest] += members
            middles[nearest] = middles[nearest] + middle
    return list(groups.values())


def _nearest(middle: "Rows", others: Mapping[int, "Rows"], floor: float) -> int | None:
    import numpy as np

    def likeness(home: int) -> float:
        return round(float(middle @ others[home] / (np.linalg.norm(middle) * np.linalg.norm(others[home]) + 1e-9)), 4)

    found = {home: likeness(home) for home in others}
    best = max(found, key=lambda home: (found[home], -home), default=None)
    return best if best is not None and found[best] >= floor else None


def _order_members(rows: "Rows", members: Sequence[int], places: "Places") -> Group:
    """Rounded, so that dust in the last digit does not decide; those alike keep the order of the documents."""
    import numpy as np

    middle = rows[members].sum(0)
    near = np.round(rows[members] @ (middle / (np.linalg.norm(middle) + 1e-9)), 4).tolist()
    likeness = {int(places[member]): value for member, value in zip(members, near, strict=True) if value >= _HARDLY_LIKE}
    return Group(members=tuple(sorted(likeness, key=lambda place: (-likeness[place], place))), likeness=likeness)
