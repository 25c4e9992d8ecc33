"""The pages on which a week is read: whole, fast, inert whatever people wrote."""

import re
import time
from datetime import timedelta

import pytest

from digests import acts, words
from listener.jobs import analyse, collect
from listener.jobs.collect import Task
from listener.jobs.ledger import window_of
from listener.web import record
from tests.desk_clients import make_account, signed_in
from tests.desks import MONDAY, collected, decide, listen, themes_of, week_of
from tests.factories import make_post
from tests.services import FIRST, make_service, write_answers
from tests.stores import add
from tests.test_pages import HOSTILE


@pytest.fixture
def service(tmp_path):
    return collected(tmp_path)


@pytest.fixture
def anna(service):
    return signed_in(service, "curator", name="anna")


def rows(page):
    return [int(row) for row in re.findall(r'id="c(\d+)"', page)]


def test_the_list_of_weeks_says_how_each_stands(service, anna):
    page = anna.get("/").text
    assert "A draft that nobody has worked on" in page
    assert "To be published by Monday 19 October 2026, midday." in page

    decide(service, "week", "summary", text="Begun.")

    assert "The team is working on it" in anna.get("/weeks").text


def test_a_week_whose_time_to_be_published_is_over_is_late(tmp_path):
    anna = signed_in(collected(tmp_path, now=MONDAY + timedelta(hours=5)), "curator")

    page = anna.get("/").text

    assert "<strong>Late:</strong> it was to be published by Monday 19 October 2026, midday." in page


def test_who_may_only_read_sees_no_empty_place_for_our_words(service):
    viewer = signed_in(service, "viewer")
    before = viewer.get("/weeks/1/contributions/3").text

    decide(service, "post:3", "paraphrase", text="Somebody waited.")

    assert ["In our words" in page for page in (before, viewer.get("/weeks/1/contributions/3").text)] == [False, True]


def test_a_split_that_is_looked_at_asks_for_its_name_once(service, anna):
    page = anna.get(f"/weeks/1/themes/{themes_of(service)[0]}/split?label=Theirs&rows=1").text

    assert page.count("Name of the new theme</label>") == 1


def test_the_record_says_in_words_what_was_done(service):
    decide(service, "post:3", "hide", reason="advert")

    page = " ".join(signed_in(service, "publisher").get("/record").text.split())

    assert 'hid <span class="sub">week 1, contribution 3</span>' in page
    assert {verb for _, verb in acts.CHECKS} <= record.TOLD.keys()


def test_a_week_that_is_to_come_is_named_and_not_shown(tmp_path):
    service = collected(tmp_path, now=FIRST + timedelta(hours=1))
    anna = signed_in(service, "curator")

    page = anna.get("/").text

    assert "People are answering" in page
    assert "To come" in page
    assert "/weeks/2" not in page
    assert anna.get("/weeks/2").status_code == 404


@pytest.mark.parametrize("path", ["/weeks/9", "/weeks/1/themes/gone", "/weeks/1/contributions/999"])
def test_what_is_not_there_says_so(anna, path):
    assert anna.get(path).status_code == 404


def test_a_week_at_a_glance_counts_and_lists(service, anna):
    page = anna.get("/weeks/1").text

    assert "<b>40</b>" in page
    assert all(f"/weeks/1/themes/{key}" in page for key in themes_of(service))


def test_contributions_come_fifty_a_page_with_filters_kept(tmp_path):
    service = make_service(tmp_path, now=MONDAY)
    listen(service, tmp_path, range(55), texts=[f"One of the words: {n}" for n in range(55)])
    anna = signed_in(service, "curator")

    first = anna.get("/weeks/1/contributions?words=e").text
    second = anna.get("/weeks/1/contributions?words=e&page=2").text

    assert len(rows(first)) == 50
    assert 'href="?words=e&amp;page=2"' in first
    assert set(rows(first)).isdisjoint(rows(second))


def test_filters_reach_the_page(service, anna):
    decide(service, "post:3", "hide", reason="abuse")

    assert rows(anna.get("/weeks/1/contributions?state=hidden").text) == [3]
    assert rows(anna.get("/weeks/1/contributions?words=no+such+words").text) == []
    assert 3 not in rows(anna.get("/weeks/1/contributions?state=new").text)


def test_a_theme_shows_its_story_and_its_contributions(service, anna):
    key = themes_of(service)[0]
    with service.store.read() as unit:
        members = next(one.members for one in unit.analyses.get(1).clusters if one.key == key)
    decide(service, f"theme:{key}", "add", kind="quote", row=members[0])
    decide(service, f"theme:{key}", "add", kind="prose", text="**Joined**")
    decide(service, f"post:{members[0]}", "paraphrase", text="In our words.")

    page = anna.get(f"/weeks/1/themes/{key}").text

    assert sorted(rows(page)) == sorted(members), "an anchor stands twice"
    assert "<strong>Joined</strong>" in page
    assert "In our words." in page


