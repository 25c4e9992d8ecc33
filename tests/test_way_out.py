"""The way out: every source over HTTP goes through the proxy of the environment, and trusts the authorities it names."""

from contextlib import suppress

import pytest

from collectors import way_out
from collectors.base import BadRequest, NotAllowed, Secret, Unavailable, Window
from collectors.mastodon import Mastodon
from collectors.x import X
from listener import notify
from tests.bluesky_makers import make_collector, posts
from tests.factories import NOW, make_given
from tests.networks import bluesky, mastodon, x
from tests.networks.answering import answering
from tests.servers import certificates, proxy
from tests.test_fetch import constant, get, serving

NAMES = [f"{one}_proxy" for one in ("http", "https", "all", "no")]


@pytest.fixture(autouse=True)
def bare(monkeypatch):
    """No proxy and no authority but those a test names."""
    for name in (*NAMES, *map(str.upper, NAMES), *way_out.BUNDLES):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def through(monkeypatch):
    with proxy.running() as running:
        for name in ("HTTP_PROXY", "HTTPS_PROXY"):
            monkeypatch.setenv(name, running.address.replace("//", "//listener:pass@"))
        yield running


@pytest.fixture
def files(tmp_path):
    return certificates.make(tmp_path, NOW.replace(year=2026))


def answer_over_tls(asked, over):
    asked.send_response(200)
    asked.send_header("content-length", "5")
    asked.end_headers()
    asked.wfile.write(b"words")


# --- the one GET --------------------------------------------------------------------------------------------------------


def test_an_address_of_the_internet_is_asked_for_through_the_proxy(through):
    with answering(constant(200, {}, b"words")) as url:
        through.port = int(url.rpartition(":")[2])
        answer = get("http://blog.example/feed", allow=False)

    assert (answer.body, through.asked) == (b"words", ["blog.example"])
    assert through.logins == ["Basic bGlzdGVuZXI6cGFzcw=="]


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "127.1", "2130706433", "10.0.0.8", "169.254.169.254", "[::1]", "[64:ff9b::7f00:1]", "localhost", "intranet"],
)
def test_what_is_inside_by_its_name_is_refused_before_the_proxy_is_asked(through, host):
    with pytest.raises(BadRequest, match="inside a private network"):
        get(f"http://{host}/feed", allow=False)

    assert through.asked == []


def test_a_redirect_to_the_inside_is_refused_behind_a_proxy_too(through):
    with answering(constant(302, {"location": "http://files.trust.internal/"})) as url:
        through.port = int(url.rpartition(":")[2])
        with pytest.raises(BadRequest, match=r"^files\.trust\.internal is a name inside a private network"):
            get("http://blog.example/feed", allow=False)

    assert through.asked == ["blog.example"]


def test_a_host_that_the_environment_excepts_is_asked_directly(through, monkeypatch):
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with answering(constant(200, {}, b"words")) as url:
        assert get(url).body == b"words"
        with pytest.raises(BadRequest, match=r"127\.0\.0\.1 is an address inside"):
            get(url, allow=False)

    assert through.asked == []


def test_a_proxy_that_is_down_is_told_in_our_words(monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://listener:canary@127.0.0.1:1")

    with pytest.raises(Unavailable, match=r"^blog\.example did not answer as it should: ProxyError$"):
        get("http://blog.example/feed")


@pytest.mark.parametrize("variable", way_out.BUNDLES)
def test_an_authority_of_ones_own_is_trusted_whichever_variable_names_it(files, monkeypatch, variable):
    monkeypatch.setenv(variable, str(files.authority))

    with serving(answer_over_tls, files) as url:
        assert get(url.replace("http://", "https://")).body == b"words"


def test_without_it_the_certificate_is_refused(files):
    with serving(answer_over_tls, files) as url, pytest.raises(Unavailable, match="not trusted here"):
        get(url.replace("http://", "https://"))


def test_both_at_once_a_tunnel_and_an_authority(files, through, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(files.authority))

    with serving(answer_over_tls, files) as url:
        answer = get(url.replace("http://127.0.0.1", "https://localhost"))

    assert answer.body == b"words"
    assert through.asked[0].startswith("localhost:")


def test_a_list_of_authorities_that_is_not_there_trusts_nobody(files, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", "/no/such.pem")

    with serving(answer_over_tls, files) as url, pytest.raises(Unavailable, match="not trusted here"):
        get(url.replace("http://", "https://"))


# --- the networks -------------------------------------------------------------------------------------------------------


def test_bluesky_goes_through_the_proxy(through):
    with bluesky.opened(posts(2)) as network:
        found = [post for page in make_collector(network).collect(Window(NOW.replace(year=2020), NOW)) for post in page.posts]

    assert found
    assert {f"http://{target}" for target in through.asked} == {network.options["service"]}


def test_bluesky_trusts_an_authority_of_ones_own(files, monkeypatch):
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(files.authority))
    with serving(answer_over_tls, files) as url, bluesky.opened(()) as network:
        network.options["service"] = url.replace("http://127.0.0.1", "https://localhost").rstrip("/")

        with pytest.raises(Unavailable, match="JSON is expected in response"):
            make_collector(network).check()

    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/no/such.pem")
    with pytest.raises(Unavailable, match=r"^/no/such\.pem, which names the authorities to trust, cannot be read$"):
        make_collector(network).check()


def test_mastodon_goes_through_the_proxy(through):
    with mastodon.opened(()) as network:
        Mastodon(given=make_given(), **network.options).check()

    assert through.asked
    assert {f"http://{target}" for target in through.asked} == set(network.options["servers"])


def test_x_goes_through_the_proxy(through):
    told_no_usage = suppress(BadRequest, NotAllowed)  # what matters is that the stand-in was asked
    with x.opened(()) as network, told_no_usage:
        X(given=make_given(), **network.options).check()

    assert {f"http://{target}" for target in through.asked} == {network.options["service"]}


@pytest.mark.parametrize("variable", way_out.BUNDLES)
def test_messages_trust_an_authority_of_ones_own(files, monkeypatch, variable):
    with serving(answer_over_tls, files) as url:
        address = Secret(url.replace("http://127.0.0.1", "jsons://localhost").rstrip("/"))
        before = notify.send(address, "subject", "body").outcome
        monkeypatch.setenv(variable, str(files.authority))

        assert (before, notify.send(address, "subject", "body").outcome) == ("failed", "sent")


# --- what the environment says ------------------------------------------------------------------------------------------


def test_proxies_are_told_without_their_passwords():
    environment = {
        "HTTPS_PROXY": "http://me:canary@proxy.trust.example:3128",
        "http_proxy": "other:80",
        "NO_PROXY": "x",
        "ALL_PROXY": "",
    }

    assert way_out.proxy_hosts(environment) == ["other:80", "proxy.trust.example:3128"]


def test_without_a_variable_the_usual_authorities_are_trusted():
    assert (way_out.authorities(), way_out.trust()) == ("", True)
