"""The record of what was done, newest first."""

from flask import Blueprint, Response, request

from listener.web import doors, drawing

bp = Blueprint("record", __name__, url_prefix="/record")
AT_ONCE = 50


@bp.get("")
@doors.needs("publisher")
def index() -> Response:
    with doors.service().store.read() as unit:
        acts = unit.accounts.noted(request.args.get("before", type=int), AT_ONCE + 1)
        names = {one.id: one.name for one in unit.accounts.all()}
    more = acts[AT_ONCE - 1].seq if len(acts) > AT_ONCE else None
    return drawing.page("record.html", acts=acts[:AT_ONCE], names={**names, 0: "Listener"}, more=more)
