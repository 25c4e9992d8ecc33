"""Small numbers: which counts may be told, so that no other can be reckoned from them. Pure.

A count from 1 to `small` - 1 is told as "fewer than 8". That alone is not enough: a total less what is shown would give it
back. So further counts are not shown, until for each hidden one another value would fit everything that is told just as well.

Counts and the sums they belong to make a network, in which every sum is a place and every count a pipe: two values fit the
same page when they differ by a round trip. So a hidden count is safe when there is a round trip through it over hidden counts
only, on which one may be added (or taken away) without leaving what a reader knows: 1 to 7 where it says "fewer than 8", at
least 8 where a count is hidden only for another's sake. The cheapest round trip is found as a shortest path. The model is
that of Kelly, Golden and Assad, "Cell suppression: disclosure protection for sensitive tabular data", Networks 22 (1992).
"""

import heapq
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

Told = int | Literal["few", "withheld"]
"""A count as it is told: itself, "few" (from 1 to `small` - 1), or "withheld" (it could be any)."""

_TOTALS = 12
"""A total is worth as much as so many of its parts."""
_GROUND = -1


@dataclass(frozen=True, slots=True, kw_only=True)
class Sum:
    """The counts of `parts` add up to the count of `total`; both are names of counts."""

    total: str
    parts: tuple[str, ...]


def say(told: Told, small: int = 8) -> str:
    """ "1,036", "fewer than 8", "not shown"."""
    if told == "few":
        return f"fewer than {small:,}"
    return "not shown" if told == "withheld" else f"{told:,}"


def hide(
    counts: Mapping[str, int], sums: Sequence[Sum], small: int = 8, forced: Collection[str] = frozenset()
) -> dict[str, Told]:
    """What may be told of each count. `forced` are not told whatever they are.

    A total that is itself part of nothing is told unless it is small, and then nothing below it is. A count may stand in two
    sums besides those of such a total. Raises ValueError where one stands in more, or where sums are not sums.
    """
    _check(counts, sums)
    tops = _tops(sums)
    marks = _first(counts, sums, tops, small)
    marks.update((name, "withheld") for name in _hideable(counts, sums, forced))
    under = [one for one in sums if not (one.total in tops and one.total in marks)]
    net = _Network(counts, under, tops, small)
    for name in sorted(marks, key=lambda name: (-counts[name], name)):
        if name in net.ends and name not in tops:
            _protect(net, marks, name)
    return {name: marks.get(name, count) for name, count in counts.items()}


def settle(
    before: Mapping[str, Told],
    counts: Mapping[str, int],
    sums: Sequence[Sum],
    small: int = 8,
    renewed: Collection[str] = frozenset(),
) -> dict[str, Told]:
    """What a later version tells, `before` being what the one before told of the same week.

    A reader may lay two versions side by side. So a week is counted anew only when nothing small shows between the two: every
    number told in both is the same or differs by at least `small`, and so does what is left of every sum; what was hidden in a
    sum whose total was told stays hidden. Otherwise the later version goes on telling the numbers of the one before, whole.
    `renewed` are counts of themes that were merged or split since: these are not told, for the parts of a theme could be
    reckoned from what it was.
    """
    if not before:
        return hide(counts, sums, small)
    still = {name for name, count in counts.items() if before.get(name) == "few" and 0 < count < small}
    anew = hide(counts, sums, small, _bound(before, sums) - still | set(renewed))
    if all(_is_large(change, small) for change in _changes(before, anew, sums)):
        return anew
    return {name: "withheld" if name in renewed else before.get(name, "withheld") for name in counts}


def _bound(before: Mapping[str, Told], sums: Sequence[Sum]) -> set[str]:
    """What was hidden in a sum that was told: with one of its numbers told later, another might be reckoned."""
    inside = {one.total for one in sums if isinstance(before.get(one.total), int)}
    ahead = [part for one in sums if one.total in inside for part in one.parts]
    bound = set[str]()
    while ahead:
        name = ahead.pop()
        if name not in bound:
            bound.add(name)
            ahead += [part for one in sums if one.total == name for part in one.parts]
    return {name for name in bound if not isinstance(before.get(name, 0), int)}


