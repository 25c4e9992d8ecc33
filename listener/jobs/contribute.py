"""A contribution that somebody brought by hand: a letter, a call, what was said in a meeting or a group."""

import json
import re
import secrets
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal, get_args
from zoneinfo import ZoneInfo

from collectors.base import Item, Window
from collectors.masking import mask
from collectors.post import Author, Consent, Post
from listener.jobs.service import Refused, Service
from storage.runs import Asking
from storage.values import Week

Kind = Literal["letter", "call", "meeting", "group"]
KINDS: tuple[Kind, ...] = get_args(Kind)
WHYS: tuple[Consent, ...] = ("written", "ticked", "organisation", "none")
SOURCE = "by-hand"
"""In place of the name of a source; the config has none for it."""

LONGEST = 25_000
_LONGEST_LINE = 200
_TOKEN = re.compile(r"\d{14}-[0-9a-f]{16}")
_MASKED = re.compile(r"\[(?:email address|NHS number|phone number|postcode|National Insurance number)\]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Brought:
    """What a person brings. `at` is when it was said (UTC); `why` and `reason` say why we may use it; `name` only where the one
    who said it agreed to it. `token` (see `new_token`) makes that sending it twice adds it once."""

    kind: str
    at: datetime
    text: str
    role: str = ""
    name: str = ""
    why: str = "none"
    reason: str = ""
    token: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What became of it. `masked` says what was taken out, such as "[phone number]"; `is_new` is False where it was there."""

    post: Post
    masked: tuple[str, ...]
    is_new: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Who added a contribution (an account's id), and why we may use it."""

    by: int
    reason: str = ""


def new_token(now: datetime) -> str:
    """For one form: it grows with time and is like no other."""
    return f"{now:%Y%m%d%H%M%S}-{secrets.token_hex(8)}"


def moment(timezone: str, day: str, clock: str) -> datetime:
    """A day and time in this zone ("2027-01-13", "14:05", midday if empty) in UTC. Raises Refused for what is none."""
    try:
        return datetime.combine(date.fromisoformat(day), _clock(clock), ZoneInfo(timezone)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise Refused("Give the day as 2027-01-13, and the time, if you know it, as 14:05.", 2) from None


def _clock(told: str) -> time:
    return time.fromisoformat(told or "12:00").replace(tzinfo=None)


def do(service: Service, week: Week, by: int, brought: Brought) -> Kept:
    """Keeps it for account `by` (0: the command line), masked as mails are, and says in the record who brought it.

    What was sent before is not kept again. Raises Refused for what cannot be kept.
    """
    post = _post(brought, week)
    raw = {"network": post.network, "id": post.id, "by": by, "reason": _line(brought.reason, "why we may use it")}
    try:
        _keep(service, week, by, Item(post, json.dumps(raw, ensure_ascii=False).encode("utf-8", "replace")))
    except _Again:
        return Kept(post=post, masked=(), is_new=False)
    return Kept(post=post, masked=tuple(dict.fromkeys(_MASKED.findall(post.text))), is_new=True)


def added(service: Service, post: Post) -> Origin | None:
    """Who added it and why we may use it; None for what a source brought."""
    if post.network not in KINDS:
        return None
    with service.store.read() as unit:
        told = [json.loads(raw) for raw in unit.posts.raw(SOURCE)]
    mine = (one for one in told if (one["network"], one["id"]) == post.key)
    return next((Origin(by=one["by"], reason=one["reason"]) for one in mine), None)


class _Again(Exception):
    """The very form was sent before."""


def _keep(service: Service, week: Week, by: int, item: Item) -> None:
    """All of it in one unit: the run that tells the ledger, the post, the line in the record."""
    now, at = service.now(), item.post.posted_at
    with service.store.write() as unit:
        window = Window(at, at + timedelta(milliseconds=1))
        run = unit.runs.begin(Asking(source=SOURCE, kind="hand", asked="", why="manual"), window, None, now)
        found = unit.posts.add(SOURCE, run.id, [item], now)
        if found.changed or found.unchanged:
            raise _Again
        if not found.new:
            raise Refused("The person named here asked not to be kept. Nothing was added.")
        unit.runs.progress(run.id, new=1)
        unit.runs.end(run.id, now)
        unit.accounts.note(by, "add", f"week-{week.number} post:{unit.posts.newest()}", now)


def _post(brought: Brought, week: Week) -> Post:
    if brought.kind not in KINDS:
        raise Refused(f"Choose what it is: {', '.join(KINDS)}.", 2)
    if brought.why not in WHYS:
        raise Refused("Choose why we may use it.", 2)
    if _TOKEN.fullmatch(brought.token) is None:
        raise Refused("The form was not whole. Load the page again.", 2)
    if not week.opens <= brought.at < week.closes:
        raise Refused(f"Give a day of this week: {week.starts} to {week.ends}.", 2)
    return Post(
        network=brought.kind,
        id=brought.token,
        kind="answer",
        posted_at=brought.at,
        text=_text(brought.text),
        author=_author(brought),
        role=mask(_line(brought.role, "who said it")),
        visibility="private",
        consent=next(why for why in WHYS if why == brought.why),
    )


def _author(brought: Brought) -> Author:
    """Nobody by name unless they agreed to it."""
    name = _line(brought.name, "the name")
    if name and brought.why not in ("written", "ticked"):
        raise Refused("Leave the name out: it is kept only where the person agreed to that in writing.", 2)
    return Author(name=name)


def _text(text: str) -> str:
    told = text.replace("\r\n", "\n").replace("\x00", "").strip()
    if not told:
        raise Refused("Give the words.", 2)
    if len(told) > LONGEST:
        raise Refused(f"This is longer than {LONGEST:,} characters: shorten it.", 2)
    return mask(told.encode("utf-8", "replace").decode())


def _line(text: str, what: str) -> str:
    told = " ".join(text.encode("utf-8", "replace").decode().replace("\x00", "").split())
    if len(told) > _LONGEST_LINE:
        raise Refused(f"Say {what} in at most {_LONGEST_LINE} characters.", 2)
    return told
