"""Feeds of blogs, news and comments: RSS, Atom and JSON Feed, all entries or those with a tag or a word."""

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import ClassVar, Literal
from urllib.parse import urlsplit

from collectors import feed_items, feed_listing, feed_posts, fetch, way_out
from collectors.base import Aside, Collector, Found, Item, NotAllowed, Page, Window, fingerprint, option

log = logging.getLogger(__name__)
WANTED = {
    "accept": "application/atom+xml, application/rss+xml, application/feed+json, application/xml;q=0.9, application/json;q=0.8,"
    " text/xml;q=0.8, */*;q=0.5"
}


@dataclass(frozen=True, kw_only=True)
class Feed(Collector):
    """One page holds what the feed lists now; what it no longer lists cannot be had."""

    kind: ClassVar[str] = "feed"
    channel: ClassVar[str] = "Feed"
    late: ClassVar[timedelta] = timedelta(days=7)  # comments wait for their moderators, and many feeds tell days only

    url: str = option(help="the feed's address", asks=True)
    hashtags: tuple[str, ...] = option((), help="only entries with one of these hashtags or keywords, [] for all", asks=True)
    keywords: tuple[str, ...] = option((), help="words or phrases of which one will do instead of a hashtag", asks=True)
    role: Literal["article", "comment"] = option("article", help='what its entries are: "article" or "comment"', asks=True)
    timeout: float = option(30.0, help="seconds to wait for the whole answer")
    allow_private_addresses: bool = option(False, help="whether the feed may lie inside your own network")

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
        self.read(self._fetched().body)

    def collect(self, window: Window, cursor: str | None = None) -> Iterator[Page]:  # noqa: ARG002 -- one answer holds all
        now, kept = self.given.now(), self.given.vault.get(self._kept_as)
        before = feed_listing.read(kept, fingerprint(self), self.url)
        known = before.known(window)
        answer = self._fetched(known)
        if answer is known:
            yield Page(requests=1, reaches=before.reaches(now))
            return
        entries = list(self._entries(answer.body))
        taken = [one for words, one in entries if feed_posts.holds(words, self.hashtags, self.keywords)]
        listing = replace(feed_listing.of(answer, _dates(entries), before, now), taken=_times(taken))
        if (told := feed_listing.write(listing)) != kept:
            self.given.vault.put(self._kept_as, told)
        yield replace(_page(taken), requests=1, reaches=listing.reaches(now))

    def read(self, payload: bytes) -> Page:
        return _page(one for _, one in self._entries(payload))

    def look_up(self, ids: Iterable[str]) -> Iterator[Found]:
        """Where an entry is called by the address of its page on the feed's own host, that page is asked for. Whether its words
        are the same is not known."""
        for id in ids:
            if self.given.stopped():
                return
            page = feed_posts.page_of(id, self.url)
            if page:
                yield from self._found(id, page)

    def _found(self, id: str, page: str) -> Iterator[Found]:
        try:
            self._get(page, {})
            yield Found(id, "present")
        except fetch.NotThere:
            yield Found(id, "gone")
        except NotAllowed as error:
            log.info("%s: an entry cannot be looked up: %s", self.given.source, error)

    def _entries(self, payload: bytes) -> Iterator[tuple[feed_posts.Words, Item | Aside]]:
        for item in feed_items.read_items(payload, self.url):
            words = feed_posts.words_of(item)
            yield words, feed_posts.read_item(item, words, self.role, self.url)

    @property
    def _kept_as(self) -> str:
        return f"feed/{self.given.source}"

    def _fetched(self, known: fetch.Answer | None = None) -> fetch.Answer:
        return self._get(self.url, WANTED, known)

    def _get(self, url: str, headers: Mapping[str, str], known: fetch.Answer | None = None) -> fetch.Answer:
        asked = fetch.Request(
            url=url,
            timeout=self.timeout,
            headers=headers,
            known=known,
            allow_private_addresses=self.allow_private_addresses,
        )
        return fetch.get(asked, self.given.now())


def _dates(entries: Sequence[tuple[feed_posts.Words, Item | Aside]]) -> list[tuple[datetime, datetime]]:
    posts = [one.post for _, one in entries if isinstance(one, Item)]
    return [(post.posted_at, post.edited_at or post.posted_at) for post in posts]


def _times(taken: Sequence[Item | Aside]) -> tuple[int, ...] | None:
    if any(isinstance(one, Aside) for one in taken):
        return None
    return tuple(int(one.post.posted_at.timestamp()) for one in taken if isinstance(one, Item))


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
