"""One GET: its deadline, its size, where it may lead, and what is said when it goes wrong."""

import gzip
import socket
import ssl
import time
import tracemalloc
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread

import pytest

from collectors import base, fetch
from tests.factories import NOW
from tests.networks.answering import Answer, Query, answering
from tests.servers import certificates

Act = Callable[[BaseHTTPRequestHandler, Event], None]


def get(url: str, *, timeout: float = 20, allow: bool = True, known: fetch.Answer | None = None) -> fetch.Answer:
    asked = fetch.Request(url=url, timeout=timeout, headers={"x-key": "k"}, known=known, allow_private_addresses=allow)
    return fetch.get(asked, NOW)


@contextmanager
def serving(act: Act, files: certificates.Certificates | None = None) -> Iterator[str]:
    """A server that does with each request what `act` does, until it is told that the test is over."""
    over = Event()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            with suppress(OSError):  # the client hangs up
                act(self, over)

        do_POST = do_GET  # noqa: N815 -- the name that http.server looks for

        def log_message(self, format: str, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        if files:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(files.server, files.key)
            server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
        Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/"
        finally:
            over.set()
            server.shutdown()


def constant(status: int, headers: dict[str, str], body: bytes = b"{}") -> Callable[..., Answer]:
    return lambda *_: (status, headers, body)


def test_an_answer_comes_with_the_marks_it_is_known_by():
    with answering(constant(200, {"etag": '"7"', "last-modified": "Tue"}, b"words")) as url:
        answer = get(url)

    assert (answer.body, answer.etag, answer.modified, answer.type) == (b"words", '"7"', "Tue", "application/json")


def test_what_has_not_changed_is_not_sent_again():
    heard = []

    def act(asked: BaseHTTPRequestHandler, over: Event) -> None:
        heard.append((asked.headers["if-none-match"], asked.headers["if-modified-since"], asked.headers["user-agent"]))
        asked.send_response(304)
        asked.end_headers()

    with serving(act) as url:
        known = fetch.Answer(url=url, body=b"words", etag='"7"', modified="Tue")
        assert get(url, known=known) is known
        for other in (None, replace(known, url=f"{url}/elsewhere")):
            with pytest.raises(base.Unavailable, match="304"):
                get(url, known=other)

    assert heard == [('"7"', "Tue", fetch.USER_AGENT), *2 * [(None, None, fetch.USER_AGENT)]]


# --- time and size ----------------------------------------------------------------------------------------------------


def drip_body(asked: BaseHTTPRequestHandler, over: Event) -> None:
    asked.send_response(200)
    asked.end_headers()
    while not over.wait(0.2):
        asked.wfile.write(b"x")


def drip_headers(asked: BaseHTTPRequestHandler, over: Event) -> None:
    asked.wfile.write(b"HTTP/1.0 200 OK\r\nx-slow: ")
    while not over.wait(0.2):
        asked.wfile.write(b"x")


def say_nothing(asked: BaseHTTPRequestHandler, over: Event) -> None:
    over.wait(60)


@pytest.mark.parametrize("act", [drip_body, drip_headers, say_nothing])
def test_a_server_that_drips_is_left_at_the_deadline(act):
    with serving(act) as url:
        begun = time.monotonic()
        with pytest.raises(base.Unavailable, match="within 1 seconds"):
            get(url, timeout=1)

        assert time.monotonic() - begun < 30  # without a deadline it would drip until the test is over


def test_a_gzip_bomb_is_refused_for_little_memory():
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    bomb = b"".join(packer.compress(bytes(1_000_000)) for _ in range(300)) + packer.flush()

    with answering(constant(200, {"content-encoding": "gzip"}, bomb)) as url:
        tracemalloc.start()
        with pytest.raises(base.Unavailable, match="larger than"):
            get(url)
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()

    assert most < 50_000_000


@pytest.mark.parametrize("headers", [{"content-encoding": "gzip"}, {"content-length": "50"}], ids=["no gzip", "cut off"])
def test_an_answer_that_is_not_whole_is_no_answer(headers):
    def act(asked: BaseHTTPRequestHandler, over: Event) -> None:
        asked.send_response(200)
        for name, value in headers.items():
            asked.send_header(name, value)
        asked.end_headers()
        asked.wfile.write(b"not gzip")

    with serving(act) as url, pytest.raises(base.Unavailable, match="broke off"):
        get(url)


PACKED = gzip.compress(b"words " * 5000)


def test_a_packed_answer_comes_unpacked():
    with answering(constant(200, {"content-encoding": "gzip"}, PACKED)) as url:
        assert get(url).body == b"words " * 5000


@pytest.mark.parametrize("body", [PACKED[:-9], PACKED[:-9] + b"garbage", PACKED + b"more"], ids=["cut", "spoilt", "more"])
def test_a_packed_answer_that_is_spoilt_is_no_answer(body):
    with (
        answering(constant(200, {"content-encoding": "gzip"}, body)) as url,
        pytest.raises(base.Unavailable, match="broke off"),
    ):
        get(url)


# --- where it leads ---------------------------------------------------------------------------------------------------


def test_a_redirect_is_followed_and_what_is_sent_stays_with_the_host_that_was_asked():
    heard = []

    def act(asked: BaseHTTPRequestHandler, over: Event) -> None:
        heard.append(asked.headers["x-key"])
        asked.send_response(200)
        asked.end_headers()
        asked.wfile.write(b"here")

    with serving(act) as there, answering(constant(301, {"location": there})) as url:
        assert get(url).body == b"here"
        assert get(there).url == there

    assert heard == [None, "k"]


def test_a_redirect_in_a_circle_ends():
    asked = []

    def answer(path: str, query: object) -> Answer:
        asked.append(path)
        return 302, {"location": "/again"}, b""

    with answering(answer) as url, pytest.raises(base.Unavailable, match="more than 5 redirects"):
        get(url)

    assert len(asked) == 6


@pytest.mark.parametrize("place", ["file:///etc/passwd", "http://", "http://[", "//", "http://a:b/", "example.org"])
def test_what_is_no_address_of_the_web_is_not_read(place):
    with pytest.raises(base.BadRequest, match="no address of the web"):
        get(place)


@pytest.mark.parametrize("place", ["file:///etc/passwd", "ftp://example.org/", "gopher://x", "http://["])
def test_a_redirect_out_of_the_web_is_refused(place):
    with answering(constant(302, {"location": place})) as url, pytest.raises(base.BadRequest, match="no address of the web"):
        get(url)


def test_a_redirect_to_nowhere_is_told():
    with answering(constant(302, {})) as url, pytest.raises(base.Unavailable, match="without saying where"):
        get(url)


def test_a_redirect_into_a_private_network_is_refused(monkeypatch):
    monkeypatch.setattr(fetch, "is_public", lambda address: address == "127.0.0.1")  # this machine stands for the internet

    with (
        answering(constant(302, {"location": "http://169.254.169.254/latest/"})) as url,
        pytest.raises(base.BadRequest, match=r"169\.254\.169\.254 is an address inside"),
    ):
        get(url, allow=False)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "0.0.0.0", "2130706433", "[::1]", "[::ffff:127.0.0.1]"])
