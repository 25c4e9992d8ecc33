"""The law of collectors against servers that mean ill or fail: every status, a bomb, a drip, and a line cut at any page."""

import ssl
import subprocess
import sys
import zlib
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest

import collectors
from collectors import base
from tests import test_collectors as law
from tests.factories import NOW, make_given
from tests.networks.answering import answering
from tests.networks.dripping import MOST, dripping
from tests.servers import certificates

MOST_KILOBYTES = 200_000
OPTIONS = {
    "bluesky": "service='{at}', handle='carers.example', password=base.Secret('unused'), hashtags=('#a',)",
    "care_opinion": "service='{at}', key=base.Secret('unused'), roles=(), allow_private_addresses=True",
    "discourse": (
        "url='{at}', hashtags=('#a',), allow_private_addresses=True, agreed=True, agreed_by='a', agreed_on='2026-10-01'"
    ),
    "feed": "url='{at}/feed', allow_private_addresses=True",
    "mastodon": "servers=('{at}',), hashtags=('#a',)",
    "x": "service='{at}', bearer_token=base.Secret('unused'), hashtags=('#a',), pace=0.0",
    "x_mentions": "service='{at}', bearer_token=base.Secret('unused'), account='trust_ex', pace=0.0",
}
NOT_OF_THE_WEB = {"file", "mailbox", "replay"}
READING = """
from datetime import timedelta
from pathlib import Path
import collectors
from collectors import base
from tests.factories import NOW, make_given
collector = collectors.find({kind!r})(given=make_given(), {options})
try:
    list(collector.collect(base.Window(NOW - timedelta(days=2), NOW - timedelta(days=1))))
except base.Unavailable as error:
    # the peak of this program alone; ru_maxrss would begin with that of the parent
    print(Path('/proc/self/status').read_text().split('VmHWM:')[1].split()[0], error)
"""


@pytest.fixture(scope="module")
def bomb():
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    return b"".join(packer.compress(bytes(1_000_000)) for _ in range(1000)) + packer.flush()


def test_every_kind_is_bombed_or_not_of_the_web():
    assert set(law.WAYS) == set(OPTIONS) | NOT_OF_THE_WEB


@pytest.mark.parametrize("kind", OPTIONS)
def test_a_gzip_bomb_of_a_gigabyte_costs_little_memory(kind, bomb):
    asked = []

    def answer(path, _):
        asked.append(path)
        return 200, {"content-encoding": "gzip"}, bomb

    with answering(answer) as at:
        script = READING.format(kind=law.kind_of(kind), options=OPTIONS[kind].format(at=at))
        ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=100, check=False)

    assert ran.stdout, ran.stderr
    assert asked
    assert int(ran.stdout.split()[0]) < MOST_KILOBYTES, ran.stdout


# --- what servers answer ------------------------------------------------------------------------------------------------

WINDOW = base.Window(NOW - timedelta(days=2), NOW - timedelta(days=1))
SOON = NOW + timedelta(seconds=120)
HTML = (b"<html>oops</html>", "text/html")
CUT = (b'[{"id": "1"', "application/json")
STATUSES = {
    401: base.NotAllowed,
    402: base.OutOfCredit,
    403: base.NotAllowed,
    429: base.RateLimited,
    500: base.Unavailable,
    502: base.Unavailable,
    503: base.Unavailable,
}
BODIES = {
    "cut": CUT,
    "another type": HTML,
    "empty": (b"", "application/json"),
    "another shape": (b'{"other": 1}', "application/json"),
}


def make_collector(kind, at, timeout=10.0):
    options = eval(f"dict({OPTIONS[kind].format(at=at)})", {"base": base})
    return make_one(kind, options | {"timeout": timeout})


def make_one(kind, options):
    return collectors.find(law.kind_of(kind))(given=make_given(), **options)


def read_all(collector):
    return [post for page in collector.collect(WINDOW) for post in page.posts]


