"""How a text sounds."""

from listener.analysis import tone

SCORER = tone.Scorer()


def test_a_score_lies_between_minus_one_and_one_and_texts_keep_their_order():
    scores = SCORER.score(["awful " * 50, "lovely " * 50])

    assert [score.tone for score in scores] == ["difficult", "good"]
    assert all(-1 <= score.value <= 1 for score in scores)
