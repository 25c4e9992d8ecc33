"""A public digest shows what people chose, in their order, and nobody's name."""

from dataclasses import replace
from datetime import date

import pytest

from digests import public
from digests.curation import Element, HeldTheme, Paraphrase
from digests.edition import ChangeEntry, PublicDigest, Rules
from tests.publishing import (
    OURS,
    WEEK,
    agreed,
    composed,
    make_curation,
    make_facts,
    make_gap,
    make_posts,
    make_said,
    quoting_curation,
)


def test_a_week_that_nobody_has_begun_is_not_composed():
    with pytest.raises(ValueError, match="nobody has begun"):
        public.compose(replace(make_facts(), curation=None), Rules())


def test_themes_and_their_parts_stand_in_the_order_of_the_desk():
    digest = composed(curation=make_curation(themes=tuple(reversed(make_curation().themes))))

    assert [theme.label for theme in digest.themes] == ["Parking", "Going home in good time"]
    assert [part.kind for part in digest.themes[1].parts] == ["prose", "quote"]


def test_only_chosen_contributions_are_quoted_and_their_authors_are_not_named():
    digest = composed()

    told = public.to_json(digest) + "".join(quote.content for quote in public.quotes(digest))
    assert [quote.text for quote in digest.quotes()] == [OURS]
    assert "Carer 1" not in told
    assert "carer1.example" not in told


def test_a_quote_that_is_not_ready_is_left_out():
    digest = composed(curation=make_curation(paraphrases={}))

    assert list(digest.quotes()) == []


def test_references_follow_the_page_and_stay_in_later_versions():
    story = tuple(Element(key=row, kind="quote", row=row) for row in (1, 2, 3))
    theme = HeldTheme(key="w1-c1", label="rest", rows=(1, 2, 3), elements=story)
    ours = {row: Paraphrase(text=f"Words {row}", seq=row, by=1) for row in (1, 2, 3)}
    curation = make_curation(themes=(theme,), paraphrases=ours)

    first = composed(curation=curation)
    later = composed(Rules(refs={3: "1-03", 9: "1-07"}), curation=curation)

    assert [quote.ref for quote in first.quotes()] == ["1-01", "1-02", "1-03"]
    assert [(quote.row, quote.ref) for quote in later.quotes()] == [(1, "1-08"), (2, "1-09"), (3, "1-03")]


def test_a_theme_that_is_small_and_has_no_story_is_counted_with_the_rest():
    themes = (*make_curation().themes, HeldTheme(key="w1-c3", label="small", rows=(50, 51)))

    digest = composed(curation=make_curation(themes=themes))

    assert [theme.key for theme in digest.themes] == ["theme/w1-c1", "theme/w1-c2"]
    assert digest.numbers["rest"] == 15


def test_counts_are_told_by_name():
    numbers = composed().numbers

    assert {name: numbers[name] for name in ("all", "theme/w1-c1", "theme/w1-c2", "rest", "channel/bluesky")} == {
        "all": 60,
        "theme/w1-c1": 30,
        "theme/w1-c2": 15,
        "rest": 15,
        "channel/bluesky": 30,
    }


def test_a_verbatim_quote_is_shown_whole_with_its_role():
    kept = make_said(1, "form", consent="ticked", role="Carer, aged 45 to 64", text="Line one.\n\nMy number is [phone number].")

    quote = next(composed(curation=quoting_curation(kept), posts=[kept]).quotes())

    assert quote.mode == "verbatim"
    assert quote.text == kept.post.text
    assert (quote.who, quote.source) == ("Carer, aged 45 to 64", "Questionnaire, permission given")


@pytest.mark.parametrize(
    ("before", "note"),
    [
        (60, "As many as last week."),
        (65, "About as many as last week."),
        (40, "20 more than last week."),
        (80, "20 fewer than last week."),
        ("few", ""),
    ],
)
def test_last_week_is_told_without_small_differences(before, note):
    digest = composed(Rules(last_week={"all": before}))

    assert digest.figures[0].note == note


def earlier(number: int, **more) -> PublicDigest:
    """Week 2, in which so many of 60 contributions answered the question of week 1."""
    posts = [make_said(row, answers=int(row <= number)) for row in range(1, 61)]
    return composed(posts=posts, week=replace(WEEK, number=2), **more)


@pytest.mark.parametrize(
    ("number", "told", "sentence"),
    [
        (23, (23, 37), "23 contributions answered an earlier question. They are counted here, in the week they came."),
        (3, ("few", "withheld"), "Fewer than 8 contributions answered an earlier question."),
        (57, ("withheld", "few"), ""),
        (60, (60, 0), "60 contributions answered an earlier question."),
    ],
)
def test_how_many_answered_an_earlier_question_is_told_unless_it_would_give_a_few_away(number, told, sentence):
    digest = earlier(number)

    assert (digest.numbers["answer/earlier"], digest.numbers["answer/present"]) == told
    assert "".join(one for one in digest.in_short if "earlier" in one).startswith(sentence)
    assert any("earlier question" in one for one in digest.in_short) == bool(sentence)


