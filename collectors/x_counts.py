"""How many posts a search of X would bring, asked of X itself, which counts also what was taken down since."""

from collections.abc import Iterator, Sequence

from collectors import x_answers, x_searches
from collectors.base import CollectorError, Unavailable
from collectors.budget import Estimate
from collectors.x_answers import Object
from collectors.x_costs import Purse
from collectors.x_line import Line
from collectors.x_searches import Search

ROUTES = {x_searches.RECENT: "/2/tweets/counts/recent", x_searches.ALL: "/2/tweets/counts/all"}
PRICES = {x_searches.RECENT: 0.005, x_searches.ALL: 0.010}  # US dollars a request, by the list that the price of a post is from


def estimate(line: Line, queries: Sequence[str], first: Search, purse: Purse) -> Estimate:
    """At most so many posts over the span of `first`: what two queries find is counted twice, and read twice.

    Raises CollectorError, AtCeiling if not even the question may be paid for.
    """
    price = PRICES[first.route]
    try:
        posts = sum(_count(answer) for query in queries for answer in _answers(line, first, query, purse))
    except CollectorError as error:
        error.cost = line.asked * price
        raise
    return Estimate(posts=posts, cost=posts * purse.price, asking=line.asked * price, requests=line.asked)


def _answers(line: Line, first: Search, query: str, purse: Purse) -> Iterator[Object]:
    token, met = "", set[str]()
    while token not in met:
        met.add(token)
        purse.pays((line.asked + 1) * PRICES[first.route])
        answer = line.ask(ROUTES[first.route], first.counting(query, token))
        yield answer
        token = x_answers.next_token(answer) or ""
        if not token:
            return
    raise Unavailable("X sent us round in a circle while it counted")


def _count(answer: Object) -> int:
    """Of one page of counts, in either vocabulary."""
    days = x_answers.objects(answer, "data")
    counts = [count for day in days if isinstance(count := day.get("tweet_count", day.get("post_count")), int)]
    if len(counts) < len(days):
        raise Unavailable("X counted in a form that we cannot read")
    return sum(counts)
