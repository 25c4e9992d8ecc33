import json
import logging
import socket
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from threading import Thread
from typing import Any

import pytest

from collectors import base, x_answers, x_objects, x_searches
from collectors.base import MemoryVault, Secret, Window
from collectors.budget import Estimate
from collectors.deadline import MOST_BYTES
from collectors.x import X
from tests.factories import NOW, make_given
from tests.networks import x, x_mentions

WEEK = Window(datetime(2026, 11, 16, tzinfo=UTC), datetime(2026, 11, 23, tzinfo=UTC))
TODAY = Window(NOW - timedelta(hours=6), NOW)
PROBLEMS = "https://api.twitter.com/2/problems/"


def make_posts(count, since=WEEK.since):
    return [
        x.make_post(number, since + timedelta(minutes=number), f"Contribution {number} #NHSThinkCarer")
        for number in range(count)
    ]


def make_x(network, **options):
    given = {name: options.pop(name) for name in ("now", "vault", "stopped", "spent") if name in options}
    return X(given=make_given(**given), **{**network.options, **options})


def read_all(collector, window=WEEK, cursor=None):
    return [post for page in collector.collect(window, cursor) for post in page.posts]


def read_until_it_breaks(collector, after_a_page=lambda: None):
    """What came until then, the cursor of the last page, and the error."""
    found: list[Any] = []
    cursor = None
    try:
        for page in collector.collect(WEEK):
            found, cursor = [*found, *page.posts], page.cursor
            after_a_page()
    except base.CollectorError as error:
        return found, cursor, error
    raise AssertionError("it did not break")


def query_of(network, at=-1):
    return {name: values[0] for name, values in network.asked[at][1].items()}


@contextmanager
def talking(talk):
    """Options for a server that does with its one connection what `talk` says."""
    with closing(socket.create_server(("127.0.0.1", 0))) as server:

        def answer():
            connection, _ = server.accept()
            with connection, suppress(OSError):
                connection.recv(65_536)
                talk(connection)

        thread = Thread(target=answer)
        thread.start()
        options: dict[str, Any] = {"bearer_token": Secret("token"), "hashtags": ("#a",)}
        yield options | {"service": f"http://127.0.0.1:{server.getsockname()[1]}"}
        thread.join()


def drip(connection):
    """A byte every 50 ms until the other side hangs up, or for two seconds."""
    connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n")
    connection.settimeout(0.05)
    for _ in range(40):
        connection.sendall(b" ")
        with suppress(TimeoutError):
            connection.recv(1)
            return


# --- what is asked --------------------------------------------------------------------------------------------------------


def test_a_young_window_is_asked_of_recent_search_in_whole_seconds():
    with x.opened([]) as network:
        window = Window(NOW - timedelta(hours=6, microseconds=1), NOW - timedelta(hours=1) + timedelta(microseconds=1))

        read_all(make_x(network), window)

    asked = query_of(network)
    assert network.asked[0][0] == "/2/tweets/search/recent"
    assert asked["query"] == "(#NHSThinkCarer) -is:retweet"
    assert (asked["start_time"], asked["end_time"]) == ("2026-11-24T05:59:59Z", "2026-11-24T11:00:01Z")
    assert "since_id" not in asked
    assert "note_tweet" in asked["tweet.fields"]


@pytest.mark.parametrize(
    ("since", "route"),
    [
        (NOW - timedelta(days=6, hours=22), "/2/tweets/search/recent"),
        (NOW - timedelta(days=7), "/2/tweets/search/all"),
        (NOW - timedelta(days=400), "/2/tweets/search/all"),
    ],
)
def test_a_window_that_begins_beyond_seven_days_is_asked_of_the_full_archive(since, route):
    with x.opened([]) as network:
        read_all(make_x(network), Window(since, NOW))

    assert network.asked[0][0] == route


def test_a_window_that_ends_now_is_read_up_to_half_a_minute_ago():
    with x.opened([]) as network:
        read_all(make_x(network), TODAY)

    assert query_of(network)["end_time"] == "2026-11-24T11:59:30Z"


def test_a_window_that_has_hardly_begun_is_not_asked_for():
    with x.opened([]) as network:
        pages = list(make_x(network).collect(Window(NOW - timedelta(seconds=20), NOW)))

    assert [page.cursor for page in pages] == [None]
    assert network.asked == []


