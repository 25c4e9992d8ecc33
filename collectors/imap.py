"""What a mailbox is asked over IMAP, and its errors in our words. Every reading is a peek into a folder opened read-only."""

import imaplib
import re
import ssl
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from collectors.base import BadRequest, NotAllowed, Secret, Unavailable, Window
from collectors.line import Line
from collectors.message import parse_date

if TYPE_CHECKING:
    from imap_tools import MailBox

LISTED_TOGETHER = 500
SLOWEST = 50_000  # bytes in a second: so much longer than other answers may large ones take
LISTED = re.compile(rb'(?=.*\bUID (\d+))(?=.*\bINTERNALDATE "([^"]{1,40})")(?=.*\bRFC822\.SIZE (\d+))', re.DOTALL)
UID = re.compile(rb"\bUID (\d+)")
COMES_BACK = re.compile(r"\[(?:UNAVAILABLE|INUSE|LIMIT|SERVERBUG)\]", re.IGNORECASE)  # RFC 5530
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Listed:
    """A mail as the folder lists it, before it is fetched: its size in bytes as the server tells it."""

    uid: int
    arrived: datetime
    size: int


@contextmanager
def connected(host: str, port: int, ca_file: str, timeout: float) -> Iterator["MailBox"]:
    """A connection whose certificate was checked; inside, foreign errors become ours."""
    line = Line()
    with _translated(host, line), closing(line):
        box = _connect(host, port, _trusted(ca_file), timeout, line)
        try:
            yield box
        finally:  # no polite LOGOUT: it would wait for a server that is gone
            with suppress(OSError):
                box.client.shutdown()


def log_in(box: "MailBox", user: str, password: Secret, token: Secret | None) -> None:
    """With the OAuth 2 token if there is one."""
    from imap_tools import MailboxLoginError

    try:
        _say_who(box, user, password, token)
    except imaplib.IMAP4.abort:
        raise
    except (imaplib.IMAP4.error, MailboxLoginError) as error:
        if COMES_BACK.search(str(error)):
            raise Unavailable("the mail server cannot check logins at the moment") from error
        raise NotAllowed("the mail server refused the login: check user, and password or token_command") from error


def select(box: "MailBox", folder: str) -> str:
    """Opens a folder for reading only and says its UIDVALIDITY."""
    from imap_tools import MailboxFolderSelectError

    try:
        box.folder.set(folder, readonly=True)
    except MailboxFolderSelectError as error:
        there = [one.name for one in box.folder.list()]
        if folder in there or COMES_BACK.search(str(error)):
            raise Unavailable(f"the folder {folder} cannot be opened at the moment") from error
        raise BadRequest(f"there is no folder {folder} in the mailbox; there are: {', '.join(there)}") from error
    told = box.client.response("UIDVALIDITY")[1][0]
    return told.decode() if isinstance(told, bytes) else ""


def search(box: "MailBox", window: Window) -> list[int]:
    """The UIDs that may lie in the window, ascending. Servers compare dates in a zone of their own: a day more on each side."""
    from imap_tools import AND

    asked = AND(date_gte=(window.since - DAY).date(), date_lt=(window.until + 2 * DAY).date())
    return sorted(map(int, box.uids(asked, charset=None)))


def listed(box: "MailBox", uids: Sequence[int]) -> Iterator[list[Listed]]:
    """When each mail arrived and how large it is, some hundred at a time."""
    for at in range(0, len(uids), LISTED_TOGETHER):
        answer = _fetch(box, uids[at : at + LISTED_TOGETHER], "(UID INTERNALDATE RFC822.SIZE)")
        lines = (line for line in answer if isinstance(line, bytes) and b"RFC822.SIZE" in line)  # servers add news of flags
        yield sorted(map(_read_listed, lines), key=lambda one: one.uid)


def fetch(box: "MailBox", mails: Sequence[Listed], part: str) -> Iterator[tuple[Listed, bytes]]:
    """That part of each mail that is still there."""
    with box.client.patient_for(sum(one.size for one in mails)):
        answer = _fetch(box, [one.uid for one in mails], f"(UID {part})")
    found = dict(_bodies(answer))
    return ((one, found[one.uid]) for one in mails if one.uid in found)


def can_idle(box: "MailBox") -> bool:
    """Whether the server tells of new mails (RFC 2177); some say so only to who has logged in."""
    told = box.client.capability()[1]
    return any(b"IDLE" in line.upper().split() for line in told if isinstance(line, bytes))


def wait_for_news(box: "MailBox", seconds: float) -> None:
    """Until the server tells of something in the open folder, or the time is over. What comes just before is not told of."""
    with box.client.in_time(seconds):
        box.idle.wait(timeout=seconds)


