"""Replies without what they quote and without signatures, and nothing of a person's own lost."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collectors import replies

INTROS = [
    "On Mon, 16 Nov 2026 at 09:00, Carers team <carers@example.org> wrote:",
    "On Mon, 16 Nov 2026 at 09:00, Carers team <carers@example.org>\nwrote:",
    "On 16 Nov 2026, at 09:00, Carers team\n<carers@example.org> wrote:",
    "Am 16.11.2026 um 09:00 schrieb Carers team <carers@example.org>:",
    "Le lun. 16 nov. 2026 à 09:00, Carers team <carers@example.org> a écrit :",
    "El lun, 16 nov 2026 a las 9:00, Carers team (<carers@example.org>) escribió:",
    "Il giorno lun 16 nov 2026 alle ore 09:00 Carers team <carers@example.org> ha scritto:",
    "Op ma 16 nov. 2026 om 09:00 schreef Carers team <carers@example.org>:",
    "Den mån 16 nov. 2026 kl 09:00 skrev Carers team <carers@example.org>:",
    "16.11.2026, 09:00, Carers team <carers@example.org>:",
    "Monday, 16 November 2026, 9:00 AM from Carers team <carers@example.org>:",
    "2026年11月16日 9:00 Carers team <carers@example.org>さんは書きました:",
    "---- On Mon, 16 Nov 2026 09:00:00 +0000 carers@example.org wrote ----",
    "On Mon, 16 Nov 2026 09:00:00 +0000 Carers team <carers@example.org> wrote",
    "Message du : 16/11/2026 09:00\nDe : Carers team\nA : sam@example.org\nSujet : Semaine 1",
    "-----Original Message-----",
    "---------- Forwarded message ---------",
    "Begin forwarded message:",
    "-------- Ursprüngliche Nachricht --------",
    "________________________________\nFrom: Carers team\nSent: 16 November 2026 09:00\nTo: Sam\nSubject: Week 1",
    "*From:* Carers team\n*Sent:* 16 November 2026 09:00\n*To:* Sam\n*Subject:* Week 1",
    "Von: Carers team\nGesendet: Montag, 16. November 2026\nAn: Sam\nBetreff: Woche 1",
    "De : Carers team\nEnvoyé : lundi 16 novembre 2026\nÀ : Sam\nObjet : Semaine 1",
]


@pytest.mark.parametrize("intro", INTROS)
@pytest.mark.parametrize("quoted", ["> What would help?\n> Tell us.", "What would help?\nTell us."], ids=["marked", "unmarked"])
def test_what_an_introduction_opens_is_left_out(intro, quoted):
    text = f"A sitter on Tuesdays.\n\nAnd sleep.\n\n{intro}\n\n{quoted}\n"

    assert replies.strip(text) == "A sitter on Tuesdays.\n\nAnd sleep."


def test_answers_below_and_between_quotations_stay():
    text = "Hello,\n\nOn 1 Nov 2026, A <a@example.org> wrote:\n> One?\nYes.\n> Two?\n\nNo.\n"

    assert replies.strip(text) == "Hello,\n\nYes.\n\nNo."


@pytest.mark.parametrize(
    "text",
    [
        "From: my heart.\nTo: the nurse who stayed.",
        "On Monday my mother wrote: a poem about 3 nurses.",
        "I wrote to them on 3 May 2026 and nobody wrote:\nthat was hard.",
        "We had 3 choices -- none good.",
        "Cheers went up when the sitter came.",
        "Sent from my desk, which is where I sleep now.",
        "Original message received with thanks.",
        "a -> b",
    ],
)
def test_words_that_only_look_like_a_mark_stay(text):
    assert replies.strip(text) == text


@pytest.mark.parametrize(
    "signature",
    [
        "-- \nSam\nCarers United",
        "--\nSam",
        "Sent from my iPhone",
        "Sent from my Galaxy S21",
        "Get Outlook for iOS",
        "Envoyé de mon iPhone",
        "Kind regards,\nSam",
        "Best wishes\n\nSam Example\nVolunteer\nExample Town",
        "Yours sincerely,\nSam\n\nSent from Outlook for Android",
    ],
)
def test_a_signature_is_left_out(signature):
    assert replies.strip(f"A sitter on Tuesdays.\n\n{signature}\n") == "A sitter on Tuesdays."


@pytest.mark.parametrize(
    "text",
    [
        "Kind regards,\nSam\n\nPS: I forgot that we need a ramp.",
        "Thank you.\n\nBest wishes\n" + "\n".join(f"Line {n} of a list" for n in range(9)),
        "Kind regards\n" + "a long line without an end " * 4,
    ],
)
def test_words_below_a_closing_stay(text):
    assert replies.strip(text) == text.strip()


@pytest.mark.parametrize(
    "text",
    ["> only\n> quoted", "On 1 Nov 2026, A <a@example.org> wrote:\n\nWhat would help?", "--\nSam", "Sent from my iPhone"],
)
def test_where_nothing_would_be_left_the_whole_stays(text):
    assert replies.strip(text) == text


def test_a_line_above_an_introduction_is_no_part_of_it():
    text = "A sitter on 3 Tuesdays\nOn 1 Nov 2026, A <a@example.org> wrote:\n> What would help?"

    assert replies.strip(text) == "A sitter on 3 Tuesdays"


def test_an_answer_without_a_word_says_nothing():
    text = "On 1 Nov 2026, A <a@example.org> wrote:\n\n> What would help?\n"

    assert replies.strip(text) == ""


def test_a_paragraph_on_one_long_line_stays_and_its_quotation_goes():
    line = "We need sleep. " * 200

    assert replies.strip(f"{line}\n\nOn 1 Nov 2026, A <a@example.org> wrote:\n> {line}") == line.strip()


@pytest.mark.parametrize(
    "text", ["On 1 wrote\n" * 30_000, "> a\n" * 20_001 + "mine", "-" * 300_000], ids=["lines", "quotes", "size"]
)
def test_what_is_too_odd_to_look_at_stays_whole(text):
    assert replies.strip(text) == text.strip()


def test_introductions_far_down_are_found_without_quotequail():
    own = "mine\n" * 3_000

    assert replies.strip(f"{own}\nOn 1 Nov 2026, A <a@example.org> wrote:\nyours") == own.strip()


@settings(deadline=None)
@given(
    st.lists(
        st.sampled_from(["a word", "> quoted", "On 1 Nov 2026, A <a@example.org> wrote:", "-- ", "", "From: a", "Sent: b"])
    )
)
def test_something_is_always_left_of_what_is_not_all_quoted(lines):
    text = "\n".join(["a word", *lines])

    assert replies.strip(text)
