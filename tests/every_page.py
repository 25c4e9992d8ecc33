"""Every page of a desk, made from its routes: where each leads, who looks at it, what is answered. A new route gets a line."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from flask import Flask
from werkzeug.exceptions import HTTPException

from listener.jobs import publish
from listener.web import doors
from storage.curated import Role
from tests.lived_desk import LivedDesk

NO_PAGES = frozenset({"static", "look.sheet", "health.check", "publishing.archive"})
ALIKE = frozenset({"drafts.page", "publishing.preview", "publishing.published"})
"""Pages that look the same to everybody who may open them."""
LAST = 99
"""The last page of a list, which is the shortest."""

Places = Callable[[LivedDesk], Iterable[Mapping[str, Any]]]
PLACES: Mapping[str, Places] = {
    "adding.form": lambda _: [{"number": 3}],
    "curating.merge": lambda lived: [{"number": 3, "key": lived.themes()[0], "into": lived.themes()[1]}],
    "curating.split": lambda lived: [_ticked(lived), {"number": 3, "key": lived.themes()[0]}],
    "drafts.page": lambda lived: [{"name": name} for name in _pages(lived.service.config.output, "week-3")],
    "people.index": lambda _: [{}],
    "publishing.ask": lambda lived: [{"number": 1}, {"number": 1, "ref": publish.live(lived.service, 1)[0].ref}],
    "publishing.deliveries": lambda _: [{}],
    "publishing.fragment": lambda _: [{"number": 1}],
    "publishing.preview": lambda _: [{"number": 3}],
    "publishing.published": lambda lived: [{"name": name} for name in _pages(lived.service.config.publish.folder, "week-?")],
    "publishing.week": lambda _: [{"number": number} for number in (3, 2, 1, 4)],
    "reading.acts": lambda _: [{"number": number} for number in (3, 4)],
    "reading.contribution": lambda lived: [{"number": 3, "row": row} for row in lived.rows.values()],
    "reading.contributions": lambda _: [
        {"number": 3, "page": LAST, "words": "the", "order": "theme"},
        *({"number": 3, "state": state, "page": LAST} for state in ("hidden", "again", "left-out", "since")),
        {"number": 3, "words": "zzz", "tone": "good"},
        {"number": 4, "page": LAST},
    ],
    "reading.read_first": lambda _: [{"number": number} for number in (3, 1)],
    "reading.theme": lambda lived: [{"number": 3, "key": key, "page": LAST} for key in lived.told_themes()],
    "reading.tray": lambda _: [{"number": number, "page": LAST} for number in (3, 4)],
    "reading.week": lambda _: [{"number": number} for number in (3, 1, 4)],
    "record.index": lambda _: [{"before": 30}, {}],
    "removal.form": lambda _: [{"quote": "1-02"}],
    "removal.index": lambda _: [{}],
    "removal.one": lambda _: [{"number": 1}, {"number": 2}],
    "removal.thanks": lambda _: [{"number": 12}],
    "signin.form": lambda _: [{}],
    "weeks.index": lambda _: [{}],
}
"""Where each route leads, by its name in Flask; the first place is looked at by more people than the others."""


@dataclass(frozen=True, kw_only=True)
class Visit:
    """Somebody looks at `path`, or sends these `fields` there from the page `start`, so many `times`. `by` None is nobody."""

    path: str
    by: Role | None = "operator"
    status: int = 200
    fields: Mapping[str, str] = field(default_factory=dict)
    start: str = ""
    times: int = 1

    def __str__(self) -> str:
        return f"{self.path} by {self.by or 'nobody'}{' after a form' if self.fields else ''}"


def visits(lived: LivedDesk) -> list[Visit]:
    """All of them: each page as whoever may hardly open it sees it, and as an operator does; then what goes wrong."""
    return [*_looks(lived), *_errors(), *_refusals(lived)]


def unvisited(app: Flask, paths: Iterable[str]) -> set[str]:
    """The endpoints of pages that none of these addresses leads to."""
    return _endpoints(app) - {_endpoint(app, path) for path in paths} - NO_PAGES


def _looks(lived: LivedDesk) -> Iterator[Visit]:
    address = lived.app.url_map.bind("desk")
    for endpoint in sorted(_endpoints(lived.app) - NO_PAGES):
        is_first = True
        for values in PLACES.get(endpoint, lambda _: ())(lived):
            yield from (Visit(path=address.build(endpoint, values), by=by) for by in _lookers(lived.app, endpoint, is_first))
            is_first = False


def _lookers(app: Flask, endpoint: str, is_first: bool) -> list[Role | None]:
    """Whoever may hardly open it, then who may do all that stands there."""
    with app.app_context():
        needed: Any = doors.told(endpoint)
    if needed == doors.EVERYONE:
        return [None]
    if endpoint in ALIKE:
        return [needed]
    return [needed, "operator"] if is_first and needed != "operator" else ["operator"]


def _errors() -> Iterator[Visit]:
    yield from (Visit(path=path, status=404) for path in ("/nowhere", "/weeks/3/contributions/999999", "/weeks/3/themes/x"))
    yield Visit(path="/people", by="viewer", status=403)
    yield Visit(path="/removals/99", status=409)
    yield Visit(path="/fails", by=None, status=500)


def _refusals(lived: LivedDesk) -> Iterator[Visit]:
    """What a form is answered that cannot be done."""
    act, post = "/weeks/3/acts", f"post:{lived.rows['unchecked']}"
    bare = {"target": post, "verb": "hide", "seen": "1000000", "note": "n" * 90}
    late = {"target": post, "verb": "paraphrase", "seen": "0", "text": "Mine."}
    sent: tuple[tuple[str, Mapping[str, str], int], ...] = (
        (act, bare | {"reason": ""}, 422),
        (act, late, 409),
        (act, {"target": post}, 400),
        ("/weeks/3/add", {"kind": "letter", "day": "2026-01-01", "text": "Dear team"}, 422),
        ("/weeks/3/approve", {"content": "another", "seen": "1"}, 409),
        ("/weeks/3/publish", {"content": "another", "note": "n" * 90}, 409),
        ("/removals/1/refuse", {"reason": " "}, 400),
        ("/sign-out/", {"x": "y"}, 404),
        ("/record", {"x": "y"}, 405),
    )
    yield from (Visit(path=path, status=status, fields=fields, start="/record") for path, fields, status in sent)
    asked = {"ref": "r" * 99, "week": "99", "reason": "x" * 3000, "contact": "c" * 300, "website": "x"}
    yield Visit(path="/remove", by=None, status=400, fields=asked, start="/remove")
    yield Visit(path="/remove", by=None, status=413, fields=asked | {"reason": "x" * 9000}, start="/remove")
    for status, times in ((401, 1), (429, 5)):
        tried = {"name": "x", "password": "y"}
        yield Visit(path="/sign-in", by=None, status=status, fields=tried, start="/sign-in", times=times)


def _ticked(lived: LivedDesk) -> Mapping[str, Any]:
    """Some of the first theme's contributions become another theme."""
    first = lived.themes()[0]
    return {"number": 3, "key": first, "label": "A theme of their own", "rows": lived.members(first)[:3]}


def _pages(folder: Path, week: str) -> list[str]:
    """The index, and the pages of such weeks, one of the many that are alike."""
    found = [*folder.glob("*.html"), *folder.glob(f"{week}/*.html"), *folder.glob(f"{week}/v1/index.html")]
    many = {one for one in found if one.name.startswith("theme-")}
    return sorted(one.relative_to(folder).as_posix() for one in {*found} - many | {*sorted(many)[:1]})


def _endpoints(app: Flask) -> set[str]:
    return {rule.endpoint for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())}


def _endpoint(app: Flask, path: str) -> str:
    try:
        return str(app.url_map.bind("desk").match(urlsplit(path).path, method="GET")[0])
    except HTTPException:
        return ""
