"""Who may sign in, for operators; accounts and passwords are made on the command line."""

from flask import Blueprint, Response, abort, flash, request
from werkzeug.wrappers import Response as Answer

from listener.jobs import people
from listener.web import doors, drawing
from storage.curated import ROLES, Account

bp = Blueprint("people", __name__, url_prefix="/people")
_ROLES = {
    "viewer": "reads the weeks",
    "curator": "chooses, orders and writes",
    "publisher": "publishes and withdraws, and sees the record",
    "operator": "manages accounts",
}


@bp.get("")
@doors.needs("operator")
def index() -> Response:
    found = people.everyone(doors.service())
    return drawing.page("people.html", accounts=found, roles=ROLES, duties=_ROLES)


@bp.post("/<int:id_>/role")
@doors.needs("operator")
def change_role(id_: int) -> Answer:
    account, role = _account(id_), request.form.get("role", "")
    if role not in ROLES:
        abort(400)
    people.set_role(doors.service(), account, role, doors.account().id)
    return _done(f"{account.name} is {role} now.")


@bp.post("/<int:id_>/disable")
@doors.needs("operator")
def disable(id_: int) -> Answer:
    account = _account(id_)
    people.disable(doors.service(), account, doors.account().id)
    return _done(f"{account.name} cannot sign in any more. What they did stays in the record.")


@bp.post("/<int:id_>/enable")
@doors.needs("operator")
def enable(id_: int) -> Answer:
    account = _account(id_)
    people.enable(doors.service(), account, doors.account().id)
    return _done(f"{account.name} may sign in again.")


def _account(id_: int) -> Account:
    with doors.service().store.read() as unit:
        return unit.accounts.get(id_) or abort(404)


def _done(sentence: str) -> Answer:
    flash(sentence)
    return doors.see("people.index")
