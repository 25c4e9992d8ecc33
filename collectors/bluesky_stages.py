"""What a reading of Bluesky has to ask, stage by stage, and the cursor that says where it stands."""

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from collectors.base import Unavailable, Window

PER_PAGE = 100
DEPTH = 20  # the SDK's parser takes 200 nested levels, a reply needs two; what lies deeper is a stage of its own
_POST_PAGE = re.compile(r"https://bsky\.app/profile/([^/?#\s]+)/post/([^/?#\s]+)/?(?:[?#].*)?")
_POST_ADDRESS = re.compile(r"at://([^/?#\s]+)/app\.bsky\.feed\.post/([^/?#\s]+)")


@dataclass(frozen=True, slots=True)
class Stage:
    """One thing to ask for, page by page: a hashtag within a window, replies to or quotes of a post by its at:// address, what
    an account passed on within a window."""

    kind: Literal["search", "replies", "quotes", "reposts"]
    of: str
    window: Window | None = None

    def query(self, cursor: str | None) -> tuple[str, dict[str, Any]]:
        """The name of the network's method, and its parameters."""
        onward = {"cursor": cursor} if cursor else {}
        if self.kind == "reposts":
            return "app.bsky.feed.getAuthorFeed", {"actor": self.of, "limit": PER_PAGE, **onward}
        if self.window is not None:
            span = {"since": _stamp(self.window.since), "until": _stamp(self.window.until)}
            tag = {"q": f"#{self.of}", "tag": [self.of], "sort": "latest"}
            return "app.bsky.feed.searchPosts", {**tag, **span, "limit": PER_PAGE, **onward}
        if self.kind == "quotes":
            return "app.bsky.feed.getQuotes", {"uri": self.of, "limit": PER_PAGE, **onward}
        return "app.bsky.feed.getPostThread", {"uri": self.of, "depth": DEPTH, "parentHeight": 0}

    @property
    def too_big(self) -> "tuple[Stage, Stage]":
        """The two stages to read instead, each over half the time."""
        if self.window is None or self.window.length.total_seconds() <= 1:
            raise Unavailable(f"Bluesky found more posts for #{self.of} within one second than it lets anybody read")
        earlier, later = self.window.halves()
        return Stage(self.kind, self.of, earlier), Stage(self.kind, self.of, later)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a reading stands: the stages still to read; of the first, the network's own cursor and how many pages were read."""

    stages: tuple[Stage, ...]
    cursor: str | None = None
    pages: int = 0

    def after(self, cursor: str | None, deeper: Sequence[str], pages_at_most: int) -> "Place":
        """The place after one more answer, which ended with `cursor` and left the replies to the posts `deeper` unread."""
        stage, *rest = self.stages
        if stage.kind == "search" and self.pages + 1 >= pages_at_most:
            return Place((*stage.too_big, *rest))
        if cursor:
            return Place(self.stages, cursor, self.pages + 1)
        return Place((*(Stage("replies", address) for address in deeper), *rest))

    def told(self) -> str | None:
        """The cursor of a page; None when nothing is left to read."""
        if not self.stages:
            return None
        stages = [[stage.kind, stage.of, *_bounds(stage.window)] for stage in self.stages]
        return json.dumps({"stages": stages, "cursor": self.cursor, "pages": self.pages}, separators=(",", ":"))

    @classmethod
    def heard(cls, told: str) -> "Place":
        """What `told` said. Raises ValueError for anything else."""
        try:
            heard = json.loads(told)
            stages = tuple(Stage(kind, of, _window(bounds)) for kind, of, *bounds in heard["stages"])
            return cls(stages, heard["cursor"], heard["pages"])
        except (KeyError, TypeError) as error:
            raise ValueError(f"not a cursor of this collector: {told[:100]!r}") from error


def plan(hashtags: Iterable[str], question_posts: Iterable[str], partners: Iterable[str], window: Window) -> Place:
    """Every stage of a window, at the beginning of the first."""
    searches = [Stage("search", tag, window) for tag in tags_of(hashtags)]
    answers = [stage for one in addresses_of(question_posts) for stage in (Stage("replies", one), Stage("quotes", one))]
    passed_on = [Stage("reposts", handle, window) for handle in handles_of(partners)] if answers else []
    return Place((*searches, *answers, *passed_on))


def tags_of(hashtags: Iterable[str]) -> tuple[str, ...]:
    """Without the sign, each once in whatever case."""
    return tuple({tag.lower(): tag for tag in (one.strip().lstrip("#") for one in hashtags) if tag}.values())


def handles_of(partners: Iterable[str]) -> tuple[str, ...]:
    """Without the sign, each once."""
    return tuple(dict.fromkeys(handle for one in partners if (handle := one.strip().removeprefix("@").lower())))


def addresses_of(question_posts: Iterable[str]) -> tuple[str, ...]:
    """at:// addresses of those that are Bluesky posts, each once; the account may be named by its handle."""
    matches = (_POST_PAGE.fullmatch(one.strip()) or _POST_ADDRESS.fullmatch(one.strip()) for one in question_posts)
    return tuple(dict.fromkeys(f"at://{match[1]}/app.bsky.feed.post/{match[2]}" for match in matches if match))


def _stamp(moment: datetime) -> str:
    """A full timestamp: plain dates are refused (bluesky-social/atproto#3021)."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _bounds(window: Window | None) -> list[str]:
    return [window.since.isoformat(), window.until.isoformat()] if window else []


def _window(bounds: Sequence[str]) -> Window | None:
    return Window(*map(datetime.fromisoformat, bounds)) if bounds else None
