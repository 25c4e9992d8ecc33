"""What every collector yields and everyone above reads: a post, who said it, how it was received."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

Kind = Literal["post", "reply", "repost", "mail", "answer", "article"]
Visibility = Literal["public", "signed-in", "unlisted", "private"]
Consent = Literal["none", "platform", "ticked", "written", "organisation"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Author:
    """Who spoke, as the network names them; `id` is the network's lasting id where it has one, else empty."""

    handle: str = ""
    name: str = ""
    id: str = ""

    @property
    def identity(self) -> str:
        """What stays when a handle changes; empty for somebody who gave no name."""
        return self.id or self.handle or self.name


@dataclass(frozen=True, slots=True, kw_only=True)
class Engagement:
    """Counts as the network gave them when the post was last read."""

    likes: int = 0
    reposts: int = 0
    replies: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """One thing somebody said. Identity is `(network, id)`; the collector chooses an `id` that grows with time where it can.

    `version` changes when the network says that the post was edited; `text` is plain, whole, never HTML. `in_reply_to`,
    `repost_of` and `quote_of` hold ids of the same network. `links` are http(s) addresses, `media` one description (alt text or
    file name) each. `labels` are the network's own warnings and opt-outs, such as `!no-unauthenticated`. `answers` is the week
    whose question it answers, 0 where it does not say. Times become UTC. Raises ValueError for an empty id or network and for a
    time without a zone.
    """

    network: str
    id: str
    posted_at: datetime
    text: str
    author: Author = Author()
    kind: Kind = "post"
    version: str = ""
    title: str = ""
    warning: str = ""
    lang: str = ""
    edited_at: datetime | None = None
    url: str = ""
    tags: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    media: tuple[str, ...] = ()
    in_reply_to: str = ""
    repost_of: str = ""
    quote_of: str = ""
    engagement: Engagement = Engagement()
    labels: tuple[str, ...] = ()
    visibility: Visibility = "public"
    consent: Consent = "none"
    role: str = ""
    answers: int = 0

    def __post_init__(self) -> None:
        if not self.id or not self.network:
            raise ValueError("a post needs a network and an id")
        object.__setattr__(self, "posted_at", _in_utc(self.posted_at))
        if self.edited_at is not None:
            object.__setattr__(self, "edited_at", _in_utc(self.edited_at))

    @property
    def key(self) -> tuple[str, str]:
        return self.network, self.id


def _in_utc(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError(f"a time without a zone: {moment.isoformat()}")
    return moment if moment.tzinfo is UTC else moment.astimezone(UTC)
