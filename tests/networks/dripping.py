"""A server that never stops answering: after what it says at once, one byte at a time for as long as anybody listens."""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from socketserver import StreamRequestHandler, ThreadingTCPServer
from threading import Event, Thread
from typing import Any

BETWEEN = 0.05  # seconds
MOST = 400  # bytes: long after whoever asked should have gone


class Server(ThreadingTCPServer):
    """`begins` is said first, of HTTP once it was asked; `dripped` counts the bytes that were taken after it."""

    daemon_threads = True

    def __init__(self, begins: bytes, context: ssl.SSLContext | None) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.begins, self.context = begins, context
        self.dripped = 0
        self.over = Event()

    def get_request(self) -> tuple[Any, Any]:
        plain, address = super().get_request()
        return (self.context.wrap_socket(plain, server_side=True) if self.context else plain), address


class _Handler(StreamRequestHandler):
    server: Server

    def handle(self) -> None:
        with suppress(OSError):
            if not self.server.context:
                while self.rfile.readline().strip():
                    pass
            self.wfile.write(self.server.begins)
            for _ in range(MOST):
                if self.server.over.wait(BETWEEN):
                    return
                self.wfile.write(b"a")
                self.server.dripped += 1


@contextmanager
def dripping(begins: bytes, context: ssl.SSLContext | None = None) -> Iterator[Server]:
    """Speaks TLS, and before it is spoken to, where a context is given."""
    with Server(begins, context) as server:
        Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}).start()
        try:
            yield server
        finally:
            server.over.set()
            server.shutdown()
