"""Who of the partners passed a question on at Bluesky: read from their own pages, and asked again what still stands."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from collectors import lenient
from collectors.base import Found, Unavailable
from collectors.bluesky_session import Connection, NotThere, listed, with_did
from collectors.bluesky_stages import PER_PAGE, Stage
from collectors.bluesky_views import PASSED_ON, feed_moment, key_passed_on

_PROFILES = 25  # that are told at once


def passed_on(
    bluesky: Connection, stage: Stage, cursor: str | None, questions: Sequence[str]
) -> tuple[list[Mapping[str, Any]], str | None]:
    """The entries of one page of an account's feed that pass a question on, and the cursor of the next within the window.

    A feed is told backwards, by when each was said or passed on. Raises CollectorError.
    """
    told = bluesky.ask(*stage.query(cursor))
    entries, keys = lenient.mappings(listed(told, "feed")), {_key_of(address) for address in questions}
    is_over = bool(entries) and stage.window is not None and feed_moment(entries[-1], stage.window.until) < stage.window.since
    return [one for one in entries if key_passed_on(one) in keys], None if is_over else told.get("cursor") or None


def still(bluesky: Connection, ids: Sequence[str], questions: Sequence[str]) -> Iterator[Found]:
    """Which of these reposts still stand; of a question whose account is not there nothing is said. Raises CollectorError."""
    for address in questions:
        its = [id for id in ids if id.startswith(_key_of(address) + PASSED_ON)]
        if not its:
            continue
        try:
            accounts = _who_passed_on(bluesky, with_did(bluesky, address))
        except NotThere:
            continue
        yield from (Found(id, "present" if id.rpartition("/")[2] in accounts else "gone") for id in its)


def unknown(bluesky: Connection, handles: Sequence[str]) -> list[str]:
    """Those of these accounts that are not there. Raises CollectorError."""
    known: set[str] = set()
    for first in range(0, len(handles), _PROFILES):
        told = bluesky.ask("app.bsky.actor.getProfiles", {"actors": list(handles[first : first + _PROFILES])})
        profiles = lenient.mappings(listed(told, "profiles"))
        known |= {lenient.string(one.get(part)).lower() for one in profiles for part in ("handle", "did")}
    return [handle for handle in handles if handle not in known]


def _key_of(address: str) -> str:
    return address.rpartition("/")[2]


def _who_passed_on(bluesky: Connection, address: str) -> set[str]:
    """The lasting ids of all accounts that pass a post on: looked at here, and kept nowhere."""
    found, cursor, met = set[str](), "", set[str]()
    while cursor not in met:
        met.add(cursor)
        onward = {"cursor": cursor} if cursor else {}
        told = bluesky.ask("app.bsky.feed.getRepostedBy", {"uri": address, "limit": PER_PAGE, **onward})
        found |= {lenient.string(one.get("did")) for one in lenient.mappings(listed(told, "repostedBy"))}
        cursor = lenient.string(told.get("cursor"))
        if not cursor:
            return found
    raise Unavailable("Bluesky gave the same cursor twice, so that its answer has no end")
