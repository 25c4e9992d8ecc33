"""What the team's page tells of asks and of questions asked of us."""

import pytest

from digests import compose, pages
from storage.values import Request
from tests.test_compose import analysis, composed, facts, kept

CHAIRS = "We need more chairs."
LIFT = "When will the lift work?"


def ask(text=CHAIRS, same="chairs"):
    return Request("ask", text, same)


def question(text=LIFT, same="lift"):
    return Request("question", text, same)


def page(week):
    return pages.render(compose.compose(week))["week-1/index.html"].decode()


def test_a_theme_tells_what_was_asked_for_by_how_many_contributions_not_sentences():
    posts = [kept(row) for row in (1, 2, 3, 4)]
    said = {1: (ask(), ask("More chairs!")), 2: (ask("Chairs, please"), ask("Tea, please", "tea")), 3: (question(),)}

    (theme,) = composed(posts, analysis=analysis((1, 2, 3, 4)), requests=said).themes

    assert theme.asks.sentence == "2 contributions ask for something."
    assert [(one.contributions, [each.text for each in one.examples]) for one in theme.asks.told] == [
        (2, ["We need more chairs.", "Chairs, please"]),
        (1, ["Tea, please"]),
    ]


def test_questions_asked_of_us_stand_under_their_theme_and_those_of_no_theme_last():
    said = {1: (question(),), 3: (question("Who do I call?", "call"),)}

    digest = composed([kept(row) for row in (1, 2, 3)], analysis=analysis((1, 2), alone=(3,)), requests=said)

    assert [(label, each.told[0].examples[0].text) for label, each in digest.asked_us] == [
        ("Theme 1", "When will the lift work?"),
        ("", "Who do I call?"),
    ]


@pytest.mark.parametrize(
    "of_post",
    [{"network": "x"}, {"warning": "Grief"}, {"visibility": "private"}, {"labels": ("!hide",)}],
    ids=["counted only", "behind a warning", "private", "hidden by the network"],
)
def test_what_may_not_be_shown_is_counted_without_its_words(of_post):
    week = facts([kept(1, **of_post), kept(2)], analysis=analysis((1, 2)), requests={1: (ask(),)})

    (theme,) = compose.compose(week).themes

    assert theme.asks.told == ()
    assert theme.asks.sentence == "1 contribution asks for something. The words are not shown."
    assert CHAIRS not in page(week)


def test_what_people_hid_at_the_desk_is_counted_without_its_words():
    week = facts([kept(1), kept(2)], analysis=analysis((1, 2)), requests={1: (ask(),)}, unshown=frozenset({1}))

    assert CHAIRS not in page(week)
    assert "1 contribution asks for something." in page(week)


def test_the_page_shows_the_sentence_as_it_was_written_and_leads_to_the_whole():
    week = facts([kept(1), kept(2)], analysis=analysis((1, 2)), requests={1: (ask("Please, <b>chairs</b>"), question())})

    drawn = page(week)

    assert "Please, &lt;b&gt;chairs&lt;/b&gt;" in drawn
    assert 'href="theme-1.html#c1"' in drawn
    assert "Questions asked of us" in drawn


def test_a_page_of_a_week_in_which_nobody_asked_says_nothing_of_it():
    drawn = page(facts([kept(1), kept(2)], analysis=analysis((1, 2))))

    assert "asked of us" not in drawn
    assert "asked for" not in drawn


def test_only_the_most_frequent_are_told():
    said = {row: tuple(ask(f"Please {number}", f"thing {number}") for number in range(row)) for row in range(1, 9)}

    (theme,) = composed([kept(row) for row in said], analysis=analysis(tuple(said)), requests=said).themes

    assert [one.contributions for one in theme.asks.told] == [8, 7, 6, 5, 4]
    assert theme.asks.sentence == "8 contributions ask for something. 3 more things are not listed."
