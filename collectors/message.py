"""One RFC 822 message taken apart: headers as words, the written text, attachment names. Bounded, whatever the message."""

import codecs
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email import errors, message_from_bytes, policy, utils
from email.message import Message

from collectors import markup

LONGEST_TEXT = 256_000  # characters that are kept of one message
LONGEST_HTML = 1_500_000  # bytes: the same text as office programs write it
LONGEST_HEADER = 2_000
LONGEST_HEAD = 200_000  # bytes of all headers together
MOST_BOUNDARIES = 100  # the standard parser compares each line with each open boundary
MOST_DELIMITERS = 2_000  # and takes a millisecond a part
MOST_LINES = 500_000  # the largest mail in base64 has 300,000
CUT = "\n[the message is longer: the rest was left out]"

# What the standard library's parser is known to raise on malformed mail, beside its own errors.
MALFORMED = (
    errors.MessageError,
    ValueError,
    LookupError,
    AttributeError,
    TypeError,
    AssertionError,
    OverflowError,
    RecursionError,
)
# Codecs of Python that are no charset of any mail; two of them take quadratic time.
NO_CHARSETS = re.compile(r"punycode|idna|.*escape|undefined|mbcs|oem", re.IGNORECASE)
# What programs call by the name of a smaller charset (the labels of https://encoding.spec.whatwg.org).
LARGER = {"ascii": "cp1252", "iso8859-1": "cp1252", "iso8859-9": "cp1254", "iso8859-11": "cp874"}
LARGER |= {"gb2312": "gb18030", "gbk": "gb18030", "shift_jis": "cp932", "euc_kr": "cp949", "big5": "big5hkscs"}
ONE_BYTE = re.compile(r"cp125\d|cp874|iso8859-\d{1,2}|latin_1", re.IGNORECASE)
DELIMITER = re.compile(
    rb"^--([!#-\[\]-~]{1,70})[ \t]*\r?\n(?:content-[a-z-]{1,30}|mime-version)[ \t]*:", re.IGNORECASE | re.MULTILINE
)
HEADER_NAME = re.compile(rb"([!-9;-~]{1,100})[ \t]*:")
MESSAGE_ID = re.compile(r"<\s*([^<>\s]{1,900})\s*>")


class Unreadable(Exception):
    """These bytes cannot be taken apart as a mail; the text says why, in words of ours."""


class _Bounded(policy.EmailPolicy):
    """The parser's time grows with the square of a header's length."""

    def header_source_parse(self, sourcelines: list[str]) -> tuple[str, str]:
        name, value = super().header_source_parse(sourcelines)
        return name, value[:LONGEST_HEADER]


class _BoundedOld(policy.Compat32):
    """The same for the older policy, which looks less closely at headers."""

    def header_source_parse(self, sourcelines: list[str]) -> tuple[str, str]:
        name, value = super().header_source_parse(sourcelines)
        return name, value[:LONGEST_HEADER]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """A message taken apart. `headers` has lower-case names and decoded values as they stand; `links` are those of its HTML."""

    headers: Mapping[str, Sequence[str]]
    content_type: str
    report_type: str
    text: str
    links: tuple[str, ...]
    attachments: tuple[str, ...]

    def first(self, name: str) -> str:
        return next(iter(self.headers.get(name, ())), "")

    @property
    def sender(self) -> tuple[str, str]:
        """Display name and address."""
        try:
            name, address = utils.parseaddr(self.first("from")[:1000])
        except RecursionError:  # comments in comments
            return "", ""
        return " ".join(name.split()), address.strip()

    @property
    def message_id(self) -> str:
        told = self.first("message-id")
        found = MESSAGE_ID.search(told)
        return found[1] if found else "".join(told.strip("<> \t").split())[:900]

    @property
    def in_reply_to(self) -> str:
        found = MESSAGE_ID.search(self.first("in-reply-to"))
        return found[1] if found else ""


