"""RFC 822 bytes as a post: who wrote when, what they wrote themselves, masked; and mailbox files as single mails."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from email import utils
from hashlib import blake2b
from itertools import chain, pairwise
from typing import BinaryIO

from collectors import automatic, masking, message, outlook, replies
from collectors.base import Aside, Item
from collectors.message import Mail, Unreadable
from collectors.post import Author, Post

LARGEST_MAIL = 20_000_000  # bytes that are read whole
BEGINNING = 2_000_000  # bytes of a larger one: people's words stand before what they attach
KNOWN = frozenset({"from", "date", "message-id", "subject"})
NOT_TO_BE_ANSWERED = "not to be answered"  # the label of mails that must get no automatic answer (RFC 3834)
NOBODY = re.compile(
    r"(?:no-?_?reply|do-?not-?reply|mailer-?daemon|postmaster|bounces?|owner-.*|.*-(?:request|owner|bounces?))@", re.IGNORECASE
)
WEB_ADDRESS = re.compile(r"https?://[^\s<>\"\[\]]{1,2000}", re.IGNORECASE)
HEADER = re.compile(rb"[!-9;-~]+[ \t]*:")  # follows a line that opens a mail, not a sentence such as "From what I hear"
ADDRESSED = ("delivered-to", "x-original-to", "envelope-to", "to", "cc")
PLUS_WEEK = re.compile(r"\+(?:w|week)[-_.]?(\d{1,3})@", re.IGNORECASE)  # RFC 5233
SUBJECT_WEEK = re.compile(r"\[(?:w|week)\s{0,3}(\d{1,3})\]", re.IGNORECASE)
ESCAPED_FROM = re.compile(rb">+From ")


def read_mail(payload: bytes, arrived: datetime | None, mask: bool) -> Item | Aside:
    """The post that a mail is, or why it is none. Never raises.

    `arrived` is when it reached the mailbox; None takes that from Delivery-date, else the topmost Received, else Date.
    With `mask`, what identifies a person is masked and the bytes are not kept.
    """
    payload = _bare(payload)
    if outlook.is_one(payload):
        return _read_outlook(payload, arrived, mask)
    return _read(payload, arrived, mask) if len(payload) <= LARGEST_MAIL else read_beginning(payload, arrived, mask)


def _read_outlook(payload: bytes, arrived: datetime | None, mask: bool) -> Item | Aside:
    try:
        return read_mail(outlook.as_mail(payload), arrived, mask)
    except Unreadable as error:
        return Aside(_digest(payload), "unreadable", str(error), at=arrived)


def read_beginning(payload: bytes, arrived: datetime | None, mask: bool) -> Item | Aside:
    """The same for a mail of which only the first bytes are looked at; set aside where they hold nobody's words."""
    return _read(_bare(payload)[:BEGINNING], arrived, mask, is_cut=True)


def _read(payload: bytes, arrived: datetime | None, mask: bool, *, is_cut: bool = False) -> Item | Aside:
    try:
        mail = _parse(payload)
    except Unreadable as error:
        return Aside(_digest(payload), "unreadable", str(error), at=arrived)
    moment = arrived or _arrival(mail)
    if moment is None or not (mail.headers if arrived else mail.headers.keys() & KNOWN):
        return Aside(_digest(payload), "unreadable", "no date" if moment is None else "no mail headers", at=moment)
    if reason := automatic.reason(mail):
        return Aside(_identity(mail, moment), reason, at=moment)
    if wanting := _wanting(mail, is_cut):
        return Aside(_identity(mail, moment), "unreadable", wanting, at=moment)
    post = _as_post(mail, moment.replace(microsecond=0))
    return Item(_masked(post)) if mask else Item(post, _dated(payload, arrived))


def _wanting(mail: Mail, is_cut: bool) -> str:
    """Why there is nothing to read; some write all they have to say in the subject."""
    if mail.text.strip():
        return ""
    if is_cut:
        return "too large"
    return "" if mail.first("subject") else "no words"


def _parse(payload: bytes) -> Mail:
    mail = message.parse(payload)
    return mail if mail.headers.keys() & KNOWN else message.parse(message.mended(payload))


def arrival(payload: bytes) -> datetime | None:
    """When a mail reached the mailbox by its own headers, a tenth of the work of reading it; None if they do not say."""
    if outlook.is_one(payload):
        return None
    try:
        return _arrival(message.parse_headers(_bare(payload)))
    except Unreadable:
        return None


