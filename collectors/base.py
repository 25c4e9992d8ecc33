"""The seam between networks and the service: windows, pages, options, errors, and what a collector must and may offer."""

import json
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import MISSING, Field, dataclass, field, fields
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from pathlib import Path
from typing import Any, ClassVar, Literal, Protocol

from collectors.budget import Budget, Estimate
from collectors.post import Post

# --- errors -----------------------------------------------------------------------------------------------------------


class CollectorError(Exception):
    """A source could not be read; the sentence says what happened and what to do. `cost` (US dollars) is what it cost all the
    same, beyond the pages that were given."""

    cost: float = 0.0


class RateLimited(CollectorError):
    """The network asks us to come back later; `until` is when (UTC), if it said so."""

    def __init__(self, reason: str, until: datetime | None = None) -> None:
        super().__init__(reason)
        self.until = until


class Unavailable(CollectorError):
    """The network did not answer, or answered with a fault of its own: trying again later helps."""


class BadRequest(CollectorError):
    """The network refused the question itself: trying again does not help, changing the config does."""


class NotAllowed(CollectorError):
    """The login or the permission is missing, wrong or expired: a person must act."""


class OutOfCredit(CollectorError):
    """Money or a monthly allowance is used up: a person must act."""


class AtCeiling(CollectorError):
    """What the config lets the source cost is spent; `until` is when it may cost again (UTC)."""

    def __init__(self, reason: str, until: datetime) -> None:
        super().__init__(reason)
        self.until = until


class Underway(CollectorError):
    """The network is at work on what it was asked: ask again at `until` (UTC), with this cursor."""

    def __init__(self, cursor: str, until: datetime) -> None:
        super().__init__("the network is still at work on it")
        self.cursor = cursor
        self.until = until


# --- windows and pages ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, order=True)
class Window:
    """A half-open span of time `[since, until)` in UTC."""

    since: datetime
    until: datetime

    def __post_init__(self) -> None:
        if self.since.tzinfo is None or self.until.tzinfo is None:
            raise ValueError("a window needs times with a zone")
        if self.since > self.until:
            raise ValueError("a window must not end before it starts")
        object.__setattr__(self, "since", self.since.astimezone(UTC))
        object.__setattr__(self, "until", self.until.astimezone(UTC))

    def __contains__(self, moment: datetime) -> bool:
        return self.since <= moment < self.until

    @property
    def length(self) -> timedelta:
        return self.until - self.since

    def overlaps(self, other: "Window") -> bool:
        return self.since < other.until and other.since < self.until

    def halves(self) -> tuple["Window", "Window"]:
        """The earlier and the later half, cut at a whole second."""
        middle = (self.since + self.length / 2).replace(microsecond=0)
        return Window(self.since, middle), Window(middle, self.until)

    def widened(self, by: timedelta) -> "Window":
        return Window(self.since - by, self.until + by)


@dataclass(frozen=True, slots=True)
class Item:
    """A post and the smallest piece of the answer that `read` can make it from again (None where it must not be kept)."""

    post: Post
    raw: bytes | None = None


@dataclass(frozen=True, slots=True)
class Aside:
    """Something that came but is not a contribution. `ref` names it for good, so that it is counted once.

    `reason` is a short fixed word: "auto-reply", "bounce", "unreadable", ... `detail` helps the operator and holds nobody's
    words. `at` is when it came, None where that cannot be known.
    """

    ref: str
    reason: str
    detail: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """What one answer held, and the cursor from which the same window is read on after it (None: it was the last).

    `requests` is how often the network was asked, `cost` in US dollars where the network charges. `reaches` is from when on
    (UTC) the network still listed everything, where the window may begin before that; None where it listed the whole window.
    """

    items: tuple[Item, ...] = ()
    asides: tuple[Aside, ...] = ()
    cursor: str | None = None
    requests: int = 0
    cost: float = 0.0
    reaches: datetime | None = None

    @property
    def posts(self) -> list[Post]:
        return [item.post for item in self.items]


