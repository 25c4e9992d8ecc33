"""The account's session with Bluesky, kept over many runs, and what its server's refusals mean. The one home of atproto."""

import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Self

from collectors import way_out
from collectors.base import BadRequest, CollectorError, NotAllowed, OutOfCredit, RateLimited, Secret, Unavailable, Vault
from collectors.line import Line

if TYPE_CHECKING:
    from ssl import SSLContext

    from atproto import Client, Session, SessionEvent, exceptions
    from httpx import Request, Response

log = logging.getLogger(__name__)

_SESSION_OVER = frozenset({"ExpiredToken", "InvalidToken"})  # what a PDS says, with status 400, of a session that has ended
MOST_BYTES = 10_000_000


class SessionRefused(NotAllowed):
    """The session or the login was not accepted; of a stored session it only means that it has ended."""


class NotThere(BadRequest):
    """The post or account that was asked about does not exist, or no longer."""


class Connection:
    """A session that lasts over many runs: kept in the vault whenever its tokens rotate, renewed by one login when refused.

    Bluesky allows an account few logins a day (bluesky-social/bsky-docs#183).
    """

    def __init__(
        self, handle: str, password: Secret, service: str, *, timeout: float, vault: Vault, now: Callable[[], datetime]
    ) -> None:
        self._handle, self._password, self._service = handle, password, service
        self._timeout, self._vault, self._now = timeout, vault, now
        self._kept_as = f"bluesky-session-{handle}@{service}"
        self._client: Client | None = None
        self._line = Line()
        self._requests = 0
        self._tried = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._close()

    def ask(self, method: str, params: Mapping[str, Any]) -> dict[str, Any]:
        """The answer as it came. Raises CollectorError."""
        try:
            return self._query(method, params)
        except SessionRefused:
            if self._tried:
                raise
        log.info("the kept Bluesky session of %s has ended, logging in again", self._handle)
        self._log_in()
        return self._query(method, params)

    def count_requests(self) -> int:
        """How many requests were sent since this was last asked."""
        sent, self._requests = self._requests, 0
        return sent

    def _query(self, method: str, params: Mapping[str, Any]) -> dict[str, Any]:
        from atproto_client.models.dot_dict import (
            DotDict,
        )  # what the SDK takes for parameters that none of its models has checked

        client = self._client or self._restore() or self._log_in()
        self._requests += 1
        with self._in_time():
            content = client.invoke_query(method, params=DotDict(dict(params))).content
        if not isinstance(content, dict):
            raise Unavailable("Bluesky sent an answer that is no JSON object")
        return content

    def _restore(self) -> "Client | None":
        """A client with the kept session, which may turn out to have ended; None if there is none that can be read."""
        kept = self._vault.get(self._kept_as)
        if kept is None:
            return None
        client = self._open()
        try:
            client.login(session_string=kept, fetch_bsky_profile=False)
        except ValueError:
            return None
        return client

    def _log_in(self) -> "Client":
        client = self._open()
        self._requests += 1
        self._tried = True  # a login that is refused is not tried again either
        with self._in_time():
            client.login(self._handle, self._password.reveal(), fetch_bsky_profile=False)
        return client

    @contextmanager
    def _in_time(self) -> Iterator[None]:
        """Foreign errors become ours, and the whole answer comes in time or not at all."""
        try:
            with _translated(self._now()), self._line.within(self._timeout):
                yield
        except Unavailable as error:
            if self._line.is_cut:
                raise Unavailable(f"Bluesky did not answer whole within {self._timeout:g} seconds") from error
            raise

    def _watch(self, request: "Request") -> None:
        request.extensions["trace"] = self._note

    def _note(self, event: str, told: Mapping[str, Any]) -> None:
        """httpcore tells of each step: https://www.encode.io/httpcore/extensions/#trace."""
        if event == "connection.connect_tcp.complete":
            self._line.watch(told["return_value"].get_extra_info("socket"))

    def _open(self) -> "Client":
        """A client at the service where logins go, not at the server that an older session moved to."""
        from atproto import Client, Request

        self._close()
        self._line = Line()
        hooks: dict[str, list[Callable[..., Any]]] = {"request": [self._watch], "response": [_read_capped]}
        self._client = Client(self._service, request=Request(timeout=self._timeout, verify=_trust(), event_hooks=hooks))
        self._client.on_session_change(self._keep)
        return self._client

    def _close(self) -> None:
        if self._client is not None:
            self._client.request.close()
            self._line.close()
            self._client = None

    def _keep(self, _: "SessionEvent", session: "Session") -> None:
        self._vault.put(self._kept_as, session.export())


