"""No hidden count can be reckoned from what is told: not in a table, not between two versions."""

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from digests import small
from digests.small import Sum, Told
from tests.attacker import recovered

Table = tuple[dict[str, int], tuple[Sum, ...]]
SLOW = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
COUNT = st.sampled_from([0, 0, 1, 1, 2, 3, 5, 7, 8, 9, 12, 20, 40, 100])


def line(*counts: int) -> Table:
    names = tuple(f"part {number}" for number in range(1, len(counts) + 1))
    return {"all": sum(counts), **dict(zip(names, counts, strict=True))}, (Sum(total="all", parts=names),)


def grid(rows: list[list[int]]) -> Table:
    """Rows by columns with totals both ways, as themes by tones are."""
    wide = range(len(rows[0]))
    counts = {f"r{at}c{column}": row[column] for at, row in enumerate(rows) for column in wide}
    counts |= {f"r{at}": sum(row) for at, row in enumerate(rows)}
    counts |= {f"c{column}": sum(row[column] for row in rows) for column in wide}
    counts["all"] = sum(map(sum, rows))
    sums = [Sum(total=f"r{at}", parts=tuple(f"r{at}c{column}" for column in wide)) for at in range(len(rows))]
    sums += [Sum(total=f"c{column}", parts=tuple(f"r{at}c{column}" for at in range(len(rows)))) for column in wide]
    sums += [Sum(total="all", parts=tuple(f"r{at}" for at in range(len(rows))))]
    sums += [Sum(total="all", parts=tuple(f"c{column}" for column in wide))]
    return counts, tuple(sums)


@st.composite
def tables(draw: Any, columns: int | None = None) -> Table:
    """A grid, and the days of the same contributions."""
    wide = columns or draw(st.integers(1, 4))
    counts, sums = grid(draw(st.lists(st.lists(COUNT, min_size=wide, max_size=wide), min_size=1, max_size=6)))
    cuts = sorted(draw(st.lists(st.integers(0, counts["all"]), max_size=6)))
    days = [until - since for since, until in zip([0, *cuts], [*cuts, counts["all"]], strict=True)]
    named = {f"day {number}": day for number, day in enumerate(days)}
    return counts | named, (*sums, Sum(total="all", parts=tuple(named)))


@pytest.mark.parametrize(
    ("counts", "told"),
    [
        ((0, 8, 100), [0, 8, 100]),
        ((3, 5, 100), ["few", "few", 100]),
        ((3, 20, 100), ["few", "withheld", 100]),
        ((1, 1, 20), ["few", "few", "withheld"]),
        ((7, 7, 20), ["few", "few", "withheld"]),
        ((7, 7), ["withheld", "withheld"]),
        ((1, 8), ["withheld", "withheld"]),
        ((3, 2), ["withheld", "withheld"]),
    ],
)
def test_as_little_as_possible_is_hidden(counts, told):
    assert list(small.hide(*line(*counts)).values())[1:] == told


def test_nothing_below_a_small_total_is_told():
    told = small.hide(*grid([[3, 0], [0, 0]]))

    assert told["all"] == "few"
    assert {told[name] for name in told if name != "all"} == {"withheld"}


def test_a_cell_of_a_table_is_hidden_with_three_others():
    told = small.hide(*grid([[3, 50, 90], [60, 70, 90], [50, 60, 90]]))

    hidden = {name for name, value in told.items() if not isinstance(value, int)}
    assert len(hidden) == 4
    assert {name for name in hidden if told[name] == "few"} == {"r0c0"}


def test_what_is_all_of_a_told_total_is_told():
    assert small.hide(*line(20)) == {"all": 20, "part 1": 20}


def test_counts_without_a_sum_stand_alone():
    assert small.hide({"voices": 7, "others": 8}, ()) == {"voices": "few", "others": 8}


def test_the_limit_can_be_another():
    assert small.hide(*line(4, 6, 30), small=5) == {"all": 40, "part 1": "few", "part 2": "withheld", "part 3": 30}


def test_what_does_not_add_up_is_refused():
    with pytest.raises(ValueError, match="is not the sum"):
        small.hide({"all": 3, "part": 2}, (Sum(total="all", parts=("part",)),))


def test_a_count_in_three_sums_is_refused():
    counts = {"all": 27, "a": 9, "b": 9, "c": 9, "x": 9}
    sums = (Sum(total="all", parts=("a", "b", "c")), *(Sum(total=name, parts=("x",)) for name in "abc"))

    with pytest.raises(ValueError, match="more than two sums"):
        small.hide(counts, sums)


