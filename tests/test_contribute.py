"""What a person brings by hand: kept like what a source brings, masked, once."""

import io
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from digests import blocks, quoting
from digests import desk as sight
from digests.cards import Maker
from digests.curation import Curation
from listener.cli import main
from listener.jobs import analyse, contribute, desk, digest, export, reread, status, sweep
from listener.jobs.contribute import Brought
from listener.jobs.ledger import window_of
from listener.jobs.service import Refused
from tests.desk_clients import place_of, signed_in
from tests.desks import ANNA, MONDAY, collected, decide, week_of
from tests.factories import make_kept
from tests.stores import said_in

AT = datetime(2026, 10, 14, 9, tzinfo=UTC)
FORM = {
    "kind": "letter",
    "day": "2026-10-14",
    "clock": "10:00",
    "text": "Nobody told us. Ring 020 7946 0018.",
    "role": "a carer of a parent",
    "why": "written",
    "reason": "the letter says so",
    "name": "Maya",
}


@pytest.fixture
def service(tmp_path):
    return collected(tmp_path)


@pytest.fixture
def anna(service):
    return signed_in(service, "curator", name="anna")


def brought(**differently):
    values: dict[str, Any] = {"kind": "letter", "at": AT, "text": "Nobody told us.", "token": contribute.new_token(MONDAY)}
    return Brought(**values | differently)


def bring(service, **differently):
    return contribute.do(service, week_of(service), ANNA, brought(**differently))


def test_a_letter_becomes_a_contribution_of_its_week(service):
    kept = bring(service, role="a carer", why="written", reason="it says so")

    (post,) = [one.kept.post for one in view_of(service).items if one.kept.post.network == "letter"]
    assert post == kept.post
    assert (post.text, post.role, post.consent, post.posted_at) == ("Nobody told us.", "a carer", "written", AT)
    assert contribute.added(service, post) == contribute.Origin(by=ANNA, reason="it says so")
    with service.store.read() as unit:
        assert [(one.by, one.act, one.target) for one in unit.accounts.noted()] == [(ANNA, "add", "week-1 post:41")]


def view_of(service):
    with service.store.read() as unit:
        decisions = unit.decisions.of(1)
    return sight.view(desk.facts(service, week_of(service)), decisions)


def test_what_names_a_person_by_number_is_masked_before_it_is_kept(service, tmp_path):
    kept = bring(service, text="Ring 020 7946 0018 or 020 7946 0019, SW1A 1AA")

    assert kept.masked == ("[phone number]", "[postcode]")
    service.store.settle()
    assert b"7946" not in said_in(tmp_path / "listener.db")


def test_the_same_form_twice_is_one_contribution(service):
    twice = brought()

    first, second = (contribute.do(service, week_of(service), ANNA, twice) for _ in range(2))
    changed = contribute.do(service, week_of(service), ANNA, replace(twice, text="Other words."))

    assert (first.is_new, second.is_new, changed.is_new) == (True, False, False)
    with service.store.read() as unit:
        assert unit.posts.newest() == 41
        assert unit.posts.some([41])[0].post.text == "Nobody told us."
        assert len([run for run in unit.runs.over(window(service)) if run.source == contribute.SOURCE]) == 1


def window(service):
    return window_of(week_of(service))


def test_tokens_grow_with_time_and_are_never_the_same():
    tokens = [contribute.new_token(MONDAY + timedelta(seconds=n)) for n in range(3)]

    assert tokens == sorted(tokens)
    assert contribute.new_token(MONDAY) != contribute.new_token(MONDAY)


@pytest.mark.parametrize(
    ("differently", "said"),
    [
        ({"kind": "rumour"}, "Choose what it is"),
        ({"why": "because"}, "Choose why we may use it"),
        ({"text": " \n"}, "Give the words"),
        ({"text": "x" * 25_001}, "longer than 25,000"),
        ({"at": MONDAY}, "Give a day of this week"),
        ({"token": "../1"}, "The form was not whole"),
        ({"name": "Maya"}, "Leave the name out"),
        ({"name": "Maya", "why": "organisation"}, "Leave the name out"),
        ({"role": "x" * 201}, "at most 200"),
    ],
    ids=str,
)
def test_what_cannot_be_kept_is_refused_and_nothing_is_kept(service, differently, said):
    with pytest.raises(Refused, match=said):
        bring(service, **differently)

    with service.store.read() as unit:
        assert unit.posts.newest() == 40
        assert unit.accounts.noted() == []


def test_a_name_is_kept_where_the_person_agreed_in_writing(service):
    assert bring(service, name="Maya", why="written").post.author.name == "Maya"


def test_somebody_who_asked_to_be_forgotten_is_not_brought_back(service):
    with service.store.write() as unit:
        unit.forgetting.suppress(unit.forgetting.sought(author="Maya"), MONDAY)

    with pytest.raises(Refused, match="asked not to be kept"):
        bring(service, name="Maya", why="written")


@pytest.mark.parametrize(
    ("day", "clock", "at"),
    [("2026-10-14", "10:00", AT), ("2026-10-14", "", AT + timedelta(hours=2)), ("2026-10-14", "10:00:00", AT)],
)
def test_a_day_and_a_time_are_local(day, clock, at):
    assert contribute.moment("Europe/London", day, clock) == at


@pytest.mark.parametrize(("day", "clock"), [("", ""), ("14/10/2026", ""), ("2026-10-14", "noon"), ("0001-01-01", "00:00")])
def test_a_day_that_is_none_is_refused(day, clock):
    with pytest.raises(Refused, match="Give the day as"):
        contribute.moment("Asia/Tokyo", day, clock)


