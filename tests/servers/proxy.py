"""A real HTTP proxy on a free port of this machine: it carries requests and tunnels, and writes down what it was asked for."""

import socket
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import urlsplit


@dataclass
class Proxy:
    """`asked` are the targets, as HOST:PORT; every name leads to this machine's `port`, as if a name server said so."""

    address: str
    port: int = 0
    asked: list[str] = field(default_factory=list)
    logins: list[str] = field(default_factory=list)


@contextmanager
def running(port: int = 0) -> Iterator[Proxy]:
    """`port` is where names that are not of this machine lead."""

    class Handler(BaseHTTPRequestHandler):
        def do_CONNECT(self) -> None:
            self._note(self.path)
            with closing(socket.create_connection(_target(self.path, told.port), 10)) as there:
                self.send_response(200)
                self.end_headers()
                back = Thread(target=_pour, args=(there, self.connection))
                back.start()
                _pour(self.connection, there)
                back.join(10)
            self.close_connection = True

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            self._note(parts.netloc)
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            host, number = _target(parts.netloc, told.port)
            line = HTTPConnection(host, number, timeout=10)
            with closing(line):
                kept = {name: value for name, value in self.headers.items() if not name.lower().startswith("proxy-")}
                line.request(self.command, parts._replace(scheme="", netloc="").geturl(), body, kept)
                answer = line.getresponse()
                content = answer.read()
            self.send_response(answer.status)
            for name, value in answer.getheaders():
                if name.lower() not in ("transfer-encoding", "connection", "content-length"):
                    self.send_header(name, value)
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_POST = do_GET  # noqa: N815 -- the name that http.server looks for

        def _note(self, target: str) -> None:
            told.asked.append(target)
            told.logins.append(self.headers.get("proxy-authorization", ""))

        def log_message(self, format: str, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        told = Proxy(f"http://127.0.0.1:{server.server_port}", port)
        Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}).start()
        try:
            yield told
        finally:
            server.shutdown()


def _target(asked: str, port: int) -> tuple[str, int]:
    host, _, number = asked.partition(":")
    return ("127.0.0.1", int(number or 80)) if host in ("127.0.0.1", "localhost") else ("127.0.0.1", port)


def _pour(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while piece := source.recv(65_536):
            target.sendall(piece)
        target.shutdown(socket.SHUT_WR)
