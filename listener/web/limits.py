"""How often something may be tried: a sign-in per account, per address, and in all."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from ipaddress import IPv6Address, ip_address
from typing import Any

from flask import Flask, Response, current_app, request
from flask_limiter import Limiter

from listener import accounts
from listener.web import drawing

Rule = tuple[str, Callable[[], str]]
_LIMITER = "listener.limiter"


def put(app: Flask, endpoint: str, rules: Sequence[Rule]) -> None:
    """Limits a route to so many requests ("5 per minute") of each key. What an earlier rule refuses does not use up the later.

    The counts are in memory: one process serves, and a restart forgives a minute's tries.
    """
    limiter = app.extensions.get(_LIMITER)
    if limiter is None:
        limiter = app.extensions[_LIMITER] = Limiter(address, app=app, storage_uri="memory://", strategy="moving-window")
    view: Any = app.view_functions[endpoint]
    for limit, key in rules:
        view = limiter.limit(limit, key_func=key)(view)
    app.view_functions[endpoint] = view


def refused(page: Callable[[int, str], Response]) -> Response:
    """The answer to one try too many: it says when to try again."""
    reset_at = current_app.extensions[_LIMITER].current_limit.reset_at
    until = datetime.fromtimestamp(reset_at, UTC) + timedelta(seconds=59)  # told in whole minutes
    answer = page(429, f"Nothing was done this time. Try again after {drawing.when(until)}.")
    answer.headers["Retry-After"] = "60"
    return answer


def account() -> str:
    return _key(accounts.plain_name(request.form.get("name", "")))


def address() -> str:
    """Of IPv6 the network, which is what one subscriber has."""
    try:
        told = ip_address(request.remote_addr or "")
    except ValueError:
        return "unknown"
    return _key(told.exploded[:19] if isinstance(told, IPv6Address) else str(told))


def all_of_them() -> str:
    return "all"


def _key(told: str) -> str:
    """Flask-Limiter logs its keys: no addresses there, and no names, for people type passwords into the wrong field."""
    return sha256(f"{current_app.secret_key!r} {told}".encode("utf-8", "replace")).hexdigest()[:16]


# The last one is what 1,000 tries in a minute from everywhere come down to.
SIGN_IN: tuple[Rule, ...] = (("5 per minute", account), ("10 per minute", address), ("10 per minute", all_of_them))
