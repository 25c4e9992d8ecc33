""" "Ask us to remove a quote", for everybody; and the list of what was asked, with its clock, for publishers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from secrets import token_hex
from typing import Any

from flask import Blueprint, Response, current_app, flash, request
from flask.blueprints import BlueprintSetupState
from itsdangerous import BadSignature, URLSafeSerializer
from werkzeug.wrappers import Response as Answer

from listener.jobs import publish, takedown
from listener.jobs.takedown import LONGEST_CONTACT, LONGEST_REASON, LONGEST_REF, Waiting
from listener.web import doors, drawing, limits, publishing

bp = Blueprint("removal", __name__)
MOST = 4096  # bytes that somebody may send
TRIES: tuple[limits.Rule, ...] = (("10 per hour", limits.address),)
_SOONEST, _LATEST = timedelta(seconds=2), timedelta(hours=24)  # between the form's being shown and its coming back
_OLD = "This page was open for too long, or it was sent too fast. Look over what you wrote, then send it again."
_LONGEST = (
    ("ref", "Reference of the quote", LONGEST_REF),
    ("reason", "Why", LONGEST_REASON),
    ("contact", "How to reach you", LONGEST_CONTACT),
)
_TRAP = "Leave the field that says so empty, then send it again."


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """What somebody typed. `problems` are sentences by field."""

    ref: str = ""
    week: str = ""
    reason: str = ""
    contact: str = ""
    problems: Mapping[str, str] = field(default_factory=dict)


@bp.record
def _without_cookie(state: BlueprintSetupState) -> None:
    """The public form carries a signed moment of its own, so that nobody is given a cookie for asking."""
    state.app.extensions["csrf"].exempt(f"{__name__}.{ask.__name__}")


@bp.get("/remove")
@doors.everyone
def form() -> Response:
    return _page(Form(ref=request.args.get("quote", "")[:LONGEST_REF]))


@bp.post("/remove")
@doors.everyone
def ask() -> Response | Answer:
    request.max_content_length = MOST
    told = _told()
    if told.problems:
        return _page(told, 400)
    week = int(told.week) if told.week else 0
    asked = takedown.ask(doors.service(), week=week, ref=told.ref, reason=told.reason, contact=told.contact)
    return doors.see("removal.thanks", number=asked.id)


@bp.get("/remove/thanks/<int:number>")
@doors.everyone
def thanks(number: int) -> Response:
    return drawing.page("removal_thanks.html", number=number)


@bp.get("/removals")
@doors.needs("publisher")
def index() -> Response:
    return drawing.page("removals.html", waiting=takedown.waiting(doors.service()), place=takedown.place)


@bp.get("/removals/<int:number>")
@doors.needs("publisher")
def one(number: int) -> Response:
    found = takedown.one(doors.service(), number)
    week, ref = takedown.place(found.asked)
    shown = publish.shown(doors.service(), week, ref)
    return drawing.page("removal.html", found=found, week=week, ref=ref, shown=shown, problem="")


@bp.post("/removals/<int:number>/withdraw")
@doors.needs("publisher")
def withdraw(number: int) -> Answer:
    found, by = takedown.one(doors.service(), number), doors.account().id
    gone = publish.withdraw_quote(doors.service(), *takedown.place(found.asked), by)
    takedown.close(doors.service(), number, by, "withdrawn")
    publishing.say_withdrawn(gone)
    return doors.see("removal.index")


@bp.post("/removals/<int:number>/refuse")
@doors.needs("publisher")
def refuse(number: int) -> Response | Answer:
    reason = request.form.get("reason", "").strip()
    if not reason:
        found = takedown.one(doors.service(), number)
        return _refused(found)
    takedown.close(doors.service(), number, doors.account().id, f"refused: {reason}")
    flash(f"Request {number} is closed. How to reach the person was deleted.")
    return doors.see("removal.index")


def _refused(found: Waiting) -> Response:
    week, ref = takedown.place(found.asked)
    shown, problem = publish.shown(doors.service(), week, ref), "Say why it stays."
    return drawing.page("removal.html", 400, found=found, week=week, ref=ref, shown=shown, problem=problem)


# --- what was typed -------------------------------------------------------------------------------------------------------


def _page(told: Form, status: int = 200) -> Response:
    safety = doors.service().config.safeguarding
    weeks = doors.service().config.exercise.weeks
    return drawing.page("removal_ask.html", status, told=told, token=_token(), weeks=weeks, safety=safety)


def _told() -> Form:
    typed = {name: _plain(request.form.get(name, "")) for name in ("ref", "week", "reason", "contact")}
    return Form(**typed, problems=dict(_problems(typed)))


def _plain(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\x00", "").encode("utf-8", "replace").decode().strip()


def _problems(typed: Mapping[str, str]) -> list[tuple[str, str]]:
    numbers = {str(week.number) for week in doors.service().config.exercise.weeks}
    found = [(name, f"{what}: use {most:,} characters or fewer.") for name, what, most in _LONGEST if len(typed[name]) > most]
    if not typed["ref"]:
        found.append(("ref", "Say which quote you mean. Its reference stands beside it, such as 3-07."))
    if typed["week"] and typed["week"] not in numbers:
        found.append(("week", "Choose one of the weeks, or leave it open."))
    if request.form.get("website", ""):
        found.append(("website", _TRAP))
    return found or ([] if _is_timely() else [("token", _OLD)])


# --- the signed moment ----------------------------------------------------------------------------------------------------


def _signer() -> Any:
    return URLSafeSerializer(str(current_app.secret_key), salt="ask to remove a quote")


def _token() -> str:
    return str(_signer().dumps([int(doors.service().now().timestamp()), token_hex(8)]))


def _is_timely() -> bool:
    try:
        moment, _ = _signer().loads(request.form.get("token", ""))
    except (BadSignature, ValueError):
        return False
    age = timedelta(seconds=int(doors.service().now().timestamp()) - moment)
    return _SOONEST <= age <= _LATEST
