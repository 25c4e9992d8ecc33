"""The Bluesky collector against a small server that answers as Bluesky does."""

import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from typing import ClassVar

import pytest

from collectors.base import BadRequest, Unavailable, fingerprint
from collectors.bluesky import Bluesky
from collectors.bluesky_stages import Place, Stage, addresses_of, tags_of
from collectors.bluesky_views import address_of
from collectors.post import Author, Post
from tests.bluesky_makers import START, WINDOW, ids, ids_of, make_collector, make_offline, methods, posts
from tests.networks.answering import Answer
from tests.networks.bluesky import Network, make_post, opened, view_of

# --- what is asked ----------------------------------------------------------------------------------------------------


def test_the_search_is_two_hours_wider_than_the_window_and_in_full_timestamps():
    with opened([]) as network:
        ids(make_collector(network))

    [query] = [query for method, query in network.asked if method == "searchPosts"]
    assert (query["q"], query["tag"], query["sort"], query["limit"]) == (
        ["#NHSThinkCarer"],
        ["NHSThinkCarer"],
        ["latest"],
        ["100"],
    )
    assert (query["since"], query["until"]) == (["2026-11-17T07:00:00.000Z"], ["2026-11-17T12:00:00.000Z"])


def test_each_hashtag_is_asked_for_once_in_whatever_case_and_with_or_without_its_sign():
    assert tags_of(["#Carer", "carer", " #Respite ", "#"]) == ("carer", "Respite")


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("https://bsky.app/profile/asks.example/post/3m5z", ["at://asks.example/app.bsky.feed.post/3m5z"]),
        ("https://bsky.app/profile/did:plc:a/post/3m5z/?ref=x", ["at://did:plc:a/app.bsky.feed.post/3m5z"]),
        (" at://did:plc:a/app.bsky.feed.post/3m5z", ["at://did:plc:a/app.bsky.feed.post/3m5z"]),
        ("https://x.example/asks/status/1", []),
        ("https://bsky.app/profile/asks.example", []),
    ],
)
def test_question_posts_of_other_networks_are_passed_over(given, expected):
    assert list(addresses_of([given, given])) == expected


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"hashtags": ("#A", "b")}, "posts with #A or #b"),
        ({"question_posts": ("at://did:plc:a/app.bsky.feed.post/1",)}, "replies to and quotes of the question post"),
        (
            {"hashtags": ("A",), "question_posts": tuple(f"at://did:plc:a/app.bsky.feed.post/{n}" for n in "12")},
            "posts with #A; replies to and quotes of 2 question posts",
        ),
        ({}, ""),
    ],
)
def test_what_is_asked_is_told_in_plain_words(options, expected):
    assert make_offline(**options).asked == expected


def test_who_asks_for_nothing_gets_one_empty_page_and_no_login():
    with opened([]) as network:
        pages = list(make_collector(network, hashtags=()).collect(WINDOW))

    assert ([page.items for page in pages], pages[0].cursor, network.asked) == ([()], None, [])


def test_the_sdk_is_loaded_when_a_connection_is_opened_and_not_before():
    code = "import sys, collectors; collectors.find('bluesky'); print('atproto' in sys.modules, 'httpx' in sys.modules)"

    told = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout

    assert told.split() == ["False", "False"]


# --- what comes -------------------------------------------------------------------------------------------------------


def test_a_longer_tag_that_the_search_finds_too_is_left_out():
    wanted, longer = make_post(1, START, "One #NHSThinkCarer"), make_post(2, START, "Two #NHSThinkCarerMore")
    with opened([]) as network:
        network.answers += [(200, {}, network.session), (200, {}, {"posts": [view_of(wanted), view_of(longer)]})]

        found = ids(make_collector(network))

    assert found == [wanted.id]


