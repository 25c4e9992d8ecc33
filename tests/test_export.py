"""Contributions in files."""

import csv
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digests import acts
from listener.jobs import analyse, collect, desk, digest, export, ledger
from listener.jobs.collect import Task
from listener.jobs.service import Refused
from tests import desks, stores
from tests.networks import bluesky
from tests.services import FIRST, LISTENED, answer, make_service, write_answers

UNTOUCHED = {
    "answers": 1,
    "tone_by": "computer",
    "held": False,
    "counted": True,
    "hidden": "",
    "hidden_note": "",
    "flagged": False,
    "handled": False,
    "chosen": False,
    "quote_mode": "",
    "role_label": "",
    "paraphrase": "",
    "paraphrase_checked": False,
    "consent": "",
    "consent_how": "",
    "look_again": False,
}


def listened(folder, numbers=range(40)):
    service = make_service(folder, now=LISTENED.until)
    write_answers(folder, numbers)
    collect.do(service, Task(source="tag", window=LISTENED, why="manual"))
    return service


def windows(service):
    return [(week.number, ledger.window_of(week)) for week in service.config.exercise.weeks]


def test_every_contribution_is_a_line_with_its_tone_and_theme_and_without_its_author(tmp_path):
    service = listened(tmp_path)
    analyse.do(service, service.config.exercise.week(1))

    count = export.do(service, tmp_path / "all.jsonl", windows(service), with_authors=False)

    lines = [json.loads(line) for line in (tmp_path / "all.jsonl").read_text("utf-8").splitlines()]
    assert count == len(lines) == 40
    said = {name: value for name, value in lines[0].items() if name not in UNTOUCHED}
    assert said | {"tone": "", "tone_score": 0, "theme_id": "", "theme": ""} == {
        "network": "form",
        "id": "a000000",
        "source": "tag",
        "week": 1,
        "posted_at": FIRST.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "kind": "answer",
        "lang": "",
        "text": answer(0)["text"],
        "tone": "",
        "tone_score": 0,
        "theme_id": "",
        "theme": "",
        "asks": "",
        "questions": "",
    }
    assert {name: lines[0][name] for name in UNTOUCHED} == UNTOUCHED
    assert {line["tone"] for line in lines} <= {"difficult", "neutral", "good"}
    assert all(-1 <= line["tone_score"] <= 1 for line in lines)


@pytest.mark.parametrize("held", [False, True])
def test_what_a_contribution_asks_for_and_asks_us_stands_beside_it_a_line_each(tmp_path, held):
    service = make_service(tmp_path, now=LISTENED.until)
    desks.listen(service, tmp_path, [0], ["We need chairs. More tea, please!\nWhen will the lift work? It rained."])
    analyse.do(service, service.config.exercise.week(1))
    if held:
        desks.decide(service, "post:1", "tone", tone="good")

    export.do(service, tmp_path / "all.jsonl", windows(service), with_authors=False)

    (line,) = [json.loads(line) for line in (tmp_path / "all.jsonl").read_text("utf-8").splitlines()]
    assert (line["held"], line["asks"]) == (held, "We need chairs.\nMore tea, please!")
    assert line["questions"] == "When will the lift work?"


def test_authors_come_only_when_asked_for(tmp_path):
    service = listened(tmp_path)

    export.do(service, tmp_path / "all.csv", windows(service), with_authors=True)

    rows = list(csv.DictReader((tmp_path / "all.csv").read_text("utf-8").splitlines()))
    assert (rows[3]["author"], rows[3]["tone"], rows[3]["theme"]) == ("person3", "", "")


def test_the_file_is_only_for_its_owner(tmp_path):
    export.do(listened(tmp_path), tmp_path / "all.csv", [], with_authors=False)

    assert oct((tmp_path / "all.csv").stat().st_mode)[-3:] == "600"
    assert not list(tmp_path.glob(".*.part"))


def test_another_ending_is_refused(tmp_path):
    with pytest.raises(Refused, match=r"\.jsonl or \.csv"):
        export.do(listened(tmp_path), tmp_path / "all.xlsx", [], with_authors=False)


@pytest.mark.parametrize(
    "start", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "  =1", "\n=1", "\uff1d1", "\uff0b1", "\u00a0@x"]
)
def test_nothing_in_a_table_runs_as_a_formula_and_all_can_be_read_back(start):
    told = export.guarded(start)

    assert told == f"'{start}"
    assert str(told)[1:] == start


@given(st.text())
def test_a_guarded_text_never_begins_a_formula(text):
    told = str(export.guarded(text))

    assert told in (text, f"'{text}")
    assert not told.strip()[:1] or told.strip()[0] not in "=+-@\uff1d\uff0b\uff0d\uff20"


# --- what people decided --------------------------------------------------------------------------------------------------

PARAPHRASE = {"text": "Somebody needs a break."}
EDITED = "These are other words than before. #NHSThinkCarer"

