"""One contribution as a card: who, when, where, the words as posted."""

from dataclasses import dataclass
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from collectors.post import Author, Engagement, Post
from digests import words
from digests.digest import Card
from storage.values import Kept

LONGEST = 25_000
"""Characters of one contribution on a page of ours; the longest post a network lets through. What is longer says so."""

_WITH_AT = frozenset({"bluesky", "mastodon", "x"})
_LONGEST_URL = 1_000
_MOST_MEDIA = 4


@dataclass(frozen=True, slots=True)
class Maker:
    """Makes cards with times of one zone."""

    zone: ZoneInfo

    def card(self, kept: Kept, passed_on: int = 0, reason: str = "") -> Card:
        """`reason` says why this one was left out."""
        post = kept.post
        local = post.posted_at.astimezone(self.zone)
        name, handle = _names(post.author, post.network)
        return Card(
            row=kept.row,
            network=post.network,
            channel=words.channel(post.network),
            name=name,
            handle=handle,
            role=words.name(post.role),
            when=f"{words.weekday(local)}, {words.clock(local)}",
            moment=post.posted_at.isoformat(),
            title=words.name(post.title, 300),
            warning=words.name(post.warning, 300),
            text=words.clean(post.text.strip())[:LONGEST],
            lang=language(post.lang),
            url=safe_url(post.url),
            media=tuple(words.name(media, 300) for media in post.media[:_MOST_MEDIA]),
            engagement=_engagement(post.engagement),
            passed_on=f"Passed on {times(passed_on)}" if passed_on else "",
            note=" ".join((*_notes(post), *([f"Left out: {reason}."] if reason else ()))),
        )


def times(number: int) -> str:
    return "once" if number == 1 else f"{words.number(number)} times"


def safe_url(url: str) -> str:
    """The address if it is one of the web, else nothing: posts are hostile."""
    if len(url) > _LONGEST_URL or not url.isprintable() or " " in url:
        return ""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    return url if parts.scheme in ("http", "https") and parts.netloc else ""


def _names(author: Author, network: str) -> tuple[str, str]:
    name, bare = words.name(author.name), words.name(author.handle).removeprefix("@")
    handle = f"@{bare}" if bare and network in _WITH_AT else bare
    if not name:
        return handle or "No name given", ""
    return name, "" if name == handle else handle


def language(tag: str) -> str:
    """A language tag that may stand in an attribute; what is no tag is dropped."""
    return (
        tag if tag.replace("-", "").isalnum() and tag.isascii() and len(tag) <= 12 and tag.lower() not in ("und", "zxx") else ""
    )


def _engagement(seen: Engagement) -> str:
    counts = ((seen.likes, "like", "likes"), (seen.reposts, "repost", "reposts"), (seen.replies, "reply", "replies"))
    return ", ".join(words.count(*each) for each in counts if each[0] > 0)


def _notes(post: Post) -> list[str]:
    told = (
        (post.kind == "reply", "A reply."),
        (bool(post.quote_of), "Quotes another post."),
        (post.edited_at is not None, "Edited since it was first posted."),
        (len(post.text) > LONGEST, f"The first {LONGEST:,} of {len(post.text):,} characters: the export holds the rest."),
        (_keeps_to_signed_in(post), "Not for public pages: the author shows it only to people who are signed in."),
        ("indexable:false" in post.labels, "Not for public pages: the author has not agreed to be found by search."),
    )
    return [text for is_so, text in told if is_so]


def _keeps_to_signed_in(post: Post) -> bool:
    return "!no-unauthenticated" in post.labels or post.visibility == "signed-in"