def test_answers_to_and_quotes_of_question_posts_on_x_are_asked_for_one_after_the_other():
    urls = (
        "https://x.com/trust_ex/status/42",
        "https://mobile.twitter.com/i/web/status/43",
        "https://bsky.app/profile/a/post/44",
    )
    with x.opened([]) as network:
        read_all(make_x(network, question_posts=urls))

    assert [query_of(network, at)["query"] for at in range(len(network.asked))] == [
        "(#NHSThinkCarer) -is:retweet",
        "conversation_id:42 -is:retweet",
        "quotes_of_tweet_id:42 -is:retweet",
        "conversation_id:43 -is:retweet",
        "quotes_of_tweet_id:43 -is:retweet",
    ]


def test_many_hashtags_become_queries_that_x_still_takes():
    tags = [f"#carers{number:03d}" for number in range(90)]

    queries = x_searches.queries(tags, ())

    assert len(queries) == 3
    assert max(map(len, queries)) <= 512
    assert all(any(tag in query for query in queries) for tag in tags)


def test_nothing_to_ask_for_is_the_configs_mistake():
    with x.opened([]) as network, pytest.raises(base.BadRequest, match="no hashtags"):
        read_all(make_x(network, hashtags=()))


def test_the_coverage_box_is_told_what_is_asked():
    with x.opened([]) as network:
        asked = make_x(network, hashtags=("#A", "B"), question_posts=("https://x.com/trust_ex/status/42",)).asked

    assert asked == "posts with #A or #B, and replies to and quotes of the question posts"


@pytest.mark.parametrize(("display", "contract"), [("counts", ""), ("enterprise", "x")])
def test_cards_need_the_enterprise_contract(display, contract):
    with x.opened([]) as network:
        assert make_x(network, display=display).display_contract == contract


# --- pages ----------------------------------------------------------------------------------------------------------------


def test_pages_say_what_they_cost():
    with x.opened(make_posts(25)) as network:
        pages = list(make_x(network).collect(WEEK))

    assert [(page.requests, round(page.cost, 3)) for page in pages] == [(1, 0.05), (1, 0.05), (1, 0.025)]


def test_an_empty_page_with_a_token_is_not_the_end():
    with x.opened(make_posts(3)) as network:
        network.answers.append((200, {}, {"meta": {"result_count": 0, "next_token": "0"}}))

        assert len(read_all(make_x(network))) == 3


@pytest.mark.parametrize("tokens", [("again", "again"), ("a", "b", "a")], ids=["the same", "in a ring"])
def test_a_token_that_comes_twice_ends_the_reading(tokens):
    posts = make_posts(len(tokens))
    pages = [x.answer_of([post], next_token=token) for post, token in zip(posts, tokens, strict=True)]
    with x.opened(posts) as network:
        network.answers += [(200, {}, page) for page in pages]

        found, cursor, error = read_until_it_breaks(make_x(network))
        asked = len(network.asked)
        read_all(make_x(network), cursor=cursor)

    assert (type(error), asked, found) == (base.Unavailable, len(tokens), posts)
    assert "came twice" in str(error)
    assert "next_token" not in query_of(network, asked)


def test_a_limit_in_the_middle_of_a_reading_says_when_to_come_back_and_loses_nothing():
    with x.opened(make_posts(25)) as network:
        found, cursor, error = read_until_it_breaks(make_x(network), partial(network.fail, "limited"))
        found += read_all(make_x(network), cursor=cursor)

    assert (type(error), error.until) == (base.RateLimited, datetime.fromtimestamp(1795521600, UTC))
    assert len({post.id for post in found}) == len(found) == 25


def test_an_answer_that_does_not_say_whether_it_goes_on_is_not_trusted():
    with x.opened([]) as network:
        network.answers.append((200, {}, {"data": x.answer_of(make_posts(1))["data"]}))

        with pytest.raises(base.Unavailable, match="goes on"):
            read_all(make_x(network))


def test_an_overloaded_server_is_asked_once_for_half_a_page():
    with x.opened(make_posts(3)) as network:
        network.answers.append((503, {}, {"title": "Service Unavailable"}))

        pages = list(make_x(network, max_results=300).collect(WEEK))

    assert [query_of(network, at)["max_results"] for at in (0, 1)] == ["300", "150"]
    assert pages[0].requests == 2


