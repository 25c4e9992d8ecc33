"""Which of the desk's GET routes a list of addresses reaches, so that a new page is not forgotten by those who look at all."""

from collections.abc import Iterable
from urllib.parse import urlsplit

from flask import Flask
from werkzeug.exceptions import HTTPException

NO_PAGES = frozenset({"static", "look.sheet", "health.check", "publishing.archive"})


def unvisited(app: Flask, paths: Iterable[str]) -> set[str]:
    """The endpoints of pages that none of these addresses leads to."""
    known = {rule.endpoint for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())}
    return known - {_endpoint(app, path) for path in paths} - NO_PAGES


def _endpoint(app: Flask, path: str) -> str:
    try:
        return str(app.url_map.bind("desk").match(urlsplit(path).path, method="GET")[0])
    except HTTPException:
        return ""
