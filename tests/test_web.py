"""The pages in a browser: nothing without the password, nothing but pages with it."""

import os
import signal
import subprocess
import sys
from contextlib import closing, contextmanager
from http.client import HTTPConnection
from pathlib import Path

import pytest

from listener import web
from tests.services import CONFIG

ROOT = Path(__file__).parent.parent
PASSWORD = "pässword: with a colon"
GUARDS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


@pytest.fixture
def client(tmp_path):
    """A browser that knows the password of a folder with two pages."""
    folder = tmp_path / "digests"
    (folder / "week-1").mkdir(parents=True)
    (folder / "index.html").write_text("all weeks")
    (folder / "week-1/index.html").write_text("week 1")
    (folder / ".index.html.1.part").write_text("half of it")
    (tmp_path / "listener.db").write_text("the database")
    return make_client(folder)


def make_client(folder, health=lambda: {"ok": True, "gaps": 0}):
    return web.create_app(folder, PASSWORD, health).test_client()


def ask(client, path, password=PASSWORD, **more):
    return client.open(path, auth=("anybody", password), buffered=True, **more)


@pytest.mark.parametrize("path", ["/", "/week-1/", "/healthz", "/nowhere", "/../listener.db"])
@pytest.mark.parametrize("auth", [None, ("anybody", ""), ("anybody", "guess"), (PASSWORD, "")])
def test_nothing_is_answered_without_the_password(client, path, auth):
    answer = client.get(path, auth=auth)

    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Basic ")
    assert answer.text == "A password is needed.\n"


@pytest.mark.parametrize("header", ["Bearer x", "Basic", "Basic !!!", "Basic w6Q", "Digest username=a"])
def test_a_login_that_nobody_can_read_is_no_login(client, header):
    assert client.get("/", headers={"Authorization": header}).status_code == 401


@pytest.mark.parametrize(
    ("path", "content"),
    [("/", "all weeks"), ("/index.html", "all weeks"), ("/week-1/", "week 1"), ("/week-1/index.html", "week 1")],
)
def test_pages_are_shown_under_their_names(client, path, content):
    assert ask(client, path).text == content


@pytest.mark.parametrize(
    "path",
    [
        "/../listener.db",
        "/%2e%2e/listener.db",
        "/week-1/../../listener.db",
        "//etc/passwd",
        "/.index.html.1.part",
        "/week-1",
        "/week-2/",
        "/nul\0",
    ],
)
def test_nothing_else_is_shown(client, path):
    assert ask(client, path).status_code == 404


@pytest.mark.parametrize(
    ("path", "method", "password"),
    [
        ("/", "GET", PASSWORD),
        ("/", "GET", ""),
        ("/nowhere", "GET", PASSWORD),
        ("/", "POST", PASSWORD),
        ("/healthz", "GET", PASSWORD),
    ],
)
def test_every_answer_is_guarded(client, path, method, password):
    answer = ask(client, path, password, method=method)

    assert GUARDS.items() <= dict(answer.headers).items()
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'; ")


@pytest.mark.parametrize(("ok", "status"), [(True, 200), (False, 503)])
def test_health_is_told_as_json_and_by_the_status(tmp_path, ok, status):
    answer = ask(make_client(tmp_path, health=lambda: {"ok": ok, "faults": {}}), "/healthz")

    assert (answer.status_code, answer.json) == (status, {"ok": ok, "faults": {}})


# --- over a real socket -------------------------------------------------------------------------------------------------


@contextmanager
def served(folder):
    """`listener serve` on a free port, as (process, port)."""
    (folder / "listener.toml").write_text(CONFIG + '\n[serve]\npassword = { file = "password" }\n')
    (folder / "password").write_text("open sesame\n")
    (folder / "password").chmod(0o600)
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


def get(port, path, **headers):
    with closing(HTTPConnection("127.0.0.1", port, timeout=30)) as connection:
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        return answer.status, answer.read()


def test_listener_serve_answers_on_this_machine_and_ends_when_it_is_told(tmp_path):
    login = "Basic YW55Ym9keTpvcGVuIHNlc2FtZQ=="  # anybody:open sesame
    with served(tmp_path) as (process, port):
        (tmp_path / "digests").mkdir()
        (tmp_path / "digests/index.html").write_text("all weeks")

        assert get(port, "/")[0] == 401
        assert get(port, "/", Authorization=login) == (200, b"all weeks")
        status, health = get(port, "/healthz", Authorization=login)

    assert (status, b'"daemon":false' in health) == (503, True)
    assert process.returncode == 0