def test_where_nobody_answered_an_earlier_question_nothing_is_said_of_it():
    assert not any("answer" in name for name in earlier(0).numbers)


def test_what_a_person_says_it_answers_is_what_is_told():
    decided = make_curation(answers=dict.fromkeys(range(1, 11), 1))

    assert earlier(0, curation=decided).numbers["answer/earlier"] == 10


def test_a_few_more_that_answered_an_earlier_question_change_nothing_in_a_later_version():
    before = earlier(23)

    after = public.compose(
        make_facts(posts=[make_said(row, answers=int(row <= 25)) for row in range(1, 61)], week=replace(WEEK, number=2)),
        Rules(before=before.numbers),
    )

    assert after.numbers["answer/earlier"] == 23


def test_gaps_and_the_weeks_to_come_are_told():
    facts = make_facts()
    source = replace(facts.coverage[0], gaps=(make_gap(),))
    off = replace(facts.coverage[0], channel="x", off="the operator's own words")

    digest = public.compose(replace(facts, coverage=(source, off)), Rules(next_steps=("A workshop in December.",)))

    assert digest.missed[:2] == (
        "Bluesky could not be read on Monday 12 October from midnight to 5am.",
        "X: we did not look there.",
    )
    assert digest.next_steps[0].startswith("Week 2, 19 to 25 October 2026: ")
    assert digest.next_steps[-1] == "A workshop in December."


def test_a_quiet_week_says_that_nobody_was_heard():
    digest = composed(posts=[make_said(9, gone_at=make_facts().as_of)], curation=make_curation(themes=()))

    assert digest.in_short[0].startswith("Nobody was heard this week.")
    assert digest.themes == ()


def test_a_sentence_names_the_largest_only_where_all_sizes_are_told():
    themes = [HeldTheme(key=f"w1-c{n}", label=f"theme {n}", rows=tuple(range(n * 30 - 29, n * 30 + 1))) for n in (1, 2)]
    equal = composed(curation=make_curation(themes=tuple(themes)))
    hidden = composed(Rules(before={"all": 60, "theme/w1-c1": "withheld"}), curation=make_curation(themes=tuple(themes)))

    assert equal.in_short == ("The most common themes were “Theme 1” (30) and “Theme 2” (30).",)
    assert hidden.numbers["theme/w1-c1"] == "withheld"
    assert [sentence for sentence in hidden.in_short if "common" in sentence] == []


def test_few_contributions_are_told_as_few_and_nothing_else_is():
    digest = composed(posts=make_posts(5), curation=make_curation(themes=make_curation().themes[:1]))

    assert digest.in_short == ("We heard fewer than 8 contributions this week.",)
    assert {told for told in digest.numbers.values() if isinstance(told, int)} == {0}
    assert digest.themes[0].share == ""


def test_where_every_number_may_be_told_nothing_is_said_of_hiding():
    digest = composed(Rules(small=1), posts=make_posts(5))

    assert digest.numbers["all"] == 5
    assert [sentence for sentence in (*digest.method, *digest.grouping) if "do not show numbers" in sentence] == []


def test_words_after_publishing_are_told():
    digest = composed(Rules(publish_by="published a day later because of a holiday"))

    assert digest.next_steps[-1] == "Published a day later because of a holiday."


def test_what_was_passed_on_is_a_figure_of_its_own():
    again = [make_said(row, kind="repost", repost_of="000002") for row in range(100, 110)]

    digest = composed(posts=[*make_posts(), *again])

    assert [figure.key for figure in digest.figures] == ["all", "voices", "passed", ""]
    assert (digest.numbers["passed"], digest.numbers["passed/bluesky"]) == (10, 10)


@pytest.mark.parametrize(
    ("rule", "sentence"), [("required", "A second person reads and approves"), ("recorded", "One person may both write")]
)
def test_the_method_says_who_approves(rule, sentence):
    assert any(told.startswith(sentence) for told in composed(Rules(second_person=rule)).method)


def test_the_method_says_what_was_done():
    by_hand = composed(curation=make_curation(tones={1: "good"}), counts_only=frozenset())

    assert any("corrected the guesses" in sentence for sentence in by_hand.method)
    assert not any("counted, and never quoted" in sentence for sentence in by_hand.method)
    assert any("Posts on X are counted, and never quoted." in sentence for sentence in composed().method)


def test_contributions_in_no_theme_are_told_without_a_number_where_it_is_hidden():
    digest = composed(Rules(before={"all": 60, "rest": "withheld"}))

    assert digest.numbers["rest"] == "withheld"
    assert "Some contributions are in none of them." in digest.grouping


def test_a_theme_that_no_contribution_is_in_keeps_its_story():
    alone = HeldTheme(key="w1-c9", label="left", elements=(Element(key=9, kind="prose", text="Words."),))

    digest = composed(curation=make_curation(themes=(*make_curation().themes, alone)))

    assert (digest.themes[2].share, digest.numbers["theme/w1-c9"]) == ("", 0)


