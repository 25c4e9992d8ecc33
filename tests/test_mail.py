"""Mails as posts: whatever the bytes, a post or a reason, and never an exception."""

from datetime import UTC, datetime, timedelta, timezone
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors import mail, message
from collectors.base import Aside, Item
from collectors.mail import read_mail, split_mbox
from collectors.post import Author, Post

ARRIVED = datetime(2026, 11, 17, 9, 15, 30, tzinfo=UTC)
HEADERS = {
    "From": "Carer 1 <carer1@example.org>",
    "Date": "Tue, 17 Nov 2026 10:14:00 +0100",
    "Subject": "Respite",
    "Message-ID": "<a1@example.org>",
}


def make_mail(body: str | bytes = "A sitter would help.", **headers: str) -> bytes:
    """A mail; `headers` have `_` for `-`, and an empty one is left out."""
    told = HEADERS | {name.replace("_", "-"): value for name, value in headers.items()}
    head = "".join(f"{name}: {value}\n" for name, value in told.items() if value)
    return head.encode("utf-8", "surrogateescape") + b"\n" + (body if isinstance(body, bytes) else body.encode())


def post_of(payload: bytes, arrived: datetime | None = ARRIVED, mask: bool = False) -> Post:
    item = read_mail(payload, arrived, mask)
    assert isinstance(item, Item)
    return item.post


def aside_of(payload: bytes, arrived: datetime | None = ARRIVED) -> Aside:
    aside = read_mail(payload, arrived, mask=True)
    assert isinstance(aside, Aside)
    return aside


def make_parts(*parts: str, kind: str = "mixed") -> bytes:
    return make_mail("".join(f"--b\n{part}\n" for part in parts) + "--b--\n", Content_Type=f"multipart/{kind}; boundary=b")


PLAIN = "Content-Type: text/plain\n\nPlain words."
HTML = "Content-Type: text/html\n\n<p>Marked <a href='https://example.org/x'>words</a>.</p>"


def test_a_mail_is_a_private_post_of_its_sender():
    assert post_of(make_mail(In_Reply_To="<q1@example.org>")) == Post(
        network="mail",
        id="20261117T09/a1@example.org",
        kind="mail",
        posted_at=ARRIVED,
        author=Author(handle="carer1@example.org", name="Carer 1"),
        title="Respite",
        text="A sitter would help.",
        in_reply_to="q1@example.org",
        visibility="private",
    )


def test_with_a_mask_nothing_of_it_is_kept_in_clear():
    payload = make_parts(
        "Content-Type: text/plain\n\nRing 07700 900123, see https://example.org/?to=a@b.example or https://example.org/ok.",
        'Content-Type: image/png; name="scan 943 476 5919.png"\n\nx',
    ).replace(b"Subject: Respite", b"Subject: I live at SW1A 1AA")

    item = read_mail(payload, ARRIVED, mask=True)

    assert isinstance(item, Item)
    assert item.raw is None
    assert item.post.title == "I live at [postcode]"
    assert item.post.text.startswith("Ring [phone number], see")
    assert item.post.media == ("scan [NHS number].png",)
    assert item.post.links == ("https://example.org/ok",)


@pytest.mark.parametrize("start", [b"", b"From carer1@example.org Tue Nov 17 09:00:00 2026\n", b"\xef\xbb\xbf"])
def test_raw_gives_the_same_post_without_knowing_the_arrival(start):
    item = read_mail(start + make_mail(), ARRIVED.replace(microsecond=5), mask=False)

    assert isinstance(item, Item)
    assert read_mail(item.raw or b"", None, mask=False) == item


# --- identity and time --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("headers", "arrived"),
    [
        ({}, "2026-11-17T09:14:00"),
        ({"Received": "by mail.example.org; Tue, 17 Nov 2026 09:20:00 +0000"}, "2026-11-17T09:20:00"),
        (
            {"Received": "by x; Tue, 17 Nov 2026 09:20:00 +0000", "Delivery-date": "Tue, 17 Nov 2026 09:30:00 +0000"},
            "2026-11-17T09:30:00",
        ),
        ({"Received": "by x; nobody knows when"}, "2026-11-17T09:14:00"),
        ({"Date": "Tue, 17 Nov 2026 09:14:00 -0000"}, "2026-11-17T09:14:00"),
        ({"Date": "17 Nov 2026 09:14"}, "2026-11-17T09:14:00"),
    ],
)
def test_without_an_arrival_the_mail_tells_it(headers, arrived):
    assert post_of(make_mail(**headers), None).posted_at == datetime.fromisoformat(f"{arrived}+00:00")


