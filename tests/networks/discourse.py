"""Hands out given posts as a Discourse forum does, over a real socket: seven posts a topic, three topics a list."""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from html import escape
from typing import Any

from collectors.post import Author, Post
from tests.networks import Fault
from tests.networks.answering import Answer, Query, answering

FAULTS: Sequence[Fault] = ("limited", "broken", "refused", "garbage")
ANSWERS: Mapping[Fault, Answer] = {
    "limited": (429, {"retry-after": "30"}, {"errors": ["You've performed this action too many times"]}),
    "broken": (502, {}, b"<html>"),
    "refused": (403, {}, {"errors": ["You are not permitted to view the requested resource."]}),
    "garbage": (200, {}, b'{"posts": [{"id'),
}
POSTS_A_TOPIC, AT_ONCE, TOPICS_A_LIST = 7, 3, 3
AGREED: dict[str, Any] = {"agreed": True, "agreed_by": "the moderators", "agreed_on": "2026-10-01"}


def make_post(number: int, posted_at: datetime, text: str) -> Post:
    return Post(
        network="forum",
        id=f"{posted_at.astimezone(UTC):%Y%m%dT%H}/127.0.0.1/p/{number}",
        posted_at=posted_at,
        text=text,
        author=Author(handle=f"carer{number}", name=f"Carer {number}", id=f"{number}@127.0.0.1"),
        tags=tuple(tag.lower() for tag in re.findall(r"#(\w+)", text)),
    )


class Network:
    """`asked` are the requests in order; `answers` are sent instead of the next ones; `changed` is told of posts by number."""

    def __init__(self, posts: Sequence[Post]) -> None:
        self.posts = {int(post.id.rpartition("/")[2]): post for post in sorted(posts, key=lambda post: post.posted_at)}
        numbers = list(self.posts)
        self.topics = [numbers[at : at + POSTS_A_TOPIC] for at in range(0, len(numbers), POSTS_A_TOPIC)]
        self.changed: dict[int, dict[str, Any]] = {}
        self.asked: list[tuple[str, Query]] = []
        self.answers: list[Answer] = []
        self.options: dict[str, Any] = {"hashtags": ("#NHSThinkCarer",), "allow_private_addresses": True, **AGREED}

    def fail(self, how: Fault) -> None:
        self.answers.append(ANSWERS[how])

    def post(self, number: int, **less: Any) -> dict[str, Any]:
        post, topic = self.posts[number], next(at for at, its in enumerate(self.topics) if number in its)
        told = {"id": number, "topic_id": topic + 1, "topic_slug": "t", "post_type": 1, "version": 1}
        told |= {"post_number": self.topics[topic].index(number) + 1, "created_at": post.posted_at.isoformat()}
        told |= {"username": post.author.handle, "name": post.author.name, "user_id": int(post.author.id.split("@")[0])}
        return {**told, "cooked": f"<p>{escape(post.text)}</p>", **self.changed.get(number, {}), **less}

    def topic(self, at: int) -> dict[str, Any]:
        its = self.topics[at]
        begun, bumped = (self.posts[number].posted_at.isoformat() for number in (its[0], its[-1]))
        return {"id": at + 1, "title": f"Topic {at + 1}", "tags": [], "created_at": begun, "bumped_at": bumped}

    def answer(self, path: str, query: Query) -> Answer:
        self.asked.append((path, query))
        if self.answers:
            return self.answers.pop(0)
        known = re.fullmatch(r"/(t|posts)/(\d+)(/posts)?\.json", path)
        if known is None:
            return 200, {}, self._searched(query) if path == "/search.json" else self._listed(query)
        kind, number = known[1], int(known[2])
        if kind == "posts":
            return (200, {}, self.post(number)) if number in self.posts else (404, {}, {"errors": ["not found"]})
        wanted = [int(one) for one in query.get("post_ids[]", [])]
        stream = {"posts": [self.post(one) for one in wanted or self.topics[number - 1][:AT_ONCE] if one in self.posts]}
        whole = {**self.topic(number - 1), "post_stream": stream | {"stream": self.topics[number - 1]}}
        return 200, {}, {"post_stream": stream} if wanted else whole

    def _searched(self, query: Query) -> dict[str, Any]:
        after, before = (
            datetime.fromisoformat(day).replace(tzinfo=UTC) for day in re.findall(r":(\d{4}-\d\d-\d\d)", query["q"][0])
        )
        word, at = query["q"][0].split()[0].lower(), (int(query["page"][0]) - 1) * 10
        found = [
            n for n, post in reversed(self.posts.items()) if after <= post.posted_at < before and word in post.text.lower()
        ]
        posts = [self.post(number, cooked=None, blurb="...") for number in found[at : at + 10]]
        more = {"more_full_page_results": True if at + 10 < len(found) else None}
        return {"posts": posts, "topics": [self.topic(at) for at in range(len(self.topics))], "grouped_search_result": more}

    def _listed(self, query: Query) -> dict[str, Any]:
        newest = [self.topic(at) for at in reversed(range(len(self.topics)))]
        at = int(query.get("page", ["0"])[0]) * TOPICS_A_LIST
        more = {"more_topics_url": "/more"} if at + TOPICS_A_LIST < len(newest) else {}
        return {"topic_list": {"topics": newest[at : at + TOPICS_A_LIST], **more}}


@contextmanager
def opened(posts: Sequence[Post]) -> Iterator[Network]:
    network = Network(posts)
    with answering(network.answer) as url:
        network.options["url"] = url
        yield network
