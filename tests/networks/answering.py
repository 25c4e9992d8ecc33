"""A small HTTP server on a free port of this machine, whose answers one function decides."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

Query = Mapping[str, list[str]]
Answer = tuple[int, Mapping[str, str], Any]  # status, headers, body: bytes as they are, anything else as JSON


class _Server(ThreadingHTTPServer):
    def __init__(self, answer: Callable[[str, Query], Answer]) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answer = answer


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_GET(self) -> None:
        sent = self.rfile.read(int(self.headers.get("content-length", 0)))
        asked = urlsplit(self.path)
        put = {"body": [sent.decode()]} if self.command == "PUT" else {}
        status, headers, body = self.server.answer(asked.path, parse_qs(asked.query) | put)
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(status)
        for name, value in {"content-type": "application/json", **headers, "content-length": str(len(raw))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(raw)

    do_POST = do_PUT = do_GET  # noqa: N815 -- the names that http.server looks for

    def log_message(self, format: str, *args: object) -> None:
        pass


@contextmanager
def answering(answer: Callable[[str, Query], Answer]) -> Iterator[str]:
    """The address of a server that answers each request, given as path and query, as `answer` says. What is PUT is `body`."""
    with _Server(answer) as server:
        Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
