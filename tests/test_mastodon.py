"""Mastodon beyond the common law: several servers, opt-outs, late federation, question posts, refusals."""

import json
import logging
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from collectors.base import BadRequest, CollectorError, NotAllowed, RateLimited, Secret, Unavailable, Window, fingerprint
from collectors.mastodon import Mastodon, number_at
from collectors.mastodon_server import closed_parts
from collectors.post import Post
from tests.factories import make_given
from tests.networks.mastodon import ANSWERS, Network, make_post, opened, status_of

START = datetime(2026, 11, 17, 9, tzinfo=UTC)
HOUR = Window(START, START + timedelta(hours=1))
CLOSED = {"local": "authenticated", "remote": "disabled"}
RULES, TIMELINE = "/api/v2/instance/", "/api/v1/timelines/tag/NHSThinkCarer"


def posts(count: int, first: int = 0) -> list[Post]:
    return [make_post(n, START + timedelta(seconds=n), f"Post {n} #NHSThinkCarer") for n in range(first, first + count)]


def make_collector(*networks: Network, stopped: Any = lambda: False, **options: Any) -> Mastodon:
    servers = tuple(address for network in networks for address in network.options["servers"])
    given: dict[str, Any] = {"servers": servers, "hashtags": ("#NHSThinkCarer",), "timeout": 10.0}
    return Mastodon(given=make_given(stopped=stopped), **(given | options))


def ids(collector: Mastodon, cursor: str | None = None) -> list[str]:
    return [post.id for page in collector.collect(HOUR, cursor) for post in page.posts]


def read_until_it_fails(collector: Mastodon, cursor: str | None = None) -> tuple[list[Any], CollectorError]:
    pages: list[Any] = []
    with pytest.raises(CollectorError) as caught:
        pages.extend(collector.collect(HOUR, cursor))
    return pages, caught.value


def paths(network: Network) -> list[str]:
    return [path for path, _ in network.asked]


# --- several servers ----------------------------------------------------------------------------------------------------


def test_a_post_seen_by_two_servers_has_one_id():
    with opened(posts(3)) as one, opened(posts(3, first=2)) as other:
        found = ids(make_collector(one, other))

    assert (len(found), len(set(found))) == (6, 5)


def test_a_time_is_told_to_the_second_as_other_servers_hear_it():
    (post,) = posts(1)
    status = status_of(post, created_at="2026-11-17T09:00:00.789Z", edited_at="2026-11-17T10:00:00.123Z")

    (read,) = make_offline().read(json.dumps(status).encode()).posts

    assert (read.id, read.posted_at) == (post.id, post.posted_at)
    assert (read.version, read.edited_at) == ("20261117T100000", datetime(2026, 11, 17, 10, tzinfo=UTC))


def test_the_token_is_shown_to_the_first_server_alone():
    with opened([]) as one, opened([]) as other:
        one.rules = other.rules = {"local": "authenticated", "remote": "authenticated"}
        pages, error = read_until_it_fails(make_collector(one, other, token=Secret("t")))

    assert isinstance(error, NotAllowed)
    assert paths(one) == [RULES, TIMELINE]
    assert paths(other) == [RULES]
    assert len(pages) == 1


def test_a_server_that_closed_its_timelines_is_told_after_the_others_were_read():
    with opened([]) as closed, opened(posts(3)) as other:
        closed.rules = CLOSED
        pages, error = read_until_it_fails(make_collector(closed, other))

        assert isinstance(error, NotAllowed)
        assert "has closed its hashtag timelines" in str(error)
        assert paths(closed) == [RULES]
        assert sum(len(page.posts) for page in pages) == 3
        assert pages[-1].cursor


def test_after_a_refusal_only_the_server_that_refused_is_asked_again():
    with opened(posts(2)) as first, opened(posts(3, first=5)) as other:
        first.fail("refused")
        pages, _ = read_until_it_fails(make_collector(first, other))
        other.asked.clear()

        found = ids(make_collector(first, other), pages[-1].cursor)

    assert len(found) == 2
    assert other.asked == []


