"""X's batch compliance as the deletion check: over several looks at the ledger, one week at a time, obeyed like a look-up."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from collectors import base, x_compliance
from collectors.x import X
from listener.jobs import sweep, tick
from storage.runs import Asking
from tests.factories import NOW, make_given
from tests.networks import x
from tests.paying import MOMENT, OPENS, Clock, listening, make_posts

DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)
LISTED: dict[str, Any] = {"deletion_check": "compliance", "max_results": 100}


def make_x(network, **options):
    return X(given=make_given(), **(network.options | LISTED | options))


def read_at(folder, network, clock):
    """Everything read once, and then a day later."""
    service = listening(folder, network, clock, **LISTED)
    list(tick.read(service))
    network.asked.clear()
    clock.at += DAY
    return service


def check(service):
    return [(run.state, run.error, run.gone, run.changed) for run in tick.check(service)]


def kept(service):
    with service.store.read() as unit:
        return {kept.post.id: kept.post.text for kept in unit.posts.some(list(range(1, 1000)))}


def until_done(service, clock):
    """Checks every minute until nothing is due any more."""
    done = []
    for _ in range(20):
        done += check(service)
        clock.at += MINUTE
    return done


# --- what the service makes of it -------------------------------------------------------------------------------------------


def test_what_x_says_must_go_goes_and_the_rest_stays_and_costs_nothing(tmp_path):
    posts, clock = make_posts(5), Clock()
    with x.opened(posts) as network:
        service = read_at(tmp_path, network, clock)
        network.jobs.verdicts = {posts[0].id: ("delete", "deleted"), posts[1].id: ("delete", "protected")}
        network.jobs.verdicts |= {posts[2].id: ("scrub_geo", "geo_scrubbed"), posts[3].id: ("delete", "scrub_geo")}
        runs = until_done(service, clock)
        with service.store.read() as unit:
            costs = unit.runs.costs()

    assert runs == [("stopped", "", 0, 0), ("stopped", "", 0, 0), ("complete", "", 2, 0)]
    assert kept(service).keys() == {post.id for post in posts[2:]}
    assert sorted(network.jobs.made[0]) == [post.id for post in posts]
    assert costs["x"] == pytest.approx(0.025)


def test_an_edited_post_is_looked_up_and_kept_as_it_is_now(tmp_path):
    posts, clock = make_posts(3), Clock()
    with x.opened(posts) as network:
        service = read_at(tmp_path, network, clock)
        network.jobs.verdicts = {posts[0].id: ("rehydrate", "tweet_edited")}
        network.posts = [replace(posts[0], text="Better said #NHSThinkCarer"), *posts[1:]]
        runs = until_done(service, clock)

    assert runs[-1] == ("complete", "", 0, 1)
    assert kept(service)[posts[0].id] == "Better said #NHSThinkCarer"


def test_a_kill_before_the_list_was_handed_in_goes_on_with_the_same_job(tmp_path):
    posts, clock = make_posts(3), Clock()
    with x.opened(posts) as network:
        service = read_at(tmp_path, network, clock)
        network.jobs.verdicts = {posts[0].id: ("delete", "deleted")}
        begun = begin_and_be_killed(service)
        with service.store.write() as unit:
            unit.runs.close_interrupted(clock.at)
        runs = until_done(service, clock)

    assert begun.cursor == "1"
    assert runs[-1] == ("complete", "", 1, 0)
    assert len(network.jobs.made) == 1


def begin_and_be_killed(service):
    """The job is made and written down; its list was not handed in."""
    week = service.config.exercise.week(1)
    collector = service.collector(service.source("x"))
    with pytest.raises(base.Underway) as made:
        list(collector.audit(["1"], None))
    asking = Asking(source="x", kind="x", asked=sweep.ASKED, why="sweep")
    with service.store.write() as unit:
        run = unit.runs.begin(asking, base.Window(week.opens, service.now()), None, service.now())
        unit.runs.progress(run.id, made.value.cursor)
        return unit.runs.get(run.id)


def test_weeks_are_handed_in_one_after_the_other(tmp_path):
    posts, clock = [*make_posts(3), *make_posts(3, OPENS + timedelta(days=7))], Clock(MOMENT + timedelta(days=8))
    with x.opened(posts) as network:
        service = read_at(tmp_path, network, clock)
        until_done(service, clock)

    assert sorted(map(len, network.jobs.made)) == [3, 3]


def test_a_network_that_fails_in_between_is_asked_again_for_the_same_job(tmp_path):
    posts, clock = make_posts(3), Clock()
    with x.opened(posts) as network:
        service = read_at(tmp_path, network, clock)
        first = check(service)
        clock.at += 3 * MINUTE
        network.fail("broken")
        failed = check(service)
        rest = until_done(service, clock)

    assert (first[0][0], failed[0][:2]) == ("stopped", ("failed", "Unavailable"))
    assert rest[-1][0] == "complete"
    assert len(network.jobs.made) == 1


def test_most_posts_said_to_be_gone_at_once_stay(tmp_path):
    posts, clock = make_posts(30), Clock()
    with x.opened(posts) as network:
        service = read_at(tmp_path, network, clock)
        network.jobs.verdicts = {post.id: ("delete", "deleted") for post in posts[:20]}
        runs = until_done(service, clock)

    assert runs[2][:3] == ("failed", "TooManyGone", 0)
    assert len(kept(service)) == 30


# --- what is asked and answered ---------------------------------------------------------------------------------------------


def audit(network, number, ids=("1", "2")):
    return list(make_x(network).audit(ids, number))


def test_without_posts_nothing_is_asked():
    with x.opened([]) as network:
        assert audit(network, None, ()) == []

    assert network.asked == []


@pytest.mark.parametrize("status", x_compliance.LOST)
def test_a_job_that_failed_is_made_anew_with_patience(status):
    with x.opened([]) as network:
        with pytest.raises(base.Underway):
            audit(network, None)
        network.jobs.status = status
        with pytest.raises(base.Underway) as made:
            audit(network, "1")

    assert (made.value.cursor, made.value.until) == ("2", NOW + x_compliance.PATIENCE)


def test_a_job_that_x_has_forgotten_is_made_anew():
    with x.opened([]) as network, pytest.raises(base.Underway) as made:
        audit(network, "77")

    assert made.value.cursor == "1"


def test_a_second_job_is_refused_in_xs_words():
    with x.opened([]) as network:
        network.jobs.status = "in_progress"
        with pytest.raises(base.BadRequest, match="already have a job"):
            audit(network, None)


ODD = {
    "no job": ("/2/compliance/jobs/1", {"errors": [{"detail": "Over capacity"}]}, "Over capacity"),
    "half a job": ("/2/compliance/jobs/1", {"data": {"id": "1", "status": "complete"}}, "told of no job"),
    "no id": ("/got/1", b'{"action": "delete"}\n', "without an id"),
    "cut": ("/got/1", b'{"id": "1", "action": "delete"}\n{"id": "2", "act', "part of it"),
}


@pytest.mark.parametrize("odd", ODD)
def test_half_an_answer_removes_nothing(odd):
    where, answer, said = ODD[odd]
    with x.opened([]) as network:
        network.jobs.made, network.jobs.status = [["1", "2"]], "complete"
        network.answers += [] if where != "/got/1" else [(200, {}, {"data": network.jobs._job()})]
        network.answers.append((200, {}, answer))
        with pytest.raises(base.Unavailable, match=said):
            audit(network, "1")


@pytest.mark.parametrize(("status", "meaning"), [(403, base.NotAllowed), (503, base.Unavailable), (302, base.Unavailable)])
def test_a_list_that_is_not_taken_is_told(status, meaning):
    with x.opened([]) as network:
        network.jobs.made, network.jobs.status = [[]], "created"
        network.answers += [(200, {}, {"data": network.jobs._job()}), (status, {"location": "/elsewhere"}, b"")]
        with pytest.raises(meaning):
            audit(network, "1")

    assert [path for path, _ in network.asked] == ["/2/compliance/jobs/1", "/put/1"]


def test_the_hosts_are_told_for_a_firewall():
    with x.opened([]) as network:
        assert "storage.googleapis.com:443" in make_x(network).hosts
        assert "storage.googleapis.com:443" not in make_x(network, deletion_check="off").hosts
