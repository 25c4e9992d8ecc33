"""Deciding at the desk: every act of curation by one form, and what a second editor is told."""

from flask import Blueprint, Response, abort, redirect, request, url_for
from werkzeug.wrappers import Response as Answer

from digests.curation import Refused
from listener.jobs import desk
from listener.web import doors, forms, reading, views
from listener.web.forms import Asked
from listener.web.views import Seen
from storage.curated import Decision
from storage.decisions import Stale

bp = Blueprint("curating", __name__, url_prefix="/weeks/<int:number>")
_REGROUPED = "The week was grouped again since you opened this page, so the theme that you meant may be another one now."
_SECOND = "Somebody else has to check it: you wrote these words."


@bp.post("/acts")
@doors.needs("curator")
def act(number: int) -> Answer:
    """Any act of curation: the fields say on what, and what."""
    return _carry_out(number, _asked())


@bp.post("/contributions/<int:row>/flag")
@doors.needs("viewer")
def flag(number: int, row: int) -> Answer:
    """Whoever reads may pass a contribution to the safeguarding lead."""
    return _carry_out(number, _asked(target=f"post:{row}", verb="flag"))


@bp.get("/themes/<key>/merge")
@doors.needs("curator")
def merge(number: int, key: str) -> Response:
    """What merging a theme into another would make of the counts, before it is done."""
    seen = views.of(number)
    into = request.args.get("into", "")
    lines = {line.theme.key: line for line in seen.view.themes}
    if key not in lines or into not in lines or into == key:
        return reading.draw("gone.html", seen, 404)
    return reading.draw("merge.html", seen, one=lines[key], into=lines[into])


@bp.get("/themes/<key>/split")
@doors.needs("curator")
def split(number: int, key: str) -> Response:
    """Ticks the contributions that become a theme of their own; with some ticked, what the counts would be."""
    seen = views.of(number)
    line = next((line for line in seen.view.themes if line.theme.key == key), None)
    if line is None:
        return reading.draw("gone.html", seen, 404)
    wanted = reading.filters(theme=key)
    ticked = frozenset(forms.kept(request.args.getlist("rows")))
    values = reading.listed(wanted.let(seen.view.items))
    return reading.draw("split.html", seen, line=line, wanted=wanted, ticked=ticked, label=_label(), **values)


def _label() -> str:
    return request.args.get("label", "")[:200]


# --- how ----------------------------------------------------------------------------------------------------------------


def _asked(**fixed: str) -> Asked:
    """Raises BadRequest where the form is none of ours."""
    try:
        return forms.read(request.form, **fixed)
    except ValueError:
        abort(400)


def _carry_out(number: int, asked: Asked) -> Answer:
    """Does it and goes back, or shows why not with everything that was typed."""
    seen = views.of(number)
    if asked.names_a_theme and not seen.view.is_held and asked.drawn != seen.view.drawn:
        return _again(number, asked, 409, sentence=_REGROUPED)
    try:
        _decide(seen, asked)
    except Refused as refused:
        return _again(number, asked, 422, sentence=str(refused))
    except Stale as stale:
        return _again(number, asked, 409, theirs=stale.later)
    return redirect(_back(number), 303)


def _decide(seen: Seen, asked: Asked) -> None:
    """Each step of what one form asks; the first that cannot be done ends it."""
    by = doors.account().id
    if asked.verb == "check" and asked.key.isdecimal() and not reading.may_check(seen, int(asked.key), by):
        raise Refused(_SECOND)
    for target, verb, value in forms.steps(asked, seen.view.curation):
        desk.act(doors.service(), seen.view.week, by, target, verb, value, asked.seen)


def _again(number: int, asked: Asked, status: int, *, sentence: str = "", theirs: Decision | None = None) -> Response:
    """The same form once more, with what was typed, on top of what was done meanwhile."""
    seen = views.of(number)
    told = next((one for one in seen.acts if theirs is not None and one.seq == theirs.seq), None)
    row = int(asked.key) if asked.kind == "post" and asked.key.isdecimal() else 0
    item = seen.view.by_row.get(row)
    words = str(theirs.value.get("text", "")) if theirs is not None else ""
    values = {"asked": asked, "sentence": sentence, "theirs": told, "words": words, "item": item, "place": _back(number)}
    return reading.draw("again.html", seen, status, **values)


def _back(number: int) -> str:
    """Where the form was, if that is a page of this week; else the week."""
    below = url_for("reading.week", number=number)
    told = request.form.get("back", "")
    return told if forms.is_ours(told, below) else below
