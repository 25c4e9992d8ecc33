"""Signing in and out: who is let in, for how long, how often it may be tried, and what is written down."""

import logging
from datetime import UTC, datetime, timedelta
from secrets import token_urlsafe

import pytest
from argon2 import PasswordHasher

from listener import accounts
from listener.jobs import people
from tests.desk_clients import make_app, place_of, signed_in
from tests.services import make_service

PASSWORD = "four tulips below the bridge"
NOW = datetime(2026, 10, 20, 9, tzinfo=UTC)
PROXY = '\n[serve]\nproxies = 1\ntrusted_header = "X-Remote-User"\n'


class Hour:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock():
    return Hour()


@pytest.fixture
def service(tmp_path, clock):
    """With anna, a curator who knows the password."""
    made = make_service(tmp_path, now=clock)
    people.add(made, "Anna", "curator", PASSWORD)
    yield made
    made.store.close()


@pytest.fixture
def client(service):
    return signed_in(service, None)


def try_it(client, name="anna", password=PASSWORD, **more):
    return client.post_form("/sign-in", name=name, password=password, **more)


def is_in(client):
    return client.get("/healthz/nowhere").status_code == 404 and client.get("/sign-in").status_code == 303


def acts_of(service):
    with service.store.read() as unit:
        return [(one.by, one.act) for one in reversed(unit.accounts.noted())]


# --- who is let in --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["anna", " Anna ", "ANNA"])
def test_the_right_password_lets_in(client, name):
    answer = try_it(client, name)

    assert (answer.status_code, place_of(answer)) == (303, "/")
    assert is_in(client)


@pytest.mark.parametrize(
    ("name", "password"),
    [
        ("anna", "four tulips below the bridgE"),
        ("anna", ""),
        ("ben", PASSWORD),
        ("", ""),
        ("anna\0", PASSWORD),
        ("anna", "\ud800"),
    ],
)
def test_nothing_else_does_and_every_refusal_reads_alike(client, name, password):
    answer = try_it(client, name, password.encode("utf-8", "replace").decode())

    assert (answer.status_code, "The name or the password is not right." in answer.text) == (401, True)
    assert PASSWORD not in answer.text
    assert not is_in(client)


def test_a_disabled_account_is_refused_like_a_wrong_password(service, client):
    people.disable(service, people.named(service, "anna"))

    assert try_it(client).status_code == 401


def test_an_account_without_a_password_cannot_sign_in(service, client):
    people.add(service, "ben", "viewer", None)

    assert [try_it(client, "ben", password).status_code for password in ("", "x")] == [401, 401]


def test_a_hash_of_weaker_days_is_made_anew_and_nobody_is_signed_out(service, client):
    weak = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
    with service.store.write() as unit:
        unit.accounts.set_secret(1, weak)

    assert try_it(client).status_code == 303

    assert not accounts.is_dated(people.named(service, "anna").secret)
    assert is_in(client)


# --- sessions -------------------------------------------------------------------------------------------------------------


def test_what_a_browser_held_before_the_sign_in_is_worth_nothing_after_it(service, client):
    client.get("/sign-in")
    before = client.get_cookie("listener").value
    form_before = client.token()

    try_it(client)

    planted = make_app(service).test_client()
    planted.set_cookie("listener", before)
    assert not is_in(planted)
    assert client.post("/sign-out", data={"csrf_token": form_before}).status_code == 400


def test_each_sign_in_has_a_token_of_its_own_of_which_only_the_hash_is_kept(service, client):
    tokens = []
    for _ in range(2):
        try_it(client)
        with client.session_transaction() as kept:
            tokens.append(kept["_user_id"])

    assert len(set(tokens)) == 2
    assert all(len(token) == 43 for token in tokens)  # 256 bits
    kept_there = service.store.path.read_bytes() + service.store.path.with_name("listener.db-wal").read_bytes()
    assert not any(token.encode() in kept_there for token in tokens)


def test_a_token_that_somebody_made_up_is_nobodys(service, client):
    with client.session_transaction() as kept:
        kept["_user_id"] = token_urlsafe(32)

    assert not is_in(client)


def test_a_cookie_that_was_changed_is_no_cookie(service, client):
    try_it(client)
    value = client.get_cookie("listener").value
    client.set_cookie("listener", value[:-2] + ("aa" if value[-2:] != "aa" else "bb"))

    assert not is_in(client)


