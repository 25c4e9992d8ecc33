"""Small servers that hand out given posts in one protocol each, over a real socket; one module a kind, at most 100 lines.

Each module has `opened(posts) -> context manager of a Network`. A post given may lie in or outside a window; the server
answers as the real one would. `fail` makes the next answer (only that one) go wrong. Given posts use the kind's own network
name and id form, from `make_post`.
"""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any, Literal, Protocol

from collectors.post import Post

Fault = Literal["limited", "broken", "refused", "garbage"]


class Network(Protocol):
    """`options` make a collector of the kind talk to this server (also `allow_private_addresses` where it needs one)."""

    options: Mapping[str, Any]

    def fail(self, how: Fault) -> None:
        """The next answer: "limited" 429, "broken" 5xx or a dropped connection, "refused" 401 or wrong login, "garbage" bytes
        that no parser takes."""


class Module(Protocol):
    """What `tests.networks.KIND` offers. `FAULTS` are the faults that can happen to this kind."""

    FAULTS: Sequence[Fault]

    def opened(self, posts: Sequence[Post]) -> AbstractContextManager[Network]: ...

    def make_post(self, number: int, posted_at: datetime, text: str) -> Post:
        """A post as this kind would read it, with a lasting id made from `number`; its text holds the tag #NHSThinkCarer."""
