"""What a person should read first: measured on sentences with a label, and on what the demo's people say."""

import time
from pathlib import Path

import pytest

from listener.analysis import urgent
from listener.demo import words
from tests.factories import make_post

LABELLED = Path(__file__).parent / "labelled/urgent.txt"


def is_found(text, phrases=(), **differently):
    return urgent.finder(phrases)(make_post(text=text, **differently))


def sentences():
    return [line for line in LABELLED.read_text("utf-8").splitlines() if line and not line.startswith("# ")]


def test_every_labelled_sentence_is_found():
    missed = [sentence for sentence in sentences() if not is_found(sentence)]

    assert (missed, len(sentences())) == ([], 249)


def test_fewer_than_one_in_twenty_of_the_demos_posts_are_found():
    said = [wording.text for week in range(1, 6) for wording in words.week(week)]

    found = [text for text in said if is_found(text)]

    assert len(said) > 800
    assert len(found) < len(said) / 20


@pytest.mark.parametrize(
    "text",
    [
        "I can't go on",
        "I can\u2019t go on",
        "I CANT GO ON!!",
        "i   can't\ngo\ton...",
        "I can not go on",
        "#CantGoOn",
        "i cän't go on",
        "I can\u200b't go on",
        "\uff49 \uff43\uff41\uff4e\uff54 \uff47\uff4f \uff4f\uff4e",
    ],
)
def test_capitals_apostrophes_spacing_and_fancy_letters_do_not_matter(text):
    assert is_found(text)


@pytest.mark.parametrize("text", ["", "Thank you, the ward sister was lovely", "They organised a cant-ata", "#Parking"])
def test_what_is_harmless_is_left_alone(text):
    assert not is_found(text)


def test_title_and_warning_are_looked_at_and_what_is_passed_on_is_not():
    assert is_found("I am tired", title="Suicidal")
    assert is_found("I am tired", warning="CW: self-harm")
    assert not is_found("I want to die", kind="repost")


@pytest.mark.parametrize(
    ("phrase", "text", "found"),
    [
        ("want to die", "I WANT to die.", True),
        ("want to die", "I want to diet", False),
        ("want to die", "unwant to die", False),
        ("smok* ... bed", "He smokes again in his bed", True),
        ("smok* ... bed", "He smokes now and then in the big bed", False),
        ("smok* ... bed", "He smokes in the garden, not in embedded form", False),
        ("fire|flood", "There was a flood", True),
        ("no_one|nobody came", "No one came", True),
        ("can't cope", "cant cope", True),
    ],
)
def test_own_phrases_take_the_place_of_the_default_ones(phrase, text, found):
    assert is_found(text, (phrase,)) is found
    assert not is_found("suicide", (phrase,))


@pytest.mark.parametrize("text", ["want " * 20_000, "the baby is " * 8_000, "a" * 100_000, "not eaten hasnt " * 6_000])
def test_a_hostile_text_costs_no_more_than_its_length(text):
    began = time.monotonic()

    is_found(text)

    assert time.monotonic() - began < 5