def test_what_a_source_brought_was_added_by_nobody(service):
    with service.store.read() as unit:
        assert contribute.added(service, unit.posts.some([1])[0].post) is None


# --- the rest of the service bears it ---------------------------------------------------------------------------------------


def test_it_is_analysed_and_counted_like_any_other(service):
    before = digest.do(service, week_of(service)).contributions

    bring(service)

    assert analyse.is_stale(service, week_of(service))
    analyse.do(service, week_of(service))
    assert digest.do(service, week_of(service)).contributions == before + 1


def test_in_a_held_week_it_waits_in_the_tray(service):
    decide(service, "week", "summary", text="Begun.")

    bring(service)

    assert [item.kept.post.network for item in view_of(service).tray] == ["letter"]


def test_status_check_reread_and_export_bear_a_source_that_no_config_names(service, tmp_path):
    bring(service)

    assert [source.name for source in status.do(service).sources] == ["tag", "off"]
    assert sweep.due_now(service) == []
    assert reread.do(service, "tag")[1] == 0
    file = tmp_path / "out.csv"
    export.do(service, file, [(1, window(service))], with_authors=False)
    assert "by-hand" in file.read_text("utf-8")


@pytest.mark.parametrize("kind", contribute.KINDS)
def test_no_page_calls_it_a_post(kind):
    one = make_kept(1, network=kind)

    card, before = (Maker(ZoneInfo("UTC")).card(kept) for kept in (one, make_kept(9000, network=kind)))
    sentences = [blocks.lead(card, None), blocks.lead(card, before)]
    said = [quoting.source(one, mode, Curation()) for mode in ("paraphrase", "verbatim")]

    assert not any("post" in told.lower() for told in [*sentences, *said])


# --- by the form --------------------------------------------------------------------------------------------------------


def send(client, **differently):
    return client.post_form("/weeks/1/add", **FORM | {"token": contribute.new_token(MONDAY)} | differently)


def test_the_form_adds_and_tells_what_was_masked(service, anna):
    answer = send(anna)

    assert (answer.status_code, place_of(answer)) == (303, "/weeks/1/add")
    page = anna.get("/weeks/1/add").text
    assert "Added: letter, Wednesday 14 October 2026, 10am. Taken out of the text: phone number." in page
    found = anna.get("/weeks/1/contributions/41").text
    assert "Added by hand by anna." in found
    assert "Why we may use it: the letter says so" in found


def test_a_double_click_adds_once(service, anna):
    token = contribute.new_token(MONDAY)
    send(anna, token=token)
    send(anna, token=token)

    assert "This was added before. It is there once." in anna.get("/weeks/1/add").text
    with service.store.read() as unit:
        assert unit.posts.newest() == 41


@pytest.mark.parametrize(
    ("differently", "said"),
    [
        ({"day": "yesterday"}, "Give the day as"),
        ({"day": "2026-10-30"}, "Give a day of this week"),
        ({"why": "none"}, "Leave the"),
    ],
)
def test_what_is_refused_comes_back_as_it_was_typed(anna, differently, said):
    answer = send(anna, **differently)

    assert answer.status_code == 422
    assert said in answer.text
    assert "Nobody told us. Ring 020 7946 0018.</textarea>" in answer.text
    assert 'value="letter" required checked' in answer.text


# --- by the command line ------------------------------------------------------------------------------------------------


@pytest.fixture
def listener(service, tmp_path):
    """Says something to the command line about this service; its exit code."""

    def say(*told):
        command = ["-c", str(tmp_path / "listener.toml"), "add", "--week", "1", "--kind", "call", *told]
        return main.app(command, standalone_mode=False)

    return say


def test_the_command_line_adds_what_a_file_says(service, listener, tmp_path, capsys):
    (tmp_path / "call.txt").write_text("They rang: SW1A 1AA.", encoding="utf-8")

    listener("--date", "2026-10-14T10:00", "--text-file", str(tmp_path / "call.txt"), "--why", "ticked", "--reason", "asked")

    told = capsys.readouterr().out
    assert told == "Added to week 1: phone call, Wed 2026-10-14 10:00.\nTaken out of the text: postcode.\n"
    with service.store.read() as unit:
        post = unit.posts.some([41])[0].post
    assert (post.text, post.consent) == ("They rang: [postcode].", "ticked")


def test_the_command_line_adds_what_is_typed(service, listener, monkeypatch, capsys):
    monkeypatch.setattr("sys.stdin", io.StringIO("Nobody told us."))

    listener("--date", "2026-10-14", "--text-file", "-")

    assert capsys.readouterr().out == "Added to week 1: phone call, Wed 2026-10-14 12:00.\n"


@pytest.mark.parametrize(("date", "said"), [("2026-11-14", "Give a day of this week"), ("then", "Give the day as")])
def test_the_command_line_refuses_what_cannot_be_kept(listener, tmp_path, date, said):
    (tmp_path / "call.txt").write_text("Words", encoding="utf-8")

    with pytest.raises(Refused, match=said):
        listener("--date", date, "--text-file", str(tmp_path / "call.txt"))


@pytest.mark.parametrize("content", [None, b"\xff\xfe\x00"])
def test_a_file_that_cannot_be_read_is_named(listener, tmp_path, content):
    if content is not None:
        (tmp_path / "call.txt").write_bytes(content)

    with pytest.raises(Refused, match=r"call\.txt cannot be read"):
        listener("--date", "2026-10-14", "--text-file", str(tmp_path / "call.txt"))
