"""What must hold for posts that were looked up and are gone."""

from datetime import timedelta

import pytest

from collectors.base import Item
from collectors.post import Author, Engagement, Post
from storage.store import Store
from tests.factories import NOW, make_post
from tests.stores import WEEK, add, item_of, opened, posts_of, said_in, score_all, score_of

CANARY = "canary-7341"


@pytest.fixture
def store():
    with opened() as store:
        yield store


def canary_post(number: int = 1) -> Post:
    words = dict.fromkeys(("text", "title", "warning", "lang", "url", "in_reply_to", "repost_of", "quote_of", "role"), CANARY)
    lists = dict.fromkeys(("tags", "links", "media", "labels"), (CANARY,))
    author = Author(handle=CANARY, name=CANARY, id=CANARY)
    return make_post(number, version=CANARY, author=author, edited_at=NOW, engagement=Engagement(likes=7341), **words, **lists)


def remove(store: Store, *ids: str, network: str = "file") -> int:
    with store.write() as unit:
        return unit.posts.remove(network, ids, NOW)


def test_a_removed_post_leaves_no_word_author_raw_or_score(store):
    add(store, canary_post(1), make_post(2))
    score_all(store)
    assert CANARY.encode() in said_in(store.path)

    removed = remove(store, "000001")

    assert removed == 1
    assert b"7341" not in said_in(store.path)
    assert posts_of(store) == [make_post(2)]
    assert len(score_of(store)) == 1


def test_removed_words_are_not_left_in_the_file(store):
    add(store, make_post(1, text=CANARY * 500), make_post(2, text=CANARY))
    remove(store, "000001", "000002")

    store.close()

    assert {path.name for path in store.path.parent.iterdir()} == {"listener.sqlite"}
    assert CANARY.encode() not in store.path.read_bytes()


def test_a_removed_post_stays_gone_when_a_search_returns_it(store):
    add(store, canary_post())
    remove(store, "000001")

    added = add(store, canary_post(), run=2)

    assert added == (0, 0, 1)
    assert posts_of(store) == []
    assert b"7341" not in said_in(store.path)


def test_removing_again_removes_nothing(store):
    add(store, make_post(1))

    assert [remove(store, "000001"), remove(store, "000001"), remove(store, "never-there"), remove(store)] == [1, 0, 0, 0]


def test_only_the_network_that_was_asked_loses_the_post(store):
    add(store, make_post(1, network="web"), make_post(1, network="file"))
    remove(store, "000001", network="web")

    assert [post.network for post in posts_of(store)] == ["file"]


def test_an_author_of_another_post_is_kept(store):
    author = Author(handle="two.example", name="Said Two", id="two")
    add(store, make_post(1, author=author), make_post(2, author=author))
    remove(store, "000001")

    (post,) = posts_of(store)
    assert post.author == author


def test_more_posts_are_removed_at_once_than_sqlite_takes_arguments(store):
    posts = [Item(make_post(n, posted_at=WEEK.since + timedelta(seconds=n))) for n in range(40_000)]
    with store.write() as unit:
        unit.posts.add("tag", 1, posts, NOW)

    removed = remove(store, *(one.post.id for one in posts[:39_999]))

    assert removed == 39_999
    assert posts_of(store) == [posts[-1].post]
    assert b"carer39998" not in said_in(store.path)


@pytest.mark.parametrize("now", [make_post(1), make_post(1, text="back with other words")], ids=["as it was", "edited"])
def test_a_look_up_brings_a_post_back(store, now):
    add(store, make_post(1))
    remove(store, "000001")

    with store.write() as unit:
        added = unit.posts.restore("tag", 2, item_of(now), NOW)

    assert (added.new, added.changed) == (0, 1)
    assert posts_of(store) == [now]
    with store.read() as unit:
        assert list(unit.posts.raw("tag")) == [item_of(now).raw]


def test_a_look_up_of_a_post_that_was_never_gone_changes_nothing(store):
    add(store, make_post(1))

    with store.write() as unit:
        added = unit.posts.restore("tag", 2, item_of(make_post(1)), NOW)

    assert (added.new, added.changed, added.unchanged) == (0, 0, 1)