def split_mbox(stream: BinaryIO) -> Iterator[bytes]:
    """The mails of an mbox file, one by one, `>From ` unescaped. One beyond the limit comes cut, long enough to be refused."""
    lines: list[bytes] = []
    size = 0
    begun, after_blank = False, True
    for line, following in pairwise(chain(iter(lambda: stream.readline(LARGEST_MAIL), b""), [b""])):
        if after_blank and line.startswith(b"From ") and HEADER.match(following):
            if begun:
                yield b"".join(lines)
            lines, size, begun, after_blank = [], 0, True, False
            continue
        after_blank = line in (b"\n", b"\r\n")
        if begun and size <= LARGEST_MAIL:
            lines.append(line[1:] if ESCAPED_FROM.match(line) else line)
            size += len(line)
    if begun:
        yield b"".join(lines)


# --- the post ---------------------------------------------------------------------------------------------------------


def _as_post(mail: Mail, arrived: datetime) -> Post:
    name, address = mail.sender
    text = replies.strip(mail.text) or mail.first("subject")  # some write all they have to say there
    return Post(
        network="mail",
        id=_identity(mail, arrived),
        kind="mail",
        posted_at=arrived,
        author=Author(handle=address, name=name),
        title=mail.first("subject"),
        text=text,
        links=_links(text, mail.links),
        media=mail.attachments,
        in_reply_to=mail.in_reply_to,
        answers=_week(mail),
        labels=() if _may_be_answered(mail, address) else (NOT_TO_BE_ANSWERED,),
        visibility="private",
    )


def _week(mail: Mail) -> int:
    """The week whose question a mail says it answers, by the address it went to (listening+w2@…) or its subject ([week 2])."""
    went_to = " ".join(mail.first(name) for name in ADDRESSED)
    found = PLUS_WEEK.search(went_to) or SUBJECT_WEEK.search(mail.first("subject"))
    return int(found[1]) if found else 0


def _may_be_answered(mail: Mail, address: str) -> bool:
    """Not what came through a list or asks for no answer; automatic mails are set aside before."""
    named = mail.headers.keys() & {"precedence", "x-auto-response-suppress", "feedback-id"}
    return not (named or any(name.startswith("list-") for name in mail.headers) or NOBODY.match(address))


def _links(text: str, marked_up: tuple[str, ...]) -> tuple[str, ...]:
    written = (found.rstrip(".,;:!?)'") for found in WEB_ADDRESS.findall(text))
    return tuple(dict.fromkeys([*written, *marked_up]))


def _masked(post: Post) -> Post:
    return replace(
        post,
        title=masking.mask(post.title),
        text=masking.mask(post.text),
        media=tuple(map(masking.mask, post.media)),
        links=tuple(link for link in post.links if masking.mask(link) == link),
    )


# --- identity and time ------------------------------------------------------------------------------------------------


def _identity(mail: Mail, arrived: datetime) -> str:
    """Grows with time, and is the same in every folder, after every move of the mailbox, and in an mbox."""
    written = _first_date(mail.first("date"), _received(mail)) or arrived
    return f"{written.astimezone(UTC):%Y%m%dT%H}/{mail.message_id or _content_digest(mail)}"


def _content_digest(mail: Mail) -> str:
    told = (mail.sender[1], mail.first("date"), mail.first("subject"), " ".join(mail.text.split()))
    return _digest("\0".join(told).encode("utf-8", "replace"))


def _digest(payload: bytes) -> str:
    return blake2b(payload, digest_size=16).hexdigest()


def _arrival(mail: Mail) -> datetime | None:
    return _first_date(mail.first("delivery-date"), _received(mail), mail.first("date"))


def _received(mail: Mail) -> str:
    return mail.first("received").rpartition(";")[2]


def _first_date(*told: str) -> datetime | None:
    return next((moment for moment in map(message.parse_date, told) if moment), None)


# --- bytes ------------------------------------------------------------------------------------------------------------


def _bare(payload: bytes) -> bytes:
    """Without a byte order mark and without the From_ line of a file that once was in an mbox."""
    payload = payload.removeprefix(b"\xef\xbb\xbf")
    return payload.partition(b"\n")[2] if payload.startswith(b"From ") and not HEADER.match(payload) else payload


def _dated(payload: bytes, arrived: datetime | None) -> bytes:
    """Arrival is no part of the mail: put in front, so that it reads the same again."""
    if arrived is None:
        return payload
    return b"Delivery-date: " + utils.format_datetime(arrived.astimezone(UTC)).encode() + b"\r\n" + payload