def parse(payload: bytes) -> Mail:
    """Raises Unreadable."""
    if _has_many_parts(payload) or payload.count(b"\n") > MOST_LINES:
        raise Unreadable("too many parts or lines")
    try:
        return _taken_apart(message_from_bytes(payload, policy=_Bounded()))
    except MALFORMED:
        return _parse_leniently(payload)


def mended(payload: bytes) -> bytes:
    """With every header in the form of today: no space before its colon, no stray line above it."""
    head, blank, body = _split(payload)
    lines = head.splitlines(keepends=True)
    kept = (HEADER_NAME.sub(rb"\1:", line, count=1) for line in lines if line[:1] in b" \t" or HEADER_NAME.match(line))
    return b"".join([*kept, blank, body])


def _split(payload: bytes) -> tuple[bytes, bytes, bytes]:
    found = re.search(rb"\r?\n\r?\n", payload[:LONGEST_HEAD])
    return (payload[: found.start()], found[0], payload[found.end() :]) if found else (payload[:LONGEST_HEAD], b"\n\n", b"")


def _has_many_parts(payload: bytes) -> bool:
    boundaries = payload.lower().count(b"boundary")
    return boundaries > MOST_BOUNDARIES or (boundaries > 0 and payload.count(b"\n--") > MOST_DELIMITERS)


def parse_headers(payload: bytes) -> Mail:
    """The headers alone, of a message whose body is too large to be looked at. Raises Unreadable."""
    head, _, _ = _split(payload)
    return _parse_leniently(re.sub(rb"(?im)^content-type:", b"X-Type:", head) + b"\n\n")


def _parse_leniently(payload: bytes) -> Mail:
    try:
        return _taken_apart(message_from_bytes(payload, policy=_BoundedOld()))
    except MALFORMED as error:
        raise Unreadable(type(error).__name__) from error


def _taken_apart(message: Message) -> Mail:
    headers: dict[str, list[str]] = {}
    for name, value in message.raw_items():
        headers.setdefault(name.lower(), []).append(decode_header(str(value)))
    message = _recovered(message)
    words = _words(message)
    if not words.text.strip():
        words = _forwarded(message)
    return Mail(
        headers=headers,
        content_type=message.get_content_type(),
        report_type=str(message.get_param("report-type", "") or "").lower(),
        text=_cut(words.text),
        links=words.links,
        attachments=tuple(_attachments(message)),
    )


# --- headers ----------------------------------------------------------------------------------------------------------


def decode_header(raw: str) -> str:
    """Encoded words and bare UTF-8 or Windows bytes as text on one line."""
    line = " ".join(_repaired(raw[:LONGEST_HEADER]).split())
    if "=?" not in line:
        return line
    try:
        decoded = str(policy.default.header_factory("subject", line))
    except MALFORMED:
        return line
    return " ".join(decoded.split())


def _repaired(text: str) -> str:
    """The parser keeps bytes beyond ASCII as lone surrogates: read them as a charset somebody meant."""
    if text.isascii():
        return text
    return decode_bytes(text.encode("utf-8", "surrogateescape"), "utf-8")


def parse_date(told: str) -> datetime | None:
    """A date as mails write it, in UTC and whole seconds (also where no zone is told). None where it makes no sense."""
    try:
        moment = utils.parsedate_to_datetime(told[:200])
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC).replace(microsecond=0)
    except (ValueError, TypeError, OverflowError, LookupError):
        return None


# --- bodies -----------------------------------------------------------------------------------------------------------


def _words(part: Message) -> markup.Plain:
    """What is written in a part and those below it. Of alternatives the first that says something: plain text stands first."""
    if part.is_multipart():
        below = (_words(child) for child in _children(part))
        said = (words for words in below if words.text.strip())
        if part.get_content_subtype() in ("alternative", "related"):
            return next(said, markup.Plain(""))
        return _joined(said)
    if part.get_content_maintype() not in ("text", "multipart") or _is_attached(part):  # a multipart without parts is text
        return markup.Plain("")
    return _read_text(part)


