"""What Bluesky answers to a search: a hundred PostViews a page, newest first."""

import json
import re
from base64 import b32encode
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from listener.demo import draw
from listener.demo.people import Person
from listener.demo.said import Said

_SORTABLE = "234567abcdefghijklmnopqrstuvwxyz"
_TAG = re.compile(r"#(\w+)")
_LINK = re.compile(r"https?://[^\s<>\"&]+")
_COLLECTION = "app.bsky.feed.post"
_DAG_CBOR_SHA256 = bytes((1, 0x71, 0x12, 0x20))  # a CID of version 1


def page(told: Sequence[Said], *, cursor: str | None, hits: int) -> bytes:
    """One answer that holds these posts; `hits` is how many the whole search found."""
    newest = sorted(told, key=lambda one: one.at, reverse=True)
    answer: dict[str, Any] = {"posts": [_view(one) for one in newest], "hitsTotal": hits}
    return json.dumps(answer | ({"cursor": cursor} if cursor else {}), ensure_ascii=False, indent=1).encode()


def id_of(one: Said) -> str:
    """The id under which the post is kept: record key, then the account."""
    return f"{rkey(one)}/{one.by.did}"


def rkey(one: Said) -> str:
    """A TID: microseconds since 1970 and 10 bits that tell apart, in thirteen letters that sort by time."""
    chance = draw.dice("tid", one.key)
    number = (int(one.at.timestamp()) * 1_000_000 + chance.randrange(1_000_000) << 10) + chance.randrange(1024)
    return "".join(_SORTABLE[number >> shift & 31] for shift in range(60, -1, -5))


def _reference(one: Said) -> dict[str, str]:
    digest = draw.digest("cid", one.key)
    cid = b32encode(_DAG_CBOR_SHA256 + digest).decode().lower().rstrip("=")
    return {"uri": f"at://{one.by.did}/{_COLLECTION}/{rkey(one)}", "cid": f"b{cid}"}


def _view(one: Said) -> dict[str, Any]:
    return {
        **_reference(one),
        "author": _author(one.by),
        "record": _record(one),
        "bookmarkCount": 0,
        "replyCount": one.replies,
        "repostCount": one.reposts,
        "likeCount": one.likes,
        "quoteCount": one.replies // 2,
        "indexedAt": _stamp(one.at + timedelta(seconds=2)),
        "labels": [],
    }


def _author(person: Person) -> dict[str, Any]:
    return {
        "did": person.did,
        "handle": person.domain,
        "displayName": person.name,
        "createdAt": _stamp(person.joined),
        "labels": [] if person.public else [_label(person)],
    }


def _label(person: Person) -> dict[str, str]:
    profile = f"at://{person.did}/app.bsky.actor.profile/self"
    return {"src": person.did, "uri": profile, "val": "!no-unauthenticated", "cts": _stamp(person.joined)}


def _record(one: Said) -> dict[str, Any]:
    record: dict[str, Any] = {
        "$type": _COLLECTION,
        "createdAt": _stamp(one.at),
        "langs": [one.lang],
        "text": one.text,
        "facets": [*_tags(one.text), *_links(one.text)],
    }
    if one.of and one.way == "reply":
        record["reply"] = {"root": _reference(one.of), "parent": _reference(one.of)}
    if one.of and one.way == "quote":
        record["embed"] = {"$type": "app.bsky.embed.record", "record": _reference(one.of)}
    return record


def _tags(text: str) -> Iterator[dict[str, Any]]:
    return (_facet(text, match, {"$type": "app.bsky.richtext.facet#tag", "tag": match[1]}) for match in _TAG.finditer(text))


def _links(text: str) -> Iterator[dict[str, Any]]:
    return (_facet(text, match, {"$type": "app.bsky.richtext.facet#link", "uri": match[0]}) for match in _LINK.finditer(text))


def _facet(text: str, match: re.Match[str], feature: dict[str, str]) -> dict[str, Any]:
    """Facets count the bytes of the text in UTF-8."""
    start, end = (len(text[:at].encode()) for at in match.span())
    return {"$type": "app.bsky.richtext.facet", "index": {"byteStart": start, "byteEnd": end}, "features": [feature]}


def _stamp(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.000Z")
