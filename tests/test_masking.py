"""What is masked, and what looks like it and stays."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.masking import mask


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("my number is 943 476 5919.", "my number is [NHS number]."),
        ("9434765919", "[NHS number]"),
        ("943-476-5919", "[NHS number]"),
        ("NHS no: 943 476 5918, wrong by a digit", "NHS no: [NHS number], wrong by a digit"),
        ("NHS number is 9434765918", "NHS number is [NHS number]"),
        ("write to sam.o'neil+care@mail.example.org, please", "write to [email address], please"),
        ("(zoë@exämple.org)", "([email address])"),
        ("<mailto:a@b.example>", "<mailto:[email address]>"),
        ("call 07700 900123", "call [phone number]"),
        ("+44 7700 900 123", "[phone number]"),
        ("+44 (0)20 7946 0000 after six", "[phone number] after six"),
        ("(020) 7946 0000", "[phone number]"),
        ("0113 496 0000 or 0114-496-0000", "[phone number] or [phone number]"),
        ("00 44 1632 960 001", "[phone number]"),
        ("Tel: 496 0000", "Tel: [phone number]"),
        ("ring me on 7700900123", "ring me on [phone number]"),
        ("QQ 12 34 56 C is no prefix, AB123456C is", "QQ 12 34 56 C is no prefix, [National Insurance number] is"),
        ("ab 12 34 56 d", "[National Insurance number]"),
        ("at SW1A 1AA.", "at [postcode]."),
        ("sw1a1aa", "[postcode]"),
        ("LS1 4DY and M1 1AE", "[postcode] and [postcode]"),
        ("E1 2ND", "[postcode]"),
    ],
)
def test_what_identifies_a_person_is_masked(text, masked):
    assert mask(text) == masked


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Ring 111 or 999, or 116 123 at night.",
        "on 2026-11-17 10:30 and on 17.11.2026 09:00",
        "since 01-02-2024 12 30",
        "24 hours a day, 7 days, 365 nights, £12,500 in 2025",
        "E1 2nd floor, and E1 2ND floor too",
        "ward B12 3rd bed, M25 4am",
        "item 1234567890123456789012",
        "https://example.org/item/12345678901",
        "order 123 456 789",
        "call me at 10 on 17-11-2026",
        "@example on #NHSThinkCarer",
        "Q1 2AA is in no area",
        "+1",
        "001 000 000 000 000 00",
    ],
)
def test_what_only_looks_like_it_stays(text):
    assert mask(text) == text


@given(st.text(alphabet="0123456789 +()@.-abAB1SWE\n", max_size=80))
def test_what_was_masked_once_stays_as_it_is(text):
    assert mask(mask(text)) == mask(text)
