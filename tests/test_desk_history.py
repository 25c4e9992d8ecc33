"""What was done in a week, in sentences."""

from datetime import UTC, datetime

import pytest

from digests import acts, history
from storage.curated import Decision, Hold
from storage.values import Analysis, Cluster

AT = datetime(2026, 10, 19, 9, tzinfo=UTC)
CLUSTER = Cluster(key="w1-c1", label="parking", keywords=(), members=(1, 2), representatives=(1,))
HOLD = Hold(week=1, at=AT, by=1, upto=1, last_row=9, analysis=Analysis(week=1, version="v", made_at=AT, clusters=(CLUSTER,)))


def decided(*told, by=1):
    return [
        Decision(seq=n, at=AT, by=by, week=1, target=target, verb=verb, value=value)
        for n, (target, verb, value) in enumerate(told, 1)
    ]


def sentences(*told):
    return [one.what for one in reversed(history.told(HOLD, decided(*told)))]


@pytest.mark.parametrize(
    ("target", "verb", "value", "what"),
    [
        ("week", "order", {"themes": []}, "changed the order of the themes"),
        ("theme:w1-c1", "merge", {"into": "gone"}, "merged “Parking” into “A theme”"),
        ("theme:w1-c1", "split", {"label": "Cars", "rows": [1]}, "made the theme “Cars” out of 1 contribution of “Parking”"),
        ("theme:w1-c1", "add", {"kind": "quote", "row": 2}, "chose contribution 2 for the theme “Parking”"),
        ("theme:w1-c1", "add", {"kind": "prose", "text": "x"}, "added a paragraph to the theme “Parking”"),
        ("theme:w1-c1", "add", {"kind": "heading", "text": "x"}, "added a heading to the theme “Parking”"),
        ("post:2", "move", {"theme": "w1-c1"}, "moved contribution 2 to the theme “Parking”"),
        ("post:2", "move", {"theme": ""}, "moved contribution 2 out of every theme"),
        ("post:2", "hide", {"reason": "advert"}, "hid contribution 2: advert"),
        ("post:2", "tone", {"tone": "neutral"}, "set the tone of contribution 2 to mixed or neutral"),
        ("post:2", "answers", {"week": 1}, "noted that contribution 2 answers the question of week 1"),
        ("post:2", "consent", {"state": "no"}, "noted that the writer of contribution 2 refused permission"),
        ("element:9", "remove", {}, "took out a part of a story"),
        ("week", "undo", {"seq": 77}, "undid an act"),
        ("week", "dance", {}, "did something that this release does not know"),
    ],
)
def test_an_act_is_told_in_a_sentence(target, verb, value, what):
    assert sentences((target, verb, value)) == [what]


VALUES = {"kind": "prose", "row": 1, "theme": "", "into": "", "label": "x", "rows": [1], "by": 1, "seq": 1, "reason": "abuse"}
VALUES |= {"tone": "good", "mode": "named", "state": "yes", "text": "SECRET WORDS", "name": "Ann", "week": 1}


@pytest.mark.parametrize(("kind", "verb"), list(acts.CHECKS), ids=str)
def test_every_verb_has_a_sentence_without_the_words_that_were_written(kind, verb):
    target = {"week": "week", "theme": "theme:w1-c1", "element": "element:1", "post": "post:3"}[kind]

    (what,) = sentences((target, verb, VALUES))

    assert "does not know" not in what
    assert "SECRET" not in what


def test_a_part_is_named_by_what_added_it():
    added = ("theme:w1-c1", "add", {"kind": "heading", "text": "x"})
    quoted = ("theme:w1-c1", "add", {"kind": "quote", "row": 2})
    prose = ("theme:w1-c1", "add", {"kind": "prose", "text": "x"})
    acts_on = [("element:1", "edit", {"text": "y"}), ("element:2", "move", {"by": -1}), ("element:3", "move", {"by": 1})]

    told = sentences(added, quoted, prose, *acts_on)[3:]

    assert told == ["changed a heading", "moved the quote of contribution 2 up", "moved a paragraph down"]


def test_undoing_and_bringing_back_say_what():
    told = history.told(HOLD, decided(("post:2", "show", {}), ("week", "undo", {"seq": 1}), ("week", "undo", {"seq": 2})))

    assert [(one.what, one.undone, one.is_undo) for one in told] == [
        ("brought back: showed contribution 2 again", False, True),
        ("undid: showed contribution 2 again", True, True),
        ("showed contribution 2 again", False, False),
    ]


def test_undoing_an_undoing_of_an_undoing_is_told_in_short():
    undoings = [("week", "undo", {"seq": n}) for n in (1, 2, 3)]

    assert sentences(("post:2", "show", {}), *undoings)[-1] == "brought back: an act"


def test_a_theme_keeps_its_last_name_whatever_became_of_it():
    told = sentences(
        ("theme:w1-c1", "split", {"label": "Cars", "rows": [1]}),
        ("theme:s1", "rename", {"label": "lifts"}),
        ("theme:s1", "merge", {"into": "w1-c1"}),
    )

    assert told[1:] == ["named a theme “lifts”", "merged “Lifts” into “Parking”"]


def test_the_last_act_of_a_person_is_one_that_counts():
    decisions = [*decided(("post:2", "show", {}), ("post:3", "show", {}), ("week", "undo", {"seq": 2}))]

    last = history.last_of(history.told(HOLD, decisions), 1)

    assert last is not None
    assert (last.seq, last.row) == (1, 2)
    assert history.last_of(history.told(HOLD, decisions), 2) is None


def test_a_week_that_nobody_holds_has_no_acts():
    assert history.told(None, ()) == ()
