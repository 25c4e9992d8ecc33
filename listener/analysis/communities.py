"""Groups in a graph of near neighbours by Louvain's method (Blondel and others, 2008, https://arxiv.org/abs/0803.0476)."""

from collections import defaultdict
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from listener.analysis.vectors import Placed

Graph = list[dict[int, float]]

NEIGHBOURS = 15
RESOLUTION = 1.0
"""How fine the groups are: 1.0 is Louvain's own measure, more gives more and smaller groups."""
_SWEEPS = 20
_BLOCK = 512


def link_neighbours(placed: "Placed", least: float) -> Graph:
    """Each text linked with its nearest of at least that likeness, both ways.

    Weights fall from 1 with the distance, on each text's own scale.
    """
    import numpy as np

    size = len(placed.rows)
    count = min(NEIGHBOURS, size - 1)
    graph: Graph = [{} for _ in range(size)]
    for start in range(0, size, _BLOCK):
        likeness = np.round(placed.likeness(start, start + _BLOCK), 5)  # so that dust in the last digit does not decide
        here = np.arange(len(likeness))
        likeness[here, here + start] = -2
        nearest = np.argpartition(-likeness, count - 1, axis=1)[:, :count]
        near = np.take_along_axis(likeness, nearest, 1)
        beyond = near.max(1, keepdims=True) - near
        weights = np.exp(-beyond / (beyond.mean(1, keepdims=True) + 1e-6))
        weights[near < least] = 0
        _add_links(graph, start, nearest.tolist(), weights.tolist())
    return graph


def _add_links(graph: Graph, start: int, nearest: list[list[int]], weights: list[list[float]]) -> None:
    for one, (others, strengths) in enumerate(zip(nearest, weights, strict=True), start):
        for other, strength in zip(others, strengths, strict=True):
            if strength > 0:
                known = graph[one].get(other, 0.0)
                graph[one][other] = graph[other][one] = known + strength - known * strength


def find_groups(graph: Graph) -> list[int]:
    """The group of each node, numbered from 0 in order of first member; a node without links is a group by itself."""
    groups = list(range(len(graph)))
    loops = [0.0] * len(graph)
    while True:
        homes = _move_nodes(graph, loops)
        numbers = {home: number for number, home in enumerate(dict.fromkeys(homes))}
        if len(numbers) == len(graph):
            return groups
        homes = [numbers[home] for home in homes]
        groups = [homes[group] for group in groups]
        graph, loops = _fold_graph(graph, loops, homes, len(numbers))


def _move_nodes(graph: Graph, loops: Sequence[float]) -> list[int]:
    degrees = [sum(links.values()) + 2 * loop for links, loop in zip(graph, loops, strict=True)]
    whole = sum(degrees) or 1.0
    homes, totals = list(range(len(graph))), list(degrees)
    for _ in range(_SWEEPS):
        moved = False
        for node, links in enumerate(graph):
            home = homes[node]
            totals[home] -= degrees[node]
            best = homes[node] = _best_home(links, homes, totals, home, degrees[node] / whole)
            totals[best] += degrees[node]
            moved = moved or best != home
        if not moved:
            break
    return homes


def _best_home(links: dict[int, float], homes: list[int], totals: list[float], home: int, share: float) -> int:
    pulls: defaultdict[int, float] = defaultdict(float)
    for other, weight in links.items():
        pulls[homes[other]] += weight
    best, gain = home, pulls[home] - RESOLUTION * totals[home] * share
    for candidate, pull in pulls.items():
        better = pull - RESOLUTION * totals[candidate] * share
        if better > gain + 1e-9:
            best, gain = candidate, better
    return best


def _fold_graph(graph: Graph, loops: Sequence[float], homes: list[int], count: int) -> tuple[Graph, list[float]]:
    folded: Graph = [{} for _ in range(count)]
    kept = [0.0] * count
    for node, links in enumerate(graph):
        home = homes[node]
        kept[home] += loops[node]
        for other, weight in links.items():
            if homes[other] == home:
                kept[home] += weight / 2
            else:
                folded[home][homes[other]] = folded[home].get(homes[other], 0.0) + weight
    return folded, kept
