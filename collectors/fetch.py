"""One GET or PUT over HTTP: a deadline and a size for all of it, no private address, and what went wrong in our words."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import TYPE_CHECKING, Any
from urllib.parse import SplitResult, urljoin, urlsplit

from collectors import way_out
from collectors.base import BadRequest, CollectorError, NotAllowed, OutOfCredit, RateLimited, Unavailable

if TYPE_CHECKING:
    from requests import RequestException, Response

USER_AGENT = "Listener/0.1 (reads for a public engagement exercise)"
MOST_REDIRECTS = 5
EARLY = 0.05  # seconds; a socket gives up a little before its time
REDIRECTS = (301, 302, 303, 307, 308)
NOT_MODIFIED = 304
TRANSLATED = ip_network("64:ff9b::/96")  # IPv4 packed in IPv6 by NAT64, RFC 6052


class NotThere(BadRequest):
    """The server knows nothing at this address, or no longer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came, from which address after all redirects, and the marks by which the server knows it again."""

    url: str
    body: bytes
    etag: str = ""
    modified: str = ""
    type: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What to get. `headers` are sent to the host that was asked and to no other that it points to.

    `known` is an earlier answer: it is given back when the server says that it still holds. `timeout` is seconds for it all.
    """

    url: str
    timeout: float
    headers: Mapping[str, str]
    known: Answer | None = None
    allow_private_addresses: bool = False


def get(request: Request, now: datetime) -> Answer:
    """The answer, at most 10 MB of it, after at most five redirects. Raises CollectorError."""
    ends, url = time.monotonic() + request.timeout, request.url
    for _ in range(MOST_REDIRECTS + 1):
        response = _asked(request, url, ends)
        if response.status_code not in REDIRECTS:
            return _answer(request, url, response, now)
        url = _target(response)
    raise Unavailable(f"{_host(request.url)} sends us on and on: more than {MOST_REDIRECTS} redirects")


def put(request: Request, body: bytes, now: datetime) -> None:
    """Sends a body to an address, and to no other that it may point to. Raises CollectorError."""
    response = _asked(request, request.url, time.monotonic() + request.timeout, body)
    if not response.ok or response.status_code in REDIRECTS:
        raise error_of(response.status_code, response.headers, _host(request.url), now)


def _asked(request: Request, url: str, ends: float, body: bytes | None = None) -> "Response":
    from requests import RequestException

    from collectors.deadline import Deadline, OneHop

    parts = _checked(url)
    proxies = way_out.proxies(url)
    line = Deadline(max(ends - time.monotonic(), 0.001), guard=_guard(request, parts, is_direct=not proxies))
    with OneHop() as session:
        session.mount(f"{parts.scheme}://", line)
        try:
            method, headers = "GET" if body is None else "PUT", _headers(request, url, parts)
            return session.request(method, url, data=body, headers=headers, allow_redirects=False, proxies=proxies)
        except RequestException as error:
            raise _broken(parts, request.timeout, ends, error) from error


