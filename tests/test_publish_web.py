"""Publishing at the desk: what stands in the way, the preview, the versions, and taking down what was published."""

from datetime import timedelta
from io import BytesIO
from zipfile import ZipFile

import pytest

from listener.jobs import deliver, publish, takedown
from tests import desks, published
from tests.desk_clients import make_account, place_of, signed_in
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
    assert "Published, and withdrawn" in publisher.get("/").text
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


# --- from the desk to the public ------------------------------------------------------------------------------------------


def page(service, role="publisher"):
    return signed_in(service, role).get("/weeks/1/publish").text


def hidden(text, name):
    return text.split(f'name="{name}" value="')[1].split('"')[0]


def settled(service):
    """All is done but the approval: Ben, the second account, has checked what Anna, the first, wrote."""
    for name in ("anna", "ben"):
        make_account(service, "curator", name)
    desks.decide(service, "post:3", "check", by=desks.BEN)
    desks.decide(service, "week", "summary", text="People told us about their weeks.")


def test_what_stands_in_the_way_leads_to_where_it_is_mended(service):
    desks.decide(service, "post:3", "paraphrase", text="Somebody waited for a call.")

    text = page(service)

    assert "Nobody but its writer has checked this paraphrase." in text
    assert 'href="/weeks/1/contributions/3"' in text
    assert "First mend what stands in the way." in text
    assert "Publish version 2</button>" not in text


@pytest.mark.parametrize(
    ("text", "place"),
    [("Ring Anna on 07700 900123.", "/weeks/1/themes/"), ("They are told at ward 7, by 07700 900123.", "/weeks/1")],
    ids=["a part of a story", "the summary"],
)
def test_what_is_wrong_with_a_text_leads_to_that_text(service, text, place):
    if "themes" in place:
        desks.decide(service, f"theme:{desks.themes_of(service)[0]}", "add", kind="prose", text=text)
    else:
        desks.decide(service, "week", "summary", text=text)

    assert f'href="{place}' in page(service).split("What stands in the way")[1].split("Look at it")[0]


def test_what_was_not_seen_is_not_approved_at_the_desk(service):
    settled(service)

    answer = signed_in(service, "curator", name="ben").post_form("/weeks/1/approve", seen="99", content="something else")

    assert answer.status_code == 409
    assert "The digest has changed since you looked at it." in answer.text


def test_the_preview_is_what_would_be_published(service, publisher):
    settled(service)
    ready = publish.preview(service, desks.week_of(service))

    for name, content in ready.files.items():
        assert publisher.get(f"/weeks/1/preview/{name}").data == content
    assert publisher.get("/weeks/1/preview/").data == ready.files["index.html"]
    assert publisher.get("/weeks/1/preview/nothing.html").status_code == 404


def test_one_approves_and_another_publishes(service):
    settled(service)
    curator, sender = signed_in(service, "curator", name="ben"), signed_in(service, "publisher", name="cleo")
    told = curator.get("/weeks/1/publish").text

    approved = curator.post_form("/weeks/1/approve", seen=hidden(told, "seen"), content=hidden(told, "content"))
    answer = sender.post_form("/weeks/1/publish", content=hidden(told, "content"), note="The summary is new.")

    assert (approved.status_code, answer.status_code) == (303, 303)
    after = sender.get("/weeks/1/publish").text
    assert "Week 1 is published: v2. It is confirmed where the public reads it." in after
    assert "The summary is new." in after
    assert b"People told us about their weeks." in public_files(service)["week-1/index.html"]


def test_what_cannot_be_published_says_why_and_keeps_the_line_that_was_typed(service):
    settled(service)
    curator, sender = signed_in(service, "curator", name="ben"), signed_in(service, "publisher", name="cleo")
    told = curator.get("/weeks/1/publish").text
    curator.post_form("/weeks/1/approve", seen=hidden(told, "seen"), content=hidden(told, "content"))

    answer = sender.post_form("/weeks/1/publish", content="something else", note="The summary is new.")

    assert answer.status_code == 409
    assert "The digest has changed since you looked at it." in answer.text
    assert 'value="The summary is new."' in answer.text


def test_an_approval_is_taken_back_at_the_desk(service):
    settled(service)
    curator = signed_in(service, "curator", name="ben")
    told = curator.get("/weeks/1/publish").text
    curator.post_form("/weeks/1/approve", seen=hidden(told, "seen"), content=hidden(told, "content"))
    told = curator.get("/weeks/1/publish").text
    assert "Approved by ben" in told

    curator.post_form("/weeks/1/reopen", seen=hidden(told, "seen"))

    assert "Nobody has approved this week." in curator.get("/weeks/1/publish").text


def test_whoever_changed_the_week_last_is_told_that_another_has_to_approve(service):
    settled(service)

    told = signed_in(service, "curator", name="anna").get("/weeks/1/publish").text

    assert "Another person has to approve it." in told


def test_a_week_that_nobody_has_touched_or_that_is_to_come_has_nothing_to_publish(tmp_path):
    service = desks.collected(tmp_path, now=FIRST + timedelta(days=2))

    assert "Nobody has begun to work on this week." in page(service)
    assert signed_in(service, "publisher").get("/weeks/2/publish").status_code == 404
    assert signed_in(service, "publisher").get("/weeks/1/preview/").status_code == 409
