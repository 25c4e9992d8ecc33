"""The page of a week that people work on: their order, words and tones, and nothing that they hid."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digests import compose, held, pages
from digests.curation import fold, wording
from digests.digest import Digest
from digests.tally import Facts, count
from storage.curated import Hold
from storage.values import Kept, Score
from tests.test_compose import WEEK, analysis, at, facts, kept
from tests.test_curation import make_decision

ANALYSIS = analysis((1, 2, 3), (4, 5), alone=(6,), copies={7: 1})
HOLD = Hold(week=1, at=at(19, 7), by=1, upto=1, last_row=8, analysis=ANALYSIS)


def posts(rows: range = range(1, 9)) -> list[Kept]:
    """Row 7 repeats row 1; the others say something of their own."""
    return [kept(row, text=f"These are the words of {1 if row == 7 else row}.") for row in rows]


def as_left(*acts: tuple[str, str, Any], came: list[Kept] | None = None, **differently: Any) -> Facts:
    """The week's facts after these acts, made on the posts 1 to 8."""
    made = [make_decision(seq, *act) for seq, act in enumerate(acts, 1)]
    return held.as_held(facts(posts() if came is None else came, **differently), HOLD, fold(HOLD, made))


def composed(*acts: tuple[str, str, Any], **differently: Any) -> Digest:
    return compose.compose(as_left(*acts, **differently))


def drawn(digest: Digest) -> str:
    return "\n".join(page.decode() for page in pages.render(digest).values())


def test_a_held_page_says_so():
    digest = composed()

    assert digest.held is not None
    assert digest.held.sentence.startswith("Someone began work on this on Monday 19 October 2026, 7am")
    assert (digest.held.tray, digest.held.href) == ("", "")
    assert digest.held.sentence in drawn(digest)


def test_a_page_that_nobody_has_touched_says_nothing_of_it():
    assert compose.compose(facts(posts(), analysis=ANALYSIS)).held is None


def test_themes_have_the_order_and_names_that_people_gave():
    digest = composed(
        ("week", "order", {"themes": ["w1-c2", "w1-c1"]}),
        ("theme:w1-c2", "rename", {"label": "the <b>cost</b>"}),
    )

    assert [(theme.label, theme.contributions) for theme in digest.themes] == [("The <b>cost</b>", 2), ("Theme 1", 3)]
    assert digest.finding.startswith("The most common theme was “Theme 1”: 3")
    assert digest.in_short[0] == "After “Theme 1” came “The <b>cost</b>” (2)."


@pytest.mark.parametrize("reason", ["advert", "off topic", "duplicate"])
def test_what_does_not_count_is_left_out_with_its_reason(reason):
    digest = composed(("post:4", "hide", {"reason": reason}))

    assert digest.contributions == 6
    assert [theme.contributions for theme in digest.themes] == [3, 1]
    (left_out,) = (one for one in digest.lists if one.stem == "left-out")
    assert [card.row for card in left_out.cards] == [4]


@pytest.mark.parametrize(
    "act",
    [
        ("hide", {"reason": "someone else's details"}),
        ("hide", {"reason": "abuse"}),
        ("hide", {"reason": "unsafe to show"}),
        ("flag", {}),
    ],
)
@pytest.mark.parametrize("row", [1, 7])
def test_what_is_hidden_counts_but_stands_nowhere_on_the_page(act, row):
    before, after = composed(), composed((f"post:{row}", *act))

    assert (after.contributions, after.passed_on) == (before.contributions, before.passed_on) == (7, 1)
    assert "the words of 1." in drawn(before)
    assert "the words of 1." not in drawn(after)
    assert "1 contribution from files is hidden by the team, so not shown." in after.themes[0].all.intro


def test_hidden_words_stay_hidden_when_the_first_who_said_them_is_gone():
    came = [one for one in posts() if one.row != 1]

    digest = composed(("post:1", "flag", {}), came=came)

    assert [theme.contributions for theme in digest.themes] == [3, 2]  # the copy speaks for it now
    assert "the words of 1." not in drawn(digest)


def test_a_flagged_advert_is_not_shown_among_what_is_left_out():
    digest = composed(("post:4", "hide", {"reason": "advert"}), ("post:4", "flag", {}))

    assert "the words of 4." not in drawn(digest)


def test_a_persons_word_on_the_tone_goes_before_the_computers():
    digest = composed(("post:1", "tone", {"tone": "good"}), scores={1: Score("difficult", -0.8), 2: Score("neutral", 0.0)})

    assert (digest.tone.difficult, digest.tone.neutral, digest.tone.good) == (0, 1, 1)
    assert "As a computer reads it, corrected by people, 0 described" in " ".join(digest.in_short)
    assert "People described 1 contribution themselves, 0 of them as the computer had." in digest.method


