"""Discourse's JSON, read into posts: topics with their first posts, lists of posts, and single ones. Pure."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from collectors import lenient, markup
from collectors.base import Aside, Item, Page, Unavailable
from collectors.post import Author, Engagement, Post

NETWORK = "forum"
WRITTEN = 1  # the type of what people write: others are acts and notes of moderators
TAG = re.compile(r"(?<![\w&/])#(\w+)")
Known = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Topic:
    """What posts do not say of themselves: the title and the tags of the topic they stand in."""

    title: str = ""
    tags: tuple[str, ...] = ()


def parse(payload: bytes) -> dict[str, Any]:
    """Raises Unavailable for whatever is not one whole JSON object."""
    try:
        told = json.loads(payload)
    except (ValueError, RecursionError) as error:
        raise Unavailable("the forum answered something that is not JSON, or only part of it") from error
    if not isinstance(told, dict):
        raise Unavailable("the forum answered JSON that is no object")
    return told


def topic_of(told: Known) -> Topic:
    """Of a topic, or of its line in a list. Newer forums tell of each tag more than its name."""
    found = told.get("tags")
    tags = (
        [one if isinstance(one, str) else lenient.mapping(one).get("name") for one in found] if isinstance(found, list) else []
    )
    return Topic(lenient.string(told.get("title")), lenient.distinct(lenient.string(one).lower() for one in tags))


def posts_in(told: Known) -> list[dict[str, Any]]:
    """The posts of an answer. Raises Unavailable for one that is not made to hold any."""
    stream = told.get("post_stream")
    if isinstance(stream, dict):
        return lenient.mappings(stream.get("posts"))
    if "cooked" in told:
        return [dict(told)]
    raise Unavailable("the forum sent an answer without posts in it")


def page_of(payload: bytes, url: str) -> Page:
    told = parse(payload)
    return made(posts_in(told), topic_of(told) if "post_stream" in told else None, url)


def made(posts: Sequence[Known], topic: Topic | None, url: str) -> Page:
    """`topic` is None where each post holds it itself, as what we keep does."""
    found = [item_of(one if topic is None else _with_topic(one, topic), url) for one in posts]
    items = tuple(one for one in found if isinstance(one, Item))
    return Page(items, tuple(one for one in found if isinstance(one, Aside)))


def item_of(known: Known, url: str) -> Item | Aside:
    number, written = lenient.count(known.get("id")), moment_of(known)
    if not number or written is None:
        return Aside(f"{_host(url)}/p/{number or '?'}", "unreadable", "a post without a number or a date", written)
    if known.get("post_type", WRITTEN) != WRITTEN:
        return Aside(f"{_host(url)}/p/{number}", "notice", "", written)
    if is_withdrawn(known):
        return Aside(f"{_host(url)}/p/{number}", "not public", "", written)
    return Item(_post(known, number, written, url), _raw(known))


def is_withdrawn(known: Known) -> bool:
    """Deleted by its author or a moderator, or hidden because others complained."""
    return bool(known.get("user_deleted") or known.get("deleted_at") or known.get("hidden"))


def moment_of(known: Known, name: str = "created_at") -> datetime | None:
    try:
        moment = datetime.fromisoformat(lenient.string(known.get(name)))
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC).replace(microsecond=0)
    except (ValueError, OverflowError):
        return None


def _with_topic(known: Known, topic: Topic) -> dict[str, Any]:
    return {**known, "topic_title": topic.title, "topic_tags": list(topic.tags)}


def _post(known: Known, number: int, written: datetime, url: str) -> Post:
    plain = markup.read_html(lenient.string(known.get("cooked")))
    text = "\n".join(_own_lines(plain.text)).strip()
    edits = lenient.count(known.get("version"))
    place = lenient.count(known.get("post_number")) or 1
    shared = topic_of({"title": known.get("topic_title"), "tags": known.get("topic_tags")})
    tags = [tag.lower() for tag in TAG.findall(f"{shared.title} {text}")]
    return Post(
        network=NETWORK,
        id=id_of(number, written, url),
        version=str(edits) if edits > 1 else "",
        edited_at=moment_of(known, "updated_at") if edits > 1 else None,
        kind="post" if place == 1 else "reply",
        posted_at=written,
        author=_author(known, url),
        title=shared.title if place == 1 else "",
        text=text or shared.title,
        url=f"{url}/t/{lenient.string(known.get('topic_slug')) or '-'}/{lenient.count(known.get('topic_id'))}/{place}",
        tags=lenient.distinct([*shared.tags, *tags]),
        links=plain.links,
        engagement=Engagement(likes=_likes(known), replies=lenient.count(known.get("reply_count"))),
    )


def _own_lines(text: str) -> Iterator[str]:
    """Without what the post quotes of others."""
    return (line for line in text.split("\n") if not line.startswith(">"))


def _author(known: Known, url: str) -> Author:
    handle = lenient.string(known.get("username"))
    number = lenient.count(known.get("user_id"))
    return Author(handle=handle, name=lenient.string(known.get("name")), id=f"{number}@{_host(url)}" if number else "")


def _likes(known: Known) -> int:
    acts = lenient.mappings(known.get("actions_summary"))
    return sum(lenient.count(one.get("count")) for one in acts if one.get("id") == 2)  # 2 is a like


def id_of(number: int, written: datetime, url: str) -> str:
    return f"{written:%Y%m%dT%H}/{_host(url)}/p/{number}"


def _host(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.hostname or ''}{parts.path}"


def _raw(known: Known) -> bytes:
    return json.dumps(known, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")
