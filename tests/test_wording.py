"""What is said without its furniture, and the names that groups get."""

import pytest

from listener.analysis import communities, labels, wording
from tests.factories import HASHTAG


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("RT @ward.example: The nurse's letter, late again #NHS", [["The", "nurse's", "letter"], ["late", "again"]]),
        ("See https://a.example/b?c and www.b.example now", [["See", "and", "now"]]),
        ("#NHSThinkCarer #Carers", []),
        ("my #respite was cut", [["my", "respite", "was", "cut"]]),
        ("A&E follow-up \u2014 GP\u2019s call", [["A&E", "follow-up"], ["GP's", "call"]]),
        ("the #nhsthinkcarer week", [["the", "week"]]),
    ],
)
def test_a_clause_is_the_words_that_were_said(text, expected):
    assert wording.clauses(text, wording.ignored_tags([HASHTAG])) == expected


@pytest.mark.parametrize(
    ("word", "expected"),
    [("Carers", "carer"), ("carer's", "carer"), ("families", "family"), ("illness", "illness"), ("bus", "bus"), ("GP", "gp")],
)
def test_a_stem_folds_the_plural(word, expected):
    assert wording.stem(word) == expected


@pytest.mark.parametrize("piece", ["word ", "<a word ", "\nregards\nword "])
def test_a_text_without_an_end_is_read_whole(piece):
    words = [word for words in wording.clauses(piece * 40_000) for word in words]

    assert words.count("word") > 39_900


def clauses_of(*texts):
    return [wording.clauses(text) for text in texts]


def test_a_label_is_a_phrase_people_wrote_as_they_wrote_it_most():
    waiting = clauses_of("The waiting times are bad", "Waiting times!", "waiting time at A&E", "waiting times for my mum")
    parking = clauses_of("parking permits", "a parking permit", "parking permits cost", "no permits left")

    named = labels.name_groups([waiting, parking])

    assert [one.label for one in named] == ["Waiting times", "Parking permits"]
    assert named[0].keywords[0] in ("waiting", "times")


def test_capitals_that_mean_something_are_kept():
    named = labels.name_groups([clauses_of(*["the GP surgery was SHUT"] * 4), clauses_of(*["a nice ward"] * 4)])

    assert named[0].label.startswith("GP surgery")


def test_without_a_phrase_the_two_best_words_are_joined():
    named = labels.name_groups([clauses_of("stairs", "ramp", "stairs", "stairs", "ramp", "ramp"), clauses_of(*["food"] * 6)])

    assert [one.label for one in named] == ["Ramp and stairs", "Food"]


def test_groups_of_like_words_get_unlike_labels():
    group = clauses_of(*["food"] * 6)

    assert [one.label for one in labels.name_groups([group, group, group])] == ["Food", "Other 1", "Other 2"]


PARKING = ["the parking machine", "parking, again", "I paid for parking"] * 2


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["I had to ring on the day", "we ring on the day", "they wrote and ring on the day", *["the surgery"] * 3], "Surgery"),
        (
            ["I support free hospital parking", "free hospital parking please", "we want free hospital parking"],
            "Free hospital parking",
        ),
        (["getting a break", "It is about getting a break", "never getting a break", "a break"], "Getting a break"),
        (
            ["Getting through on the phone", "getting through on the phone!", "getting through on the phone"],
            "Getting through on the phone",
        ),
        (
            ["she was polite and helpful", "very polite and helpful", "helpful and polite", "so helpful, very polite"],
            "Polite and helpful",
        ),
        (["my carer's assessment", "the carer's assessment was late", "no carer's assessment"], "Carer's assessment"),
        (["the discharge letter to the GP", "a discharge letter", "the discharge letter to us"], "Discharge letter"),
    ],
    ids=["no verb", "whole", "doing", "doing something somewhere", "how it was", "possessive", "most common"],
)
def test_a_label_reads_as_a_heading(texts, expected):
    named = labels.name_groups([clauses_of(*texts), clauses_of(*PARKING[:6]), clauses_of(*["a nice ward"] * 8)])

    assert named[0].label == expected


def test_what_few_of_a_group_wrote_does_not_name_it():
    texts = ["the drivers were late", "no drivers", "our drivers", "the drivers near the bus", "a bus", "the bus"] * 10

    named = labels.name_groups([clauses_of(*texts, *["a taxi driver"] * 3), clauses_of(*PARKING)])

    assert named[0].label == "Drivers and bus"


def test_who_would_change_nothing_is_named_by_that():
    texts = [
        "Nothing could be better",
        "I can't think of anything better",
        "it could not have been better",
        "the tea was better",
    ]

    named = labels.name_groups([clauses_of(*texts), clauses_of(*["no ramp, nothing has improved"] * 6)])

    assert [one.label for one in named] == ["Nothing to improve", "Ramp"]


def test_a_person_is_not_what_a_group_is_about():
    texts = ["we saw Sister Example there", "thanks to Example on the ward", "and then Example, on the ward", "the ward"]

    named = labels.name_groups([clauses_of(*texts), clauses_of(*PARKING)])

    assert "example" not in str(named).casefold()
    assert named[0].label == "Ward"


def test_keywords_are_no_small_talk():
    texts = ["the last day at the hospice", "people at the hospice", "a good day at the hospice", "hospice people all day"]

    named = labels.name_groups([clauses_of(*texts), clauses_of(*PARKING)])

    assert named[0].keywords[0] == "hospice"
    assert named[0].label == "Hospice"


def test_the_order_of_texts_does_not_change_a_name():
    groups = [clauses_of("the bed pan", "bed pan", "a bed pan", "no pan", "a night nurse", "night nurse"), clauses_of(*PARKING)]

    assert labels.name_groups([group[::-1] for group in groups]) == labels.name_groups(groups)


# --- communities --------------------------------------------------------------------------------------------------------


def test_two_cliques_with_a_weak_tie_are_two_groups():
    graph = [
        {other: 1.0 for other in range(first, first + 4) if other != node}
        for first in (0, 4)
        for node in range(first, first + 4)
    ]
    graph[0][4] = graph[4][0] = 0.1

    assert communities.find_groups([*graph, {}]) == [0, 0, 0, 0, 1, 1, 1, 1, 2]


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Good evening,\n\nThe rota works.", "The rota works."),
        ("Dear sir or madam,\nThe rota works.", "The rota works."),
        ("Hi all, the rota works.", "the rota works."),
        ("Hello is all they say.", "Hello is all they say."),
        ("The rota works.\n\nMany thanks,\nA Reader\n1 Some Row", "The rota works."),
        ("The rota works.\nRegards", "The rota works."),
        ("Hello,\n\nThe rota works.\n\nA Reader \U0001f49c", "The rota works."),
        ("The rota works.\n\nCar Park", "The rota works.\n\nCar Park"),
        ("Many thanks to the ward, kind regards or not", "Many thanks to the ward, kind regards or not"),
        ("The <b>rota</b> works <script>alert(1)</script>", "The  rota  works"),
        ("The rota works. My mobile is [phone number]", "The rota works."),
        ("The rota works\nmy husband's NHS number is [NHS number]", "The rota works"),
    ],
    ids=[
        "evening",
        "dear",
        "hi",
        "not a greeting",
        "leave",
        "bare leave",
        "name",
        "no letter",
        "no leave",
        "markup",
        "phone",
        "number",
    ],
)
def test_greetings_and_what_was_masked_are_not_what_a_mail_is_about(text, left):
    assert wording.strip_furniture(text).strip() == left
