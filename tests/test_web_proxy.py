"""Behind a proxy that gives the desk a path and HTTPS: every link, form, redirect and cookie keeps to it."""

import re
import ssl
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from http.client import HTTPConnection, HTTPSConnection
from urllib.parse import urlencode

import pytest
from flask import request

from listener.jobs import people
from listener.web import doors
from tests.desk_clients import make_app, signed_in
from tests.factories import NOW
from tests.servers import certificates, desk
from tests.services import make_service

PASSWORD = "four tulips below the bridge"
LINK = re.compile(r'(?:href|src|action)="([^"]+)"')
FIELD = re.compile(r'name="csrf_token" value="([^"]+)"')


class Visitor:
    """A browser in miniature, with one cookie."""

    def __init__(self, connect):
        self.connect, self.cookie = connect, ""

    def ask(self, method, path, **fields):
        headers = {"Cookie": self.cookie.split(";")[0], "Content-Type": "application/x-www-form-urlencoded"}
        with closing(self.connect()) as connection:
            connection.request(method, path, urlencode(fields) if fields else None, headers)
            answer = connection.getresponse()
            self.cookie = answer.headers["Set-Cookie"] or self.cookie
            return answer, answer.read().decode()


@contextmanager
def shown(tmp_path, prefix, *, https=True, config="\n[serve]\nproxies = 1\n"):
    service = make_service(tmp_path, now=NOW, extra=config)
    people.add(service, "anna", "operator", PASSWORD)
    tls, trusted = contexts(tmp_path) if https else (None, None)
    with desk.running(make_app(service)) as port, desk.proxied(port, prefix, tls) as outside:
        if https:
            yield Visitor(lambda: HTTPSConnection("localhost", outside, timeout=30, context=trusted))
        else:
            yield Visitor(lambda: HTTPConnection("localhost", outside, timeout=30))
    service.store.close()


def contexts(folder):
    """Of a server with a certificate, and of a visitor who knows its authority."""
    made = certificates.make(folder, datetime.now(UTC))
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(made.server, made.key)
    return server, ssl.create_default_context(cafile=made.authority)


def sign_in(visitor, prefix):
    _, form = visitor.ask("GET", f"{prefix}/sign-in")
    (token,) = FIELD.findall(form)
    return visitor.ask("POST", f"{prefix}/sign-in", csrf_token=token, name="anna", password=PASSWORD, next="/people")[0]


@pytest.mark.parametrize("prefix", ["/desk", "/teams/listening-1"])
def test_everything_keeps_to_the_path_and_to_https(tmp_path, prefix):
    with shown(tmp_path, prefix) as visitor:
        asked, _ = visitor.ask("GET", f"{prefix}/people")
        answer = sign_in(visitor, prefix)
        cookie = visitor.cookie
        people_page, page = visitor.ask("GET", f"{prefix}/people")
        leads = [link for link in LINK.findall(page) if not link.startswith(("data:", "#"))]
        found = {link: visitor.ask("GET", link.replace("&amp;", "&"))[0].status for link in leads if "/static/" in link}

    assert asked.headers["Location"] == f"{prefix}/sign-in?next=/people"
    assert (answer.status, answer.headers["Location"]) == (303, f"{prefix}/people")
    assert cookie.startswith("__Secure-listener=")
    assert set(cookie.split("; ")[1:]) == {"Secure", "HttpOnly", f"Path={prefix}", "SameSite=Lax"}
    assert people_page.headers["Strict-Transport-Security"] == "max-age=31536000"
    assert len(leads) > 5
    assert [link for link in leads if not link.startswith(f"{prefix}/")] == []
    assert set(found.values()) == {200}


def test_signing_out_works_there_too(tmp_path):
    with shown(tmp_path, "/desk") as visitor:
        sign_in(visitor, "/desk")
        token = FIELD.findall(visitor.ask("GET", "/desk/people")[1])[0]

        out, _ = visitor.ask("POST", "/desk/sign-out", csrf_token=token)
        after, _ = visitor.ask("GET", "/desk/people")

    assert (out.status, out.headers["Location"]) == (303, "/desk/sign-in")
    assert (after.status, after.headers["Location"]) == (303, "/desk/sign-in?next=/people")


def test_without_a_path_of_its_own_the_cookie_is_of_this_host_alone(tmp_path):
    with shown(tmp_path, "") as visitor:
        answer = sign_in(visitor, "")

    assert answer.status == 303
    assert visitor.cookie.startswith("__Host-listener=")
    assert set(visitor.cookie.split("; ")[1:]) == {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"}


def test_without_https_nothing_claims_it(tmp_path):
    with shown(tmp_path, "/desk", https=False) as visitor:
        answer = sign_in(visitor, "/desk")

    assert answer.status == 303
    assert visitor.cookie.startswith("listener=")
    assert "Strict-Transport-Security" not in answer.headers


def test_an_address_with_https_is_enough_for_the_cookie_to_be_secure(tmp_path):
    service = make_service(tmp_path, now=NOW, extra='\n[serve]\naddress = "https://listener.example"\n')

    answer = signed_in(service, None).get("/sign-in")

    assert "; Secure" in answer.headers["Set-Cookie"]
    assert answer.headers["Set-Cookie"].startswith("__Host-listener=")
    assert "Strict-Transport-Security" in answer.headers
    service.store.close()


@pytest.mark.parametrize(
    "told", ["//evil.example", "https://evil.example", "/a//b", "/a\\b", "/a?b", '/"><script>', "desk", "/a, //b"]
)
def test_a_prefix_that_is_no_plain_path_is_not_believed(tmp_path, told):
    service = make_service(tmp_path, now=NOW, extra="\n[serve]\nproxies = 1\n")

    answer = signed_in(service, None).get("/people", headers={"X-Forwarded-Prefix": told})

    assert answer.headers["Location"] == "/sign-in?next=/people"
    service.store.close()


def test_without_a_proxy_what_visitors_claim_of_one_is_not_believed(tmp_path):
    claims = {
        "X-Forwarded-Proto": "https",
        "X-Forwarded-Prefix": "/desk",
        "X-Forwarded-For": "10.9.8.7",
        "X-Forwarded-Host": "evil",
    }
    service = make_service(tmp_path, now=NOW)

    answer = signed_in(service, None).get("/people", headers=claims)

    assert answer.headers["Location"] == "/sign-in?next=/people"
    assert "Strict-Transport-Security" not in answer.headers
    service.store.close()


def test_a_visitor_is_known_by_the_address_that_our_own_proxy_saw(tmp_path):
    service = make_service(tmp_path, now=NOW, extra="\n[serve]\nproxies = 1\n")
    app = make_app(service)
    app.add_url_rule("/from", "from", doors.everyone(lambda: request.remote_addr or ""))

    told = {"X-Forwarded-For": "6.6.6.6, 10.0.0.1"}  # the first is what the visitor claims

    assert app.test_client().get("/from", headers=told).text == "10.0.0.1"
    service.store.close()