def test_pages_that_are_short_or_empty_do_not_end_the_reading():
    with opened([]) as network:
        network.answers += [(200, {}, network.session), (200, {}, {"posts": [], "cursor": "1"})]
        network.answers += [(200, {}, {"posts": [view_of(posts(1)[0])], "cursor": "2"}), (200, {}, {"posts": []})]

        pages = list(make_collector(network).collect(WINDOW))

    assert [len(page.items) for page in pages] == [0, 1, 0]
    assert [page.requests for page in pages] == [2, 1, 1]


def test_a_cursor_that_comes_again_ends_the_run():
    with opened([]) as network:
        network.answers += [(200, {}, network.session), *[(200, {}, {"posts": [], "cursor": "1"})] * 3]

        with pytest.raises(Unavailable, match="same cursor twice"):
            ids(make_collector(network))


class Capped(Bluesky):
    HITS_AT_MOST: ClassVar[int] = 200


def test_a_window_that_holds_more_than_a_search_shows_is_read_in_halves():
    given = posts(1500)
    with opened(given, cap=200) as network:
        found = ids(make_collector(network, Capped))

    assert len(set(found)) == 1500
    assert set(found) == set(ids_of(given))


def test_one_second_that_holds_more_than_a_search_shows_is_told():
    given = [replace(post, posted_at=START) for post in posts(300)]
    with opened(given, cap=200) as network, pytest.raises(Unavailable, match="within one second"):
        ids(make_collector(network, Capped))


def thread(depth: int) -> list[Post]:
    made = [make_post(0, START, "What would help you?")]
    for number in range(1, depth + 1):
        made.append(replace(make_post(number, START, f"Answer {number}"), kind="reply", in_reply_to=made[-1].id))
    return made


def test_replies_come_however_deep_and_quotes_too_with_or_without_the_tag():
    question, *replies = thread(50)
    quote = replace(make_post(60, START, "Asked well"), quote_of=question.id)
    with opened([question, *replies, quote]) as network:
        found = ids(make_collector(network, question_posts=(address_of(question.id),)))

    assert found == ids_of([*replies, quote])
    assert methods(network).count("getPostThread") == 3


def test_a_question_post_may_be_named_by_its_authors_handle():
    question, reply = thread(1)
    with opened([question, reply]) as network:
        page = f"https://bsky.app/profile/{question.author.handle}/post/{question.id.split('/')[0]}"

        found = ids(make_collector(network, hashtags=(), question_posts=(page,)))

    assert found == [reply.id]


@pytest.mark.parametrize("name", ["at://did:plc:a/app.bsky.feed.post/1", "https://bsky.app/profile/gone.example/post/1"])
def test_a_question_post_that_is_not_there_is_told_in_the_log_and_no_error(name, caplog):
    with opened(posts(1)) as network:
        gone: Answer = (400, {}, {"error": "NotFound", "message": "Post not found"})
        network.answers += [(200, {}, network.session), gone, gone]

        found = ids(make_collector(network, hashtags=(), question_posts=(name,)))

    assert found == []
    assert caplog.messages[0].startswith("tag: no replies of at://")


def test_reading_stops_between_pages_when_asked_to():
    with opened(posts(250)) as network:
        pages = list(make_collector(network, stopped=lambda: True).collect(WINDOW))

    assert (len(pages), pages[0].cursor is None) == (1, False)


# --- reading on -------------------------------------------------------------------------------------------------------


def test_a_reading_goes_on_from_every_cursor():
    question, *replies = thread(30)
    given = [*posts(350)[40:], question, *replies]
    with opened(given) as network:
        collector = make_collector(network, question_posts=(address_of(question.id),))
        pages = list(collector.collect(WINDOW))
        whole = ids(collector)

        for number, page in enumerate(pages[:-1], 1):
            first = [post.id for one in pages[:number] for post in one.posts]
            assert sorted([*first, *ids(collector, page.cursor)]) == whole

    assert pages[-1].cursor is None


@pytest.mark.parametrize("answer", [(400, {}, {"error": "InvalidRequest", "message": "Invalid cursor format"}), (502, {}, {})])
def test_a_network_cursor_that_is_no_longer_taken_starts_its_stage_again(answer):
    with opened(posts(250)) as network:
        collector = make_collector(network)
        first = next(collector.collect(WINDOW))
        network.answers.append(answer)

        assert ids(collector, first.cursor) == ids_of(posts(250))


