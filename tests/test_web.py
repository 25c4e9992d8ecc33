"""The internal pages and the health check: for whom, and nothing else of the disk."""

import os
import signal
import subprocess
import sys
from contextlib import closing, contextmanager
from http.client import HTTPConnection
from pathlib import Path

import pytest

from digests import environment
from tests.desk_clients import make_app, signed_in
from tests.factories import NOW
from tests.services import CONFIG, make_service

ROOT = Path(__file__).parent.parent


@pytest.fixture
def service(tmp_path):
    """A service with two pages."""
    folder = tmp_path / "digests"
    (folder / "week-1").mkdir(parents=True)
    (folder / "index.html").write_text("all weeks")
    (folder / "week-1/index.html").write_text("week 1")
    (folder / ".index.html.1.part").write_text("half of it")
    made = make_service(tmp_path, now=NOW)
    yield made
    made.store.close()


def text_of(client, path):
    with client.get(path) as answer:
        return answer.status_code, answer.text


@pytest.mark.parametrize(
    ("path", "content"),
    [("", "all weeks"), ("index.html", "all weeks"), ("week-1/", "week 1"), ("week-1/index.html", "week 1")],
)
def test_pages_are_shown_under_their_names(service, path, content):
    assert text_of(signed_in(service, "viewer"), f"/draft/{path}") == (200, content)


@pytest.mark.parametrize(
    "path",
    [
        "../listener.db",
        "%2e%2e/listener.db",
        "..%2flistener.db",
        "week-1/../../listener.db",
        "week-1/..%5c..%5clistener.db",
        "/etc/passwd",
        "%2fetc/passwd",
        ".index.html.1.part",
        "week-1",
        "week-2/",
        "nul\0",
    ],
)
def test_nothing_else_is_shown(service, path):
    assert signed_in(service, "operator").get(f"/draft/{path}", follow_redirects=True).status_code == 404


@pytest.mark.parametrize("quote", ["'", "&#39;"])
def test_a_page_keeps_the_policy_of_the_sheet_it_was_made_with(service, quote):
    earlier = "A" * 43 + "="
    told = f'<meta content="default-src {quote}none{quote}; style-src {quote}sha256-{earlier}{quote}">'
    (service.config.output / "week-1/index.html").write_text(told)

    with signed_in(service, "viewer").get("/draft/week-1/") as answer:
        policy = answer.headers["Content-Security-Policy"]

    assert policy == f"{environment.policy(earlier)}; frame-ancestors 'none'"


@pytest.mark.parametrize(("ok", "status"), [(True, 200), (False, 503)])
def test_health_is_one_word_for_everyone_and_more_for_operators(service, ok, status):
    app = make_app(service, health_of=lambda: {"ok": ok, "faults": {"mail": "no answer"}})

    shown = {role: signed_in(service, role, app=app).get("/healthz") for role in (None, "publisher", "operator")}

    assert {answer.status_code for answer in shown.values()} == {status}
    assert [answer.json for answer in shown.values()] == [{"ok": ok}, {"ok": ok}, {"ok": ok, "faults": {"mail": "no answer"}}]


# --- as a process ---------------------------------------------------------------------------------------------------------


@contextmanager
def served(folder):
    """`listener serve` on a free port, as (process, port)."""
    (folder / "listener.toml").write_text(CONFIG)
    command = [sys.executable, "-m", "listener", "serve", "--port", "0"]
    env = os.environ | {"PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        command, cwd=folder, env=env, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        try:
            assert process.stdout is not None
            address = process.stdout.readline().split("http://127.0.0.1:")[1]
            yield process, int(address.split("/")[0])
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(timeout=30)


def get(port, path):
    with closing(HTTPConnection("127.0.0.1", port, timeout=30)) as connection:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read()


def test_listener_serve_answers_on_this_machine_and_ends_when_it_is_told(tmp_path):
    with served(tmp_path) as (process, port):
        assert get(port, "/people")[0] == 303
        assert get(port, "/sign-in")[0] == 200
        health = get(port, "/healthz")

    assert (health, process.returncode) == ((503, b'{"ok":false}\n'), 0)
