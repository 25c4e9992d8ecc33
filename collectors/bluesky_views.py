"""Bluesky's PostView and thread JSON, read into posts; every field may be missing or of the wrong kind."""

import json
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from hashlib import blake2b
from typing import Any

from collectors.base import Aside, Item, Page, Unavailable
from collectors.post import Author, Engagement, Post

NETWORK = "bluesky"
SIGNED_IN_ONLY = "!no-unauthenticated"
_COLLECTION = "app.bsky.feed.post"
_BEGINNING = datetime(2022, 11, 1, tzinfo=UTC)  # no post is older than the network
_ADDRESS = re.compile(rf"at://(did:[^/\s]+)/{re.escape(_COLLECTION)}/([^/?#\s]+)")
_TYPED_TAG = re.compile(r"(?<![\w/&#＃])[#＃](\w+(?:-\w+)*)")  # noqa: RUF001 -- the full-width sign starts a hashtag too


def views_in(payload: bytes) -> list[object]:
    """The PostViews of a stored answer: of a list of posts, of a thread (its root left out), or the one that it is."""
    try:
        answer = json.loads(payload)
    except (ValueError, RecursionError) as error:
        raise Unavailable("this is not an answer of Bluesky: it is no JSON") from error
    known = _object(answer)
    if isinstance(known.get("posts"), list):
        return list(known["posts"])
    if "thread" in known:
        return [node["post"] for node in replies_below(_object(known["thread"]))]
    if "uri" in known:
        return [known]
    raise Unavailable("this is not an answer of Bluesky: it holds neither posts nor a thread")


def page_of(views: Iterable[object]) -> Page:
    """Views in, items out; a view that names no post or no time is set aside as unreadable."""
    items: list[Item] = []
    asides: list[Aside] = []
    for view in views:
        item = item_of(view)
        if item is None:
            asides.append(_unreadable(view))
        else:
            items.append(item)
    return Page(tuple(items), tuple(asides))


def item_of(view: object) -> Item | None:
    """None for a view that names no post or no time."""
    try:
        return Item(_post(_object(view)), _raw(view))
    except ValueError:
        return None


