"""Signing in and out."""

from urllib.parse import parse_qs, urlencode, urlsplit

from flask import Blueprint, Response, current_app, flash, redirect, request, session, url_for
from flask_login import login_user
from werkzeug.exceptions import HTTPException, NotFound
from werkzeug.wrappers import Response as Answer

from listener import accounts
from listener.web import doors, drawing, sessions
from storage.curated import Account

bp = Blueprint("signin", __name__)
_WRONG = "The name or the password is not right."


@bp.get("/sign-in")
@doors.everyone
def form() -> Response | Answer:
    _refuse_if_trusted()
    if doors.visitor() is not None:
        return redirect(after(request.args.get("next", "")), 303)
    return drawing.page("signin.html", name="", next=request.args.get("next", ""), problem="")


@bp.post("/sign-in")
@doors.everyone
def sign_in() -> Response | Answer:
    _refuse_if_trusted()
    told = accounts.plain_name(request.form.get("name", ""))
    account = _known(told, request.form.get("password", ""))
    if account is None:
        return drawing.page("signin.html", 401, name=told[:64], next=request.form.get("next", ""), problem=_WRONG)
    session.clear()  # nothing that was there before the sign-in outlives it
    login_user(sessions.begin(account))
    return redirect(after(request.form.get("next", "")), 303)


@bp.post("/sign-out")
@doors.needs("viewer")
def sign_out() -> Answer:
    _refuse_if_trusted()
    if (visitor := doors.visitor()) is not None:
        sessions.end(visitor)
    session.clear()
    flash("You have signed out.")
    return doors.see("signin.form")


def after(place: str) -> str:
    """Where to go after the sign-in: a page of ours that `place` names, or the first one. Never anywhere else."""
    try:
        told = urlsplit(place)
        if told.scheme or told.netloc or not told.path.startswith("/"):
            return drawing.home()
        endpoint, values = current_app.url_map.bind("desk").match(told.path, method="GET")
        # Made anew from what was understood of it, so that nothing but a page's own address can come out.
        query = urlencode(parse_qs(told.query), doseq=True)
        return url_for(endpoint, **values) + (f"?{query}" if query else "")
    except (HTTPException, ValueError):
        return drawing.home()


def _known(name: str, password: str) -> Account | None:
    with doors.service().store.read() as unit:
        account = unit.accounts.named(name)
    right = accounts.is_right(password, account.secret if account else "")
    if account and right and account.disabled_at is None:
        _bring_up_to_date(account, password)
        return account
    with doors.service().store.write() as unit:
        unit.accounts.note(account.id if account else 0, "failed to sign in", "", doors.service().now())
    return None


def _bring_up_to_date(account: Account, password: str) -> None:
    if accounts.is_dated(account.secret):
        with doors.service().store.write() as unit:
            unit.accounts.renew_secret(account.id, accounts.hashed(password))


def _refuse_if_trusted() -> None:
    if doors.service().config.serve.believed:
        raise NotFound
