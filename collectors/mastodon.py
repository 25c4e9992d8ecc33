"""Mastodon: posts with the exercise's hashtags as several servers saw them, and replies to question posts on these servers."""

import json
import logging
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import ClassVar

from collectors import mastodon_statuses as statuses
from collectors import way_out
from collectors.base import BadRequest, Collector, CollectorError, Found, NotAllowed, Page, Secret, Unavailable, Window, option
from collectors.mastodon_lookup import LookUp
from collectors.mastodon_server import NotThere, Server

log = logging.getLogger(__name__)

MARGIN = timedelta(minutes=10)  # a status's number is made a little after its time, or before it where clocks differ
LONGEST_LOOK_UP = 10.0  # seconds for an answer of one of many servers
ANY_HOME = "*:443"  # the servers where posts were written
SHOWN_TO_STRANGERS = 60  # replies in a context, for who is not logged in
STATUS = re.compile(r"/(?:@[^/\s]+|users/[^/\s]+/statuses)/(\d{1,19})/?(?:[?#].*)?")


@dataclass(frozen=True, kw_only=True)
class Mastodon(Collector):
    """Each server lists only what reached it, so several are asked; the same post from two servers is one by its id.

    A window is read backwards as a whole: a post that reaches a server late gets its place by the time when it was written,
    so who only reads on from the newest would never see it. A server that fails is told after the others were read.
    """

    kind: ClassVar[str] = "mastodon"
    channel: ClassVar[str] = "Mastodon"
    lag: ClassVar[timedelta] = timedelta(seconds=60)

    servers: tuple[str, ...] = option(("mastodon.social", "mastodonapp.uk"), help="the servers to ask", asks=True)
    token: Secret | None = option(None, help="an access token of an account on the first server, where it wants one")
    hashtags: tuple[str, ...] = option((), help="hashtags to look for", asks=True)
    question_posts: tuple[str, ...] = option((), help="posts on these servers whose replies are read, tag or not", asks=True)
    partners: tuple[str, ...] = option((), help="accounts of partners: whether they passed these posts on", asks="given")
    homes: bool = option(True, help="whether the servers where posts were written are asked once a day what became of them")
    timeout: float = option(30.0, help="seconds to wait for an answer")

    def __post_init__(self) -> None:
        if not addresses_of(self.servers):
            raise ValueError("a Mastodon source needs at least one server to ask")

    def collect(self, window: Window, cursor: str | None = None) -> Iterator[Page]:
        place = self._start(cursor)
        if not place.stages:
            yield Page()
            return
        failed: list[CollectorError] = []
        with ExitStack() as lines:
            opened = {one: lines.enter_context(self._opened(one)) for one in dict.fromkeys(s.server for s in place.stages)}
            while place.stages:
                try:
                    answer = self._ask(server := opened[place.stages[0].server], place, window)
                except CollectorError as error:
                    place = self._skip(place, error, failed)
                    continue
                failed += [answer.cut] if answer.cut else []
                place = place.after(answer)
                yield replace(_cut(answer.page, window), cursor=place.told(), requests=server.count_requests())
                if self.given.stopped():
                    return
        if failed:
            raise min(failed, key=lambda error: isinstance(error, NotAllowed))  # first what may mend itself: it is tried again

    def read(self, payload: bytes) -> Page:
        return statuses.page_of(statuses.statuses_in(payload))

    @property
    def asked(self) -> str:
        tags, posts = tags_of(self.hashtags), self._question_stages()
        told = ["posts with " + " or ".join(f"#{tag}" for tag in tags)] if tags else []
        told += ["replies to " + ("the question post" if len(posts) == 1 else f"{len(posts)} question posts")] if posts else []
        told += [f"reposts and quotes of {'it' if len(posts) == 1 else 'them'} by partners"] if self._partner_stages() else []
        hosts = [address.split("://", 1)[1] for address in addresses_of(self.servers)]
        return f"{'; '.join(told)} seen by {_listed(hosts)}" if told else ""

    @property
    def hosts(self) -> tuple[str, ...]:
        places = tuple(way_out.place(address) for address in addresses_of(self.servers))
        return (*places, ANY_HOME) if self.homes else places

    def look_up(self, ids: Iterable[str]) -> Iterator[Found]:
        """What became of these posts, by the servers where they were written; of one that does not answer nothing is said."""
        servers = addresses_of(self.servers)
        tokens = {one: token for one in servers if (token := self._token_for(one)) is not None}
        given, timeout = self.given, min(self.timeout, LONGEST_LOOK_UP)
        asking = LookUp(servers=servers, tokens=tokens, homes=self.homes, timeout=timeout, now=given.now, stopped=given.stopped)
        yield from asking.ask(ids)

    def check(self) -> None:
        """Asks each server for one page."""
        for stage in {stage.server: stage for stage in reversed(self._stages())}.values():
            with self._opened(stage.server) as server:
                self._ask(server, Place((stage,)), Window(self.given.now(), self.given.now()))

    # --- what is asked --------------------------------------------------------------------------------------------------

    def _stages(self) -> "tuple[Stage, ...]":
        tags = tags_of(self.hashtags)
        searches = (Stage(server, tag) for server in addresses_of(self.servers) for tag in tags)
        return (*searches, *self._question_stages(), *self._partner_stages())

    def _question_stages(self) -> "list[Stage]":
        found = [
            Stage(server, status=match[1])
            for post in self.question_posts
            for server in addresses_of(self.servers)
            if post.strip().startswith(f"{server}/") and (match := STATUS.fullmatch(post.strip().removeprefix(server)))
        ]
        return list(dict.fromkeys(found))

    def _partner_stages(self) -> "list[Stage]":
        """A server knows all who pass on what was said there, and whom else it knows by chance."""
        servers = dict.fromkeys(stage.server for stage in self._question_stages())
        partners = dict.fromkeys(one.strip().removeprefix("@").lower() for one in self.partners)
        return [Stage(server, partner=partner) for server in servers for partner in partners if partner]

    def _start(self, cursor: str | None) -> "Place":
        if cursor is None:
            return Place(self._stages())
        try:
            return Place.heard(cursor, self._stages())
        except ValueError:
            log.warning("%s: the cursor cannot be read, the window is read from its beginning", self.given.source)
            return Place(self._stages())

    def _opened(self, server: str) -> Server:
        return Server(server, self._token_for(server), self.timeout)

    def _token_for(self, server: str) -> Secret | None:
        """A token is a secret of one server: no other is shown it."""
        return self.token if server == addresses_of(self.servers)[0] else None

    def _skip(self, place: "Place", error: CollectorError, failed: list[CollectorError]) -> "Place":
        log.warning("%s: %s", self.given.source, error)
        failed.append(error)
        return place.skipped()

    def _ask(self, server: Server, place: "Place", window: Window) -> "Answer":
        stage = place.stages[0]
        if stage.partner:
            return self._passed_on(server, stage, place.below, window)
        return self._replies(server, stage) if stage.status else _timeline(server, stage, place.below, window)

    def _passed_on(self, server: Server, stage: "Stage", below: int | None, window: Window) -> "Answer":
        """Who is not known there, or not shown to us, is no reason not to read the rest."""
        below = number_at(window.until + MARGIN) if below is None else below
        try:
            found = statuses.statuses_in(server.said_by(server.account(stage.partner), below))
        except (BadRequest, NotAllowed) as error:
            log.info("%s: not known what %s passed on: %s", self.given.source, stage.partner, error)
            return Answer(Page())
        asked = {one.status for one in self._question_stages() if one.server == stage.server}
        page = statuses.page_of(one for one in found if not asked.isdisjoint(statuses.passed_on_by(one)))
        return Answer(page, _onward(found, below, window.since - MARGIN, stage.server))

    def _replies(self, server: Server, stage: "Stage") -> "Answer":
        try:
            page = self.read(payload := server.context(stage.status))
        except NotThere as error:
            log.warning("%s: no replies: %s", self.given.source, error)
            return Answer(Page())
        is_cut = self._token_for(stage.server) is None and len(statuses.statuses_in(payload)) >= SHOWN_TO_STRANGERS
        reason = (
            f"{stage.server} shows {SHOWN_TO_STRANGERS} replies to who is not logged in, and there may be more: give a token"
        )
        return Answer(page, cut=NotAllowed(reason) if is_cut else None)


