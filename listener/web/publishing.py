"""From a week at the desk to a published version: preview, approval, publishing, withdrawal, delivery."""

import mimetypes
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from flask import Blueprint, Response, abort, flash, request, url_for
from werkzeug.wrappers import Response as Answer

from digests import environment
from digests.curation import Curation
from digests.curation import Refused as NotDecided
from listener import delivery
from listener.jobs import deliver, publish
from listener.jobs.publish import Prepared
from listener.jobs.service import Refused
from listener.web import doors, drawing, reading, views
from storage.curated import Edition

bp = Blueprint("publishing", __name__)
_STYLE = re.compile(rb"style-src (?:&#39;|')sha256-([A-Za-z0-9+/]{43}=)")
_HEAD = 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """A version in the list. `place` is where it lies below the public folder."""

    edition: Edition
    by: str
    place: str
    quotes: int
    withdrawn: int


# --- before ---------------------------------------------------------------------------------------------------------------


@bp.get("/weeks/<int:number>/publish")
@doors.needs("viewer")
def week(number: int) -> Response:
    return _page(number)


@bp.get("/weeks/<int:number>/preview/")
@bp.get("/weeks/<int:number>/preview/<path:name>")
@doors.needs("viewer")
def preview(number: int, name: str = "") -> Response:
    """The very bytes that would be published now."""
    ready = publish.preview(doors.service(), views.week(number), request.args.get("note", "")[: publish.LONGEST_NOTE])
    return shown(ready.files, name or "index.html")


@bp.post("/weeks/<int:number>/approve")
@doors.needs("curator")
def approve(number: int) -> Response | Answer:
    service, by = doors.service(), doors.account().id
    try:
        publish.approve(service, views.week(number), by, request.form.get("content", ""), _seen())
    except (Refused, NotDecided) as refused:
        return _page(number, 409, str(refused))
    flash(f"Week {number} is approved. A publisher can publish it now.")
    return doors.see("publishing.week", number=number)


@bp.post("/weeks/<int:number>/reopen")
@doors.needs("curator")
def reopen(number: int) -> Answer:
    publish.reopen(doors.service(), views.week(number), doors.account().id, _seen())
    flash(f"Week {number} is open again: it has to be approved before it is published.")
    return doors.see("publishing.week", number=number)


@bp.post("/weeks/<int:number>/publish")
@doors.needs("publisher")
def send(number: int) -> Response | Answer:
    service, told = doors.service(), request.form
    note, although = " ".join(told.get("note", "").split()), told.get("although") == "yes"
    try:
        edition = publish.publish(
            service, views.week(number), doors.account().id, told.get("content", ""), note, although=although
        )
    except Refused as refused:
        return _page(number, 409, str(refused), note=note)
    _say(f"Week {number} is published: v{edition.version}.")
    return doors.see("publishing.week", number=number)


# --- after ----------------------------------------------------------------------------------------------------------------


@bp.get("/published/<path:name>")
@doors.needs("viewer")
def published(name: str) -> Response:
    """What is public, made of what is kept: the same bytes that are delivered."""
    return shown(deliver.pages(doors.service()), name)


@bp.get("/published.zip")
@doors.needs("viewer")
def archive() -> Response:
    """Everything that is public in one file."""
    service = doors.service()
    made = Response(delivery.zipped(deliver.pages(service)), mimetype="application/zip")
    made.headers["Content-Disposition"] = f'attachment; filename="{service.config.exercise.slug}.zip"'
    return made


@bp.get("/weeks/<int:number>/fragment")
@doors.needs("viewer")
def fragment(number: int) -> Response:
    """What can be pasted into the page of another system, and how."""
    name = f"week-{views.week(number).number}/fragment.html"
    made = deliver.pages(doors.service())
    if name not in made:
        abort(404)
    return drawing.page("fragment.html", number=number, name=name, text=made[name].decode())


@bp.get("/weeks/<int:number>/withdraw")
@bp.get("/weeks/<int:number>/withdraw/<ref>")
@doors.needs("publisher")
def ask(number: int, ref: str = "") -> Response:
    """Is it this one? Nothing is done yet."""
    found = publish.shown(doors.service(), views.week(number).number, ref)
    if ref and not found:
        abort(404)
    return drawing.page("withdraw.html", number=number, ref=ref, found=found)


@bp.post("/weeks/<int:number>/withdraw/<ref>")
@doors.needs("publisher")
def withdraw(number: int, ref: str) -> Answer:
    gone = publish.withdraw_quote(doors.service(), views.week(number).number, ref, doors.account().id)
    say_withdrawn(gone)
    return doors.see("publishing.week", number=number)