def _changes(before: Mapping[str, Told], after: Mapping[str, Told], sums: Iterable[Sum]) -> Iterator[int]:
    """By how much each number moved that both tell, and by how much the untold rest of each sum."""
    moved = {
        name: told - was for name, told in after.items() if isinstance(told, int) and isinstance(was := before.get(name), int)
    }
    yield from moved.values()
    for one in sums:
        if one.total in moved:
            yield moved[one.total] - sum(moved.get(part, 0) for part in one.parts)


def _is_large(change: int, small: int) -> bool:
    return change == 0 or abs(change) >= small


# --- what is hidden at once ---------------------------------------------------------------------------------------------


def _check(counts: Mapping[str, int], sums: Iterable[Sum]) -> None:
    for one in sums:
        if counts[one.total] != sum(counts[part] for part in one.parts):
            raise ValueError(f"{one.total} is not the sum of its parts")


def _hideable(counts: Mapping[str, int], sums: Iterable[Sum], forced: Collection[str]) -> set[str]:
    """What of these can be hidden: not the parts of a total that is told to be nought."""
    noughts = {part for one in sums if counts[one.total] == 0 and one.total not in forced for part in one.parts}
    return {name for name in forced if name in counts} - noughts


def _tops(sums: Sequence[Sum]) -> set[str]:
    """Totals that are part of nothing; and whatever is all of such a total, for to hide it would hide nothing."""
    tops = {one.total for one in sums} - {part for one in sums for part in one.parts}
    return tops | {one.parts[0] for one in sums if one.total in tops and len(one.parts) == 1}


def _first(
    counts: Mapping[str, int], sums: Iterable[Sum], tops: Collection[str], small: int
) -> dict[str, Literal["few", "withheld"]]:
    """Small counts, and all that lies below a small total of everything, noughts too: else many small parts would tell it."""
    marks: dict[str, Literal["few", "withheld"]] = {name: "few" for name, count in counts.items() if 0 < count < small}
    parts = defaultdict[str, list[str]](list)
    for one in sums:
        parts[one.total] += one.parts
    below = [part for name in tops if name in marks for part in parts[name]]
    while below:
        name = below.pop()
        marks[name] = "withheld"
        below += parts[name]
    return marks


# --- what is hidden for another's sake ----------------------------------------------------------------------------------


class _Network:
    """Sums as places, counts as pipes: `ends` tells from which sum a count flows to which."""

    def __init__(self, counts: Mapping[str, int], sums: Sequence[Sum], tops: Collection[str], small: int) -> None:
        self.counts, self.small = counts, small
        self.totals = {one.total for one in sums}
        self.places = _places(sums, tops)
        colours = _colours(self.places)
        self.ends = {name: _ends(places, colours) for name, places in self.places.items()}
        self.at = defaultdict[int, list[str]](list)
        for name, ends in self.ends.items():
            for end in ends:
                self.at[end].append(name)

    def can_rise(self, name: str) -> bool:
        count = self.counts[name]
        return count >= self.small or count + 1 < self.small

    def can_fall(self, name: str, mark: str | None) -> bool:
        """Not below 1 where it says that there are some, not below `small` where it was hidden for another's sake."""
        count = self.counts[name]
        least = self.small if count >= self.small else 1 if mark == "few" else 0
        return count > least

    def cost(self, name: str, marks: Mapping[str, str]) -> float:
        """What the page loses if this is hidden too; a nought cannot be."""
        if name in marks:
            return 0.001
        if self.counts[name] < self.small:
            return float("inf")
        return self.counts[name].bit_length() * (_TOTALS if name in self.totals else 1)

    def around(self, name: str) -> set[str]:
        """Everything that hangs together with this count."""
        seen, ahead = set[int](), [end for end in self.ends[name] if end != _GROUND]
        while ahead:
            place = ahead.pop()
            if place not in seen:
                seen.add(place)
                ahead += [end for other in self.at[place] for end in self.ends[other] if end != _GROUND]
        return {other for place in seen for other in self.at[place]}


