"""Texts as rows of numbers."""

import numpy as np
import pytest

from listener.analysis import themes, vectors
from tests.factories import NOW, make_kept
from tests.test_themes import TOPICS, make_week, texts_of

SAID = (
    "The fees for parking are far too dear.",
    "It costs a fortune to leave the car there.",
    "The doctor never rang me back.",
    "I waited a week for a call from the GP.",
    "She was kind and she listened.",
    "The staff are lovely and friendly.",
)


def place(texts):
    return vectors.place_rows(vectors.encode_texts(texts))


def test_texts_that_mean_the_same_are_near_without_a_word_in_common():
    rows = place(SAID)

    likeness = rows @ rows.T - 2 * np.eye(len(SAID))
    assert likeness.argmax(1).tolist() == [1, 0, 3, 2, 5, 4]


def test_rows_have_length_one_or_are_empty():
    rows = place([*SAID, "", "\U00013000\U00013001", "   "])

    assert np.linalg.norm(rows, axis=1).round(5).tolist() == [1.0] * 6 + [0.0] * 3


@pytest.mark.parametrize("texts", [[], ["", ""]], ids=["none", "none with words"])
def test_without_words_there_is_nothing(texts):
    assert not place(texts).any()


def test_accents_and_capitals_do_not_matter_and_what_is_not_known_is_left_out():
    plain = vectors.pieces_of("cafe on the ward")

    assert plain == vectors.pieces_of("CAF\u00c9 on the \U00013000\U00013001 ward")
    assert len(vectors.pieces_of("unaffordability")) > 1
    assert vectors.pieces_of("x" * 101) == []


def test_documents_that_share_no_word_are_unlike():
    rows = vectors.weigh_words([["bus", "late"], ["bus", "early"], ["moon"]]).rows

    assert (rows @ rows.T).round(3).tolist() == [[1.0, 1.0, 0.0], [1.0, 1.0, 0.0], [0.0, 0.0, 0.0]]


def test_a_large_week_is_grouped_by_what_is_meant_whatever_the_order():
    posts = make_week(60)
    assert len(posts) > themes.LEAST_FOR_MEANING

    found = themes.find(3, posts, NOW)

    topics = [
        {topic for topic in TOPICS for text in texts_of(posts, cluster.members) if topic in text.split()}
        for cluster in found.clusters
    ]
    assert all(len(told) == 1 for told in topics)
    assert set.union(*topics) == set(TOPICS)
    assert themes.find(3, posts[::-1], NOW) == found


def test_who_says_what_nobody_else_says_is_in_no_theme_of_a_large_week():
    odd = [make_kept(row, text=text) for row, text in ((700, "The moon was red above the harbour."), (701, "Chess at six?"))]

    found = themes.find(3, [*make_week(60), *odd], NOW)

    assert {700, 701} <= set(found.alone)


def test_what_is_not_in_english_is_in_no_theme():
    welsh = ("Does neb yn gofyn sut ydw i.", "Mae angen seibiant arnaf i hefyd.", "Diolch i bawb am wrando arnom ni.")
    others = [make_kept(row, text=text) for row, text in enumerate(welsh, 800)]

    found = themes.find(3, [*make_week(60), *others], NOW)

    assert {800, 801, 802} <= set(found.alone)
