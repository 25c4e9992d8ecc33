"""The internal pages as they lie in the output folder."""

import re

from flask import Blueprint, Response, abort, send_from_directory

from digests import environment
from listener.web import doors

bp = Blueprint("drafts", __name__, url_prefix="/draft")
_STYLE = re.compile(rb"style-src (?:'|&#39;)sha256-([A-Za-z0-9+/]{43}=)")
_HEAD = 4096


@bp.get("/")
@bp.get("/<path:name>")
@doors.needs("viewer")
def page(name: str = "index.html") -> Response:
    if any(part.startswith(".") for part in name.split("/")):
        abort(404)
    name = f"{name}index.html" if name.endswith("/") else name
    found = send_from_directory(doors.service().config.output, name)
    found.headers["Content-Security-Policy"] = f"{_policy(name)}; frame-ancestors 'none'"
    return found


def _policy(name: str) -> str:
    """A page holds its own sheet, known by its hash; one of an earlier release has an earlier sheet."""
    with (doors.service().config.output / name).open("rb") as file:
        told = _STYLE.search(file.read(_HEAD))
    return environment.policy(told[1].decode() if told else "")
