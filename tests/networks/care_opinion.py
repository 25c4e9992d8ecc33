"""Hands out given posts as the stories of Care Opinion's API, over a real socket."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from collectors.base import Secret
from collectors.post import Post
from tests.networks import Fault
from tests.networks.answering import Answer, Query, answering

FAULTS: Sequence[Fault] = ("limited", "broken", "refused", "garbage")
ANSWERS: Mapping[Fault, Answer] = {
    "limited": (429, {"retry-after": "1"}, b"slow down"),
    "broken": (503, {}, b"<html>"),
    "refused": (302, {"location": "/account/signin"}, b""),
    "garbage": (200, {}, b'[{"id": 1'),
}
SIGN_IN: Answer = (200, {"content-type": "text/html; charset=utf-8"}, b"<html>Sign in</html>")
MOST = 20  # in a page, so that tests have several


def make_post(number: int, posted_at: datetime, text: str) -> Post:
    return Post(
        network="care_opinion",
        id=f"{posted_at.astimezone(UTC):%Y%m%dT%H}/{number}",
        posted_at=posted_at,
        title=f"Story {number}",
        text=text,
        url=f"https://www.careopinion.org.uk/{number}",
        role="a carer",
    )


def story_of(post: Post) -> dict[str, Any]:
    return {
        "id": int(post.id.rpartition("/")[2]),
        "title": post.title,
        "body": post.text,
        "dateOfSubmission": post.posted_at.isoformat(),
        "dateOfPublication": post.posted_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z"),
        "authorRole": post.role,
        "links": [],
    }


class Network:
    """`asked` are the requests in order; `answers` are sent instead of the next ones."""

    def __init__(self, posts: Sequence[Post]) -> None:
        self.posts = sorted(posts, key=lambda post: post.posted_at)
        self.asked: list[tuple[str, Query]] = []
        self.answers: list[Answer] = []
        self.options: dict[str, Any] = {"key": Secret("key"), "allow_private_addresses": True}

    def fail(self, how: Fault) -> None:
        self.answers.append(ANSWERS[how])

    def answer(self, path: str, query: Query) -> Answer:
        if path == "/account/signin":
            return SIGN_IN
        self.asked.append((path, query))
        if self.answers:
            return self.answers.pop(0)
        if path == "/api/v2/opinions":
            after = datetime.fromisoformat(query["publishedafter"][0]).replace(tzinfo=UTC)
            skip, take = (int(query[name][0]) for name in ("skip", "take"))
            return 200, {}, [story_of(one) for one in self.posts if one.posted_at >= after][skip : skip + min(take, MOST)]
        there = [one for one in self.posts if one.id.rpartition("/")[2] == path.rpartition("/")[2]]
        return (200, {}, story_of(there[0])) if there else (404, {}, b"")


@contextmanager
def opened(posts: Sequence[Post]) -> Iterator[Network]:
    network = Network(posts)
    with answering(network.answer) as service:
        network.options["service"] = service
        yield network