@dataclass(frozen=True, slots=True)
class Found:
    """What a look-up by id says of one post: still there (with the item as it is now) or gone. No answer, no `Found`.

    `cost` is in US dollars where the network charges.
    """

    id: str
    state: Literal["present", "gone"]
    item: Item | None = None
    cost: float = 0.0


@dataclass(frozen=True, slots=True)
class Event:
    """Something that a network told as it happened: a post that is asked for was "said", some post was "edited" or is "gone",
    an account has "left" (and its posts with it) or is "back".

    `name` is the id of the post or of the account, `version` the post's since then.
    """

    network: str
    what: Literal["said", "edited", "gone", "left", "back"]
    name: str
    version: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """What came at once, and the cursor from which the network tells on after it; without a cursor nothing came."""

    events: tuple[Event, ...] = ()
    cursor: str | None = None


# --- options ----------------------------------------------------------------------------------------------------------


class Secret:
    """A password or token that shows itself only to `reveal`."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        return self._value

    def __repr__(self) -> str:
        return "Secret(...)"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._value == self._value

    def __hash__(self) -> int:
        return hash(self._value)


Asks = Literal[False, True, "given"]


def option(default: Any = MISSING, *, help: str, asks: Asks = False, place: bool = False, factory: Any = MISSING) -> Any:
    """A field of a collector that is an option of its `[sources.NAME]` table.

    `help` is one line for `listener init`. `asks` marks what decides which posts come: it enters the fingerprint of what was
    asked; "given" only where it says something, so that an option that is new asks no old window again. `place` marks the path
    of a file or folder, told from the folder of the config.
    """
    return field(default=default, default_factory=factory, kw_only=True, metadata={"help": help, "asks": asks, "place": place})


def is_option(one: Any) -> bool:
    """Whether a dataclass field is an option of the config table."""
    return "help" in one.metadata


# --- what is given from outside ---------------------------------------------------------------------------------------


class Vault(Protocol):
    """Where secrets that change by themselves (rotating sessions) are kept between runs, by name."""

    def get(self, name: str) -> str | None: ...

    def put(self, name: str, value: str) -> None: ...


@dataclass(frozen=True)
class Given:
    """What a collector is given: its source's name, a vault, the clock (UTC), a stop signal that it looks at between pages,
    the folder of the config, and what the ledger says that the source has cost since a moment (US dollars)."""

    source: str
    vault: Vault
    now: Callable[[], datetime]
    stopped: Callable[[], bool] = lambda: False
    folder: Path | None = None
    spent: Callable[[datetime], float] = lambda _: 0.0


# --- the collector ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Collector(ABC):
    """One kind of source. A frozen dataclass: its `option` fields are its config table; its module names its class `KIND`.

    `channel` is what readers call the kind. `reach` is how far back the network can be asked (None: no limit known), `lag` how
    long it may take to list a post: a window that is asked for should have ended so long ago. `look_up_costs` says that the
    network charges for each post that is looked up: then it is done in parts, least lately seen first. `late` is how long after
    its time a post may first be listed, for kinds whose every answer lists what came before too: that is kept as well.
    `replayed` are options that stored answers are read with, where a kind refuses to be without them.
    """

    kind: ClassVar[str]
    channel: ClassVar[str]
    reach: ClassVar[timedelta | None] = None
    lag: ClassVar[timedelta] = timedelta()
    late: ClassVar[timedelta] = timedelta()
    look_up_costs: ClassVar[bool] = False
    replayed: ClassVar[Mapping[str, Any]] = {}

    given: Given = field(repr=False, compare=False)

    @abstractmethod
    def collect(self, window: Window, cursor: str | None = None) -> Iterator[Page]:
        """Every post of the window, page by page; from `cursor` on if an earlier reading of the same window broke off.

        Pages may hold posts outside the window: the caller cuts. Raises CollectorError, nothing else of the network's making.
        """

    @abstractmethod
    def read(self, payload: bytes) -> Page:
        """The posts of one stored answer, or of one item's `raw`. Pure: no network, no clock. Raises Unavailable."""

    @property
    @abstractmethod
    def asked(self) -> str:
        """What is asked for, in plain words for the coverage box: "posts with #NHSThinkCarer"."""

    @property
    def channel_name(self) -> str:
        """What readers call the channel of this very source."""
        return self.channel

    @property
    def display_contract(self) -> str:
        """The network whose posts this source may show as cards under a contract, empty if none is needed or held."""
        return ""

    @property
    def hosts(self) -> tuple[str, ...]:
        """HOST:PORT of the servers that it asks, for a firewall; none for what lies on this machine."""
        return ()

    @property
    def swept(self) -> bool:
        """Whether its posts are in the daily deletion check, where it can look them up."""
        return True

    @property
    def audits(self) -> bool:
        """Whether its deletion check is an `audit` in place of a look-up."""
        return False

    @property
    def budget(self) -> Budget | None:
        """What it may cost and has cost; None for what costs nothing."""
        return None

    @property
    def rests(self) -> AtCeiling | None:
        """Why nothing can be read now although nothing is wrong: the ceiling of its costs is reached."""
        return None

    def check(self) -> None:  # noqa: B027 -- optional side
        """Log in or open once and read nothing: `listener check --online`. Raises CollectorError."""