def test_a_contribution_shows_who_when_where_and_what_was_done(service, anna):
    ben = make_account(service, "curator", "ben")
    decide(service, "post:3", "hide", by=ben.id, reason="abuse", note="names a nurse")
    decide(service, "post:3", "consent", by=ben.id, state="asked", how="by email")

    page = anna.get("/weeks/1/contributions/3").text

    assert "person2" in page
    assert "names a nurse" in page
    assert "ben hid contribution 3: abuse" in page
    assert "by email" in page
    assert "It cannot be quoted. It is hidden." in page


def test_a_post_that_changed_is_to_be_looked_at_again(service, anna, tmp_path):
    decide(service, "post:3", "tone", tone="good")
    listen(service, tmp_path, range(40), texts=["Now it says something else."])

    assert "1 contribution changed since somebody decided" in anna.get("/weeks/1").text
    assert "What was decided still stands" in anna.get("/weeks/1/contributions/3").text
    decide(service, "post:3", "confirm")

    assert "changed since" not in anna.get("/weeks/1").text


def test_a_quote_that_was_taken_down_is_gone_at_once(service, anna):
    key = themes_of(service)[0]
    with service.store.read() as unit:
        row = next(one.members[0] for one in unit.analyses.get(1).clusters if one.key == key)
        post = unit.posts.some([row])[0].post
    decide(service, f"theme:{key}", "add", kind="quote", row=row)
    assert post.text in anna.get(f"/weeks/1/themes/{key}").text.replace("&#39;", "'")

    with service.store.write() as unit:
        unit.posts.remove(*[post.network, [post.id]], MONDAY)

    page = anna.get(f"/weeks/1/themes/{key}").text
    assert post.text not in page.replace("&#39;", "'")
    assert "This quote cannot be shown any more" in page
    assert anna.get(f"/weeks/1/contributions/{row}").status_code == 404


def test_what_may_not_be_shown_is_counted_and_not_shown(tmp_path):
    service = make_service(tmp_path, now=MONDAY)
    said = FIRST + timedelta(hours=1)
    add(service.store, make_post(1, network="x", posted_at=said, text="Counted only"))
    add(service.store, make_post(2, posted_at=said, text="Kept back", labels=("!hide",)))
    anna = signed_in(service, "curator")

    assert "2 more contributions may not be shown here" in anna.get("/weeks/1").text
    page = anna.get("/weeks/1/contributions").text
    assert "Kept back" not in page
    assert "Counted only" not in page


# --- hostile words ------------------------------------------------------------------------------------------------------

SPOILT = [HOSTILE, "\u202e<b onload=alert(1)>x</b>", '"><img src=x onerror=alert(1)>', "javascript:alert(1)"]


@pytest.fixture
def hostile(tmp_path):
    service = make_service(tmp_path, now=MONDAY, extra='[safeguarding]\nphrases = ["alert"]\n')
    listen(service, tmp_path, range(8), texts=SPOILT)
    analyse.do(service, week_of(service))
    return service


@pytest.mark.parametrize(
    "path", ["", "/contributions", "/contributions/1", "/contributions?words=%3Cscript%3E", "/read-first", "/acts", "/tray"]
)
def test_hostile_words_are_inert_on_every_page(hostile, path):
    decide(hostile, "post:1", "paraphrase", text=SPOILT[0])
    decide(hostile, "week", "summary", text=f"{SPOILT[2]} [x](javascript:alert(1))")

    page = signed_in(hostile, "curator").get(f"/weeks/1{path}").text

    without_ours = re.sub(r'<script src="[^"]*/static/desk\.js[^"]*" defer></script>', "", page)
    assert "<script" not in without_ours.lower()
    assert not re.search(r"<[^>]*\son\w+\s*=\s*[^>]*alert", page.replace("&#34;", "").replace("&lt;", ""))
    assert 'href="javascript' not in page.lower()


def test_a_hostile_name_of_a_theme_is_inert(service, anna):
    key = themes_of(service)[0]
    decide(service, f"theme:{key}", "rename", label="<script>alert(1)</script>\u202e")

    for path in ("/weeks/1", f"/weeks/1/themes/{key}", "/weeks/1/acts", "/weeks/1/contributions"):
        page = anna.get(path).text
        assert "<script>" not in page
        assert "\u202e" not in page


# --- many ---------------------------------------------------------------------------------------------------------------


def test_a_week_of_five_thousand_is_read_by_pages_in_well_under_a_second(tmp_path):
    service = make_service(tmp_path, now=MONDAY)
    write_answers(tmp_path, range(5000), step=timedelta(seconds=100), texts=[f"Words number {n}" for n in range(5000)])
    collect.do(service, Task(source="tag", window=window_of(week_of(service)), why="manual"))
    anna = signed_in(service, "curator")
    assert words.count(5000, "contribution") in anna.get("/weeks/1/contributions").text

    started = time.process_time()
    pages = [anna.get(f"/weeks/1/contributions?page={number}") for number in range(91, 101)]

    assert (time.process_time() - started) / 10 < 0.5
    assert {len(rows(page.text)) for page in pages} == {50}
