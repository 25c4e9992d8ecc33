"""Whether all is well: one word for everyone, the details for operators."""

from collections.abc import Callable, Mapping
from typing import Any

from flask import Blueprint, Response, current_app, jsonify

from listener.web import doors

bp = Blueprint("health", __name__)
Health = Callable[[], Mapping[str, Any]]


@bp.get("/healthz")
@doors.everyone
def check() -> tuple[Response, int]:
    state = current_app.extensions["listener.health"]()
    told = state if doors.can("operator") else {"ok": state["ok"]}
    return jsonify(told), 200 if state["ok"] else 503
