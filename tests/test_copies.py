"""Which contributions only repeat another, and which are adverts."""

import random
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.post import Author
from listener.analysis import copies, spam
from tests.factories import HASHTAG, make_kept, make_post

SENTENCE = "the night nurse explained every tablet to my mother and wrote the times on a card for the fridge"
START = make_post().posted_at


# --- copies -------------------------------------------------------------------------------------------------------------


def test_a_repost_repeats_its_original_even_if_it_is_older():
    posts = [make_kept(2, text="Anything", id="a"), make_kept(1, text="", kind="repost", repost_of="a")]

    assert copies.collapse(posts) == {1: 2}


def test_reposts_of_an_unknown_original_repeat_the_first_of_them():
    posts = [make_kept(row, text="", kind="repost", repost_of="elsewhere") for row in (3, 1, 2)]

    assert copies.collapse(posts) == {2: 1, 3: 1}


def test_a_repost_of_a_repost_repeats_the_original():
    posts = [
        make_kept(1, id="a", text="One thing I said"),
        make_kept(2, id="b", text="", repost_of="a"),
        make_kept(3, id="c", text="", repost_of="b"),
    ]

    assert copies.collapse(posts) == {2: 1, 3: 1}


def test_reposts_that_point_at_each_other_end():
    posts = [make_kept(1, id="a", text="", repost_of="b"), make_kept(2, id="b", text="", repost_of="a")]

    assert copies.collapse(posts) == {}


def test_an_id_means_something_on_its_own_network_only():
    posts = [make_kept(1, id="a", network="x"), make_kept(2, network="bluesky", text="", kind="repost", repost_of="a")]

    assert copies.collapse(posts) == {}


@pytest.mark.parametrize(
    "again",
    [
        "OUR DISCHARGE letter never came!!!",
        f"Our discharge letter never came {HASHTAG} #carers",
        f"{HASHTAG} Our discharge letter never came.",
        "RT @some.body.example: Our discharge letter never came",
        "Our discharge letter never came https://news.example/letter?from=x",
        "@ward.example Our  discharge\nletter never came",
        "Our dis\u200bcharge\u202e letter never came",
        "\uff2f\uff55\uff52 discharge letter never came",
    ],
    ids=[
        "capitals",
        "tags at the end",
        "tag at the start",
        "repost mark",
        "link",
        "handle and space",
        "controls",
        "wide letters",
    ],
)
def test_a_text_that_differs_in_furniture_only_is_a_copy(again):
    posts = [make_kept(1, text="Our discharge letter never came"), make_kept(2, text=again)]

    assert copies.collapse(posts) == {2: 1}


def test_a_tag_inside_a_sentence_is_a_word():
    posts = [
        make_kept(1, text="We need #respite before winter starts"),
        make_kept(2, text="We need #parking before winter starts"),
    ]

    assert copies.collapse(posts) == {}


@pytest.mark.parametrize("opening", ["This. ", "Same here: "])
def test_a_text_with_a_word_or_two_more_is_a_near_copy(opening):
    posts = [make_kept(1, text=SENTENCE), make_kept(2, text=opening + SENTENCE)]

    assert copies.collapse(posts) == {2: 1}


def test_a_text_with_other_words_in_the_same_frame_is_none():
    posts = [
        make_kept(1, text="I care for my son and I need a break"),
        make_kept(2, text="I care for my wife and I need a ramp"),
    ]

    assert copies.collapse(posts) == {}


def test_a_copy_of_a_near_copy_repeats_the_original():
    posts = [make_kept(1, text=SENTENCE), make_kept(2, text=f"This. {SENTENCE}"), make_kept(3, text=f"This! {SENTENCE}")]

    assert copies.collapse(posts) == {2: 1, 3: 1}


@pytest.mark.parametrize(
    ("text", "kind", "expected"),
    [
        ("more respite", "post", {2: 1}),
        ("thank you so", "post", {}),
        ("", "post", {}),
        ("\U0001f44d", "post", {}),
        ("more respite", "answer", {}),
        ("more respite beds in spring", "answer", {2: 1}),
    ],
    ids=["telling", "trivial", "empty", "emoji", "two people's answer", "long answer"],
)
def test_a_few_words_are_a_copy_only_if_they_tell_something(text, kind, expected):
    posts = [make_kept(row, text=text, kind=kind) for row in (1, 2)]

    assert copies.collapse(posts) == expected