def test_this_machine_is_not_read_unless_that_is_allowed(host):
    with pytest.raises(base.BadRequest, match="allow_private_addresses"):
        get(f"http://{host}:9/", allow=False)


@pytest.mark.parametrize(
    "address",
    [
        *["10.0.0.1", "172.16.0.1", "192.168.1.1", "127.0.0.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1"],
        *["::1", "::", "fe80::1%eth0", "fd00::1", "ff02::1", "::ffff:10.0.0.1", "2002:7f00:1::", "64:ff9b::a00:1"],
    ],
)
def test_addresses_that_are_not_of_the_internet(address):
    assert not fetch.is_public(address)


@pytest.mark.parametrize("address", ["93.184.215.14", "2606:2800:21f::1", "::ffff:93.184.215.14", "64:ff9b::5db8:d70e"])
def test_addresses_of_the_internet(address):
    assert fetch.is_public(address)


# --- what goes wrong --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "meaning"),
    [
        *[(401, base.NotAllowed), (403, base.NotAllowed), (404, base.BadRequest), (410, base.BadRequest)],
        *[(418, base.BadRequest), (408, base.Unavailable), (500, base.Unavailable), (503, base.Unavailable)],
    ],
)
def test_what_an_answer_means(status, meaning):
    with answering(constant(status, {})) as url, pytest.raises(meaning, match=f"127.0.0.1 answered {status}"):
        get(url)