# For every verb on a post: what is decided before it, its value, and what the export says of the post then.
ANNOTATED: dict[str, tuple[list[tuple[str, dict]], dict, dict]] = {
    "move": ([], {"theme": ""}, {"theme_id": "", "theme": ""}),
    "hide": (
        [],
        {"reason": "advert", "note": "sells stair lifts"},
        {"hidden": "advert", "hidden_note": "sells stair lifts", "counted": False},
    ),
    "show": ([("hide", {"reason": "abuse"})], {}, {"hidden": "", "hidden_note": "", "counted": True}),
    "tone": ([], {"tone": "good"}, {"tone": "good", "tone_by": "person"}),
    "paraphrase": ([], PARAPHRASE, {"paraphrase": PARAPHRASE["text"], "paraphrase_checked": False}),
    "check": ([("paraphrase", PARAPHRASE)], {}, {"paraphrase": PARAPHRASE["text"], "paraphrase_checked": True}),
    "consent": (
        [],
        {"state": "yes", "how": "by letter", "name": "Jo"},
        {"consent": "yes", "consent_how": "by letter", "consent_name": "Jo"},
    ),
    "mode": ([], {"mode": "verbatim"}, {"quote_mode": "verbatim"}),
    "role": ([], {"label": "a daughter"}, {"role_label": "a daughter"}),
    "answers": ([], {"week": 2}, {"answers": 2}),
    "flag": ([], {}, {"flagged": True, "counted": True}),
    "unflag": ([("flag", {})], {}, {"flagged": False}),
    "handled": ([], {}, {"handled": True}),
    "confirm": ([("flag", {})], {}, {"look_again": False}),
}


def exported(service, folder):
    export.do(service, folder / "all.jsonl", windows(service), with_authors=True)
    lines = [json.loads(line) for line in (folder / "all.jsonl").read_text("utf-8").splitlines()]
    return {line["id"]: line for line in lines}


def test_the_table_below_holds_every_verb_on_a_post():
    assert {verb for kind, verb in acts.CHECKS if kind == "post"} == ANNOTATED.keys()


@pytest.mark.parametrize("verb", ANNOTATED)
def test_what_a_person_decided_about_a_contribution_is_in_the_export(tmp_path, verb):
    before, value, expected = ANNOTATED[verb]
    service = desks.collected(tmp_path)
    for earlier, told in before:
        desks.decide(service, "post:3", earlier, **told)
    if verb == "confirm":
        desks.edit(service, tmp_path, 2, EDITED)
        assert exported(service, tmp_path)["a000002"]["look_again"]
    desks.decide(service, "post:3", verb, **value)

    found = exported(service, tmp_path)["a000002"]

    assert {name: found[name] for name in expected} == expected
    assert found["held"]


def test_a_chosen_quote_and_a_renamed_theme_are_in_the_export(tmp_path):
    service = desks.collected(tmp_path)
    first = desks.themes_of(service)[0]
    desks.decide(service, f"theme:{first}", "rename", label="Rest and sleep")
    row = desk.state(service, desks.week_of(service))[1].themes[0].rows[0]
    desks.decide(service, f"theme:{first}", "add", kind="quote", row=row)

    found = exported(service, tmp_path)[f"a{row - 1:06d}"]

    assert (found["chosen"], found["theme"], found["theme_id"]) == (True, "Rest and sleep", first)


def test_what_came_in_since_is_exported_but_not_counted(tmp_path):
    service = desks.collected(tmp_path)
    desks.decide(service, "week", "summary", text="A week.")
    desks.listen(service, tmp_path, range(42))

    found = exported(service, tmp_path)

    assert [key for key, line in found.items() if not line["counted"]] == ["a000040", "a000041"]


def test_the_export_counts_what_the_page_counts(tmp_path):
    service = desks.collected(tmp_path)
    desks.decide(service, "post:3", "hide", reason="off topic")
    desks.listen(service, tmp_path, range(42))
    draft = digest.do(service, desks.week_of(service))

    assert sum(line["counted"] for line in exported(service, tmp_path).values()) == draft.contributions == 39


def test_a_table_says_true_and_false_as_words(tmp_path):
    service = desks.collected(tmp_path, range(2))

    export.do(service, tmp_path / "all.csv", windows(service), with_authors=False)

    rows = list(csv.DictReader((tmp_path / "all.csv").read_text("utf-8").splitlines()))
    assert (rows[0]["counted"], rows[0]["held"]) == ("true", "false")


def test_a_time_outside_every_week_is_exported_too(tmp_path):
    service = desks.collected(tmp_path, range(2))

    count = export.do(service, tmp_path / "all.jsonl", [(None, LISTENED)], with_authors=False)

    assert count == 2


def test_what_a_partner_posts_to_be_answered_is_exported_but_not_counted(tmp_path):
    partner = '[[partners]]\nname = "Forum"\nhandles = { bluesky = ["carer1.example"] }\n'
    service = make_service(tmp_path, now=LISTENED.until, extra=partner)
    stores.add(service.store, *(bluesky.make_post(n, FIRST, "Have your say! #NHSThinkCarer") for n in (1, 2)))

    found = exported(service, tmp_path)

    assert [line["counted"] for _, line in sorted(found.items())] == [False, True]
