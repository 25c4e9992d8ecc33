"""Contributions in files."""

import csv
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from listener.jobs import analyse, collect, export, ledger
from listener.jobs.collect import Task
from listener.jobs.service import Refused
from tests.services import FIRST, LISTENED, answer, make_service, write_answers


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
    assert lines[0] | {"tone": "", "tone_score": 0, "theme_id": "", "theme": ""} == {
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
    }
    assert {line["tone"] for line in lines} <= {"difficult", "neutral", "good"}
    assert all(-1 <= line["tone_score"] <= 1 for line in lines)


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
