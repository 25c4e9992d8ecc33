"""Where posts come from. `find` loads a kind by its name on first use; nothing here knows who reads the posts."""

from importlib import import_module

from collectors.base import Collector

KINDS = ("bluesky", "care_opinion", "discourse", "feed", "file", "mailbox", "mastodon", "replay", "x")


def find(kind: str) -> type[Collector]:
    """The collector class of a kind. Raises KeyError for a kind that does not exist."""
    if kind not in KINDS:
        raise KeyError(kind)
    found: type[Collector] = import_module(f"collectors.{kind}").KIND
    return found