WORDS = st.sampled_from(("ward", "night", "letter", "nurse", "bed", "transport", "respite", "form", "never", "came", "late"))
POSTS = st.lists(st.tuples(st.lists(WORDS, max_size=12), st.sampled_from(["", "1", "2", "7", "gone"])), max_size=12)


@given(POSTS, st.randoms())
def test_copies_form_no_chains_and_no_order_changes_them(drawn, chance: random.Random):
    posts = [make_kept(row, id=str(row), text=" ".join(words), repost_of=of) for row, (words, of) in enumerate(drawn)]

    found = copies.collapse(posts)

    chance.shuffle(posts)
    assert copies.collapse(posts) == found
    assert not set(found.values()) & found.keys()


# --- adverts ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Last chance, half price scooters https://shop.example/1", {1: "advert"}),
        ("Use code WHEELS at the till https://shop.example/2", {1: "advert"}),
        ("Use code WHEELS at the till", {}),
        ("Half price bus fares for carers would help https://council.example/bus", {}),
        ("We cannot click here or there, the form is broken", {}),
        ("#a #b #c #d #e #f look", {1: "off topic burst"}),
        ("#a #b #c #d #e #f are six tags, and this is still a sentence of mine", {}),
    ],
    ids=["two ways of selling", "one sure way", "no link", "one unsure way", "no selling", "tags only", "tags and words"],
)
def test_adverts_and_tag_riders_are_told_by_plain_signs(text, expected):
    assert spam.find_spam([make_kept(1, text=text)], [HASHTAG]) == expected


def test_an_answer_to_a_questionnaire_is_never_left_out():
    assert spam.find_spam([make_kept(1, kind="answer", text="Use code X now https://shop.example")]) == {}


def test_an_account_that_advertised_twice_is_left_out_where_it_links():
    trader = Author(handle="trader.example")
    texts = [
        "Bad credit? https://s.example/1",
        "Bitcoin today https://s.example/2",
        "See https://s.example/3",
        "I care for my dad",
    ]

    found = spam.find_spam([make_kept(row, text=text, author=trader) for row, text in enumerate(texts)])

    assert found == {0: "advert", 1: "advert", 2: "advert"}


def test_a_repost_of_an_advert_goes_with_it():
    posts = [make_kept(1, id="a", text="Casino night https://c.example"), make_kept(2, text="", kind="repost", repost_of="a")]

    assert spam.find_spam(posts) == {1: "advert", 2: "advert"}


@pytest.mark.parametrize(
    ("minutes", "text", "same", "number"),
    [
        (10, "Read this https://l.example/page?n={n}", True, 5),
        (20, "Read this https://l.example/page", True, 0),
        (10, "Read this https://l.example/page", False, 0),
        (10, "#one #two #three https://l.example/page words of number {n}", False, 5),
        (10, "Read this https://l.example/{n}", True, 0),
    ],
    ids=["one account", "slowly", "many accounts", "many accounts under other tags", "many links"],
)
def test_one_link_pushed_within_an_hour_is_a_burst(minutes, text, same, number):
    posts = [
        make_kept(
            row,
            text=text.format(n=row),
            posted_at=START + timedelta(minutes=minutes * row),
            author=Author(handle="one.example" if same else f"{row}.example"),
        )
        for row in range(5)
    ]

    assert len(spam.find_spam(posts, [HASHTAG])) == number


def quiet_week():
    """Two contributions a day about one thing."""
    return [
        make_kept(row, text=f"My carer register form is lost, question {row}", posted_at=START + timedelta(hours=12 * row))
        for row in range(14)
    ]


def crowd(text):
    return [make_kept(row, text=text, posted_at=START + timedelta(hours=30, seconds=row)) for row in range(100, 130)]


def test_a_crowd_that_took_the_tag_over_is_left_out():
    found = spam.find_spam(quiet_week() + crowd("Vote for the singing lighthouse"), [HASHTAG])

    assert found == dict.fromkeys(range(100, 130), "off topic burst")


def test_a_busy_hour_about_the_weeks_question_stays():
    assert spam.find_spam(quiet_week() + crowd("Singing about the register is no help"), [HASHTAG]) == {}
