"""Every route and every role: who gets what, and what every answer carries."""

import shutil
from functools import partial

import pytest

from collectors.base import MemoryVault
from listener import config
from listener.jobs.service import Service
from listener.web import doors
from storage.curated import ROLES
from storage.store import Store
from tests import route_roles
from tests.desk_clients import make_app, signed_in
from tests.factories import NOW
from tests.route_roles import ASKERS, ROUTES
from tests.services import make_service

GUARDS = {
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=(), browsing-topics=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
CELLS = [pytest.param(name, role, id=f"{name} by {role or 'nobody'}") for name in ROUTES for role in ASKERS]
POSTS = [name for name in ROUTES if name.startswith("POST ")]
OPEN = ("POST removal.ask",)  # for people without a cookie: its form carries a signed moment instead
NOT_OURS = "did not come from this desk"


@pytest.fixture(scope="module")
def prepared(tmp_path_factory):
    """The folder of a prepared service, its database closed."""
    folder = tmp_path_factory.mktemp("prepared")
    service = route_roles.prepared(folder)
    service.store.close()
    return folder, service.now()


@pytest.fixture
def service(prepared, tmp_path):
    """A copy of the prepared one, to change as one likes."""
    folder, now = prepared
    shutil.copytree(folder, tmp_path, dirs_exist_ok=True)
    loaded = config.load(tmp_path / "listener.toml")
    store = Store(loaded.storage, b"secret")
    yield Service(config=loaded, store=store, vault=MemoryVault(), now=lambda: now)
    store.close()


def ask(client, name, **headers):
    asked = ROUTES[name]
    call = partial(client.get, asked.path)
    if name.startswith("POST "):
        call = partial(client.post, asked.path, data={"csrf_token": client.token()} | dict(asked.fields))
    with call(headers=headers) as answer:
        answer.get_data()
    return answer


def test_every_route_is_in_the_table_and_says_whom_it_is_for(tmp_path):
    app = make_app(make_service(tmp_path, now=NOW))

    with app.test_request_context():
        found = {
            f"{method} {rule.endpoint}": doors.told(rule.endpoint)
            for rule in app.url_map.iter_rules()
            for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        }

    assert found.keys() == ROUTES.keys()
    assert {name for name, told in found.items() if told not in (*ROLES, doors.EVERYONE)} == set()


@pytest.mark.parametrize(("name", "role"), CELLS)
def test_who_gets_what(service, name, role):
    answer = ask(signed_in(service, role), name)

    assert answer.status_code == ROUTES[name].statuses[ASKERS.index(role)]
    assert GUARDS.items() <= dict(answer.headers).items()
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'; ")
    assert "'unsafe" not in answer.headers["Content-Security-Policy"]
    assert "Server" not in answer.headers


@pytest.mark.parametrize("name", [name for name in POSTS if name not in OPEN])
@pytest.mark.parametrize("token", ["", "wrong", "IjEi.aaaaaa.bbbbbbbbbbbbbbbbbbbbbbbbbbb"])
def test_a_form_without_its_token_changes_nothing(service, name, token):
    answer = signed_in(service, "operator").post(ROUTES[name].path, data={"csrf_token": token} | dict(ROUTES[name].fields))

    assert answer.status_code == 400
    assert NOT_OURS in answer.text


@pytest.mark.parametrize("name", POSTS)
@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_a_form_of_another_site_changes_nothing_even_with_a_token(service, name, site):
    other = ask(signed_in(service, "operator"), name, **{"Sec-Fetch-Site": site})
    ours = ask(signed_in(service, "operator"), name, **{"Sec-Fetch-Site": "same-origin"})

    assert (other.status_code, NOT_OURS in other.text) == (400, True)
    assert NOT_OURS not in ours.text


@pytest.mark.parametrize("name", [name for name in ROUTES if name.startswith("GET ")])
def test_nothing_that_needs_an_account_may_be_kept_by_a_browser(service, name):
    kept = ask(signed_in(service, "operator"), name).headers["Cache-Control"]

    assert ("max-age" in kept) if name in ("GET static", "GET look.sheet") else (kept == "no-store")


def test_a_route_that_does_not_say_opens_to_nobody(tmp_path):
    service: Service = make_service(tmp_path, now=NOW)
    app = make_app(service)
    app.add_url_rule("/forgotten", "forgotten", lambda: "open")

    assert [signed_in(service, role, app=app).get("/forgotten").status_code for role in ASKERS] == [303, 403, 403, 403, 403]
    service.store.close()