KIND = Mastodon


# --- where a reading stands -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Stage:
    """One thing to ask of one server: a hashtag, the replies to one of its statuses by its number there, or what a partner
    passed on of these."""

    server: str
    tag: str = ""
    status: str = ""
    partner: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came; below which number the same stage goes on, None at its end; why more may be there that was not shown."""

    page: Page
    below: int | None = None
    cut: CollectorError | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """The stages still to read, below which number the first goes on, and the stages that failed, which a resumption tries."""

    stages: tuple[Stage, ...]
    below: int | None = None
    failed: tuple[Stage, ...] = ()

    def after(self, answer: Answer) -> "Place":
        if answer.below is not None:
            return replace(self, below=answer.below)
        stage, *rest = self.stages
        return Place(tuple(rest), None, (*self.failed, stage) if answer.cut else self.failed)

    def skipped(self) -> "Place":
        """Without all stages of the server whose turn it is."""
        server = self.stages[0].server
        rest = tuple(stage for stage in self.stages if stage.server != server)
        return Place(rest, None, (*self.failed, *(stage for stage in self.stages if stage.server == server)))

    def told(self) -> str | None:
        """The cursor of a page; None when nothing is left to read."""
        if not self.stages and not self.failed:
            return None
        stages, failed = (
            [[one.server, one.tag, one.status, one.partner] for one in some] for some in (self.stages, self.failed)
        )
        return json.dumps({"stages": stages, "max_id": self.below, "failed": failed}, separators=(",", ":"))

    @classmethod
    def heard(cls, told: str, known: Sequence[Stage]) -> "Place":
        """What `told` said, of the stages `known`. Raises ValueError for anything else."""
        try:
            heard = json.loads(told)
            stages = tuple(Stage(*one) for one in [*heard["stages"], *heard["failed"]])
            below = heard["max_id"]
        except (KeyError, TypeError, RecursionError) as error:
            raise ValueError(f"not a cursor of this collector: {told[:100]!r}") from error
        if not stages or not set(stages) <= set(known) or not (below is None or type(below) is int):
            raise ValueError(f"not a cursor of this collector: {told[:100]!r}")
        return cls(stages, below)


# --- a hashtag's timeline ---------------------------------------------------------------------------------------------


def number_at(moment: datetime) -> int:
    """The first number that a status of this moment can have: milliseconds since 1970, and 16 bits that part their statuses."""
    return int(moment.timestamp() * 1000) << 16


def _timeline(server: Server, stage: Stage, below: int | None, window: Window) -> Answer:
    below = number_at(window.until + MARGIN) if below is None else below
    found = statuses.statuses_in(server.timeline(stage.tag, below))
    return Answer(statuses.page_of(found), _onward(found, below, window.since - MARGIN, stage.server))


def _onward(found: Sequence[object], below: int, since: datetime, server: str) -> int | None:
    """Below which number the older statuses are. A server may leave statuses out of a page: only an empty one is the last."""
    if not found:
        return None
    numbered = [(number, one) for one in found if (number := statuses.number_of(one)) is not None]
    if not numbered:
        raise Unavailable(f"{server} sent statuses without Mastodon's numbers")
    number, oldest = min(numbered, key=lambda pair: pair[0])
    if number >= below:
        raise Unavailable(f"{server} sent the same page again, so that its answer has no end")
    moment = statuses.moment_of(oldest)
    return None if moment is not None and moment < since else number


def _cut(page: Page, window: Window) -> Page:
    items = tuple(one for one in page.items if one.post.posted_at in window)
    return replace(page, items=items, asides=tuple(one for one in page.asides if one.at is None or one.at in window))


# --- options ----------------------------------------------------------------------------------------------------------


def tags_of(hashtags: Iterable[str]) -> tuple[str, ...]:
    """Without the sign, each once in whatever case."""
    return tuple({tag.lower(): tag for tag in (one.strip().lstrip("#") for one in hashtags) if tag}.values())


def addresses_of(servers: Iterable[str]) -> tuple[str, ...]:
    """`https://HOST` of host names and addresses, each once."""
    bare = (one.strip().rstrip("/") for one in servers)
    return tuple(dict.fromkeys(one if "://" in one else f"https://{one}" for one in bare if one))


def _listed(names: Sequence[str]) -> str:
    return " and ".join(part for part in (", ".join(names[:-1]), names[-1]) if part)