def _recovered(message: Message) -> Message:
    """A multipart whose boundary was lost or misspelt has its parts in its text: the boundary that stands there is taken."""
    payload = message.get_payload(decode=True)
    found = DELIMITER.search(payload) if isinstance(payload, bytes) and message.get_content_maintype() == "multipart" else None
    if not found or not isinstance(payload, bytes):
        return message
    head = f'Content-Type: {message.get_content_type()}; boundary="{found[1].decode()}"\n\n'
    return message_from_bytes(head.encode() + payload, policy=_BoundedOld())


def _forwarded(message: Message) -> markup.Plain:
    """Who forwards a mail as an attachment and writes nothing passes on its words."""
    attached = (part for part in message.walk() if part.get_content_type() == "message/rfc822" and part.is_multipart())
    said = (_words(one) for part in attached for one in part.get_payload() if isinstance(one, Message))
    return next((words for words in said if words.text.strip()), markup.Plain(""))


def _children(part: Message) -> Iterator[Message]:
    """The parts below, less mails that are attached: somebody else wrote them."""
    if part.get_content_maintype() != "multipart":
        return
    for child in part.get_payload():
        if isinstance(child, Message):
            yield child


def _joined(pieces: Iterator[markup.Plain]) -> markup.Plain:
    """Texts one below the other, such as Apple Mail writes around pictures; a piece that says the same again is left out."""
    texts: list[str] = []
    links: dict[str, None] = {}
    for piece in pieces:
        if " ".join(piece.text.split()) not in (" ".join(text.split()) for text in texts):
            texts.append(piece.text)
        links.update(dict.fromkeys(piece.links))
    return markup.Plain("\n\n".join(texts), tuple(links))


def _read_text(part: Message) -> markup.Plain:
    payload = part.get_payload(decode=True)
    data = _shortened(payload if isinstance(payload, bytes) else b"")
    text = decode_bytes(data, part.get_content_charset() or "utf-8").replace("\0", "")
    if part.get_content_subtype() == "html":
        return markup.read_html(text)
    return markup.Plain(text.replace("\r\n", "\n").replace("\r", "\n"))


def _shortened(payload: bytes) -> bytes:
    if len(payload) <= LONGEST_HTML:
        return payload
    return payload[: payload.rfind(b"\n", 0, LONGEST_HTML) + 1 or LONGEST_HTML]


def decode_bytes(payload: bytes, charset: str) -> str:
    """As the charset that was named, if it is one and fits, else as UTF-8, else as Windows Latin 1.

    What is UTF-8 is read as that though a charset of single bytes was named: by chance no other text is.
    """
    named = _codec(charset)
    for name in ("utf-8", named) if ONE_BYTE.fullmatch(named) else (named, "utf-8"):
        try:
            return payload.decode(name)
        except (LookupError, ValueError):  # bytes that do not fit, a codec that is not for text
            continue
    return payload.decode("cp1252", "replace")


def _codec(charset: str) -> str:
    """The codec that reads what programs mean by a charset's name, UTF-8 for a name that is none."""
    try:
        name = "ascii" if NO_CHARSETS.fullmatch(charset) else codecs.lookup(charset).name
    except (LookupError, ValueError):
        return "utf-8"
    return LARGER.get(name, name)


def _cut(text: str) -> str:
    tidy = text.strip("\n")
    return tidy if len(tidy) <= LONGEST_TEXT else tidy[: LONGEST_TEXT - len(CUT)] + CUT


def _is_attached(part: Message) -> bool:
    return part.get_content_disposition() == "attachment" or bool(part.get_filename())


def _attachments(message: Message) -> Iterator[str]:
    for part in message.walk():
        if name := part.get_filename():
            yield decode_header(name)[:200]
