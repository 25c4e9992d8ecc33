"""A line to a stream of Bluesky's: what happens on the network while it does. The one home of websockets."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlencode, urlsplit

from collectors import bluesky_frames as frames
from collectors import way_out
from collectors.base import BadRequest, CollectorError, NotAllowed, RateLimited, Told, Unavailable
from collectors.bluesky_frames import CursorRefused, Wanted
from collectors.bluesky_views import COLLECTION

if TYPE_CHECKING:
    from websockets.sync.client import ClientConnection

log = logging.getLogger(__name__)

FIREHOSE, JETSTREAM = "/xrpc/com.atproto.sync.subscribeRepos", "/subscribe"
LOOK = 2.0  # seconds until it is looked again whether to stop
SILENCE = 120.0  # seconds without a word after which the line is thought dead
MOST_BYTES = 6_000_000  # of one frame; the network's own have at most five million


def fault(url: str) -> str:
    """Why an address names no stream, empty if it does."""
    parts = urlsplit(url)
    if parts.scheme not in ("ws", "wss") or not way_out.place(url):
        return f'must be an address of a stream: live = "wss://HOST{JETSTREAM}"'
    if parts.path not in (FIREHOSE, JETSTREAM):
        return f"must end with {JETSTREAM} (a Jetstream) or {FIREHOSE} (a relay or an account server)"
    return ""


@dataclass(frozen=True, kw_only=True)
class Stream:
    """`timeout` is seconds for being connected; `stopped` is looked at between frames."""

    url: str
    wanted: Wanted
    timeout: float
    stopped: Callable[[], bool]

    def follow(self, cursor: str | None) -> Iterator[Told]:
        """From the cursor on, or from now on where the stream does not take it. Raises CollectorError."""
        try:
            yield from self._follow(cursor)
        except CursorRefused as refused:
            if cursor is None:
                raise
            log.warning("%s; listening goes on from now", refused)
            yield from self._follow(None)

    def check(self) -> None:
        """Connects and hangs up. Raises CollectorError."""
        with _translated(self.url), self._opened(None):
            pass

    def _follow(self, cursor: str | None) -> Iterator[Told]:
        with _translated(self.url, has_cursor=cursor is not None), self._opened(cursor) as line:
            yield Told()
            quiet = 0.0
            while not self.stopped():
                frame = _next(line)
                quiet = 0.0 if frame is not None else quiet + LOOK
                if quiet >= SILENCE:
                    raise Unavailable(f"{_host(self.url)} has told nothing for {SILENCE:g} seconds")
                yield Told() if frame is None else frames.read(frame, self.wanted)

    def _opened(self, cursor: str | None) -> "ClientConnection":
        from websockets.sync.client import connect

        trust = way_out.trust() if self.url.startswith("wss:") else None
        return connect(
            _asked(self.url, cursor),
            ssl=None if isinstance(trust, bool) else trust,
            open_timeout=self.timeout,
            close_timeout=LOOK,
            max_size=MOST_BYTES,
            compression=None,
        )


def _asked(url: str, cursor: str | None) -> str:
    parts = urlsplit(url)
    more = [("wantedCollections", COLLECTION)] if parts.path == JETSTREAM else []
    more += [("cursor", cursor)] if cursor is not None else []
    return parts._replace(query=urlencode([*parse_qsl(parts.query), *more])).geturl()


def _next(line: "ClientConnection") -> str | bytes | None:
    try:
        return line.recv(LOOK)
    except TimeoutError:
        return None


def _host(url: str) -> str:
    return urlsplit(url).hostname or url


# --- errors -----------------------------------------------------------------------------------------------------------


@contextmanager
def _translated(url: str, *, has_cursor: bool = False) -> Iterator[None]:
    from websockets.exceptions import InvalidStatus, WebSocketException

    try:
        yield
    except InvalidStatus as error:
        raise _meaning(url, error.response.status_code, has_cursor) from error
    except (OSError, EOFError, WebSocketException) as error:
        raise Unavailable(f"the stream of {_host(url)} broke off: {str(error) or type(error).__name__}") from error


def _meaning(url: str, status: int, has_cursor: bool) -> CollectorError:
    reason = f"{_host(url)} did not open its stream: it answered {status}"
    if status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
        return NotAllowed(reason)
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return RateLimited(reason)
    if status == HTTPStatus.BAD_REQUEST and has_cursor:
        return CursorRefused(reason)
    return BadRequest(reason) if 400 <= status < 500 else Unavailable(reason)
