"""Themes from week to week."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from listener.analysis import continuity
from listener.analysis.continuity import Past
from storage.values import Appearance

WIDTH = 8


def around(direction, count, *, seed=0, spread=0.05):
    """Rows near one of the axes, in a space where everything also has the last one in common."""
    chance = np.random.default_rng(seed)
    rows = chance.normal(0, spread, (count, WIDTH)).astype(np.float32)
    rows[:, direction] += 1
    rows[:, -1] += 1
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def a_week(*topics, seed=0, count=20):
    """Rows of a week, `count` of each topic, and its groups, one a topic."""
    rows = np.concatenate([around(topic, count, seed=seed + place) for place, topic in enumerate(topics)])
    return rows, [list(range(place * count, (place + 1) * count)) for place in range(len(topics))]


def appears(week, key, topic, *, size=20, **more):
    values = {"label": f"Label {key}", "middle": continuity.middle_of(around(topic, size, seed=week * 10 + topic))} | more
    return Appearance(week=week, key=key, size=size, **values)


def whole(week, *topics):
    return Appearance(week=week, key="", label="", size=1, middle=continuity.middle_of(a_week(*topics, seed=week * 100)[0]))


def past_of(*appearances, **more):
    return Past(themes=continuity.fold(appearances), middle=continuity.common(appearances), **more)


def settle(week, rows, groups, past):
    return continuity.settle(week, groups, rows, range(100, 100 + len(rows)), past)


def keys(homes):
    return [home.key for home in homes]


FIRST = (whole(1, 0, 1, 2), appears(1, "w1-c1", 0), appears(1, "w1-c2", 1), appears(1, "w1-c3", 2))


# --- one week -----------------------------------------------------------------------------------------------------------


def test_in_the_first_week_all_is_new():
    rows, groups = a_week(0, 1)

    homes = settle(1, rows, groups, continuity.NOTHING)

    assert keys(homes) == ["w1-c1", "w1-c2"]
    assert [home.members for home in homes] == [frozenset(group) for group in groups]


def test_what_was_heard_before_keeps_its_key_and_what_was_not_gets_one_of_its_own():
    rows, groups = a_week(3, 2, 0, seed=50)

    homes = settle(2, rows, groups, past_of(*FIRST))

    assert keys(homes) == ["w2-c1", "w1-c3", "w1-c1"]
    assert not any(home.label or home.merged or home.split_from for home in homes)


def test_a_theme_that_was_silent_is_known_again():
    past = past_of(*FIRST, whole(2, 3, 4), appears(2, "w2-c1", 3), appears(2, "w2-c2", 4))
    rows, groups = a_week(1, 3, seed=70)

    assert keys(settle(3, rows, groups, past)) == ["w1-c2", "w2-c1"]


def test_no_two_groups_are_one_theme():
    rows, groups = a_week(0, 1, seed=50)
    halves = [groups[0][:10], groups[0][10:], groups[1]]

    found = keys(settle(2, rows, halves, past_of(*FIRST)))

    assert sorted(found) == ["w1-c1", "w1-c2", "w2-c1"]


def test_what_goes_on_in_two_groups_split():
    rows, groups = a_week(0, 1, seed=50)

    homes = settle(2, rows, [groups[0][:14], groups[0][14:], groups[1]], past_of(*FIRST))

    assert [(home.split_from, home.key in {"w1-c1", "w1-c2"}) for home in homes].count(("w1-c1", False)) == 1


def test_a_group_of_two_earlier_themes_took_one_in():
    rows, groups = a_week(0, 1, 3, seed=50)
    both = groups[0] + groups[1][:12]

    (home, *_) = settle(2, rows, [both, groups[2]], past_of(*FIRST))

    assert (home.key, home.merged) == ("w1-c1", ("w1-c2",))


def test_groups_of_few_are_as_like_as_groups_of_many():
    told = {count: np.mean([of_one_kind(count, seed) for seed in range(30)]) for count in (8, 20, 200)}

    assert list(told.values()) == pytest.approx([1.0] * 3, abs=0.15)


def of_one_kind(count, seed):
    """How like two groups of one topic are beside another topic."""
    groups = [around(topic, count, seed=3 * seed + place, spread=0.4) for place, topic in enumerate((0, 0, 1, 1))]
    rows = continuity.whole(np.array([group.mean(0) for group in groups]), [count] * 4, np.concatenate(groups).mean(0))
    return rows[0] @ rows[1]


def test_where_nothing_can_be_placed_all_is_new():
    rows = np.zeros((12, WIDTH), np.float32)

    assert keys(settle(2, rows, [list(range(12))], past_of(*FIRST))) == ["w2-c1"]
    assert keys(settle(2, rows[:0], [], past_of(*FIRST))) == []


# --- grouped again ------------------------------------------------------------------------------------------------------


def test_a_week_grouped_again_keeps_its_keys_whatever_is_like_what():
    rows, groups = a_week(0, 3, 4, seed=50)
    before = {"w2-c7": range(100, 118), "w1-c1": range(121, 140)}

    found = keys(settle(2, rows, groups, past_of(*FIRST, before=before)))

    assert found == ["w2-c7", "w1-c1", "w2-c1"]


def test_a_key_is_never_given_twice():
    rows, groups = a_week(5, 6, seed=50)

    found = keys(settle(2, rows, groups, past_of(*FIRST, taken=frozenset({"w2-c1", "w2-c3"}), before={"w2-c2": [1, 2]})))

    assert found == ["w2-c4", "w2-c5"]


@settings(deadline=None, max_examples=25)
@given(st.randoms(use_true_random=False))
def test_the_order_of_appearances_does_not_matter(chance):
    told = [*FIRST, whole(2, 0, 3), appears(2, "w1-c1", 0, bound=True, merged=("w1-c2",)), appears(2, "w2-c1", 3)]
    mixed = chance.sample(told, len(told))

    assert past_of(*mixed) == past_of(*told)
    assert past_of(*mixed).fingerprint == past_of(*told).fingerprint


# --- the register -------------------------------------------------------------------------------------------------------


def test_the_register_knows_each_theme_once_with_its_weeks_and_newest_label():
    found = continuity.fold([*FIRST, appears(3, "w1-c2", 1, label="Parking")])

    assert [(theme.key, theme.weeks, theme.label) for theme in found] == [
        ("w1-c1", (1,), "Label w1-c1"),
        ("w1-c2", (1, 3), "Parking"),
        ("w1-c3", (1,), "Label w1-c3"),
    ]


def test_a_name_that_people_gave_is_kept():
    found = continuity.fold([appears(1, "w1-c1", 0, label="Respite", bound=True), appears(2, "w1-c1", 0, label="Beds")])

    assert [(theme.label, theme.bound) for theme in found] == [("Respite", True)]


def test_every_contribution_counts_the_same_in_the_middle_of_a_theme():
    (theme,) = continuity.fold([appears(1, "w1-c1", 0, size=30), appears(2, "w1-c1", 1, size=10)])

    middle = np.frombuffer(theme.middles[0], np.float32)
    assert middle[0] / middle[1] == pytest.approx(3, rel=0.3)


def test_themes_merged_into_each_other_are_one():
    told = [
        appears(1, "w1-c1", 0, bound=True, merged=("w1-c2",)),
        appears(2, "w1-c2", 1, bound=True, merged=("w1-c1",)),
        appears(3, "w1-c1", 0),
    ]

    (theme,) = continuity.fold(told)

    assert (theme.key, theme.weeks, theme.merged) == ("w1-c1", (1, 2, 3), ("w1-c2",))


def test_only_a_name_that_people_gave_makes_two_themes_one():
    earlier = appears(1, "w1-c1", 0, label="Nurse", bound=True)

    computed = continuity.fold([earlier, appears(2, "w2-c1", 3, label="Nurse", bound=True)])
    given = continuity.fold([earlier, appears(2, "w2-c1", 3, label="nurse", bound=True, named=True)])

    assert [theme.key for theme in computed] == ["w1-c1", "w2-c1"]
    assert [(theme.key, len(theme.middles), theme.merged) for theme in given] == [("w1-c1", 2, ("w2-c1",))]


def test_what_a_computer_thinks_merged_stays_two():
    assert len(continuity.fold([*FIRST, appears(2, "w1-c1", 0, merged=("w1-c2",))])) == 3


# --- what people bound --------------------------------------------------------------------------------------------------


def test_a_merge_joins_what_is_like_either():
    merged = [appears(2, "w1-c1", 0, bound=True, merged=("w1-c2",)), appears(2, "w1-c1", 1, part="w1-c2", bound=True)]
    rows, groups = a_week(0, 1, 3, seed=50)

    homes = settle(3, rows, groups, past_of(*FIRST, whole(2, 0, 1), *merged))

    assert keys(homes) == ["w1-c1", "w3-c1"]
    assert homes[0].members == frozenset(groups[0] + groups[1])
    assert homes[0].label == "Label w1-c1"


def test_a_split_parts_what_was_grouped_together():
    split = [appears(2, "w1-c1", 0, bound=True), appears(2, "s9", 4, bound=True, split_from="w1-c1", label="Beds")]
    rows, groups = a_week(0, 4, 1, seed=50)

    homes = settle(3, rows, [groups[0] + groups[1], groups[2]], past_of(*FIRST, whole(2, 0, 4, 1), *split))

    told = {home.key: home for home in homes}
    assert set(told) == {"w1-c1", "s9", "w1-c2"}
    assert told["s9"].members == frozenset(groups[1])
    assert told["s9"].label == "Beds"


def test_too_few_make_no_theme_of_a_split():
    split = [appears(2, "w1-c1", 0, bound=True), appears(2, "s9", 4, bound=True, split_from="w1-c1")]
    rows, groups = a_week(0, 4, seed=50)
    few = groups[0] + groups[1][:4]

    homes = settle(3, rows[:24], [few], past_of(*FIRST, whole(2, 0, 4), *split))

    assert keys(homes) == ["w1-c1"]
    assert homes[0].members == frozenset(few)


def test_a_contribution_that_was_in_no_group_finds_its_bound_theme():
    rows, groups = a_week(0, 3, seed=50)

    homes = settle(2, rows, [groups[0][:15], groups[1]], past_of(whole(1, 0, 1, 2), appears(1, "w1-c1", 0, bound=True)))

    assert homes[0].members == frozenset(groups[0])
