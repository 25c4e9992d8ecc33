"""What can be decided, and the sentence for what cannot."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digests import acts, curation
from digests.acts import CHECKS, checked
from digests.curation import Curation, Element, HeldTheme, Paraphrase, Refused

WEEK = Curation(
    themes=(
        HeldTheme(
            key="a",
            label="Rest",
            rows=(1, 2, 3, 20),
            elements=(Element(key=7, kind="quote", row=1), Element(key=8, kind="prose", text="x")),
        ),
        HeldTheme(key="b", label="Costs", rows=(5,)),
    ),
    last_row=10,
    hidden={2: "abuse"},
    paraphrases={1: Paraphrase(text="In our words.", seq=4, by=1)},
    newest=9,
)


@pytest.mark.parametrize(
    ("target", "verb", "value", "kept"),
    [
        ("week", "order", {"themes": ["b", "c", "b"]}, {"themes": ["b", "a"]}),
        ("week", "summary", {"text": " A\r\nweek. "}, {"text": "A\nweek."}),
        ("week", "summary", {}, {"text": ""}),
        ("week", "take_in", {"upto": "12"}, {"upto": 12}),
        ("week", "acknowledge", {"gaps": "mail:3"}, {"gaps": "mail:3"}),
        ("week", "approve", {"content": "c0ffee"}, {"content": "c0ffee"}),
        ("week", "reopen", {}, {}),
        ("week", "undo", {"seq": "9"}, {"seq": 9}),
        ("theme:a", "rename", {"label": " Rest\nand  sleep "}, {"label": "Rest and sleep"}),
        ("theme:a", "rename", {"label": "rest"}, {"label": "rest"}),
        ("theme:a", "merge", {"into": "b"}, {"into": "b"}),
        ("theme:a", "split", {"label": "Nights", "rows": ["3", 1, 99]}, {"label": "Nights", "rows": [1, 3]}),
        ("theme:a", "add", {"kind": "heading", "text": "Nights"}, {"kind": "heading", "text": "Nights"}),
        ("theme:a", "add", {"kind": "quote", "row": "3", "text": "forged"}, {"kind": "quote", "row": 3}),
        ("element:8", "edit", {"text": "y"}, {"text": "y"}),
        ("element:8", "move", {"by": "-1"}, {"by": -1}),
        ("element:7", "remove", {}, {}),
        ("post:1", "move", {"theme": "b"}, {"theme": "b"}),
        ("post:1", "move", {}, {"theme": ""}),
        ("post:1", "hide", {"reason": "advert", "note": "x"}, {"reason": "advert", "note": "x"}),
        ("post:1", "show", {}, {}),
        ("post:1", "tone", {"tone": "good"}, {"tone": "good"}),
        ("post:1", "paraphrase", {"text": "Ours."}, {"text": "Ours."}),
        ("post:1", "check", {}, {"seq": 4}),
        ("post:1", "consent", {"state": "yes", "name": "Jo"}, {"state": "yes", "how": "", "name": "Jo"}),
        ("post:1", "mode", {"mode": "verbatim"}, {"mode": "verbatim"}),
        ("post:1", "role", {"label": "a carer"}, {"label": "a carer"}),
        ("post:1", "answers", {"week": "1"}, {"week": 1}),
        ("post:1", "flag", {"extra": "dropped"}, {}),
        ("post:1", "unflag", {}, {}),
        ("post:1", "handled", {}, {}),
        ("post:1", "confirm", {}, {}),
    ],
)
def test_a_decision_keeps_what_its_verb_needs(target, verb, value, kept):
    assert checked(WEEK, target, verb, value) == kept


@pytest.mark.parametrize(
    ("target", "verb", "value", "sentence"),
    [
        ("week", "sing", {}, "no such act"),
        ("post:one", "flag", {}, "not there"),
        ("post:", "flag", {}, "not there"),
        ("post:²", "flag", {}, "not there"),
        ("post:1", "hide", {"reason": "critical of us"}, "Choose one of: advert"),
        ("post:1", "tone", {"tone": "bad"}, "Choose one of"),
        ("post:1", "move", {"theme": "gone"}, "not there any more"),
        ("post:3", "check", {}, "no paraphrase"),
        ("post:1", "paraphrase", {"text": "  "}, "Give the paraphrase"),
        ("week", "order", {"themes": "ab"}, "not a list"),
        ("week", "take_in", {"upto": 10}, "Nothing came in"),
        ("week", "take_in", {"upto": "ten"}, "not a number"),
        ("week", "take_in", {"upto": None}, "not a number"),
        ("week", "undo", {"seq": 0}, "nothing to undo"),
        ("week", "undo", {"seq": 10}, "nothing to undo"),
        ("week", "acknowledge", {}, "Give the gaps"),
        ("week", "summary", {"text": "x" * 2_001}, "2,000 characters"),
        ("theme:gone", "rename", {"label": "x"}, "not there any more"),
        ("theme:a", "rename", {"label": "costs"}, "has this name"),
        ("theme:a", "rename", {"label": "x" * 121}, "120 characters"),
        ("theme:a", "merge", {"into": "a"}, "into itself"),
        ("theme:a", "split", {"label": "x", "rows": []}, "but not all"),
        ("theme:a", "split", {"label": "x", "rows": [1, 2, 3, 20]}, "but not all"),
        ("theme:a", "add", {"kind": "image"}, "Choose one of"),
        ("theme:a", "add", {"kind": "quote", "row": 5}, "not in this theme"),
        ("theme:a", "add", {"kind": "quote", "row": 1}, "chosen already"),
        ("theme:a", "add", {"kind": "quote", "row": 2}, "hidden"),
        ("theme:a", "add", {"kind": "quote", "row": 20}, "take it in first"),
        ("element:7", "edit", {"text": "x"}, "not edited"),
        ("element:99", "remove", {}, "not there any more"),
    ],
)
def test_what_means_nothing_is_refused_in_a_sentence(target, verb, value, sentence):
    with pytest.raises(Refused, match=sentence) as told:
        checked(WEEK, target, verb, value)

    assert str(told.value).endswith(".")


def test_half_characters_and_nul_never_reach_the_store():
    assert checked(WEEK, "post:1", "paraphrase", {"text": "a\ud800b\x00c"}) == {"text": "a?bc"}


def test_every_verb_is_known_to_the_fold():
    state = curation._State(None)

    assert [name for name in CHECKS if name[1] != "undo" and not hasattr(state, f"_{name[0]}_{name[1]}")] == [
        ("post", "confirm")
    ]


JUNK = st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text(), st.lists, max_leaves=4)


@given(
    st.sampled_from(sorted(CHECKS)),
    st.sampled_from(["", "a", "1", "7", "99", "x"]),
    st.dictionaries(st.sampled_from(["theme", "themes", "rows", "row", "text", "label", "kind", "seq", "upto", "by"]), JUNK),
)
def test_whatever_is_asked_is_kept_or_refused(kind_and_verb, name, value):
    kind, verb = kind_and_verb
    try:
        acts.checked(WEEK, f"{kind}:{name}" if name else kind, verb, value)
    except Refused as told:
        assert str(told)  # noqa: PT017 -- any other error is what must not be
