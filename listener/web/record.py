"""The record of what was done, newest first."""

from collections.abc import Mapping

from flask import Blueprint, Response, request

from listener.web import doors, drawing

bp = Blueprint("record", __name__, url_prefix="/record")
AT_ONCE = 50
TOLD: Mapping[str, str] = {
    "acknowledge": "acknowledged the gaps of",
    "add": "added to",
    "answers": "set which question was answered by",
    "approve": "approved",
    "check": "checked our words for",
    "confirm": "confirmed what was decided about",
    "consent": "noted what was said to our asking for",
    "edit": "changed",
    "flag": "passed to the safeguarding lead",
    "forget": "forgot somebody",
    "handled": "saw to",
    "hide": "hid",
    "merge": "merged",
    "message settled": "settled a message",
    "mode": "set how to quote",
    "move": "moved",
    "order": "changed the order of themes in",
    "paraphrase": "wrote in our words",
    "publish": "published",
    "publish without asking": "published, although not all could be looked up",
    "removal asked": "took in a request to remove a quote",
    "removal closed": "closed a request to remove a quote",
    "remove": "took out",
    "rename": "renamed",
    "reopen": "took back the approval of",
    "retention": "let go what was kept for long enough",
    "role": "set who said",
    "show": "showed again",
    "split": "split",
    "summary": "wrote the summary of",
    "take_in": "took in what came since in",
    "tone": "set the tone of",
    "undo": "undid something in",
    "unflag": "took back from the safeguarding lead",
    "withdraw": "withdrew",
}
"""What the record's words for acts are to a reader; others stand there as they are."""
_NAMED = (
    ("post:", "contribution "),
    ("theme:", "theme "),
    ("element:", "part "),
    ("account:", "account "),
    ("removal-", "request "),
)


@bp.get("")
@doors.needs("publisher")
def index() -> Response:
    with doors.service().store.read() as unit:
        acts = unit.accounts.noted(request.args.get("before", type=int), AT_ONCE + 1)
        names = {one.id: one.name for one in unit.accounts.all()}
    more = acts[AT_ONCE - 1].seq if len(acts) > AT_ONCE else None
    values = {"acts": acts[:AT_ONCE], "names": {**names, 0: "Listener"}, "more": more}
    return drawing.page("record.html", acts_told=TOLD, named=named, **values)


def named(target: str) -> str:
    """ "week 3, contribution 12" for "week-3 post:12"."""
    week, _, rest = target.partition(" ")
    told = [week.replace("week-", "week ", 1), *([] if rest in ("", "week") else [rest])]
    for begins, said in _NAMED:
        told = [one.replace(begins, said, 1) if one.startswith(begins) else one for one in told]
    return ", ".join(told)
