"""VADER, cured of what it does not know of services."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st
from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

from listener.analysis import vader

BASELINE = vader.Baseline()
BARE = SentimentIntensityAnalyzer()
TONE_WORDS = [
    "good",
    "bad",
    "not",
    "no",
    "very",
    "least",
    "but",
    "love",
    "HATE",
    "hardly",
    "never",
    "so",
    "the",
    "kind",
    "of",
    "bus",
]


def value_of(text):
    return BASELINE.feeling(text)["compound"]


def tone_of(text):
    return vader.tone_of(value_of(text))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The ward sister was wonderful and so kind to us.", "good"),
        ("It was a terrible night, we were left crying and scared.", "difficult"),
        ("The bus goes past the library.", "neutral"),
        ("", "neutral"),
        ("\U0001f600", "good"),
    ],
)
def test_plain_feelings_are_told_apart(text, expected):
    assert tone_of(text) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [(0.05, "good"), (0.0499, "neutral"), (0.0, "neutral"), (-0.0499, "neutral"), (-0.05, "difficult")],
)
def test_the_thresholds_belong_to_a_feeling(value, expected):
    assert vader.tone_of(value) == expected


@pytest.mark.parametrize(
    "text",
    [
        "The care home is by the station.",
        "The cancer clinic is on level two.",
        "Ask at the emergency department.",
        "The support group meets in the hall.",
        "My day care and her care plan are on one page.",
        "The suicide prevention team is run by the trust.",
        "The bus stops outside the complaints department.",
        "I care for my father and he has heart failure.",
    ],
)
def test_the_names_of_services_are_no_feelings(text):
    assert tone_of(text) == "neutral"


@pytest.mark.parametrize(
    "text",
    [
        "No complaints.",
        "Nothing to improve",
        "I can\u2019t fault them",
        "could not have been better",
        "Nothing was too much trouble",
        "Dad was well looked after",
    ],
)
def test_praise_in_negative_words_is_praise(text):
    assert tone_of(text) == "good"


@pytest.mark.parametrize(
    "text",
    [
        "Carers are exhausted and nobody cares.",
        "They did not listen to me",
        "There is no support at all",
        "I was fobbed off again",
        "Passed from pillar to post.",
    ],
)
def test_blame_in_care_words_is_blame(text):
    assert tone_of(text) == "difficult"


def test_care_itself_is_no_praise_but_caring_people_are():
    assert tone_of("I care for my mother and support my brother.") == "neutral"
    assert tone_of("Such caring people.") == "good"


@given(st.lists(st.sampled_from(TONE_WORDS) | st.text(string.ascii_letters, min_size=1, max_size=6), max_size=40).map(" ".join))
def test_without_service_words_a_short_text_scores_as_plain_vader_says(text):
    assert value_of(text) == BARE.polarity_scores(text)["compound"]


def test_only_the_first_emoji_count():
    few = BASELINE.feeling("\U0001f62d" * vader.MOST_EMOJI)

    assert BASELINE.feeling("\U0001f62d" * 2000) == few


def test_words_after_many_emoji_still_count():
    assert tone_of("\U0001f600" * 30 + " horrible hateful terrible awful disgusting" * 60) == "difficult"


def test_a_very_long_text_is_scored_by_its_beginning():
    assert tone_of("word " * vader.MOST_SIGNS + "wonderful") == "neutral"


def test_the_version_names_the_scorer():
    assert vader.VERSION.startswith("vader-3.3.2/")