def test_nothing_is_said_of_places_where_none_is_known():
    assert composed(coverage=()).listened == ()


# --- versions -----------------------------------------------------------------------------------------------------------


def test_a_later_version_keeps_its_numbers_where_a_few_are_gone():
    first = composed()
    gone = [replace(kept, gone_at=make_facts().as_of) if kept.row in (3, 40) else kept for kept in make_posts()]

    later = composed(Rules(version=2, before=public.numbers(first)), posts=gone)

    assert later.numbers == first.numbers
    assert any("keeps the numbers of the one before" in sentence for sentence in later.method)


def test_a_later_version_is_counted_anew_where_many_came():
    first = composed(posts=make_posts(60))
    more = [make_said(row, "form", day=12) for row in range(100, 130)]

    later = composed(Rules(version=2, before=public.numbers(first)), posts=[*make_posts(60), *more])

    assert (later.numbers["all"], later.numbers["channel/form"], later.numbers["rest"]) == (90, 45, 45)


def test_themes_that_were_split_or_merged_since_are_not_counted():
    one, two = make_curation().themes
    first = composed()
    split = (replace(one, rows=one.rows[3:]), HeldTheme(key="s9", label="new", rows=one.rows[:3], split_from="w1-c1"), two)
    merged = (replace(one, rows=(*one.rows, *two.rows), merged=("w1-c2",)),)

    after_split = composed(Rules(before=public.numbers(first)), curation=make_curation(themes=_told(split)))
    after_merge = composed(Rules(before=public.numbers(first)), curation=make_curation(themes=merged))

    assert {after_split.numbers[f"theme/{key}"] for key in ("w1-c1", "s9")} == {"withheld"}
    assert after_split.numbers["theme/w1-c2"] == 15
    assert after_merge.numbers["theme/w1-c1"] == "withheld"


def _told(themes: tuple[HeldTheme, ...]) -> tuple[HeldTheme, ...]:
    """Each with a story, so that it is shown however small it is."""
    return tuple(
        replace(theme, elements=(Element(key=place, kind="prose", text="Words."),)) for place, theme in enumerate(themes)
    )


def test_a_line_of_an_earlier_version_is_not_lost():
    posts = [*make_posts(), *(make_said(row, "web") for row in range(100, 110))]
    first = composed(posts=posts)

    later = composed(Rules(before=public.numbers(first)))

    assert [line.name for line in later.channels] == [line.name for line in first.channels]
    assert later.numbers["channel/web"] == 10


# --- as it is kept ------------------------------------------------------------------------------------------------------


def test_it_comes_back_whole_from_what_is_kept():
    digest = composed(Rules(version=2, changes=(ChangeEntry(version=1, date=date(2026, 10, 19), sentence="First published."),)))

    assert public.from_json(public.to_json(digest), public.quotes(digest)) == digest


def test_what_is_kept_without_quotes_holds_nobodys_words():
    kept = make_said(1, "form", consent="ticked", role="A role", text="Words of somebody.")
    digest = composed(curation=quoting_curation(kept), posts=[kept])

    content = public.to_json(digest)

    assert "Words of somebody" not in content
    assert "A role" not in content
    assert "1-01" in content


def test_a_quote_without_words_is_withdrawn():
    digest = composed()
    blanked = [replace(quote, content="") for quote in public.quotes(digest)]

    read = public.from_json(public.to_json(digest), blanked)

    assert [quote.withdrawn for quote in read.quotes() if quote.is_withdrawn] == ["Quote 1-01 has been withdrawn."]
    assert public.quotes(read) == ()


def test_a_later_version_keeps_the_numbers():
    digest = composed()

    later = public.next_version(digest, ChangeEntry(version=2, date=date(2026, 10, 20), sentence="1 quote withdrawn."))

    assert (later.version, public.numbers(later)) == (2, digest.numbers)


# --- what is approved ---------------------------------------------------------------------------------------------------


def test_approval_is_of_words_and_quotes_not_of_numbers():
    digest = composed()
    fewer = composed(posts=make_posts()[:-1])

    assert public.fingerprint(fewer) == public.fingerprint(digest)
    assert public.fingerprint(composed(Rules(version=3))) == public.fingerprint(digest)


@pytest.mark.parametrize(
    "differently",
    [
        {"summary": "Something else."},
        {"paraphrases": {1: Paraphrase(text="Other words.", seq=9, by=1, checked_by=2)}},
        {"themes": tuple(reversed(make_curation().themes))},
        {"permissions": {1: agreed()}, "modes": {1: "verbatim"}},
    ],
    ids=["summary", "paraphrase", "order", "mode"],
)
def test_another_word_or_order_is_another_content(differently):
    assert public.fingerprint(composed(curation=make_curation(**differently))) != public.fingerprint(composed())