def test_what_may_mend_itself_is_told_before_what_needs_a_person():
    with opened([]) as closed, opened([]) as broken:
        closed.rules = CLOSED
        broken.fail("broken")
        _, error = read_until_it_fails(make_collector(closed, broken))

    assert isinstance(error, Unavailable)


def test_half_closed_timelines_are_read_and_said(caplog):
    with opened(posts(2)) as network, caplog.at_level(logging.WARNING):
        network.rules = {"local": "public", "remote": "disabled"}
        found = ids(make_collector(network))

    assert len(found) == 2
    assert "closed part of its hashtag timelines to us: ['remote']" in caplog.text


def test_a_server_too_old_to_describe_itself_is_read():
    with opened(posts(2)) as network:
        network.answers.append((404, {}, {"error": "Not found"}))
        network.answers.append((404, {}, {"error": "Not found"}))  # Mastodon.py asks again before the timeline

        assert len(ids(make_collector(network))) == 2


@pytest.mark.parametrize("rules", [b"", b"[]", b'{"configuration": 4}', b"[" * 100_000], ids=range(4))
def test_a_description_that_cannot_be_read_is_refused(rules):
    with pytest.raises(Unavailable, match="described itself"):
        closed_parts(rules, has_token=False)


# --- the window ---------------------------------------------------------------------------------------------------------


def test_a_window_of_many_pages_is_read_backwards_to_its_start():
    with opened(posts(95) + [make_post(99, START - timedelta(days=n), "#NHSThinkCarer") for n in range(1, 90)]) as network:
        pages = list(make_collector(network).collect(HOUR))

    assert [len(page.posts) for page in pages] == [40, 40, 15]
    assert [page.requests for page in pages] == [2, 1, 1]
    below = [int(query["max_id"][0]) for path, query in network.asked if path == TIMELINE]
    assert below == sorted(below, reverse=True)


def test_a_post_that_reached_the_server_late_is_found_at_the_next_reading():
    late, *known = posts(5)
    with opened(known) as network:
        before = ids(make_collector(network))
        network.statuses.append(status_of(late))

        assert set(ids(make_collector(network))) - set(before) == {late.id}


def test_a_server_that_sends_the_same_page_again_is_left():
    with opened([]) as network:
        network.answers += [(200, {}, {})] + [(200, {}, [status_of(post) for post in posts(2)])] * 2
        pages, error = read_until_it_fails(make_collector(network))

    assert "the same page again" in str(error)
    assert len(pages) == 1


def test_statuses_without_numbers_are_not_a_mastodon_server():
    with opened([]) as network:
        network.answers += [(200, {}, {}), (200, {}, [status_of(posts(1)[0], id="01H8ABC")])]

        with pytest.raises(Unavailable, match="without Mastodon's numbers"):
            ids(make_collector(network))


@pytest.mark.parametrize(
    "cursor",
    [
        "",
        "null",
        "{}",
        '{"stages":[["https://evil.example","x",""]],"max_id":1,"failed":[]}',
        '{"stages":[],"max_id":1,"failed":[]}',
    ],
    ids=range(5),
)
def test_a_cursor_that_is_not_ours_begins_anew(cursor):
    with opened(posts(3)) as network:
        assert len(ids(make_collector(network), cursor)) == 3


def test_nothing_to_ask_is_one_empty_page():
    (page,) = make_offline(hashtags=()).collect(HOUR)

    assert (page.items, page.cursor) == ((), None)


# --- question posts -----------------------------------------------------------------------------------------------------


def replies(count: int, to: str) -> list[Post]:
    return [make_reply(n, to) for n in range(count)]


def make_reply(number: int, to: str) -> Post:
    plain = make_post(number, START + timedelta(seconds=number), f"Reply {number}")
    return Post(**({name: getattr(plain, name) for name in Post.__dataclass_fields__} | {"in_reply_to": to}))


@pytest.mark.parametrize("form", ["/@asker/41", "/users/asker/statuses/41", "/@asker/41?x=1"])
def test_replies_to_a_question_post_are_read_without_the_tag(form):
    with opened(replies(2, "41")) as network:
        (server,) = network.options["servers"]
        collector = make_collector(network, hashtags=(), question_posts=(server + form, "https://x.com/asker/status/41"))
        found = [post for page in collector.collect(HOUR) for post in page.posts]

    assert [post.kind for post in found] == ["reply", "reply"]
    assert collector.asked == f"replies to the question post seen by {server.removeprefix('http://')}"


