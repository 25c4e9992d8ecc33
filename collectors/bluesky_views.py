"""Bluesky's PostView and thread JSON, read into posts; every field may be missing or of the wrong kind."""

import json
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from hashlib import blake2b
from typing import Any

from collectors import lenient
from collectors.base import Aside, Item, Page, Unavailable
from collectors.post import Author, Engagement, Post

NETWORK = "bluesky"
PASSED_ON = "#repost/"  # between the key of what is passed on and who does; no key of a record may hold its sign
SIGNED_IN_ONLY = "!no-unauthenticated"
COLLECTION = "app.bsky.feed.post"
_BEGINNING = datetime(2022, 11, 1, tzinfo=UTC)  # no post is older than the network
_ADDRESS = re.compile(rf"at://(did:[^/\s]+)/{re.escape(COLLECTION)}/([^/?#\s]+)")
_TYPED_TAG = re.compile(r"(?<![\w/&#＃])[#＃](\w+(?:-\w+)*)")  # noqa: RUF001 -- the full-width sign starts a hashtag too


def views_in(payload: bytes) -> list[object]:
    """The PostViews of a stored answer: of a list of posts, of a thread (its root left out), or the one that it is; of what an
    account said and passed on, what it passed on."""
    try:
        answer = json.loads(payload)
    except (ValueError, RecursionError) as error:
        raise Unavailable("this is not an answer of Bluesky: it is no JSON") from error
    known = lenient.mapping(answer)
    if isinstance(known.get("posts"), list):
        return list(known["posts"])
    if "thread" in known:
        return [node["post"] for node in replies_below(lenient.mapping(known["thread"]))]
    if isinstance(known.get("feed"), list):
        return [one for one in lenient.mappings(known["feed"]) if passed_on_by(one)]
    if "uri" in known or passed_on_by(known):
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
    known = lenient.mapping(view)
    try:
        return Item(_repost(known) if passed_on_by(known) else _post(known), _raw(view))
    except ValueError:
        return None


def passed_on_by(view: Mapping[str, Any]) -> dict[str, Any]:
    """Of an entry of an account's feed, who passed it on; empty if nobody did."""
    reason = lenient.mapping(view.get("reason"))
    return lenient.mapping(reason.get("by")) if lenient.string(reason.get("$type")).endswith("#reasonRepost") else {}


def key_passed_on(entry: Mapping[str, Any]) -> str:
    """The record key of the post that an entry of a feed passes on, empty if it passes nothing on."""
    return lenient.string(lenient.mapping(entry.get("post")).get("uri")).rpartition("/")[2] if passed_on_by(entry) else ""


def feed_moment(entry: Mapping[str, Any], otherwise: datetime) -> datetime:
    """By when an entry has its place in a feed: when it was passed on, or else said."""
    told = [lenient.mapping(entry.get(part)).get("indexedAt") for part in ("reason", "post")]
    return next((moment for one in told if (moment := _moment(one)) is not None), otherwise)


