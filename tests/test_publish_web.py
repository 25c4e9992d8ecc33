"""Publishing at the desk: what stands in the way, the preview, the versions, and taking down what was published."""

from datetime import timedelta
from io import BytesIO
from zipfile import ZipFile

import pytest

from listener.jobs import deliver, takedown
from tests import desks, published
from tests.desk_clients import place_of, signed_in
from tests.services import FIRST

OURS = "A neighbour waited for somebody to ring back"


@pytest.fixture
def service(tmp_path):
    """Week 1 is published and delivered, with one quote in our words."""
    made = desks.collected(tmp_path, now=FIRST + timedelta(days=8))
    published.quote(made, desks.week_of(made), 3, ("post:3", "paraphrase", {"text": OURS}))
    published.publish(made, desks.week_of(made))
    deliver.do(made)
    yield made
    made.store.close()


@pytest.fixture
def publisher(service):
    return signed_in(service, "publisher")


def public_files(service):
    folder = service.config.publish.folder
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


# --- what is public -------------------------------------------------------------------------------------------------------


def test_the_desk_shows_the_very_bytes_that_are_public(service, publisher):
    for name, content in public_files(service).items():
        answer = publisher.get(f"/published/{name}")
        assert (answer.status_code, answer.data) == (200, content), name


def test_a_published_page_is_shown_under_the_policy_that_it_carries(publisher):
    policy = publisher.get("/published/week-1/").headers["Content-Security-Policy"]

    assert "style-src 'sha256-" in policy
    assert "'self'" not in policy


@pytest.mark.parametrize("name", ["week-9/", "../listener.db", "week-1/v9/index.html", "week-1"])
def test_nothing_else_is_shown(publisher, name):
    assert publisher.get(f"/published/{name}").status_code == 404


def test_everything_published_is_one_download(service, publisher):
    answer = publisher.get("/published.zip")

    assert answer.headers["Content-Disposition"] == 'attachment; filename="think-carer.zip"'
    with ZipFile(BytesIO(answer.data)) as archive:
        assert {name: archive.read(name) for name in archive.namelist()} == public_files(service)


def test_the_fragment_can_be_copied_into_another_system(publisher):
    page = publisher.get("/weeks/1/fragment").text

    assert "Select all of the text below" in page
    assert OURS in page
    assert publisher.get("/weeks/2/fragment").status_code == 404


# --- taking down ------------------------------------------------------------------------------------------------------------


def test_before_a_quote_comes_down_it_is_shown_and_nothing_has_happened(service, publisher):
    page = publisher.get("/weeks/1/withdraw/1-01").text

    assert OURS in page
    assert "cannot be undone" in page
    assert any(OURS.encode() in content for content in public_files(service).values())


def test_a_quote_comes_down_everywhere_in_one_act(service, publisher):
    answer = publisher.post_form("/weeks/1/withdraw/1-01")

    assert (answer.status_code, place_of(answer)) == (303, "/weeks/1/publish")
    assert not any(OURS.encode() in content for content in public_files(service).values())
    assert b"Quote 1-01 has been withdrawn." in public_files(service)["week-1/index.html"]
    assert "Withdrawn from every version: 1-01. It is confirmed" in publisher.get("/deliveries").text


def test_a_quote_that_is_not_there_cannot_come_down(publisher):
    assert publisher.get("/weeks/1/withdraw/1-09").status_code == 404
    answer = publisher.post_form("/weeks/1/withdraw/1-09")
    assert answer.status_code == 409
    assert "Week 1 has no quote 1-09" in answer.text


def test_a_digest_comes_down_whole(service, publisher):
    assert "Withdraw the whole digest of week 1?" in publisher.get("/weeks/1/withdraw").text

    publisher.post_form("/weeks/1/withdraw")

    assert b"This digest has been withdrawn." in public_files(service)["week-1/v1/index.html"]
    assert publisher.post_form("/weeks/1/withdraw").status_code == 409


# --- deliveries ---------------------------------------------------------------------------------------------------------------


def test_what_is_not_confirmed_is_red_until_it_is(service, publisher):
    folder = service.config.publish.folder
    (folder / "week-1/v2").mkdir()
    (folder / "week-1/v2/index.html").mkdir()
    publisher.post_form("/weeks/1/withdraw/1-01")

    red = publisher.get("/deliveries").text
    (folder / "week-1/v2/index.html").rmdir()
    publisher.post_form("/deliveries")
    green = publisher.get("/deliveries").text

    assert "Not confirmed" in red
    assert "Mend that" in red
    assert "Not confirmed" not in green
    assert "Everything published stands there." in green


def test_what_somebody_broke_in_the_folder_is_brought_there_once_more(service, publisher):
    page = service.config.publish.folder / "week-1/index.html"
    page.write_text("broken")

    publisher.post_form("/deliveries")

    assert OURS in page.read_text()


# --- requests -----------------------------------------------------------------------------------------------------------------


def test_a_request_is_granted_in_one_act(service, publisher):
    asked = takedown.ask(service, week=0, ref="1-1", reason="It is me.", contact="me@example.org")
    page = publisher.get(f"/removals/{asked.id}").text
    assert OURS in page
    assert "me@example.org" in page

    publisher.post_form(f"/removals/{asked.id}/withdraw")

    assert not any(OURS.encode() in content for content in public_files(service).values())
    with service.store.read() as unit:
        closed = unit.editions.removal(asked.id)
    assert (closed.outcome, closed.contact, closed.reason) == ("withdrawn", "", "")


def test_a_request_for_what_is_down_already_is_only_closed(service, publisher):
    publisher.post_form("/weeks/1/withdraw/1-01")
    asked = takedown.ask(service, week=0, ref="1-01", reason="", contact="")
    assert "It is withdrawn already: close the request" in publisher.get(f"/removals/{asked.id}").text

    publisher.post_form(f"/removals/{asked.id}/withdraw")

    assert takedown.waiting(service) == []