def _checked(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        valid = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        valid = False
    if not valid:
        raise BadRequest(f"{url[:200]!r} is no address of the web: it must begin with http:// or https://")
    return parts


def _headers(request: Request, url: str, parts: SplitResult) -> dict[str, str]:
    first = urlsplit(request.url)
    own = request.headers if (parts.scheme, parts.netloc) == (first.scheme, first.netloc) else {}
    told = {"user-agent": USER_AGENT, "accept-encoding": "gzip, deflate", **own}
    if known := _known(request, url):
        told |= {"if-none-match": known.etag, "if-modified-since": known.modified}
    return {name: value for name, value in told.items() if value}


def _known(request: Request, url: str) -> Answer | None:
    """The known answer if it came from here: what another address has is another thing, whatever its marks."""
    return request.known if request.known and request.known.url == url else None


def _target(response: "Response") -> str:
    location = response.headers.get("location", "")
    if not location:
        raise Unavailable(f"{_host(response.url)} sends us on without saying where to")
    try:
        return urljoin(response.url, location.encode("latin-1", "replace").decode("utf-8", "replace"))
    except ValueError:
        return location


def _answer(request: Request, url: str, response: "Response", now: datetime) -> Answer:
    if response.status_code == NOT_MODIFIED and (known := _known(request, url)):
        return known
    if not response.ok or response.status_code == NOT_MODIFIED:
        raise error_of(response.status_code, response.headers, _host(response.url), now)
    told = response.headers
    return Answer(
        url=url,
        body=response.content,
        etag=told.get("etag", ""),
        modified=told.get("last-modified", ""),
        type=told.get("content-type", ""),
    )


# --- what goes wrong --------------------------------------------------------------------------------------------------


def error_of(status: int, headers: Mapping[str, str], host: str, now: datetime) -> CollectorError:
    """What an answer that is no success means for us."""
    reason = f"{host} answered {status}"
    if status == 429:
        return RateLimited(f"{reason}: too many requests", retry_after(headers.get("retry-after", ""), now))
    if status == 402:
        return OutOfCredit(f"{reason}: it wants to be paid before it lets us read this")
    if status in (401, 403, 407):
        return NotAllowed(f"{reason}: it does not let us read this")
    if status in (404, 410):
        return NotThere(f"{reason}: there is nothing at this address")
    if status != 408 and 400 <= status < 500:
        return BadRequest(f"{reason}: it refuses the request")
    return Unavailable(reason)


def retry_after(told: str, now: datetime) -> datetime | None:
    """When to come back: the header holds seconds or a date. None for neither."""
    told = told.strip()
    if told.isascii() and told.isdecimal() and len(told) < 10:
        return now + timedelta(seconds=int(told))
    try:
        moment = parsedate_to_datetime(told)
    except (ValueError, TypeError, OverflowError):
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)


def _broken(parts: SplitResult, timeout: float, ends: float, error: "RequestException") -> CollectorError:
    from requests import exceptions

    host = parts.hostname
    if time.monotonic() >= ends - EARLY or isinstance(error, exceptions.Timeout):
        return Unavailable(f"{host} did not answer whole within {timeout:g} seconds")
    if isinstance(error, exceptions.SSLError):
        return Unavailable(f"no safe connection to {host} came about: its TLS certificate or protocol is not trusted here")
    if isinstance(error, (exceptions.InvalidURL, exceptions.InvalidHeader, exceptions.MissingSchema)):
        return BadRequest(f"{host}: the address or a header cannot be sent")
    return Unavailable(f"{host} did not answer as it should: {_last_words(error)}")


def _last_words(error: Any) -> str:
    """Our own words about the answer, or the kind of what went wrong: foreign sentences may hold the whole address."""
    ours = str(error) if str(error).startswith("the answer") else ""
    return ours or type(error).__name__


def _host(url: str) -> str:
    return urlsplit(url).hostname or "the server"


# --- who must not be reached ------------------------------------------------------------------------------------------


def _guard(request: Request, parts: SplitResult, *, is_direct: bool) -> Callable[[str], None]:
    """Says of each address whether it may be connected to. Raises BadRequest for a host that is inside by its name.

    A proxy looks names up by itself: we see its address only, so that beyond plain names it must decide who is reached.
    """
    from collectors.deadline import reach_anyone

    if is_direct and not request.allow_private_addresses:
        return _refuse_private
    if not request.allow_private_addresses:
        _refuse_inside(parts.hostname or "")
    return reach_anyone


def _refuse_inside(host: str) -> None:
    address = way_out.numeric(host)
    if address:
        _refuse_private(address)
    elif way_out.is_inside(host):
        raise BadRequest(f"{host} is a name inside a private network; allow_private_addresses = true would let it be read")


def _refuse_private(address: str) -> None:
    if not is_public(address):
        raise BadRequest(
            f"{address} is an address inside a private network; allow_private_addresses = true would let it be read"
        )


def is_public(address: str) -> bool:
    """Whether a numeric address, and the IPv4 address that may be packed in it, is one of the internet at large."""
    found = ip_address(address.partition("%")[0])
    meant = (_packed(found) if isinstance(found, IPv6Address) else None) or found
    return meant.is_global and not meant.is_multicast


def _packed(address: IPv6Address) -> IPv4Address | None:
    if address in TRANSLATED:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour
