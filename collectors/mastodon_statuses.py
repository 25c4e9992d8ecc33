"""Mastodon's status JSON, read into posts that are the same from every server; any field may be missing or odd."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from hashlib import blake2b
from typing import Any
from urllib.parse import urlsplit

from collectors import lenient
from collectors.base import Aside, Item, Page, Unavailable
from collectors.markup import read_html
from collectors.post import Author, Engagement, Post

NETWORK = "mastodon"
OPTED_OUT = "opted out"
NOT_PUBLIC = "not public"
NOT_INDEXABLE = "indexable:false"
_NO_THANKS = re.compile(r"(?<![\w#])#(nobots?|noindex|nosearch)(?!\w)", re.IGNORECASE)
# The link to a quoted post, written for programs that cannot show quotations.
_QUOTE_FALLBACK = re.compile(r'<p class="quote-inline">[^<]*(?:<a [^>]*>[^<]*(?:<span[^>]*>[^<]*</span>)*[^<]*</a>)?[^<]*</p>')


def statuses_in(payload: bytes) -> list[object]:
    """The statuses of a stored answer: of a timeline, the replies of a context, or the one that it is."""
    try:
        answer = json.loads(payload)
    except (ValueError, RecursionError) as error:
        raise Unavailable("this is not an answer of Mastodon: it is no JSON") from error
    if isinstance(answer, list):
        return answer
    known = lenient.mapping(answer)
    if isinstance(known.get("descendants"), list):
        return list(known["descendants"])
    if "uri" in known:
        return [known]
    raise Unavailable("this is not an answer of Mastodon: it holds no statuses")


def page_of(statuses: Iterable[object]) -> Page:
    """Statuses in, items out. Who opted out, or spoke to fewer than everybody, is set aside without their words."""
    found = [item_of(status) for status in statuses]
    items = tuple(one for one in found if isinstance(one, Item))
    return Page(items, tuple(one for one in found if isinstance(one, Aside)))


def item_of(status: object) -> Item | Aside:
    known = lenient.mapping(status)
    try:
        post = _post(known)
    except ValueError:
        return Aside(_named(status), "unreadable", "a status without an address or a time")
    if post.visibility != "public":
        return Aside(_named(status), NOT_PUBLIC, post.visibility, post.posted_at)
    if wish := next(_wishes(known), ""):
        return Aside(_named(status), OPTED_OUT, wish, post.posted_at)
    return Item(post, _raw(known))


def account_in(payload: bytes) -> str:
    """The number of an account on the server that described it. Raises Unavailable."""
    try:
        number = lenient.string(lenient.mapping(json.loads(payload)).get("id"))
    except (ValueError, RecursionError):
        number = ""
    if not number:
        raise Unavailable("a Mastodon server described an account in a way that cannot be read")
    return number


def passed_on_by(status: object) -> set[str]:
    """The numbers, on the server that was asked, of the statuses that this one passes on, with words of its own or without."""
    quote = lenient.mapping(lenient.mapping(status).get("quote"))
    passed_on = (lenient.mapping(status).get("reblog"), quote.get("quoted_status"))
    numbers = {lenient.string(lenient.mapping(one).get("id")) for one in passed_on}
    return (numbers | {lenient.string(quote.get("quoted_status_id"))}) - {""}


def moment_of(status: object) -> datetime | None:
    """When a status was made, to the second: other servers are told no more than that."""
    try:
        moment = datetime.fromisoformat(lenient.string(lenient.mapping(status).get("created_at")))
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC).replace(microsecond=0)
    except (ValueError, OverflowError):
        return None


def number_of(status: object) -> int | None:
    """The status's number on the server that was asked; None where it has none, which a Mastodon server's always has."""
    id = lenient.string(lenient.mapping(status).get("id"))
    return int(id) if id.isascii() and id.isdecimal() and len(id) < 20 else None


# --- wishes -----------------------------------------------------------------------------------------------------------


def _wishes(status: Mapping[str, Any]) -> Iterator[str]:
    """What the author's profile, and that of whoever is passed on, says against being searched or collected."""
    for said in (status, lenient.mapping(status.get("reblog"))):
        yield from _wishes_of(lenient.mapping(said.get("account")))


def _wishes_of(account: Mapping[str, Any]) -> Iterator[str]:
    if account.get("noindex") is True:
        yield "noindex"
    fields = [
        lenient.string(field.get(part)) for field in lenient.mappings(account.get("fields")) for part in ("name", "value")
    ]
    profile = "\n".join([lenient.string(account.get("note")), *fields])
    yield from (f"#{match[1].lower()} in the profile" for match in _NO_THANKS.finditer(read_html(profile).text))