def test_a_refused_question_is_not_asked_again():
    with opened(posts(250)) as network:
        network.answers += [(200, {}, network.session), (400, {}, {"error": "InvalidRequest", "message": "bad q"})]

        with pytest.raises(BadRequest, match="bad q"):
            ids(make_collector(network))

    assert methods(network) == ["createSession", "searchPosts"]


@pytest.mark.parametrize(
    "cursor", ["of another program", "{}", "[]", '{"stages": [["search", "a", "never", "ever"]], "cursor": null}']
)
def test_a_cursor_that_is_not_ours_starts_the_window_again(cursor):
    with opened(posts(5)) as network:
        assert ids(make_collector(network), cursor) == ids_of(posts(5))


def test_a_place_is_told_and_heard():
    place = Place((Stage("search", "carer", WINDOW), Stage("quotes", "at://did:plc:a/app.bsky.feed.post/1")), "next", 3)

    assert Place.heard(place.told() or "") == place


# --- looking up -------------------------------------------------------------------------------------------------------


def test_a_look_up_says_what_is_there_and_what_is_gone():
    given = posts(60)
    changed = replace(given[0], text="Corrected #NHSThinkCarer", version="bafyother")
    with opened([changed, *given[2:]]) as network:
        found = {one.id: one for one in make_collector(network).look_up([*ids_of(given), "not one of ours"])}

    assert methods(network).count("getPosts") == 3
    assert {id for id, one in found.items() if one.state == "gone"} == {given[1].id}
    assert [one.item.post for one in found.values() if one.item and one.id == changed.id] == [changed]
    assert len(found) == 60


def test_an_empty_answer_for_many_posts_is_asked_again_one_by_one():
    given = posts(3)
    with opened(given[1:]) as network:
        network.answers += [(200, {}, network.session), (200, {}, {"posts": []})]

        states = [one.state for one in make_collector(network).look_up([post.id for post in given])]

    assert states == ["gone", "present", "present"]


def test_a_post_that_is_there_but_cannot_be_read_is_neither():
    [post] = posts(1)
    view = view_of(post)
    with opened([]) as network:
        timeless = {**view, "indexedAt": "", "record": {"text": "No time"}}
        network.answers += [(200, {}, network.session), (200, {}, {"posts": [timeless]})]

        assert list(make_collector(network).look_up([post.id])) == []


def test_a_look_up_stops_when_asked_to():
    with opened(posts(60)) as network:
        assert list(make_collector(network, stopped=lambda: True).look_up(ids_of(posts(60)))) == []


def test_a_failed_look_up_says_nothing_is_gone():
    with opened(posts(2)) as network:
        network.answers += [(200, {}, network.session), (200, {}, {"error": "none"})]

        with pytest.raises(Unavailable, match="without posts"):
            list(make_collector(network).look_up(ids_of(posts(2))))


# --- what partners pass on ----------------------------------------------------------------------------------------------


def passed_on(number: int, at: timedelta, by: str, of: Post) -> Post:
    made = make_post(number, START + at, "")
    return replace(made, kind="repost", repost_of=of.id, author=replace(made.author, handle=by))


def passing(network, **options):
    options = {"hashtags": (), "partners": ("@Hub.example",), "question_posts": (address_of(QUESTION.id),)} | options
    collector = make_collector(network, **options)
    return [(post.author.handle, post.kind, post.repost_of) for page in collector.collect(WINDOW) for post in page.posts]


QUESTION = make_post(1, START - timedelta(days=1), "What would help?")
HUB_AUTHOR = Author(handle="hub.example", id="did:plc:hub")
HUB = ("hub.example", "repost", QUESTION.id)


