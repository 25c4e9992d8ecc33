"""The common law of collectors: every kind in `collectors.KINDS` against its recordings and against its test network."""

import json
from contextlib import suppress
from dataclasses import MISSING, fields
from datetime import UTC, datetime, timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

import collectors
from collectors import base
from collectors.base import Collector, Window, fingerprint, is_option
from collectors.post import Author, Engagement, Post
from tests.factories import HASHTAG, NOW, make_given

RECORDED = Path(__file__).parent / "recorded"
CASES = sorted((path.parent.name, path.stem) for path in RECORDED.glob("*/*.page"))
MEANING = {
    "limited": base.RateLimited,
    "broken": base.Unavailable,
    "refused": base.NotAllowed,
    "garbage": base.Unavailable,
}
SECOND = timedelta(seconds=1)
WEEK = Window(datetime(2026, 11, 16, tzinfo=UTC), datetime(2026, 11, 23, tzinfo=UTC))
AUTUMN = Window(datetime(2026, 10, 18, 23, tzinfo=UTC), datetime(2026, 10, 26, tzinfo=UTC))  # London's 169 hours
WINDOWS = pytest.mark.parametrize("window", [WEEK, AUTUMN], ids=["week", "autumn"])


WAYS = (*collectors.KINDS, "x_mentions")  # a kind may have more than one way in


def network_of(way: str) -> Any:
    return import_module(f"tests.networks.{way}")


def kind_of(way: str) -> str:
    """The kind of a way in."""
    return str(getattr(network_of(way), "KIND", way))


def make_posts(kind: str, moments: list[datetime]) -> list[Post]:
    return [
        network_of(kind).make_post(n, at, f"Contribution {n}: a sitter would help {HASHTAG}") for n, at in enumerate(moments, 1)
    ]


def spread_over(window: Window, count: int) -> list[datetime]:
    return [(window.since + window.length * part / count).replace(microsecond=0) for part in range(count)]


def make_collector(kind: str, network: Any, **given: Any) -> Collector:
    return collectors.find(kind_of(kind))(given=make_given(**given), **network.options)


def said(post: Post) -> tuple[str, str, datetime, str]:
    return post.network, post.id, post.posted_at, post.text


def gathered(collector: Collector, window: Window, cursor: str | None = None) -> set[tuple[str, str, datetime, str]]:
    return {said(post) for page in collector.collect(window, cursor) for post in page.posts if post.posted_at in window}


# --- recordings ---------------------------------------------------------------------------------------------------------


def case_of(kind: str, name: str) -> tuple[Collector, bytes, dict[str, Any]]:
    told = json.loads((RECORDED / kind / f"{name}.posts.json").read_text("utf-8"))
    options = {key: tuple(value) if isinstance(value, list) else value for key, value in told.get("options", {}).items()}
    needed = [one for one in fields(collectors.find(kind)) if is_option(one) and one.default is MISSING]
    logins = {one.name: base.Secret("unused") if one.type is base.Secret else "unused" for one in needed}
    return (
        collectors.find(kind)(given=make_given(), **(logins | options)),
        (RECORDED / kind / f"{name}.page").read_bytes(),
        told,
    )


def post_from(told: dict[str, Any]) -> Post:
    values: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in told.items()}
    values |= {key: datetime.fromisoformat(told[key]) for key in ("posted_at", "edited_at") if key in told}
    values["author"] = Author(**told.get("author", {}))
    values["engagement"] = Engagement(**told.get("engagement", {}))
    return Post(**values)


@pytest.mark.parametrize("kind", collectors.KINDS)
def test_every_kind_has_recordings_and_a_network(kind):
    assert [name for of, name in CASES if of == kind]
    assert {"FAULTS", "make_post", "opened"} <= set(dir(network_of(kind)))


@pytest.mark.parametrize(("kind", "name"), CASES)
def test_a_recorded_page_reads_as_expected(kind, name):
    collector, payload, told = case_of(kind, name)

    page = collector.read(payload)

    assert page.posts == [post_from(post) for post in told["posts"]]
    assert [aside.reason for aside in page.asides] == [aside["reason"] for aside in told.get("asides", [])]


@pytest.mark.parametrize(("kind", "name"), CASES)
def test_raw_gives_the_very_post_again(kind, name):
    collector, payload, _ = case_of(kind, name)

    items = [item for item in collector.read(payload).items if item.raw is not None]

    assert [collector.read(item.raw or b"").posts for item in items] == [[item.post] for item in items]


# --- the law --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", WAYS)
def test_a_kind_says_what_it_is(kind):
    with network_of(kind).opened([]) as network:
        collector = make_collector(kind, network)

        assert collector.kind == kind_of(kind)
        assert collector.channel
        assert collector.asked
        assert fingerprint(collector) == fingerprint(make_collector(kind, network))
        assert "Secret(...)" in repr(collector) or not any(isinstance(v, base.Secret) for v in network.options.values())


