"""Forums on Discourse whose owner agreed: posts with a hashtag, and topics with a tag or in a category."""

import json
import logging
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, ClassVar
from urllib.parse import quote, urlencode

from collectors import discourse_posts as posts
from collectors import fetch, lenient, way_out
from collectors.base import Collector, Found, Item, NotAllowed, Page, Secret, Unavailable, Window, option
from collectors.discourse_posts import Topic

log = logging.getLogger(__name__)

TOGETHER = 20  # posts in one answer
MOST_PAGES = 1_000
DAY = timedelta(days=1)
JSON = {"accept": "application/json"}
KINDS = ("search", "tag", "category")


@dataclass(frozen=True, slots=True)
class Place:
    """The things still to ask, as (kind, name), and which page of the first comes next."""

    stages: tuple[tuple[str, str], ...]
    number: int = 0

    def told(self) -> str | None:
        return json.dumps([self.stages, self.number], separators=(",", ":")) if self.stages else None

    def after(self, has_more: bool) -> "Place":
        return replace(self, number=self.number + 1) if has_more else Place(self.stages[1:])


@dataclass(frozen=True, kw_only=True)
class Discourse(Collector):
    """A topic's posts are read back to the window's first. One that is bumped meanwhile comes twice, or next time."""

    kind: ClassVar[str] = "discourse"
    channel: ClassVar[str] = "Forum"
    lag: ClassVar[timedelta] = timedelta(minutes=2)  # until the forum's search knows a post
    replayed: ClassVar[Mapping[str, Any]] = {"agreed": True, "agreed_by": "who stored it", "agreed_on": "2000-01-01"}

    url: str = option(help="the forum's address", asks=True)
    agreed: bool = option(False, help="whether the forum's owner agreed to being read; without that it is not read")
    agreed_by: str = option("", help="who of the forum agreed")
    agreed_on: str = option("", help="on which day, such as 2027-01-04")
    hashtags: tuple[str, ...] = option((), help="hashtags to search for", asks=True)
    tags: tuple[str, ...] = option((), help="the forum's own tags whose topics are read whole", asks=True)
    categories: tuple[str, ...] = option(
        (), help="its categories that are read whole, as name/number in their address", asks=True
    )
    key: Secret | None = option(None, help="an API key, where the forum is not open to everybody")
    user: str = option("", help="the account of that key")
    timeout: float = option(30.0, help="seconds to wait for each whole answer")
    allow_private_addresses: bool = option(False, help="whether the forum may lie inside your own network")

    def __post_init__(self) -> None:
        if not (self.agreed and self.agreed_by.strip() and _is_day(self.agreed_on)):
            raise ValueError(
                "a forum is read only where its owner agreed: set agreed = true, agreed_by to who did, agreed_on to the day"
            )

    @property
    def asked(self) -> str:
        told = [f"posts with #{name}" for kind, name in self._stages() if kind == "search"]
        told += [
            f"topics in {name}" if kind == "category" else f"topics tagged {name}" for kind, name in self._stages()[len(told) :]
        ]
        return f"{'; '.join(told)} on {self._base.partition('://')[2]}" if told else ""

    @property
    def hosts(self) -> tuple[str, ...]:
        return (way_out.place(self.url),)

    def check(self) -> None:
        self._get("/site/basic-info.json")

    def read(self, payload: bytes) -> Page:
        return posts.page_of(payload, self._base)

    def collect(self, window: Window, cursor: str | None = None) -> Iterator[Page]:
        place = self._start(cursor)
        if not place.stages:
            yield Page()
        while place.stages:
            found, has_more = self._ask(place, window)
            onward = place.after(has_more)
            for page in _with_cursors(found, place, onward):
                yield page
                if self.given.stopped():
                    return
            place = onward

    def look_up(self, ids: Iterable[str]) -> Iterator[Found]:
        """Those of one topic are asked for together. Of a post that we may no longer see it is not known whether it is gone."""
        wanted = {number: id for id in ids if (number := _number(id))}
        while wanted and not self.given.stopped():
            number = next(iter(wanted))
            id = wanted.pop(number)
            try:
                known = posts.parse(self._get(f"/posts/{number}.json"))
                yield from self._with_its_topic(id, known, wanted)
            except fetch.NotThere:
                yield Found(id, "gone")
            except NotAllowed as error:
                log.info("%s: a post cannot be looked up: %s", self.given.source, error)

    # --- what is asked --------------------------------------------------------------------------------------------------

    @property
    def _base(self) -> str:
        return self.url.strip().rstrip("/")

    def _stages(self) -> list[tuple[str, str]]:
        named = (self.hashtags, self.tags, self.categories)
        pairs = (
            (kind, name.strip().lstrip("#").strip("/")) for kind, names in zip(KINDS, named, strict=True) for name in names
        )
        return list(dict.fromkeys(pair for pair in pairs if pair[1]))

    def _start(self, cursor: str | None) -> Place:
        beginning = Place(tuple(self._stages()))
        if cursor is None:
            return beginning
        try:
            told, number = json.loads(cursor)
            stages = tuple((str(kind), str(name)) for kind, name in told)
            if type(number) is int and set(stages) <= set(beginning.stages):
                return Place(stages, number)
        except (ValueError, TypeError, RecursionError):
            pass
        log.warning("%s: the cursor cannot be read, the window is read from its beginning", self.given.source)
        return beginning

    def _ask(self, place: Place, window: Window) -> tuple[Iterator[Page], bool]:
        """The pages of one page of a list, and whether there are more of these."""
        (kind, name), number = place.stages[0], place.number
        if number >= MOST_PAGES:
            raise Unavailable("the forum sends pages without an end")
        if kind == "search":
            return self._search(name, number, window)
        try:
            return self._topics(kind, name, number, window)
        except fetch.NotThere:
            if kind == "category":
                raise
            log.info("%s: the forum knows no tag %s yet", self.given.source, name)
            return iter(()), False

    def _search(self, name: str, number: int, window: Window) -> tuple[Iterator[Page], bool]:
        """Search shows the beginnings of posts: their whole words are asked for topic by topic."""
        days = f"after:{window.since - DAY:%Y-%m-%d} before:{window.until + 2 * DAY:%Y-%m-%d}"
        told = self._asked("/search.json", q=f"{name} {days} order:latest", page=number + 1)
        found, topics = told.get("posts"), {one.get("id"): posts.topic_of(one) for one in lenient.mappings(told.get("topics"))}
        if not isinstance(found, list):
            raise Unavailable("the forum sent an answer without posts in it")
        by_topic: dict[int, list[int]] = {}
        for one in lenient.mappings(found):
            by_topic.setdefault(lenient.count(one.get("topic_id")), []).append(lenient.count(one.get("id")))
        more = lenient.mapping(told.get("grouped_search_result")).get("more_full_page_results")
        return (self._tagged(name, topic, its, topics.get(topic, Topic()), window) for topic, its in by_topic.items()), bool(
            more and found
        )

    def _tagged(self, name: str, topic: int, numbers: list[int], shared: Topic, window: Window) -> Page:
        """Search also finds longer words and the word without its sign."""
        try:
            page = self._some(topic, numbers, shared, window)
        except fetch.NotThere:  # taken down a moment ago
            return Page(requests=1)
        return replace(page, items=tuple(one for one in page.items if name.lower() in one.post.tags))

    def _topics(self, kind: str, name: str, number: int, window: Window) -> tuple[Iterator[Page], bool]:
        path = f"/tag/{quote(name)}.json" if kind == "tag" else f"/c/{quote(name)}.json"
        told = lenient.mapping(self._asked(path, page=number).get("topic_list"))
        if not isinstance(told.get("topics"), list):
            raise Unavailable("the forum sent an answer without topics in it")
        listed = lenient.mappings(told["topics"])
        recent = [one for one in listed if (moment := posts.moment_of(one, "bumped_at")) is None or moment >= window.since]
        is_over = all(one.get("pinned") or one.get("pinned_globally") for one in recent)
        new = [one for one in recent if (begun := posts.moment_of(one)) is None or begun < window.until]
        return (self._whole(lenient.count(one.get("id")), window) for one in new), bool(
            told.get("more_topics_url")
        ) and not is_over

    def _whole(self, topic: int, window: Window) -> Page:
        """The posts of a topic within the window: their numbers grow with time, so it is read from its end."""
        try:
            told = self._asked(f"/t/{topic}.json")
        except fetch.NotThere:  # taken down a moment ago
            return Page(requests=1)
        shared, first = posts.topic_of(told), posts.posts_in(told)
        page = _within(posts.made(first, shared, self._base), window)
        stream = lenient.mapping(told.get("post_stream")).get("stream")
        known = {one.get("id") for one in first}
        rest = [one for one in stream if type(one) is int and one not in known] if isinstance(stream, list) else []
        for end in range(len(rest), 0, -TOGETHER):
            more = self._some(topic, rest[max(0, end - TOGETHER) : end], shared, None)
            cut = _within(more, window)
            page = Page(page.items + cut.items, page.asides + cut.asides, requests=page.requests + more.requests)
            if more.posts and max(post.posted_at for post in more.posts) < window.since:
                break
        return replace(page, requests=page.requests + 1)

    def _some(self, topic: int, numbers: list[int], shared: Topic, window: Window | None) -> Page:
        pages = [
            posts.made(posts.posts_in(self._asked(f"/t/{topic}/posts.json", **{"post_ids[]": some})), shared, self._base)
            for some in (numbers[at : at + TOGETHER] for at in range(0, len(numbers), TOGETHER))
        ]
        items = tuple(one for page in pages for one in page.items)
        whole = Page(items, tuple(one for page in pages for one in page.asides), requests=len(pages))
        return whole if window is None else _within(whole, window)

    def _with_its_topic(self, id: str, known: dict[str, Any], wanted: dict[int, str]) -> Iterator[Found]:
        """What is in the same topic is taken out of `wanted`."""
        topic = lenient.count(known.get("topic_id"))
        told = self._asked(f"/t/{topic}.json")
        stream = lenient.mapping(told.get("post_stream")).get("stream")
        mates = [one for one in stream if one in wanted] if isinstance(stream, list) else []
        shared = posts.topic_of(told)
        yield self._found(id, known, shared)
        for at in range(0, len(mates), TOGETHER):
            answer = self._asked(f"/t/{topic}/posts.json", **{"post_ids[]": mates[at : at + TOGETHER]})
            for one in posts.posts_in(answer):
                if other := wanted.pop(lenient.count(one.get("id")), ""):
                    yield self._found(other, one, shared)

    def _found(self, id: str, known: dict[str, Any], shared: Topic) -> Found:
        if posts.is_withdrawn(known):
            return Found(id, "gone")
        items = posts.made([known], shared, self._base).items
        return Found(id, "present", next((one for one in items if one.post.id == id), None))

    def _asked(self, path: str, **query: Any) -> dict[str, Any]:
        return posts.parse(self._get(f"{path}?{urlencode(query, doseq=True)}" if query else path))

    def _get(self, path: str) -> bytes:
        login: Mapping[str, str] = {"api-key": self.key.reveal(), "api-username": self.user or "system"} if self.key else {}
        request = fetch.Request(
            url=self._base + path,
            timeout=self.timeout,
            headers={**JSON, **login},
            allow_private_addresses=self.allow_private_addresses,
        )
        return fetch.get(request, self.given.now()).body


KIND = Discourse


def _with_cursors(found: Iterator[Page], here: Place, onward: Place) -> Iterator[Page]:
    """Who breaks off within a list reads its page again: topics have other places in it by then."""
    page = Page()
    for number, following in enumerate(found):
        if number:
            yield replace(page, cursor=here.told())
        page = following
    yield replace(page, cursor=onward.told(), requests=page.requests + 1)


def _number(id: str) -> int:
    number = id.rpartition("/p/")[2]
    return int(number) if number.isascii() and number.isdecimal() and len(number) < 20 else 0


def _within(page: Page, window: Window) -> Page:
    items: tuple[Item, ...] = tuple(one for one in page.items if one.post.posted_at in window)
    return replace(page, items=items, asides=tuple(one for one in page.asides if one.at is None or one.at in window))


def _is_day(told: str) -> bool:
    try:
        return bool(date.fromisoformat(told.strip()))
    except ValueError:
        return False
