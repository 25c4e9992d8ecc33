"""What must hold for scores, clusters and drafts."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collectors.post import Author
from storage.store import Store
from storage.values import TONES, Analysis, Cluster, Draft, Exported, Score
from tests.factories import NOW, make_post
from tests.stores import WEEK, add, opened

ROWS = range(1, 13)


@pytest.fixture
def store():
    with opened() as store:
        add(store, *(make_post(n) for n in ROWS))
        yield store


@st.composite
def analyses_of(draw, week: int = 1) -> Analysis:
    """Every row in at most one place."""
    rows = draw(st.permutations(ROWS))
    cuts = sorted(draw(st.lists(st.integers(0, len(rows)), min_size=5, max_size=5)))
    one, two, copies, alone, aside = (rows[a:b] for a, b in zip([0, *cuts], cuts, strict=False))
    words = st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=5), max_size=3).map(tuple)
    clusters = [
        Cluster(
            key=f"w{week}-c{rank}",
            label=draw(st.sampled_from(["respite", "Gofal seibiant: 'ŵ'"])),
            keywords=draw(words),
            members=tuple(members),
            representatives=tuple(members[:2][::-1]),
        )
        for rank, members in enumerate((one, two))
    ]
    return Analysis(
        week=week,
        version="v1",
        made_at=NOW,
        clusters=tuple(clusters),
        copies=dict.fromkeys(copies, rows[0]),
        alone=tuple(sorted(alone)),
        aside=dict.fromkeys(aside, "advert"),
        unclustered=draw(st.integers(0, 5)),
    )


def keep(store: Store, analysis: Analysis, upto: int = 7) -> None:
    with store.write() as unit:
        unit.analyses.keep(analysis, upto)


def get(store: Store, week: int = 1) -> Analysis | None:
    with store.read() as unit:
        return unit.analyses.get(week)


def make_cluster(*members: int, key: str = "w1-c0", representatives: tuple[int, ...] = ()) -> Cluster:
    return Cluster(key=key, label="respite", keywords=("break", "sleep"), members=members, representatives=representatives)


def make_analysis(*clusters: Cluster, week: int = 1, **more) -> Analysis:
    return Analysis(week=week, version="v1", made_at=NOW, clusters=clusters, **more)


# --- scores -----------------------------------------------------------------------------------------------------------


def unscored(store: Store, scorer: str, after: int = 0, at_most: int = 100) -> list[int]:
    with store.read() as unit:
        return [row for row, _ in unit.analyses.unscored(WEEK, scorer, after, at_most)]


def score(store: Store, scorer: str, found: dict[int, Score]) -> None:
    with store.write() as unit:
        unit.analyses.keep_scores(scorer, found)


def test_scores_come_back_by_scorer(store):
    found = {row: Score(tone, value / 7) for row, tone, value in zip(ROWS, TONES * 4, range(-7, 8), strict=False)}
    score(store, "one", found)
    score(store, "two", {1: Score("good", 1.0)})
    score(store, "two", {})

    with store.read() as unit:
        assert unit.analyses.scores(WEEK, "one") == found
        assert unit.analyses.scores(WEEK, "two") == {1: Score("good", 1.0)}
        assert unit.analyses.scores(WEEK, "three") == {}


def test_a_second_score_by_the_same_scorer_replaces_the_first(store):
    score(store, "one", {1: Score("good", 1.0)})
    score(store, "one", {1: Score("difficult", -1.0)})

    with store.read() as unit:
        assert unit.analyses.scores(WEEK, "one") == {1: Score("difficult", -1.0)}


def test_unscored_are_those_without_a_score_by_this_scorer(store):
    score(store, "one", {row: Score("good", 1.0) for row in (1, 2, 5)})

    assert unscored(store, "one") == [3, 4, *range(6, 13)]
    assert unscored(store, "two") == list(ROWS)


def test_unscored_come_in_slices_by_row(store):
    assert unscored(store, "one", at_most=2) == [1, 2]
    assert unscored(store, "one", after=2, at_most=2) == [3, 4]
    assert unscored(store, "one", after=12) == []


def test_posts_outside_the_window_or_gone_are_not_scored(store):
    add(store, make_post(50, posted_at=WEEK.until))
    with store.write() as unit:
        unit.posts.remove("file", ["000001"], NOW)
        unit.analyses.keep_scores("one", {13: Score("good", 1.0)})

    assert unscored(store, "two") == list(range(2, 13))
    with store.read() as unit:
        assert unit.analyses.scores(WEEK, "one") == {}


def test_the_words_to_score_come_with_the_row(store):
    with store.read() as unit:
        assert unit.analyses.unscored(WEEK, "one", 0, 1) == [(1, make_post(1).text)]


# --- clusters ---------------------------------------------------------------------------------------------------------


@given(analyses_of(), analyses_of())
@settings(max_examples=30, deadline=None)
def test_an_analysis_comes_back_as_it_was_and_the_next_one_replaces_it(first, second):
    with opened() as store:
        add(store, *(make_post(n) for n in ROWS))
        keep(store, first)
        kept = get(store)
        keep(store, second)

        assert kept == first
        assert get(store) == second


def test_weeks_do_not_touch_each_other(store):
    first, second = make_analysis(make_cluster(3, 1, 2)), make_analysis(make_cluster(4, key="w2-c0"), week=2)
    keep(store, first)
    keep(store, second)
    keep(store, first)

    assert (get(store, 1), get(store, 2), get(store, 3)) == (first, second, None)


def test_the_version_and_the_newest_run_are_known(store):
    keep(store, make_analysis(), upto=41)
    keep(store, replace(make_analysis(), version="v2", register="r7"), upto=42)

    with store.read() as unit:
        assert unit.analyses.get_version(1) == ("v2", 42, "r7")
        assert unit.analyses.get_version(2) is None


def test_a_removed_post_is_in_no_cluster_and_shown_first_nowhere(store):
    keep(store, make_analysis(make_cluster(3, 1, 2, representatives=(1, 3)), alone=(4,), aside={5: "advert"}))

    with store.write() as unit:
        unit.posts.remove("file", ["000001", "000004", "000005"], NOW)

    assert get(store) == make_analysis(make_cluster(3, 2, representatives=(3,)))


# --- export -----------------------------------------------------------------------------------------------------------


def exported(store: Store) -> list[Exported]:
    with store.read() as unit:
        return list(unit.analyses.exported(WEEK, "one"))


def test_an_export_tells_of_each_contribution_once_by_time(store):
    add(store, make_post(1), source="answers")
    score(store, "one", {1: Score("good", 0.5)})
    score(store, "two", {2: Score("good", 0.5)})
    keep(store, make_analysis(make_cluster(1)))

    first, second, *rest = exported(store)

    post = make_post(1)
    assert (first.network, first.id, first.posted_at, first.text) == (post.network, post.id, post.posted_at, post.text)
    assert (first.source, first.author, first.tone, first.tone_score) == ("answers", "carer1.example", "good", 0.5)
    assert (first.cluster, first.label) == ("w1-c0", "respite")
    assert (second.id, second.tone, second.tone_score, second.cluster, second.label) == ("000002", None, None, "", "")
    assert [one.id for one in rest] == [f"{n:06d}" for n in range(3, 13)]


def test_an_export_leaves_out_what_is_gone_or_of_another_week(store):
    add(store, make_post(50, posted_at=WEEK.until))
    with store.write() as unit:
        unit.posts.remove("file", ["000001"], NOW)

    assert [one.id for one in exported(store)] == [f"{n:06d}" for n in range(2, 13)]


@pytest.mark.parametrize(
    ("author", "told"), [(Author(), ""), (Author(name="Somebody"), "Somebody"), (Author(handle="h", name="n"), "h")]
)
def test_an_export_names_the_author_as_far_as_known(author, told):
    with opened() as store:
        add(store, make_post(1, author=author))

        assert [one.author for one in exported(store)] == [told]


# --- drafts -----------------------------------------------------------------------------------------------------------


def make_draft(week: int, **differently) -> Draft:
    told: dict[str, Any] = {
        "as_of": NOW,
        "checked_at": NOW,
        "upto": 4,
        "contributions": 20,
        "finding": "a ŵ",
        "gaps": 2,
        "content": "abc",
    }
    return Draft(week=week, **told | differently)


def test_one_draft_a_week_is_known_and_the_last_one_counts(store):
    with store.write() as unit:
        for draft in (make_draft(1), make_draft(2), make_draft(1, checked_at=NOW + timedelta(milliseconds=1), gaps=0)):
            unit.analyses.keep_draft(draft)

    with store.read() as unit:
        drafts = unit.analyses.drafts()
    assert drafts == {1: make_draft(1, checked_at=NOW + timedelta(milliseconds=1), gaps=0), 2: make_draft(2)}


def test_what_an_earlier_scorer_said_is_adopted_only_where_the_new_one_said_nothing(store):
    with store.write() as unit:
        unit.analyses.keep_scores("one", {1: Score("good", 1.0, 0.7), 2: Score("good", 1.0)})
        unit.analyses.keep_scores("two", {2: Score("difficult", -1.0)})

        unit.analyses.adopt_scores(WEEK, "one", "two")

        assert unit.analyses.scores(WEEK, "two") == {1: Score("good", 1.0, 0.7), 2: Score("difficult", -1.0)}
        assert unit.analyses.is_scored(WEEK, "two")
        assert not unit.analyses.is_scored(WEEK, "three")
