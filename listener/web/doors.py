"""Who may pass: every route says whom it is for, and one that does not say opens to nobody."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar, cast

from flask import current_app, flash, redirect, request, url_for
from flask_login import current_user
from werkzeug.exceptions import Forbidden
from werkzeug.wrappers import Response

from listener import accounts
from listener.jobs.service import Service
from storage.curated import Account, Role

View = TypeVar("View", bound=Callable[..., object])
EVERYONE = "everyone"
_DOOR = "listener_door"


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitor:
    """Somebody who is signed in, as Flask-Login wants it. `token` is what their browser holds, empty behind a proxy."""

    account: Account
    token: str = ""
    is_authenticated: bool = True
    is_active: bool = True
    is_anonymous: bool = False

    def get_id(self) -> str:
        """Flask-Login keeps the token where it would keep a number: it can be ended, and is new at each sign-in."""
        return self.token


def needs(role: Role) -> Callable[[View], View]:
    """The route is for accounts of this role and above."""

    def mark(view: View) -> View:
        setattr(view, _DOOR, role)
        return view

    return mark


def everyone(view: View) -> View:
    """The route is for whoever asks, signed in or not."""
    setattr(view, _DOOR, EVERYONE)
    return view


def told(endpoint: str) -> str:
    """A role, "everyone", or "" for a route that does not say."""
    return str(getattr(current_app.view_functions.get(endpoint), _DOOR, ""))


def service() -> Service:
    return cast(Service, current_app.extensions["listener"])


def visitor() -> Visitor | None:
    return current_user._get_current_object() if current_user and current_user.is_authenticated else None


def account() -> Account:
    """Who is signed in. Raises Forbidden for nobody, which only a route for everyone can meet."""
    found = visitor()
    if found is None:
        raise Forbidden
    return found.account


def can(role: Role) -> bool:
    """Whether who is signed in may do what needs this role."""
    found = visitor()
    return found is not None and accounts.allows(found.account.role, role)


def see(endpoint: str, **values: object) -> Response:
    """After a POST: look there. Use `flash(sentence)` or `flash(sentence, "error")` before for a word on what was done."""
    return redirect(url_for(endpoint, **values), 303)  # type: ignore[arg-type] # whatever a converter takes


def guard() -> Response | None:
    """Before each request: refuses, or asks to sign in, or lets pass."""
    if request.endpoint is None or (needed := told(request.endpoint)) == EVERYONE:
        return None
    if visitor() is None:
        return _sign_in()
    if not needed or not can(cast(Role, needed)):
        raise Forbidden
    return None


def _sign_in() -> Response:
    if service().config.serve.believed:
        raise Forbidden
    if request.method in ("GET", "HEAD"):
        return see("signin.form", next=request.full_path.removesuffix("?"))
    flash("Sign in again. What you sent was not kept.", "error")
    return see("signin.form")
