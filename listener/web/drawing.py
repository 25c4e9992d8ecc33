"""How a page of the desk is drawn: a template, its values, and what every page needs."""

from datetime import datetime
from functools import cache
from hashlib import sha256
from importlib import resources
from zoneinfo import ZoneInfo

from flask import Response, current_app, get_flashed_messages, request, url_for
from flask_wtf.csrf import generate_csrf
from markupsafe import Markup

from digests import environment, words
from listener.web import doors

_NAVIGATION = (
    ("weeks.index", "Weeks"),
    ("publishing.deliveries", "Deliveries"),
    ("removal.index", "Removals"),
    ("people.index", "People"),
    ("record.index", "Record"),
)


def page(template: str, status: int = 200, /, **values: object) -> Response:
    """Draws `templates/NAME.html`, which extends `desk.html`.

    Beside `values` it knows: `me` (the Account, or None), `can("role")`, `csrf()` (for each form), `url_for`, `home()`,
    `asset("name.css")`, `when(moment)` (local), `exercise`, `messages` and `navigation`.
    """
    found = doors.visitor()
    return _drawn(template, status, {"me": found.account if found else None, "navigation": navigation(), **values})


def bare_page(template: str, status: int = 200, /, **values: object) -> Response:
    """The same for nobody: the database is not asked."""
    return _drawn(template, status, {"me": None, "navigation": [], **values})


def _drawn(template: str, status: int, values: dict[str, object]) -> Response:
    config = doors.service().config
    common: dict[str, object] = {
        "can": doors.can,
        "csrf": csrf,
        "url_for": url_for,
        "asset": asset,
        "look": look,
        "home": home,
        "when": when,
        "exercise": config.exercise,
        "messages": get_flashed_messages(with_categories=True),
        "here": request.endpoint or "",
        "trusted": bool(config.serve.believed),
    }
    drawn = environment.for_package("listener.web").get_template(template).render(common | values)
    return Response(drawn, status, mimetype="text/html")


def csrf() -> Markup:
    """The hidden field that a form must carry."""
    return Markup('<input type="hidden" name="csrf_token" value="{}">').format(generate_csrf())


def asset(name: str) -> str:
    """The address of a file in `static/`; it changes with its content, so that browsers may keep it."""
    return url_for("static", filename=name, v=_mark(name))


def look() -> str:
    """The address of the style sheet of the digests."""
    return url_for("look.sheet", v=_mark_of_sheet())


def home() -> str:
    """The address of the first page."""
    return f"{request.script_root}/"


def when(moment: datetime) -> str:
    """ "Monday 9 November 2026, 2:05pm", in the time zone of the exercise."""
    return words.when(moment, ZoneInfo(doors.service().config.exercise.timezone))


def navigation() -> list[tuple[str, str]]:
    """(endpoint, label) of the main pages that who is signed in may open."""
    return [(endpoint, label) for endpoint, label in _NAVIGATION if _is_open(endpoint)]


def _is_open(endpoint: str) -> bool:
    needed = doors.told(endpoint) if endpoint in current_app.view_functions else ""
    return needed == doors.EVERYONE or (needed != "" and doors.can(needed))  # type: ignore[arg-type] # a role, as marked


@cache
def _mark(name: str) -> str:
    return sha256(resources.files("listener.web").joinpath("static", name).read_bytes()).hexdigest()[:12]


@cache
def _mark_of_sheet() -> str:
    return sha256(environment.sheet().encode()).hexdigest()[:12]
