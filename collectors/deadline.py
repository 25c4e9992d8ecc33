"""A requests adapter with what requests lacks: one deadline for a whole answer, a cap on its size, a say in who is reached."""

import socket
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from threading import Timer
from typing import Any
from weakref import WeakSet

from requests import ConnectionError as Broken
from requests import PreparedRequest, Response, Session
from requests.adapters import HTTPAdapter
from requests.exceptions import SSLError
from urllib3 import HTTPConnectionPool, HTTPResponse
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError

from collectors import way_out

MOST_BYTES = 10_000_000
CHUNK = 65_536


def reach_anyone(address: str) -> None:
    """Refuses no address."""


class Deadline(HTTPAdapter):
    """Answers come whole within `seconds` or not at all; requests' own timeout starts anew with every byte.

    `moved` is the host that is asked instead of the one in the address, as `("https://public.example", "http://127.0.0.1:1")`.
    `guard` is called with each numeric address before it is connected to, and raises to refuse it. Looking up a name is the
    one thing that the deadline cannot cut short.
    """

    def __init__(self, seconds: float, moved: tuple[str, str] = ("", ""), guard: Callable[[str], None] = reach_anyone) -> None:
        super().__init__()
        self._seconds = seconds
        self._moved = moved
        self._line = _Line(guard)

    def send(self, request: PreparedRequest, *_: Any, **given: Any) -> Response:
        request.url = (request.url or "").replace(*self._moved, 1) if self._moved[0] else request.url
        with self._line.open_for(self._seconds):
            settled = {"stream": True, "timeout": self._seconds, "verify": _trusted(given.get("verify", True))}
            response = super().send(request, **(given | settled))
            # The one way to hand requests a body that was already read: it looks here before it reads by itself.
            response._content = b"".join(_within(response, self._line.ends))
        response._content_consumed = True
        return response

    def get_connection_with_tls_context(self, *asked: Any, **given: Any) -> HTTPConnectionPool:
        pool = super().get_connection_with_tls_context(*asked, **given)
        kind = _Secure if pool.scheme == "https" else _Watched
        pool.ConnectionCls = partial(kind, line=self._line)  # type: ignore[assignment]  # it is only ever called
        return pool


class OneHop(Session):
    """Follows no redirect, and not even works out where it leads, as requests does and fails for some addresses.

    It takes neither .netrc nor a proxy from the environment by itself: whoever guards addresses must know of a proxy.
    """

    def __init__(self) -> None:
        super().__init__()
        self.trust_env = False

    def get_redirect_target(self, _: Response) -> None:
        return None


def _trusted(verify: bool | str) -> bool | str:
    """The authorities that any of the environment's variables names. Raises SSLError for a file that is not there."""
    found = way_out.authorities() if verify is True else verify
    if isinstance(found, str) and found and not Path(found).exists():
        raise SSLError(f"there is no file {found} with the authorities to trust")
    return found or True


def _within(response: Response, ends: float) -> Iterator[bytes]:
    size = 0
    raw: HTTPResponse = response.raw
    try:
        for chunk in _unpacked(raw) if _is_gzip(raw) else _pieces(raw, decode=True):
            size += len(chunk)
            if size > MOST_BYTES:
                raise Broken(f"the answer is larger than {MOST_BYTES} bytes")
            _refuse_late(ends)
            yield chunk
        _refuse_late(ends)  # an answer that was cut off may look like one that ended
    except (HTTPError, zlib.error) as error:
        raise Broken("the answer broke off") from error
    finally:
        raw.close()


def _pieces(raw: HTTPResponse, decode: bool) -> Iterator[bytes]:
    while chunk := raw.read1(CHUNK, decode_content=decode):
        yield chunk


def _is_gzip(raw: HTTPResponse) -> bool:
    return raw.headers.get("content-encoding", "").strip().lower() in ("gzip", "x-gzip")


def _unpacked(raw: HTTPResponse) -> Iterator[bytes]:
    """Unpacked here because urllib3 takes a gzip stream that stops short, or is followed by rubbish, for a whole one."""
    unpacker, came = zlib.decompressobj(31), False
    for chunk in _pieces(raw, decode=False):
        came, tail = True, chunk
        while tail:
            yield unpacker.decompress(tail, CHUNK)
            if unpacker.unused_data:
                raise zlib.error("something follows the end")
            tail = unpacker.unconsumed_tail
    yield unpacker.flush()
    if came and not unpacker.eof:
        raise zlib.error("the end is missing")


def _refuse_late(ends: float) -> None:
    if time.monotonic() >= ends:
        raise Broken("the answer did not come whole in time")


# --- connections ------------------------------------------------------------------------------------------------------


class _Line:
    """The connections of one adapter, and the moment at which all of them are cut."""

    def __init__(self, guard: Callable[[str], None]) -> None:
        self.ends = 0.0
        self.connections: WeakSet[_Watched] = WeakSet()
        self._guard = guard

    @contextmanager
    def open_for(self, seconds: float) -> Iterator[None]:
        self.ends = time.monotonic() + seconds
        timer = Timer(seconds, self._cut)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()

    def connect(self, host: str, port: int) -> socket.socket:
        """Connects to the very addresses that were checked: a second look-up could give others."""
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        for *_, address in found:
            self._guard(str(address[0]))
        for family, kind, protocol, _, address in found[:-1]:
            with suppress(OSError):
                return self._connected(socket.socket(family, kind, protocol), address)
        family, kind, protocol, _, address = found[-1]
        return self._connected(socket.socket(family, kind, protocol), address)

    def _connected(self, one: socket.socket, address: Any) -> socket.socket:
        try:
            one.settimeout(max(self.ends - time.monotonic(), 0.001))
            one.connect(address)
        except OSError:
            one.close()
            raise
        return one

    def _cut(self) -> None:
        for connection in list(self.connections):
            connection.cut()


class _Watched(HTTPConnection):
    """Keeps a second handle on its socket, since TLS takes the first away while it is still shaking hands."""

    def __init__(self, *asked: Any, line: _Line, **given: Any) -> None:
        super().__init__(*asked, **given)
        self._line = line
        self._handle: socket.socket | None = None

    def _new_conn(self) -> socket.socket:
        one = self._line.connect(self._dns_host, self.port)
        self._handle = one.dup()
        self._line.connections.add(self)
        return one

    def cut(self) -> None:
        if self._handle is not None:
            with suppress(OSError):  # the other side may have been quicker
                self._handle.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        super().close()
        if self._handle is not None:
            self._handle.close()


class _Secure(_Watched, HTTPSConnection):
    """The same over TLS."""