@bp.post("/weeks/<int:number>/withdraw")
@doors.needs("publisher")
def withdraw_week(number: int) -> Answer:
    publish.withdraw_week(doors.service(), views.week(number).number, doors.account().id)
    _say(f"The digest of week {number} is withdrawn, in every version.")
    return doors.see("publishing.week", number=number)


@bp.get("/deliveries")
@doors.needs("viewer")
def deliveries() -> Response:
    service = doors.service()
    return drawing.page("deliveries.html", ways=deliver.standing(service), publish=service.config.publish)


@bp.post("/deliveries")
@doors.needs("publisher")
def again() -> Answer:
    """Brings everything there once more, whatever is believed to stand there."""
    with doors.service().store.write() as unit:
        unit.editions.doubt(doors.service().now())
    publish.deliver(doors.service())
    _say("Everything published was delivered once more.")
    return doors.see("publishing.deliveries")


# --- how ------------------------------------------------------------------------------------------------------------------


def shown(made: Mapping[str, bytes], name: str) -> Response:
    """One of these files as a web server would show it, under the policy that it carries itself. Raises NotFound."""
    wanted = f"{name}index.html" if name.endswith("/") else name
    if wanted not in made:
        abort(404)
    content = made[wanted]
    kind = mimetypes.guess_type(wanted)[0] or "application/octet-stream"
    answer = Response(content, mimetype=kind)
    if kind == "text/html":
        told = _STYLE.search(content[:_HEAD])
        answer.headers["Content-Security-Policy"] = f"{_policy(told)}; frame-ancestors 'none'"
    return answer


def _policy(told: re.Match[bytes] | None) -> str:
    return environment.policy(told[1].decode()) if told else "default-src 'none'; base-uri 'none'; form-action 'none'"


def say_withdrawn(gone: Sequence[tuple[int, str]]) -> None:
    refs = ", ".join(ref for _, ref in gone)
    _say(f"Withdrawn from every version: {refs}." if refs else "It was withdrawn already.")


def _say(what: str) -> None:
    """With whether it stands where the public reads it."""
    if publish.is_delivered(doors.service()):
        flash(f"{what} It is confirmed where the public reads it.")
    else:
        flash(f"{what} It is not confirmed yet where the public reads it: look at Deliveries.", "error")


def _seen() -> int:
    told = request.form.get("seen", "")
    return int(told) if told.isascii() and told.isdecimal() else abort(400)


def _page(number: int, status: int = 200, problem: str = "", note: str = "") -> Response:
    service, view = doors.service(), views.of(number)
    state, ready = view.view.curation, _ready(number)
    return reading.draw(
        "publish.html",
        view,
        status,
        week=view.view.week,
        ready=ready,
        state=state,
        approved=bool(state.approval and ready and state.approval.content == ready.content_hash),
        needs_another=service.config.publish.second_person == "required" and state.last_editor == doors.account().id,
        problem=problem,
        note=note,
        versions=_versions(number),
        quotes=publish.live(service, number),
        ways=deliver.standing(service),
        where=partial(_link, state),
        name=_names(),
    )


def _ready(number: int) -> Prepared | None:
    """None where nobody has begun."""
    try:
        return publish.preview(doors.service(), views.week(number))
    except Refused:
        return None


def _link(curation: Curation, number: int, where: str) -> str:
    """Where at the desk something is mended."""
    kind, _, key = where.partition(":")
    if kind == "element":
        kind, key = "theme", _theme_of(curation, key)
    if kind == "post":
        return url_for("reading.contribution", number=number, row=int(key))
    if kind == "theme" and key:
        return url_for("reading.theme", number=number, key=key)
    return url_for("reading.week", number=number)


def _theme_of(curation: Curation, element: str) -> str:
    """The key of the theme that a part of a story is in."""
    found = (theme.key for theme in curation.themes if any(str(one.key) == element for one in theme.elements))
    return next(found, "")


def _names() -> Mapping[int, str]:
    with doors.service().store.read() as unit:
        return {0: views.NOBODY} | {account.id: account.name for account in unit.accounts.all()}


def _versions(number: int) -> list[Version]:
    """The newest first."""
    names = _names()
    with doors.service().store.read() as unit:
        found = [(edition, unit.editions.quotes(number, edition.version)) for edition in unit.editions.of(number)]
    newest = max((edition.version for edition, _ in found), default=0)
    return [
        Version(
            edition=edition,
            by=names.get(edition.by, views.NOBODY),
            place=f"week-{number}/" if edition.version == newest else f"week-{number}/v{edition.version}/",
            quotes=len(quotes),
            withdrawn=sum(quote.withdrawn_at is not None for quote in quotes),
        )
        for edition, quotes in reversed(found)
    ]