def newest(box: "MailBox", folder: str) -> tuple[str, ...]:
    """What changes when a mail comes: opens the folder again, since an open one may be shown as it was."""
    select(box, folder)
    told = (box.client.response(name)[1][0] for name in ("UIDNEXT", "EXISTS"))
    return tuple(one.decode() if isinstance(one, bytes) else "" for one in told)


# --- what the server says ---------------------------------------------------------------------------------------------


class _Client(imaplib.IMAP4_SSL):
    """Answers come whole within `seconds`, and what their size wants beside, or not at all."""

    def __init__(self, host: str, port: int, trusted: ssl.SSLContext, timeout: float, line: Line) -> None:
        self._line, self._trusted, self.seconds = line, trusted, timeout
        with line.within(timeout):
            super().__init__(host, port, ssl_context=trusted, timeout=timeout)

    def _create_socket(self, timeout: float | None) -> ssl.SSLSocket:
        plain = imaplib.IMAP4._create_socket(self, timeout)  # type: ignore[attr-defined]  # before TLS takes its handle away
        self._line.watch(plain)
        return self._trusted.wrap_socket(plain, server_hostname=self.host)

    def _simple_command(self, name: str, *arguments: Any) -> Any:
        with self._line.within(self.seconds):
            return super()._simple_command(name, *arguments)  # type: ignore[misc]  # what every command goes through

    def in_time(self, more: float) -> AbstractContextManager[None]:
        """For what is no single command: so many seconds beside the usual."""
        return self._line.within(self.seconds + more)

    @contextmanager
    def patient_for(self, size: int) -> Iterator[None]:
        before = self.seconds
        self.seconds += size / SLOWEST
        try:
            yield
        finally:
            self.seconds = before


def _trusted(ca_file: str) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=ca_file or None)
    except OSError as error:
        raise BadRequest(f"ca_file {ca_file} cannot be read as certificates") from error


def _connect(host: str, port: int, trusted: ssl.SSLContext, timeout: float, line: Line) -> "MailBox":
    from imap_tools import MailBox

    class Box(MailBox):
        def _get_mailbox_client(self) -> imaplib.IMAP4:
            return _Client(host, port, trusted, timeout, line)

    return Box(host, port=port, timeout=timeout, ssl_context=trusted)


def _say_who(box: "MailBox", user: str, password: Secret, token: Secret | None) -> None:
    if token:
        box.xoauth2(user, token.reveal(), initial_folder=None)
    elif (user + password.reveal()).isascii():
        box.login(user, password.reveal(), initial_folder=None)
    else:
        box.login_utf8(user, password.reveal(), initial_folder=None)


def _fetch(box: "MailBox", uids: Sequence[int], what: str) -> list[Any]:
    status, answer = box.client.uid("FETCH", ",".join(map(str, uids)), what)
    if status != "OK":
        raise Unavailable("the mail server refused to hand out mails that it had listed")
    return [line for line in answer if line]


def _read_listed(line: bytes) -> Listed:
    found = LISTED.match(line)
    arrived = parse_date(found[2].decode().strip()) if found else None
    if not found or not arrived:
        raise ValueError("a mail is listed without UID, date or size")
    return Listed(int(found[1]), arrived, int(found[3]))


def _bodies(answer: Sequence[Any]) -> Iterator[tuple[int, bytes]]:
    """imaplib hands out a pair for each literal, and the rest of its line behind it: the UID may stand in either."""
    for number, piece in enumerate(answer):
        if isinstance(piece, tuple):
            rest = answer[number + 1] if number + 1 < len(answer) else b""
            found = UID.search(piece[0]) or UID.search(rest if isinstance(rest, bytes) else b"")
            if found:
                yield int(found[1]), piece[1]


@contextmanager
def _translated(host: str, line: Line) -> Iterator[None]:
    try:
        with _our_words(host):
            yield
    except Unavailable as error:
        if line.is_cut:
            raise Unavailable(f"{host} did not answer whole in time") from error
        raise


@contextmanager
def _our_words(host: str) -> Iterator[None]:
    from imap_tools.errors import ImapToolsError

    try:
        yield
    except ssl.SSLCertVerificationError as error:
        reason = f"the certificate of {host} is not trusted ({error.verify_message}): set ca_file if the authority is your own"
        raise NotAllowed(reason) from error
    except TimeoutError as error:
        raise Unavailable(f"{host} did not answer in time") from error
    except ssl.SSLError as error:
        raise Unavailable(f"{host} does not speak TLS on this port, or not as we do") from error
    except OSError as error:
        raise Unavailable(f"{host} cannot be reached: {error.strerror or type(error).__name__}") from error
    except imaplib.IMAP4.abort as error:
        raise Unavailable(f"{host} broke off the connection") from error
    except (imaplib.IMAP4.error, ImapToolsError, ValueError, LookupError, TypeError) as error:
        raise Unavailable(f"{host} answered with something that is no IMAP") from error
