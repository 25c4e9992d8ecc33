"""RSS, Atom and JSON Feed as one thing: the items of a JSON Feed, whole and dated where the feed dates them. Pure."""

import json
import re
from calendar import timegm
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from io import BytesIO
from typing import Any
from urllib.parse import urljoin

from collectors.base import Unavailable

Item = Mapping[str, Any]

VERSION = "https://jsonfeed.org/version/1.1"
JSON_FEED = "https://jsonfeed.org/version/"
BOM = b"\xef\xbb\xbf"
ENTITY = re.compile(rb"<!ENTITY", re.IGNORECASE)
NOT_A_FEED = "what came is no feed: neither RSS nor Atom nor JSON Feed"
KEPT = (
    "id",
    "url",
    "external_url",
    "title",
    "title_html",
    "content_html",
    "content_text",
    "summary",
    "date_published",
    "date_modified",
    "authors",
    "tags",
    "language",
    "attachments",
    "in_reply_to",
)


def read_items(payload: bytes, base: str) -> list[Item]:
    """The items of a feed; addresses relative to `base` made whole. Raises Unavailable for what is no feed."""
    bare = payload.removeprefix(BOM).lstrip()
    return _json_items(bare) if bare[:1] in (b"{", b"[") else _xml_items(payload, base)


def write_item(item: Item) -> bytes:
    """A feed of this item alone, which `read_items` reads as this very item."""
    told = {"version": VERSION, "items": [dict(item)]}
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def _only_said(item: Item) -> Item:
    return {name: item[name] for name in KEPT if item.get(name)}


# --- JSON Feed --------------------------------------------------------------------------------------------------------


def _json_items(payload: bytes) -> list[Item]:
    """https://www.jsonfeed.org/version/1.1/"""
    try:
        feed = json.loads(payload)
    except (ValueError, RecursionError) as error:
        raise Unavailable("what came is not JSON, or only part of it") from error
    if not isinstance(feed, dict) or not str(feed.get("version")).startswith(JSON_FEED):
        raise Unavailable(NOT_A_FEED)
    given = {"language": feed.get("language"), "authors": _authors(feed)}
    return [_only_said({**given, **_json_item(one)}) for one in listed(feed, "items")]


def _json_item(told: Item) -> Item:
    own = {name: told[name] for name in KEPT if told.get(name)}
    authors = _authors(told)
    return {**own, **({"authors": authors} if authors else {})}


def _authors(told: Item) -> list[Any]:
    """Version 1.0 had one `author`."""
    return listed(told, "authors") or ([told["author"]] if isinstance(told.get("author"), dict) else [])


def listed(holder: Item, name: str) -> list[dict[str, Any]]:
    found = holder.get(name)
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


# --- RSS and Atom -----------------------------------------------------------------------------------------------------


def _xml_items(payload: bytes, base: str) -> list[Item]:
    feed = _parsed(payload)
    if not feed.get("version") and not feed["entries"]:
        raise Unavailable(NOT_A_FEED)
    given = {"language": feed["feed"].get("language")}
    if feed.get("version", "").startswith("atom"):  # elsewhere the feed's own name is its editor's
        given |= {"authors": _names([feed["feed"].get("author_detail")])}
    return [_only_said({**given, **_xml_item(entry, base)}) for entry in feed["entries"]]


def _parsed(payload: bytes) -> Any:
    """Bytes in a stream of our own: feedparser opens what looks like a path or an address."""
    import feedparser
    from feedparser.encodings import convert_to_utf8

    try:
        if ENTITY.search(payload) or ENTITY.search(convert_to_utf8({}, payload, {})):
            raise Unavailable("the feed declares entities, which may grow without end: it is not read")
        return feedparser.parse(BytesIO(payload), sanitize_html=False, resolve_relative_uris=False)
    except (ArithmeticError, AssertionError, AttributeError, LookupError, RecursionError, TypeError, ValueError) as error:
        raise Unavailable("the feed is so broken that it cannot be read") from error


def _xml_item(entry: Any, base: str) -> Item:
    """feedparser's `[]` gives other dates for those that are missing; `dict.get` does not."""
    published = dict.get(entry, "published_parsed") or dict.get(entry, "created_parsed")
    item = {
        "id": entry.get("id"),
        "url": _joined(base, entry.get("link")),
        "date_published": _stamp(published),
        "date_modified": _stamp(dict.get(entry, "updated_parsed")),
        "authors": _names([entry.get("author_detail"), *entry.get("authors", ())][:1] or []),
        "tags": [tag.get("term") or tag.get("label") for tag in entry.get("tags", ()) if tag.get("term") or tag.get("label")],
        "in_reply_to": _replied_to(entry),
        "attachments": [
            {"url": one.get("href", ""), "title": one.get("title", "")}
            for one in entry.get("enclosures", ())
            if one.get("href")
        ],
        **_titled(entry.get("title_detail") or {}),
        **_worded(entry),
    }
    return {name: value for name, value in item.items() if value}


def _titled(detail: Mapping[str, Any]) -> dict[str, str]:
    return {"title_html" if _is_html(detail) else "title": detail.get("value") or ""}


def _worded(entry: Any) -> dict[str, str]:
    """The first text of the entry that says something: the whole content before a summary."""
    told = [*entry.get("content", ()), entry.get("summary_detail") or {}]
    first: Mapping[str, Any] = next((one for one in told if (one.get("value") or "").strip()), {})
    words = {"content_html" if _is_html(first) else "content_text": first.get("value") or ""}
    return {**words, **({"language": first["language"]} if first.get("language") else {})}


def _is_html(detail: Mapping[str, Any]) -> bool:
    return "html" in str(detail.get("type"))


def _names(told: Sequence[Any]) -> list[dict[str, str]]:
    """Names and pages; not the mail addresses, which are nobody's business here."""
    found = ({"name": (one or {}).get("name") or "", "url": (one or {}).get("href") or ""} for one in told)
    return [{key: value for key, value in one.items() if value} for one in found if one["name"]]


def _replied_to(entry: Any) -> str:
    """RFC 4685, as Atom comment feeds have it."""
    told = entry.get("thr_in-reply-to") or {}
    return str(told.get("ref") or "") if isinstance(told, dict) else ""


def _joined(base: str, link: Any) -> str:
    try:
        return urljoin(base, link) if link else ""  # joined with nothing, the base itself would come out
    except ValueError:
        return ""


def _stamp(moment: Any) -> str:
    """feedparser gives times in UTC, sometimes such as no calendar holds."""
    try:
        return datetime.fromtimestamp(timegm(moment), UTC).isoformat() if moment else ""
    except (ValueError, OverflowError, OSError):
        return ""


def strings(holder: Item, name: str) -> Iterator[str]:
    found = holder.get(name)
    yield from (one for one in found if isinstance(one, str)) if isinstance(found, list) else ()
