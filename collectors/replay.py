"""Replay: stored answers of another kind, read from a folder as if that network had just sent them."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import MISSING, dataclass, field, fields, replace
from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar, Literal

from collectors import find
from collectors.base import BadRequest, Collector, Found, Item, Page, Secret, Unavailable, Window, is_option, option

UNUSED = "replayed"


@dataclass(frozen=True, slots=True)
class Outage:
    """A span in which the network is said to have been down."""

    window: Window
    reason: str


@dataclass(frozen=True, kw_only=True)
class Replay(Collector):
    """Pages are the `*.page` files of `folder` in the order of their names.

    Beside them may lie `outages.json`, a list of `{since, until, reason}` that were never answered; `arrivals.json`, from when
    on (by the clock given) a page is there; `gone.json`, from when on an id is neither returned nor there when looked up.
    """

    kind: ClassVar[str] = "replay"
    channel: ClassVar[str] = "Replay"

    of: str = option(help="the kind whose answers are stored, such as x", asks=True)
    folder: str = option(help="where the pages lie", asks=True, place=True)
    hashtags: tuple[str, ...] = option((), help="hashtags that were looked for", asks=True)
    question_posts: tuple[str, ...] = option((), help="addresses of the posts that ask the questions", asks=True)
    display: Literal["counts", "enterprise"] = option("counts", help='"enterprise" shows posts of X, under a contract with X')
    inner: Collector = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "inner", _reader(self))

    @property
    def channel_name(self) -> str:
        return self.inner.channel_name

    @property
    def asked(self) -> str:
        return self.inner.asked

    @property
    def display_contract(self) -> str:
        return self.inner.display_contract

    def read(self, payload: bytes) -> Page:
        return self.inner.read(payload)

    def check(self) -> None:
        self._pages()

    def collect(self, window: Window, cursor: str | None = None) -> Iterator[Page]:
        """Raises Unavailable at the end if part of the window lies in an outage."""
        paths = [path for path in self._arrived() if cursor is None or path.name > cursor]
        gone = self._gone()
        down = [outage for outage in self._outages() if outage.window.overlaps(window)]
        for path in paths:
            onward = path.name if down or path is not paths[-1] else None
            yield replace(_cut(self.read(path.read_bytes()), window, down, gone), cursor=onward, requests=1)
            if self.given.stopped():
                return
        if down:
            raise Unavailable(down[0].reason)
        if not paths:
            yield Page()

    def look_up(self, ids: Iterable[str]) -> Iterator[Found]:
        gone = self._gone()
        items = {item.post.id: item for path in self._arrived() for item in self.read(path.read_bytes()).items}
        for id in ids:
            if id in gone:
                yield Found(id, "gone")
            elif id in items:
                yield Found(id, "present", items[id])

    def _pages(self) -> list[Path]:
        if not Path(self.folder).is_dir():
            raise BadRequest(f"{self.folder}: no such folder")
        return sorted(Path(self.folder).glob("*.page"))

    def _arrived(self) -> list[Path]:
        arrivals, now = self._moments("arrivals.json"), self.given.now()
        return [path for path in self._pages() if path.name not in arrivals or arrivals[path.name] <= now]

    def _gone(self) -> set[str]:
        now = self.given.now()
        return {id for id, since in self._moments("gone.json").items() if since <= now}

    def _moments(self, name: str) -> dict[str, datetime]:
        try:
            return {key: _moment(told) for key, told in self._beside(name, {}).items()}
        except (TypeError, ValueError) as error:
            raise BadRequest(f"{self.folder}/{name}: each value must be a time with a zone") from error

    def _outages(self) -> list[Outage]:
        try:
            return [Outage(_window(told), str(told["reason"])) for told in self._beside("outages.json", [])]
        except (KeyError, TypeError, ValueError) as error:
            raise BadRequest(f"{self.folder}/outages.json: each outage needs since, until (with a zone) and reason") from error

    def _beside(self, name: str, nothing: Any) -> Any:
        """What a file beside the pages holds: JSON of the type of `nothing`, which stands for a file that is not there."""
        path = Path(self.folder) / name
        try:
            told = json.loads(path.read_text("utf-8")) if path.exists() else nothing
        except ValueError as error:
            raise BadRequest(f"{path}: not JSON") from error
        if not isinstance(told, type(nothing)):
            raise BadRequest(f"{path}: not a {'list' if nothing == [] else 'table'}")
        return told


def _moment(told: str) -> datetime:
    moment = datetime.fromisoformat(told)
    if moment.tzinfo is None:
        raise ValueError(told)
    return moment


def _window(told: Any) -> Window:
    return Window(datetime.fromisoformat(told["since"]), datetime.fromisoformat(told["until"]))


def _cut(page: Page, window: Window, down: list[Outage], gone: set[str]) -> Page:
    def answered(item: Item) -> bool:
        at = item.post.posted_at
        return at in window and item.post.id not in gone and not any(at in outage.window for outage in down)

    return replace(page, items=tuple(item for item in page.items if answered(item)))


def _reader(replayed: Replay) -> Collector:
    """A collector of the replayed kind. It only reads, so its logins are made up. Raises BadRequest for no kind."""
    try:
        kind = find(replayed.of)
    except KeyError as error:
        raise BadRequest(f"of: there is no kind {replayed.of}") from error
    if kind is Replay:
        raise BadRequest("of: a replay cannot be replayed")
    told: dict[str, Any] = {one.name: _value(one, replayed) for one in fields(kind) if is_option(one) and _needed(one)}
    return kind(given=replayed.given, **{**told, **kind.replayed})


def _needed(one: Any) -> bool:
    required = one.default is MISSING and one.default_factory is MISSING
    return required or _is_secret(one) or one.name in ("hashtags", "question_posts", "display")


def _value(one: Any, replayed: Replay) -> Any:
    if one.name in ("hashtags", "question_posts", "display"):
        return getattr(replayed, one.name)
    return Secret(UNUSED) if _is_secret(one) else UNUSED


def _is_secret(one: Any) -> bool:
    return one.type in (Secret, Secret | None, "Secret", "Secret | None")


KIND = Replay
