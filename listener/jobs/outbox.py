"""Sending what is to be told: each message once to each address of its group; what may have gone out is not sent again."""

import logging
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from digests import words
from listener import notify
from listener.jobs.service import Refused, Service
from listener.notify import Verdict
from storage.curated import Message, To

if TYPE_CHECKING:
    from collectors.base import Secret

log = logging.getLogger(__name__)

TRIES = 10
NOWHERE = "the config has no address"
"""How the error of a message begins that cannot be sent since there is nobody to send it to."""
_FIRST_WAIT = timedelta(minutes=1)
_LONGEST_WAIT = timedelta(hours=6)
_LATE = timedelta(minutes=30)
_UNSENT = "unsure", "failed"


# --- decide -----------------------------------------------------------------------------------------------------------


def wait_after(tries: int) -> timedelta:
    """Until the next try after so many: 1, 3, 9, 27 minutes and so on, at most six hours; ten tries take a day."""
    minutes: int = 3 ** (tries - 1)
    return min(_FIRST_WAIT * minutes, _LONGEST_WAIT)


def became(message: Message, verdict: Verdict, now: datetime) -> Message:
    """The message after a try."""
    tried = replace(message, tries=message.tries + 1, error=verdict.reason, retry_at=None)
    if verdict.outcome == "sent":
        return replace(tried, state="sent", sent_at=now, error="")
    if verdict.outcome == "unsure":
        return replace(tried, state="unsure")
    if verdict.outcome == "unknown" or tried.tries >= TRIES:
        return replace(tried, state="failed")
    return replace(tried, state="pending", retry_at=now + wait_after(tried.tries))


def order(message: Message) -> tuple[bool, datetime, int]:
    """What should be read first goes first, then the oldest."""
    return message.to != "safeguarding", message.due_at, message.id


# --- do ---------------------------------------------------------------------------------------------------------------


def do(service: Service, only: To | None = None) -> list[Message]:
    """Sends what is due, to one group or to all; what became of each. Call it only while holding the work lock.

    An address that does not answer is left alone until the next time, so that one dead service costs one time-out.
    """
    _spread(service)
    done: list[Message] = []
    for message in _due(service, only):
        if service.stopped():
            break
        if all((one.to, one.place) != (message.to, message.place) or one.state == "sent" for one in done):
            done.append(_send(service, message))
    return done


def again(service: Service, id_: int) -> None:
    """An operator wants a message sent once more that is unsure or failed. Raises Refused for any other."""
    _settle(service, id_, state="pending", tries=0, retry_at=None, error="", due_at=service.now())


def arrived(service: Service, id_: int) -> None:
    """An operator knows that an unsure message has arrived, or that a failed one need not. Raises Refused for any other."""
    _settle(service, id_, state="sent", sent_at=service.now(), error="")


def _settle(service: Service, id_: int, **told: object) -> None:
    with service.store.write() as unit:
        found = unit.messages.get(id_)
        if found is None or found.state not in _UNSENT:
            raise Refused(f"Message {id_} is neither unsure nor failed: `listener status` lists those that are.")
        unit.messages.mark(id_, **told)
        unit.accounts.note(0, "message settled", f"message-{id_} {told['state']}", service.now())


def _spread(service: Service) -> None:
    """Closes what a kill cut off, and makes a copy of what is due for each address."""
    with service.store.write() as unit:
        cut = unit.messages.close_interrupted()
        for message in unit.messages.due(service.now()):
            if message.place == 0 and message.tries == 0:
                unit.messages.spread(message, len(addresses(service, message.to)))
    if cut:
        log.warning("%d messages were cut off while they were sent: listener status says what to do", cut)


def _due(service: Service, only: To | None) -> list[Message]:
    with service.store.read() as unit:
        found = unit.messages.due(service.now())
    return sorted((message for message in found if only in (None, message.to)), key=order)


def addresses(service: Service, to: To) -> tuple["Secret", ...]:
    groups = service.config.notify
    return {"team": groups.team, "operator": groups.operator, "safeguarding": groups.safeguarding}[to]


def _send(service: Service, message: Message) -> Message:
    """That it is being sent is written before, what became of it after: a kill in between leaves it unsure."""
    group = addresses(service, message.to)
    if message.place >= len(group):
        return _keep(service, became(message, Verdict(outcome="unknown", reason=_missing(message)), service.now()))
    with service.store.write() as unit:
        unit.messages.mark(message.id, state="sending")
    verdict = notify.send(group[message.place], message.subject, _body(service, message), notify.PATIENCE)
    return _keep(service, became(message, verdict, service.now()))


def _missing(message: Message) -> str:
    which = f" number {message.place + 1}" if message.place else ""
    return f"{NOWHERE}{which} in notify.{message.to}"


def _body(service: Service, message: Message) -> str:
    """A message that could not be sent for long says so: what it tells may be over."""
    if not message.tries or service.now() - message.due_at < _LATE:
        return message.body
    due = words.when(message.due_at, ZoneInfo(service.config.exercise.timezone))
    return f"{message.body}\nThis was due on {due} and could not be sent before.\n"


def _keep(service: Service, after: Message) -> Message:
    told = {name: getattr(after, name) for name in ("state", "tries", "sent_at", "retry_at", "error")}
    with service.store.write() as unit:
        unit.messages.mark(after.id, **told)
    what = f"address {after.place + 1} of {after.to}"
    log.log(
        logging.INFO if after.state == "sent" else logging.WARNING, "%s, %s: %s %s", after.key, what, after.state, after.error
    )
    return after
