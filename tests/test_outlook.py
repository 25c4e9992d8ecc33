"""Outlook's message files as mails, whatever stands in them."""

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collectors.base import Aside, Item
from collectors.mail import read_mail
from collectors.post import Post
from tests.outlook_files import make_msg

MOMENT = datetime(2026, 11, 17, 9, 15, 30, tzinfo=UTC)
WIRE = "From: Carer 1 <carer1@example.org>\r\nMessage-ID: <a1@example.org>\r\nDate: Tue, 17 Nov 2026 09:15:30 +0000\r\n"
WORDS = {
    "1000": "A sitter would help.\r\n\r\nFrom: Team\r\nSent: Monday\r\nTo: Carer 1\r\nSubject: Week 1\r\n\r\nWhat would help?"
}


def post_of(payload: bytes) -> Post:
    item = read_mail(payload, None, mask=False)
    assert isinstance(item, Item)
    return item.post


def test_a_message_with_the_headers_of_its_way_is_read_as_that_mail():
    post = post_of(
        make_msg(
            WORDS | {"007D": WIRE + "Subject: Respite\r\nContent-Type: multipart/mixed;\r\n boundary=b\r\n"},
            attached=["ramp.jpg"],
        )
    )

    assert (post.id, post.posted_at) == ("20261117T09/a1@example.org", MOMENT)
    assert (post.author.handle, post.title, post.text) == ("carer1@example.org", "Respite", "A sitter would help.")
    assert post.media == ("ramp.jpg",)


def test_a_message_that_never_left_the_house_is_read_by_what_outlook_noted():
    post = post_of(make_msg(WORDS | {"0037": "Respite", "0C1A": "Carer 1", "5D01": "carer1@example.org"}, delivered=MOMENT))

    assert (post.author.name, post.author.handle, post.title) == ("Carer 1", "carer1@example.org", "Respite")
    assert (post.posted_at, post.text) == (MOMENT, "A sitter would help.")


def test_a_message_in_html_alone_is_read():
    assert post_of(make_msg({"007D": WIRE, "1013": b"<p>A <b>sitter</b> would help.</p>"})).text == "A sitter would help."


@pytest.mark.parametrize(
    ("payload", "detail"),
    [
        (make_msg(WORDS), "no date"),
        (make_msg({})[:900], "a broken Outlook file"),
        (
            make_msg({}).replace("__properties".encode("utf-16-le"), "__propertied".encode("utf-16-le")),
            "an Office file that is no mail",
        ),
    ],
    ids=["no date", "cut", "no mail"],
)
def test_what_is_no_message_is_set_aside_with_the_reason(payload, detail):
    aside = read_mail(payload, None, mask=True)

    assert isinstance(aside, Aside)
    assert (aside.reason, aside.detail) == ("unreadable", detail)


@settings(deadline=None)
@given(st.integers(8, 2_500), st.binary(min_size=1, max_size=8))
def test_no_broken_file_raises(at, other):
    whole = make_msg(WORDS | {"007D": WIRE})

    assert isinstance(read_mail(whole[:at] + other + whole[at + len(other) :], None, mask=True), (Item, Aside))
