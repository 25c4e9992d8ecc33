"""Hands out given posts as a Mastodon server does, over a real socket."""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from html import escape
from typing import Any

from collectors.mastodon import number_at
from collectors.post import Author, Post
from tests.networks import Fault
from tests.networks.answering import Answer, Query, answering

FAULTS: Sequence[Fault] = ("limited", "broken", "refused", "garbage")
ANSWERS: dict[Fault, Answer] = {
    "limited": (429, {"X-RateLimit-Reset": "2026-11-24T12:05:00.123456Z"}, {"error": "Too many requests"}),
    "broken": (503, {}, b"<html>"),
    "refused": (401, {}, {"error": "This method requires an authenticated user"}),
    "garbage": (200, {}, b'[{"id": "11'),
}


def make_post(number: int, posted_at: datetime, text: str) -> Post:
    user = f"https://a.example/users/carer{number}"
    uri = f"{user}/statuses/{number_at(posted_at) + number}"
    return Post(
        network="mastodon",
        id=f"{posted_at:%Y%m%dT%H%M%S}/{uri}",
        posted_at=posted_at,
        text=text,
        author=Author(handle=f"carer{number}@a.example", name=f"Carer {number}", id=user),
        url=uri,
        tags=tuple(dict.fromkeys(tag.lower() for tag in re.findall(r"#(\w+)", text))),
    )


def status_of(post: Post, **differently: Any) -> dict[str, Any]:
    uri = post.id.split("/", 1)[1]
    who = post.author
    account = {"acct": who.handle, "display_name": who.name, "uri": who.id, "url": who.id, "note": "", "indexable": True}
    return {
        "id": uri.rsplit("/", 1)[1],
        "uri": uri,
        "url": post.url,
        "created_at": post.posted_at.strftime("%Y-%m-%dT%H:%M:%S.000Z"),
        "visibility": post.visibility,
        "content": f"<p>{escape(post.text)}</p>",
        "account": account,
        "tags": [{"name": tag, "url": f"https://a.example/tags/{tag}"} for tag in post.tags],
        "in_reply_to_id": post.in_reply_to or None,
        **differently,
    }


class Network:
    """`asked` are the requests in order; `answers` are sent instead of the next ones; `in_reply_to` of a post is a number."""

    def __init__(self, posts: Sequence[Post], **differently: Any) -> None:
        self.statuses = sorted((status_of(post, **differently) for post in posts), key=_number, reverse=True)
        self.asked: list[tuple[str, Query]] = []
        self.answers: list[Answer] = []
        self.rules: dict[str, str] = {"local": "public", "remote": "public"}
        self.options: dict[str, Any] = {"hashtags": ("#NHSThinkCarer",), "timeout": 10.0}

    def fail(self, how: Fault) -> None:
        self.answers.append(ANSWERS[how])

    def answer(self, path: str, query: Query) -> Answer:
        self.asked.append((path, query))
        if self.answers:
            return self.answers.pop(0)
        if path == "/api/v2/instance/":
            return 200, {}, {"configuration": {"timelines_access": {"hashtag_feeds": self.rules}}}
        if path == "/api/v1/statuses":
            return 200, {}, [one for one in self.statuses if one["id"] in query["id[]"]]
        if match := re.fullmatch(r"/api/v1/statuses/(\d+)", path):
            there = [one for one in self.statuses if one["id"] == match[1]]
            return (200, {}, there[0]) if there else (404, {}, {"error": "Record not found"})
        if path == "/api/v1/accounts/lookup":
            known = [one for one in self.statuses if one["account"]["acct"] == query["acct"][0]]
            return (200, {}, {"id": "77", "acct": query["acct"][0]}) if known else (404, {}, {"error": "Record not found"})
        if path == "/api/v1/accounts/77/statuses":
            return self._newest([one for one in self.statuses if one["account"]["acct"] == "hub@a.example"], query)
        if match := re.fullmatch(r"/api/v1/statuses/(\d+)/context", path):
            replies = [one for one in self.statuses if one["in_reply_to_id"] == match[1]]
            return 200, {}, {"ancestors": [], "descendants": replies}
        return self._timeline(path.removeprefix("/api/v1/timelines/tag/").lower(), query)

    def _timeline(self, tag: str, query: Query) -> Answer:
        return self._newest([one for one in self.statuses if tag in [of["name"] for of in one["tags"]]], query)

    def _newest(self, found: Sequence[dict[str, Any]], query: Query) -> Answer:
        below, limit = int(query["max_id"][0]), min(40, int(query["limit"][0]))
        return 200, {}, [one for one in found if _number(one) < below][:limit]


def _number(status: dict[str, Any]) -> int:
    return int(status["id"])


@contextmanager
def opened(posts: Sequence[Post], **differently: Any) -> Iterator[Network]:
    network = Network(posts, **differently)
    with answering(network.answer) as address:
        network.options |= {"servers": (address,)}
        yield network