def _read_capped(response: "Response") -> None:
    """Reads the body where httpx would read it without a limit. Raises httpx.DecodingError for one over MOST_BYTES."""
    from httpx import DecodingError

    decoder = response._get_content_decoder()  # iter_bytes unpacks whatever came at once, a thousandfold at worst
    content = bytearray()
    for packed in response.iter_raw(4096):
        content += decoder.decode(packed)
        if len(content) > MOST_BYTES:
            response.close()
            raise DecodingError(f"the answer is larger than {MOST_BYTES} bytes")
    response._content = bytes(content + decoder.flush())  # httpx looks here before it reads by itself


def _trust() -> "SSLContext | bool":
    try:
        return way_out.trust()
    except OSError as error:
        raise Unavailable(f"{way_out.authorities()}, which names the authorities to trust, cannot be read") from error


def with_did(bluesky: Connection, address: str) -> str:
    """Bluesky wants the account's lasting id, people know its handle. Raises NotThere."""
    handle = address.removeprefix("at://").split("/")[0]
    if handle.startswith("did:"):
        return address
    try:
        did = bluesky.ask("com.atproto.identity.resolveHandle", {"handle": handle})["did"]
    except BadRequest as error:
        raise NotThere(str(error)) from error
    return address.replace(handle, did, 1)


def listed(told: Mapping[str, Any], name: str) -> list[object]:
    """What an answer lists under a name. Raises Unavailable."""
    found = told.get(name)
    if not isinstance(found, list):
        raise Unavailable(f"Bluesky sent an answer without {name} in it")
    return found


# --- errors -----------------------------------------------------------------------------------------------------------


@contextmanager
def _translated(now: datetime) -> Iterator[None]:
    import httpx
    from atproto import exceptions as sdk

    try:
        yield
    except sdk.RequestErrorBase as error:
        raise _meaning(error, now) from error
    except (sdk.InvalidTokenError, sdk.LoginRequiredError) as error:
        raise SessionRefused("the kept Bluesky session cannot be read") from error
    except (httpx.InvalidURL, httpx.UnsupportedProtocol) as error:
        raise BadRequest(f"the address of the Bluesky service is wrong: {error}") from error
    except (httpx.HTTPError, sdk.AtProtocolError, ValueError) as error:
        raise Unavailable(f"Bluesky sent no answer that can be read: {error or type(error).__name__}") from error


def _meaning(error: "exceptions.RequestErrorBase", now: datetime) -> CollectorError:
    if error.response is None:
        return Unavailable(f"Bluesky could not be reached: {error.__cause__ or type(error).__name__}")
    status, name = error.response.status_code, getattr(error.response.content, "error", "")
    if status == 429:
        return RateLimited("Bluesky asks to come back later", _reset(error.response.headers, now))
    if status == 401 or name in _SESSION_OVER:
        return SessionRefused(f"Bluesky did not accept the login; check handle and app password: {error}")
    if status == 402:
        return OutOfCredit(f"Bluesky wants to be paid: {error}")
    if status == 403:
        return NotAllowed(f"Bluesky does not allow this account to ask: {error}")
    if status >= 500 or status in (408, 409, 425):
        return Unavailable(f"Bluesky has a fault of its own: {error}")
    return (NotThere if name == "NotFound" else BadRequest)(f"Bluesky refused the question: {error}")


def _reset(headers: dict[str, str], now: datetime) -> datetime | None:
    """ratelimit-reset is in epoch seconds, retry-after in seconds from now; neither is sure to be there."""
    try:
        if "ratelimit-reset" in headers:
            return datetime.fromtimestamp(int(headers["ratelimit-reset"]), UTC)
        return now + timedelta(seconds=int(headers["retry-after"]))
    except (KeyError, ValueError, OverflowError):
        return None
