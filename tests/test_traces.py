"""What names a person in a text, and what only looks like it."""

import pytest

from listener.jobs import traces
from listener.jobs.traces import NAME_TAKEN_OUT, TAKEN_OUT

SAID = "My mother waited nine hours on a trolley in the corridor that night."


@pytest.mark.parametrize(
    "text",
    [
        "as @ann.canary said",
        "ANN.CANARY wrote",
        "we asked Ann  Canary",
        "see https://sky.example/profile/ann.canary/post/1",
        "@ann told us",
        f"One wrote: “{SAID.lower()}”",
        "she waited nine hours on a trolley in the corridor",
    ],
)
def test_a_name_an_address_or_six_words_in_a_row_are_found(text):
    known = traces.of(["ann.canary", "Ann Canary", "@Ann"], [SAID])

    assert known.are_in(text)
    assert known.hide(text) == TAKEN_OUT


@pytest.mark.parametrize(
    "text", ["joann.canary", "Annie Canary", "in May we asked", "waited nine hours on a chair", "", "the corridor that night"]
)
def test_what_only_looks_like_it_is_left(text):
    known = traces.of(["ann.canary", "Ann Canary", "May"], [SAID])

    assert known.hide(text) == text
    assert known.mask(text) == text


def test_a_bare_name_that_may_be_a_word_is_pointed_out_and_left():
    known = traces.of(["May"], [])

    assert known.may_be_in("What May said")
    assert not known.may_be_in("what may be")
    assert not known.may_be_in("What @may said")
    assert known.mask("What @may said") == f"What {NAME_TAKEN_OUT} said"


def test_what_others_say_too_is_nobodys_trace():
    letter = "Please keep the day centre on the hill open for all of us."

    known = traces.of([], [letter], said_by_others=[f"Dear all, {letter}"])

    assert not known.are_in(letter)


def test_a_short_text_is_a_trace_as_a_whole_but_two_words_are_not():
    known = traces.of([], ["Parking costs money!", "Thank you"])

    assert known.are_in("“Parking costs money”")
    assert not known.are_in("Thank you for all of it")


def test_nobody_leaves_no_trace():
    known = traces.of(["", " "], [])

    assert not known.are_in("anything")
    assert not known.may_be_in("anything")
    assert known.mask("anything") == "anything"
