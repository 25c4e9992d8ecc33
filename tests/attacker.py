"""Somebody who reckons with everything that is published, to find what is hidden: exact integer bounds of each hidden count."""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, linprog, milp

from digests.small import Sum, Told


def recovered(told: Mapping[str, Told], sums: Sequence[Sum], small: int = 8) -> dict[str, int]:
    """The hidden counts that can only be one number, with that number, from what is told and how it adds up."""
    names = list(told)
    limits = [_limits(told[name], small) for name in names]
    equations = _equations(names, sums)
    hidden = [place for place, name in enumerate(names) if not isinstance(told[name], int)]
    found = {}
    for place in hidden:
        low, high = _range(place, limits, equations)
        if low == high:
            found[names[place]] = low
    return found


def _limits(told: Told, small: int) -> tuple[int, int]:
    if isinstance(told, int):
        return told, told
    return (1, small - 1) if told == "few" else (0, 10_000)


def _equations(names: Sequence[str], sums: Iterable[Sum]) -> np.ndarray:
    index = {name: place for place, name in enumerate(names)}
    rows = []
    for one in sums:
        row = np.zeros(len(names))
        row[index[one.total]] -= 1
        for part in one.parts:
            row[index[part]] += 1
        rows.append(row)
    return np.array(rows)


def _range(place: int, limits: Sequence[tuple[int, int]], equations: np.ndarray) -> tuple[int, int]:
    """Real bounds first: where they lie far apart, no whole number is forced."""
    goal = np.zeros(len(limits))
    goal[place] = 1
    real = [linprog(sign * goal, A_eq=equations, b_eq=np.zeros(len(equations)), bounds=limits).fun for sign in (1, -1)]
    if -real[1] - real[0] < 1e-6:
        return round(real[0]), round(-real[1])
    bounds = Bounds(np.array([low for low, _ in limits]), np.array([high for _, high in limits]))
    law = LinearConstraint(equations, 0, 0)
    whole = [milp(sign * goal, constraints=law, bounds=bounds, integrality=np.ones(len(limits))).fun for sign in (1, -1)]
    return round(whole[0]), round(-whole[1])
