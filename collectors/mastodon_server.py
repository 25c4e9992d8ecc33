"""One Mastodon server: its answers as they came, and what its refusals mean for us. The one home of Mastodon.py."""

import json
import logging
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Self

from collectors import mastodon_statuses as statuses
from collectors.base import BadRequest, CollectorError, NotAllowed, OutOfCredit, RateLimited, Secret, Unavailable

if TYPE_CHECKING:
    from requests import Response

PER_PAGE = 40  # more is silently cut to this
VERSION = "4.3.0"  # without it Mastodon.py asks for the version, on some servers without end
USER_AGENT = "Listener (reads public posts with named hashtags for a public question)"


PARTS = ("local", "remote")
CURE = "give a token, or leave the server out"

log = logging.getLogger(__name__)


class NotThere(BadRequest):
    """The post that was asked about does not exist, or no longer."""


class Server:
    """A line to one server; Mastodon.py asks and judges, the bytes that came are ours to read."""

    def __init__(self, address: str, token: Secret | None, timeout: float) -> None:
        from mastodon import Mastodon
        from requests import Session

        from collectors.deadline import Deadline

        self._address = address
        self._last: Response | None = None
        self._came = 0
        self._is_known = False
        self._accounts: dict[str, str] = {}
        self._has_token = token is not None
        self._session = Session()
        self._session.hooks["response"].append(self._keep)
        for scheme in ("https://", "http://"):
            self._session.mount(scheme, Deadline(timeout))
        self._client = Mastodon(
            access_token=token.reveal() if token else None,
            api_base_url=address,
            ratelimit_method="throw",
            request_timeout=timeout,
            mastodon_version=VERSION,
            session=self._session,
            user_agent=USER_AGENT,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._session.close()

    def timeline(self, tag: str, max_id: int) -> bytes:
        """The newest statuses with a hashtag below a number. Raises CollectorError."""
        if not self._is_known:
            self._read_rules()
        return self._answer(lambda: self._client.timeline_hashtag(tag, max_id=max_id, limit=PER_PAGE))

    def account(self, handle: str) -> str:
        """The number that an account has on this server; it asks no other. Raises CollectorError."""
        if handle not in self._accounts:
            self._accounts[handle] = statuses.account_in(self._answer(lambda: self._client.account_lookup(handle)))
        return self._accounts[handle]

    def said_by(self, account: str, max_id: int) -> bytes:
        """The newest statuses of an account below a number, what it passes on among them. Raises CollectorError."""
        return self._answer(lambda: self._client.account_statuses(account, max_id=max_id, exclude_replies=True, limit=PER_PAGE))

    def context(self, status: str) -> bytes:
        """What stands above and below a status. Raises CollectorError."""
        return self._answer(lambda: self._client.status_context(status))

    def count_requests(self) -> int:
        """How many answers came since this was last asked."""
        came, self._came = self._came, 0
        return came

    def _read_rules(self) -> None:
        """Mastodon.py reads the server's own rules before its first timeline, and keeps them; its verdict is only a warning."""
        try:
            rules = self._answer(lambda: self._client.timeline_is_available("hashtag", with_auth=self._has_token))
        except NotThere:
            rules = b"{}"
        closed = closed_parts(rules, self._has_token)
        if len(closed) == len(PARTS):
            raise NotAllowed(f"{self._address} has closed its hashtag timelines to us: {CURE}")
        if closed:
            log.warning("%s has closed part of its hashtag timelines to us: %s", self._address, closed)
        self._is_known = True

    def _keep(self, response: "Response", *_: object, **__: object) -> None:
        self._last = response
        self._came += 1

    def _answer(self, ask: Callable[[], object]) -> bytes:
        """What Mastodon.py cannot make of a good answer does not matter: whoever reads the bytes judges them."""
        from mastodon import MastodonError

        self._last, cause = None, None
        try:
            ask()
        except (MastodonError, ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError) as error:
            cause = error
        if self._last is None or self._last.status_code != 200:
            raise meaning(self._address, self._last, cause) from cause
        return self._last.content


def closed_parts(rules: bytes, has_token: bool) -> list[str]:
    """Which hashtag timelines an instance's description keeps from us; older ones do not say. Raises Unavailable."""
    try:
        told: Any = json.loads(rules)
        access = told.get("configuration", {}).get("timelines_access", {}).get("hashtag_feeds", {})
        closed = ("disabled",) if has_token else ("disabled", "authenticated")
        return [part for part in PARTS if access.get(part) in closed]
    except (ValueError, RecursionError, AttributeError) as error:
        raise Unavailable("a Mastodon server described itself in a way that cannot be read") from error


def meaning(address: str, response: "Response | None", cause: BaseException | None) -> CollectorError:
    """What an answer that is not a success, or none, means for us."""
    if response is None:
        return Unavailable(f"{address} did not answer as it should: {str(cause)[:200]}")
    reason = f"{address} answered {response.status_code}: {_reason(response)}"
    if response.status_code == 429:
        return RateLimited(reason, _reset(response.headers.get("X-RateLimit-Reset", "")))
    if response.status_code == 402:
        return OutOfCredit(reason)
    if _wants_a_login(response):
        return NotAllowed(f"{reason} ({CURE})")
    if response.status_code in (404, 410):
        return NotThere(reason)
    if 400 <= response.status_code < 500 and response.status_code not in (408, 425):
        return BadRequest(reason)
    return Unavailable(reason)


def _wants_a_login(response: "Response") -> bool:
    """Until 4.4 a server that closed its timelines says 422, like for a wrong question."""
    return response.status_code in (401, 403) or (response.status_code == 422 and "authenticated" in _reason(response))


def _reason(response: "Response") -> str:
    try:
        told: Any = json.loads(response.content)
    except (ValueError, RecursionError):
        return response.reason or "no reason given"
    return str(told.get("error") if isinstance(told, dict) else response.reason)[:200]


def _reset(told: str) -> datetime | None:
    """An ISO time; other programs that speak this protocol send seconds since 1970."""
    try:
        moment = datetime.fromtimestamp(int(told), UTC) if told.isdecimal() else datetime.fromisoformat(told)
    except (ValueError, OverflowError, OSError):
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
