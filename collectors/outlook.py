"""Outlook's own message files (.msg, MS-OXMSG) as RFC 822: headers, words, names of attachments. The one home of olefile."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email import policy, utils
from email.message import EmailMessage
from io import BytesIO
from typing import TYPE_CHECKING

from collectors.message import Unreadable

if TYPE_CHECKING:
    from olefile import OleFileIO

MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
SUBJECT, HEADERS, SENDER, ADDRESS, SMTP_ADDRESS = "0037", "007D", "0C1A", "0C1F", "5D01"
WORDS, HTML, MESSAGE_ID, REPLY_TO_ID, FILE_NAME, SHORT_NAME = "1000", "1013", "1035", "1042", "3707", "3704"
DELIVERED, SENT, CREATED = 0x0E060040, 0x00390040, 0x30070040
PROPERTIES, PROPERTIES_HEAD, PROPERTY = "__properties_version1.0", 32, 16  # bytes
BEGAN = datetime(1601, 1, 1, tzinfo=UTC)
OF_THE_BODY = re.compile(r"(?im)^(?:content-[a-z-]{1,40}|mime-version)[ \t]*:.*(?:\r?\n[ \t].*)*(?:\r?\n|\Z)")
LONGEST = 2_000_000  # bytes of one property


def is_one(payload: bytes) -> bool:
    """Whether these bytes may be a message file."""
    return payload.startswith(MAGIC)


def as_mail(payload: bytes) -> bytes:
    """Raises Unreadable."""
    from olefile import OleFileIO

    try:
        with OleFileIO(BytesIO(payload)) as file:
            if not file.exists(PROPERTIES):
                raise Unreadable("an Office file that is no mail")
            return _head(file).encode("utf-8", "replace") + b"\r\n" + _body(file)
    except (OSError, ValueError, LookupError, TypeError, AttributeError) as error:
        raise Unreadable("a broken Outlook file") from error


def _head(file: "OleFileIO") -> str:
    """As it came over the wire where Outlook kept that; a draft or a mail within one organisation has no such headers."""
    told = OF_THE_BODY.sub("", _text(file, HEADERS)).strip()
    if re.search(r"(?im)^(?:from|message-id)[ \t]*:", told):
        return told
    address = _text(file, SMTP_ADDRESS) or _text(file, ADDRESS)
    moment = _moment(file, DELIVERED) or _moment(file, SENT) or _moment(file, CREATED)
    headers = {
        "From": utils.formataddr((_text(file, SENDER), address if "@" in address else "")),
        "Subject": _text(file, SUBJECT),
        "Date": utils.format_datetime(moment) if moment else "",
        "Message-ID": _text(file, MESSAGE_ID),
        "In-Reply-To": _text(file, REPLY_TO_ID),
    }
    return "\r\n".join(f"{name}: {' '.join(value.split())}" for name, value in headers.items() if value)


def _body(file: "OleFileIO") -> bytes:
    mail = EmailMessage(policy=policy.SMTP)
    if words := _text(file, WORDS):
        mail.set_content(words)
    else:
        mail.set_content(_text(file, HTML), subtype="html")
    for name in _attached(file):
        mail.add_attachment(b"", maintype="application", subtype="octet-stream", filename=name)
    return mail.as_bytes()


def _attached(file: "OleFileIO") -> Iterator[str]:
    for folder in sorted({entry[0] for entry in file.listdir() if entry[0].startswith("__attach")}):
        name = _text(file, FILE_NAME, folder) or _text(file, SHORT_NAME, folder)
        if name := " ".join(name.split()):
            yield name[:200]


def _text(file: "OleFileIO", tag: str, folder: str = "") -> str:
    """A property as text: UTF-16, or bytes of an older file, whose charset no one says."""
    for kind, charset in (("001F", "utf-16-le"), ("001E", "cp1252"), ("0102", "utf-8")):
        path = [*([folder] if folder else []), f"__substg1.0_{tag}{kind}"]
        if file.exists(path):
            return str(file.openstream(path).read(LONGEST).decode(charset, "replace")).replace("\0", "")
    return ""


def _moment(file: "OleFileIO", tag: int) -> datetime | None:
    """A time in hundreds of nanoseconds since 1601."""
    told = file.openstream(PROPERTIES).read(LONGEST)
    for at in range(PROPERTIES_HEAD, len(told) - PROPERTY + 1, PROPERTY):
        if int.from_bytes(told[at : at + 4], "little") == tag:
            ticks = int.from_bytes(told[at + 8 : at + PROPERTY], "little")
            return BEGAN + timedelta(microseconds=ticks // 10) if 0 < ticks < 4 * 10**17 else None
    return None
