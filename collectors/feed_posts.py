"""An item of a feed as a post: what it says in plain words, who wrote it when, and whether it holds a tag or a word. Pure."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import blake2b
from typing import Literal
from urllib.parse import urlsplit

from collectors import feed_items, markup
from collectors.base import Aside
from collectors.base import Item as Kept
from collectors.feed_items import Item
from collectors.post import Author, Post

Role = Literal["article", "comment"]

NETWORK = "web"
LONGEST_ID = 500
_HOUR = re.compile(r"\A\d{8}T\d{2}/")
TAG = re.compile(r"(?<![\w&/])[#\uff03](\w+)")
WEB_ADDRESS = re.compile(r"https?://[^\s<>\"\[\]]{1,2000}", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What an item says, as plain text."""

    title: str
    text: str
    links: tuple[str, ...]
    tags: tuple[str, ...]


def words_of(item: Item) -> Words:
    title = markup.read_html(item["title_html"]).text if _text(item, "title_html") else _text(item, "title")
    html, plain = _text(item, "content_html"), _text(item, "content_text") or _text(item, "summary")
    read = markup.read_html(html) if html else markup.Plain(plain.strip())
    written = (found.rstrip(".,;:!?)'") for found in WEB_ADDRESS.findall(read.text))
    told = [*TAG.findall(title), *TAG.findall(read.text), *feed_items.strings(item, "tags")]
    return Words(
        title=" ".join(title.split()),
        text=read.text or " ".join(title.split()),
        links=tuple(dict.fromkeys([*written, *read.links])),
        tags=tuple(dict.fromkeys(tag for tag in map(_as_tag, told) if tag)),
    )


def holds(words: Words, hashtags: Collection[str], keywords: Collection[str]) -> bool:
    """Whether one of the tags or whole words is there, in any case; true where none is asked for."""
    if not hashtags and not keywords:
        return True
    if {_as_tag(tag).replace(" ", "") for tag in hashtags} & {tag.replace(" ", "") for tag in words.tags}:
        return True
    said = " ".join([words.title, words.text, *words.tags]).casefold()
    return any(re.search(rf"(?<!\w){re.escape(word.casefold())}(?!\w)", said) for word in keywords if word)


def read_item(item: Item, words: Words, role: Role, feed: str) -> Kept | Aside:
    """The post that an item is; one that nobody dated is set aside. `feed` is the feed's address."""
    published, modified = _moment(item, "date_published"), _moment(item, "date_modified")
    posted_at = published or modified
    if posted_at is None:
        return Aside(_name(item, words, feed), "unreadable", "no date")
    edited_at = modified if modified and modified > posted_at else None
    name = _name(item, words, feed)
    post = Post(
        network=NETWORK,
        # What bears only the time of its last change would get another id with every change.
        id=f"{published:%Y%m%dT%H}/{name}" if published else name,
        version=edited_at.isoformat() if edited_at else "",
        kind="article" if role == "article" else "reply",
        posted_at=posted_at,
        edited_at=edited_at,
        author=_author(item),
        title=words.title,
        text=words.text,
        lang=_text(item, "language"),
        url=_web(_text(item, "url")) or _web(_text(item, "external_url")),
        tags=words.tags,
        links=words.links,
        media=_media(item),
        in_reply_to=_text(item, "in_reply_to") if role == "comment" else "",
    )
    return Kept(post, feed_items.write_item(item))


def page_of(id: str, feed: str) -> str:
    """The address of the page that a post of this feed is called by, empty if it is called otherwise, by a page of another
    host, or by a place within a page."""
    name = _HOUR.sub("", id)
    if not name.startswith(("https://", "http://")) or "#" in name:
        return ""
    return name if _host(name) == _host(feed) else ""


def _name(item: Item, words: Words, feed: str) -> str:
    """What the feed calls the item for good; a bare number is one of that site only."""
    told = item.get("id")
    name = str(told).strip() if isinstance(told, (str, int)) and not isinstance(told, bool) else ""
    name = name or _text(item, "url")
    if not name:
        return _digest("\0".join([feed, words.title, words.text]))
    if ":" not in name:
        name = f"{_host(feed)}/{name}"
    return name if len(name) <= LONGEST_ID else _digest(name)


def _digest(told: str) -> str:
    return blake2b(told.encode("utf-8", "replace"), digest_size=16).hexdigest()


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or "feed"
    except ValueError:
        return "feed"


def _moment(item: Item, name: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(_text(item, name))
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC).replace(microsecond=0)
    except (ValueError, OverflowError):
        return None


def _author(item: Item) -> Author:
    first = next(iter(feed_items.listed(item, "authors")), {})
    return Author(name=" ".join(_text(first, "name").split()))


def _media(item: Item) -> tuple[str, ...]:
    found = feed_items.listed(item, "attachments")
    return tuple(filter(None, (_text(one, "title") or _text(one, "url").rpartition("/")[2] for one in found)))


def _web(url: str) -> str:
    return url if url.lower().startswith(("http://", "https://")) else ""


def _as_tag(told: str) -> str:
    return " ".join(told.split()).lstrip("#\uff03").casefold()


def _text(holder: Item, name: str) -> str:
    found = holder.get(name)
    return found if isinstance(found, str) else ""