def test_a_question_post_that_is_gone_has_no_replies():
    with opened(posts(2)) as network:
        (server,) = network.options["servers"]
        network.answers.append((404, {}, {"error": "Record not found"}))
        collector = make_collector(network, hashtags=(), question_posts=(f"{server}/@asker/41",))

        assert ids(collector) == []


def test_more_replies_than_strangers_are_shown_ask_for_a_token():
    with opened(replies(60, "41")) as network:
        question = f"{network.options['servers'][0]}/@asker/41"
        pages, error = read_until_it_fails(make_collector(network, hashtags=(), question_posts=(question,)))
        whole = ids(make_collector(network, hashtags=(), question_posts=(question,), token=Secret("t")))

    assert isinstance(error, NotAllowed)
    assert "give a token" in str(error)
    assert len(pages[0].posts) == len(whole) == 60


# --- what partners pass on ----------------------------------------------------------------------------------------------


def passed_on(number: int, by: str, of: str, **differently: Any) -> dict[str, Any]:
    post = make_post(number, START + timedelta(seconds=number), "")
    status = status_of(post, **differently)
    original = status_of(make_post(1, START, "What would help?")) | {"id": of}
    return status | {"account": status["account"] | {"acct": by}, "reblog": original}


def passing(network: Network, *partners: str) -> list[tuple[str, str, str]]:
    question = f"{network.options['servers'][0]}/@asker/41"
    collector = make_collector(network, hashtags=(), question_posts=(question,), partners=partners)
    return [(post.author.handle, post.kind, post.repost_of) for page in collector.collect(HOUR) for post in page.posts]


def test_a_partners_repost_of_the_question_comes_and_nobody_elses():
    question = make_post(1, START, "What would help?").id
    told = [passed_on(5, "hub@a.example", "42"), passed_on(6, "carer@a.example", "41"), passed_on(7, "hub@a.example", "41")]
    own = status_of(make_post(8, START, "Of our own"))
    with opened([]) as network:
        network.statuses = [own | {"account": told[0]["account"]}, *reversed(told)]

        assert passing(network, "@Hub@a.example", "nobody@a.example") == [("hub@a.example", "repost", question)]


@pytest.mark.parametrize("quote", [{"quoted_status": {"id": "41"}}, {"quoted_status_id": "41"}], ids=["whole", "named only"])
def test_a_partners_quote_of_the_question_comes(quote):
    status = status_of(make_post(7, START, "Please answer"), quote={"state": "accepted", **quote})
    with opened([]) as network:
        network.statuses = [status | {"account": status["account"] | {"acct": "hub@a.example"}}]

        assert passing(network, "hub@a.example") == [("hub@a.example", "post", "")]


def test_partners_are_asked_about_only_where_a_question_was_posted():
    with opened([]) as network:
        list(
            make_collector(network, partners=("hub@a.example",), question_posts=("https://b.example/@asker/41",)).collect(HOUR)
        )

    assert paths(network) == [RULES, TIMELINE]


@pytest.mark.parametrize("answer", [(403, {}, {"error": "This method requires an authenticated user"}), (404, {}, {})])
def test_a_partner_who_is_not_shown_keeps_nothing_else_from_being_read(answer):
    with opened(replies(2, "41")) as network:
        ask = network.answer
        network.answer = lambda path, query: answer if "/accounts/" in path else ask(path, query)  # type: ignore[method-assign]

        assert len(passing(network, "hub@a.example")) == 2


def test_an_account_without_a_number_is_no_answer():
    with opened([]) as network:
        network.answers = [(200, {}, {"ancestors": [], "descendants": []}), (200, {}, {"acct": "hub@a.example"})]
        question = f"{network.options['servers'][0]}/@asker/41"

        with pytest.raises(Unavailable, match="described an account"):
            ids(make_collector(network, hashtags=(), question_posts=(question,), partners=("hub@a.example",)))


# --- opt-outs -----------------------------------------------------------------------------------------------------------