def test_sums_that_are_no_network_are_refused():
    pairs = {"p": ("x", "y"), "q": ("y", "z"), "r": ("x", "z")}
    counts = dict.fromkeys("xyz", 9) | dict.fromkeys("pqr", 18)

    with pytest.raises(ValueError, match="network"):
        small.hide(counts, [Sum(total=total, parts=parts) for total, parts in pairs.items()])


def test_a_count_is_said_in_words():
    assert [small.say(told) for told in (1036, "few", "withheld")] == ["1,036", "fewer than 8", "not shown"]


@SLOW
@given(tables())
def test_no_hidden_count_can_be_reckoned(table):
    counts, sums = table

    told = small.hide(counts, sums)

    assert [name for name, value in told.items() if isinstance(value, int) and 0 < value < 8] == []
    assert recovered(told, sums) == {}


@SLOW
@given(tables())
def test_what_is_told_is_true(table):
    counts, sums = table

    told = small.hide(counts, sums)

    assert {name for name, value in told.items() if isinstance(value, int) and value != counts[name]} == set()
    assert {name for name, value in told.items() if value == "few" and not 0 < counts[name] < 8} == set()


def test_the_attacker_finds_what_is_badly_hidden():
    counts, sums = line(3, 20, 100)

    assert recovered(counts | {"part 1": "few"}, sums) == {"part 1": 3}
    assert recovered({"all": 14, "part 1": "few", "part 2": "few"}, line(7, 7)[1]) == {"part 1": 7, "part 2": 7}


# --- versions -----------------------------------------------------------------------------------------------------------


def later(before: tuple[int, ...], after: tuple[int, ...], renewed: tuple[str, ...] = ()) -> list[Told]:
    counts, sums = line(*after)
    return list(small.settle(small.hide(*line(*before)), counts, sums, 8, renewed).values())


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ((20, 30), (20, 30), [50, 20, 30]),
        ((20, 30), (21, 30), [50, 20, 30]),
        ((20, 30), (19, 31), [50, 20, 30]),
        ((20, 30), (29, 30), [59, 29, 30]),
        ((20, 30), (40, 31), [50, 20, 30]),
        ((3, 20, 100), (3, 20, 100), [123, "few", "withheld", 100]),
        ((3, 20, 100), (12, 20, 100), [132, "withheld", "withheld", 100]),
        ((3, 20, 100), (4, 20, 108), [123, "few", "withheld", 100]),
        ((3, 2), (30, 20), [50, 30, 20]),
    ],
)
def test_a_later_version_tells_no_small_change(before, after, told):
    assert later(before, after) == told


def test_a_theme_that_was_split_is_not_counted_anew():
    counts, sums = line(17, 3, 30)
    before: dict[str, Told] = {"all": 50, "part 1": 20, "part 3": 30}

    told = small.settle(before, counts, sums, 8, {"part 1", "part 2"})

    assert told == {"all": 50, "part 1": "withheld", "part 2": "withheld", "part 3": 30}


def test_a_nought_below_a_nought_is_not_hidden():
    counts, sums = grid([[20, 0], [30, 0], [40, 0]])

    told = small.hide(counts, sums, 8, {"r0", "r0c0", "r0c1"})

    assert {name for name, value in told.items() if value == "withheld"} == {"r0", "r0c0", "r1", "r1c0"}


@SLOW
@given(tables(columns=3), st.data())
def test_two_versions_side_by_side_give_nothing_away(table, data):
    counts, sums = table
    parts = [name for name in counts if name.startswith("r") and "c" in name]
    added = data.draw(st.dictionaries(st.sampled_from(parts), st.sampled_from([1, 2, 8, 9, 20]), max_size=3))
    before = small.hide(counts, sums)
    more = _with(counts, added)

    after = small.settle(before, more, sums)

    moved = _moved(before, after)
    assert recovered(after, sums) == {}
    assert [name for name, change in moved.items() if 0 < abs(change) < 8] == []
    assert [one.total for one in sums if one.total in moved and 0 < _left(one, moved) < 8] == []


def _with(counts: dict[str, int], added: dict[str, int]) -> dict[str, int]:
    more = dict(counts)
    last = max(name for name in counts if name.startswith("day"))
    for name, number in added.items():
        row, column = name.split("c")
        for changed in (name, row, f"c{column}", "all", last):
            more[changed] += number
    return more


def _moved(before: Mapping[str, Told], after: Mapping[str, Told]) -> dict[str, int]:
    """By how much each number moved that both versions tell."""
    return {name: told - was for name, told in after.items() if isinstance(told, int) and isinstance(was := before[name], int)}


def _left(one: Sum, moved: Mapping[str, int]) -> int:
    """How many more or fewer there are among what the two versions do not both tell."""
    return abs(moved[one.total] - sum(moved.get(part, 0) for part in one.parts))