@pytest.mark.parametrize("date", ["", "no date", "Tue, 99 Nov 2026 99:99:99 +0000", "Fri, 31 Dec 9999 23:59:59 -2300"])
def test_a_date_without_sense_leaves_the_arrival(date):
    post = post_of(make_mail(Date=date))

    assert (post.posted_at, post.id) == (ARRIVED, "20261117T09/a1@example.org")


def test_ids_grow_with_the_time_of_writing():
    dates = ["Tue, 17 Nov 2026 23:30:00 +0000", "Wed, 18 Nov 2026 02:30:00 +0100", "Wed, 18 Nov 2026 02:30:00 +0000"]
    found = [post_of(make_mail(Date=date)).id for date in dates]

    assert found == sorted(found)


def test_a_mail_has_the_same_id_wherever_it_is_read():
    without_id = make_mail("Two\n\nlines.\n", Message_ID="")
    elsewhere = timezone(timedelta(hours=5))

    found = {
        post_of(without_id).id,
        post_of(without_id, None).id,
        post_of(without_id.replace(b"\n", b"\r\n"), datetime(2026, 12, 1, tzinfo=elsewhere)).id,
        post_of(next(split_mbox(BytesIO(b"From a@b Tue Nov 17 09:00:00 2026\n" + without_id + b"\n"))), None).id,
    }

    assert len(found) == 1
    assert post_of(make_mail("Other words.", Message_ID="")).id not in found


@pytest.mark.parametrize(
    ("told", "id"),
    [("<a b@example.org>", "ab@example.org"), ("bare@example.org", "bare@example.org"), ("(note) <x@y> <z@y>", "x@y")],
)
def test_a_message_id_is_taken_without_its_brackets(told, id):
    assert post_of(make_mail(Message_ID=told)).id == f"20261117T09/{id}"


# --- words --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("payload", "text"),
    [
        (make_parts(PLAIN, HTML, kind="alternative"), "Plain words."),
        (make_parts(HTML, kind="alternative"), "Marked words."),
        (make_parts("Content-Type: text/plain\n\n ", HTML, kind="alternative"), "Marked words."),
        (make_parts(HTML, "Content-Type: text/html\n\n<p>a frame</p>", kind="related"), "Marked words."),
        (make_parts(PLAIN, "Content-Type: image/png\n\nx", "Content-Type: text/plain\n\nBelow."), "Plain words.\n\nBelow."),
        (make_parts(PLAIN, "Content-Type: text/html\n\n<b>Plain</b> words."), "Plain words."),
        (make_parts(PLAIN, 'Content-Type: text/plain; name="a.txt"\n\nFile.'), "Plain words."),
        (make_parts(PLAIN, "Content-Type: text/plain\nContent-Disposition: attachment\n\nFile."), "Plain words."),
        (make_parts(PLAIN, "Content-Type: message/rfc822\n\nFrom: b@example.org\n\nForwarded."), "Plain words."),
        (make_parts("Content-Type: image/png\n\nx"), "Respite"),
        (make_mail("x", Content_Type="multipart/mixed"), "x"),
        (make_mail(b"caf\xe9", Content_Type="text/plain; charset=iso-8859-1"), "café"),
        (make_mail(b"caf\xc3\xa9", Content_Type="text/plain; charset=unknown-8bit"), "café"),
        (make_mail(b"caf\xe9 \x93so\x94", Content_Type="text/plain; charset=us-ascii"), "café “so”"),
        (make_mail(b"caf\xe9", Content_Type="text/plain; charset=rot13"), "café"),
        (make_mail("a-b", Content_Type="text/plain; charset=punycode"), "a-b"),
        (make_mail("=C3=A9t=C3=A9", Content_Transfer_Encoding="quoted-printable"), "été"),
        (make_mail("8J+Yig==", Content_Transfer_Encoding="base64"), "😊"),
        (make_mail("not base64!", Content_Transfer_Encoding="base64"), None),
        (make_mail("a\0b\r\nc"), "ab\nc"),
    ],
)
def test_the_words_of_a_mail(payload, text):
    found = post_of(payload).text

    assert found == text if text is not None else found


