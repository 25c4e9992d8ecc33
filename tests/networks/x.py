"""Hands out given posts as X's search and look-up do, over a real socket."""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from collectors.base import Secret
from collectors.post import Author, Post
from tests.networks import Fault, x_sides
from tests.networks.answering import Answer, Query, answering
from tests.networks.x_jobs import Jobs
from tests.networks.x_sides import answer_of as answer_of

FAULTS: Sequence[Fault] = ("limited", "broken", "refused", "garbage")
TOO_MANY = {"title": "Too Many Requests", "detail": "Too Many Requests", "type": "about:blank", "status": 429}
ANSWERS: dict[Fault, Answer] = {
    "limited": (429, {"x-rate-limit-reset": "1795521600"}, TOO_MANY),
    "broken": (500, {}, b"<html>over capacity</html>"),
    "refused": (401, {}, {"title": "Unauthorized", "type": "about:blank", "status": 401, "detail": "Unauthorized"}),
    "garbage": (200, {}, b'{"data": [{"id": "17'),
}
FIRST_MOMENT = 1_288_834_974_657  # milliseconds: where X's ids begin to count


def make_post(number: int, posted_at: datetime, text: str) -> Post:
    id = str((int(posted_at.timestamp() * 1000) - FIRST_MOMENT << 22) + number)
    return Post(
        network="x",
        id=id,
        version=id,
        posted_at=posted_at,
        text=text,
        author=Author(handle=f"carer{number}", name=f"Carer {number}", id=str(1000 + number)),
        url=f"https://x.com/carer{number}/status/{id}",
        tags=tuple(re.findall(r"#(\w+)", text)),
    )


class Network:
    """`asked` are the requests in order; `answers` are sent instead of the next ones."""

    def __init__(self, posts: Sequence[Post]) -> None:
        self.posts = sorted(posts, key=lambda post: post.posted_at, reverse=True)
        self.asked: list[tuple[str, Query]] = []
        self.answers: list[Answer] = []
        self.jobs = Jobs()
        self.options: dict[str, Any] = {"bearer_token": Secret("token"), "hashtags": ("#NHSThinkCarer",), "max_results": 10}

    def fail(self, how: Fault) -> None:
        self.answers.append(ANSWERS[how])

    def answer(self, path: str, query: Query) -> Answer:
        self.asked.append((path, query))
        if self.answers:
            return self.answers.pop(0)
        if path.startswith(("/2/compliance/", "/put/", "/got/")):
            return self.jobs.answer(path, query)
        return 200, {}, self._answered(path, query)

    def _answered(self, path: str, query: Query) -> dict[str, Any]:
        if "/counts/" in path:
            return x_sides.counts(self.posts, query)
        return self._search(query) if "query" in query else self._look_up(query.get("ids", [""])[0].split(","))

    def _search(self, query: Query) -> dict[str, Any]:
        since, until = (datetime.fromisoformat(query[name][0]) for name in ("start_time", "end_time"))
        found = [post for post in self.posts if since <= post.posted_at < until]
        start, size = int(query.get("next_token", ["0"])[0]), int(query["max_results"][0])
        onward = {"next_token": str(start + size)} if start + size < len(found) else {}
        return answer_of(found[start : start + size], **onward)

    def _look_up(self, ids: Sequence[str]) -> dict[str, Any]:
        found = answer_of([post for post in self.posts if post.version in ids])
        lost = set(ids) - {post.version for post in self.posts}
        problem = {
            "parameter": "ids",
            "resource_type": "tweet",
            "type": "https://api.twitter.com/2/problems/resource-not-found",
        }
        errors = [problem | {"value": id, "resource_id": id, "title": "Not Found Error"} for id in sorted(lost)]
        return {name: found[name] for name in ("data", "includes") if name in found} | ({"errors": errors} if errors else {})


@contextmanager
def opened(posts: Sequence[Post]) -> Iterator[Network]:
    network = Network(posts)
    with answering(network.answer) as service:
        network.options |= {"service": service, "pace": 0.0}
        network.jobs.service = service
        yield network
