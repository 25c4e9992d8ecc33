"""Mails of an IMAP mailbox over TLS. Read only: nothing is marked as seen, moved or deleted."""

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, ClassVar

from collectors import child, imap, mail
from collectors.base import Aside, BadRequest, Collector, Item, Page, Secret, Window, option
from collectors.imap import Listed

if TYPE_CHECKING:
    from imap_tools import MailBox

MOST_MAILS = 20  # in one page
LONGEST_IDLE = 25.0  # seconds
LARGEST_BATCH = mail.LARGEST_MAIL  # bytes of one page, or one mail


@dataclass(frozen=True, slots=True)
class Place:
    """How far a folder was read. UIDs mean nothing once the folder's UIDVALIDITY has changed."""

    folder: str
    validity: str
    uid: int

    def told(self) -> str:
        return json.dumps([self.folder, self.validity, self.uid])

    @classmethod
    def read(cls, told: str) -> "Place":
        try:
            folder, validity, uid = json.loads(told)
        except (ValueError, TypeError) as error:
            raise BadRequest("the cursor is none of a mailbox") from error
        return cls(folder, validity, uid)

    def passed(self, folder: str, validity: str) -> int:
        """The last UID that need not be read again."""
        return self.uid if (folder, validity) == (self.folder, self.validity) else 0


@dataclass(frozen=True, kw_only=True)
class Mailbox(Collector):
    """Mails are posted when they arrive (INTERNALDATE); `id` comes from the mail alone, so that moves change nothing."""

    kind: ClassVar[str] = "mailbox"
    channel: ClassVar[str] = "Mailbox"

    host: str = option(help="the IMAP server's name, as its certificate has it", asks=True)
    port: int = option(993, help="its port for IMAP over TLS")
    user: str = option(help="the login, usually the mailbox's address", asks=True)
    password: Secret | None = option(None, help="the password; leave it out when there is a token_command")
    token_command: str = option("", help="a command that prints an OAuth 2 access token (XOAUTH2)")
    folders: tuple[str, ...] = option(("INBOX",), help="the folders to read", asks=True)
    ca_file: str = option(
        "", help="a PEM file with the authority that signed the server's certificate, if it is your own", place=True
    )
    mask: bool = option(
        True, help="replace NHS numbers, phones, e-mail addresses and postcodes, and do not keep the mail itself"
    )
    idle: bool = option(True, help="whether the server is to tell of new mails in the first folder (IDLE), where it can")
    timeout: float = option(60.0, help="seconds to wait for each answer")

    def __post_init__(self) -> None:
        if (self.password is None) == (not self.token_command):
            raise ValueError("a mailbox needs either a password or a token_command, and not both")
        if not self.folders:
            raise ValueError("a mailbox needs at least one folder to read")

    @property
    def asked(self) -> str:
        return f"mails in {' and '.join(self.folders)}"

    def collect(self, window: Window, cursor: str | None = None) -> Iterator[Page]:
        place = Place.read(cursor) if cursor else Place(self.folders[0], "", 0)
        with self._opened() as box:
            for folder in self._from(place.folder):
                for page in self._read_folder(box, folder, window, place):
                    yield page
                    if self.given.stopped():
                        return
        yield Page()

    def _from(self, folder: str) -> tuple[str, ...]:
        """The folders not yet read whole; all of them where the config has changed meanwhile."""
        return self.folders[self.folders.index(folder) :] if folder in self.folders else self.folders

    def read(self, payload: bytes) -> Page:
        """One mail, or an mbox of them."""
        mails = mail.split_mbox(BytesIO(payload)) if payload.startswith(b"From ") else [payload]
        return _as_page(mail.read_mail(one, None, self.mask) for one in mails)

    @property
    def hosts(self) -> tuple[str, ...]:
        return (f"{self.host}:{self.port}",)

    def check(self) -> None:
        with self._opened() as box:
            for folder in self.folders:
                imap.select(box, folder)

    def watch(self) -> Iterator[None]:
        """New mails of the first folder, beside asking every so often. A wait is short: a server that is gone says nothing."""
        if not self.idle:
            return
        with self._opened() as box:
            before = imap.newest(box, self.folders[0])
            if not imap.can_idle(box):
                return
            yield
            while not self.given.stopped():
                imap.wait_for_news(box, LONGEST_IDLE)
                now = imap.newest(box, self.folders[0])
                if now != before:
                    yield
                before = now

    # --- the conversation ---------------------------------------------------------------------------------------------

    @contextmanager
    def _opened(self) -> Iterator["MailBox"]:
        with imap.connected(self.host, self.port, self.ca_file, self.timeout) as box:
            imap.log_in(box, self.user, self.password or Secret(""), self._token())
            yield box

    def _token(self) -> Secret | None:
        return Secret(child.run(self.token_command, self.timeout)) if self.token_command else None

    def _read_folder(self, box: "MailBox", folder: str, window: Window, place: Place) -> Iterator[Page]:
        validity = imap.select(box, folder)
        uids = [uid for uid in imap.search(box, window) if uid > place.passed(folder, validity)]
        for listed in imap.listed(box, uids):
            for batch in _batches([one for one in listed if one.arrived in window]):
                page = _as_page(self._fetch(box, batch))
                yield Page(page.items, page.asides, Place(folder, validity, batch[-1].uid).told(), requests=1)

    def _fetch(self, box: "MailBox", batch: Sequence[Listed]) -> Iterator[Item | Aside]:
        """The mails of a batch; one that was deleted a moment ago is not among them."""
        if batch[0].size > mail.LARGEST_MAIL:  # alone in its batch
            part, read = f"BODY.PEEK[]<0.{mail.BEGINNING}>", mail.read_beginning
        else:  # some servers tell a size that is too small
            part, read = f"BODY.PEEK[]<0.{mail.LARGEST_MAIL + 1}>", mail.read_mail
        return (read(payload, one.arrived, self.mask) for one, payload in imap.fetch(box, batch, part))


def _batches(listed: Iterable[Listed]) -> Iterator[list[Listed]]:
    """Mails that are fetched together: few enough to be held in memory."""
    batch: list[Listed] = []
    for one in listed:
        if batch and (len(batch) == MOST_MAILS or sum(other.size for other in batch) + one.size > LARGEST_BATCH):
            yield batch
            batch = []
        batch.append(one)
    if batch:
        yield batch


def _as_page(entries: Iterable[Item | Aside]) -> Page:
    told = list(entries)
    return Page(
        items=tuple(one for one in told if isinstance(one, Item)), asides=tuple(one for one in told if isinstance(one, Aside))
    )


KIND = Mailbox
