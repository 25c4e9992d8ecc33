"""How often a sign-in may be tried: per account, per address, and in all."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from ipaddress import IPv6Address, ip_address
from typing import Any

from flask import Flask, Response, current_app, request
from flask_limiter import Limiter

from listener import accounts
from listener.web import drawing

PER_ACCOUNT = "5 per minute"
PER_ADDRESS = "10 per minute"
IN_ALL = "10 per minute"


def put(app: Flask, endpoint: str) -> None:
    """Limits what may be tried. The counts are in memory: one process serves, and a restart forgives a minute's tries."""
    limiter = Limiter(_address, app=app, storage_uri="memory://", strategy="moving-window")
    view: Any = app.view_functions[endpoint]
    # In this order: what the first refuses does not use up the others.
    for limit, key in ((PER_ACCOUNT, _account), (PER_ADDRESS, _address), (IN_ALL, _all)):
        view = limiter.limit(limit, key_func=key)(view)
    app.view_functions[endpoint] = view
    app.extensions["listener.limiter"] = limiter


def refused(page: Callable[[int, str], Response]) -> Response:
    """The answer to one try too many: it says when to try again."""
    limit = current_app.extensions["listener.limiter"].current_limit
    until = datetime.fromtimestamp(limit.reset_at, UTC) + timedelta(seconds=59)  # told in whole minutes
    answer = page(429, f"Nothing was checked this time. Try again after {drawing.when(until)}.")
    answer.headers["Retry-After"] = "60"
    return answer


def _account() -> str:
    """Not the name itself: Flask-Limiter logs its keys, and people type passwords into the wrong field."""
    name = accounts.plain_name(request.form.get("name", ""))
    return sha256(name.encode("utf-8", "replace")).hexdigest()[:16]


def _address() -> str:
    """The address, or of IPv6 the network, which is what one subscriber has."""
    try:
        told = ip_address(request.remote_addr or "")
    except ValueError:
        return "unknown"
    return str(told) if not isinstance(told, IPv6Address) else told.exploded[:19]


def _all() -> str:
    return "all"
