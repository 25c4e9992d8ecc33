"""An IMAP server over TLS with one folder, INBOX, that holds the given mails in the order given."""

import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path
from socket import socket
from socketserver import StreamRequestHandler, ThreadingTCPServer
from tempfile import TemporaryDirectory
from threading import Thread
from typing import Any

from collectors.base import Secret
from collectors.post import Author, Post
from tests.networks import Fault
from tests.servers import certificates

FAULTS: Sequence[Fault] = ("broken", "refused", "garbage")


def make_post(number: int, posted_at: datetime, text: str) -> Post:
    id = f"{posted_at.astimezone(UTC):%Y%m%dT%H}/{number}@example.org"
    author = Author(handle=f"carer{number}@example.org", name=f"Carer {number}")
    return Post(network="mail", id=id, posted_at=posted_at, text=text, author=author, kind="mail", visibility="private")


def mail_of(post: Post) -> bytes:
    mail = EmailMessage()
    mail["From"], mail["Date"] = f"{post.author.name} <{post.author.handle}>", post.posted_at
    mail["Message-ID"] = f"<{post.id.partition('/')[2]}>"
    mail.set_content(post.text)
    return mail.as_bytes().replace(b"\n", b"\r\n")


class _Handler(StreamRequestHandler):
    server: "Network"

    def handle(self) -> None:
        answer: bytes | None = b"* OK ready\r\n"
        with suppress(OSError):  # the client hangs up when it has seen enough
            while answer is not None:
                self.wfile.write(answer)
                tag, _, command = self.rfile.readline().decode().upper().partition(" ")
                answer = self._answer(tag, command) if command else None

    def _answer(self, tag: str, command: str) -> bytes | None:
        how = self.server.next_fault(command)
        if how == "broken":
            return None
        if how == "refused":
            return f"{tag} NO wrong\r\n".encode()
        told = b"\x00\xff no IMAP\r\n" if how else self._told(command)
        return told + f"{tag} OK done\r\n".encode()

    def _told(self, command: str) -> bytes:
        if command.startswith("CAPABILITY"):
            return b"* CAPABILITY IMAP4rev1\r\n"
        if command.startswith("EXAMINE"):
            return b"* %d EXISTS\r\n* OK [UIDVALIDITY 1] valid\r\n" % len(self.server.mails)
        if command.startswith("UID SEARCH"):
            return f"* SEARCH {' '.join(str(uid) for uid in range(1, len(self.server.mails) + 1))}\r\n".encode()
        if not command.startswith("UID FETCH"):
            return b""
        return b"".join(self._fetched(int(uid), "BODY" in command) for uid in command.split()[2].split(","))

    def _fetched(self, uid: int, whole: bool) -> bytes:
        post, payload = self.server.mails[uid - 1]
        told = f'* {uid} FETCH (UID {uid} INTERNALDATE "{post.posted_at:%d-%b-%Y %H:%M:%S +0000}" RFC822.SIZE {len(payload)}'
        return told.encode() + (b" BODY[] {%d}\r\n%s" % (len(payload), payload) if whole else b"") + b")\r\n"


class Network(ThreadingTCPServer):
    daemon_threads = True

    def __init__(self, posts: Sequence[Post], files: certificates.Certificates) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.mails = [(post, mail_of(post)) for post in posts]
        self.faults: list[Fault] = []
        self.files = files
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(files.server, files.key)

    def get_request(self) -> tuple[socket, Any]:
        plain, address = super().get_request()
        return self.context.wrap_socket(plain, server_side=True), address

    @property
    def options(self) -> dict[str, Any]:
        login = {"user": "listener", "password": Secret("correct horse"), "ca_file": str(self.files.authority)}
        return login | {"host": "localhost", "port": self.server_address[1]}

    def fail(self, how: Fault) -> None:
        self.faults.append(how)

    def next_fault(self, command: str) -> Fault | None:
        fits = self.faults and (self.faults[0] == "refused") == command.startswith("LOGIN")
        return self.faults.pop() if fits else None


@contextmanager
def opened(posts: Sequence[Post]) -> Iterator[Network]:
    with TemporaryDirectory() as folder, Network(posts, certificates.make(Path(folder), datetime.now(UTC))) as network:
        Thread(target=network.serve_forever, kwargs={"poll_interval": 0.01}).start()
        try:
            yield network
        finally:
            network.shutdown()
