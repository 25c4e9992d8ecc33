"""Reading a week: its themes, its contributions by pages and filters, one contribution, what came since, what was done."""

from collections.abc import Sequence
from urllib.parse import urlencode

from flask import Blueprint, Response, request
from markupsafe import Markup

from digests import curation, environment, gaps, history, markdown
from digests import desk as sight
from digests.desk import ORDERS, STATES, Filters, Item, paged
from listener.jobs import contribute, digest
from listener.web import doors, drawing, views
from listener.web.views import Seen
from storage.values import TONES

bp = Blueprint("reading", __name__, url_prefix="/weeks/<int:number>")


@bp.get("")
@doors.needs("viewer")
def week(number: int) -> Response:
    """The week at a glance: what there is to do, the summary, the themes, the gaps."""
    seen = views.of(number)
    service = doors.service()
    covered = digest.coverage(service, seen.view.week)
    told = gaps.notices(covered, seen.view.facts.zone)
    return draw("week.html", seen, notices=told, gaps=sight.gaps_name(covered))


@bp.get("/contributions")
@doors.needs("viewer")
def contributions(number: int) -> Response:
    """Every contribution, sifted, a page at a time."""
    seen = views.of(number)
    wanted = filters()
    return draw("contributions.html", seen, wanted=wanted, **listed(seen.view.sifted(wanted)))


@bp.get("/contributions/<int:row>")
@doors.needs("viewer")
def contribution(number: int, row: int) -> Response:
    """One contribution with everything that can be done about it."""
    seen = views.of(number)
    item = seen.view.by_row.get(row)
    if item is None:
        return draw("gone.html", seen, 404)
    return draw(
        "contribution.html",
        seen,
        item=item,
        weeks=doors.service().config.exercise.weeks,
        about_it=[act for act in seen.acts if act.row == row],
        added=contribute.added(doors.service(), item.kept.post),
        may_check=may_check(seen, row, doors.account().id),
    )


@bp.get("/themes/<key>")
@doors.needs("viewer")
def theme(number: int, key: str) -> Response:
    """One theme: its story as it will be told, and its contributions."""
    seen = views.of(number)
    line = next((line for line in seen.view.themes if line.theme.key == key), None)
    if line is None:
        return draw("gone.html", seen, 404)
    wanted = filters(theme=key)
    return draw("theme.html", seen, line=line, wanted=wanted, **listed(wanted.let(seen.view.items)))


@bp.get("/tray")
@doors.needs("viewer")
def tray(number: int) -> Response:
    """What came in since the team began: not counted until a person takes it in."""
    seen = views.of(number)
    return draw("tray.html", seen, **listed(seen.view.tray))


@bp.get("/acts")
@doors.needs("viewer")
def acts(number: int) -> Response:
    """What was done, newest first, each with the way back."""
    seen = views.of(number)
    return draw("acts.html", seen, page=paged(seen.acts, asked_page()), link=_page_link)


@bp.get("/read-first")
@doors.needs("curator")
def read_first(number: int) -> Response:
    """What may not be able to wait."""
    seen = views.of(number)
    return draw("read_first.html", seen, items=seen.urgent, safeguarding=doors.service().config.safeguarding)


# --- how ----------------------------------------------------------------------------------------------------------------


def draw(template: str, seen: Seen, status: int = 200, /, **values: object) -> Response:
    """A page of a week: beside what every page knows, the week as it is and the words that its forms use."""
    common: dict[str, object] = {
        "seen": seen,
        "view": seen.view,
        "number": seen.view.week.number,
        "back": back(),
        "card": lambda item: environment.card(seen.view.card(item)),
        "quoted": lambda item: _without_anchor(environment.card(seen.view.card(item)), item.row),
        "html": markdown.html,
        "mine": history.last_of(seen.acts, doors.account().id),
        "reasons": curation.REASONS,
        "tones": {tone: history.TONES[tone] for tone in TONES},
        "modes": history.MODES,
    }
    return drawing.page(template, status, **common | values)


def _without_anchor(card: str, row: int) -> Markup:
    """The same card where it stands on the page a second time."""
    return Markup(str(card).replace(f' id="c{row}"', "", 1))


def back() -> str:
    """The page that is being shown, for a form to come back to."""
    return f"{request.script_root}{request.full_path.removesuffix('?')}" if request.method == "GET" else ""


def may_check(seen: Seen, row: int, account: int) -> bool:
    """Whether this account may say that the paraphrase is right: where two people are asked for, not its writer."""
    written = seen.view.curation.paraphrases.get(row)
    return written is None or written.by != account or doors.service().config.publish.second_person != "required"


def filters(**fixed: str) -> Filters:
    """What the address asks for, and what it has no say in."""
    told = {name: request.args.get(name, "")[:200] for name in ("channel", "theme", "tone", "state", "words", "order")}
    return Filters(**told | fixed)


def asked_page() -> int:
    return request.args.get("page", 1, type=int)


def listed(items: Sequence[Item]) -> dict[str, object]:
    """One page of these contributions, and the addresses of the others."""
    return {"page": paged(items, asked_page()), "link": _page_link, "states": STATES, "orders": ORDERS}


def _page_link(number: int) -> str:
    """This list on another page."""
    told = {name: value for name, value in request.args.items() if value and name != "page"}
    return f"?{urlencode(told | {'page': number})}"
