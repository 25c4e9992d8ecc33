"""Care Opinion: stories that people told of their care, moderated and published, through its API (version 2)."""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar
from urllib.parse import urlencode

from collectors import fetch, lenient, way_out
from collectors.base import Aside, BadRequest, Collector, Found, Item, NotAllowed, Page, Secret, Unavailable, Window, option
from collectors.post import Author, Post

NETWORK = "care_opinion"
PER_PAGE = 100  # more is not given
DAY = timedelta(days=1)
JSON = {"accept": "application/json"}


@dataclass(frozen=True, kw_only=True)
class CareOpinion(Collector):
    """A story is posted when it is published: moderation takes days, and a week that is over would miss what it lets through.

    https://www.careopinion.org.uk/info/api-v2
    """

    kind: ClassVar[str] = "care_opinion"
    channel: ClassVar[str] = "Care Opinion"
    lag: ClassVar[timedelta] = timedelta(minutes=10)

    key: Secret = option(help="the key of your subscription, the one for HTTP")
    roles: tuple[str, ...] = option(
        ("carer",), help="only stories whose author's role holds one of these words, [] for all", asks=True
    )
    conditions: str = option("", help="further conditions, as Care Opinion's page on filtering writes them", asks=True)
    service: str = option("https://www.careopinion.org.uk", help="where the API is asked")
    timeout: float = option(30.0, help="seconds to wait for the whole answer")
    allow_private_addresses: bool = option(False, help="whether that may lie inside your own network")

    @property
    def asked(self) -> str:
        whose = f" whose author is called {' or '.join(self.roles)}" if self.roles else ""
        return f"published stories{whose}{f' with {self.conditions}' if self.conditions else ''}"

    @property
    def hosts(self) -> tuple[str, ...]:
        return (way_out.place(self.service),)

    def check(self) -> None:
        self._list(self.given.now(), 0)

    def collect(self, window: Window, cursor: str | None = None) -> Iterator[Page]:
        """The cursor is how many stories, from the window's first day on, were read."""
        skip = _heard(cursor)
        while True:
            stories = self._list(window.since, skip)
            skip += len(stories)
            onward = str(skip) if stories and not _is_past(stories[-1], window) else None
            yield self._page([one for one in stories if self._is_asked(one)], onward, requests=1)
            if onward is None or self.given.stopped():
                return

    def read(self, payload: bytes) -> Page:
        told = _parse(payload)
        stories = told if isinstance(told, list) else [told]
        if not all(isinstance(one, dict) and "id" in one for one in stories):
            raise Unavailable("this is not an answer of Care Opinion: it holds no stories")
        return self._page(stories)

    def look_up(self, ids: Iterable[str]) -> Iterator[Found]:
        for id in ids:
            if self.given.stopped():
                return
            number = id.rpartition("/")[2]
            if number.isascii() and number.isdecimal():
                yield self._found(id, number)

    def _found(self, id: str, number: str) -> Found:
        try:
            (item,) = self.read(self._get(f"opinions/{number}")).items
        except fetch.NotThere:
            return Found(id, "gone")
        except ValueError:
            return Found(id, "present")
        return Found(id, "present", item if item.post.id == id else None)

    # --- what is asked --------------------------------------------------------------------------------------------------

    def _list(self, since: datetime, skip: int) -> list[Any]:
        """Dates are days of the service: one more is asked for."""
        asked = {"publishedafter": f"{since - DAY:%Y-%m-%d}", "dateofpublicationorder": "ascending"}
        query = "&".join(filter(None, [urlencode(asked | {"take": PER_PAGE, "skip": skip}), self.conditions.lstrip("?&")]))
        stories = _parse(self._get(f"opinions?{query}"))
        if not isinstance(stories, list):
            raise Unavailable("Care Opinion sent an answer without stories in it")
        return stories

    def _get(self, path: str) -> bytes:
        url = f"{self.service.rstrip('/')}/api/v2/{path}"
        login = {"authorization": f"SUBSCRIPTION_KEY {self.key.reveal()}"}
        request = fetch.Request(
            url=url, timeout=self.timeout, headers=JSON | login, allow_private_addresses=self.allow_private_addresses
        )
        answer = fetch.get(request, self.given.now())
        if answer.url != url and "json" not in answer.type:  # a wrong key is sent on to the page where people sign in
            raise NotAllowed("Care Opinion did not accept the key: it must be the one for HTTP, of a subscription that lasts")
        return answer.body

    def _is_asked(self, story: object) -> bool:
        role = lenient.string(lenient.mapping(story).get("authorRole")).casefold()
        words = [word.casefold() for word in self.roles]
        return not words or any(re.search(rf"\b{re.escape(word)}", role) for word in words)

    def _page(self, stories: Iterable[object], cursor: str | None = None, requests: int = 0) -> Page:
        read = [_item(one) for one in stories]
        items = tuple(one for one in read if isinstance(one, Item))
        return Page(items, tuple(one for one in read if isinstance(one, Aside)), cursor, requests)


KIND = CareOpinion


# --- one story ----------------------------------------------------------------------------------------------------------


def _item(story: object) -> Item | Aside:
    known = lenient.mapping(story)
    number, published = _number(known.get("id")), _moment(known.get("dateOfPublication"))
    title, body = (" ".join(_string(known, "title").split()), _string(known, "body").strip())
    if not number or published is None or not (title or body):
        return Aside(f"story {number or '?'}", "unreadable", "a story without a number, a date or words", published)
    post = Post(
        network=NETWORK,
        id=f"{published:%Y%m%dT%H}/{number}",
        posted_at=published,
        author=Author(),
        title=title,
        text=body.replace("\r\n", "\n") or title,
        url=f"https://www.careopinion.org.uk/{number}",
        role=_string(known, "authorRole"),
    )
    return Item(post, json.dumps(known, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass"))


def _string(known: dict[str, Any], name: str) -> str:
    return lenient.string(known.get(name))


def _number(told: object) -> str:
    number = str(told) if type(told) in (int, str) else ""
    return number if number.isascii() and number.isdecimal() and len(number) < 20 else ""


def _moment(told: object) -> datetime | None:
    """Times without a zone are UTC."""
    try:
        moment = datetime.fromisoformat(lenient.string(told))
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC).replace(microsecond=0)
    except (ValueError, OverflowError):
        return None


def _is_past(story: object, window: Window) -> bool:
    """Whether the last story of a page, which come in the order of their publication, lies beyond the window."""
    published = _moment(lenient.mapping(story).get("dateOfPublication"))
    return published is not None and published >= window.until + DAY


def _parse(payload: bytes) -> Any:
    try:
        return json.loads(payload)
    except (ValueError, RecursionError) as error:
        raise Unavailable("Care Opinion answered something that is not JSON, or only part of it") from error


def _heard(cursor: str | None) -> int:
    if cursor is None:
        return 0
    if not (cursor.isascii() and cursor.isdecimal() and len(cursor) < 10):
        raise BadRequest("the cursor is none of Care Opinion")
    return int(cursor)
