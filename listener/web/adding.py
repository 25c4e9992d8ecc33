"""Bringing a contribution in by hand: a letter, a call, a meeting, a group."""

from datetime import datetime

from flask import Blueprint, Response, flash, request, url_for
from werkzeug.utils import redirect
from werkzeug.wrappers import Response as Answer

from digests import words
from listener.jobs import contribute
from listener.jobs.contribute import KINDS, Brought, Kept
from listener.jobs.service import Refused
from listener.web import doors, drawing, views
from storage.values import Week

bp = Blueprint("adding", __name__, url_prefix="/weeks/<int:number>/add")
_FIELDS = ("kind", "day", "clock", "text", "role", "name", "why", "reason", "token")
WHYS = {
    "written": "They agreed in writing",
    "ticked": "They ticked a box that says so",
    "organisation": "It is from an organisation that sent it to us",
    "none": "They did not say: count it, and quote it in our words only",
}


@bp.get("")
@doors.needs("curator")
def form(number: int) -> Response:
    views.of(number)
    token = contribute.new_token(doors.service().now())
    return _drawn(views.week(number), {"token": token})


@bp.post("")
@doors.needs("curator")
def add(number: int) -> Answer:
    week = views.of(number).view.week
    told = {name: request.form.get(name, "") for name in _FIELDS}
    try:
        kept = contribute.do(doors.service(), week, doors.account().id, _brought(told))
    except Refused as refused:
        return _drawn(week, told, 422, str(refused))
    flash(_said(kept))
    return redirect(url_for("adding.form", number=number), 303)


def _brought(told: dict[str, str]) -> Brought:
    values = {name: value for name, value in told.items() if name not in ("day", "clock")}
    return Brought(at=_at(told["day"], told["clock"]), **values)


def _at(day: str, clock: str) -> datetime:
    return contribute.moment(doors.service().config.exercise.timezone, day, clock)


def _said(kept: Kept) -> str:
    """What became of it, and what was taken out of it."""
    if not kept.is_new:
        return "This was added before. It is there once."
    out = words.listing([one.strip("[]") for one in kept.masked])
    masked = f" Taken out of the text: {out}." if out else ""
    return f"Added: {words.channel(kept.post.network).lower()}, {drawing.when(kept.post.posted_at)}.{masked}"


def _drawn(week: Week, told: dict[str, str], status: int = 200, problem: str = "") -> Response:
    given = dict.fromkeys(_FIELDS, "") | told
    kinds = {kind: words.channel(kind) for kind in KINDS}
    values = {"number": week.number, "week": week, "dates": words.dates(week.starts, week.ends), "problem": problem}
    return drawing.page("add.html", status, given=given, kinds=kinds, whys=WHYS, **values)