@pytest.mark.parametrize(("size", "asked"), [(10, 1), (100, 2)])
def test_a_server_that_stays_overloaded_is_unavailable(size, asked):
    with x.opened([]) as network:
        network.answers += [(503, {}, b"")] * 2

        with pytest.raises(base.Unavailable, match="503"):
            read_all(make_x(network, max_results=size))

    assert len(network.asked) == asked


def test_a_resumed_reading_asks_for_the_same_end():
    with x.opened(make_posts(25, since=TODAY.since)) as network:
        cursor = next(make_x(network).collect(TODAY)).cursor

        read_all(make_x(network, now=NOW + timedelta(minutes=5)), TODAY, cursor)

    assert query_of(network, 1)["end_time"] == query_of(network, 0)["end_time"]
    assert query_of(network, 1)["next_token"] == "10"


def test_a_reading_resumed_when_the_window_has_aged_begins_its_query_again_in_the_archive():
    with x.opened(make_posts(25, since=TODAY.since)) as network:
        cursor = next(make_x(network).collect(TODAY)).cursor

        rest = read_all(make_x(network, now=NOW + timedelta(days=8)), TODAY, cursor)

    assert network.asked[1][0] == "/2/tweets/search/all"
    assert len(rest) == 25


def test_a_cursor_that_nobody_knows_begins_again():
    with x.opened(make_posts(3)) as network:
        assert len(read_all(make_x(network), cursor="what")) == 3


# --- errors: sources and wording of X's answers as seen in public ---------------------------------------------------------

NOT_ENROLLED = {
    "client_id": "00000000",
    "detail": "When authenticating requests to the Twitter API v2 endpoints, use an App in a Project.",
    "title": "Client Forbidden",
    "required_enrollment": "Appropriate Level of API Access",
    "reason": "client-not-enrolled",
    "type": PROBLEMS + "client-forbidden",
}
BAD_START = {
    "errors": [{"message": "Invalid 'start_time':'2006-01-01T00:00Z'. 'start_time' must be on or after 2006-03-21T00:00Z"}],
    "title": "Invalid Request",
    "detail": "One or more parameters to your request was invalid.",
    "type": PROBLEMS + "invalid-request",
}
CAPPED = {
    "title": "UsageCapExceeded",
    "detail": "Usage cap exceeded: Monthly product cap",
    "type": "https://api.x.com/2/problems/usage-capped",
}
TABLE = {
    "200 only errors": (200, {}, {"errors": [{"code": 130, "message": "Over capacity"}]}, base.Unavailable, "Over capacity"),
    "200 lost and no meta": (200, {}, {"errors": [{"type": PROBLEMS + "resource-not-found"}]}, base.Unavailable, "only errors"),
    "200 html": (200, {}, b"<html>Something went wrong</html>", base.Unavailable, "not JSON"),
    "200 empty": (200, {}, b"", base.Unavailable, "not JSON"),
    "200 cut": (200, {}, b'{"data": [{"id": "1', base.Unavailable, "part of it"),
    "200 list": (200, {}, b"[]", base.Unavailable, "no object"),
    "400 dates": (400, {}, BAD_START, base.BadRequest, "must be on or after 2006-03-21"),
    "401": (401, {}, {"title": "Unauthorized", "type": "about:blank", "status": 401}, base.NotAllowed, "Unauthorized"),
    "402": (
        402,
        {},
        {"title": "CreditsDepleted", "detail": "no credits", "type": PROBLEMS + "credits"},
        base.OutOfCredit,
        "no credits",
    ),
    "403 not enrolled": (403, {}, NOT_ENROLLED, base.NotAllowed, "in a Project"),
    "404 empty": (404, {}, b"", base.Unavailable, "404"),
    "429 cap": (
        429,
        {"x-rate-limit-remaining": "7", "x-rate-limit-reset": "1795521600"},
        CAPPED,
        base.OutOfCredit,
        "waiting does not help",
    ),
    "429 strange": (429, {"x-rate-limit-reset": "soon"}, {}, base.Unavailable, "tweepy"),
    "500 html": (500, {}, b"<html>", base.Unavailable, "500"),
    "500 list": (500, {}, b"[]", base.Unavailable, "tweepy"),
    "502 empty": (502, {}, b"", base.Unavailable, "502"),
}


