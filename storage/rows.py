"""A post as a row of its table, and back."""

import json
from dataclasses import fields, replace
from datetime import datetime
from hashlib import blake2b
from hmac import digest as hmac
from operator import attrgetter
from typing import Any, NamedTuple

from sqlalchemy import Row, Select, func, select

from collectors.base import Item
from collectors.post import Author, Engagement, Post
from storage.tables import authors, posts, sightings, to_ms
from storage.values import Kept

_IDENTITY = ("network", "id")
_WORDS = (
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
_COUNTS = ("likes", "reposts", "replies", "answers")
COLUMNS = (*_IDENTITY, *_WORDS, *_LISTS, "posted_at", "edited_at", "author_key", "content", *_COUNTS)
FORGOTTEN: dict[str, Any] = dict.fromkeys((*_WORDS, *_LISTS), "") | {
    "kind": posts.c.kind,
    "edited_at": None,
    "author_key": None,
    "content": b"",
    **dict.fromkeys(_COUNTS, 0),
}
PAST = b"-"
"""In place of what names the words of a post, once their time is over: no reading brings them back."""
# What stays then besides numbers is no word of anybody, and counts are made of it.
EXPIRED: dict[str, Any] = {
    name: value for name, value in FORGOTTEN.items() if name not in ("lang", "visibility", "labels", "repost_of", "answers")
} | {"content": PAST}

_strings_of = attrgetter(*_IDENTITY, *_WORDS)
_lists_of = attrgetter(*_LISTS)
_author_of = attrgetter("handle", "name", "id")
_counts_of = attrgetter("engagement.likes", "engagement.reposts", "engagement.replies", "answers")


class Told(NamedTuple):
    """What came of one post, as columns. `content` names its words and facts, engagement and the question left out: likes come
    and go without the post being another. `author` is a row of its table, None for somebody who gave no name."""

    key: tuple[str, str]
    facts: tuple[Any, ...]
    author: tuple[Any, ...] | None
    content: bytes
    counts: tuple[int, int, int, int]
    raw: bytes | None

    @property
    def columns(self) -> tuple[Any, ...]:
        """In the order of COLUMNS."""
        return *self.facts, self.author and self.author[0], self.content, *self.counts


def tell(item: Item, secret: bytes) -> Told:
    post = item.post
    edited = post.edited_at
    lists = [json.dumps(value, ensure_ascii=False) if value else "" for value in _lists_of(post)]
    facts = (*_strings_of(post), *lists, to_ms(post.posted_at), edited and to_ms(edited))
    who = _author_of(post.author)
    told = repr((facts, who))
    if "\\ud" in told or "\\x00" in told:  # as repr shows them; a backslash in the text itself only makes this a little slower
        sound = _sound(post)
        if sound != post:
            return tell(Item(sound, item.raw), secret)
    content = blake2b(told.encode(), digest_size=8).digest()
    return Told(post.key, facts, _author_row(post, who, secret), content, _counts_of(post), item.raw)


def _author_row(post: Post, who: tuple[str, str, str], secret: bytes) -> tuple[Any, ...] | None:
    identity = post.author.identity
    return (hmac(secret, f"{post.network}\x1f{identity}".encode(), "sha256")[:16], post.network, *who) if identity else None


# --- what SQLite cannot hold -------------------------------------------------------------------------------------------


def _sound(post: Post) -> Post:
    """The same with half characters (lone surrogates) and NUL replaced: these are no UTF-8, that ends a text for SQLite."""
    values = {one.name: _sounded(getattr(post, one.name)) for one in fields(post) if one.name != "author"}
    author = Author(**{one.name: _sounded(getattr(post.author, one.name)) for one in fields(Author)})
    return replace(post, **values, author=author)


def _sounded(value: Any) -> Any:
    if isinstance(value, tuple):
        return tuple(_sounded(one) for one in value)
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode().replace("\x00", "\N{REPLACEMENT CHARACTER}")
    return value


def blurred(moment: datetime) -> datetime:
    """To a quarter of an hour: networks count milliseconds in their ids, and no week of any time zone begins in between."""
    return moment.replace(minute=moment.minute // 15 * 15, second=0, microsecond=0)


# --- and back ----------------------------------------------------------------------------------------------------------


def select_kept() -> Select[Any]:
    seen = (
        select(func.group_concat(sightings.c.source)).where(sightings.c.row == posts.c.row).scalar_subquery().label("sources")
    )
    who = (authors.c.handle.label("author_handle"), authors.c.name.label("author_name"), authors.c.id.label("author_id"))
    return select(posts, *who, seen).outerjoin(authors, authors.c.author_key == posts.c.author_key)


def to_kept(row: Row[Any]) -> Kept:
    author = Author(handle=row.author_handle or "", name=row.author_name or "", id=row.author_id or "")
    values: dict[str, Any] = {name: getattr(row, name) for name in (*_IDENTITY, *_WORDS)}
    values |= {name: tuple(json.loads(value)) if (value := getattr(row, name)) else () for name in _LISTS}
    post = Post(
        posted_at=row.posted_at,
        edited_at=row.edited_at,
        author=author,
        answers=row.answers,
        engagement=Engagement(likes=row.likes, reposts=row.reposts, replies=row.replies),
        **values,
    )
    sources = tuple(sorted(row.sources.split(","))) if row.sources else ()
    return Kept(row.row, post, sources, row.first_seen, row.gone_at)