class LooksUp(Protocol):
    """The optional side of a collector whose network answers by id."""

    def look_up(self, ids: Iterable[str]) -> Iterator[Found]:
        """What became of these posts. An id without a sure answer is left out."""


class Audits(Protocol):
    """The optional side of a collector whose network takes a list of posts and says later what became of them."""

    def audit(self, ids: Sequence[str], cursor: str | None) -> Iterator[Found]:
        """What became of these posts; of those that are there as they were nothing is told. Raises Underway, CollectorError."""


class Estimates(Protocol):
    """The optional side of a collector whose network charges, and tells beforehand how much there is."""

    def estimate(self, window: Window) -> Estimate:
        """Raises CollectorError."""


class Watches(Protocol):
    """The optional side of a collector whose network tells when something new is there."""

    def watch(self) -> Iterator[None]:
        """Yields at the beginning and whenever something may have come, until a stop; ends at once where the server cannot.

        Raises CollectorError.
        """


class Follows(Protocol):
    """The optional side of a collector whose network tells what happens while it does; it has `look_up` too."""

    @property
    def stream(self) -> str:
        """Names what is listened to, empty where the options name nothing. A cursor is of one stream only."""

    def follow(self, cursor: str | None) -> Iterator[Told]:
        """Yields once when it is connected, then what the network tells from `cursor` on (None: from now on) as it comes, and
        every few seconds in any case, until a stop.

        Raises CollectorError, also when nothing has come for too long.
        """


def fingerprint(collector: Collector) -> str:
    """Names what was asked: equal for two collectors that ask for the same posts, whatever their logins, and wherever the
    exercise's folder lies (16 hex digits)."""
    told = {f.name: (f.metadata.get("asks"), _asked(collector, f)) for f in fields(collector) if f.metadata.get("asks")}
    asks: Mapping[str, Any] = {name: value for name, (mark, value) in told.items() if mark is True or value}
    return blake2b(json.dumps([collector.kind, asks], sort_keys=True, default=str).encode(), digest_size=8).hexdigest()


def _asked(collector: Collector, one: Field[Any]) -> Any:
    value, folder = getattr(collector, one.name), collector.given.folder
    if one.metadata["place"] and folder is not None and Path(value).is_relative_to(folder):
        return str(Path(value).relative_to(folder))
    return value


@dataclass
class MemoryVault:
    """A vault that forgets when the process ends."""

    kept: dict[str, str] = field(default_factory=dict)

    def get(self, name: str) -> str | None:
        return self.kept.get(name)

    def put(self, name: str, value: str) -> None:
        self.kept[name] = value