def _places(sums: Sequence[Sum], tops: Collection[str]) -> dict[str, list[tuple[int, int]]]:
    """For each count the sums it stands in, with 1 as a part and -1 as the total."""
    found = defaultdict[str, list[tuple[int, int]]](list)
    for place, one in enumerate(sums):
        for name, role in ((one.total, -1), *((part, 1) for part in one.parts)):
            if name not in tops:
                found[name].append((place, role))
    for name, places in found.items():
        if len(places) > 2:
            raise ValueError(f"{name} stands in more than two sums")
    return dict(found)


def _colours(places: Mapping[str, list[tuple[int, int]]]) -> dict[int, int]:
    """Which way each sum is turned, so that every count flows out of one and into the other."""
    joined = defaultdict[int, list[tuple[int, int]]](list)
    for both in places.values():
        if len(both) == 2:
            (one, role), (other, role_there) = both
            joined[one].append((other, -role * role_there))
            joined[other].append((one, -role * role_there))
    colours: dict[int, int] = {}
    for start in {place for both in places.values() for place, _ in both}:
        colours.setdefault(start, 1)
        ahead = [start]
        while ahead:
            place = ahead.pop()
            for other, turn in joined[place]:
                if other not in colours:
                    colours[other] = turn * colours[place]
                    ahead.append(other)
                elif colours[other] != turn * colours[place]:
                    raise ValueError("these sums do not make a network")
    return colours


def _ends(places: Sequence[tuple[int, int]], colours: Mapping[int, int]) -> tuple[int, int]:
    """From where to where a count flows."""
    tail = head = _GROUND
    for place, role in places:
        if role * colours[place] > 0:
            tail = place
        else:
            head = place
    return tail, head


def _protect(net: _Network, marks: dict[str, Literal["few", "withheld"]], name: str) -> None:
    """Hides as little more as makes a round trip through this count; where there is none, everything around it."""
    tail, head = net.ends[name]
    trips = []
    if net.can_rise(name):
        trips.append(_way(net, marks, head, tail, name))
    if net.can_fall(name, marks[name]):
        trips.append(_way(net, marks, tail, head, name))
    found = min((trip for trip in trips if trip is not None), default=None)
    if found is None:
        marks.update(dict.fromkeys(net.around(name), "withheld"))
        return
    for other in found[1]:
        marks.setdefault(other, "withheld")


def _way(net: _Network, marks: Mapping[str, str], start: int, goal: int, without: str) -> tuple[float, tuple[str, ...]] | None:
    """The cheapest way between two sums (Dijkstra), with what it costs; None if there is none."""
    best: dict[int, float] = {}
    ahead: list[tuple[float, int, tuple[str, ...]]] = [(0.0, start, ())]
    while ahead:
        cost, place, way = heapq.heappop(ahead)
        if place == goal and way:
            return cost, way
        if place in best:
            continue
        best[place] = cost
        for name, there in _steps(net, marks, place):
            if name != without and (step := net.cost(name, marks)) < float("inf"):
                heapq.heappush(ahead, (cost + step, there, (*way, name)))
    return None


def _steps(net: _Network, marks: Mapping[str, str], place: int) -> Iterator[tuple[str, int]]:
    """The counts over which one can go on from here: with the flow if they can rise, against it if they can fall."""
    for name in net.at[place]:
        tail, head = net.ends[name]
        if tail == place and net.can_rise(name):
            yield name, head
        if head == place and net.can_fall(name, marks.get(name)):
            yield name, tail
