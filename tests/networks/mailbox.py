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
        answer = b"* OK ready\r\n"
        with suppress(OSError):  # the client hangs up when it has seen enough
            while answer:
                self.wfile.write(answer)
                tag, _, command = self.rfile.readline().partition(b" ")
                answer = self._answer(tag, command.decode().upper()) if command else b""

    def _answer(self, tag: bytes, command: str) -> bytes:
        faults = self.server.faults
        if not faults or (faults[0] == "refused") != command.startswith("LOGIN"):
            return self._told(command) + tag + b" OK done\r\n"
        return {"refused": tag + b" NO wrong\r\n", "garbage": b"\x00\xff no IMAP\r\n", "broken": b""}[faults.pop()]

    def _told(self, command: str) -> bytes:
        count = len(self.server.mails)
        if command.startswith("CAPABILITY"):
            return b"* CAPABILITY IMAP4rev1\r\n"
        if command.startswith("EXAMINE"):
            return f"* {count} EXISTS\r\n* OK [UIDVALIDITY 1] valid\r\n".encode()
        if command.startswith("UID SEARCH"):
            return f"* SEARCH {' '.join(map(str, range(1, count + 1)))}\r\n".encode()
        if not command.startswith("UID FETCH"):
            return b""
        return b"".join(self._fetched(int(uid), "BODY" in command) for uid in command.split()[2].split(","))

    def _fetched(self, uid: int, whole: bool) -> bytes:
        at, payload = self.server.mails[uid - 1]
        told = f'* {uid} FETCH (UID {uid} INTERNALDATE "{at:%d-%b-%Y %H:%M:%S +0000}" RFC822.SIZE {len(payload)}'.encode()
        return told + (b" BODY[] {%d}\r\n%s" % (len(payload), payload) if whole else b"") + b")\r\n"


class Network(ThreadingTCPServer):
    daemon_threads = True

    def __init__(self, posts: Sequence[Post], files: certificates.Certificates) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.mails = [(post.posted_at, mail_of(post)) for post in posts]
        self.faults: list[Fault] = []
        login = {"user": "listener", "password": Secret("correct horse"), "ca_file": str(files.authority)}
        self.options: dict[str, Any] = login | {"host": "localhost", "port": self.server_address[1]}
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(files.server, files.key)

    def get_request(self) -> tuple[socket, Any]:
        plain, address = super().get_request()
        return self.context.wrap_socket(plain, server_side=True), address

    def fail(self, how: Fault) -> None:
        self.faults.append(how)


@contextmanager
def opened(posts: Sequence[Post]) -> Iterator[Network]:
    with TemporaryDirectory() as folder, Network(posts, certificates.make(Path(folder), datetime.now(UTC))) as network:
        Thread(target=network.serve_forever, kwargs={"poll_interval": 0.01}).start()
        try:
            yield network
        finally:
            network.shutdown()
