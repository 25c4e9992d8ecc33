"""Forums on Discourse: whether they may be read, what of a topic is read, and what became of posts."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from collectors.base import BadRequest, Found, Secret, Window
from collectors.discourse import Discourse
from tests.factories import make_given
from tests.networks.discourse import AGREED, Network, make_post, opened

START = datetime(2026, 11, 17, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = Window(START, START + 24 * HOUR)
TAGGED = {"hashtags": (), "tags": ("carers",)}


def posts(count: int, text: str = "Words #NHSThinkCarer") -> list[Any]:
    return [make_post(n, START + n * HOUR, text) for n in range(1, count + 1)]


def make_collector(network: Network, **options: Any) -> Discourse:
    return Discourse(given=make_given(), **(network.options | options))


def numbers(collector: Discourse, window: Window = DAY, cursor: str | None = None) -> list[int]:
    return sorted(int(post.id.rpartition("/")[2]) for page in collector.collect(window, cursor) for post in page.posts)


@pytest.mark.parametrize("lacking", [{"agreed": False}, {"agreed_by": " "}, {"agreed_on": "last week"}, {"agreed_on": ""}])
def test_a_forum_whose_owner_has_not_agreed_is_not_read(lacking):
    with pytest.raises(ValueError, match="only where its owner agreed"):
        Discourse(given=make_given(), **({"url": "https://forum.example"} | AGREED | lacking))


def test_what_is_asked_is_said():
    collector = Discourse(
        given=make_given(), url="https://forum.example/", hashtags=("#A",), tags=("carers",), categories=("talk/5",), **AGREED
    )

    assert collector.asked == "posts with #A; topics tagged carers; topics in talk/5 on forum.example"


@pytest.mark.parametrize("options", [TAGGED, {"hashtags": (), "categories": ("talk/5",)}], ids=["tag", "category"])
def test_the_posts_of_a_topic_within_the_window_are_read_with_or_without_a_hashtag(options):
    with opened(posts(40, "Words")) as network:
        assert numbers(make_collector(network, **options), Window(START + 6 * HOUR, START + 20 * HOUR)) == list(range(6, 20))


def test_a_topic_is_read_from_its_end_to_the_first_post_of_the_window():
    with opened(posts(90, "Words")) as network:
        network.topics = [list(range(1, 91))]

        assert numbers(make_collector(network, **TAGGED), Window(START + 85 * HOUR, START + 200 * HOUR)) == list(range(85, 91))
        assert len(network.asked) == 4


def test_older_topics_than_the_window_are_not_asked_for():
    with opened(posts(84, "Words")) as network:
        numbers(make_collector(network, **TAGGED), Window(START + 80 * HOUR, START + 200 * HOUR))

        assert [path for path, _ in network.asked if path.startswith("/t/")] == ["/t/12.json", "/t/12/posts.json"]


def test_a_tag_that_nobody_has_used_yet_is_no_fault_and_a_missing_category_is():
    with opened([]) as network:
        network.answers += [(404, {}, {}), (404, {}, {})]

        assert numbers(make_collector(network, **TAGGED)) == []
        with pytest.raises(BadRequest):
            numbers(make_collector(network, hashtags=(), categories=("talk/5",)))


def test_a_topic_that_is_taken_down_meanwhile_costs_the_others_nothing():
    with opened(posts(14)) as network:
        listed = network.answer("/tag/carers.json", {"page": ["0"]})
        network.answers += [listed, (404, {}, {})]

        assert numbers(make_collector(network, **TAGGED)) == list(range(1, 8))


def test_only_posts_with_the_very_hashtag_are_read():
    words = ["#NHSThinkCarer", "#NHSThinkCarers", "NHSThinkCarer", "#nhsthinkcarer!"]
    with opened([make_post(n, START + n * HOUR, text) for n, text in enumerate(words, 1)]) as network:
        assert numbers(make_collector(network)) == [1, 4]


def test_posts_are_looked_up_topic_by_topic():
    told = posts(16)
    with opened(told) as network:
        del network.posts[3]
        network.changed = {4: {"user_deleted": True}, 5: {"cooked": "<p>Other words</p>"}}

        found = {int(one.id.rpartition("/")[2]): one for one in make_collector(network).look_up([post.id for post in told])}

    assert {number: one.state for number, one in found.items()} == {
        number: "gone" if number in (3, 4) else "present" for number in range(1, 17)
    }
    assert (item := found[5].item) is not None
    assert item.post.text == "Other words"
    assert len(network.asked) == 10


def test_a_post_that_we_may_no_longer_see_and_an_odd_id_are_left_out():
    with opened(posts(1)) as network:
        network.fail("refused")

        assert list(make_collector(network).look_up([posts(1)[0].id, "odd"])) == []


def test_a_post_in_a_topic_that_is_gone_is_gone():
    (post,) = posts(1)
    with opened([post]) as network:
        network.answers += [(200, {}, network.post(1)), (404, {}, {})]

        assert list(make_collector(network).look_up([post.id])) == [Found(post.id, "gone")]


@pytest.mark.parametrize("cursor", ["", "[", "[[],1,2]", '[[["search","other"]],0]', '[[["search","NHSThinkCarer"]],"1"]'])
def test_a_cursor_of_another_making_begins_anew(cursor):
    with opened(posts(3)) as network:
        assert numbers(make_collector(network), cursor=cursor) == [1, 2, 3]


def test_a_forum_that_is_not_open_is_asked_with_its_key():
    with opened([]) as network:
        make_collector(network, key=Secret("k"), user="listener").check()

        assert [path for path, _ in network.asked] == ["/site/basic-info.json"]


def test_without_anything_to_ask_for_nothing_is_asked():
    with opened(posts(1)) as network:
        assert numbers(make_collector(network, hashtags=())) == []
        assert make_collector(network, hashtags=()).asked == ""
        assert network.asked == []
