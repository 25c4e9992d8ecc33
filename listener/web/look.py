"""The style sheet of the digests, which the desk shares."""

from flask import Blueprint, Response

from digests import environment
from listener.web import doors

bp = Blueprint("look", __name__)


@bp.get("/look/digest.css")
@doors.everyone
def sheet() -> Response:
    made = Response(environment.sheet(), mimetype="text/css")
    made.cache_control.public, made.cache_control.max_age = True, 365 * 24 * 3600  # its address changes with its content
    return made