def test_a_link_behind_words_is_kept():
    assert post_of(make_parts(HTML)).links == ("https://example.org/x",)


def test_what_somebody_says_in_the_subject_alone_is_their_text():
    assert post_of(make_mail("")).text == "Respite"


@pytest.mark.parametrize(
    ("raw", "decoded"),
    [
        ("=?utf-8?q?Caf=C3=A9?= =?utf-8?q?_now?=", "Café now"),
        ("=?nowhere?q?Caf=E9?=", "Caf\ufffd"),
        ("folded\n  twice", "folded twice"),
        ("Café", "Café"),
        ("Caf\udce9", "Café"),
        ("=?utf-8?b?broken", "=?utf-8?b?broken"),
    ],
)
def test_a_subject_is_decoded(raw, decoded):
    assert post_of(make_mail(Subject=raw)).title == decoded


@pytest.mark.parametrize(
    ("raw", "author"),
    [
        ('"=?utf-8?q?Zo=C3=AB?= C" <z@example.org>', Author(handle="z@example.org", name="Zoë C")),
        ("z@example.org", Author(handle="z@example.org")),
        ("", Author()),
        ("(" * 5_000, Author()),
    ],
    ids=["name", "address", "nobody", "hostile"],
)
def test_a_sender_is_decoded(raw, author):
    assert post_of(make_mail(From=raw)).author == author


def test_attachments_are_named_and_not_kept():
    payload = make_parts(
        PLAIN, "Content-Type: image/png\nContent-Disposition: attachment; filename*=utf-8''g%C3%A4rten.png\n\nx"
    )

    assert post_of(payload).media == ("gärten.png",)


def test_a_long_mail_is_cut_and_says_so():
    text = post_of(make_mail("A sitter would help.\n" * 20_000)).text

    assert len(text) <= message.LONGEST_TEXT
    assert text.endswith("the rest was left out]")


def test_a_very_long_body_is_cut_before_it_is_decoded():
    for body in (b"x" * 2_000_000, b"line\n" * 400_000):
        assert len(post_of(make_mail(body, Content_Type="text/html")).text) <= message.LONGEST_TEXT


# --- what is no contribution --------------------------------------------------------------------------------------------

REPORT = 'multipart/report; boundary=b; report-type="{}"'


@pytest.mark.parametrize(
    ("headers", "reason"),
    [
        ({"Auto_Submitted": "auto-replied (vacation)"}, "auto-reply"),
        ({"Auto_Submitted": "auto-generated"}, "auto-reply"),
        ({"X_Autoreply": "yes"}, "auto-reply"),
        ({"Precedence": "auto_reply"}, "auto-reply"),
        ({"Subject": "Automatic reply: Week 1"}, "auto-reply"),
        ({"Subject": "Out of Office: Week 1"}, "auto-reply"),
        ({"Return_Path": "<>"}, "auto-reply"),
        ({"Return_Path": "<>", "Subject": "Undeliverable: Week 1"}, "bounce"),
        ({"From": "Mail Delivery System <MAILER-DAEMON@example.org>"}, "bounce"),
        ({"X_Failed_Recipients": "a@example.org"}, "bounce"),
        ({"Content_Type": REPORT.format("delivery-status")}, "bounce"),
        ({"Content_Type": REPORT.format("feedback-report")}, "feedback loop"),
        ({"Content_Type": REPORT.format("disposition-notification")}, "receipt"),
        ({"Content_Type": "multipart/digest; boundary=b"}, "list digest"),
        ({"Subject": "Carers Digest, Vol 3, Issue 12"}, "list digest"),
        ({"Precedence": "bulk"}, "bulk"),
    ],
)
def test_what_machines_send_is_set_aside(headers, reason):
    aside = aside_of(make_mail(**headers))

    assert (aside.reason, aside.ref, aside.at) == (reason, "20261117T09/a1@example.org", ARRIVED)


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto_Submitted": "no"},
        {"Precedence": "list"},
        {"Precedence": "bulk", "List_Post": "<mailto:carers@example.org>"},
        {"Precedence": "bulk", "In_Reply_To": "<q1@example.org>"},
        {"Subject": "Out of office hours nobody answers"},
        {"Return_Path": "<carer1@example.org>"},
        {"X_Auto_Response_Suppress": "All"},
        {"Subject": "Re: Automatic reply: what a machine sent me"},
    ],
)
def test_what_people_send_is_not(headers):
    assert post_of(make_mail(**headers)).text


