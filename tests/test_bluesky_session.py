"""The account's session with Bluesky, and what goes wrong on the way, against a small server that answers as Bluesky does."""

import socket
from datetime import UTC, datetime, timedelta
from threading import Thread

import pytest

from collectors.base import BadRequest, CollectorError, MemoryVault, NotAllowed, RateLimited, Unavailable
from tests.bluesky_makers import ids, kept_session, make_collector, make_offline, methods, posts
from tests.factories import NOW
from tests.networks.answering import Answer
from tests.networks.bluesky import TOKEN, opened

ENDED = "e30.eyJleHAiOjk0NjY4NDgwMH0.c2ln"  # in 2000
REFUSAL: Answer = (401, {}, {"error": "AuthMissing", "message": "no"})


# --- the session ------------------------------------------------------------------------------------------------------


def test_many_runs_need_one_login():
    vault = MemoryVault()
    with opened(posts(2)) as network:
        for _ in range(4):
            ids(make_collector(network, vault=vault))

    assert methods(network) == ["createSession", *["searchPosts"] * 4]
    assert list(vault.kept) == [f"bluesky-session-listener.example@{network.options['service']}"]


def test_a_session_whose_time_is_up_is_refreshed_and_kept_without_a_login():
    with opened(posts(2)) as network:
        vault = kept_session(network, ENDED)

        found = ids(make_collector(network, vault=vault))

    assert (len(found), methods(network)) == (2, ["refreshSession", "searchPosts"])
    assert ENDED not in next(iter(vault.kept.values()))


@pytest.mark.parametrize(
    "refusal",
    [REFUSAL, (400, {}, {"error": "ExpiredToken", "message": "Token has expired"}), (400, {}, {"error": "InvalidToken"})],
)
def test_a_kept_session_that_is_refused_is_followed_by_one_login(refusal):
    with opened(posts(2)) as network:
        vault = kept_session(network, TOKEN)
        network.answers.append(refusal)

        found = ids(make_collector(network, vault=vault))

    assert (len(found), methods(network)) == (2, ["searchPosts", "createSession", "searchPosts"])


@pytest.mark.parametrize("access", ["no token", "e30.e30.c2ln"])
def test_a_kept_session_that_cannot_be_read_is_followed_by_one_login(access):
    with opened(posts(2)) as network:
        assert len(ids(make_collector(network, vault=kept_session(network, access)))) == 2

    assert methods(network) == ["createSession", "searchPosts"]


def test_a_kept_session_of_another_form_is_followed_by_one_login():
    with opened(posts(2)) as network:
        vault = MemoryVault({f"bluesky-session-listener.example@{network.options['service']}": "something else"})

        assert len(ids(make_collector(network, vault=vault))) == 2


def test_a_new_session_that_is_refused_is_not_followed_by_another_login():
    with opened([]) as network:
        network.answers += [(200, {}, network.session), REFUSAL]

        with pytest.raises(NotAllowed):
            ids(make_collector(network))

    assert methods(network) == ["createSession", "searchPosts"]


def test_a_wrong_password_is_tried_once():
    with opened([]) as network:
        network.fail("refused")

        with pytest.raises(NotAllowed, match="check handle and app password"):
            ids(make_collector(network))

    assert methods(network) == ["createSession"]


def test_a_check_logs_in_and_asks_who_it_is():
    with opened([]) as network:
        make_collector(network).check()

    assert methods(network) == ["createSession", "getSession"]


def test_neither_the_password_nor_the_session_shows_in_the_log(caplog):
    caplog.set_level("DEBUG")
    with opened(posts(2)) as network:
        network.answers.append(REFUSAL)
        ids(make_collector(network, vault=kept_session(network, TOKEN)))

    assert "app-pass" not in caplog.text
    assert TOKEN not in caplog.text


# --- errors -----------------------------------------------------------------------------------------------------------

RESET = datetime(2026, 11, 24, 12, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("answer", "error", "until"),
    [
        ((429, {"ratelimit-reset": str(int(RESET.timestamp()))}, {"error": "RateLimitExceeded"}), RateLimited, RESET),
        ((429, {"retry-after": "60"}, b""), RateLimited, NOW + timedelta(minutes=1)),
        ((429, {"ratelimit-reset": "9" * 30}, {}), RateLimited, None),
        ((429, {}, {}), RateLimited, None),
        ((403, {"content-type": "text/html"}, b"<html>no</html>"), NotAllowed, None),
        ((401, {}, {"error": "AuthenticationRequired"}), NotAllowed, None),
        ((400, {}, {"error": "InvalidRequest", "message": "q is required"}), BadRequest, None),
        ((404, {}, b"no such method"), BadRequest, None),
        ((500, {}, b""), Unavailable, None),
        ((502, {}, {"error": "UpstreamFailure"}), Unavailable, None),
        ((409, {}, {}), Unavailable, None),
        ((200, {}, b"<html>"), Unavailable, None),
        ((200, {}, [1, 2]), Unavailable, None),
        ((200, {"content-type": "text/html"}, b"<html>"), Unavailable, None),
        ((200, {}, {"hits": 0}), Unavailable, None),
    ],
)
def test_what_goes_wrong_is_told_in_our_own_words(answer, error, until):
    with opened(posts(2)) as network:
        network.answers += [(200, {}, network.session), answer]

        with pytest.raises(CollectorError) as caught:
            ids(make_collector(network))

    assert isinstance(caught.value, error)
    assert getattr(caught.value, "until", None) == until


def test_a_server_that_is_not_there_is_unavailable():
    with opened([]) as network:
        pass

    with pytest.raises(Unavailable, match="could not be reached"):
        ids(make_collector(network))


def silent(listening: socket.socket) -> None:
    """The connection waits to be taken, for ever."""


def hanging_up(listening: socket.socket) -> None:
    Thread(target=lambda: listening.accept()[0].close()).start()


@pytest.mark.parametrize("behaves", [silent, hanging_up])
def test_a_server_that_does_not_answer_is_unavailable(behaves):
    with socket.create_server(("127.0.0.1", 0)) as listening:
        service = f"http://127.0.0.1:{listening.getsockname()[1]}"
        behaves(listening)

        with pytest.raises(Unavailable):
            ids(make_offline(service=service, hashtags=("a",), timeout=0.2))


@pytest.mark.parametrize("service", ["bsky.example", "http://bsky.example:port", "ftp://bsky.example"])
def test_a_service_that_is_no_web_address_is_a_mistake_in_the_config(service):
    with pytest.raises(BadRequest, match="address"):
        ids(make_offline(service=service, hashtags=("a",)))
