"""Hands out given posts as a Bluesky server does, over a real socket."""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from collectors.base import Secret
from collectors.bluesky_views import address_of, id_of
from collectors.post import Author, Post
from tests.networks import Fault
from tests.networks.answering import Answer, Query, answering

FAULTS: Sequence[Fault] = ("limited", "broken", "refused", "garbage")
BAD: dict[str, Answer] = {"limited": (429, {"ratelimit-reset": "1795521600"}, {}), "broken": (503, {}, {})}
TOKEN = "e30.eyJleHAiOjQxMDI0NDQ4MDB9.c2ln"  # lasts until 2100


def make_post(number: int, posted_at: datetime, text: str) -> Post:
    did, rkey = f"did:plc:carer{number:019d}", f"3m{number:011d}"
    return Post(
        network="bluesky",
        id=f"{rkey}/{did}",
        version=f"bafyrei{number:052d}",
        posted_at=posted_at,
        text=text,
        author=Author(handle=f"carer{number}.example", name=f"Carer {number}", id=did),
        url=f"https://bsky.app/profile/{did}/post/{rkey}",
        tags=tuple(dict.fromkeys(tag.lower() for tag in re.findall(r"#(\w+)", text))),
    )


def view_of(post: Post) -> dict[str, Any]:
    record: dict[str, Any] = {"$type": "app.bsky.feed.post", "text": post.text, "createdAt": post.posted_at.isoformat()}
    record |= {"reply": {"parent": {"uri": address_of(post.in_reply_to)}}} if post.in_reply_to else {}
    record |= {"embed": {"record": {"uri": address_of(post.quote_of)}}} if post.quote_of else {}
    who = {"did": post.author.id, "handle": post.author.handle, "displayName": post.author.name}
    return {"uri": address_of(post.id), "cid": post.version, "author": who, "record": record, "indexedAt": record["createdAt"]}


class Network:
    """`asked` are the requests in order; a search shows `cap` hits; `answers` are sent instead of the next ones."""

    def __init__(self, posts: Sequence[Post], cap: int) -> None:
        self.posts, self.cap = sorted(posts, key=lambda post: post.posted_at, reverse=True), cap
        self.asked: list[tuple[str, Query]] = []
        self.answers: list[Answer] = []
        self.refusing = False
        self.session = {"did": "did:plc:listener", "handle": "listener.example", "accessJwt": TOKEN, "refreshJwt": TOKEN}
        self.options: dict[str, Any] = {"handle": "listener.example", "password": Secret("app-pass")}

    def fail(self, how: Fault) -> None:
        self.refusing = how == "refused"  # a session that is refused is followed by a login, so that is refused too
        self.answers += [] if self.refusing else [BAD.get(how, (200, {}, b"<html>"))]

    def answer(self, path: str, query: Query) -> Answer:
        method = path.removeprefix("/xrpc/").rsplit(".", 1)[1]
        self.asked.append((method, query))
        if self.refusing:
            self.refusing = method != "createSession"
            return 401, {}, {"error": "AuthenticationRequired", "message": "Invalid identifier or password"}
        if self.answers:
            return self.answers.pop(0)
        return 200, {}, self.session if "Session" in method else getattr(self, f"_{method}")(query)

    def _resolveHandle(self, query: Query) -> Any:  # noqa: N802 -- named as the network names it, like the next seven
        return {"did": next(post.author.id for post in self.posts if post.author.handle == query["handle"][0])}

    def _searchPosts(self, query: Query) -> Any:  # noqa: N802
        since, until = (datetime.fromisoformat(query[name][0]) for name in ("since", "until"))
        tag = query["tag"][0].lower()
        return _page([post for post in self.posts if since <= post.posted_at < until and tag in post.tags][: self.cap], query)

    def _getQuotes(self, query: Query) -> Any:  # noqa: N802
        return _page([post for post in self.posts if post.quote_of == id_of(query["uri"][0])], query)

    def _getAuthorFeed(self, query: Query) -> Any:  # noqa: N802
        its = [post for post in self.posts if post.author.handle == query["actor"][0]]
        entries, start = [_entry_of(post) for post in its], int(query.get("cursor", ["0"])[0])
        return {"feed": entries[start : start + 100], "cursor": str(start + 100) if start + 100 < len(entries) else None}

    def _getRepostedBy(self, query: Query) -> Any:  # noqa: N802
        who = [{"did": post.author.id} for post in self.posts if post.repost_of == id_of(query["uri"][0])]
        start = int(query.get("cursor", ["0"])[0])
        return {"repostedBy": who[start : start + 100], "cursor": str(start + 100) if start + 100 < len(who) else None}

    def _getProfiles(self, query: Query) -> Any:  # noqa: N802
        known = {post.author.handle: post.author.id for post in self.posts}
        return {"profiles": [{"handle": one, "did": known[one]} for one in query["actors"] if one in known]}

    def _getPosts(self, query: Query) -> Any:  # noqa: N802
        return {"posts": [view_of(post) for post in self.posts if address_of(post.id) in query["uris"]]}

    def _getPostThread(self, query: Query) -> Any:  # noqa: N802
        return {"thread": self.thread(query["uri"][0], int(query["depth"][0]))}

    def thread(self, address: str, depth: int) -> Any:
        below = [address_of(post.id) for post in self.posts if post.in_reply_to == id_of(address)]
        shown = {"replies": [self.thread(one, depth - 1) for one in below]} if depth else {}
        return {"post": {**self._getPosts({"uris": [address]})["posts"][0], "replyCount": len(below)}, **shown}


def _entry_of(post: Post) -> dict[str, Any]:
    if not post.repost_of:
        return {"post": view_of(post)}
    who = {"did": post.author.id, "handle": post.author.handle, "displayName": post.author.name}
    reason = {"$type": "app.bsky.feed.defs#reasonRepost", "by": who, "indexedAt": post.posted_at.isoformat()}
    return {"post": {"uri": address_of(post.repost_of), "indexedAt": "2026-11-16T09:00:00Z"}, "reason": reason}


def _page(posts: Sequence[Post], query: Query) -> Any:
    views, start = [view_of(post) for post in posts], int(query.get("cursor", ["0"])[0])
    return {"posts": views[start : start + 100], "cursor": str(start + 100) if start + 100 < len(views) else None}


@contextmanager
def opened(posts: Sequence[Post], cap: int = 10_000) -> Iterator[Network]:
    network = Network(posts, cap)
    with answering(network.answer) as service:
        network.options |= {"service": service, "hashtags": ("#NHSThinkCarer",)}
        yield network
