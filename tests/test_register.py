"""Themes keep their identity from week to week, and what people made of them."""

import re
import sqlite3
from contextlib import closing
from datetime import timedelta

import pytest

from listener.analysis.asked import asked_about
from listener.jobs import analyse, desk, digest, forget, register, rerun, tick
from listener.jobs.ledger import window_of
from storage.values import Cluster
from tests.desk_clients import signed_in
from tests.factories import make_week
from tests.several_weeks import AFTERWARDS, Clock, about, decide, found, keys, make_four_weeks, speak

THREE = {"parking": 20, "respite": 18, "medicine": 16}
LATER = {"respite": 20, "food": 18, "parking": 16}


def again(service, number):
    """What `listener rerun` and then `listener analyse` do for a past week."""
    week = service.config.exercise.week(number)
    rerun.do(service, week, ["tag"])
    rerun.compare(service, week)
    analyse.do(service, week)


def refresh_all(service):
    for week in service.config.exercise.weeks:
        analyse.refresh(service, week)


def held_themes(service, number):
    return {theme.key: theme for theme in desk.state(service, service.config.exercise.week(number))[1].themes}


# --- from week to week --------------------------------------------------------------------------------------------------


def test_a_theme_that_goes_on_keeps_its_key_and_a_new_one_gets_its_own(tmp_path):
    service = make_four_weeks(tmp_path, THREE, LATER)

    first, second = keys(service, 1), keys(service, 2)

    assert set(first.values()) == {"w1-c1", "w1-c2", "w1-c3"}
    assert (second["respite"], second["parking"]) == (first["respite"], first["parking"])
    assert second["food"].startswith("w2-c")


def test_a_theme_that_was_silent_comes_back_as_itself(tmp_path):
    service = make_four_weeks(tmp_path, THREE, {"food": 20, "forms": 18}, {"medicine": 20, "food": 18})

    assert keys(service, 3) == {"medicine": keys(service, 1)["medicine"], "food": keys(service, 2)["food"]}


def test_reading_a_past_week_again_renumbers_nothing(tmp_path):
    service = make_four_weeks(tmp_path, THREE, LATER)
    before = keys(service, 1), keys(service, 2)

    speak(service, tmp_path, 1, {"forms": 30})
    for _ in range(4):
        again(service, 1)
        again(service, 2)

    assert {**keys(service, 1), "forms": ""} == {**before[0], "forms": ""}
    assert keys(service, 1)["forms"] == "w1-c4"
    assert keys(service, 2) == before[1]


def test_the_same_contributions_give_the_same_register_whenever_they_were_grouped(tmp_path):
    one, other = tmp_path / "one", tmp_path / "other"
    one.mkdir()
    other.mkdir()
    first = make_four_weeks(one, THREE, LATER)
    clock = Clock(AFTERWARDS - timedelta(weeks=5) + timedelta(days=2))
    second = make_four_weeks(other, {"medicine": 16}, clock=clock)
    speak(second, other, 1, {"parking": 20, "respite": 18})
    clock.at = AFTERWARDS
    speak(second, other, 2, LATER)
    refresh_all(second)

    assert (keys(second, 1), keys(second, 2)) == (keys(first, 1), keys(first, 2))


def test_a_later_week_knows_when_an_earlier_one_changed(tmp_path):
    service = make_four_weeks(tmp_path, THREE, LATER)
    week = service.config.exercise.week(2)
    before = analyse.is_stale(service, week)

    speak(service, tmp_path, 1, {"forms": 30})
    analyse.do(service, service.config.exercise.week(1))

    assert (before, analyse.is_stale(service, week)) == (False, True)
    analyse.refresh(service, week)
    assert not analyse.is_stale(service, week)


def test_where_themes_lie_is_reckoned_once_and_again_without_who_was_forgotten(tmp_path):
    service = make_four_weeks(tmp_path, THREE, LATER)
    parking = (1, keys(service, 1)["parking"], "")
    kept = middles(tmp_path)

    register.past(service, service.config.exercise.week(2))
    unmoved = middles(tmp_path)
    forget.do(service, forget.Asked(author="w1par3"))
    register.past(service, service.config.exercise.week(2))

    assert unmoved == kept
    assert middles(tmp_path)[parking] != kept[parking]


