"""An SMTP server that puts every mail it takes into a folder of the Dovecot mailbox, to be read back over IMAP."""

import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from imaplib import IMAP4_SSL
from typing import Any

from aiosmtpd.controller import Controller

from tests.servers.dovecot import PASSWORD, USER, Dovecot, free_port


class _Counter:
    """Takes a mail for who@example.org and puts it into the folder "who"."""

    def __init__(self, mailbox: Dovecot, now: Callable[[], datetime]) -> None:
        self.mailbox, self.now = mailbox, now

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 -- aiosmtpd's name
        for address in envelope.rcpt_tos:
            self.mailbox.deliver(envelope.content, self.now(), folder=address.partition("@")[0])
        return "250 taken"


@contextmanager
def opened(mailbox: Dovecot, now: Callable[[], datetime]) -> Iterator[int]:
    """The port on this machine that mails are handed in at."""
    office = Controller(_Counter(mailbox, now), hostname="127.0.0.1", port=free_port())
    office.start()
    try:
        yield office.port
    finally:
        office.stop()


def read(mailbox: Dovecot, folder: str) -> list[EmailMessage]:
    """Every mail of a folder, oldest first, over IMAP as its owner reads it; none where nothing has come yet."""
    context = ssl.create_default_context(cafile=str(mailbox.files.authority))
    with IMAP4_SSL("localhost", mailbox.port, ssl_context=context) as imap:
        imap.login(USER, PASSWORD)
        if imap.select(folder, readonly=True)[0] != "OK":
            return []
        numbers = imap.search(None, "ALL")[1][0].split()
        found = [imap.fetch(number, "(BODY.PEEK[])")[1][0] for number in numbers]
    return [message_from_bytes(one[1], policy=policy.default) for one in found if isinstance(one, tuple)]