def _labels(status: Mapping[str, Any], said: Mapping[str, Any]) -> tuple[str, ...]:
    """Accounts are not indexable unless somebody says so: their posts count, and are kept off every public page."""
    accounts = (lenient.mapping(one.get("account")) for one in (status, said))
    hidden = (NOT_INDEXABLE,) if any(account.get("indexable") is False for account in accounts) else ()
    return (*(("sensitive",) if said.get("sensitive") is True else ()), *hidden)


# --- one post ---------------------------------------------------------------------------------------------------------


def _post(status: Mapping[str, Any]) -> Post:
    passed_on = lenient.mapping(status.get("reblog"))
    said = passed_on or status
    plain = read_html(_QUOTE_FALLBACK.sub("", lenient.string(said.get("content"))))
    edited = moment_of({"created_at": said.get("edited_at")})
    return Post(
        network=NETWORK,
        id=_id(status),
        version=f"{edited:%Y%m%dT%H%M%S}" if edited else "",
        kind=_kind(status),
        author=_author(lenient.mapping(status.get("account"))),
        text=plain.text,
        warning=lenient.string(said.get("spoiler_text")),
        lang=lenient.string(said.get("language")),
        posted_at=_moment(status),
        edited_at=edited,
        url=_web(status.get("url")) or _web(status.get("uri")),
        tags=_tags(said),
        links=_links(said, plain.links),
        media=tuple(
            lenient.string(one.get("description")) or lenient.string(one.get("type"))
            for one in lenient.mappings(said.get("media_attachments"))
        ),
        repost_of=_id_if_status(passed_on),
        quote_of=_id_if_status(lenient.mapping(lenient.mapping(said.get("quote")).get("quoted_status"))),
        engagement=_engagement(said),
        labels=_labels(status, said),
        visibility=_visibility(status),
    )


def _id(status: Mapping[str, Any]) -> str:
    """`20261117T090000/URI` grows with time and is the same from every server, whose own numbers are not."""
    uri = lenient.string(status.get("uri"))
    if not uri:
        raise ValueError("a status without an address")
    return f"{_moment(status):%Y%m%dT%H%M%S}/{uri}"


def _id_if_status(status: Mapping[str, Any]) -> str:
    return _id(status) if status.get("uri") and moment_of(status) else ""


def _moment(status: Mapping[str, Any]) -> datetime:
    moment = moment_of(status)
    if moment is None:
        raise ValueError("a status without a time")
    return moment


def _kind(status: Mapping[str, Any]) -> Any:
    if status.get("reblog"):
        return "repost"
    return "reply" if status.get("in_reply_to_id") else "post"


def _author(account: Mapping[str, Any]) -> Author:
    """A server leaves its own name out of its own accounts' handles."""
    address = lenient.string(account.get("uri")) or lenient.string(account.get("url"))
    handle = lenient.string(account.get("acct"))
    if handle and "@" not in handle and (host := _host(lenient.string(account.get("url")) or address)):
        handle = f"{handle}@{host}"
    return Author(handle=handle, name=lenient.string(account.get("display_name")), id=address)


def _host(address: str) -> str:
    try:
        return urlsplit(address).netloc
    except ValueError:
        return ""


def _visibility(status: Mapping[str, Any]) -> Any:
    told = status.get("visibility")
    return told if told in ("public", "unlisted") else "private"


def _engagement(status: Mapping[str, Any]) -> Engagement:
    likes, reposts, replies = (
        lenient.count(status.get(name)) for name in ("favourites_count", "reblogs_count", "replies_count")
    )
    return Engagement(likes=likes, reposts=reposts, replies=replies)


def _tags(status: Mapping[str, Any]) -> tuple[str, ...]:
    return lenient.distinct(lenient.string(tag.get("name")).lstrip("#").lower() for tag in lenient.mappings(status.get("tags")))


def _links(status: Mapping[str, Any], found: Iterable[str]) -> tuple[str, ...]:
    """Without the links that stand for mentions and hashtags, which each server may write in its own way."""
    named = {lenient.string(one.get("url")) for one in lenient.mappings(status.get("mentions"))}
    ends = tuple(f"/{word}/{tag}" for tag in _tags(status) for word in ("tags", "tag"))
    return lenient.distinct(link for link in found if link not in named and not (ends and link.lower().endswith(ends)))


# --- raw and odd JSON -------------------------------------------------------------------------------------------------


def _raw(status: object) -> bytes:
    return json.dumps(status, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")


def _named(status: object) -> str:
    """A name for good that does not tell whose status it is."""
    uri = lenient.string(lenient.mapping(status).get("uri"))
    return blake2b(uri.encode() or _raw(status), digest_size=8).hexdigest()


def _web(address: object) -> str:
    return lenient.string(address) if re.match(r"https?://", lenient.string(address), re.IGNORECASE) else ""