def middles(folder):
    with closing(sqlite3.connect(folder / "listener.db")) as database:
        return {tuple(row[:3]): row[3:] for row in database.execute("SELECT week, key, part, middle, made_of FROM middles")}


# --- what people bound --------------------------------------------------------------------------------------------------


def test_a_name_that_people_gave_is_that_of_every_later_week(tmp_path):
    service = make_four_weeks(tmp_path, THREE, LATER)
    parking = keys(service, 1)["parking"]

    decide(service, 1, f"theme:{parking}", "rename", label="Where to leave the car")
    refresh_all(service)

    assert about(service, 2)["parking"].label == "Where to leave the car"


def test_who_gives_a_theme_the_name_of_an_earlier_one_makes_them_one(tmp_path):
    service = make_four_weeks(tmp_path, THREE, {"food": 20, "forms": 18}, {"parking": 16, "food": 20, "respite": 18})
    parking, food = keys(service, 1)["parking"], keys(service, 2)["food"]
    decide(service, 1, f"theme:{parking}", "rename", label="Getting by")

    decide(service, 2, f"theme:{food}", "rename", label="getting by")
    refresh_all(service)

    (one,) = [cluster for cluster in found(service, 3).clusters if cluster.label.casefold() == "getting by"]
    assert (one.key, len(one.members)) == (parking, 36)
    digest.do(service, service.config.exercise.week(2))
    assert "Continuing from week 1." in page(tmp_path, 2)


def test_two_themes_that_people_merged_are_one_from_then_on(tmp_path):
    service = make_four_weeks(tmp_path, THREE, LATER)
    first = keys(service, 1)

    decide(service, 1, f"theme:{first['parking']}", "merge", into=first["respite"])
    refresh_all(service)

    one = next(cluster for cluster in found(service, 2).clusters if cluster.key == first["respite"])
    assert len(one.members) == 36
    assert first["parking"] not in {cluster.key for cluster in found(service, 2).clusters}


def test_what_people_took_back_binds_nobody(tmp_path):
    service = make_four_weeks(tmp_path, THREE, LATER)
    first, before = keys(service, 1), keys(service, 2)

    made = decide(service, 1, f"theme:{first['parking']}", "merge", into=first["respite"])
    refresh_all(service)
    decide(service, 1, "week", "undo", seq=made.seq)
    refresh_all(service)

    assert keys(service, 2) == before


@pytest.mark.parametrize("approved", [True, False], ids=["approved", "not approved"])
def test_to_approve_a_week_is_to_approve_the_names_of_its_themes(tmp_path, approved):
    service = make_four_weeks(tmp_path, THREE, LATER)
    names = {topic: cluster.label for topic, cluster in about(service, 1).items()}
    decide(service, 1, "week", "summary", text="It was a week.")
    if approved:
        decide(service, 1, "week", "approve", content="c1")

    seen = {one.key: one.bound for one in register.appearances(service, service.config.exercise.week(1)) if one.key}

    refresh_all(service)
    assert set(seen.values()) == {approved}
    assert not approved or about(service, 2)["parking"].label == names["parking"]


def test_what_was_renamed_merged_and_split_at_the_desk_survives_four_reruns(tmp_path):
    every = {"parking": 20, "respite": 20, "medicine": 20, "food": 20}
    service = make_four_weeks(tmp_path, every, every, every)
    first, anna = keys(service, 1), signed_in(service, "curator", name="anna")
    beds = [str(row) for row in about(service, 1)["respite"].members if "bed" in text(service, row)]
    send(anna, service, f"theme:{first['parking']}", "rename", label="Where to leave the car")
    send(anna, service, f"theme:{first['food']}", "merge", into=first["medicine"])
    send(anna, service, f"theme:{first['respite']}", "split", label="A bed for a while", rows=beds)
    held, told = held_themes(service, 1), []

    for _ in range(4):
        for number in (1, 2, 3):
            again(service, number)
        told.append(
            [[(one.key, one.label, sorted(one.members)) for one in found(service, number).clusters] for number in (2, 3)]
        )

    assert held_themes(service, 1) == held
    assert [theme.label for theme in held.values() if theme.split_from] == ["A bed for a while"]
    assert told == [told[0]] * 4
    for week in told[0]:
        labels = {key: label for key, label, _ in week}
        assert labels[first["parking"]] == "Where to leave the car"
        assert first["food"] not in labels
        assert "A bed for a while" in labels.values()
        assert {len(members) for key, _, members in week if key == first["medicine"]} == {40}