def test_a_partners_repost_of_the_question_comes_and_nobody_elses():
    other = make_post(2, START, "Something else")
    inside, outside = (
        passed_on(3, timedelta(minutes=3), "hub.example", QUESTION),
        passed_on(4, timedelta(hours=2), "hub.example", QUESTION),
    )
    others = [
        passed_on(5, timedelta(minutes=5), "carer.example", QUESTION),
        passed_on(6, timedelta(minutes=6), "hub.example", other),
    ]

    with opened([QUESTION, other, inside, outside, *others]) as network:
        found = passing(network)

    assert found == [HUB]


def test_a_feed_is_read_back_to_the_beginning_of_the_window_and_no_further():
    chatter = [replace(make_post(n, START - timedelta(minutes=n), "Chatter"), author=HUB_AUTHOR) for n in range(400)]
    first = passed_on(500, timedelta(minutes=1), "hub.example", QUESTION)

    with opened([QUESTION, first, *chatter]) as network:
        found = passing(network)

    assert (found, methods(network).count("getAuthorFeed")) == ([HUB], 2)


def test_a_partner_that_is_not_known_keeps_nothing_else_from_being_read():
    reply = replace(make_post(7, START, "A sitter"), in_reply_to=QUESTION.id)
    unknown: Answer = (400, {}, {"error": "InvalidRequest", "message": "Profile not found"})

    class Missing(Network):
        def answer(self, path, query):
            return unknown if path.endswith("getAuthorFeed") else super().answer(path, query)

    with opened([QUESTION, reply]) as network:
        network.__class__ = Missing

        assert passing(network) == [(reply.author.handle, "reply", "")]


def test_without_a_question_post_no_partner_is_asked():
    with opened([]) as network:
        passing(network, question_posts=(), hashtags=("a",))

    assert "getAuthorFeed" not in methods(network)


def test_a_repost_that_was_taken_back_is_gone():
    crowd = [passed_on(n, timedelta(0), f"carer{n}.example", QUESTION) for n in range(10, 140)]
    stands, taken_back = (f"{QUESTION.id.partition('/')[0]}#repost/{did}" for did in (crowd[-1].author.id, "did:plc:back"))

    with opened([QUESTION, *crowd]) as network:
        asks = make_collector(network, question_posts=(address_of(QUESTION.id),))
        found = {one.id: one.state for one in asks.look_up([stands, taken_back, "3mother#repost/did:plc:a"])}

    assert found == {stands: "present", taken_back: "gone"}
    assert methods(network)[-2:] == ["getRepostedBy", "getRepostedBy"]


def test_of_a_question_by_somebody_unknown_nothing_is_said():
    with opened([QUESTION]) as network:
        asks = make_collector(network, question_posts=("at://gone.example/app.bsky.feed.post/3m1",))
        asks.check()
        network.answers = [(400, {}, {"error": "InvalidRequest", "message": "Unable to resolve handle"})]

        assert list(asks.look_up(["3m1#repost/did:plc:a"])) == []


def test_a_list_of_who_passed_on_that_has_no_end_is_no_answer():
    endless: Answer = (200, {}, {"repostedBy": [], "cursor": "again"})
    with opened([QUESTION]) as network:
        asks = make_collector(network, question_posts=(address_of(QUESTION.id),))
        asks.check()
        network.answers = [endless, endless]

        with pytest.raises(Unavailable, match="no end"):
            list(asks.look_up([f"{QUESTION.id.partition('/')[0]}#repost/did:plc:a"]))


def test_a_check_names_partners_that_bluesky_does_not_know():
    with opened([QUESTION]) as network:
        known = QUESTION.author.handle
        make_collector(network, partners=(known,)).check()

        with pytest.raises(BadRequest, match=r"knows no hub\.example: "):
            make_collector(network, partners=(known, "@Hub.example")).check()


def test_partners_are_part_of_the_question_once_there_are_any():
    names = [
        fingerprint(make_offline(hashtags=("a",), **more)) for more in ({}, {"partners": ()}, {"partners": ("hub.example",)})
    ]

    assert names[0] == names[1] == "123c30b32144d37c"  # as before there was such an option
    assert names[2] != names[0]