@pytest.mark.parametrize("row", TABLE.values(), ids=TABLE)
def test_each_answer_of_the_error_table_has_its_meaning(row):
    status, headers, body, meaning, words = row
    with x.opened([]) as network:
        network.answers.append((status, headers, body))

        with pytest.raises(meaning, match=words):
            read_all(make_x(network))

    assert len(network.asked) == 1


@pytest.mark.parametrize(
    "body",
    [
        {"title": "Too Many Requests", "type": "about:blank", "status": 429},
        {"errors": [{"code": 88, "message": "Rate limit exceeded"}]},
    ],
    ids=["v2", "v1"],
)
@pytest.mark.parametrize(
    ("headers", "until"), [({"x-rate-limit-reset": "1795521600"}, datetime(2026, 11, 24, 12, tzinfo=UTC)), ({}, None)]
)
def test_a_rate_limit_says_until_when(body, headers, until):
    with x.opened([]) as network:
        network.answers.append((429, headers, body))

        with pytest.raises(base.RateLimited) as caught:
            read_all(make_x(network))

    assert caught.value.until == until


def test_errors_beside_posts_are_no_failure():
    with x.opened([]) as network:
        answer = x.answer_of(make_posts(2)) | {
            "errors": [{"type": PROBLEMS + "not-authorized-for-resource", "title": "Authorization Error"}]
        }
        network.answers.append((200, {}, answer))

        assert len(read_all(make_x(network))) == 2


HEAD = b"HTTP/1.1 200 OK\r\n"
BROKEN = {
    "hangs up": lambda connection: connection.close(),
    "cut": lambda connection: connection.sendall(HEAD + b"content-length: 100\r\n\r\n{"),
    "bad gzip": lambda connection: connection.sendall(HEAD + b"content-encoding: gzip\r\ncontent-length: 4\r\n\r\nnope"),
    "bad chunk": lambda connection: connection.sendall(HEAD + b"transfer-encoding: chunked\r\n\r\nzz\r\n"),
    "stalls": lambda connection: [connection.sendall(HEAD + b"content-length: 100\r\n\r\n{"), connection.recv(1)],
    "drips": drip,
    "has no end": lambda connection: connection.sendall(HEAD + b"\r\n" + b" " * (MOST_BYTES + 1)),
}


@pytest.mark.parametrize("talk", BROKEN.values(), ids=BROKEN)
def test_an_answer_that_does_not_come_whole_in_time_is_unavailable(talk):
    with talking(talk) as options, pytest.raises(base.Unavailable, match="did not answer as it should"):
        read_all(X(given=make_given(), timeout=0.3, **options))


def test_nobody_listening_is_unavailable():
    with x.opened([]) as network:
        pass

    with pytest.raises(base.Unavailable, match="ConnectionError"):
        read_all(make_x(network))


def test_newer_names_are_used_when_the_older_are_refused():
    refusal = {"errors": [{"message": "The query parameter [tweet.fields] is not one of [query,post.fields]"}]}
    with x.opened(make_posts(1)) as network:
        network.answers.append((400, {}, refusal))

        posts = read_all(make_x(network))

    assert len(posts) == 1
    assert "note_post" in query_of(network)["post.fields"]


def test_the_token_is_never_logged(caplog):
    with caplog.at_level(logging.DEBUG), x.opened(make_posts(1)) as network:
        read_all(make_x(network, bearer_token=Secret("canary-token")))

    assert "1 posts in its tweet names" in caplog.text
    assert "canary-token" not in caplog.text


# --- ceilings -----------------------------------------------------------------------------------------------------------------


class Ledger:
    """What was spent, and when, as the service's ledger tells a collector."""

    def __init__(self, *spent):
        self.spent = list(spent)

    def since(self, moment):
        return sum(cost for at, cost in self.spent if at >= moment)

    def read(self, collector, now=NOW):
        for page in collector.collect(WEEK):
            self.spent.append((now, page.cost))