def replies_below(thread: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The nodes under the root that hold a post, parents first; deleted and blocked ones hold none."""
    found, todo = [], _objects(thread.get("replies"))[::-1]
    while todo:
        node = todo.pop()
        todo.extend(reversed(_objects(node.get("replies"))))
        if isinstance(node.get("post"), dict):
            found.append(node)
    return found


def unread_below(thread: Mapping[str, Any]) -> list[str]:
    """Addresses of replies whose own replies lie below the depth at which this answer is cut: there it has no list of them."""
    leaves = [node["post"] for node in replies_below(thread) if "replies" not in node]
    return [post["uri"] for post in leaves if _count(post.get("replyCount")) and _ADDRESS.fullmatch(_string(post.get("uri")))]


# --- ids --------------------------------------------------------------------------------------------------------------


def id_of(address: str) -> str:
    """`RKEY/DID` of an at:// address: record keys grow with time. Raises ValueError if it is no post's address."""
    match = _ADDRESS.fullmatch(address)
    if match is None:
        raise ValueError(f"not the address of a Bluesky post: {address!r}")
    return f"{match[2]}/{match[1]}"


def address_of(id: str) -> str:
    """The at:// address of an id. Raises ValueError if the id is not one of ours."""
    rkey, _, did = id.partition("/")
    address = f"at://{did}/{_COLLECTION}/{rkey}"
    id_of(address)
    return address


def _id_if_post(address: object) -> str:
    match = _ADDRESS.fullmatch(_string(address))
    return f"{match[2]}/{match[1]}" if match else ""


# --- one post ---------------------------------------------------------------------------------------------------------


def _post(view: Mapping[str, Any]) -> Post:
    record, author = _object(view.get("record")), _object(view.get("author"))
    id = id_of(_string(view.get("uri")))
    rkey, _, did = id.partition("/")
    labels = _labels(view, record)
    return Post(
        network=NETWORK,
        id=id,
        version=_string(view.get("cid")),
        kind="reply" if record.get("reply") else "post",
        author=Author(handle=_handle(author), name=_string(author.get("displayName")), id=_string(author.get("did")) or did),
        text=_string(record.get("text")),
        lang=next(iter(_strings(record.get("langs"))), ""),
        posted_at=_posted_at(record.get("createdAt"), view.get("indexedAt")),
        url=f"https://bsky.app/profile/{did}/post/{rkey}",
        tags=_tags(record),
        links=_links(record),
        media=_media(_object(record.get("embed"))),
        in_reply_to=_id_if_post(_object(_object(record.get("reply")).get("parent")).get("uri")),
        quote_of=_id_if_post(_quoted(_object(record.get("embed")))),
        engagement=_engagement(view),
        labels=labels,
        visibility="signed-in" if SIGNED_IN_ONLY in labels else "public",
    )


def _handle(author: Mapping[str, Any]) -> str:
    handle = _string(author.get("handle"))
    return "" if handle == "handle.invalid" else handle  # what the network says when a handle does not resolve


def _engagement(view: Mapping[str, Any]) -> Engagement:
    likes, reposts, replies = (_count(view.get(name)) for name in ("likeCount", "repostCount", "replyCount"))
    return Engagement(likes=likes, reposts=reposts, replies=replies)


def _posted_at(created: object, indexed: object) -> datetime:
    """createdAt comes unchecked from the author's program: a time before the network or after the indexing is not believed."""
    claimed, known = _moment(created), _moment(indexed)
    if claimed is None or (known is not None and not _BEGINNING <= claimed <= known):
        claimed = known
    if claimed is None:
        raise ValueError("a post without a time")
    return claimed


def _moment(text: object) -> datetime | None:
    try:
        moment = datetime.fromisoformat(_string(text))
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _labels(view: Mapping[str, Any], record: Mapping[str, Any]) -> tuple[str, ...]:
    given = [*_objects(_object(view.get("author")).get("labels")), *_objects(view.get("labels"))]
    own = _objects(_object(record.get("labels")).get("values"))
    return _distinct(_string(label.get("val")) for label in [*given, *own] if not label.get("neg"))


def _tags(record: Mapping[str, Any]) -> tuple[str, ...]:
    """Hashtags marked in the text, hidden in the record, and typed without being marked."""
    marked = [*_features(record, "#tag", "tag"), *_strings(record.get("tags"))]
    typed = _TYPED_TAG.findall(_string(record.get("text")))
    return _distinct(tag.lstrip("#＃").lower() for tag in [*marked, *typed] if not tag.isdigit())  # noqa: RUF001 -- full-width


def _links(record: Mapping[str, Any]) -> tuple[str, ...]:
    embed = _object(record.get("embed"))
    cards = [_object(embed.get("external")), _object(_object(embed.get("media")).get("external"))]
    addresses = [*_features(record, "#link", "uri"), *(_string(card.get("uri")) for card in cards)]
    return _distinct(address for address in addresses if re.match(r"https?://", address, re.IGNORECASE))


def _features(record: Mapping[str, Any], kind: str, field: str) -> list[str]:
    features = [feature for facet in _objects(record.get("facets")) for feature in _objects(facet.get("features"))]
    return [_string(feature.get(field)) for feature in features if _string(feature.get("$type")).endswith(kind)]


def _media(embed: Mapping[str, Any]) -> tuple[str, ...]:
    shown = _object(embed.get("media")) or embed  # a quote with pictures wraps them
    pictures = [*_objects(shown.get("images")), *_objects(shown.get("items"))]
    alts = [_string(picture.get("alt")) or "image" for picture in pictures]
    return (*alts, _string(shown.get("alt")) or "video") if "video" in shown else tuple(alts)


def _quoted(embed: Mapping[str, Any]) -> object:
    reference = _object(embed.get("record"))
    return (_object(reference.get("record")) or reference).get("uri")  # a quote with pictures wraps the reference once more


# --- raw and odd JSON --------------------------------------------------------------------------------------------------


def _raw(view: object) -> bytes:
    return json.dumps(view, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")


def _unreadable(view: object) -> Aside:
    named = _string(_object(view).get("uri"))
    return Aside(named or blake2b(_raw(view), digest_size=8).hexdigest(), "unreadable", "a post without an address or a time")


def _object(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _objects(value: object) -> list[dict[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _strings(value: object) -> list[str]:
    return [_string(one) for one in value if _string(one)] if isinstance(value, list) else []


def _string(value: object) -> str:
    """Half surrogate pairs, which JSON can hold and UTF-8 cannot, become question marks."""
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else ""


def _count(value: object) -> int:
    return value if type(value) is int and value > 0 else 0  # true is an int too


def _distinct(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value for value in values if value))
