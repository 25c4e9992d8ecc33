"""X: searches by hashtag and around the question posts, or what mentions an account. tweepy carries; the rest is ours."""

import logging
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from threading import Event
from typing import Any, ClassVar, Literal

from collectors import budget, way_out, x_account, x_answers, x_compliance, x_costs, x_counts, x_line, x_objects, x_searches
from collectors.base import AtCeiling, Collector, Found, Page, Secret, Unavailable, Window, option
from collectors.budget import Budget, Estimate
from collectors.x_costs import Purse
from collectors.x_line import SERVICE, Line
from collectors.x_lookup import LookUp
from collectors.x_searches import Search

log = logging.getLogger(__name__)

USAGE = "/2/usage/tweets"


@dataclass(frozen=True, kw_only=True)
class X(Collector):
    """Recent search for what is younger than seven days, the full archive beyond; or, with an `account`, what mentions it, of
    which X lists the last 800. A window is read up to 30 seconds ago.

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
    account: str = option("", help="our own account: what mentions it is read instead, at a fifth of the price", asks=True)
    display: Literal["counts", "enterprise"] = option("counts", help='"enterprise" shows posts, under a contract with X')
    max_results: int = option(100, help="posts a page: 10 to 100, beyond seven days up to 500")
    timeout: float = option(30.0, help="seconds for one answer")
    deletion_check: Literal["off", "lookup", "compliance"] = option(
        "off", help='"lookup" looks kept posts up every day, which costs; "compliance" hands X a list, which does not'
    )
    price: float = option(x_costs.PRICE, help="US dollars for a post that is read, as X's list of August 2026 says")
    price_of_mention: float = option(x_costs.PRICE_OF_MENTION, help="US dollars for one that mentions our own account")
    at_most_day: float = option(0.0, help="US dollars to spend in a day (UTC) at most; 0: no ceiling")
    at_most_week: float = option(0.0, help="US dollars to spend in a week (from Monday, UTC) at most; 0: no ceiling")
    service: str = field(default=SERVICE, repr=False, compare=False)
    pace: float = field(default=1.1, repr=False, compare=False)

    def __post_init__(self) -> None:
        prices = {"price": self.price, "price_of_mention": self.price_of_mention}
        x_costs.refuse(prices, self._price, {"at_most_day": self.at_most_day, "at_most_week": self.at_most_week})
        if not x_searches.SMALLEST <= self.max_results <= x_searches.LARGEST[x_searches.ALL]:
            raise ValueError(f"max_results must be from {x_searches.SMALLEST} to {x_searches.LARGEST[x_searches.ALL]}")
        if self.account:
            x_account.handle_of(self.account)

    @property
    def asked(self) -> str:
        if self.account:
            return f"posts that mention @{x_account.handle_of(self.account)}"
        tags = " or ".join(f"#{tag.lstrip('#')}" for tag in self.hashtags)
        answers = "replies to and quotes of the question posts" if x_searches.post_ids(self.question_posts) else ""
        return ", and ".join(part for part in (tags and f"posts with {tags}", answers) if part)

    @property
    def display_contract(self) -> str:
        return "x" if self.display == "enterprise" else ""

    @property
    def hosts(self) -> tuple[str, ...]:
        asked = (self.service, x_compliance.STORE) if self.audits else (self.service,)
        return tuple(way_out.place(one) for one in asked)

    @property
    def audits(self) -> bool:
        return self.deletion_check == "compliance"

    @property
    def swept(self) -> bool:
        return self.deletion_check != "off"

    @property
    def budget(self) -> Budget | None:
        return self._budget if self._price else None

    @property
    def rests(self) -> AtCeiling | None:
        return self._purse.rests

    def read(self, payload: bytes) -> Page:
        return x_objects.read(x_answers.parse(payload))

    def collect(self, window: Window, cursor: str | None = None) -> Iterator[Page]:
        queries = [""] if self.account else x_searches.queries(self.hashtags, self.question_posts)
        if x_searches.begin(window, cursor, self.given.now()).empty:
            yield Page()
            return
        with self._opened() as line:
            way, cost = self._way(line)
            first = x_searches.begin(window, cursor, self.given.now(), way)
            if cost:
                yield Page(cursor=first.cursor, requests=1, cost=cost)
            if not (cost and self.given.stopped()):
                yield from self._pages(line, queries, first)

    def _way(self, line: Line) -> tuple[str, float]:
        """The route to the mentions, empty without an account, and what it cost to learn it."""
        if not self.account:
            return "", 0.0
        handle, cost = x_account.handle_of(self.account), 0.0
        number = x_account.known(handle, self.given.vault, self.given.source)
        if not number:
            cost = x_account.PRICE
            self._purse.pays(cost)
            number = x_account.ask(line, handle, self.given.vault, self.given.source)
        return x_searches.MENTIONS.format(number), cost

    def _pages(self, line: Line, queries: list[str], first: Search) -> Iterator[Page]:
        search: Search | None = first
        asked = set()
        while search:
            asked.add(search)
            page, search = self._page(line, queries, search)
            if search in asked:
                yield replace(page, cursor=search.anew.cursor)
                raise Unavailable("X sent us round in a circle: a page token came twice; its search is begun again")
            yield page
            if self.given.stopped():
                return

    def _page(self, line: Line, queries: list[str], search: Search) -> tuple[Page, Search | None]:
        before = line.asked
        answer = self._search(line, queries[search.stage], search)
        read = len(x_answers.objects(answer, "data"))
        try:
            page, token = x_objects.read(answer), x_answers.next_token(answer)
        except Unavailable as error:
            error.cost = read * self._price
            raise
        after = search.after(token, len(queries))
        log.debug("%s: X answered %d posts in its %s names", self.given.source, read, x_objects.vocabulary(answer) or "usual")
        cost, asked = read * self._price, line.asked - before
        return replace(page, requests=asked, cost=cost, cursor=after.cursor if after else None), after

    def _search(self, line: Line, query: str, search: Search) -> dict[str, Any]:
        """One page; half of it when X says that it is overloaded, which large pages make it say (DocNow/twarc#449)."""
        most = min(self.max_results, search.largest)
        size = self._purse.affords(most, x_searches.SMALLEST)
        if search.route == x_searches.ALL and search.token:
            Event().wait(self.pace)
        try:
            return line.get(search.route, search.asking(query, size))
        except x_answers.Overloaded:
            if size == x_searches.SMALLEST:
                raise
        return line.get(search.route, search.asking(query, max(x_searches.SMALLEST, size // 2)))

    def estimate(self, window: Window) -> Estimate:
        """Asks for the counts of the searches; an empty window is not asked for."""
        mentions = [f"@{x_account.handle_of(self.account)}"] if self.account else []
        queries = mentions or x_searches.queries(self.hashtags, self.question_posts)
        first = x_searches.begin(window, None, self.given.now())
        if first.empty:
            return Estimate(posts=0, cost=0.0)
        with self._opened() as line:
            return x_counts.estimate(line, queries, first, self._purse)

    def look_up(self, ids: Iterable[str]) -> Iterator[Found]:
        """Not found and not ours to see any more are gone; an id without an answer is left out. Each post read costs."""
        with self._opened() as line:
            yield from LookUp(line, replace(self._purse, price=self.price), self.given.stopped).of(list(ids))

    def audit(self, ids: Sequence[str], cursor: str | None) -> Iterator[Found]:
        """By a job of X's; posts that it says were edited are looked up, which costs."""
        if not ids:
            return
        with self._opened() as line:
            jobs = x_compliance.Jobs(line, self.timeout, self.given.now(), trusting=self.service != SERVICE)
            found = jobs.verdicts(ids, cursor)
        yield from (Found(id, "gone") for id in found.gone)
        if found.edited:
            yield from self.look_up(found.edited)

    def check(self) -> None:
        """Asks for the usage, which costs nothing."""
        with self._opened() as line:
            line.ask(USAGE, {})

    @property
    def _budget(self) -> Budget:
        return budget.of(self.given.spent, self.at_most_day, self.at_most_week, self.given.now())

    @property
    def _purse(self) -> Purse:
        return Purse(self._price, self._budget, self.given.now())

    @property
    def _price(self) -> float:
        return self.price_of_mention if self.account else self.price

    def _opened(self) -> AbstractContextManager[Line]:
        return x_line.opened(self.bearer_token, self.service, self.timeout)


KIND = X