def test_a_story_stands_before_the_other_cards_in_its_order():
    digest = composed(
        ("theme:w1-c1", "add", {"kind": "quote", "row": 3}),
        ("theme:w1-c1", "add", {"kind": "heading", "text": "At <night>"}),
        ("theme:w1-c1", "add", {"kind": "prose", "text": "Many wrote about <i>rest</i>."}),
    )

    story, cards = digest.themes[0].story, digest.themes[0].cards
    assert [part.card.row if part.card else part.text or str(part.html) for part in story] == [
        3,
        "At <night>",
        "<p>Many wrote about &lt;i&gt;rest&lt;/i&gt;.</p>",
    ]
    assert [card.row for card in cards] == [1, 2]
    assert "<h4><bdi>At &lt;night&gt;</bdi></h4>" in drawn(digest)


def test_a_quote_whose_post_is_gone_vanishes_and_the_words_around_it_stay():
    digest = composed(
        ("theme:w1-c2", "add", {"kind": "quote", "row": 4}),
        ("theme:w1-c2", "add", {"kind": "heading", "text": "Costs"}),
        came=[one for one in posts() if one.row not in (4, 5)],
    )

    assert [(theme.contributions, theme.share) for theme in digest.themes] == [(3, "3 of 5"), (0, "none now")]
    assert [part.kind for part in digest.themes[1].story] == ["heading"]


def test_a_small_theme_with_a_story_is_shown_in_full():
    many = analysis(*((row,) for row in range(1, 16)))
    hold = replace(HOLD, last_row=15, analysis=many)
    made = [make_decision(1, "theme:w1-c14", "add", {"kind": "quote", "row": 14})]

    digest = compose.compose(held.as_held(facts(posts(range(1, 16))), hold, fold(hold, made)))

    assert [theme.number for theme in digest.themes] == [*range(1, 13), 14]
    assert [theme.number for theme in digest.smaller] == [13, 15]


def test_the_summary_stands_in_the_words_of_who_wrote_it():
    digest = composed(("week", "summary", {"text": "Seven people <wrote>."}))

    assert digest.summary == "<p>Seven people &lt;wrote&gt;.</p>"
    assert digest.summary in drawn(digest)


# --- what came in since ---------------------------------------------------------------------------------------------------


def test_what_came_in_since_is_told_apart_and_not_counted():
    digest = composed(came=posts(range(1, 11)))

    assert digest.contributions == 7
    assert digest.held is not None
    assert digest.held.tray == "2 contributions came in since and are not counted yet."
    assert "the words of 9." in pages.render(digest)[f"week-1/{digest.held.href}"].decode()
    assert "the words of 9." not in pages.render(digest)["week-1/index.html"].decode()


def test_what_was_taken_in_counts():
    digest = composed(("week", "take_in", {"upto": 9}), came=posts(range(1, 11)))

    assert (digest.contributions, digest.held and digest.held.tray) == (
        8,
        "1 contribution came in since and is not counted yet.",
    )
    assert "2 contributions were not grouped: they came after the grouping was made." in digest.grouping


def test_only_what_may_be_shown_and_is_of_the_week_is_in_the_tray():
    came = [
        *posts(),
        kept(9, network="x"),
        kept(10, kind="repost", repost_of="1"),
        kept(11, posted_at=WEEK.closes),
        kept(12, gone_at=at(20)),
        kept(13),
    ]

    left = as_left(("post:13", "flag", {}), came=came)
    digest = compose.compose(left)

    assert [one.row for one in left.tray] == [9, 13]
    assert digest.held is not None
    assert digest.held.href == ""
    assert [one.cards for one in digest.lists if one.stem == "came-in-since"] == [()]


# --- what holds whatever came -----------------------------------------------------------------------------------------------


def test_an_edited_post_is_to_be_looked_at_again():
    read = {row: as_left(came=posts()).posts[row - 1].post for row in (1, 2, 3)}
    acts: list[tuple[str, str, Any]] = [
        (f"post:{row}", "tone", {"tone": "good", "of": wording(post)}) for row, post in read.items()
    ]
    came = [kept(1, text="Edited."), kept(2, text=""), *posts(range(3, 9))]

    assert as_left(*acts, came=came).look_again == {1}  # the words of 2 have had their time: nobody edited them


@given(st.permutations(posts(range(1, 12))))
def test_the_order_in_which_posts_are_read_does_not_matter(came):
    acts: tuple[tuple[str, str, Any], ...] = (
        ("week", "take_in", {"upto": 9}),
        ("post:2", "flag", {}),
        ("theme:w1-c2", "add", {"kind": "quote", "row": 4}),
    )

    assert composed(*acts, came=came) == composed(*acts, came=posts(range(1, 12)))


def test_another_analysis_moves_nothing():
    other = analysis((1, 4), (2, 5), (3, 6))

    assert composed(analysis=other) == composed(analysis=ANALYSIS)


def test_a_contribution_counts_once_wherever_people_put_it():
    left = as_left(("post:7", "move", {"theme": "w1-c2"}), ("post:6", "move", {"theme": "w1-c2"}))
    digest = compose.compose(left)

    assert len(count(left).contributions) == 7
    assert sum(theme.contributions for theme in digest.themes) == 6
    assert left.as_of == WEEK.closes + timedelta(hours=1)
