"""Hands out given posts as an Atom feed, over a real socket."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from hashlib import blake2b
from typing import Any
from xml.sax.saxutils import escape

from collectors.post import Author, Post
from tests.networks import Fault
from tests.networks.answering import Answer, Query, answering

FAULTS: Sequence[Fault] = ("limited", "broken", "refused", "garbage")
ANSWERS: Mapping[Fault, Answer] = {
    "limited": (429, {"retry-after": "120"}, b"slow down"),
    "broken": (503, {}, b"<html>over capacity</html>"),
    "refused": (401, {"www-authenticate": "Basic"}, b"who are you?"),
    "garbage": (200, {}, b"<html>"),
}


def make_post(number: int, posted_at: datetime, text: str) -> Post:
    url = f"https://blog.example.org/{number}"
    return Post(
        network="web",
        id=f"{posted_at.astimezone(UTC):%Y%m%dT%H}/{url}",
        kind="article",
        posted_at=posted_at,
        title=f"Article {number}",
        text=text,
        author=Author(name=f"Carer {number}"),
        url=url,
    )


def entry_of(post: Post) -> str:
    return (
        f"<entry><id>{post.url}</id><link href='{post.url}'/><title>{escape(post.title)}</title>"
        f"<published>{post.posted_at.isoformat()}</published><author><name>{escape(post.author.name)}</name></author>"
        f"<content type='text'>{escape(post.text)}</content></entry>"
    )


class Network:
    """`asked` are the requests in order; `answers` are sent instead of the next ones."""

    def __init__(self, posts: Sequence[Post]) -> None:
        entries = "".join(map(entry_of, posts))
        self.body = f"<feed xmlns='http://www.w3.org/2005/Atom'><title>A blog</title>{entries}</feed>".encode()
        self.etag = f'"{blake2b(self.body, digest_size=8).hexdigest()}"'
        self.asked: list[tuple[str, Query]] = []
        self.answers: list[Answer] = []
        self.options: dict[str, Any] = {"hashtags": ("NHSThinkCarer",), "allow_private_addresses": True}

    def fail(self, how: Fault) -> None:
        self.answers.append(ANSWERS[how])

    def answer(self, path: str, query: Query) -> Answer:
        self.asked.append((path, query))
        return self.answers.pop(0) if self.answers else (200, {"etag": self.etag}, self.body)


@contextmanager
def opened(posts: Sequence[Post]) -> Iterator[Network]:
    network = Network(posts)
    with answering(network.answer) as service:
        network.options["url"] = f"{service}/feed.atom"
        yield network