def test_a_ceiling_is_never_crossed_and_says_until_when():
    ledger = Ledger()
    with x.opened(make_posts(45)) as network, pytest.raises(base.AtCeiling, match=r"at_most_day = \$0\.12 is") as caught:
        ledger.read(make_x(network, spent=ledger.since, at_most_day=0.12))

    assert ledger.since(WEEK.since) == pytest.approx(0.1)
    assert len(network.asked) == 2
    assert caught.value.until == datetime(2026, 11, 25, tzinfo=UTC)


def test_the_week_begins_on_monday_and_its_ceiling_comes_first():
    ledger = Ledger((datetime(2026, 11, 22, 23, 59, tzinfo=UTC), 9.0), (datetime(2026, 11, 23, tzinfo=UTC), 4.98))
    with x.opened(make_posts(1)) as network, pytest.raises(base.AtCeiling, match="at_most_week") as caught:
        ledger.read(make_x(network, spent=ledger.since, at_most_day=4.0, at_most_week=5.0))

    assert caught.value.until == datetime(2026, 11, 30, tzinfo=UTC)
    assert network.asked == []


def test_no_more_is_asked_for_than_the_ceiling_leaves():
    with x.opened(make_posts(1)) as network:
        read_all(make_x(network, max_results=100, at_most_day=0.2))

    assert query_of(network)["max_results"] == "40"


def test_a_look_up_asks_for_no_more_than_the_ceiling_leaves():
    posts = make_posts(150)
    with x.opened(posts) as network:
        look_up = make_x(network, at_most_day=0.62).look_up([post.id for post in posts])
        found = [next(look_up) for _ in range(124)]
        with pytest.raises(base.AtCeiling):
            next(look_up)

    assert sum(one.cost for one in found) == pytest.approx(0.62)
    assert [len(query["ids"][0].split(",")) for _, query in network.asked] == [100, 24]


def test_what_an_answer_cost_that_cannot_be_used_is_told():
    with x.opened([]) as network:
        network.answers.append((200, {}, {"data": [{"id": "1", "text": "a"}] * 3, "meta": {}}))

        with pytest.raises(base.Unavailable) as caught:
            read_all(make_x(network))

    assert caught.value.cost == pytest.approx(0.015)


def test_posts_that_cost_nothing_are_never_too_many():
    with x.opened(make_posts(3)) as network:
        assert len(read_all(make_x(network, price=0))) == 3


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"price": -1.0}, "price must be"),
        ({"price": float("nan")}, "price must be"),
        ({"at_most_day": float("inf")}, "at_most_day must be an amount"),
        ({"at_most_week": -2.0}, "at_most_week must be an amount"),
        ({"price_of_mention": -1.0}, "price_of_mention must be"),
        ({"max_results": 9}, "max_results must be from 10 to 500"),
        ({"max_results": 501}, "max_results must be from 10 to 500"),
        ({"price": 0.0, "at_most_day": 1.0}, "at_most_day has no meaning"),
        ({"at_most_week": 0.04}, r"a page of 10 posts costs \$0\.05"),
    ],
)
def test_amounts_that_make_no_sense_are_refused(options, said):
    with x.opened([]) as network, pytest.raises(ValueError, match=said):
        make_x(network, **options)


# --- mentions of our own account ---------------------------------------------------------------------------------------------


def test_mentions_cost_a_fifth_and_need_no_hashtag():
    with x_mentions.opened(make_posts(25)) as network:
        pages = list(make_x(network, hashtags=()).collect(WEEK))

    assert [(len(page.posts), round(page.cost, 3)) for page in pages] == [(0, 0.01), (10, 0.01), (10, 0.01), (5, 0.005)]
    assert [path for path, _ in network.asked[:2]] == ["/2/users/by/username/trust_ex", "/2/users/2244/mentions"]
    assert query_of(network)["pagination_token"] == "20"


def test_the_number_of_an_account_is_asked_for_once_and_again_for_another():
    vault = MemoryVault()
    with x_mentions.opened(make_posts(1)) as network:
        for account in ("trust_ex", "@Trust_Ex"):
            read_all(make_x(network, account=account, vault=vault))
        once = len(network.asked)
        with suppress(base.CollectorError):
            read_all(make_x(network, account="other_ex", vault=vault))

    assert once == 3
    assert network.asked[3][0] == "/2/users/by/username/other_ex"


