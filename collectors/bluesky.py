"""Bluesky: posts with the exercise's hashtags, and replies to and quotes of its question posts, through one account."""

import logging
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import ClassVar

from collectors import bluesky_partners, way_out
from collectors.base import BadRequest, Collector, Found, Item, Page, Secret, Told, Unavailable, Window, option
from collectors.bluesky_frames import Wanted
from collectors.bluesky_session import Connection, NotThere, listed, with_did
from collectors.bluesky_stages import PER_PAGE, Place, Stage, addresses_of, handles_of, plan, tags_of
from collectors.bluesky_stream import Stream, fault
from collectors.bluesky_views import (
    PASSED_ON,
    address_of,
    id_of,
    item_of,
    page_of,
    replies_below,
    unread_below,
    views_in,
)

log = logging.getLogger(__name__)

MARGIN = timedelta(hours=2)  # the network searches by min(createdAt, indexedAt), we cut by what we believe of createdAt
PER_LOOK_UP = 25
ACCOUNTS_LIVE_AT = "*.host.bsky.network:443"


@dataclass(frozen=True, kw_only=True)
class Bluesky(Collector):
    """Reads through the account's own server, since Bluesky lets nobody search who is not logged in."""

    kind: ClassVar[str] = "bluesky"
    channel: ClassVar[str] = "Bluesky"
    lag: ClassVar[timedelta] = timedelta(seconds=30)
    HITS_AT_MOST: ClassVar[int] = 10_000  # a search shows no more; a window that reaches it is read in halves

    handle: str = option(help="the account to read with: name.bsky.social")
    password: Secret = option(help="an app password of that account, not its main password")
    service: str = option("https://bsky.social", help="where the account logs in")
    hashtags: tuple[str, ...] = option((), help="hashtags to look for", asks=True)
    question_posts: tuple[str, ...] = option((), help="posts whose replies and quotes are read, tag or not", asks=True)
    partners: tuple[str, ...] = option((), help="accounts of partners: whether they passed a question on", asks="given")
    live: str = option("", help="the address of a stream that tells what happens while it does: wss://HOST/subscribe")
    timeout: float = option(30.0, help="seconds to wait for an answer")

    def __post_init__(self) -> None:
        if self.live and (found := fault(self.live)):
            raise ValueError(f"live {found}")

    def collect(self, window: Window, cursor: str | None = None) -> Iterator[Page]:
        place = self._start(window, cursor)
        if not place.stages:
            yield Page()
            return
        with self._connected() as bluesky:
            yield from self._pages(bluesky, window, place)

    def read(self, payload: bytes) -> Page:
        return page_of(views_in(payload))

    @property
    def asked(self) -> str:
        tags, posts = tags_of(self.hashtags), addresses_of(self.question_posts)
        told = ["posts with " + " or ".join(f"#{tag}" for tag in tags)] if tags else []
        if posts:
            told.append(
                "replies to and quotes of " + ("the question post" if len(posts) == 1 else f"{len(posts)} question posts")
            )
            told += [f"reposts of {'it' if len(posts) == 1 else 'them'} by partners"] if handles_of(self.partners) else []
        return "; ".join(told)

    @property
    def hosts(self) -> tuple[str, ...]:
        """After its login an account of bsky.social is asked at the server where it lives."""
        place = way_out.place(self.service)
        accounts = (ACCOUNTS_LIVE_AT,) if place == "bsky.social:443" else ()
        return (place, *accounts, *((way_out.place(self.live),) if self.live else ()))

    def check(self) -> None:
        with self._connected() as bluesky:
            bluesky.ask("com.atproto.server.getSession", {})
            if unknown := bluesky_partners.unknown(bluesky, handles_of(self.partners)):
                raise BadRequest(f"Bluesky knows no {', '.join(unknown)}: correct the handles of [[partners]]")
        if self.live:
            self._stream().check()

    @property
    def stream(self) -> str:
        return self.live

    def follow(self, cursor: str | None) -> Iterator[Told]:
        yield from self._stream().follow(cursor)

    def look_up(self, ids: Iterable[str]) -> Iterator[Found]:
        """What became of these posts; one that is there but cannot be read, or whose id is not ours, is left out."""
        asked = list(ids)
        ours, passed_on = [one for one in asked if _is_ours(one)], [one for one in asked if PASSED_ON in one]
        with self._connected() as bluesky:
            for first in range(0, len(ours), PER_LOOK_UP):
                if self.given.stopped():
                    return
                yield from _found(bluesky, ours[first : first + PER_LOOK_UP])
            yield from bluesky_partners.still(bluesky, passed_on, addresses_of(self.question_posts))

    def _stream(self) -> Stream:
        wanted = Wanted.of(self.hashtags, self.question_posts)
        return Stream(url=self.live, wanted=wanted, timeout=self.timeout, stopped=self.given.stopped)

    def _connected(self) -> Connection:
        given = self.given
        return Connection(self.handle, self.password, self.service, timeout=self.timeout, vault=given.vault, now=given.now)

    def _start(self, window: Window, cursor: str | None) -> Place:
        beginning = plan(self.hashtags, self.question_posts, self.partners, window.widened(MARGIN))
        if cursor is None:
            return beginning
        try:
            return Place.heard(cursor)
        except ValueError:
            log.warning("%s: the cursor cannot be read, the window is read from its beginning", self.given.source)
            return beginning

    def _pages(self, bluesky: Connection, window: Window, place: Place) -> Iterator[Page]:
        met: set[tuple[Stage, str]] = set()
        place, answer = self._resume(bluesky, place)
        while True:
            onward = place.after(answer.cursor, answer.deeper, self.HITS_AT_MOST // PER_PAGE)
            _refuse_repeats(onward, met)
            page = _cut(page_of(answer.views), window, place.stages[0])
            yield replace(page, cursor=onward.told(), requests=bluesky.count_requests())
            if not onward.stages or self.given.stopped():
                return
            place, answer = onward, self._ask(bluesky, onward)

    def _resume(self, bluesky: Connection, place: Place) -> "tuple[Place, _Answer]":
        """The first answer. Bluesky's cursors do not keep: where one is refused, its stage is read again from its beginning."""
        try:
            return place, self._ask(bluesky, place)
        except (BadRequest, Unavailable):
            if place.cursor is None:
                raise
            log.info("%s: Bluesky no longer takes its cursor, the stage is read again", self.given.source)
            again = Place(place.stages)
            return again, self._ask(bluesky, again)

    def _ask(self, bluesky: Connection, place: Place) -> "_Answer":
        stage = place.stages[0]
        try:
            if stage.kind == "reposts":
                return _Answer(*bluesky_partners.passed_on(bluesky, stage, place.cursor, addresses_of(self.question_posts)))
            return _answer(bluesky, stage, place.cursor)
        except BadRequest as error:
            # an account that is not there, or blocks us, is no reason not to read the rest
            if not isinstance(error, NotThere) and (stage.kind != "reposts" or place.cursor is not None):
                raise
            log.warning("%s: no %s of %s: %s", self.given.source, stage.kind, stage.of, error)
            return _Answer()


KIND = Bluesky


# --- one answer -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Answer:
    """The views that came, the network's cursor, and the posts whose replies lie too deep to have come along."""

    views: Sequence[object] = ()
    cursor: str | None = None
    deeper: Sequence[str] = ()


def _answer(bluesky: Connection, stage: Stage, cursor: str | None) -> _Answer:
    if stage.kind != "search":
        stage = replace(stage, of=with_did(bluesky, stage.of))
    told = bluesky.ask(*stage.query(cursor))
    if stage.kind == "replies":
        thread = told.get("thread") or {}
        return _Answer([node["post"] for node in replies_below(thread)], deeper=unread_below(thread))
    return _Answer(listed(told, "posts"), told.get("cursor") or None)


def _cut(page: Page, window: Window, stage: Stage) -> Page:
    """Search also finds longer tags and times in the margin; an answer to the question counts without the tag."""
    tag = stage.of.lower() if stage.kind == "search" else None
    kept = (one for one in page.items if one.post.posted_at in window and (tag is None or tag in one.post.tags))
    return replace(page, items=tuple(kept))


def _refuse_repeats(place: Place, met: set[tuple[Stage, str]]) -> None:
    if place.cursor is None:
        return
    mark = (place.stages[0], place.cursor)
    if mark in met:
        raise Unavailable("Bluesky gave the same cursor twice, so that its answer has no end")
    met.add(mark)


# --- looking up -------------------------------------------------------------------------------------------------------


def _is_ours(id: str) -> bool:
    try:
        return bool(address_of(id))
    except ValueError:
        return False


def _found(bluesky: Connection, ids: Sequence[str]) -> Iterator[Found]:
    """An answer with nothing in it is not believed of so many at once: each is asked for again by itself."""
    there = _there(bluesky, ids)
    for id in ids:
        now = there or _there(bluesky, [id])
        if id not in now:
            yield Found(id, "gone")
        elif (item := now[id]) is not None:
            yield Found(id, "present", item)


def _there(bluesky: Connection, ids: Sequence[str]) -> dict[str, Item | None]:
    told = bluesky.ask("app.bsky.feed.getPosts", {"uris": [address_of(id) for id in ids]})
    return {id_of(view["uri"]): item_of(view) for view in listed(told, "posts") if isinstance(view, dict) and "uri" in view}
