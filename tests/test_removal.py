""" "Ask us to remove a quote": for everybody, without account, cookie or script; and the publishers' list of requests."""

from dataclasses import replace
from datetime import timedelta

import pytest

from listener.jobs import takedown
from storage.curated import Edition, PublishedQuote
from tests.desk_clients import make_app, place_of, signed_in
from tests.services import FIRST, make_service

NOW = FIRST + timedelta(days=8)


class Clock:
    def __init__(self):
        self.at = NOW

    def __call__(self):
        return self.at


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def service(tmp_path, clock):
    made = make_service(tmp_path, now=clock, extra='[safeguarding]\nurgent = "In an emergency call 999."\n')
    yield made
    made.store.close()


@pytest.fixture
def client(service):
    """A browser of somebody whom nobody knows."""
    return make_app(service).test_client()


def token(client):
    page = client.get("/remove").text
    return page.split('name="token" value="')[1].split('"')[0]


def send(client, clock, wait=timedelta(seconds=30), **fields):
    """Fills in the form and sends it after so long."""
    told = {"token": token(client), "ref": "1-07", "week": "", "reason": "", "contact": "", "website": ""}
    clock.at += wait
    return client.post("/remove", data=told | fields)


def asked(service):
    with service.store.read() as unit:
        return unit.editions.removals()


def test_the_page_says_what_it_promises_and_where_help_is(client):
    page = client.get("/remove?quote=1-07")

    assert page.status_code == 200
    assert "within 24 hours" in page.text
    assert "In an emergency call 999." in page.text
    assert 'name="ref" value="1-07"' in page.text
    assert "Set-Cookie" not in page.headers


def test_somebody_without_account_or_cookie_asks_and_gets_a_number(client, clock, service):
    answer = send(client, clock, reason="It is me.\r\nPlease.", contact="me@example.org")

    (kept,) = asked(service)
    assert (answer.status_code, place_of(answer)) == (303, f"/remove/thanks/{kept.id}")
    assert (kept.ref, kept.reason, kept.contact) == ("1-07", "It is me.\nPlease.", "me@example.org")
    assert "Set-Cookie" not in answer.headers
    thanks = client.get(place_of(answer)).text
    assert f"<strong>{kept.id}</strong>" in thanks
    assert "within 24 hours" in thanks


def test_sending_it_twice_is_one_request(client, clock, service):
    first, second = send(client, clock), send(client, clock)

    assert place_of(first) == place_of(second)
    assert len(asked(service)) == 1


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"ref": " "}, "Say which quote you mean."),
        ({"week": "9"}, "Choose one of the weeks"),
        ({"reason": "x" * 2001}, "Why: use 2,000 characters or fewer."),
        ({"contact": "x" * 201}, "How to reach you: use 200 characters or fewer."),
        ({"website": "http://spam.example"}, "Leave the field that says so empty"),
        ({"token": ""}, "open for too long"),
        ({"token": "WzEsMl0.forged"}, "open for too long"),
    ],
    ids=["no reference", "no such week", "long reason", "long contact", "trap", "no token", "forged token"],
)
def test_what_cannot_be_taken_comes_back_with_a_sentence_and_all_that_was_typed(client, clock, service, fields, sentence):
    answer = send(client, clock, **({"contact": "me@example.org"} | fields))

    assert answer.status_code == 400
    assert sentence in answer.text
    assert asked(service) == []
    assert fields.get("contact", "me@example.org") in answer.text


@pytest.mark.parametrize("wait", [timedelta(seconds=1), timedelta(hours=25)], ids=["too fast", "too late"])
def test_a_form_that_comes_back_too_fast_or_too_late_is_shown_once_more(client, clock, service, wait):
    assert send(client, clock, wait=wait).status_code == 400
    assert asked(service) == []
    assert send(client, clock).status_code == 303


def test_more_than_4_kilobytes_are_not_read(client, clock, service):
    answer = send(client, clock, reason="x" * 5000)

    assert answer.status_code == 413
    assert '<a href="/remove">' in answer.text
    assert asked(service) == []


def test_one_address_asks_ten_times_an_hour(client, clock, service):
    answers = [send(client, clock, ref=f"1-{number:02}").status_code for number in range(12)]

    assert answers == [303] * 10 + [429] * 2
    assert len(asked(service)) == 10


def test_what_somebody_typed_is_shown_as_text(client, clock, service):
    send(client, clock, ref="<script>x", reason="<img src=x onerror=alert(1)>", contact="<b>me")
    page = signed_in(service, "publisher").get(f"/removals/{asked(service)[0].id}").text

    assert "<script>x" not in page
    assert "<img src=x" not in page
    assert "&lt;img src=x" in page


# --- the list -------------------------------------------------------------------------------------------------------------


def publish(service):
    edition = Edition(week=1, version=1, at=service.now(), by=1, content="{}", hash="0")
    with service.store.write() as unit:
        unit.editions.add(edition, [PublishedQuote(week=1, version=1, ref="1-07", row=3, content="{}")])


def ask(service, ref="1-07"):
    return takedown.ask(service, week=1, ref=ref, reason="my own reason", contact="me@example.org")


def test_the_list_has_the_clock_of_each_request_and_says_which_are_late(service, clock):
    publish(service)
    ask(service)
    clock.at += timedelta(hours=25)
    ask(service, "1-99")

    page = signed_in(service, "publisher").get("/removals").text

    assert "Quote 1-07, week 1" in page
    assert page.count("Late.") == 1
    assert "Unknown reference" in page


def test_nobody_waits(service):
    assert "Nobody is waiting for an answer" in signed_in(service, "publisher").get("/removals").text


def test_a_request_is_refused_with_a_reason(service):
    kept = ask(service, "1-99")
    client = signed_in(service, "publisher")

    without = client.post_form(f"/removals/{kept.id}/refuse", reason=" ")
    answer = client.post_form(f"/removals/{kept.id}/refuse", reason="It is a public statement.")

    assert (without.status_code, answer.status_code) == (400, 303)
    assert "Say why it stays." in without.text
    with service.store.read() as unit:
        closed = unit.editions.removal(kept.id)
    assert (closed.outcome, closed.contact) == ("refused: It is a public statement.", "")


def test_a_request_that_somebody_has_closed_says_so(service):
    kept = ask(service)
    takedown.close(service, kept.id, 1, "refused")

    answer = signed_in(service, "publisher").get(f"/removals/{kept.id}")

    assert answer.status_code == 409
    assert "somebody has answered it" in answer.text


def test_the_promise_is_kept_whatever_the_clock_of_the_machine_says(service):
    later = replace(service, now=lambda: NOW + timedelta(days=30))

    assert ask(later).due_at == NOW + timedelta(days=31)