def test_the_cookie_is_kept_from_scripts_and_from_other_sites(client):
    told = client.get("/sign-in").headers["Set-Cookie"].split("; ")

    assert told[0].startswith("listener=")
    assert set(told[1:]) == {"HttpOnly", "Path=/", "SameSite=Lax"}


@pytest.mark.parametrize(("minutes", "lasts"), [(59, True), (60, False)])
def test_an_hour_without_a_click_ends_it(service, clock, client, minutes, lasts):
    try_it(client)

    clock.now += timedelta(minutes=minutes)

    assert is_in(client) == lasts


@pytest.mark.parametrize(("minutes", "lasts"), [(719, True), (721, False)])
def test_twelve_hours_end_it_whatever_is_clicked(service, clock, client, minutes, lasts):
    try_it(client)
    while clock.now < NOW + timedelta(minutes=minutes - 50):
        clock.now += timedelta(minutes=50)
        client.get("/sign-in")

    clock.now = NOW + timedelta(minutes=minutes)

    assert is_in(client) == lasts


def test_signing_out_ends_it_everywhere_the_cookie_went(service, client):
    try_it(client)
    copy = make_app(service).test_client()
    copy.set_cookie("listener", client.get_cookie("listener").value)

    assert place_of(client.post_form("/sign-out")) == "/sign-in"

    assert not is_in(client)
    assert not is_in(copy)


@pytest.mark.parametrize("change", ["disable", "set_password"])
def test_disabling_and_a_new_password_sign_out_at_once(service, client, change):
    try_it(client)
    anna = people.named(service, "anna")

    people.disable(service, anna) if change == "disable" else people.set_password(service, anna, "eleven yellow dahlias")

    assert not is_in(client)


def test_a_change_of_role_holds_from_the_next_click(service, client):
    try_it(client)
    assert client.get("/record").status_code == 403

    people.set_role(service, people.named(service, "anna"), "publisher")

    assert client.get("/record").status_code == 200


def test_sessions_that_ran_out_are_dropped(service, clock, client):
    try_it(client)
    clock.now += timedelta(hours=2)

    signed_in(service, "viewer")

    with service.store.read() as unit:
        assert unit.accounts.count_sessions() == 1


def test_a_form_of_somebody_who_was_signed_out_asks_to_sign_in_again(service, clock, client):
    try_it(client)
    clock.now += timedelta(hours=2)

    answer = client.post_form("/sign-out")

    assert place_of(answer) == "/sign-in"
    assert "Sign in again. What you sent was not kept." in client.get("/sign-in").text


# --- where it leads -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "place"),
    [
        ("/draft/week-1/", "/draft/week-1/"),
        ("/record?before=7", "/record?before=7"),
        ("/people", "/people"),
        ("/people?_external=1&_scheme=evil&endpoint=x", "/people?_external=1&_scheme=evil&endpoint=x"),
        ("", "/"),
        ("/nowhere", "/"),
        ("/sign-out", "/"),
        ("https://evil.example/", "/"),
        ("//evil.example/people", "/"),
        ("///evil.example", "/"),
        ("/\\evil.example", "/"),
        ("\\\\evil.example", "/"),
        ("http:people", "/"),
        ("http:///people", "/"),
        ("javascript:alert(1)", "/"),
        ("people", "/"),
        ("/people\r\nSet-Cookie: a=b", "/"),
        ("/record?before=7\r\nSet-Cookie: a=b", "/record?before=7Set-Cookie%3A+a%3Db"),
        ("/draft//evil.example", "/"),
        ("//[", "/"),
    ],
)
def test_the_sign_in_leads_to_a_page_of_ours_or_to_the_first(client, asked, place):
    assert place_of(try_it(client, next=asked)) == place
    assert place_of(client.get("/sign-in", query_string={"next": asked})) == place


def test_who_asks_for_a_page_comes_to_it_by_the_sign_in(client):
    form = place_of(client.get("/record?before=7"))

    assert form == "/sign-in?next=/record?before%3D7"
    assert 'name="next" value="/record?before=7"' in client.get(form).text


# --- how often ------------------------------------------------------------------------------------------------------------


