"""A digest's counts add up, and its sentences say only what is so."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collectors.post import Author, Engagement
from digests import blocks, compose, figures, gaps, words
from digests.cards import LONGEST, Maker, safe_url
from digests.digest import Digest
from digests.tally import Facts, count, may_show
from storage.values import TONES, Analysis, Cluster, Coverage, Gap, Kept, Score
from tests.factories import make_exercise, make_kept, make_post, make_week

WEEK = make_week(1)
LONDON = ZoneInfo("Europe/London")


def at(day: int, hour: int = 9, minute: int = 0) -> datetime:
    """A moment of October 2026, local time in London."""
    return datetime(2026, 10, day, hour, minute, tzinfo=LONDON).astimezone(UTC)


def kept(row: int, **of_post: Any) -> Kept:
    return make_kept(row, **({"posted_at": at(12) + timedelta(minutes=row)} | of_post))


def facts(posts: list[Kept] | tuple[Kept, ...] = (), **differently: Any) -> Facts:
    values: dict[str, Any] = {
        "exercise": make_exercise(),
        "week": WEEK,
        "posts": posts,
        "scores": {},
        "analysis": None,
        "coverage": (),
        "as_of": WEEK.closes + timedelta(hours=1),
        "scorer": "VADER 3.3.2",
    }
    return Facts(**(values | differently))


def analysis(*groups: tuple[int, ...], **more: Any) -> Analysis:
    clusters = tuple(
        Cluster(key=f"w1-c{rank}", label=f"theme {rank}", keywords=("rest", "sleep"), members=rows, representatives=rows[:3])
        for rank, rows in enumerate(groups, 1)
    )
    return Analysis(week=1, version="groups-1", made_at=at(19), clusters=clusters, **more)


def coverage(**differently: Any) -> Coverage:
    values: dict[str, Any] = {
        "source": "tag",
        "kind": "bluesky",
        "channel": "bluesky",
        "asked": "#NHSThinkCarer",
        "due": 168.0,
        "read": 168.0,
    }
    return Coverage(**(values | differently))


def gap(since: datetime, until: datetime, **more: Any) -> Gap:
    return Gap(source="tag", since=since, until=until, **more)


def composed(posts: list[Kept], **differently: Any) -> Digest:
    return compose.compose(facts(posts, **differently))


# --- what counts --------------------------------------------------------------------------------------------------------


def test_reposts_and_copies_are_counted_apart():
    posts = [kept(1), kept(2, kind="repost", repost_of="000001", text=""), kept(3), kept(4)]

    digest = composed(posts, analysis=analysis((1, 4), copies={3: 1}))

    assert (digest.contributions, digest.passed_on) == (2, 2)
    assert digest.themes[0].cards[0].passed_on == "Passed on 2 times"


def test_a_repost_of_something_we_do_not_have_is_counted_without_a_card():
    digest = composed([kept(1), kept(2, kind="repost", repost_of="elsewhere")])

    assert (digest.contributions, digest.passed_on) == (1, 1)
    assert digest.lists[0].cards[0].passed_on == ""


def test_a_gone_post_is_neither_shown_nor_counted_nor_are_its_reposts():
    gone = make_kept(1, posted_at=at(13), gone_at=at(14))
    posts = [gone, kept(2, kind="repost", repost_of="000001"), kept(3)]

    digest = composed(posts, analysis=analysis((1, 3)))

    assert (digest.contributions, digest.passed_on) == (1, 0)
    assert [card.row for card in digest.themes[0].all.cards] == [3]


def test_the_earliest_copy_speaks_for_a_gone_original():
    posts = [make_kept(1, posted_at=at(13), gone_at=at(14)), kept(2), kept(3)]

    digest = composed(posts, analysis=analysis((1,), copies={2: 1, 3: 2}))

    assert digest.themes[0].contributions == 1
    assert [(card.row, card.passed_on) for card in digest.themes[0].cards] == [(2, "Passed on once")]


def test_copies_that_name_each_other_in_a_circle_are_still_counted():
    digest = composed([kept(1), kept(2)], analysis=analysis(copies={1: 2, 2: 1}))

    assert digest.contributions + digest.passed_on == 2


def test_what_is_left_out_is_not_counted_but_can_be_read_with_its_reason():
    posts = [kept(1), kept(2), kept(3, kind="repost", repost_of="000002"), kept(4)]

    digest = composed(posts, analysis=analysis(aside={2: "advert", 4: "spam"}))

    assert (digest.contributions, digest.passed_on) == (1, 0)
    assert digest.left_out[0] == "We left out 3 items and did not count them: 2 adverts and 1 spam item."
    assert {card.note for card in digest.lists[-1].cards} == {"Left out: advert.", "Left out: spam item."}


def test_a_post_outside_the_week_does_not_count():
    digest = composed([kept(1, posted_at=WEEK.closes), kept(2, posted_at=WEEK.opens)])

    assert digest.contributions == 1


def test_days_are_local_days_of_the_exercise():
    digest = composed([kept(1, posted_at=datetime(2026, 10, 12, 23, 30, tzinfo=UTC))])

    assert [day.contributions for day in digest.days] == [0, 1, 0, 0, 0, 0, 0]
    assert digest.days[1].name == "Tuesday 13 October"


def test_who_gave_no_name_is_counted_for_each_contribution():
    posts = [
        kept(1, author=Author(handle="one")),
        kept(2, author=Author(handle="one")),
        kept(3, author=Author()),
        kept(4, author=Author()),
    ]

    assert figures.voices(count(facts(posts))) == 3


@pytest.mark.parametrize(
    ("earlier", "said"),
    [
        ({}, ""),
        ({0: 1}, "As many as last week."),
        ({0: 0}, "1 more than last week."),
        ({0: 1201}, "1,200 fewer than last week."),
    ],
    ids=["unknown", "equal", "more", "fewer"],
)
def test_the_week_before_is_compared_only_where_it_is_known(earlier, said):
    week = replace(WEEK, number=1)

    assert figures.change(facts([kept(1)], week=week, earlier=earlier), 1) == said


# --- laws ---------------------------------------------------------------------------------------------------------------


@st.composite
def weeks(draw) -> Facts:
    """Any week: reposts, copies, gone posts, things set aside, overlapping clusters, posts that nobody looked at."""
    number = draw(st.integers(0, 24))
    rows = st.integers(1, max(number, 1))
    posts = []
    for row in range(1, number + 1):
        is_repost = draw(st.booleans()) and draw(st.booleans())
        post = make_post(
            row,
            network=draw(st.sampled_from(["bluesky", "x", "mail", "form"])),
            posted_at=WEEK.opens + timedelta(hours=draw(st.integers(-2, 170))),
            kind="repost" if is_repost else "post",
            repost_of=f"{draw(rows):06d}" if is_repost else "",
            author=Author(handle=draw(st.sampled_from(["", "one", "two", "three"]))),
        )
        posts.append(make_kept(row, post=post, gone_at=WEEK.closes if draw(st.integers(0, 5)) == 0 else None))
    groups = draw(st.lists(st.lists(rows, unique=True, max_size=9).map(tuple), max_size=16))
    found = analysis(
        *groups,
        copies=draw(st.dictionaries(rows, rows, max_size=5)),
        aside=draw(st.dictionaries(rows, st.sampled_from(["spam", "advert"]), max_size=4)),
        alone=tuple(draw(st.lists(rows, unique=True, max_size=9))),
        unclustered=draw(st.integers(0, 5)),
    )
    scores = {row: Score(draw(st.sampled_from(TONES)), 0.0) for row in draw(st.sets(rows))}
    return facts(posts, analysis=draw(st.sampled_from([found, None])), scores=scores)


@given(weeks())
@settings(max_examples=100, deadline=None)
def test_every_count_adds_up(week):
    digest = compose.compose(week)
    tally = count(week)
    themes = (*digest.themes, *digest.smaller)
    looked_past = [cards for cards in digest.lists if cards.stem in ("said-once", "not-grouped")]
    hidden = sum(not may_show(one.post, week.counts_only) for one in tally.contributions)

    assert digest.contributions == sum(row.contributions for row in digest.channels)
    assert digest.contributions == sum(day.contributions for day in digest.days)
    assert digest.passed_on == sum(row.passed_on for row in digest.channels)
    assert all(
        sum(day.by_channel[place] for day in digest.days) == row.contributions for place, row in enumerate(digest.channels)
    )
    assert digest.contributions == digest.tone.scored + digest.tone.unknown
    assert all(theme.contributions == theme.tone.scored + theme.tone.unknown for theme in themes)
    assert sum(tally.passed_on.values()) <= digest.passed_on
    shown = [card.row for cards in (*(theme.all for theme in themes), *looked_past) for card in cards.cards]
    assert len(shown) == len(set(shown)) == digest.contributions - hidden


@given(weeks())
@settings(max_examples=100, deadline=None)
def test_each_live_post_is_counted_once(week):
    tally = count(week)
    by_key = {one.post.key: one for one in week.posts if one.post.kind != "repost"}

    def is_gone(one: Kept) -> bool:
        original = by_key.get((one.post.network, one.post.repost_of)) if one.post.kind == "repost" else None
        inside = original is not None and WEEK.opens <= original.post.posted_at < WEEK.closes
        return one.gone_at is not None or bool(inside and original and original.gone_at)

    live = [one for one in week.posts if WEEK.opens <= one.post.posted_at < WEEK.closes and not is_gone(one)]

    assert len(live) == len(tally.contributions) + tally.passing.total() + sum(map(len, tally.left_out.values()))


@given(weeks(), st.randoms(use_true_random=False))
@settings(max_examples=50, deadline=None)
def test_the_order_of_posts_changes_nothing(week, random):
    shuffled = list(week.posts)
    random.shuffle(shuffled)

    assert compose.compose(replace(week, posts=shuffled)) == compose.compose(week)


@given(st.integers(1, 5000), st.integers(1, 5000))
def test_a_share_in_words_is_near_the_share(part, whole):
    part, whole = min(part, whole), max(part, whole)

    said = words.share(part, whole)

    match = re.search(r"(\d+) (?:in|of) ([\d,]+)", said)
    told = Fraction(int(match[1]), int(match[2].replace(",", ""))) if match else Fraction(1)
    assert abs(told - Fraction(part, whole)) <= Fraction(1, 18)
    assert "about" in said or "almost" in said or told == Fraction(part, whole)


# --- sentences ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("part", "whole", "said"),
    [
        (168, 612, "about 1 in 4"),
        (150, 600, "1 in 4"),
        (400, 600, "2 in 3"),
        (590, 600, "almost all"),
        (600, 600, "all of them"),
        (3, 7, "3 of 7"),
        (1, 3000, "1 in 3,000"),
    ],
)
def test_shares_are_said_as_people_say_them(part, whole, said):
    assert words.share(part, whole) == said


@pytest.mark.parametrize(
    ("first", "last", "said"),
    [
        (date(2026, 11, 9), date(2026, 11, 15), "9 to 15 November 2026"),
        (date(2026, 10, 26), date(2026, 11, 1), "26 October to 1 November 2026"),
        (date(2026, 12, 28), date(2027, 1, 3), "28 December 2026 to 3 January 2027"),
        (date(2026, 11, 9), date(2026, 11, 9), "9 November 2026"),
    ],
)
def test_dates_repeat_nothing(first, last, said):
    assert words.dates(first, last) == said


@pytest.mark.parametrize(
    ("hour", "minute", "said"), [(14, 5, "2:05pm"), (9, 0, "9am"), (12, 0, "midday"), (0, 0, "midnight"), (0, 30, "12:30am")]
)
def test_clock_times_are_said_plainly(hour, minute, said):
    assert words.clock(datetime(2026, 1, 1, hour, minute)) == said  # noqa: DTZ001 - a local time is meant


@pytest.mark.parametrize(
    ("since", "until", "said"),
    [
        (at(14, 0), at(15, 0), "on Wednesday 14 October"),
        (at(14, 14, 5), at(14, 21, 20), "on Wednesday 14 October from 2:05pm to 9:20pm"),
        (at(14, 0), at(17, 0), "from Wednesday 14 October to Friday 16 October"),
        (at(14, 22), at(15, 6), "from 10pm on Wednesday 14 October to 6am on Thursday 15 October"),
        (at(14, 9) + timedelta(seconds=30), at(14, 10) + timedelta(seconds=1), "on Wednesday 14 October from 9am to 10:01am"),
    ],
    ids=["a day", "part of a day", "days", "over night", "seconds"],
)
def test_a_span_is_said_in_local_time(since, until, said):
    assert words.span(since, until, LONDON) == said


@pytest.mark.parametrize(
    ("source", "said"),
    [
        (coverage(), "No gaps: every source was read for the whole week."),
        (coverage(channel="x", off="no contract"), "X: not collected, no contract."),
        (
            coverage(gaps=(gap(at(14, 0), at(15, 0), fillable=False),)),
            "Bluesky could not be read on Wednesday 14 October. This cannot be filled: ask for a file.",
        ),
        (
            coverage(gaps=(gap(at(14, 0), at(15, 0), fill_until=at(21, 17)),)),
            "Bluesky could not be read on Wednesday 14 October. This can still be filled until Wednesday 21 October 2026, 5pm.",
        ),
        (
            coverage(gaps=(gap(at(14, 0), at(14, 1)), gap(at(15, 0), at(15, 1, 30)))),
            "Bluesky could not be read 2 times, for 3 hours in all.",
        ),
    ],
    ids=["whole", "off", "too late", "in time", "many"],
)
def test_what_is_missing_is_said_in_words(source, said):
    digest = composed([], coverage=(source,))

    assert [notice.text for notice in digest.notices] == [said]


def test_a_gap_marks_its_days_and_no_others():
    digest = composed([], coverage=(coverage(gaps=(gap(at(14, 22), at(15, 0)),)),))

    assert [day.short for day in digest.days if day.gap] == ["Wed"]


def test_the_box_of_a_source_tells_what_was_asked_and_what_came():
    source = coverage(
        read=160.75,
        posts=170,
        gaps=tuple(
            gap(at(13, 0) + timedelta(hours=n), at(13, 0) + timedelta(hours=n, minutes=10), reason="no answer")
            for n in range(12)
        ),
        asides={"auto-reply": 12, "odd": 2, "bounce": 1, "none": 0},
        last_good=at(19, 0, 15),
    )

    (row,) = gaps.rows((source,), LONDON)

    assert (row.read, row.came) == ("160 of 168 hours read.", "170 items came in.")
    assert row.gaps[0].endswith("from midnight to 12:10am. No answer. This can still be filled.")
    assert row.gaps[-1] == "And 2 more gaps."
    assert row.set_aside == "Set aside: 12 automatic replies, 2 marked “odd” and 1 bounced message."
    assert row.last_good == "Last read Monday 19 October 2026, 12:15am."


@pytest.mark.parametrize(
    ("source", "read", "came"),
    [
        (coverage(off="no contract"), "Not collected: no contract.", ""),
        (coverage(due=0.0, read=0.0), "Nothing was due yet.", "Nothing came in."),
        (coverage(due=0.5, read=0.5, posts=1), "All 30 minutes read.", "1 item came in."),
    ],
    ids=["off", "to come", "just begun"],
)
def test_hours_read_are_told_of_hours_due(source, read, came):
    (row,) = gaps.rows((source,), LONDON)

    assert (row.read, row.came) == (read, came)


def test_the_main_finding_is_the_largest_theme():
    digest = composed([kept(row) for row in range(1, 41)], analysis=analysis((1, 2), tuple(range(3, 13))))

    assert digest.finding == "The most common theme was “Theme 2”: 10 contributions, 1 in 4."
    assert digest.in_short[0] == "After “Theme 2” came “Theme 1” (2)."


@pytest.mark.parametrize(
    ("groups", "said"),
    [
        (((1, 2), (3, 4)), "The most common themes were “Theme 1” and “Theme 2”: 2 contributions each."),
        (((1,), (2,), (3,), (4,)), "No theme stood out: the largest have 1 contribution each."),
        ((), "No two contributions were alike enough to make a theme."),
    ],
    ids=["two", "four", "none"],
)
def test_no_theme_is_called_the_most_common_when_it_is_not(groups, said):
    assert composed([kept(row) for row in range(1, 5)], analysis=analysis(*groups)).finding == said


def test_a_quiet_week_says_so():
    digest = composed([])

    assert digest.quiet
    assert digest.how_many == "No contributions."
    assert digest.finding == "It was a quiet week: nobody was heard in the places we could read."
    assert digest.notices[0].text == "It is not known what was read this week."


def test_a_moved_day_is_said_first():
    moved = "Monday 3 May is a holiday: publish by Tuesday 4 May, midday"

    digest = composed([kept(1)], moved=moved)

    assert digest.notices[0].text == f"{moved}."
    assert len(digest.notices) > 1


def test_a_week_without_analysis_says_that_nothing_is_grouped():
    digest = composed([kept(1), kept(2)])

    assert digest.finding == "The contributions have not been grouped into themes yet."
    assert [(cards.stem, len(cards.cards)) for cards in digest.lists] == [("not-grouped", 2)]


def test_what_was_not_looked_at_is_told_apart_from_what_came_late():
    digest = composed([kept(row) for row in range(1, 8)], analysis=analysis((1, 2), alone=(3,), unclustered=3))

    assert digest.grouping == (
        "A computer put 2 contributions into 1 theme. Each is counted in one theme only.",
        "1 contribution did not fit with others.",
        "3 contributions were not looked at: there were more than the grouping can take.",
        "1 contribution was not grouped: it came after the grouping was made.",
    )


def test_an_open_week_says_until_when_it_was_read():
    digest = composed([kept(1)], as_of=at(14, 12))

    assert digest.notices[0].text == "The week is still open. This shows what came in until Wednesday 14 October 2026, midday."
    assert [link.href for link in digest.weeks][:2] == ["index.html", ""]


def test_weeks_link_to_the_pages_that_were_made():
    digest = compose.compose(facts([], week=make_week(2), made=frozenset({1, 2})))

    assert [(link.label, link.href) for link in digest.weeks] == [
        ("Week 1", "../week-1/index.html"),
        ("Week 2", "index.html"),
        ("Week 3", ""),
        ("Week 4", ""),
        ("Week 5", ""),
    ]


def test_our_sentences_are_short_and_plain():
    posts = [kept(row, network=network) for row, network in enumerate(["bluesky", "mail", "form", "web", "file"] * 6, 1)]
    scores = {row: Score("difficult", -0.5) for row in range(1, 20)}
    gaps_of_week = (coverage(gaps=(gap(at(14, 0), at(14, 1)),)), coverage(channel="x", off="no contract"))
    digest = composed(
        posts,
        analysis=analysis(tuple(range(1, 15)), (15, 16), alone=(17,), unclustered=2),
        scores=scores,
        coverage=gaps_of_week,
    )

    told = [digest.how_many, digest.finding, *digest.in_short, *digest.grouping, *digest.left_out, *digest.method]
    told += [notice.text for notice in digest.notices]
    told += [sentence for theme in digest.themes for sentence in theme.sentences]
    told += [card.lead for theme in digest.themes for card in theme.cards if card.lead]
    lengths = [len(sentence.split()) for text in told for sentence in re.split(r"(?<=[.:?]) ", text)]

    assert max(lengths) <= 25
    assert sum(lengths) / len(lengths) <= 15
    assert not re.search(r"\b(sentiment|negative|positive|users?|etc|e\.g|i\.e|\d+ people)\b", " ".join(told))


# --- cards --------------------------------------------------------------------------------------------------------------


def test_x_posts_are_counted_but_not_shown():
    digest = composed([kept(1, network="x"), kept(2)], analysis=analysis((1, 2)))

    assert [card.row for card in digest.themes[0].cards] == [2]
    assert digest.themes[0].all.link == "1 of 2 contributions"
    assert "1 contribution from X is counted but not shown." in digest.themes[0].sentences


def test_x_posts_are_shown_where_a_contract_allows_it():
    digest = composed(
        [kept(1, network="x", text="y" * 800), kept(2, network="x")], analysis=analysis((1, 2)), counts_only=frozenset()
    )

    assert [card.row for card in digest.themes[0].cards] == [2], "a long one only whole, in the list"
    assert [card.row for card in digest.themes[0].all.cards] == [1, 2]
    assert digest.themes[0].cards[0].handle == "@carer2.example"


@pytest.mark.parametrize(
    ("of_post", "shown"),
    [
        ({"labels": ("!hide",)}, False),
        ({"visibility": "private"}, False),
        ({"visibility": "private", "kind": "mail"}, True),
        ({"labels": ("!no-unauthenticated",)}, True),
        ({"labels": ("indexable:false",)}, True),
        ({}, True),
    ],
    ids=["hidden", "followers only", "a mail to us", "signed in", "not indexable", "public"],
)
def test_the_wish_of_author_and_network_is_obeyed(of_post, shown):
    assert may_show(make_post(1, **of_post), frozenset()) is shown


def test_a_theme_shows_each_author_once_and_every_channel_before_a_second_of_one():
    same = Author(handle="same")
    posts = [
        kept(1, author=same),
        kept(2, author=same),
        *(kept(row) for row in range(3, 9)),
        kept(9, network="mail"),
        kept(10, network="form"),
    ]

    picks = blocks.pick(posts)

    assert [one.row for one in picks] == [1, 3, 4, 9, 10]


def test_cards_are_joined_by_facts():
    posts = [
        kept(1),
        kept(2, posted_at=at(14)),
        kept(3, network="mail", posted_at=at(14)),
        kept(4, network="bluesky", posted_at=at(15)),
    ]
    reposts = [kept(row, network="bluesky", kind="repost", repost_of="000004", posted_at=at(16)) for row in (5, 6)]

    digest = composed(posts + reposts, analysis=analysis((1, 2, 3, 4)))

    assert [card.lead for card in digest.themes[0].cards] == [
        "",
        "Another is from Wednesday 14 October.",
        "Someone wrote by email on Wednesday 14 October.",
        "Passed on 2 times, more than any other in this theme.",
    ]


def test_a_long_text_is_cut_at_a_word_under_a_theme_and_whole_in_the_list():
    text = "word " * 400
    digest = composed([kept(1, text=text), kept(2, text="x" * 2000)], analysis=analysis((1, 2)))

    spaced, unspaced = digest.themes[0].cards

    assert spaced.text.endswith("word…")
    assert spaced.more == "1,300 more characters"
    assert len(unspaced.text) == blocks.EXTRACT + 1
    assert digest.themes[0].all.cards[0].text == text.strip()


def test_a_text_no_network_lets_through_says_that_it_is_cut():
    card = Maker(LONDON).card(kept(1, text="y" * (LONGEST + 5)))

    assert len(card.text) == LONGEST
    assert card.note == "The first 25,000 of 25,005 characters: the export holds the rest."


@pytest.mark.parametrize(
    ("author", "network", "name", "handle"),
    [
        (Author(), "form", "No name given", ""),
        (Author(handle="a.example"), "bluesky", "@a.example", ""),
        (Author(handle="@a", name="Ann"), "x", "Ann", "@a"),
        (Author(handle="a@example.org", name="Ann"), "mail", "Ann", "a@example.org"),
        (Author(handle="Ann", name="Ann"), "file", "Ann", ""),
        (Author(name="Ann\u202e \n gnA"), "file", "Ann gnA", ""),
    ],
    ids=["nobody", "handle", "at once", "address", "same", "turned"],
)
def test_names_are_told_once(author, network, name, handle):
    card = Maker(LONDON).card(kept(1, network=network, author=author))

    assert (card.name, card.handle) == (name, handle)


def test_a_card_tells_how_it_was_received_and_what_it_is():
    card = Maker(LONDON).card(
        kept(
            1,
            kind="reply",
            quote_of="7",
            edited_at=at(13),
            lang="und",
            labels=("!no-unauthenticated",),
            engagement=Engagement(likes=1036, reposts=1),
            text="half a pair \ud83d\x00",
        ),
        passed_on=1,
    )

    assert (card.engagement, card.passed_on, card.lang) == ("1,036 likes, 1 repost", "Passed on once", "")
    assert card.note.startswith("A reply. Quotes another post. Edited since it was first posted. Not for public pages")
    assert card.text == "half a pair \ufffd\ufffd"


@pytest.mark.parametrize(
    ("url", "safe"),
    [
        ("https://example.org/a", True),
        ("http://example.org", True),
        ("javascript:alert(1)", False),
        ("JaVaScRiPt://example.org/%0aalert(1)", False),
        ("data:text/html,x", False),
        ("at://did/post", False),
        ("https://", False),
        ("//example.org", False),
        ("https://exa\nmple.org", False),
        ("https://[broken", False),
        ("https://example.org/" + "a" * 2000, False),
        ("", False),
    ],
)
def test_only_addresses_of_the_web_become_links(url, safe):
    assert bool(safe_url(url)) is safe


def test_a_list_of_very_many_says_what_is_not_listed():
    posts = [kept(row, posted_at=at(12)) for row in range(1, blocks.LISTED + 2)]

    digest = composed(posts)

    assert len(digest.lists[0].cards) == blocks.LISTED
    assert digest.lists[0].intro == ("The first 10,000 are listed here. The export holds all of them.",)


def test_smaller_themes_keep_their_list():
    digest = composed([kept(row) for row in range(1, 15)], analysis=analysis(*((row,) for row in range(1, 15))))

    assert (len(digest.themes), len(digest.smaller)) == (compose.IN_FULL, 2)
    assert [cards.stem for cards in digest.lists] == [f"theme-{number}" for number in range(1, 15)]


def test_a_summary_tells_how_many_sources_have_gaps():
    digest = composed([kept(1)], coverage=(coverage(off="no contract"), coverage()))

    assert compose.summarise(digest).gaps == 1


def test_a_week_that_was_held_before_anything_was_grouped_says_nothing_of_grouping():
    told = " ".join(composed([kept(1)], analysis=replace(analysis(), version="")).method)

    assert "Grouping" not in told
    assert "A computer put" not in told