@pytest.mark.parametrize(
    ("payload", "detail"),
    [
        (b"", "no mail headers"),
        (b"\x00\xff\xfe", "no mail headers"),
        (b"<html><p>hello</p></html>", "no mail headers"),
        (make_mail("--b\n\nx\n" * 3_000, Content_Type="multipart/mixed; boundary=b"), "too many parts or lines"),
        (make_mail("boundary " * 200), "too many parts or lines"),
        (make_mail("\n" * 600_000), "too many parts or lines"),
        (b"From: a@example.org\n" + b"Content-Type: message/rfc822\n\n" * 3_000, "RecursionError"),
    ],
    ids=range(7),
)
def test_what_is_no_mail_is_set_aside_with_the_reason(payload, detail):
    aside = aside_of(payload)

    assert (aside.reason, aside.detail, aside.at) == ("unreadable", detail, ARRIVED)
    assert aside.ref == aside_of(payload).ref


def test_a_mail_without_a_word_is_set_aside():
    assert aside_of(make_mail("", Subject="")).detail == "no words"


def test_a_mail_that_arrived_needs_no_header_of_who_sent_it():
    payload = b"Content-Type: text/plain\n\nA sitter would help."

    assert post_of(payload).text == "A sitter would help."


@pytest.mark.parametrize(
    "head",
    [
        "From : Carer 1 <carer1@example.org>\nSubject : Respite\nMessage-ID : <a1@example.org>",
        "a stray line\nFrom: Carer 1 <carer1@example.org>\nSubject: Respite\nMessage-ID: <a1@example.org>",
    ],
    ids=["spaces", "a stray line"],
)
def test_headers_in_a_form_of_old_or_below_a_stray_line_are_read(head):
    post = post_of(f"{head}\n\nA sitter would help.\n".encode())

    assert (post.author.handle, post.title, post.text) == ("carer1@example.org", "Respite", "A sitter would help.")


def test_parts_whose_boundary_was_lost_are_found():
    payload = make_mail(
        f"For old programs.\n--other\n{PLAIN}\n--other\n{HTML}\n--other--\n", Content_Type="multipart/alternative; boundary=b"
    )

    assert post_of(payload).text == "Plain words."


@pytest.mark.parametrize("kind", ["mixed", "alternative"])
def test_who_forwards_a_mail_without_a_word_passes_on_its_words(kind):
    payload = make_parts(
        "Content-Type: text/plain\n\n", "Content-Type: message/rfc822\n\nSubject: Inside\n\nA sitter would help.", kind=kind
    )

    assert post_of(payload).text == "A sitter would help."


@pytest.mark.parametrize(
    ("charset", "payload", "text"),
    [
        ("iso-8859-1", "naïve".encode(), "naïve"),
        ("iso-8859-1", "naïve".encode("latin-1"), "naïve"),
        ("iso-8859-1", b"it\x92s", "it\u2019s"),
        ("us-ascii", b"it\x92s", "it\u2019s"),
        ("gb2312", "镕".encode("gbk"), "镕"),
        ("ks_c_5601-1987", "스티해".encode("cp949"), "스티해"),
        ("shift_jis", "①".encode("cp932"), "①"),
        ("no-such-thing", "naïve".encode(), "naïve"),
        ("utf-8", "naïve".encode("latin-1"), "naïve"),
        ("punycode", b"plain", "plain"),
    ],
)
def test_a_charset_is_read_as_it_was_meant(charset, payload, text):
    assert message.decode_bytes(payload, charset) == text


def test_a_mail_without_any_time_is_set_aside():
    assert aside_of(make_mail(Date=""), None).detail == "no date"