def test_an_account_that_x_does_not_know_is_the_configs_mistake():
    lost = {"parameter": "username", "type": PROBLEMS + "resource-not-found", "detail": "Could not find user"}
    with x_mentions.opened([]) as network:
        network.answers.append((200, {}, {"errors": [lost]}))

        with pytest.raises(base.BadRequest, match="@trust_ex: Could not find user"):
            read_all(make_x(network))


def test_mentions_are_counted_before_they_are_read_at_their_own_price():
    with x_mentions.opened(make_posts(25)) as network:
        estimate = make_x(network).estimate(WEEK)

    assert query_of(network)["query"] == "@trust_ex"
    assert (estimate.posts, estimate.cost) == (25, pytest.approx(0.025))


def test_the_coverage_box_is_told_that_mentions_are_read():
    with x_mentions.opened([]) as network:
        assert make_x(network).asked == "posts that mention @trust_ex"


def test_a_look_up_of_mentions_costs_what_any_post_costs():
    (post,) = make_posts(1)
    with x_mentions.opened([post]) as network:
        (found,) = make_x(network).look_up([post.id])

    assert found.cost == 0.005


@pytest.mark.parametrize("account", ["two words", "@", "https://x.com/trust_ex", "a" * 16])
def test_what_is_no_handle_is_refused(account):
    with x.opened([]) as network, pytest.raises(ValueError, match="must be a handle"):
        make_x(network, account=account)


# --- counts, before a reading -----------------------------------------------------------------------------------------------


def test_an_estimate_tells_posts_and_dollars_and_what_asking_cost():
    with x.opened(make_posts(25)) as network:
        estimate = make_x(network, question_posts=("https://x.com/trust_ex/status/42",)).estimate(WEEK)

    assert (estimate.posts, estimate.requests) == (75, 3)
    assert (estimate.cost, estimate.asking) == (pytest.approx(0.375), pytest.approx(0.03))
    assert {path for path, _ in network.asked} == {"/2/tweets/counts/all"}
    assert query_of(network)["granularity"] == "day"


def test_what_is_young_is_counted_by_recent_search_at_half_the_price():
    with x.opened(make_posts(3, TODAY.since)) as network:
        estimate = make_x(network).estimate(TODAY)

    assert (estimate.posts, estimate.asking) == (3, 0.005)
    assert network.asked[0][0] == "/2/tweets/counts/recent"


def test_a_long_span_is_counted_page_by_page():
    posts = [x.make_post(day, WEEK.since - timedelta(days=day), "#NHSThinkCarer") for day in range(70)]
    with x.opened(posts) as network:
        estimate = make_x(network).estimate(Window(WEEK.since - timedelta(days=80), WEEK.until))

    assert (estimate.posts, estimate.requests) == (70, 3)


def test_nothing_is_asked_about_a_window_that_has_hardly_begun():
    with x.opened([]) as network:
        assert make_x(network).estimate(Window(NOW - timedelta(seconds=20), NOW)) == Estimate(posts=0, cost=0.0)

    assert network.asked == []


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ({"data": [{"start": "2026-11-16T00:00:00Z"}], "meta": {}}, "form"),
        ({"meta": {"next_token": "again"}}, "circle"),
        ({"data": []}, "goes on"),
    ],
)
def test_counts_that_cannot_be_are_no_estimate_and_cost_all_the_same(answer, said):
    with x.opened([]) as network:
        network.answers += [(200, {}, answer)] * 2
        with pytest.raises(base.Unavailable, match=said) as caught:
            make_x(network).estimate(WEEK)

    assert caught.value.cost == pytest.approx(0.01 * len(network.asked))


def test_newer_names_of_counts_are_read_too():
    with x.opened([]) as network:
        network.answers.append((200, {}, {"data": [{"post_count": 4}, {"post_count": 5}], "meta": {"total_post_count": 9}}))

        assert make_x(network).estimate(WEEK).posts == 9


def test_not_even_the_question_is_asked_beyond_a_ceiling():
    with x.opened([]) as network, pytest.raises(base.AtCeiling):
        make_x(network, at_most_day=1.0, spent=lambda _: 0.995).estimate(WEEK)

    assert network.asked == []


# --- look-ups ---------------------------------------------------------------------------------------------------------------


