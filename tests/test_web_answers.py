"""What every answer carries, errors included, and what people read when something goes wrong."""

import logging
import sqlite3
import traceback
from contextlib import closing
from http.client import HTTPConnection

import pytest
from werkzeug.exceptions import HTTPException, abort

from digests import curation
from listener.jobs.service import Refused
from listener.web import doors, headers
from storage.curated import Decision
from storage.decisions import Stale
from storage.store import StorageError
from tests.desk_clients import make_account, make_app, signed_in
from tests.factories import NOW
from tests.servers import desk
from tests.services import make_service
from tests.test_web_roles import GUARDS

CANARY = "canary-of-a-carer"


@pytest.fixture
def service(tmp_path):
    made = make_service(tmp_path, now=NOW)
    yield made
    made.store.close()


def failing(service, error):
    """A viewer's client of an app with one more page, that fails in this way."""
    app = make_app(service)

    @app.route("/fails", methods=["GET", "POST"])
    @doors.needs("viewer")
    def fails():
        raise error

    return signed_in(service, "viewer", app=app)


def guarded(answer) -> bool:
    told = dict(answer.headers)
    return (
        GUARDS.items() <= told.items()
        and told["Content-Security-Policy"] == headers.POLICY
        and told["Cache-Control"] == "no-store"
        and "Server" not in told
    )


@pytest.mark.parametrize("code", [400, 401, 403, 404, 405, 409, 410, 413, 415, 500, 501, 503])
def test_every_error_has_a_page_in_plain_words_and_its_guards(service, code):
    try:
        abort(code)
    except HTTPException as error:
        wrong = error

    answer = failing(service, wrong).get("/fails")

    assert (answer.status_code, guarded(answer)) == (code, True)
    assert '<main id="main"' in answer.text
    assert "Go to the list of weeks" in answer.text


def test_one_try_too_many_is_guarded_too(service):
    client = signed_in(service, None)

    answers = [client.post_form("/sign-in", name="x", password="y") for _ in range(6)]

    assert [answer.status_code for answer in answers] == [401] * 5 + [429]
    assert all(guarded(answer) for answer in answers)


def test_a_page_for_everyone_that_asks_who_is_there_refuses_nobody_plainly(service):
    app = make_app(service)
    app.add_url_rule("/who", "who", doors.everyone(lambda: doors.account().name))

    assert [signed_in(service, role, app=app).get("/who").status_code for role in (None, "viewer")] == [403, 200]


@pytest.mark.parametrize("role", ["", "boss", "Viewer"])
def test_a_role_that_does_not_exist_changes_nothing(service, role):
    client = signed_in(service, "operator")
    other = make_account(service, "curator")

    answer = client.post_form(f"/people/{other.id}/role", role=role)

    assert (answer.status_code, make_account(service, "curator").role) == (400, "curator")


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nowhere", 404),
        ("GET", "/static/../../accounts.py", 404),
        ("GET", "/static/..%2f..%2faccounts.py", 404),
        ("GET", "/static/nothing.css", 404),
        ("POST", "/people", 405),
        ("DELETE", "/people", 405),
        ("GET", "/sign-out", 405),
        ("POST", "/sign-out", 400),
        ("TRACE", "/sign-in", 405),
        ("GET", "/people/99999999999999999999999/role", 405),
        ("GET", "/record?before=99999999999999999999999", 404),
        ("GET", "/record?before=x", 200),
        ("GET", "/record?before=-1", 200),
        ("OPTIONS", "/sign-in", 200),
        ("HEAD", "/sign-in", 200),
    ],
)
def test_odd_requests_are_answered_and_guarded(service, method, path, status):
    client = signed_in(service, "operator" if path != "/sign-in" else None)

    answer = client.open(path, method=method)

    assert (answer.status_code, guarded(answer)) == (status, True)


def test_what_is_too_much_is_refused(service):
    client = signed_in(service, None)

    answer = client.post_form("/sign-in", name="x" * 1_000_001, password="y")

    assert (answer.status_code, guarded(answer)) == (413, True)
    assert "larger than Listener takes" in answer.text


@pytest.mark.parametrize(
    ("error", "status", "sentence"),
    [
        (Refused("The week is not over yet."), 409, "The week is not over yet."),
        (curation.Refused("Choose a post first."), 400, "Choose a post first."),
        (StorageError(f"/srv/{CANARY}.db: the disk is full"), 503, "The database could not be used just now."),
        (RuntimeError(CANARY), 500, "This is a fault in Listener."),
        (OverflowError(), 404, "Check the address"),
    ],
)
def test_what_our_own_code_refuses_is_told_in_its_words(service, error, status, sentence):
    answer = failing(service, error).get("/fails")

    assert (answer.status_code, guarded(answer)) == (status, True)
    assert sentence in answer.text
    assert CANARY not in answer.text


def test_somebody_elses_decision_in_between_is_told(service):
    later = Decision(seq=7, at=NOW, by=2, week=1, target="week", verb="lead", value={"text": CANARY})

    answer = failing(service, Stale(later)).get("/fails")

    assert (answer.status_code, "It was changed in the meantime." in answer.text) == (409, True)


def test_a_database_that_is_gone_still_gives_a_page(service):
    client = signed_in(service, "viewer")
    with closing(sqlite3.connect(service.store.path)) as connection:
        connection.execute("DROP TABLE sessions")

    answer = client.get("/draft/")

    assert (answer.status_code, guarded(answer)) == (503, True)


def test_an_error_of_the_database_tells_no_value(service):
    with closing(sqlite3.connect(service.store.path)) as connection:
        connection.execute("DROP TABLE accounts")

    with pytest.raises(StorageError) as raised, service.store.read() as unit:
        unit.accounts.named(CANARY)

    assert CANARY not in "".join(traceback.format_exception(raised.value))


def test_no_log_tells_what_was_typed_or_who_came(service, caplog):
    caplog.set_level(logging.DEBUG)
    client = signed_in(service, None)

    client.post_form("/sign-in", name=CANARY, password=f"{CANARY} too", next=f"/{CANARY}")
    client.post("/sign-in", data={"name": CANARY, "csrf_token": CANARY})
    failing(service, RuntimeError("something else")).post_form("/fails", text=CANARY)

    assert "something else" in caplog.text
    assert CANARY not in caplog.text


def test_a_real_socket_says_no_version_and_takes_no_flood(service):
    with desk.running(make_app(service)) as port, closing(HTTPConnection("127.0.0.1", port, timeout=30)) as connection:
        connection.request("GET", "/sign-in")
        answer = connection.getresponse()
        answer.read()
        connection.request("POST", "/sign-in", headers={"Content-Length": "3000000"})
        refused = connection.getresponse()

    assert (answer.status, answer.headers["Server"]) == (200, None)
    assert refused.status == 413
