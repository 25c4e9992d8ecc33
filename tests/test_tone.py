"""How a text sounds, by the model trained on feedback and by VADER."""

import hashlib
from importlib import resources
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from listener.analysis import feedback, tone

SCORER = tone.Scorer()
WISHES = tone.Scorer(question="What would make it easier to ask for help?")


def told(scorer, text):
    return scorer.score([text])[0].tone


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The crew were lovely and put me at ease.", "good"),
        ("Very quick and helpful, thank you", "good"),
        ("Waited over five hours in the corridor.", "difficult"),
        ("Nobody rang me back and I had to wait all night", "difficult"),
        ("Nothing.", "good"),
        ("The clinic is next to the car park.", "neutral"),
        ("", "neutral"),
    ],
)
def test_feedback_is_read_as_people_read_it(text, expected):
    assert told(SCORER, text) == expected


def test_a_word_for_care_does_not_make_a_complaint_praise():
    assert told(SCORER, "The care my mother got on the ward was not good enough.") != "good"


def test_at_most_one_neutral_sentence_in_ten_is_called_good_or_difficult():
    texts = (Path(__file__).parent.parent / "benchmarks/tone_sets/neutral.txt").read_text("utf-8").splitlines()

    called = [score.tone for score in SCORER.score(texts)]

    assert len(called) == 100
    assert sum(one != "neutral" for one in called) <= 10


def test_words_the_model_never_saw_are_left_to_vader():
    strange = "Zxqv wubbly frinkle horrible"

    assert SCORER.score([strange])[0].tone == tone.Scorer("vader").score([strange])[0].tone == "difficult"


def test_a_post_for_a_network_is_left_to_vader():
    text = "Still waiting for an ambulance #carers"

    assert SCORER.score([text]) == tone.Scorer("vader").score([text])


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("What could we do better?", "good"),
        ("What is difficult about asking for help?", "good"),
        ("What went well?", "difficult"),
    ],
)
def test_nothing_means_the_opposite_under_opposite_questions(question, expected):
    assert told(tone.Scorer(question=question), "Nothing at all.") == expected
    assert told(tone.Scorer("vader", question), "None") == expected


def test_no_says_nothing_where_the_question_only_wants_yes_or_no():
    scorer = tone.Scorer(question="Do you feel better supported?")

    assert told(scorer, "No") == told(SCORER, "No")


@pytest.mark.parametrize("text", ["Don\u2019t know", "n/a", "Not sure", "No comment"])
def test_no_answer_is_neither(text):
    assert told(WISHES, text) == "neutral"


@pytest.mark.parametrize(
    "text", ["A phone line in the evening", "More staff", "Shorter waiting times", "Ring us before the visit"]
)
def test_a_wish_is_no_complaint_where_wishes_were_asked_for(text):
    assert told(WISHES, text) == "neutral"


def test_a_complaint_is_one_where_wishes_were_asked_for():
    assert told(WISHES, "Waited over five hours in the corridor and nobody came.") == "difficult"


def test_a_score_lies_between_minus_one_and_one_and_texts_keep_their_order():
    scores = SCORER.score(["awful " * 50, "lovely " * 50])

    assert [score.tone for score in scores] == ["difficult", "good"]
    assert all(-1 <= score.value <= 1 for score in scores)


@given(st.text(max_size=200), st.sampled_from(["feedback", "vader"]))
@settings(deadline=None)
def test_any_text_has_a_tone_a_value_and_a_probability(text, choice):
    [score] = tone.Scorer(choice).score([text])

    assert score.tone in ("difficult", "neutral", "good")
    assert -1 <= score.value <= 1
    assert 1 / 3 <= score.probability <= 1


def test_what_was_read_before_does_not_change_what_is_read_now():
    text = "They were kind but we had to wait"
    fresh = tone.Scorer().score([text])

    SCORER.score(["Waiting, waiting and no word of it", "Kind, kind people"])

    assert SCORER.score([text]) == fresh


def test_doubt_is_said():
    assert SCORER.score(["The crew were lovely, thank you so much."])[0].sure
    assert not SCORER.score(["It was in the end, as they come, a visit."])[0].sure


def test_the_version_names_the_scorer_and_what_the_question_asks_for():
    assert tone.version("vader").startswith("vader-3.3.2/")
    assert tone.version("feedback").startswith("feedback-1/")
    assert tone.version("feedback", "What went well?").endswith("/asked-good")
    assert SCORER.version == tone.version("feedback")


def test_the_weights_are_those_of_the_version():
    """Whoever trains them anew gives them a new number, so that scores of the old ones are not taken for theirs."""
    weights = resources.files("listener.analysis").joinpath("feedback.npz").read_bytes()

    assert hashlib.sha256(weights).hexdigest()[:12] == "84ad4794a547"
    assert feedback.VERSION == "feedback-1"