def test_a_look_up_tells_present_from_gone_in_hundreds():
    posts = make_posts(101)
    with x.opened(posts) as network:
        found = list(make_x(network).look_up([*(post.id for post in posts), "404"]))

    assert len(network.asked) == 2
    assert [one.item.post.id for one in found if one.state == "present"] == [post.id for post in posts]
    assert [one.id for one in found if one.state == "gone"] == ["404"]


def test_a_look_up_without_an_answer_says_nothing():
    with x.opened([]) as network:
        network.answers.append((200, {}, {}))

        assert list(make_x(network).look_up(["1"])) == []


def test_a_look_up_of_an_edited_post_gives_its_last_version():
    old, new = x.answer_of(make_posts(1)), x.answer_of(make_posts(1))
    first = old["data"][0]["id"]
    history = [first, str(int(first) + (60_000 << 22))]
    old["data"][0]["edit_history_tweet_ids"] = history
    new["data"][0] |= {"edit_history_tweet_ids": history, "id": history[1], "text": "better said"}
    with x.opened([]) as network:
        network.answers += [(200, {}, old), (200, {}, new)]

        (found,) = make_x(network).look_up([first])

    assert (found.id, found.state) == (first, "present")
    assert (found.item.post.text, found.item.post.version) == ("better said", history[1])
    assert found.item.post.edited_at - found.item.post.posted_at == timedelta(minutes=1)


def test_a_look_up_that_fails_removes_nothing():
    with x.opened([]) as network:
        network.answers.append((200, {}, {"errors": [{"message": "Over capacity", "code": 130}]}))

        with pytest.raises(base.Unavailable):
            list(make_x(network).look_up(["1"]))


def test_a_look_up_stops_when_told():
    with x.opened([]) as network:
        list(make_x(network, stopped=lambda: True).look_up([str(number) for number in range(250)]))

    assert len(network.asked) == 1


def test_a_check_asks_for_the_usage_and_reads_no_post():
    with x.opened([]) as network:
        make_x(network).check()

    assert [path for path, _ in network.asked] == ["/2/usage/tweets"]


# --- objects ----------------------------------------------------------------------------------------------------------------


def one_post(**fields):
    answer = x.answer_of(make_posts(1))
    answer["data"][0] |= fields
    return x_objects.read(answer).posts[0]


def test_fields_that_were_asked_for_and_did_not_come_are_told_loudly():
    with pytest.raises(base.Unavailable, match="vocabulary"):
        x_objects.read({"data": [{"id": "1", "text": "a"}], "meta": {}})


@pytest.mark.parametrize(
    "odd", [{"public_metrics": {"like_count": "many"}}, {"created_at": "yesterday"}, {"entities": [1]}, {"id": ""}]
)
def test_an_odd_post_is_set_aside_and_the_rest_is_read(odd):
    answer = x.answer_of(make_posts(2))
    answer["data"][0] |= odd | ({"edit_history_tweet_ids": []} if "id" in odd else {})

    page = x_objects.read(answer)

    assert len(page.posts) == 1
    assert [aside.reason for aside in page.asides] == ["unreadable"]


@pytest.mark.parametrize(("lang", "read"), [("en", "en"), ("und", ""), ("qme", ""), ("zxx", "")])
def test_xs_own_language_codes_mean_unknown(lang, read):
    assert one_post(lang=lang).lang == read


def test_text_is_unescaped_once_and_can_be_stored():
    assert one_post(text="a &amp;lt; b &lt;i&gt; \0\ud83d").text == "a &lt; b <i> \ufffd"


def test_a_retweet_of_something_lost_keeps_what_came():
    post = one_post(text="RT @someone_ex: half a sente…", referenced_tweets=[{"type": "retweeted", "id": "7"}])

    assert (post.kind, post.repost_of, post.text) == ("repost", "7", "RT @someone_ex: half a sente…")


def test_includes_that_are_no_object_are_passed_over():
    answer = json.loads(json.dumps(x.answer_of(make_posts(1)))) | {"includes": []}

    assert x_objects.read(answer).posts[0].author.handle == ""


def test_the_vocabulary_is_told():
    assert [x_objects.vocabulary({"data": [{f"edit_history_{name}_ids": []}]}) for name in ("tweet", "post")] == [
        "tweet",
        "post",
    ]
    assert x_objects.vocabulary({}) == ""


def test_an_answer_without_any_reason_says_so():
    assert x_answers.reason_of({}) == "no reason given"