def test_of_a_mail_beyond_the_limit_the_words_before_its_attachments_are_read():
    picture = "Content-Type: image/png; name=ramp.png\nContent-Transfer-Encoding: base64\n\n" + "aGVsbG8gd29ybGQh\n" * 1_500_000
    payload = make_parts(PLAIN, picture)

    post = post_of(payload)

    assert len(payload) > mail.LARGEST_MAIL
    assert (post.text, post.media) == ("Plain words.", ("ramp.png",))
    assert read_mail(payload, ARRIVED, mask=True) == mail.read_beginning(payload[:3_000_000], ARRIVED, mask=True)


def test_a_mail_beyond_the_limit_that_begins_with_no_words_is_set_aside_under_its_id():
    payload = make_parts(
        "Content-Type: image/png\nContent-Transfer-Encoding: base64\n\n" + "aGVsbG8gd29ybGQh\n" * 1_500_000, PLAIN
    )

    aside = aside_of(payload)

    assert (aside.detail, aside.ref) == ("too large", "20261117T09/a1@example.org")


@pytest.mark.parametrize("unit", ["On ", ">", "(", '"', "=?utf-8?q?a?=", "a=b; ", "é", "<a@b> "])
def test_long_headers_do_not_hold_the_reading_up(unit):
    value = unit * 100_000

    post = post_of(make_mail(Subject=value, From=value, In_Reply_To=value, Content_Type=f"text/plain; charset={value}"))

    assert len(post.title) <= message.LONGEST_HEADER


@given(st.binary(max_size=300))
def test_no_bytes_raise(payload):
    assert isinstance(read_mail(payload, ARRIVED, mask=True), (Item, Aside))


@given(
    st.lists(
        st.sampled_from(
            ["--b\n", "--b--\n", "\n", "Content-Type: multipart/alternative; boundary=b\n", "Content-Type: text/html\n"]
        )
        | st.sampled_from(
            ["Content-Type: message/rfc822\n", "Content-Transfer-Encoding: base64\n", "words\n", "Content-Type: ;;=\n"]
        )
        | st.sampled_from(
            ["Content-Disposition: attachment; filename=\n", "From: <<>>,;:\n", "Content-Type: text/plain; charset*=x''\n"]
        ),
        max_size=12,
    )
)
def test_no_structure_raises(lines):
    assert isinstance(
        read_mail(make_mail("".join(lines), Content_Type="multipart/mixed; boundary=b"), ARRIVED, True), (Item, Aside)
    )


# --- mbox ---------------------------------------------------------------------------------------------------------------

SEPARATOR = b"From carer1@example.org Tue Nov 17 09:00:00 2026\n"


def test_an_mbox_gives_its_mails_with_their_escapes_undone():
    first, second = make_mail("From me to you:\n\nFrom what I hear, all is well.\n>From quoted"), make_mail("Second.\n")
    box = SEPARATOR + first.replace(b"\nFrom me", b"\n>From me").replace(b">From quoted", b">>From quoted")
    box += b"\n\n" + SEPARATOR + second

    assert [payload.strip() for payload in split_mbox(BytesIO(box))] == [first.strip(), second.strip()]


@pytest.mark.parametrize("box", [b"", b"\n\n", b"no mbox at all\n\nnone"])
def test_what_is_no_mbox_has_no_mails(box):
    assert list(split_mbox(BytesIO(box))) == []


def test_of_a_mail_in_an_mbox_that_is_too_large_the_beginning_is_read():
    large = make_mail(b"x" * 999 + b"\n") + (b"x" * 999 + b"\n") * 25_000
    found = list(split_mbox(BytesIO(SEPARATOR + large + b"\n" + SEPARATOR + make_mail())))

    assert len(found[0]) < mail.LARGEST_MAIL + 2_000
    assert post_of(found[0]).text.endswith(message.CUT.strip())
    assert post_of(found[1]).text == "A sitter would help."


def test_the_arrival_alone_is_that_of_the_mail_that_is_read():
    payload = b"Received: from a by b; Mon, 02 Nov 2026 09:00:00 +0100\r\nDate: Sun, 01 Nov 2026 23:00:00 +0000\r\n\r\nHi\r\n"

    post = post_of(payload, None)

    assert mail.arrival(payload) == post.posted_at == datetime(2026, 11, 2, 8, tzinfo=UTC)
    assert mail.arrival(b"no headers at all") is None
