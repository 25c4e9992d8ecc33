"""What stands in the way of publishing, each with a sentence that says what to do and where."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from collectors.post import Author
from digests import desk, gate, gate_texts, grade, naming, public
from digests.curation import Approval, Curation, Element, HeldTheme, Paraphrase
from digests.edition import ChangeEntry, Rules
from digests.gate import Blocker
from digests.tally import Facts
from tests.publishing import SAID, agreed, make_curation, make_facts, make_gap, make_posts, make_said, quoting_curation

RULES = Rules()


def looked(curation: Curation | None = None, rules: Rules = RULES, **of_facts: Any) -> tuple[Blocker, ...]:
    facts = make_facts(curation=_approved(curation or make_curation(), rules, of_facts), **of_facts)
    return gate.found(facts, public.compose(facts, rules), rules)


def _approved(curation: Curation, rules: Rules, of_facts: dict[str, Any]) -> Curation:
    if curation.approval is not None:
        return curation
    content = public.fingerprint(public.compose(make_facts(curation=curation, **of_facts), rules))
    approval = Approval(by=2, at=datetime(2026, 10, 19, tzinfo=UTC), content=content, last_editor=1)
    return replace(curation, approval=approval)


def told(found: tuple[Blocker, ...]) -> list[tuple[str, str, str]]:
    return [(one.code, one.where, one.severity) for one in found]


def written(text: str, kind: Any = "prose", label: str = "going home") -> Curation:
    """The usual week with one more text of a curator."""
    story = (Element(key=7, kind=kind, text=text), *make_curation().themes[0].elements)
    return make_curation(themes=(HeldTheme(key="w1-c1", label=label, rows=tuple(range(1, 31)), elements=story),))


def test_a_week_that_is_ready_has_nothing_in_its_way():
    assert told(looked()) == []


def test_a_week_that_nobody_began_is_not_judged():
    facts = make_facts()

    with pytest.raises(ValueError, match="nobody has begun"):
        gate.blockers(replace(facts, curation=None), public.compose(facts, RULES), RULES)


def test_blockers_and_warnings_are_told_apart():
    facts = make_facts(curation=make_curation(themes=()))
    digest = public.compose(facts, RULES)

    assert told(gate.blockers(facts, digest, RULES)) == [("approval", "week", "blocks")]
    assert told(gate.warnings(facts, digest, RULES)) == [("no-quotes", "week", "warns")]


# --- quotes -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("curation", "code"),
    [
        ({"paraphrases": {}}, "no-paraphrase"),
        ({"paraphrases": {1: Paraphrase(text="  ", seq=1, by=1, checked_by=2)}}, "no-paraphrase"),
        ({"paraphrases": {1: Paraphrase(text="Ours.", seq=1, by=1)}}, "unchecked"),
        ({"paraphrases": {1: Paraphrase(text="Ours.", seq=1, by=1, checked_by=1)}}, "unchecked"),
        ({"paraphrases": {1: Paraphrase(text=f"So {SAID}.", seq=1, by=1, checked_by=2)}}, "too-near"),
        ({"modes": {1: "verbatim"}}, "not-allowed"),
        ({"hidden": {1: "abuse"}}, "not-allowed"),
    ],
)
def test_a_quote_that_is_not_ready_blocks(curation, code):
    assert told(looked(make_curation(**curation))) == [(code, "post:1", "blocks")]


def test_where_it_is_only_recorded_nobody_else_has_to_check():
    ours = {1: Paraphrase(text="Ours.", seq=1, by=1)}

    assert told(looked(make_curation(paraphrases=ours), Rules(second_person="recorded"))) == []


def test_words_that_changed_since_are_looked_at_again():
    assert told(looked(look_again=frozenset({1, 40}))) == [("look-again", "post:1", "blocks")]


def test_a_quote_of_what_was_taken_down_is_left_out_and_told():
    posts = make_posts()
    posts[0] = make_said(1, gone_at=datetime(2026, 10, 19, tzinfo=UTC))

    assert told(looked(posts=posts)) == [("gone", "post:1", "warns")]
    assert told(looked(posts=posts[1:])) == [("gone", "post:1", "warns")]


def test_nobody_should_be_quoted_twice():
    one = Author(handle="zq1.example", id="a")
    posts = [make_said(row, consent="ticked", author=one, text=f"Words of mine, part {row}.") for row in (1, 2)]
    story = tuple(Element(key=row, kind="quote", row=row) for row in (1, 2))
    theme = HeldTheme(key="w1-c1", label="rest", rows=(1, 2), elements=story)

    assert told(looked(make_curation(themes=(theme,)), posts=posts)) == [("same-voice", "post:2", "warns")]


# --- texts --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Ring 07700 900123 for it.", "personal"),
        ("Write to ann@example.org about it.", "personal"),
        ("They live at SW1A 2AA now.", "personal"),
        ("As @somebody.example says.", "personal"),
        ("As carer12.example says.", "name"),
        ("So said CARER 12 to us.", "name"),
        ("See [this](https://sky.example/post/1).", "address"),
        ("See https://sky.example/post/1 for it.", "address"),
        ("See https://[ or https://sky.example for it.", "address"),
        ("Ask [Ann](mailto:ann@example.org?subject=x).", "address"),
    ],
)
def test_prose_that_finds_a_person_blocks(text, code):
    posts = make_posts()
    posts[5] = make_said(6, url="https://sky.example/post/6")

    assert told(looked(written(text), posts=posts)) == [(code, "element:7", "blocks")]


@pytest.mark.parametrize(
    "text",
    [
        "About 1 in 4 people said so, and 12 carers more.",
        "See [the guide](https://example.org/guide) or https://example.org for it.",
        "Write to [us](mailto:Listening@example.org).",
        "Example Health Partnership asked.",
        "Nobody knows what 24/7 means until then.",
    ],
)
def test_prose_that_finds_nobody_is_let_through(text):
    assert told(looked(written(text), Rules(contact="listening@example.org"))) == []


@pytest.mark.parametrize(
    ("text", "kind"),
    [("A word of carer12.example", "heading"), ("See https://example.org", "heading"), ("Ring 07700 900123", "heading")],
)
def test_headings_are_looked_at(text, kind):
    assert [one.where for one in looked(written(text, kind))] == ["element:7"]


def test_names_of_themes_the_summary_and_the_note_are_looked_at():
    note = ChangeEntry(version=1, date=date(2026, 10, 19), sentence="At the wish of Carer 12.")

    assert told(looked(written("Words.", label="carer12.example says"))) == [("name", "theme:w1-c1", "blocks")]
    assert told(looked(make_curation(summary="Carer 12 said it best."))) == [("name", "week", "blocks")]
    assert told(looked(rules=Rules(changes=(note,)))) == [("name", "week", "blocks")]


def test_a_theme_that_is_not_shown_is_not_looked_at():
    hidden = HeldTheme(key="w1-c9", label="carer12.example", rows=(50,))

    assert told(looked(make_curation(themes=(*make_curation().themes, hidden)))) == []


def test_paraphrases_and_roles_are_looked_at():
    ours = {1: Paraphrase(text="So said Carer 12.", seq=1, by=1, checked_by=2)}
    kept = make_said(1, consent="ticked", text="Words of mine.", role="cares for ann@example.org")

    assert told(looked(make_curation(paraphrases=ours))) == [("name", "post:1", "blocks")]
    assert told(looked(quoting_curation(kept), posts=[kept])) == [("personal", "post:1", "blocks")]


def test_somebodys_own_words_are_looked_at_but_not_counted():
    kept = make_said(1, consent="ticked", text="We were 3 carers. Ask @ann.example or see https://example.org/x")

    assert told(looked(quoting_curation(kept), posts=[kept])) == [
        ("personal", "post:1", "blocks"),
        ("address", "post:1", "blocks"),
    ]


def test_who_agreed_to_be_named_may_be_named():
    kept = make_said(1, author=Author(name="Dilys Quill", id="d"), text="It is me, Dilys Quill.")
    verbatim = quoting_curation(kept, permissions={1: agreed("Dilys")})
    named = quoting_curation(kept, permissions={1: agreed("Dilys")}, modes={1: "named"})

    assert told(looked(verbatim, posts=[kept])) == [("name", "post:1", "blocks")]
    assert told(looked(named, posts=[kept])) == []


def test_an_organisation_is_shown_with_its_name():
    kept = make_said(1, consent="organisation", author=Author(name="Marsh Lane Carers"), text="Marsh Lane Carers is open.")

    assert told(looked(quoting_curation(kept, modes={1: "attributed"}), posts=[kept])) == []


@pytest.mark.parametrize("text", ["Only 3 people said so.", "Just two of the young carers did.", "Four answers came."])
def test_small_counts_in_prose_are_warned_of(text):
    assert told(looked(written(text))) == [("small-count", "element:7", "warns")]


EASY = "They rang at ten. He was on his way. The bed had not come. I had no pads in the house. " * 3
HARDEST = "Multidisciplinary organisations systematically underestimate administrative responsibilities. " * 6


@pytest.mark.parametrize(
    ("text", "expected"), [(EASY, []), (HARDEST, [("reading", "element:7", "blocks")]), (HARDEST[:90], [])]
)
def test_hard_prose_blocks(text, expected):
    assert told(looked(written(text))) == expected


def test_rather_hard_prose_is_warned_of():
    text = "People told us that they found out about the discharge plan on the day, often after transport was booked. " * 3

    assert 6 < grade.of(text) <= 8
    assert told(looked(written(text))) == [("reading", "element:7", "warns")]


# --- the week -----------------------------------------------------------------------------------------------------------


def with_gap(facts: Facts) -> tuple[Any, ...]:
    off = replace(facts.coverage[0], source="x", off="no contract", gaps=(make_gap(),))
    return (replace(facts.coverage[0], gaps=(make_gap(),)), off)


def test_gaps_are_acknowledged_by_name():
    coverage = with_gap(make_facts())
    key = gate.gaps_key(make_facts(coverage=coverage))

    assert gate.gaps_key(make_facts()) == gate.gaps_key(make_facts(coverage=coverage[1:])) == ""
    assert key == desk.gaps_name(coverage)
    assert told(looked(coverage=coverage)) == [("gaps", "week", "blocks")]
    assert told(looked(make_curation(acknowledged="other"), coverage=coverage)) == [("gaps", "week", "blocks")]
    assert told(looked(make_curation(acknowledged=key), coverage=coverage)) == []


def test_what_came_in_since_is_warned_of():
    found = looked(tray=(make_said(99),))

    assert told(found) == [("tray", "week", "warns")]
    assert found[0].sentence.startswith("1 contribution came in since you began")


def approval(by: int = 2, last_editor: int = 1, content: str = "") -> Approval:
    content = content or public.fingerprint(public.compose(make_facts(), RULES))
    return Approval(by=by, at=datetime(2026, 10, 19, tzinfo=UTC), content=content, last_editor=last_editor)


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        (approval(content="another"), "The words or quotes have changed since"),
        (approval(by=1), "Whoever changed the week last"),
        (approval(by=0), "Whoever changed the week last"),
    ],
)
def test_approval_is_of_this_content_by_somebody_else(given, sentence):
    (found,) = looked(make_curation(approval=given))

    assert found.code == "approval"
    assert found.sentence.startswith(sentence)


def test_where_it_is_only_recorded_the_last_editor_may_approve():
    rules = Rules(second_person="recorded")
    content = public.fingerprint(public.compose(make_facts(), rules))

    assert told(looked(make_curation(approval=approval(by=1, content=content)), rules)) == []


# --- names, runs of words, grades -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("author", "text", "is_named"),
    [
        (Author(name="Ann Quill", id="1"), "said ann QUILL.", True),
        (Author(name="Ann Quill", id="1"), "an annual quill", False),
        (Author(name="Ann", id="1"), "Ann said so", False),
        (Author(handle="quillson.bsky.social", id="1"), "as quillson said", True),
        (Author(handle="@quillson@example.social", id="1"), "as quillson said", True),
        (Author(handle="ann.quill@example.org", id="1"), "as Ann Quill said", True),
        (Author(handle="abc", id="1"), "the abc of care", False),
        (Author(handle="respite", id="1"), "people want respite", False),
        (Author(name="A Carer", id="1"), "so said a carer", False),
        (Author(), "nobody", False),
    ],
)
def test_people_are_found_by_name_and_handle_word_for_word(author, text, is_named):
    others = [make_said(row, text="A carer wants respite") for row in range(2, 6)]
    people = gate_texts.People.of([make_said(1, author=author, text="x"), *others], (), ())

    assert people.named(gate_texts.Text(where="week", what="It", words=text)) is is_named


def test_our_own_name_is_not_theirs():
    names = naming.Names([make_said(1, author=Author(name="Example Health", id="1"))], ("Example Health Partnership",))

    assert ("example", "health") not in names.index()


@pytest.mark.parametrize(
    ("ours", "theirs", "shared"),
    [
        ("a b c d e f g", "x A, b c d e F!", "a b c d e f"),
        ("a b c d e", "a b c d e", ""),
        ("", "a b c d e f", ""),
    ],
)
def test_six_words_in_a_row_can_be_found(ours, theirs, shared):
    assert gate_texts.shared_run(ours, theirs, 6) == shared


def test_grades_follow_sentences_and_syllables():
    assert grade.of("") == 0
    assert grade.of("The cat sat on the mat.") == pytest.approx(0.39 * 6 + 11.8 - 15.59)
    assert grade.of("It was said. It is late.") < grade.of("It was said that it is late and so on and on.")
    assert grade.length("One, two: don\u2019t.") == 3
