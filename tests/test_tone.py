"""How a text sounds."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st
from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

from listener.analysis import tone

SCORER = tone.Scorer()
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


def tone_of(text):
    return SCORER.score([text])[0].tone


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
    assert tone.tone_of(value) == expected


@pytest.mark.parametrize(
    "text",
    [
        "The care home is by the station.",
        "The cancer clinic is on level two.",
        "Ask at the emergency department.",
        "The support group meets in the hall.",
        "My day care and her care plan are on one page.",
    ],
)
def test_the_names_of_services_are_no_feelings(text):
    assert tone_of(text) == "neutral"


@pytest.mark.parametrize(
    "text", ["No complaints.", "Nothing to improve", "I can\u2019t fault them", "could not have been better"]
)
def test_praise_in_negative_words_is_praise(text):
    assert tone_of(text) == "good"


def test_a_score_lies_between_minus_one_and_one_and_texts_keep_their_order():
    scores = SCORER.score(["awful " * 50, "lovely " * 50])

    assert [score.tone for score in scores] == ["difficult", "good"]
    assert all(-1 <= score.value <= 1 for score in scores)


@given(st.lists(st.sampled_from(TONE_WORDS) | st.text(string.ascii_letters, min_size=1, max_size=6), max_size=40).map(" ".join))
def test_without_service_words_a_short_text_scores_as_plain_vader_says(text):
    assert SCORER.score([text])[0].value == BARE.polarity_scores(text)["compound"]


def test_only_the_first_emoji_count():
    few = SCORER.score(["\U0001f62d" * tone.MOST_EMOJI])

    assert SCORER.score(["\U0001f62d" * 2000]) == few


def test_words_after_many_emoji_still_count():
    assert tone_of("\U0001f600" * 30 + " horrible hateful terrible awful disgusting" * 60) == "difficult"


def test_a_very_long_text_is_scored_by_its_beginning():
    assert tone_of("word " * tone.MOST_SIGNS + "wonderful") == "neutral"


def test_the_version_names_the_scorer():
    assert tone.VERSION.startswith("vader-3.3.2/")