@pytest.mark.parametrize("status", [*STATUSES, 404], ids=str)
@pytest.mark.parametrize("kind", OPTIONS)
def test_a_status_is_told_for_what_it_means(kind, status):
    meanings = (STATUSES[status],) if status in STATUSES else (base.BadRequest, base.Unavailable)

    with answering(lambda *_: (status, {"content-type": HTML[1]}, HTML[0])) as at, pytest.raises(meanings, match=r"\w+ \w+"):
        read_all(make_collector(kind, at))


@pytest.mark.parametrize("kind", OPTIONS)
def test_when_to_come_back_is_heard(kind):
    told = {
        "retry-after": "120",
        "ratelimit-reset": str(int(SOON.timestamp())),
        "x-rate-limit-reset": str(int(SOON.timestamp())),
    }
    told |= {"x-ratelimit-reset": SOON.isoformat()} if kind == "mastodon" else {}

    with answering(lambda *_: (429, told, {})) as at, pytest.raises(base.RateLimited) as raised:
        read_all(make_collector(kind, at))

    assert raised.value.until == SOON


@pytest.mark.parametrize("body", BODIES)
@pytest.mark.parametrize("kind", OPTIONS)
def test_an_answer_that_is_none_is_told(kind, body):
    payload, type = BODIES[body]

    with answering(lambda *_: (200, {"content-type": type}, payload)) as at, pytest.raises(base.Unavailable, match=r"\w+ \w+"):
        read_all(make_collector(kind, at))


# --- who drips ----------------------------------------------------------------------------------------------------------

HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n"
DRIPS = {"headers": HEAD + b"x-more: ", "body": HEAD + b"content-length: 100000\r\n\r\n"}


@pytest.mark.parametrize("where", DRIPS)
@pytest.mark.parametrize("kind", OPTIONS)
def test_a_server_that_drips_is_left_in_time(kind, where):
    with dripping(DRIPS[where]) as server, pytest.raises(base.Unavailable):
        read_all(make_collector(kind, f"http://127.0.0.1:{server.server_address[1]}", timeout=0.5))

    assert server.dripped < MOST


@pytest.mark.parametrize("begins", [b"* OK ", b"* OK ready\r\n* CAPABILITY "], ids=["greeting", "answer"])
def test_a_mail_server_that_drips_is_left_in_time(tmp_path, begins):
    files = certificates.make(tmp_path, datetime.now(UTC))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(files.server, files.key)

    options = {"user": "carers", "password": base.Secret("unused"), "ca_file": str(files.authority), "timeout": 0.5}

    with dripping(begins, context) as server, pytest.raises(base.Unavailable, match="whole in time"):
        read_all(make_one("mailbox", options | {"host": "localhost", "port": server.server_address[1]}))

    assert server.dripped < MOST


# --- a line that breaks -------------------------------------------------------------------------------------------------

BREAKING = [kind for kind in law.WAYS if "broken" in law.network_of(kind).FAULTS]


@pytest.mark.parametrize("page", [0, 1, 2])
@pytest.mark.parametrize("kind", BREAKING)
def test_who_is_cut_off_at_any_page_goes_on_as_if_nothing_had_been(kind, page):
    posts = law.make_posts(kind, law.spread_over(law.AUTUMN, 120))

    with law.network_of(kind).opened(posts) as network:
        undisturbed = law.gathered(law.make_collector(kind, network), law.AUTUMN)
        before, cursor = read_until_it_breaks(kind, network, page)
        after = law.gathered(law.make_collector(kind, network), law.AUTUMN, cursor)

    assert undisturbed == {law.said(post) for post in posts}
    assert before | after == undisturbed


def read_until_it_breaks(kind, network, page):
    """What came until then, and the cursor of its last page."""
    found, cursor = set(), None
    with suppress(base.CollectorError):
        for number, one in enumerate(law.make_collector(kind, network).collect(law.AUTUMN)):
            found |= {law.said(post) for post in one.posts}
            cursor = one.cursor
            if number == page and cursor:
                network.fail("broken")
    return found, cursor