def test_of_a_thousand_tries_in_a_minute_ten_are_evaluated(service):
    app = make_app(service)
    answers = []
    for number in range(1000):
        client = app.test_client()
        client.environ_base["REMOTE_ADDR"] = f"10.0.{number % 250}.{number // 250}"
        answers.append(try_it(client, f"name{number}", "a guess"))

    codes = [answer.status_code for answer in answers]
    assert (codes.count(401), codes.count(429)) == (10, 990)
    assert [act for _, act in acts_of(service)].count("failed to sign in") == 10


def test_one_account_may_be_tried_five_times_a_minute_and_others_still_get_in(service, client):
    people.add(service, "ben", "viewer", PASSWORD)

    codes = [try_it(client, password="a guess").status_code for _ in range(7)]

    assert codes == [401] * 5 + [429] * 2
    assert try_it(client).status_code == 429, "the right password is not looked at either"
    assert try_it(client, "ben").status_code == 303


def test_one_address_may_try_ten_times_a_minute_through_whatever_names_and_networks(service):
    app = make_app(service)
    codes = []
    for number in range(12):
        client = app.test_client()
        client.environ_base["REMOTE_ADDR"] = f"2001:db8:1:2::{number:x}"
        codes.append(try_it(client, f"name{number}", "a guess").status_code)

    assert codes == [401] * 10 + [429] * 2


def test_a_visitor_without_an_address_is_counted_too(client):
    client.environ_base["REMOTE_ADDR"] = ""

    assert try_it(client, password="a guess").status_code == 401


def test_one_try_too_many_is_told_when_to_try_again(client, caplog):
    caplog.set_level(logging.DEBUG)
    answers = [try_it(client, "a-secret-word", "a guess") for _ in range(6)]

    assert answers[-1].headers["Retry-After"] == "60"
    assert "Nothing was done this time. Try again after " in answers[-1].text
    assert "a-secret-word" not in caplog.text
    assert "127.0.0.1" not in caplog.text


def test_an_unknown_name_takes_as_long_as_a_known_one(service):
    with service.store.read() as unit:
        anna = unit.accounts.named("anna")

    assert accounts.work_of(anna.secret) == accounts.work_of(accounts.nobody())


# --- the record -----------------------------------------------------------------------------------------------------------


def test_signing_in_and_out_is_written_down_without_what_was_typed(service, client):
    try_it(client, "a-secret-word", "typed in the wrong field")
    try_it(client, "anna", "typed wrongly")
    try_it(client)
    client.post_form("/sign-out")

    assert acts_of(service) == [
        (0, "made an account"),
        (0, "failed to sign in"),
        (1, "failed to sign in"),
        (1, "signed in"),
        (1, "signed out"),
    ]
    assert b"a-secret-word" not in service.store.path.read_bytes()


# --- a proxy that says who is signed in -----------------------------------------------------------------------------------


def headed(tmp_path, extra=PROXY):
    service = make_service(tmp_path, now=NOW, extra=extra)
    people.add(service, "anna", "publisher", PASSWORD)
    people.add(service, "gone", "operator", None)
    people.disable(service, people.named(service, "gone"))
    return service


@pytest.mark.parametrize(
    ("name", "status"), [("anna", 200), ("Anna", 200), ("ben", 403), ("gone", 403), ("", 403), ("anna,gone", 403)]
)
def test_a_trusted_header_names_an_account_that_must_exist_and_be_enabled(tmp_path, name, status):
    service = headed(tmp_path)

    answer = signed_in(service, None).get("/record", headers={"X-Remote-User": name})

    assert answer.status_code == status
    assert ("An operator has to make an account for you first." in answer.text) == (status == 403)
    service.store.close()


def test_with_a_trusted_header_there_is_no_sign_in_and_no_session(tmp_path):
    service = headed(tmp_path)
    client = signed_in(service, "operator")

    assert client.get("/record").status_code == 403
    assert client.get("/sign-in").status_code == 404
    assert try_it(client).status_code == 404
    assert "Sign out" not in client.get("/record", headers={"X-Remote-User": "anna"}).text
    service.store.close()


@pytest.mark.parametrize("extra", ["", '\n[serve]\ntrusted_header = "X-Remote-User"\n', "\n[serve]\nproxies = 1\n"])
def test_a_header_that_no_proxy_stands_behind_is_ignored(tmp_path, extra):
    service = headed(tmp_path, extra)
    client = signed_in(service, None)

    assert client.get("/record", headers={"X-Remote-User": "anna"}).status_code == 303
    assert client.get("/sign-in").status_code == 200
    service.store.close()
