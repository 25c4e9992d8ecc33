"""Feeds of blogs, news and comments: RSS, Atom and JSON Feed, all entries or those with a tag or a word."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import ClassVar, Literal
from urllib.parse import urlsplit

from collectors import feed_items, feed_posts, fetch, way_out
from collectors.base import Aside, Collector, Item, Page, Window, option

WANTED = {
    "accept": "application/atom+xml, application/rss+xml, application/feed+json, application/xml;q=0.9, application/json;q=0.8,"
    " text/xml;q=0.8, */*;q=0.5"
}


@dataclass(frozen=True, kw_only=True)
class Feed(Collector):
    """One page holds what the feed lists now; what it no longer lists cannot be had."""

    kind: ClassVar[str] = "feed"
    channel: ClassVar[str] = "Feed"

    url: str = option(help="the feed's address", asks=True)
    hashtags: tuple[str, ...] = option((), help="only entries with one of these hashtags or keywords, [] for all", asks=True)
    keywords: tuple[str, ...] = option((), help="words or phrases of which one will do instead of a hashtag", asks=True)
    role: Literal["article", "comment"] = option("article", help='what its entries are: "article" or "comment"', asks=True)
    timeout: float = option(30.0, help="seconds to wait for the whole answer")
    allow_private_addresses: bool = option(False, help="whether the feed may lie inside your own network")
    kept: list[fetch.Answer] = field(default_factory=list, init=False, repr=False, compare=False)

    @property
    def asked(self) -> str:
        tags = [f"#{tag.lstrip('#')}" for tag in self.hashtags]
        wanted = " or ".join([*tags, *(f'"{word}"' for word in self.keywords)])
        which = f"entries of {_host(self.url)}" + (f" with {wanted}" if wanted else "")
        return f"{which}, as far back as the feed lists them (only its newest)"

    @property
    def hosts(self) -> tuple[str, ...]:
        return (way_out.place(self.url),)

    def check(self) -> None:
        self.read(self._fetched())

    def collect(self, window: Window, cursor: str | None = None) -> Iterator[Page]:  # noqa: ARG002 -- one answer holds all
        found = self._entries(self._fetched(), self.hashtags, self.keywords)
        inside = (one for one in found if isinstance(one, Aside) or one.post.posted_at in window)
        yield replace(_page(inside), requests=1)

    def read(self, payload: bytes) -> Page:
        return _page(self._entries(payload))

    def _entries(
        self, payload: bytes, hashtags: tuple[str, ...] = (), keywords: tuple[str, ...] = ()
    ) -> Iterator[Item | Aside]:
        for item in feed_items.read_items(payload, self.url):
            words = feed_posts.words_of(item)
            if feed_posts.holds(words, hashtags, keywords):
                yield feed_posts.read_item(item, words, self.role, self.url)

    def _fetched(self) -> bytes:
        """What the server says has not changed since this collector last asked is not sent again."""
        asked = fetch.Request(
            url=self.url,
            timeout=self.timeout,
            headers=WANTED,
            known=self.kept[-1] if self.kept else None,
            allow_private_addresses=self.allow_private_addresses,
        )
        self.kept[:] = [fetch.get(asked, self.given.now())]
        return self.kept[-1].body


def _page(found: Iterable[Item | Aside]) -> Page:
    """Of an entry that stands twice in a feed the first counts."""
    items: dict[str, Item] = {}
    asides: list[Aside] = []
    for one in found:
        if isinstance(one, Aside):
            asides.append(one)
        else:
            items.setdefault(one.post.id, one)
    return Page(items=tuple(items.values()), asides=tuple(asides))


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or url
    except ValueError:
        return url


KIND = Feed
