"""The desk in a browser, and the pages behind it: one module a subject, each with a Blueprint `bp`.

A route is decorated with `@doors.needs("role")` or `@doors.everyone`, draws with `drawing.page`, changes things by POST
only and then sends the browser on with `doors.see`.
"""

import secrets
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from flask import Flask
from flask_wtf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from collectors.base import Vault
from listener.jobs.service import Service
from listener.web import (
    adding,
    curating,
    doors,
    drafts,
    errors,
    headers,
    health,
    limits,
    look,
    origin,
    people,
    publishing,
    reading,
    record,
    removal,
    sessions,
    signin,
    weeks,
)

_KEY = "key of the desk's cookies"
_MOST = 1_000_000  # bytes in one request


def create_app(service: Service, health_of: health.Health = lambda: {"ok": True}) -> Flask:
    """`health_of` tells how the service stands: `ok` false makes /healthz a 503."""
    told = service.config.serve
    app = Flask(__name__)
    app.session_interface = headers.Cookies()
    app.config.update(
        SECRET_KEY=_key(service.vault),
        SESSION_COOKIE_SECURE=urlsplit(told.address).scheme == "https",
        SESSION_COOKIE_SAMESITE="Lax",
        MAX_CONTENT_LENGTH=_MOST,
        MAX_FORM_MEMORY_SIZE=_MOST,
        SEND_FILE_MAX_AGE_DEFAULT=365 * 24 * 3600,  # their address changes with their content
        WTF_CSRF_TIME_LIMIT=None,  # as long as the session
        WTF_CSRF_SSL_STRICT=False,  # it wants a Referer, which our pages never send; `origin` looks instead
    )
    app.extensions["listener"] = service
    app.extensions["listener.health"] = health_of
    doors.everyone(app.view_functions["static"])
    headers.guard(app)
    errors.answer(app)
    app.before_request(origin.check)
    CSRFProtect(app)
    sessions.manager(told.believed).init_app(app)
    app.before_request(doors.guard)
    _add_pages(app)
    limits.put(app, "signin.sign_in", limits.SIGN_IN)
    limits.put(app, "removal.ask", removal.TRIES)
    if told.proxies:
        app.wsgi_app = origin.Prefix(_behind(app, told.proxies))  # type: ignore[method-assign] # Flask's own advice
    return app


def _add_pages(app: Flask) -> None:
    for one in (adding, curating, drafts, health, look, people, publishing, reading, record, removal, signin, weeks):
        app.register_blueprint(one.bp)


def serve(app: Flask, host: str, port: int, ready: Callable[[str], None]) -> None:
    """Answers until it is interrupted; `ready` is told the address first."""
    server = make_server(app, host, port)
    ready(f"http://{host}:{server.effective_port}/")
    server.run()


def make_server(app: Flask, host: str, port: int) -> Any:
    """Listens from now on, and answers once it is told to `run`."""
    from waitress.server import create_server

    return create_server(
        app,
        host=host,
        port=port,
        threads=4,
        ident=None,
        max_request_body_size=2 * _MOST,
        clear_untrusted_proxy_headers=False,  # the app believes as many proxies as the config says, and none by itself
    )


def _behind(app: Flask, proxies: int) -> ProxyFix:
    return ProxyFix(app.wsgi_app, x_for=proxies, x_proto=proxies, x_host=0, x_prefix=proxies)


def _key(vault: Vault) -> str:
    """The key that cookies are signed with, made at first use."""
    kept = vault.get(_KEY)
    if kept is None:
        kept = secrets.token_hex(32)
        vault.put(_KEY, kept)
    return kept
