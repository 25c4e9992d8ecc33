"""What became of statuses, asked of the servers where they were written."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from collectors.base import CollectorError, Found, RateLimited, Secret
from collectors.mastodon import Mastodon
from collectors.post import Post
from tests.factories import make_given
from tests.networks.mastodon import Network, make_post, opened, status_of

START = datetime(2026, 11, 17, 9, tzinfo=UTC)
ELSEWHERE = "http://127.0.0.1:1"


@contextmanager
def opened_with(count: int) -> Iterator[tuple[Network, list[Post]]]:
    """A server and posts that were written on it."""
    with opened([]) as network:
        home = network.options["servers"][0]
        posts = [_at_home(home, make_post(n, START + timedelta(seconds=n), f"Post {n} #NHSThinkCarer")) for n in range(count)]
        network.statuses = [status_of(post) for post in posts]
        yield network, posts


def _at_home(home: str, post: Post) -> Post:
    return replace(post, id=post.id.replace("https://a.example", home))


def look_up(network: Network, posts: list[Post], **options: Any) -> dict[str, Found]:
    collector = Mastodon(given=make_given(), **(network.options | options))
    return {found.id: found for found in collector.look_up([post.id for post in posts])}


def test_what_is_there_comes_as_it_is_now_and_what_is_not_is_gone():
    with opened_with(45) as (network, posts):
        network.statuses = network.statuses[:40]
        network.statuses[3]["content"] = "<p>Other words</p>"

        found = look_up(network, posts)

    assert [one.state for one in found.values()] == ["present"] * 40 + ["gone"] * 5
    assert (item := found[posts[3].id].item) is not None
    assert item.post.text == "Other words"


def test_many_are_asked_for_together_and_who_is_missing_alone():
    with opened_with(40) as (network, posts):
        network.statuses.pop()

        look_up(network, posts)

    assert [path for path, _ in network.asked] == ["/api/v1/statuses"] * 2 + [
        f"/api/v1/statuses/{posts[-1].id.rsplit('/', 1)[1]}"
    ]


def test_an_older_server_is_asked_one_by_one():
    with opened_with(3) as (network, posts):
        network.answers.append((404, {}, {"error": "Not found"}))

        found = look_up(network, posts)

    assert [one.state for one in found.values()] == ["present"] * 3
    assert len(network.asked) == 4


@pytest.mark.parametrize(
    "now",
    [{"visibility": "private"}, {"account": {"acct": "shy", "noindex": True}}],
    ids=["not public", "opted out"],
)
def test_what_its_author_shows_us_no_more_is_gone(now):
    with opened_with(1) as (network, posts):
        network.statuses[0] |= now

        assert [one.state for one in look_up(network, posts).values()] == ["gone"]


@pytest.mark.parametrize(
    "answer", [(503, {}, b""), (401, {}, {"error": "no"}), (200, {}, b"<html>"), (200, {}, {"error": "odd"})]
)
def test_without_a_sure_answer_of_a_server_of_the_config_the_check_was_not_made(answer):
    with opened_with(1) as (network, posts):
        network.answers.append(answer)

        with pytest.raises(CollectorError):
            look_up(network, posts)


def test_a_server_of_the_config_that_is_down_is_told_after_the_others_were_asked():
    with opened_with(2) as (network, posts):
        away = [replace(post, id=post.id.replace(network.options["servers"][0], ELSEWHERE)) for post in posts]
        told: list[Found] = []

        collector = Mastodon(given=make_given(), **(network.options | {"servers": (ELSEWHERE, *network.options["servers"])}))
        with pytest.raises(CollectorError):
            told.extend(collector.look_up([post.id for post in [*away, *posts]]))

    assert {found.id for found in told} == {post.id for post in posts}


def test_a_server_of_the_config_that_limits_us_says_until_when():
    with opened_with(1) as (network, posts):
        network.fail("limited")

        with pytest.raises(RateLimited):
            look_up(network, posts)


def test_a_home_that_is_down_costs_the_others_nothing():
    with opened_with(2) as (network, posts):
        away = [replace(post, id=post.id.replace(network.options["servers"][0], ELSEWHERE)) for post in posts]

        found = look_up(network, [*away, *posts])

    assert set(found) == {post.id for post in posts}


def test_a_home_inside_our_own_network_is_not_asked_unless_the_config_names_it():
    with opened_with(1) as (network, posts):
        assert look_up(network, posts, servers=("https://other.example",)) == {}
        assert network.asked == []


def test_other_homes_are_left_alone_when_the_config_says_so():
    collector = Mastodon(given=make_given(), servers=("a.example",), homes=False)

    assert collector.hosts == ("a.example:443",)
    assert list(collector.look_up([make_post(1, START, "x").id.replace("a.example", "b.example")])) == []


def test_what_is_numbered_otherwise_is_asked_for_as_an_object():
    with opened_with(1) as (network, posts):
        there, gone = (replace(post, id=post.id.rsplit("/", 1)[0] + f"/01J{n}") for n, post in enumerate(posts * 2))
        network.answers += [(200, {}, {}), (410, {}, {})]

        found = look_up(network, [there, gone])

    assert found == {there.id: Found(there.id, "present"), gone.id: Found(gone.id, "gone")}


def test_a_token_goes_to_its_server_alone():
    with opened_with(1) as (network, posts):
        assert len(look_up(network, posts, token=Secret("t"))) == 1


def test_an_id_of_another_making_is_left_out():
    with opened([]) as network:
        assert (
            list(Mastodon(given=make_given(), **network.options).look_up(["", "no-uri", "T/ftp://a.example/1", "T/http://["]))
            == []
        )
