"""Where a request comes from: another site's forms are refused, and a proxy's prefix is looked at before it is believed."""

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from flask import request
from flask_wtf.csrf import CSRFError

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_SAFE = ("GET", "HEAD", "OPTIONS")
_PREFIX = re.compile(r"(/[\w.~-]+)+/?", re.ASCII)
_TOLD = "HTTP_X_FORWARDED_PREFIX"


def check() -> None:
    """Before each request. Browsers say which site made them send it; `none` is the person's own doing."""
    told = request.headers.get("Sec-Fetch-Site", "none")
    if request.method not in _SAFE and told not in ("same-origin", "none"):
        raise CSRFError


class Prefix:
    """Drops a prefix that is no plain path: links are made with it, and "//elsewhere" would lead there."""

    def __init__(self, app: "WSGIApplication") -> None:
        self._app = app

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        told = [part.strip() for part in environ.get(_TOLD, "").split(",")]
        if not all(_PREFIX.fullmatch(part) for part in told):
            environ.pop(_TOLD, None)
        return self._app(environ, start_response)
