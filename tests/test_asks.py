"""What people ask for, and what they ask of whoever listens."""

import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from listener.analysis import asks
from storage.values import Request

SENTENCES = Path(__file__).parent.parent / "benchmarks/ask_sets/sentences.tsv"
QUESTIONS = ("What would make it easier to ask for help?",)
LABELLED = [line.split("\t") for line in SENTENCES.read_text("utf-8").splitlines()]


def told(text):
    return [(one.kind, one.text) for one in asks.find(text, QUESTIONS)]


@pytest.mark.parametrize(("kind", "least"), [("ask", 0.9), ("question", 0.9), ("none", 0.95)])
def test_the_sentences_written_beforehand_are_told_apart(kind, least):
    texts = [text for human, text in LABELLED if human == kind]

    right = sum([one for one, _ in told(text)] == ([] if kind == "none" else [kind]) for text in texts)

    assert right >= least * len(texts)


def test_only_the_sentences_that_ask_are_told_and_as_they_were_written():
    text = (
        "The nurse was kind. WE NEED more chairs, please!\nWhen will the lift work again? https://photo.example It was raining."
    )

    assert told(text) == [("ask", "WE NEED more chairs, please!"), ("question", "When will the lift work again?")]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "?",
        "Please",
        "Who knew?",
        "What would make it easier to ask for help?",
        "“What would make it easier to ask for help?” My neighbour did.",
        "What'd make it easier to ask for help? #ThinkCarer",
        "I couldn't have asked for more.",
        "Please help!",
        "She said: “You could use the bus.",
        "If it is not meant for you, please delete it.",
    ],
)
def test_what_asks_nothing_of_us_is_not_told(text):
    assert told(text) == []


def test_a_long_sentence_is_cut():
    (found,) = asks.find("We need " + "very " * 200 + "many chairs")

    assert len(found.text) < 410
    assert found.text.endswith("…")


def test_a_long_text_is_not_read_to_its_end():
    assert asks.find("x " * 3_000 + "\nWe need more chairs.") == ()
    assert len(asks.find("We need chairs.\n" * 200)) == asks.MOST


# --- joined -------------------------------------------------------------------------------------------------------------


SAME = {
    1: "We need more parking for carers near the ward",
    2: "More parking near the ward, please",
    3: "Please more parking near the ward",
    4: "We need a quiet room on the ward",
    5: "When will there be more parking near the ward?",
    6: "The food was good.",
}


def names(texts):
    return {row: [one.same for one in requests] for row, requests in asks.of_week(texts, QUESTIONS).items()}


def test_those_that_ask_for_the_same_thing_share_a_name():
    found = names(SAME)

    assert sorted(found) == [1, 2, 3, 4, 5]
    assert found[1] == found[2] == found[3]
    assert len({name for (name,) in found.values()}) == 3


def test_a_word_more_among_many_does_not_keep_them_apart():
    found = names(
        {
            1: "Please send letters about appointments, tests and tablets to carers and daughters",
            2: "Please send letters about appointments, tests, tablets to carers, daughters, sons",
        }
    )

    assert found[1] == found[2]


@given(st.permutations(list(SAME.items())))
def test_the_order_of_texts_does_not_matter(pairs):
    assert names(dict(pairs)) == names(SAME)


@given(st.text(max_size=200))
def test_any_text_may_be_looked_at(text):
    assert all(isinstance(one, Request) and one.text for one in asks.find(text))


def test_a_text_made_to_be_slow_is_not():
    text = "could you " * 2_000 + "nothing more " * 2_000 + "please " * 2_000

    assert len(asks.find(text)) <= 1


def test_a_name_does_not_depend_on_which_of_many_came_first():
    texts = {row: text for row, (_, text) in enumerate(LABELLED)}
    mixed = list(texts.items())
    random.Random(3).shuffle(mixed)

    assert asks.of_week(dict(mixed), QUESTIONS) == asks.of_week(texts, QUESTIONS)
