"""A requests adapter with what requests lacks: one deadline for the whole answer, and a cap on its decoded size."""

import time
from collections.abc import Iterator
from typing import Any

from requests import ConnectionError as Broken
from requests import PreparedRequest, Response
from requests.adapters import HTTPAdapter
from urllib3.exceptions import HTTPError

MOST_BYTES = 10_000_000
CHUNK = 65_536


class Deadline(HTTPAdapter):
    """Answers come whole within `seconds` or not at all; requests' own timeout starts anew with every byte.

    `moved` is the host that is asked instead of the one in the address, as `("https://public.example", "http://127.0.0.1:1")`.
    """

    def __init__(self, seconds: float, moved: tuple[str, str] = ("", "")) -> None:
        super().__init__()
        self._seconds = seconds
        self._moved = moved

    def send(self, request: PreparedRequest, *_: Any, **given: Any) -> Response:
        ends = time.monotonic() + self._seconds
        request.url = (request.url or "").replace(*self._moved, 1) if self._moved[0] else request.url
        response = super().send(request, **(given | {"stream": True, "timeout": self._seconds}))
        # The one way to hand requests a body that was already read: it looks here before it reads by itself.
        response._content = b"".join(_within(response, ends))
        response._content_consumed = True
        return response


def _within(response: Response, ends: float) -> Iterator[bytes]:
    size = 0
    try:
        while chunk := response.raw.read1(CHUNK, decode_content=True):
            size += len(chunk)
            if size > MOST_BYTES:
                raise Broken(f"the answer is larger than {MOST_BYTES} bytes")
            if time.monotonic() > ends:
                raise Broken("the answer did not come whole in time")
            yield chunk
    except HTTPError as error:
        raise Broken("the answer broke off") from error
    finally:
        response.raw.close()
