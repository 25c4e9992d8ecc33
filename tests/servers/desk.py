"""The desk on a real socket, as `listener serve` runs it, and a proxy before it with HTTPS and a path of its own."""

import ssl
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar

from flask import Flask
from waitress import wasyncore

from listener import web


@contextmanager
def running(app: Flask) -> Iterator[int]:
    """The port on which the desk answers."""
    server = web.make_server(app, "127.0.0.1", 0)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        yield server.effective_port
    finally:
        server.trigger.pull_trigger(lambda: wasyncore.close_all(server._map, ignore_all=True))
        thread.join(30)
        server.task_dispatcher.shutdown()


@contextmanager
def proxied(port: int, prefix: str, tls: ssl.SSLContext | None = None) -> Iterator[int]:
    """The port of a proxy that shows what answers on `port` below a path, over HTTPS if it has a context for it."""

    class Handler(_Proxy):
        behind, path_prefix, scheme = port, prefix, "https" if tls else "http"

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    if tls:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        thread.join(30)
        server.server_close()


class _Proxy(BaseHTTPRequestHandler):
    behind: ClassVar[int]
    path_prefix: ClassVar[str]
    scheme: ClassVar[str]

    def do_GET(self) -> None:
        if not self.path.startswith(f"{self.path_prefix}/"):
            self.send_error(404, "not of the desk")
            return
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        with closing(HTTPConnection("127.0.0.1", self.behind, timeout=30)) as connection:
            connection.request(self.command, self.path.removeprefix(self.path_prefix), body, self._passed_on())
            self._answer(connection.getresponse())

    do_POST = do_GET  # noqa: N815 -- the standard library's names

    def _passed_on(self) -> dict[str, str]:
        """What a careful proxy sends: what the visitor claims about proxies is replaced."""
        told = {
            "X-Forwarded-For": self.client_address[0],
            "X-Forwarded-Proto": self.scheme,
            "X-Forwarded-Prefix": self.path_prefix,
        }
        return {**{name: value for name, value in self.headers.items() if name.lower() != "connection"}, **told}

    def _answer(self, answer: Any) -> None:
        self.send_response_only(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in ("connection", "transfer-encoding"):
                self.send_header(name, value)
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(answer.read())

    def log_message(self, *_: Any) -> None:
        """Nobody reads it."""