LATER = NOW + timedelta(minutes=2)


@pytest.mark.parametrize(
    ("told", "until"),
    [
        *[("120", LATER), ("Tue, 24 Nov 2026 12:02:00 GMT", LATER), ("Tue, 24 Nov 2026 14:02:00 +0200", LATER)],
        *[("", None), ("soon", None), ("9" * 40, None), ("\u0663", None), ("-5", None)],
        ("Tue, 24 Nov 2026 12:02:00 -0000", LATER),
    ],
)
def test_when_to_come_back(told, until):
    assert fetch.retry_after(told, NOW) == until


def test_too_many_requests_says_until_when():
    with answering(constant(429, {"retry-after": "120"})) as url, pytest.raises(base.RateLimited) as caught:
        get(url)

    assert caught.value.until == LATER


def test_a_certificate_that_nobody_signed_is_named(tmp_path):
    files = certificates.make(tmp_path, datetime.now(UTC))

    with serving(say_nothing, files) as url, pytest.raises(base.Unavailable, match="no safe connection to localhost"):
        get(url.replace("http:", "https:").replace("127.0.0.1", "localhost"))


def test_a_handshake_that_never_ends_is_left_at_the_deadline():
    with socket.create_server(("127.0.0.1", 0)) as server, pytest.raises(base.Unavailable, match="within 1 seconds"):
        get(f"https://127.0.0.1:{server.getsockname()[1]}/", timeout=1)


@pytest.mark.parametrize("host", ["127.0.0.1:1", "nowhere.invalid"])
def test_a_server_that_is_not_there_is_told_without_the_whole_address(host):
    with pytest.raises(base.Unavailable, match="did not answer") as caught:
        get(f"http://{host}/?secret=1")

    assert "secret" not in str(caught.value)


# --- what is sent -----------------------------------------------------------------------------------------------------------


def put(url: str, *, allow: bool = True) -> None:
    fetch.put(fetch.Request(url=url, timeout=20, headers={}, allow_private_addresses=allow), b"1\n2", NOW)


def test_a_body_is_sent_whole_to_the_very_address():
    asked: list[tuple[str, Query]] = []

    def answer(path: str, query: Query) -> Answer:
        asked.append((path, query))
        return 200, {}, b""

    with answering(answer) as at:
        put(f"{at}/lists/7?sig=a")

    assert asked == [("/lists/7", {"sig": ["a"], "body": ["1\n2"]})]


@pytest.mark.parametrize(("status", "meaning"), [(302, base.Unavailable), (403, base.NotAllowed), (500, base.Unavailable)])
def test_a_body_that_is_not_taken_is_told_and_follows_nobody(status, meaning):
    asked: list[str] = []

    def answer(path: str, query: Query) -> Answer:
        asked.append(path)
        return status, {"location": "/elsewhere"}, b""

    with answering(answer) as at, pytest.raises(meaning):
        put(f"{at}/lists/7")

    assert asked == ["/lists/7"]


def test_nothing_is_sent_inside_a_private_network_unasked():
    with pytest.raises(base.BadRequest, match="private network"):
        put("http://127.0.0.1:9/lists/7", allow=False)
