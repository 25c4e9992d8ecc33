"""A post as a row of its table, and back."""

import json
from hashlib import blake2b
from operator import attrgetter
from typing import Any

from sqlalchemy import Row, Select, func, select

from collectors.post import Author, Engagement, Post
from storage.tables import authors, posts, sightings, to_ms
from storage.values import Kept

_PLAIN = (
    "version",
    "kind",
    "text",
    "title",
    "warning",
    "lang",
    "url",
    "in_reply_to",
    "repost_of",
    "quote_of",
    "visibility",
    "consent",
    "role",
)
_LISTS = ("tags", "links", "media", "labels")
_WORDS = attrgetter(*_PLAIN, *_LISTS)
FORGOTTEN: dict[str, Any] = dict.fromkeys(("text", "title", "warning", "url", *_LISTS), "") | {
    "author_key": None,
    "content": b"",
    "likes": 0,
    "reposts": 0,
    "replies": 0,
}


def from_post(post: Post, author_key: bytes | None) -> dict[str, Any]:
    """Every column but those that the store gives by itself (row, first_seen, gone_at)."""
    values: dict[str, Any] = {name: getattr(post, name) for name in _PLAIN}
    for name in _LISTS:
        value = getattr(post, name)
        values[name] = json.dumps(value, ensure_ascii=False) if value else ""
    likes, reposts, replies = received(post)
    values.update(network=post.network, id=post.id, posted_at=post.posted_at, edited_at=post.edited_at)
    values.update(likes=likes, reposts=reposts, replies=replies, author_key=author_key, content=content(post))
    return values


def content(post: Post) -> bytes:
    """Names a post's words and facts, engagement left out: likes come and go without the post being another."""
    told = repr((_WORDS(post), to_ms(post.posted_at), post.edited_at and to_ms(post.edited_at), post.author))
    return blake2b(told.encode("utf-8", "surrogatepass"), digest_size=8).digest()


def received(post: Post) -> tuple[int, int, int]:
    return post.engagement.likes, post.engagement.reposts, post.engagement.replies


def select_kept() -> Select[Any]:
    seen = (
        select(func.group_concat(sightings.c.source)).where(sightings.c.row == posts.c.row).scalar_subquery().label("sources")
    )
    who = (authors.c.handle.label("author_handle"), authors.c.name.label("author_name"), authors.c.id.label("author_id"))
    return select(posts, *who, seen).outerjoin(authors, authors.c.author_key == posts.c.author_key)


def to_kept(row: Row[Any]) -> Kept:
    author = Author(handle=row.author_handle or "", name=row.author_name or "", id=row.author_id or "")
    values: dict[str, Any] = {name: getattr(row, name) for name in _PLAIN}
    values |= {name: tuple(json.loads(value)) if (value := getattr(row, name)) else () for name in _LISTS}
    post = Post(
        network=row.network,
        id=row.id,
        posted_at=row.posted_at,
        edited_at=row.edited_at,
        author=author,
        engagement=Engagement(likes=row.likes, reposts=row.reposts, replies=row.replies),
        **values,
    )
    sources = tuple(sorted(row.sources.split(","))) if row.sources else ()
    return Kept(row.row, post, sources, row.first_seen, row.gone_at)
