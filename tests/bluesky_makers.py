"""What the tests of the Bluesky collector make: posts of one hour, collectors of a test network, kept sessions."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from collectors.base import MemoryVault, Secret, Window
from collectors.bluesky import Bluesky
from collectors.post import Post
from tests.factories import make_given
from tests.networks.bluesky import TOKEN, Network, make_post

START = datetime(2026, 11, 17, 9, tzinfo=UTC)
WINDOW = Window(START, START + timedelta(hours=1))


def posts(count: int, text: str = "Post {} #NHSThinkCarer") -> list[Post]:
    return [make_post(number, START + timedelta(seconds=number), text.format(number)) for number in range(count)]


def make_collector(network: Network, kind: type[Bluesky] = Bluesky, **options: Any) -> Bluesky:
    given = make_given(vault=options.pop("vault", None), stopped=options.pop("stopped", lambda: False))
    return kind(given=given, **({**network.options} | options))


def make_offline(**options: Any) -> Bluesky:
    return Bluesky(given=make_given(), handle="a.example", password=Secret("p"), **options)


def ids(collector: Bluesky, cursor: str | None = None) -> list[str]:
    return sorted(post.id for page in collector.collect(WINDOW, cursor) for post in page.posts)


def ids_of(some: Sequence[Post]) -> list[str]:
    return sorted(post.id for post in some)


def methods(network: Network) -> list[str]:
    return [method for method, _ in network.asked]


def kept_session(network: Network, access: str, refresh: str = TOKEN) -> MemoryVault:
    service = network.options["service"]
    session = ":::".join(["listener.example", "did:plc:listener", access, refresh, service])
    return MemoryVault({f"bluesky-session-listener.example@{service}": session})
