"""The values kept of what people did: accounts, decisions, held weeks, editions and their quotes, requests, messages.

Standard library only. Times are UTC. `by` is an account's id; 0 is Listener itself or its command line.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from storage.values import Analysis

Role = Literal["viewer", "curator", "publisher", "operator"]
ROLES: tuple[Role, ...] = ("viewer", "curator", "publisher", "operator")
To = Literal["team", "operator", "safeguarding"]
Sending = Literal["pending", "sending", "sent", "unsure", "failed"]


# --- who ----------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Somebody of the team. `secret` is the hash of a password, never the password; empty for who comes through a proxy."""

    id: int
    name: str
    role: Role
    made_at: datetime
    secret: str = field(default="", repr=False)
    disabled_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """One sign-in. Only the hash of its token is kept."""

    account: int
    begun_at: datetime
    seen_at: datetime
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Audited:
    """One act, for the record: who, when, what, on what. `target` names rows, weeks and versions, never words or people."""

    seq: int
    at: datetime
    by: int
    act: str
    target: str


# --- what was decided ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """One act of curation; never changed, never deleted. `target` is "week", "post:ROW", "theme:KEY" or "element:SEQ"; `value`
    holds what the verb needs; `seen` is the newest decision of the week that its maker had before their eyes."""

    seq: int
    at: datetime
    by: int
    week: int
    target: str
    verb: str
    value: Mapping[str, Any]
    seen: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """A week as it stood when a person first touched it: from then on its themes hold still. `last_row` is the newest post of
    that moment; what has a greater row came in since. `upto` is the newest run, `scorer` who guessed the tones."""

    week: int
    at: datetime
    by: int
    upto: int
    last_row: int
    analysis: Analysis
    scorer: str = ""


# --- what was published -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """A published digest. `content` is JSON that only the digests floor reads, without anybody's words: these are quotes, kept
    apart so that they can be withdrawn from every version. `hash` names `content` (SHA-256, hexadecimal)."""

    week: int
    version: int
    at: datetime
    by: int
    content: str
    hash: str
    note: str = ""
    withdrawn_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedQuote:
    """One quote of one version: `ref` such as "3-07", `row` of the post it is from, `content` JSON, `said` names the words of
    the post as they then were (a hash); both are empty once it is withdrawn."""

    week: int
    version: int
    ref: str
    row: int
    content: str
    said: str = ""
    withdrawn_at: datetime | None = None


UNKNOWN = "not known yet"
"""What is wanted of a way out while nobody has worked out what should stand there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One way out (`folder`, `command`, `url`): what should stand there (a hash over all that is public), and what was last
    found to. It is red while the two differ."""

    way: str
    wanted: str
    wanted_at: datetime
    confirmed: str = ""
    confirmed_at: datetime | None = None
    error: str = ""
    retry_at: datetime | None = None

    @property
    def is_done(self) -> bool:
        return self.wanted == self.confirmed


@dataclass(frozen=True, slots=True, kw_only=True)
class Removal:
    """Somebody asked for a quote to come down. `contact` is dropped when it is closed. `outcome` says what was done."""

    id: int
    at: datetime
    due_at: datetime
    week: int
    ref: str
    reason: str = ""
    contact: str = field(default="", repr=False)
    closed_at: datetime | None = None
    closed_by: int = 0
    outcome: str = ""


# --- what is told -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """Something to tell a group of people, once: `key` is what it is about, such as "notice:week-3" or "fault:mail:2027-01-16".

    `unsure` means that it may have gone out: it is never sent again by itself. `place` is which of the group's addresses it
    goes to, from 0; `count` how many things it tells of, where that can grow until it is sent."""

    id: int
    key: str
    to: To
    subject: str
    body: str
    due_at: datetime
    state: Sending = "pending"
    tries: int = 0
    sent_at: datetime | None = None
    retry_at: datetime | None = None
    error: str = ""
    place: int = 0
    count: int = 0
