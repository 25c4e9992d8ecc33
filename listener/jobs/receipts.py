"""Receipts for mails: that it came, when results come, how to withdraw. Off unless the config says otherwise, and loop-safe.

No answer to what a machine or a list sent (RFC 3834), none to ourselves, one to an address a day, so many a day in all. That a
receipt is about to go out is written before: after a kill it is not sent twice.
"""

import json
import logging
import secrets
from collections.abc import Collection, Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from hashlib import blake2b
from zoneinfo import ZoneInfo

from collectors.base import Secret, Window
from collectors.mail import NOT_TO_BE_ANSWERED
from listener import notify
from listener.jobs.service import Service
from storage.values import Kept

log = logging.getLogger(__name__)

KEPT_AS = "receipts"
OLDEST = timedelta(days=2)
MOST_AT_ONCE = 20
MOST_A_DAY = 500
HEADERS = {"Auto-Submitted": "auto-replied", "Precedence": "auto_reply", "X-Auto-Response-Suppress": "All"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """Which row was looked at last, and whom a receipt went to on `day`, as hashes that only `salt` lets one make again."""

    row: int
    salt: str
    day: str = ""
    told: tuple[str, ...] = ()

    def on(self, day: str) -> "Memory":
        return self if self.day == day else replace(self, day=day, told=())

    def mark(self, address: str) -> str:
        return blake2b(address.casefold().encode(), key=bytes.fromhex(self.salt), digest_size=12).hexdigest()


# --- decide -----------------------------------------------------------------------------------------------------------


def wanted(posts: Iterable[Kept], memory: Memory, ours: Collection[str]) -> Iterator[Kept]:
    """Mails that came since, from people, oldest first."""
    for kept in sorted(posts, key=lambda kept: kept.row):
        address = kept.post.author.handle.casefold()
        is_mail = kept.post.kind == "mail" and kept.row > memory.row and address.count("@") == 1
        if is_mail and address not in ours and NOT_TO_BE_ANSWERED not in kept.post.labels:
            yield kept


def reference(kept: Kept) -> str:
    """A short name of a contribution, for who writes to us about it."""
    return blake2b("\0".join(kept.post.key).encode(), digest_size=4).hexdigest().upper()


def text(service: Service, kept: Kept) -> tuple[str, str]:
    """Subject and body. Nothing of what somebody wrote is in them, so that nobody can make us send their words."""
    exercise, told = service.config.exercise, service.config
    contact = f" To take it back, or with any question, write to {exercise.contact} and name it." if exercise.contact else ""
    parts = (
        f"Thank you for writing to {exercise.organisation} about {exercise.title}. A person will read it.",
        f"Your reference is {reference(kept)}.{contact}",
        told.receipts.results,
        told.safeguarding.urgent,
        "This answer was sent by itself. There is no need to answer it.",
    )
    return f"We have your message: {exercise.title}", "\n\n".join(part for part in parts if part) + "\n"


# --- do ---------------------------------------------------------------------------------------------------------------


def do(service: Service) -> int:
    """How many receipts were sent. Mails that came before they were switched on get none."""
    via = service.config.receipts.via
    if via is None:
        return 0
    memory = _remembered(service)
    sent = 0
    for kept in list(wanted(_recent(service), memory, _ours(service)))[:MOST_AT_ONCE]:
        address = kept.post.author.handle
        memory = replace(memory.on(_day(service.now(), service.config.exercise.timezone)), row=kept.row)
        mark = memory.mark(address)
        is_due = mark not in memory.told and len(memory.told) < MOST_A_DAY
        memory = replace(memory, told=(*memory.told, mark)) if is_due else memory
        _remember(service, memory)
        sent += is_due and _send(service, via, kept, address)
    return sent


def _send(service: Service, via: Secret, kept: Kept, address: str) -> bool:
    answered = {"In-Reply-To": f"<{kept.post.id.partition('/')[2]}>"}
    subject, body = text(service, kept)
    verdict = notify.send(notify.addressed(via, address, HEADERS | answered), subject, body)
    if verdict.outcome != "sent":
        log.warning("a receipt was not sent: %s %s", verdict.outcome, verdict.reason)
    return verdict.outcome == "sent"


def _recent(service: Service) -> list[Kept]:
    now = service.now()
    boxes = {source.name for source in service.config.sources if source.kind == "mailbox"}
    with service.store.read() as unit:
        return [kept for kept in unit.posts.of(Window(now - OLDEST, now)) if boxes.intersection(kept.sources)]


def _ours(service: Service) -> frozenset[str]:
    boxes = (str(one.options.get("user", "")) for one in service.config.sources if one.kind == "mailbox")
    return frozenset(one.casefold() for one in (*boxes, service.config.exercise.contact))


def _remembered(service: Service) -> Memory:
    kept = service.vault.get(KEPT_AS)
    if kept is not None:
        told = json.loads(kept)
        return Memory(**told | {"told": tuple(told["told"])})
    with service.store.read() as unit:
        memory = Memory(row=unit.posts.newest(), salt=secrets.token_hex(16))
    _remember(service, memory)
    return memory


def _remember(service: Service, memory: Memory) -> None:
    service.vault.put(KEPT_AS, json.dumps(asdict(memory)))


def _day(now: datetime, timezone: str) -> str:
    return now.astimezone(ZoneInfo(timezone)).date().isoformat()
