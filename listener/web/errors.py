"""What people read when something cannot be shown or done, in plain words."""

import logging

from flask import Flask, Response, redirect
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect
from werkzeug.wrappers import Response as Answer

from digests import curation
from listener.jobs.service import Refused
from listener.web import doors, drawing, limits
from storage.decisions import Stale
from storage.store import StorageError

log = logging.getLogger(__name__)
_TOLD = {
    400: ("That did not work", "What was sent could not be read. Go back, load the page again and try once more."),
    403: (
        "You cannot open this page",
        "It needs a role that your account does not have. An operator can change that.",
    ),
    404: ("Page not found", "Check the address, or start from the list of weeks."),
    405: ("That did not work", "This address cannot be used like that. Start from the list of weeks."),
    409: (
        "Somebody else was faster",
        "It was changed in the meantime. Load the page again to see how it stands now.",
    ),
    413: ("That was too much", "What was sent is larger than Listener takes. Send less at a time."),
    429: ("Too many tries", "Wait a little, then try again."),
    500: (
        "Something went wrong",
        "This is a fault in Listener. Tell an operator when it happened.",
    ),
    503: ("Listener is busy", "The database could not be used just now. Wait a minute, then try again."),
}
_FORM = "The form was too old, or it did not come from this desk. Go back, load the page again and try once more."
_UNKNOWN = "An operator has to make an account for you first."


def answer(app: Flask) -> None:
    """Gives each kind of error its page."""
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(CSRFError, lambda _: page(400, _FORM))
    app.register_error_handler(Refused, lambda refused: page(409, str(refused), title="That cannot be done now"))
    app.register_error_handler(curation.Refused, lambda refused: page(400, str(refused)))
    app.register_error_handler(Stale, lambda _: page(409))
    app.register_error_handler(StorageError, _storage)
    app.register_error_handler(OverflowError, lambda _: page(404))  # a number in an address that no row can have


def page(code: int, sentence: str = "", title: str = "") -> Response:
    """An error's page; `title` and `sentence` in place of the usual ones. One of the server itself (5xx) asks the database for
    nothing, as that may be what is wrong."""
    named, told = _TOLD.get(code, _TOLD[500 if code >= 500 else 400])
    draw = drawing.bare_page if code >= 500 else drawing.page
    return draw("error.html", code, title=title or named, sentence=sentence or told)


def _http(error: HTTPException) -> Answer:
    code = error.code or 500
    if isinstance(error, RequestRedirect):
        return redirect(error.new_url, error.code)
    if code == 429:
        return limits.refused(page)
    if code == 403 and doors.visitor() is None:
        return page(403, _UNKNOWN)
    answer = page(code)
    answer.headers.extend((name, value) for name, value in error.get_headers() if name in ("Allow", "Retry-After"))
    return answer


def _storage(error: StorageError) -> Response:
    log.error("%s", error)
    return page(503)
