"""Feeds: which entries are taken, what they are called, and bodies that nobody should parse."""

from typing import Any

import pytest

from collectors import base, feed_items
from collectors.feed import Feed
from tests.factories import make_given
from tests.networks import feed as network
from tests.test_collectors import WEEK, make_posts, spread_over

DATED = "<pubDate>Tue, 17 Nov 2026 10:00:00 GMT</pubDate>"


def make_feed(**options: Any) -> Feed:
    return Feed(given=make_given(), **({"url": "https://blog.example.org/feed"} | options))


def rss(*items: str) -> bytes:
    return f"<rss version='2.0'><channel>{''.join(f'<item>{DATED}{item}</item>' for item in items)}</channel></rss>".encode()


def titles(feed: Feed, *said: str) -> list[str]:
    """What is collected of a feed whose entries bear these titles."""
    with network.opened([]) as served:
        served.body = rss(*(f"<title>{one}</title>" for one in said))
        feed = make_feed(
            url=served.options["url"], allow_private_addresses=True, hashtags=feed.hashtags, keywords=feed.keywords
        )
        return [post.title for page in feed.collect(WEEK) for post in page.posts]


def test_without_tags_and_words_every_entry_counts():
    assert titles(make_feed(), "one", "two") == ["one", "two"]


@pytest.mark.parametrize("tag", ["AskEarly", "#askearly"])
def test_a_hashtag_is_a_whole_tag_in_any_case(tag):
    found = titles(make_feed(hashtags=(tag,)), "do #ASKEARLY!", "#AskEarlyNow", "AskEarly", "a/#AskEarly")

    assert found == ["do #ASKEARLY!"]


def test_a_category_counts_as_a_hashtag():
    words = b"<category>Ask Early</category>"
    feed = make_feed(hashtags=("AskEarly",))

    with network.opened([]) as served:
        served.body = rss("<title>a</title>").replace(b"<title>", words + b"<title>")
        feed = make_feed(url=served.options["url"], allow_private_addresses=True, hashtags=feed.hashtags)

        assert [len(page.posts) for page in feed.collect(WEEK)] == [1]


def test_a_keyword_is_a_whole_word_or_phrase_in_any_case():
    found = titles(make_feed(keywords=("respite care", "carer")), "Respite Care", "respite", "Carer?", "carers", "scarer")

    assert found == ["Respite Care", "Carer?"]


def test_a_hashtag_or_a_keyword_will_do():
    assert titles(make_feed(hashtags=("a",), keywords=("b",)), "#a", "b", "c") == ["#a", "b"]


def test_what_is_asked_is_told_in_plain_words():
    asked = make_feed(hashtags=("#AskEarly",), keywords=("respite care",)).asked

    assert asked == (
        'entries of blog.example.org with #AskEarly or "respite care", as far back as the feed lists them (only its newest)'
    )


def test_an_address_that_is_none_is_refused_when_it_is_read():
    feed = make_feed(url="http://[")

    assert "http://[" in feed.asked
    with pytest.raises(base.BadRequest):
        feed.check()


def test_a_check_reads_the_feed_once():
    with network.opened(make_posts("feed", spread_over(WEEK, 2))) as served:
        Feed(given=make_given(), **served.options).check()

        assert len(served.asked) == 1


@pytest.mark.parametrize(
    ("entry", "id"),
    [
        ("<guid>https://a.example/1</guid><link>https://a.example/l</link>", "20261117T10/https://a.example/1"),
        ("<link>https://a.example/l</link>", "20261117T10/https://a.example/l"),
        ("<guid>7</guid>", "20261117T10/blog.example.org/7"),
    ],
)
def test_an_entry_is_called_by_its_guid_else_its_link(entry, id):
    assert [post.id for post in make_feed().read(rss(entry)).posts] == [id]


def test_an_entry_without_guid_and_link_is_called_by_its_words():
    one, again, other = (
        make_feed().read(rss(f"<title>{words}</title>")).posts[0].id for words in ("words", "words", "other words")
    )

    assert one == again != other


def test_a_name_without_end_is_shortened():
    assert len(make_feed().read(rss(f"<guid>https://a.example/{'x' * 5000}</guid>")).posts[0].id) < 100


def test_an_entry_with_only_a_time_of_change_keeps_its_id_when_it_changes():
    atom = (
        "<feed xmlns='http://www.w3.org/2005/Atom'><entry><id>urn:1</id><updated>2026-11-{}T10:00:00Z</updated></entry></feed>"
    )

    before, after = (make_feed().read(atom.format(day).encode()).posts[0] for day in (17, 18))

    assert before.id == after.id == "urn:1"


BOMB = b"<?xml version='1.0'?><!DOCTYPE rss [<!ENTITY a 'aaaa'>]><rss version='2.0'><channel><title>&a;</title></channel></rss>"


@pytest.mark.parametrize(
    "payload",
    [
        BOMB,
        BOMB.lower(),
        BOMB.replace(b"'1.0'?", b"'1.0' encoding='utf-16'?").decode().encode("utf-16"),
        BOMB.replace(b"'1.0'?", b"'1.0' encoding='cp037'?").decode().encode("cp037"),
    ],
    ids=["plain", "lower", "utf-16", "ebcdic"],
)
def test_a_feed_that_declares_entities_is_refused(payload):
    with pytest.raises(base.Unavailable, match="entities"):
        make_feed().read(payload)


@pytest.mark.parametrize(
    "payload", [b"/etc/passwd", b"file:///etc/passwd", b"http://127.0.0.1:9/", b"", b"<html>", b"{}", b"[1]"]
)
def test_what_is_no_feed_is_refused_and_opens_nothing(payload):
    with pytest.raises(base.Unavailable, match=r"no feed|not JSON"):
        make_feed().read(payload)


@pytest.mark.parametrize(
    "payload",
    [
        b'{"version": "https://jsonfeed.org/version/1", "items": %s}' % items
        for items in (b"7", b"[7, null]", b'[{"id": {}, "title": [], "authors": [3], "date_published": 5, "tags": {}}]')
    ],
)
def test_json_of_wrong_shapes_gives_no_post_and_no_fault(payload):
    assert make_feed().read(payload).posts == []


def test_the_author_of_the_first_json_feed_is_read():
    payload = b"""{"version": "https://jsonfeed.org/version/1", "author": {"name": "A"}, "items": [
        {"id": "1", "content_text": "x", "date_published": "2026-11-17T10:00:00Z"},
        {"id": "2", "content_text": "x", "date_published": "2026-11-17T10:00:00Z", "author": {"name": "B"}}]}"""

    assert [post.author.name for post in make_feed().read(payload).posts] == ["A", "B"]


@pytest.mark.parametrize("link", ["http://[", "https://[v/"])
def test_an_address_that_cannot_be_read_is_left_out(link):
    assert make_feed().read(rss(f"<guid>urn:1</guid><link>{link}</link>")).posts[0].text == ""


def test_an_item_is_written_so_that_it_reads_the_same():
    item = {"id": "1", "title": "\ud800 odd", "content_text": "x"}

    assert feed_items.read_items(feed_items.write_item({**item, "title": "odd"}), "")[0]["title"] == "odd"
