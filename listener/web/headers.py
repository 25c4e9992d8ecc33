"""What every answer carries: what a browser may load, keep, tell and frame. And which cookie, on which ground."""

from flask import Flask, Response, request
from flask.sessions import SecureCookieSessionInterface

POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; form-action 'self'; "
    "frame-ancestors 'none'; base-uri 'none'"
)
_ALWAYS = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=(), browsing-topics=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "X-Robots-Tag": "noindex, nofollow",
}
_KEPT = ("static", "look.sheet")  # what browsers may keep
_YEAR = 365 * 24 * 3600


class Cookies(SecureCookieSessionInterface):
    """The cookie's name says on what ground it stands: browsers take `__Host-` only over HTTPS, from this very host, for all of
    it; below a path of a host that others share, `__Secure-` keeps it to our path."""

    def get_cookie_name(self, app: Flask) -> str:
        if not self.get_cookie_secure(app):
            return "listener"
        return "__Secure-listener" if request.script_root else "__Host-listener"

    def get_cookie_path(self, app: Flask) -> str:  # noqa: ARG002 -- Flask's signature
        return request.script_root or "/"

    def get_cookie_secure(self, app: Flask) -> bool:
        return is_secure(app)


def is_secure(app: Flask) -> bool:
    """Whether the person's browser speaks HTTPS, to us or to the proxy."""
    return request.is_secure or bool(app.config["SESSION_COOKIE_SECURE"])


def guard(app: Flask) -> None:
    @app.after_request
    def add(response: Response) -> Response:
        response.headers.update(_ALWAYS)
        response.headers.setdefault("Content-Security-Policy", POLICY)
        if request.endpoint not in _KEPT or response.status_code >= 400:
            response.headers["Cache-Control"] = "no-store"
        if is_secure(app):
            response.headers["Strict-Transport-Security"] = f"max-age={_YEAR}"
        return response