def test_who_opted_out_is_counted_within_the_window_and_no_word_is_kept():
    shy = {"account": {"acct": "shy@b.example", "noindex": True, "url": "https://b.example/@shy"}}
    with opened([*posts(2), make_post(9, START - timedelta(minutes=5), "before #NHSThinkCarer")], **shy) as network:
        pages = list(make_collector(network).collect(HOUR))

    asides = [aside for page in pages for aside in page.asides]
    assert [aside.reason for aside in asides] == ["opted out"] * 2
    assert not [page for page in pages if page.items]
    assert not any("shy" in f"{aside.ref}{aside.detail}" or "carer" in aside.ref for aside in asides)


# --- words and errors ---------------------------------------------------------------------------------------------------


def make_offline(**options: Any) -> Mastodon:
    return Mastodon(given=make_given(), **({"hashtags": ("#A", "a", "B")} | options))


def test_what_is_asked_names_tags_and_servers():
    collector = make_offline(
        servers=("a.example", "https://b.example/", "c.example"),
        question_posts=("https://a.example/@asker/1", "https://b.example/@asker/2"),
    )

    assert collector.asked == "posts with #a or #B; replies to 2 question posts seen by a.example, b.example and c.example"


def test_a_source_without_servers_is_refused():
    with pytest.raises(ValueError, match="at least one server"):
        make_offline(servers=(" ",))


def test_another_server_is_another_question_and_another_token_is_not():
    assert fingerprint(make_offline(servers=("a.example",))) != fingerprint(make_offline(servers=("b.example",)))
    assert fingerprint(make_offline(token=Secret("t"))) == fingerprint(make_offline())


@pytest.mark.parametrize(
    ("answer", "meaning"),
    [
        (ANSWERS["limited"], RateLimited),
        ((422, {}, {"error": "This method requires an authenticated user"}), NotAllowed),
        ((422, {}, {"error": "Validation failed"}), BadRequest),
        ((403, {}, b"<html>"), NotAllowed),
        ((408, {}, {}), Unavailable),
        ((500, {}, b"[" * 100_000), Unavailable),
        ((200, {}, b"[" * 100_000), Unavailable),
        ((200, {}, b"<html>"), Unavailable),
        ((200, {}, {"error": "odd"}), Unavailable),
    ],
    ids=range(9),
)
def test_what_a_timeline_answers_is_translated(answer, meaning):
    with opened(posts(2)) as network:
        network.answers += [(200, {}, {}), answer]
        with pytest.raises(meaning, match=r"\w"):
            ids(make_collector(network))


@pytest.mark.parametrize(
    ("told", "until"),
    [
        ("2026-11-24T12:05:00.000000Z", datetime(2026, 11, 24, 12, 5, tzinfo=UTC)),
        ("1795521900", datetime(2026, 11, 24, 12, 5, tzinfo=UTC)),
        ("soon", None),
        ("9" * 30, None),
    ],
)
def test_a_limit_says_until_when(told, until):
    with opened([]) as network:
        network.answers.append((429, {"X-RateLimit-Reset": told}, {"error": "Too many requests"}))
        with pytest.raises(RateLimited) as caught:
            ids(make_collector(network))

    assert caught.value.until == until


def test_a_good_answer_with_an_odd_limit_header_is_read():
    with opened([]) as network:
        network.answers += [(200, {}, {}), (200, {"X-RateLimit-Reset": "soon"}, [status_of(posts(1)[0])])]

        assert len(ids(make_collector(network))) == 1


def test_a_server_that_nobody_answers_for_is_unavailable():
    with pytest.raises(Unavailable, match="did not answer"):
        ids(make_offline(servers=("http://127.0.0.1:1",)))


def test_a_check_asks_every_server_once():
    with ExitStack() as stack:
        networks = [stack.enter_context(opened(posts(90))) for _ in range(2)]
        make_collector(*networks).check()

        assert [paths(network) for network in networks] == [[RULES, TIMELINE]] * 2


def test_a_check_tells_a_refusal():
    with opened([]) as network:
        network.fail("refused")
        with pytest.raises(NotAllowed):
            make_collector(network).check()


def test_numbers_grow_with_time():
    assert number_at(START) == 1_794_906_000_000 << 16
