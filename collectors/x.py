"""X: searches by hashtag and around the question posts. tweepy logs in and carries; what is asked and answered is ours."""

import logging
from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from threading import Event
from typing import Any, ClassVar, Literal

from collectors import way_out, x_answers, x_line, x_objects, x_searches
from collectors.base import Collector, Found, Page, RateLimited, Secret, Unavailable, Window, option
from collectors.x_line import SERVICE, Line
from collectors.x_searches import Search

log = logging.getLogger(__name__)

BY_ID, USAGE = "/2/tweets", "/2/usage/tweets"
IDS_A_CALL = 100
PRICE = (
    0.005  # US dollars a post read, by docs.x.com/x-api/getting-started/pricing; what is charged for authors is not documented
)


@dataclass(frozen=True, kw_only=True)
class X(Collector):
    """Recent search for what is younger than seven days, the full archive beyond. A window is read up to 30 seconds ago.

    `display` is "enterprise" only under a contract that allows cards. `pace` is seconds between pages of the archive, which
    X answers once a second; `service` is another host, for a stand-in.
    """

    kind: ClassVar[str] = "x"
    channel: ClassVar[str] = "X"
    look_up_costs: ClassVar[bool] = True
    lag: ClassVar[timedelta] = timedelta(seconds=40)  # X does not answer for the last 30 seconds

    bearer_token: Secret = option(help="the app's bearer token")
    hashtags: tuple[str, ...] = option((), help="hashtags to look for", asks=True)
    question_posts: tuple[str, ...] = option((), help="addresses of the posts that ask the questions", asks=True)
    display: Literal["counts", "enterprise"] = option("counts", help='"enterprise" shows posts, under a contract with X')
    max_results: int = option(100, help="posts a page: 10 to 100, beyond seven days up to 500")
    timeout: float = option(30.0, help="seconds for one answer")
    most_posts: int = option(0, help="posts to read in a day (UTC) at most, because each costs; 0: no limit")
    service: str = field(default=SERVICE, repr=False, compare=False)
    pace: float = field(default=1.1, repr=False, compare=False)

    @property
    def asked(self) -> str:
        tags = " or ".join(f"#{tag.lstrip('#')}" for tag in self.hashtags)
        answers = "replies to and quotes of the question posts" if x_searches.post_ids(self.question_posts) else ""
        return ", and ".join(part for part in (tags and f"posts with {tags}", answers) if part)

    @property
    def display_contract(self) -> str:
        return "x" if self.display == "enterprise" else ""

    @property
    def hosts(self) -> tuple[str, ...]:
        return (way_out.place(self.service),)

    def read(self, payload: bytes) -> Page:
        return x_objects.read(x_answers.parse(payload))

    def collect(self, window: Window, cursor: str | None = None) -> Iterator[Page]:
        queries = x_searches.queries(self.hashtags, self.question_posts)
        search: Search | None = x_searches.begin(window, cursor, self.given.now())
        if search and search.empty:
            yield Page()
            return
        asked = set()
        with self._opened() as line:
            while search:
                asked.add(search)
                page, search = self._page(line, queries, search)
                yield page
                if search in asked:
                    raise Unavailable("X sent us round in a circle: a page token came twice")
                if self.given.stopped():
                    return

    def _page(self, line: Line, queries: list[str], search: Search) -> tuple[Page, Search | None]:
        before = line.asked
        answer = self._search(line, queries[search.stage], search)
        read = self._count(len(x_answers.objects(answer, "data")))
        page = x_objects.read(answer)
        after = search.after(x_answers.next_token(answer), len(queries))
        log.debug("%s: X answered %d posts in its %s names", self.given.source, read, x_objects.vocabulary(answer) or "usual")
        asked = line.asked - before
        return replace(page, requests=asked, cost=read * PRICE, cursor=after.cursor if after else None), after

    def _search(self, line: Line, query: str, search: Search) -> dict[str, Any]:
        """One page; half of it when X says that it is overloaded, which large pages make it say (DocNow/twarc#449)."""
        size = self._size(search.route)
        if search.route == x_searches.ALL and search.token:
            Event().wait(self.pace)
        try:
            return line.get(search.route, search.asking(query, size))
        except x_answers.Overloaded:
            if size == x_searches.SMALLEST:
                raise
        return line.get(search.route, search.asking(query, max(x_searches.SMALLEST, size // 2)))

    def look_up(self, ids: Iterable[str]) -> Iterator[Found]:
        """Not found and not ours to see any more are gone; an id without an answer is left out. Each post read costs."""
        wanted = list(ids)
        with self._opened() as line:
            for start in range(0, len(wanted), IDS_A_CALL):
                yield from self._found(line, wanted[start : start + IDS_A_CALL])
                if self.given.stopped():
                    return

    def _found(self, line: Line, ids: list[str]) -> Iterator[Found]:
        self._left()
        answer = line.get(BY_ID, {"ids": ",".join(ids)})
        items = {item.post.id: item for item in self._known(answer).items}
        if newer := x_objects.superseded(answer):
            items |= {item.post.id: item for item in self._known(line.get(BY_ID, {"ids": ",".join(newer)})).items}
        gone = x_answers.missing(answer)
        yield from (Found(id, "present", items[id]) for id in ids if id in items)
        yield from (Found(id, "gone") for id in ids if id in gone and id not in items)

    def _known(self, answer: Mapping[str, Any]) -> Page:
        """In a look-up, unlike in a search, an answer of nothing but "not found" is a good one."""
        self._count(len(x_answers.objects(answer, "data")))
        return x_objects.read({"meta": {}, **answer})

    def check(self) -> None:
        """Asks for the usage, which costs nothing."""
        with self._opened() as line:
            line.ask(USAGE, {})

    # --- the daily ceiling ----------------------------------------------------------------------------------------------

    def _size(self, route: str) -> int:
        wished = min(self.max_results, x_searches.LARGEST[route], self._left())
        return max(x_searches.SMALLEST, wished)

    def _left(self) -> int:
        """How many posts may still be read today. Raises RateLimited at the ceiling, until the next day (UTC)."""
        if not self.most_posts:
            return max(x_searches.LARGEST.values())
        left = self.most_posts - self._read_today()
        if left <= 0:
            midnight = datetime.combine(self._today + timedelta(days=1), time(), UTC)
            raise RateLimited(f"today's {self.most_posts} posts are read (most_posts)", midnight)
        return left

    def _count(self, read: int) -> int:
        if self.most_posts:
            self.given.vault.put(self._counter, f"{self._today} {self._read_today() + read}")
        return read

    def _read_today(self) -> int:
        day, _, count = (self.given.vault.get(self._counter) or "").partition(" ")
        return int(count) if day == str(self._today) else 0

    @property
    def _counter(self) -> str:
        return f"{self.given.source}.posts-read"

    @property
    def _today(self) -> date:
        return self.given.now().astimezone(UTC).date()

    # --- the line -------------------------------------------------------------------------------------------------------

    def _opened(self) -> AbstractContextManager[Line]:
        return x_line.opened(self.bearer_token, self.service, self.timeout)


KIND = X