def told_of(service, number):
    return [(one.key, one.label, sorted(one.members)) for one in found(service, number).clusters]


def send(client, service, target, verb, **value):
    """What a form of the desk's page of week 1 sends, of somebody who has seen everything."""
    page = client.get("/weeks/1").text
    shown = re.findall('name="drawn" value="([^"]*)"', page)
    seen = desk.state(service, service.config.exercise.week(1))[1].newest
    fields = {"target": target, "verb": verb, "seen": seen, "drawn": shown[0] if shown else "", "back": "/weeks/1", **value}
    assert client.post_form("/weeks/1/acts", **fields).status_code == 303


def text(service, row):
    with service.store.read() as unit:
        return unit.posts.some([row])[0].post.text


def test_a_week_that_people_work_on_keeps_its_own_keys(tmp_path):
    service = make_four_weeks(tmp_path, THREE, LATER)
    before = keys(service, 2)
    decide(service, 2, "week", "summary", text="It was a week.")

    decide(service, 1, f"theme:{keys(service, 1)['parking']}", "merge", into=keys(service, 1)["respite"])
    refresh_all(service)

    assert set(held_themes(service, 2)) == set(before.values())


def test_analyses_of_an_earlier_release_are_linked_when_they_are_made_again(tmp_path):
    service = make_four_weeks(tmp_path, THREE, LATER)
    with closing(sqlite3.connect(tmp_path / "listener.db")) as database:
        database.execute("UPDATE clusters SET key = 'w2-c' || (90 + rank) WHERE week = 2")
        database.execute("UPDATE analyses SET register = ''")
        database.commit()

    refresh_all(service)

    assert keys(service, 2)["parking"] == keys(service, 1)["parking"]


def test_the_export_tells_the_label_of_the_week(tmp_path):
    service = make_four_weeks(tmp_path, THREE, LATER)
    with service.store.read() as unit:
        window = window_of(service.config.exercise.week(2))
        told = {(one.cluster, one.label) for one in unit.analyses.exported(window, "") if one.cluster}

    assert told == {(cluster.key, cluster.label) for cluster in found(service, 2).clusters}


# --- on the pages -------------------------------------------------------------------------------------------------------


def page(folder, number):
    return (folder / f"digests/week-{number}/index.html").read_text("utf-8")


def test_the_page_says_where_each_theme_comes_from(tmp_path):
    service = make_four_weeks(tmp_path, THREE, LATER, {"medicine": 20, "food": 18, "parking": 16})

    for week in service.config.exercise.weeks[:3]:
        digest.do(service, week)

    first, second, third = (page(tmp_path, number) for number in (1, 2, 3))
    assert not any(words in first for words in ("New this week", "Continuing from", "Returning from"))
    assert (second.count("New this week."), second.count("Continuing from week 1")) == (1, 2)
    assert "Not heard any more since week 1:" in second
    assert (third.count("Continuing from week 2"), third.count("Returning from week 1")) == (2, 1)


def test_a_name_given_to_an_earlier_week_is_on_the_later_page_with_the_next_tick(tmp_path):
    service = make_four_weeks(tmp_path, THREE, LATER)
    tick.do(service)
    before = page(tmp_path, 2)

    decide(service, 1, f"theme:{keys(service, 1)['parking']}", "rename", label="Where to leave the car")
    due = [week.number for week in digest.due_now(service)]
    tick.do(service)

    assert "Where to leave the car" not in before
    assert due[:2] == [1, 2]
    assert "Where to leave the car" in page(tmp_path, 2)
    assert not digest.due_now(service)


def test_a_theme_in_whose_label_a_word_of_the_question_stands_was_asked_about():
    week = make_week(2, question="How is parking at the hospital?")
    clusters = [
        Cluster(key=key, label=label, keywords=(), members=(), representatives=())
        for key, label in (("a", "Parking permits"), ("b", "Night care"), ("c", "How is it?"))
    ]

    assert asked_about(week, clusters) == {"a"}
