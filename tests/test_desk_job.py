"""One act at the desk, whole or not at all."""

import pytest

from digests.curation import Refused
from listener.jobs import desk
from storage.decisions import Stale
from tests.desks import ANNA, BEN, MONDAY, collected, decide, listen, themes_of, week_of


def test_the_first_act_holds_the_week_as_it_stands(tmp_path):
    service = collected(tmp_path)
    with service.store.read() as unit:
        found = unit.analyses.get(1)
    assert found is not None

    made = decide(service, "post:3", "hide", reason="advert")

    hold, curation = desk.state(service, week_of(service))
    assert hold is not None
    assert (hold.by, hold.at, hold.last_row) == (ANNA, MONDAY, 40)
    assert sorted(hold.analysis.clusters, key=lambda one: one.key) == sorted(found.clusters, key=lambda one: one.key)
    assert curation.hidden == {3: "advert"}
    assert (made.seq, made.by, made.week) == (1, ANNA, 1)


def test_themes_are_held_in_the_order_of_their_size(tmp_path):
    service = collected(tmp_path)

    decide(service, "week", "summary", text="A week.")

    sizes = [len(theme.rows) for theme in desk.state(service, week_of(service))[1].themes]
    assert sizes == sorted(sizes, reverse=True)
    assert len(sizes) > 1


def test_a_week_without_an_analysis_can_be_held_too(tmp_path):
    service = collected(tmp_path, numbers=())

    decide(service, "week", "summary", text="Nobody was heard.")

    hold, curation = desk.state(service, week_of(service))
    assert hold is not None
    assert (curation.themes, curation.summary) == ((), "Nobody was heard.")


def test_an_act_that_means_nothing_keeps_nothing_and_holds_nothing(tmp_path):
    service = collected(tmp_path)

    with pytest.raises(Refused):
        decide(service, "post:3", "hide", reason="critical of us")

    assert desk.state(service, week_of(service))[0] is None
    with service.store.read() as unit:
        assert unit.accounts.noted() == []


@pytest.mark.parametrize("row", [0, 41, 999])
def test_nothing_is_decided_about_a_contribution_that_is_not_there(tmp_path, row):
    service = collected(tmp_path)

    with pytest.raises(Refused, match="not there"):
        decide(service, f"post:{row}", "flag")


def test_nothing_is_decided_about_a_contribution_of_another_week(tmp_path):
    service = collected(tmp_path)

    with pytest.raises(Refused, match="another week"):
        desk.act(service, service.config.exercise.week(2), ANNA, "post:1", "flag", {}, 0)


def test_two_people_who_decide_about_the_same_thing_do_not_overwrite_each_other(tmp_path):
    service = collected(tmp_path)
    decide(service, "post:3", "hide", by=ANNA, seen=0, reason="advert")

    with pytest.raises(Stale) as told:
        decide(service, "post:3", "tone", by=BEN, seen=0, tone="good")

    assert told.value.by == ANNA
    assert desk.state(service, week_of(service))[1].tones == {}


def test_every_act_is_in_the_record_without_words(tmp_path):
    service = collected(tmp_path)

    decide(service, "post:3", "paraphrase", by=BEN, text="Somebody said something.")

    with service.store.read() as unit:
        (noted,) = unit.accounts.noted()
    assert (noted.by, noted.act, noted.target) == (BEN, "paraphrase", "week-1 post:3")


def test_only_what_was_done_in_this_week_can_be_undone(tmp_path):
    service = collected(tmp_path)
    decide(service, "post:3", "flag")
    desk.act(service, service.config.exercise.week(2), ANNA, "week", "summary", {"text": "Another week."}, 0)
    decide(service, "post:3", "unflag")

    with pytest.raises(Refused, match="nothing to undo"):
        decide(service, "week", "undo", seq=2)
    decide(service, "week", "undo", seq=3)

    assert desk.state(service, week_of(service))[1].flagged == {3}


def test_what_has_not_come_yet_is_not_taken_in(tmp_path):
    service = collected(tmp_path)
    decide(service, "week", "summary", text="A week.")
    listen(service, tmp_path, range(45))

    taken = decide(service, "week", "take_in", upto=10**9)

    assert taken.value == {"upto": 45}


def test_a_quote_keeps_the_wording_it_was_chosen_in(tmp_path):
    service = collected(tmp_path)
    first = themes_of(service)[0]
    decide(service, "week", "summary", text="A week.")
    row = desk.state(service, week_of(service))[1].themes[0].rows[0]

    made = decide(service, f"theme:{first}", "add", kind="quote", row=row)

    assert len(made.value["of"]) == 16
    assert desk.state(service, week_of(service))[1].read_as == {row: made.value["of"]}
