"""What people decided, folded: nothing is lost, nothing doubled, everything can be undone."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digests import acts
from digests.curation import MODES, REASONS, Curation, Refused, analysis_of, fold, not_counted, undone_by, unshown, wording
from storage.curated import Decision, Hold
from storage.values import TONES, Analysis, Cluster
from tests.factories import make_post

AT = datetime(2026, 10, 19, 7, tzinfo=UTC)


def make_analysis(**differently: Any) -> Analysis:
    """Rows 1 to 4 and 5 to 7 in themes, 8 repeats 1, 9 is alone, 10 is an advert; of 11 and 12 nothing is known."""
    values: dict[str, Any] = {
        "week": 1,
        "version": "groups-1",
        "made_at": AT,
        "clusters": (make_cluster(1, (1, 2, 3, 4)), make_cluster(2, (5, 6, 7))),
        "copies": {8: 1},
        "alone": (9,),
        "aside": {10: "advert"},
    }
    return Analysis(**(values | differently))


def make_cluster(rank: int, rows: tuple[int, ...]) -> Cluster:
    return Cluster(key=f"w1-c{rank}", label=f"theme {rank}", keywords=("rest",), members=rows, representatives=rows[:2])


HOLD = Hold(week=1, at=AT, by=1, upto=1, last_row=12, analysis=make_analysis())


def decided(*acts_: tuple[Any, ...], hold: Hold = HOLD) -> list[Decision]:
    """Decisions 1, 2, 3 … from (target, verb, value) or (target, verb, value, by), each as it would be kept."""
    made: list[Decision] = []
    for target, verb, value, *by in acts_:
        kept = acts.checked(fold(hold, made), target, verb, value)
        made.append(make_decision(len(made) + 1, target, verb, kept, *by))
    return made


def make_decision(seq: int, target: str, verb: str, value: Any, by: int = 1) -> Decision:
    at = AT + timedelta(minutes=seq)
    return Decision(seq=seq, at=at, by=by, week=1, target=target, verb=verb, value=value, seen=seq - 1)


def curated(*acts_: tuple[Any, ...]) -> Curation:
    return fold(HOLD, decided(*acts_))


def rows_of(curation: Curation) -> dict[str, tuple[int, ...]]:
    return {theme.key: theme.rows for theme in curation.themes}


# --- the week -----------------------------------------------------------------------------------------------------------


def test_a_week_that_nobody_has_touched_is_empty():
    assert fold(None, []) == Curation()


def test_a_held_week_begins_as_its_analysis():
    curation = fold(HOLD, [])

    assert rows_of(curation) == {"w1-c1": (1, 2, 3, 4), "w1-c2": (5, 6, 7)}
    assert (curation.held_at, curation.last_row, curation.counted_until) == (AT, 12, 12)
    assert analysis_of(HOLD, curation) == replace(
        HOLD.analysis, clusters=(make_cluster(1, (1, 2, 3, 4, 8)), make_cluster(2, (5, 6, 7)))
    )


def test_themes_stand_as_people_ordered_them():
    curation = curated(("week", "order", {"themes": ["w1-c2"]}))

    assert [theme.key for theme in curation.themes] == ["w1-c2", "w1-c1"]


def test_the_greatest_row_taken_in_counts():
    curation = curated(("week", "take_in", {"upto": 20}), ("week", "take_in", {"upto": 30}))

    assert curation.counted_until == 30


def test_a_summary_and_what_gaps_are_known_are_kept():
    curation = curated(("week", "summary", {"text": "A week."}), ("week", "acknowledge", {"gaps": "mail:3"}))

    assert (curation.summary, curation.acknowledged, curation.newest) == ("A week.", "mail:3", 2)


def test_an_approval_names_who_changed_the_week_last():
    curation = curated(("post:1", "flag", {}, 1), ("week", "approve", {"content": "c0ffee"}, 2))

    assert curation.approval is not None
    assert (curation.approval.by, curation.approval.last_editor, curation.approval.content) == (2, 1, "c0ffee")


@pytest.mark.parametrize(
    ("after", "stands"),
    [
        (("post:1", "tone", {"tone": "good"}), False),
        (("week", "reopen", {}), False),
        (("post:1", "handled", {}), True),
        (("post:1", "confirm", {}), True),
    ],
)
def test_an_approval_falls_with_the_next_change(after, stands):
    curation = curated(("week", "approve", {"content": "c0ffee"}, 2), after)

    assert (curation.approval is not None) is stands


def test_listener_itself_is_no_editor():
    curation = curated(("post:1", "flag", {}, 1), ("post:2", "flag", {}, 0))

    assert curation.last_editor == 1


# --- themes -------------------------------------------------------------------------------------------------------------


def test_a_renamed_theme_remembers_its_names():
    curation = curated(("theme:w1-c1", "rename", {"label": "Rest"}), ("theme:w1-c1", "rename", {"label": "Sleep"}))

    assert (curation.themes[0].label, curation.themes[0].was) == ("Sleep", ("theme 1", "Rest"))


def test_a_merged_theme_takes_everything_along():
    curation = curated(
        ("theme:w1-c2", "add", {"kind": "quote", "row": 5}),
        ("theme:w1-c2", "merge", {"into": "w1-c1"}),
    )

    (theme,) = curation.themes
    assert (theme.rows, theme.merged, curation.chosen) == ((1, 2, 3, 4, 5, 6, 7), ("w1-c2",), (5,))


def test_a_theme_split_off_stands_behind_the_one_it_came_from_with_its_quotes():
    curation = curated(
        ("theme:w1-c1", "add", {"kind": "quote", "row": 2}),
        ("theme:w1-c1", "add", {"kind": "heading", "text": "At night"}),
        ("theme:w1-c1", "split", {"label": "Nights", "rows": [2, 3]}),
    )

    assert rows_of(curation) == {"w1-c1": (1, 4), "s3": (2, 3), "w1-c2": (5, 6, 7)}
    assert [[one.kind for one in theme.elements] for theme in curation.themes] == [["heading"], ["quote"], []]
    assert curation.themes[1].split_from == "w1-c1"


def test_a_decision_that_lost_its_object_does_nothing():
    made = decided(("theme:w1-c2", "merge", {"into": "w1-c1"}))
    late = [
        ("theme:w1-c2", "rename", {"label": "Late"}),
        ("theme:w1-c1", "merge", {"into": "w1-c2"}),
        ("theme:w1-c2", "split", {"label": "Late", "rows": [5]}),
        ("theme:w1-c2", "add", {"kind": "heading", "text": "Late"}),
        ("post:1", "move", {"theme": "w1-c2"}),
        ("post:1", "check", {"seq": 99}),
        ("element:99", "remove", {}),
        ("week", "sing", {}),
    ]

    after = [make_decision(seq, target, verb, value) for seq, (target, verb, value) in enumerate(late, 2)]

    assert replace(fold(HOLD, made + after), newest=1) == fold(HOLD, made)


# --- stories ------------------------------------------------------------------------------------------------------------

STORY: list[tuple[Any, ...]] = [
    ("theme:w1-c1", "add", {"kind": "prose", "text": "Many wrote about rest."}),
    ("theme:w1-c1", "add", {"kind": "quote", "row": 1}),
    ("theme:w1-c1", "add", {"kind": "quote", "row": 2}),
]


def story(*acts_: tuple[Any, ...]) -> list[Any]:
    return [one.row or one.text for one in curated(*STORY, *acts_).themes[0].elements]


@pytest.mark.parametrize(
    ("act", "expected"),
    [
        (("element:1", "edit", {"text": "Rest."}), ["Rest.", 1, 2]),
        (("element:3", "move", {"by": -1}), ["Many wrote about rest.", 2, 1]),
        (("element:3", "move", {"by": -9}), [2, "Many wrote about rest.", 1]),
        (("element:1", "move", {"by": 9}), [1, 2, "Many wrote about rest."]),
        (("element:2", "remove", {}), ["Many wrote about rest.", 2]),
        (("post:1", "hide", {"reason": "abuse"}), ["Many wrote about rest.", 2]),
        (("post:1", "flag", {}), ["Many wrote about rest.", 2]),
        (("post:1", "move", {"theme": "w1-c2"}), ["Many wrote about rest.", 2]),
        (("post:1", "move", {"theme": "w1-c1"}), ["Many wrote about rest.", 1, 2]),
    ],
)
def test_a_story_is_as_people_left_it(act, expected):
    assert story(act) == expected


def test_a_quote_goes_with_its_contribution():
    curation = curated(*STORY, ("post:1", "move", {"theme": "w1-c2"}))

    assert curation.chosen == (2, 1)
    assert rows_of(curation)["w1-c2"] == (5, 6, 7, 1)


# --- posts --------------------------------------------------------------------------------------------------------------


def test_a_paraphrase_is_checked_only_as_it_was_read():
    checked = curated(("post:1", "paraphrase", {"text": "One."}, 1), ("post:1", "check", {}, 2))
    rewritten = curated(
        ("post:1", "paraphrase", {"text": "One."}, 1), ("post:1", "check", {}, 2), ("post:1", "paraphrase", {"text": "Two."}, 1)
    )

    assert (checked.paraphrases[1].by, checked.paraphrases[1].checked_by) == (1, 2)
    assert (rewritten.paraphrases[1].text, rewritten.paraphrases[1].checked_by) == ("Two.", 0)


def test_a_paraphrase_of_somebody_who_was_forgotten_is_none():
    made = [make_decision(1, "post:1", "paraphrase", {}), make_decision(2, "post:1", "consent", {"state": "yes"})]

    curation = fold(HOLD, made)

    assert curation.paraphrases == {}
    assert (curation.permissions[1].state, curation.permissions[1].name) == ("yes", "")


def test_what_is_shown_again_has_no_reason_and_no_note():
    hidden = curated(("post:1", "hide", {"reason": "advert", "note": "stair lifts"}))
    shown = curated(("post:1", "hide", {"reason": "advert", "note": "stair lifts"}), ("post:1", "show", {}))

    assert (hidden.hidden, hidden.notes) == ({1: "advert"}, {1: "stair lifts"})
    assert (shown.hidden, shown.notes) == ({}, {})


def test_what_was_read_as_an_advert_counts_where_a_person_puts_it():
    curation = curated(("post:10", "move", {"theme": "w1-c1"}))

    found = analysis_of(HOLD, curation)

    assert (found.aside, found.clusters[0].members) == ({}, (1, 2, 3, 4, 10, 8))


def test_a_contribution_out_of_every_theme_stands_alone():
    curation = curated(("post:4", "move", {"theme": ""}), ("post:9", "move", {"theme": "w1-c2"}))

    assert analysis_of(HOLD, curation).alone == (4,)


def test_a_theme_without_contributions_stays_for_its_story_only():
    told = curated(
        ("theme:w1-c2", "add", {"kind": "heading", "text": "Costs"}),
        *((f"post:{row}", "move", {"theme": "w1-c1"}) for row in (5, 6, 7)),
    )
    untold = curated(*((f"post:{row}", "move", {"theme": "w1-c1"}) for row in (5, 6, 7)))

    assert [cluster.key for cluster in analysis_of(HOLD, told).clusters] == ["w1-c1", "w1-c2"]
    assert [cluster.key for cluster in analysis_of(HOLD, untold).clusters] == ["w1-c1"]


@pytest.mark.parametrize(
    ("row", "reason", "expected"),
    [
        (1, "advert", {1: "advert", 8: "advert"}),
        (8, "off topic", {1: "off topic", 8: "off topic"}),
        (8, "duplicate", {8: "duplicate"}),
        (2, "advert", {2: "advert"}),
        (1, "abuse", {}),
    ],
)
def test_copies_of_an_advert_are_adverts(row, reason, expected):
    curation = curated((f"post:{row}", "hide", {"reason": reason}))

    assert not_counted(curation, HOLD.analysis.copies) == expected


@pytest.mark.parametrize(
    ("act", "expected"),
    [
        (("post:8", "flag", {}), {1, 8}),
        (("post:1", "hide", {"reason": "someone else's details"}), {1, 8}),
        (("post:2", "hide", {"reason": "unsafe to show"}), {2}),
        (("post:1", "hide", {"reason": "advert"}), set()),
    ],
)
def test_what_repeats_hidden_words_is_hidden_too(act, expected):
    assert unshown(curated(act), HOLD.analysis.copies) == expected


def test_the_wording_is_that_of_the_last_decision_on_a_post():
    made = [
        make_decision(1, "post:1", "flag", {"of": "one"}),
        make_decision(2, "theme:w1-c1", "add", {"kind": "quote", "row": 2, "of": "two"}),
        make_decision(3, "post:1", "confirm", {"of": "three"}),
        make_decision(4, "week", "undo", {"seq": 3}),
    ]

    assert fold(HOLD, made[:3]).read_as == {1: "three", 2: "two"}
    assert fold(HOLD, made).read_as == {1: "one", 2: "two"}


def test_a_wording_is_of_words_only():
    post = make_post(1)

    assert wording(post) == wording(replace(post, lang="cy", url="https://elsewhere.example"))
    assert (
        len(
            {
                wording(post),
                wording(replace(post, text="x")),
                wording(replace(post, title="x")),
                wording(replace(post, warning="x")),
            }
        )
        == 4
    )
    assert wording(replace(post, text="")) == ""


# --- undoing ------------------------------------------------------------------------------------------------------------


def test_undoing_an_undoing_brings_the_first_back():
    made = decided(("post:1", "flag", {}), ("week", "undo", {"seq": 1}), ("week", "undo", {"seq": 2}))

    assert [undone_by(made[:n]) for n in (1, 2, 3)] == [frozenset(), {1}, {2}]
    assert fold(HOLD, made).flagged == {1}


QUOTED = ("theme:w1-c1", "add", {"kind": "quote", "row": 1})


@pytest.mark.parametrize(
    ("before", "undone", "chosen"),
    [
        ([("post:1", "hide", {"reason": "abuse"}), ("post:1", "show", {}), QUOTED], 2, ()),
        ([("post:1", "flag", {}), ("post:1", "unflag", {}), QUOTED], 2, ()),
        ([QUOTED, ("element:1", "remove", {}), QUOTED], 2, (1,)),
        ([("post:5", "move", {"theme": "w1-c1"}), ("theme:w1-c1", "add", {"kind": "quote", "row": 5})], 1, ()),
    ],
    ids=["shown", "unflagged", "taken out", "moved here"],
)
def test_a_quote_does_not_stand_on_what_is_undone(before, undone, chosen):
    assert curated(*before, ("week", "undo", {"seq": undone})).chosen == chosen


KEYS = ("w1-c1", "w1-c2", "s1", "s2", "s3", "s4")
FEW = (1, 2, 5, 8, 10)  # so that acts meet
WORDS = st.text("abc ", min_size=1, max_size=4)
VALUES = st.fixed_dictionaries(
    {
        "theme": st.sampled_from(("", *KEYS)),
        "into": st.sampled_from(KEYS),
        "themes": st.lists(st.sampled_from(KEYS), max_size=4),
        "rows": st.lists(st.sampled_from(FEW), max_size=4),
        "row": st.sampled_from(FEW),
        "label": WORDS,
        "text": WORDS,
        "kind": st.sampled_from(("prose", "quote", "quote")),
        "reason": st.sampled_from(REASONS),
        "tone": st.sampled_from(TONES),
        "mode": st.sampled_from(MODES),
        "state": st.sampled_from(("asked", "yes", "no")),
        "by": st.integers(-3, 3),
        "seq": st.integers(1, 8),
        "upto": st.integers(10, 20),
        "gaps": WORDS,
        "content": WORDS,
    }
)
NAMES = {"week": [""], "theme": list(KEYS), "post": [str(row) for row in FEW], "element": [str(n) for n in range(1, 8)]}


@st.composite
def decisions(draw: st.DrawFn) -> list[Decision]:
    """Any sequence of decisions that were valid when they were made, by two people."""
    made: list[Decision] = []
    common = [("theme", "add"), ("week", "undo"), ("post", "hide"), ("post", "show"), ("post", "move")]
    for _ in range(draw(st.integers(1, 14))):
        kind, verb = draw(st.sampled_from((*sorted(acts.CHECKS), *common, *common)))
        name = draw(st.sampled_from(NAMES[kind]))
        target = f"{kind}:{name}" if name else kind
        try:
            kept = acts.checked(fold(HOLD, made), target, verb, draw(VALUES))
        except Refused:
            continue
        made.append(make_decision(len(made) + 1, target, verb, kept, draw(st.sampled_from((1, 2)))))
    return made


@given(decisions())
def test_every_contribution_is_in_one_theme_at_most_and_quoted_once_at_most(made):
    curation = fold(HOLD, made)

    placed = [row for theme in curation.themes for row in theme.rows]
    quoted = [one.row for theme in curation.themes for one in theme.elements if one.kind == "quote"]
    assert len(placed) == len(set(placed))
    assert len(quoted) == len(set(quoted))
    assert all(one.row in theme.rows for theme in curation.themes for one in theme.elements if one.kind == "quote")


@given(decisions())
def test_no_contribution_is_lost(made):
    found = analysis_of(HOLD, fold(HOLD, made))

    grouped = {row for cluster in found.clusters for row in cluster.members}
    assert {1, 2, 3, 4, 5, 6, 7, 8, 9, 10} <= grouped | set(found.alone) | found.aside.keys() | found.copies.keys()
    assert not grouped & set(found.alone)


@given(decisions())
def test_what_is_hidden_or_flagged_is_never_quoted(made):
    curation = fold(HOLD, made)

    assert not set(curation.chosen) & (curation.hidden.keys() | curation.flagged)


@given(decisions())
def test_undoing_the_last_decision_gives_the_state_before(made):
    if not made:
        return
    undo = make_decision(len(made) + 1, "week", "undo", {"seq": len(made)})

    before, after = fold(HOLD, made[:-1]), fold(HOLD, [*made, undo])

    assert replace(after, newest=before.newest) == before


@given(decisions())
def test_undoing_everything_backwards_gives_the_week_as_it_was_held(made):
    undone = list(made)
    for one in reversed(made):
        undone.append(make_decision(len(undone) + 1, "week", "undo", {"seq": one.seq}))

    assert replace(fold(HOLD, undone), newest=0) == fold(HOLD, [])