def replies_below(thread: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The nodes under the root that hold a post, parents first; deleted and blocked ones hold none."""
    found, todo = [], lenient.mappings(thread.get("replies"))[::-1]
    while todo:
        node = todo.pop()
        todo.extend(reversed(lenient.mappings(node.get("replies"))))
        if isinstance(node.get("post"), dict):
            found.append(node)
    return found


def unread_below(thread: Mapping[str, Any]) -> list[str]:
    """Addresses of replies whose own replies lie below the depth at which this answer is cut: there it has no list of them."""
    leaves = [node["post"] for node in replies_below(thread) if "replies" not in node]
    return [
        post["uri"]
        for post in leaves
        if lenient.count(post.get("replyCount")) and _ADDRESS.fullmatch(lenient.string(post.get("uri")))
    ]


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
    address = f"at://{did}/{COLLECTION}/{rkey}"
    id_of(address)
    return address


def _id_if_post(address: object) -> str:
    match = _ADDRESS.fullmatch(lenient.string(address))
    return f"{match[2]}/{match[1]}" if match else ""


# --- one post ---------------------------------------------------------------------------------------------------------


def _post(view: Mapping[str, Any]) -> Post:
    record, author = lenient.mapping(view.get("record")), lenient.mapping(view.get("author"))
    id = id_of(lenient.string(view.get("uri")))
    rkey, _, did = id.partition("/")
    labels = _labels(view, record)
    return Post(
        network=NETWORK,
        id=id,
        version=lenient.string(view.get("cid")),
        kind="reply" if record.get("reply") else "post",
        author=Author(
            handle=_handle(author), name=lenient.string(author.get("displayName")), id=lenient.string(author.get("did")) or did
        ),
        text=lenient.string(record.get("text")),
        lang=next(iter(_strings(record.get("langs"))), ""),
        posted_at=_posted_at(record.get("createdAt"), view.get("indexedAt")),
        url=f"https://bsky.app/profile/{did}/post/{rkey}",
        tags=tags_in(record),
        links=_links(record),
        media=_media(lenient.mapping(record.get("embed"))),
        in_reply_to=_id_if_post(lenient.mapping(lenient.mapping(record.get("reply")).get("parent")).get("uri")),
        quote_of=_id_if_post(quoted_by(record)),
        engagement=_engagement(view),
        labels=labels,
        visibility="signed-in" if SIGNED_IN_ONLY in labels else "public",
    )


def _repost(entry: Mapping[str, Any]) -> Post:
    """Somebody passes a post on once at a time, so it is named by the post and who does, in a way that no post is."""
    by, original = passed_on_by(entry), lenient.mapping(entry.get("post"))
    of, did = id_of(lenient.string(original.get("uri"))), lenient.string(by.get("did"))
    labels = lenient.distinct(lenient.string(label.get("val")) for label in lenient.mappings(by.get("labels")))
    rkey, _, author = of.partition("/")
    return Post(
        network=NETWORK,
        id=f"{rkey}{PASSED_ON}{did}",
        kind="repost",
        author=Author(handle=_handle(by), name=lenient.string(by.get("displayName")), id=did),
        text="",
        posted_at=_posted_at(None, lenient.mapping(entry.get("reason")).get("indexedAt")),
        url=f"https://bsky.app/profile/{author}/post/{rkey}",
        repost_of=of,
        labels=labels,
        visibility="signed-in" if SIGNED_IN_ONLY in labels else "public",
    )


def _handle(author: Mapping[str, Any]) -> str:
    handle = lenient.string(author.get("handle"))
    return "" if handle == "handle.invalid" else handle  # what the network says when a handle does not resolve


def _engagement(view: Mapping[str, Any]) -> Engagement:
    likes, reposts, replies = (lenient.count(view.get(name)) for name in ("likeCount", "repostCount", "replyCount"))
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
        moment = datetime.fromisoformat(lenient.string(text))
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _labels(view: Mapping[str, Any], record: Mapping[str, Any]) -> tuple[str, ...]:
    given = [*lenient.mappings(lenient.mapping(view.get("author")).get("labels")), *lenient.mappings(view.get("labels"))]
    own = lenient.mappings(lenient.mapping(record.get("labels")).get("values"))
    return lenient.distinct(lenient.string(label.get("val")) for label in [*given, *own] if not label.get("neg"))


def tags_in(record: Mapping[str, Any]) -> tuple[str, ...]:
    """Hashtags marked in the text, hidden in the record, and typed without being marked."""
    marked = [*_features(record, "#tag", "tag"), *_strings(record.get("tags"))]
    typed = _TYPED_TAG.findall(lenient.string(record.get("text")))
    return lenient.distinct(tag.lstrip("#＃").lower() for tag in [*marked, *typed] if not tag.isdigit())  # noqa: RUF001 -- full-width


def _links(record: Mapping[str, Any]) -> tuple[str, ...]:
    embed = lenient.mapping(record.get("embed"))
    cards = [lenient.mapping(embed.get("external")), lenient.mapping(lenient.mapping(embed.get("media")).get("external"))]
    addresses = [*_features(record, "#link", "uri"), *(lenient.string(card.get("uri")) for card in cards)]
    return lenient.distinct(address for address in addresses if re.match(r"https?://", address, re.IGNORECASE))


def _features(record: Mapping[str, Any], kind: str, field: str) -> list[str]:
    features = [
        feature for facet in lenient.mappings(record.get("facets")) for feature in lenient.mappings(facet.get("features"))
    ]
    return [lenient.string(feature.get(field)) for feature in features if lenient.string(feature.get("$type")).endswith(kind)]


def _media(embed: Mapping[str, Any]) -> tuple[str, ...]:
    shown = lenient.mapping(embed.get("media")) or embed  # a quote with pictures wraps them
    pictures = [*lenient.mappings(shown.get("images")), *lenient.mappings(shown.get("items"))]
    alts = [lenient.string(picture.get("alt")) or "image" for picture in pictures]
    return (*alts, lenient.string(shown.get("alt")) or "video") if "video" in shown else tuple(alts)


def quoted_by(record: Mapping[str, Any]) -> object:
    """The address of what a post's record quotes, None if nothing."""
    reference = lenient.mapping(lenient.mapping(record.get("embed")).get("record"))
    return (lenient.mapping(reference.get("record")) or reference).get(
        "uri"
    )  # a quote with pictures wraps the reference once more


# --- raw and odd JSON --------------------------------------------------------------------------------------------------


def _raw(view: object) -> bytes:
    return json.dumps(view, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")


def _unreadable(view: object) -> Aside:
    named = lenient.string(lenient.mapping(view).get("uri"))
    return Aside(named or blake2b(_raw(view), digest_size=8).hexdigest(), "unreadable", "a post without an address or a time")


def _strings(value: object) -> list[str]:
    return [lenient.string(one) for one in value if lenient.string(one)] if isinstance(value, list) else []