@WINDOWS
@pytest.mark.parametrize("kind", WAYS)
def test_a_window_holds_its_first_second_and_not_its_last(kind, window):
    edges = [
        window.since - SECOND,
        window.since,
        window.since + SECOND,
        window.until - SECOND,
        window.until,
        window.until + SECOND,
    ]
    posts = make_posts(kind, edges)

    with network_of(kind).opened(posts) as network:
        found = gathered(make_collector(kind, network), window)

    assert found == {said(post) for post in posts[1:4]}


@pytest.mark.parametrize("kind", WAYS)
def test_both_hours_of_the_autumn_clock_change_are_read(kind):
    moments = [datetime(2026, 10, 25, hour, minute, tzinfo=UTC) for hour in (0, 1, 2) for minute in (0, 30, 59)]
    posts = make_posts(kind, moments)

    with network_of(kind).opened(posts) as network:
        found = gathered(make_collector(kind, network), AUTUMN)

    assert found == {said(post) for post in posts}


@pytest.mark.parametrize("kind", WAYS)
def test_a_reading_can_be_resumed_from_every_page(kind):
    posts = make_posts(kind, spread_over(WEEK, 35))

    with network_of(kind).opened(posts) as network:
        collector = make_collector(kind, network)
        before: set[Any] = set()
        for page in collector.collect(WEEK):
            before |= {said(post) for post in page.posts}
            after = gathered(collector, WEEK, page.cursor) if page.cursor else set()
            assert before | after == {said(post) for post in posts}

    assert page.cursor is None


@pytest.mark.parametrize("kind", WAYS)
def test_reading_twice_finds_what_reading_once_found(kind):
    posts = make_posts(kind, spread_over(WEEK, 12))

    with network_of(kind).opened(posts) as network:
        collector = make_collector(kind, network)
        once = [post for page in collector.collect(WEEK) for post in page.posts]
        twice = [post for page in collector.collect(WEEK) for post in page.posts]

    assert once == twice
    assert len({post.key for post in once}) == len(once) == len(posts)


@pytest.mark.parametrize("kind", WAYS)
def test_raw_of_a_collected_post_gives_that_post(kind):
    posts = make_posts(kind, spread_over(WEEK, 3))

    with network_of(kind).opened(posts) as network:
        collector = make_collector(kind, network)
        items = [item for page in collector.collect(WEEK) for item in page.items if item.raw is not None]

        assert [collector.read(item.raw or b"").posts for item in items] == [[item.post] for item in items]


@pytest.mark.parametrize("kind", WAYS)
def test_a_quiet_window_is_read_to_its_end(kind):
    with network_of(kind).opened([]) as network:
        pages = list(make_collector(kind, network).collect(WEEK))

    assert [post for page in pages for post in page.posts] == []
    assert all(page.cursor is None for page in pages[-1:])


@pytest.mark.parametrize("kind", WAYS)
def test_a_stop_is_obeyed_after_a_page_and_costs_nothing(kind):
    posts = make_posts(kind, spread_over(WEEK, 35))

    with network_of(kind).opened(posts) as network:
        stopped = list(make_collector(kind, network, stopped=lambda: True).collect(WEEK))
        cursor = stopped[-1].cursor
        rest = gathered(make_collector(kind, network), WEEK, cursor) if cursor else set()

    assert len(stopped) == 1
    assert {said(post) for post in stopped[0].posts} | rest == {said(post) for post in posts}


FAULTY = [(kind, how) for kind in WAYS for how in MEANING]


@pytest.mark.parametrize(("kind", "how"), FAULTY)
def test_what_goes_wrong_is_told_in_our_words_and_loses_nothing(kind, how):
    if how not in network_of(kind).FAULTS:
        return
    posts = make_posts(kind, spread_over(WEEK, 5))

    with network_of(kind).opened(posts) as network:
        collector = make_collector(kind, network)
        network.fail(how)
        with pytest.raises(MEANING[how], match=r"\w"):
            gathered(collector, WEEK)

        assert gathered(collector, WEEK) == {said(post) for post in posts}


@pytest.mark.parametrize("payload", [b"", b"\x00\xff\xfe", b"<html>", b"[]", b'{"data": NaN}', b"[" * 100_000], ids=range(6))
@pytest.mark.parametrize("kind", WAYS)
def test_garbage_is_refused_in_our_words(kind, payload):
    with network_of(kind).opened([]) as network:
        collector = make_collector(kind, network)

        with suppress(base.CollectorError):
            assert not collector.read(payload).posts


def test_the_windows_lie_in_the_past():
    assert WEEK.until < NOW
