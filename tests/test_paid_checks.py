"""The deletion check where each post that is looked up costs: off unless asked for, within the ceilings, never twice."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from collectors import budget
from listener.jobs import collect, recheck, status, sweep, tick
from tests.networks import x
from tests.paying import MOMENT, OPENS, Clock, listening, make_posts

DAY = timedelta(days=1)
LOOKUP: dict[str, Any] = {"deletion_check": "lookup", "max_results": 100}


def read_at(folder, network, clock, **options):
    """Everything read once, and then a day later."""
    service = listening(folder, network, clock, **options)
    list(tick.read(service))
    network.asked.clear()
    clock.at += DAY
    return service


def check(service):
    return [(run.state, run.error, run.gone, run.changed, round(run.cost, 3)) for run in tick.check(service)]


def looked_up(network):
    return [id for path, query in network.asked if path == "/2/tweets" for id in query["ids"][0].split(",")]


def kept(service):
    with service.store.read() as unit:
        return {kept.post.id: kept.post.text for kept in unit.posts.some(list(range(1, 1000)))}


def test_nobody_pays_for_a_check_that_was_not_asked_for(tmp_path):
    with x.opened(make_posts(5)) as network:
        service = read_at(tmp_path, network, Clock())

        assert check(service) == []
        assert looked_up(network) == []


def test_what_was_taken_down_goes_and_what_was_edited_is_kept_as_it_is(tmp_path):
    posts = make_posts(130)
    with x.opened(posts) as network:
        service = read_at(tmp_path, network, Clock(), **LOOKUP)
        network.posts = [replace(posts[0], text="Better said #NHSThinkCarer"), *posts[1:3], *posts[4:]]

        assert check(service) == [("complete", "", 1, 1, 0.645)]
        assert kept(service).keys() == {post.id for post in posts} - {posts[3].id}
        assert kept(service)[posts[0].id] == "Better said #NHSThinkCarer"
        assert check(service) == []
        assert status.do(service).sources[0].checked == MOMENT + DAY


def test_a_check_that_meets_the_ceiling_goes_on_the_next_day_where_it_stopped(tmp_path):
    posts, clock = make_posts(130), Clock(datetime(2026, 10, 12, 1, 30, tzinfo=UTC))
    with x.opened(posts) as network:
        service = read_at(tmp_path, network, clock, **LOOKUP, at_most_day=0.7)
        network.posts.remove(posts[125])
        first = check(listening(tmp_path, network, clock, **LOOKUP, at_most_day=0.5))
        clock.at += timedelta(hours=1)
        rests = check(listening(tmp_path, network, clock, **LOOKUP, at_most_day=0.5))
        clock.at += DAY
        second = check(service)

    assert first == [("failed", "AtCeiling", 1, 0, 0.5)]
    assert rests == []
    assert second == [("complete", "", 0, 0, 0.145)]
    assert sorted(looked_up(network)) == sorted(post.id for post in posts)


def test_a_check_that_was_cut_off_does_not_pay_again(tmp_path):
    posts, clock = make_posts(230), Clock()
    with x.opened(posts) as network:
        service = read_at(tmp_path, network, clock, **LOOKUP)
        stopping = listening(tmp_path, network, clock, lambda: len(network.asked) > 1, **LOOKUP)
        cut = [sweep.do(stopping, "x", week) for _, week in sweep.due_now(service)]
        after = check(service)

    assert [(run.state, round(run.cost, 2)) for run in cut] == [("stopped", 1.0)]
    assert after == [("complete", "", 0, 0, 0.15)]
    assert len(looked_up(network)) == len(set(looked_up(network))) == 230


def test_what_the_morning_reading_returned_is_not_paid_for_twice(tmp_path):
    posts, clock = make_posts(20), Clock()
    with x.opened(posts) as network:
        service = read_at(tmp_path, network, clock, **LOOKUP)
        clock.at = datetime(2026, 10, 19, 4, 1, tzinfo=UTC)
        network.posts.remove(posts[0])
        list(tick.read(service))
        checks = check(service)

    assert checks == [("complete", "", 1, 0, 0.0)]
    assert looked_up(network) == [posts[0].id]


def test_most_posts_gone_at_once_stay_and_are_paid_for_once(tmp_path):
    posts = make_posts(130)
    with x.opened(posts) as network:
        service = read_at(tmp_path, network, Clock(), **LOOKUP)
        network.posts = posts[:40]
        checks = check(service)

    assert checks == [("failed", "TooManyGone", 0, 0, 0.2)]
    assert len(kept(service)) == 130


@pytest.mark.parametrize("ceiling", [0.0, 5.0])
def test_what_is_looked_up_by_hand_counts_too(tmp_path, ceiling):
    posts = make_posts(3)
    with x.opened(posts) as network:
        service = read_at(tmp_path, network, Clock(), at_most_day=ceiling)
        before = spent(service)
        recheck.do(service, [1, 2, 3])

    assert spent(service) - before == pytest.approx(0.015)


def spent(service):
    with service.store.read() as unit:
        return unit.runs.costs()["x"]


@pytest.mark.slow
def test_no_day_and_no_week_ever_costs_more_and_all_is_read_in_the_end(tmp_path):
    posts, clock = [post for day in range(9) for post in make_posts(40, OPENS + day * DAY)], Clock(OPENS)
    ceilings: dict[str, Any] = {"at_most_day": 0.45, "at_most_week": 1.9}
    with x.opened(posts) as network:
        service = listening(tmp_path, network, clock, **LOOKUP, **ceilings)
        for _ in range(12 * 22):
            clock.at += timedelta(hours=2)
            list(tick.read(service))
            list(tick.check(service))
        days = costs(service, budget.day_of)
        weeks = costs(service, budget.week_of)
        found = status.do(service)

    assert 0.4 < max(days.values()) <= 0.45 + 1e-9
    assert 1.8 < max(weeks.values()) <= 1.9 + 1e-9
    assert len(kept(service)) == 360
    assert found.gaps == 0


def costs(service, span_of):
    """What each day or week (UTC) cost."""
    found = Counter[datetime]()
    with service.store.read() as unit:
        for run in unit.runs.over(collect.whole(service.config.exercise, service.now())):
            found[span_of(run.started_at)[0]] += run.cost
    return found
