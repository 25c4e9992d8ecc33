"""Requests to take a quote down: kept with their clock, told to the team, answered within a day."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from listener.jobs.service import Refused, Service
from storage.curated import Removal

PROMISE = timedelta(hours=24)
LONGEST_REF = 20
LONGEST_REASON = 2_000
LONGEST_CONTACT = 200
_REF = re.compile(r"(\d{1,3})\s*-\s*(\d{1,3})", re.ASCII)
_AGAIN = timedelta(hours=1)  # the same words again within it are one request, sent twice


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A request as the desk shows it. `row` is the post that is meant, None for a reference that was never published;
    `is_up` whether its words still stand in some version."""

    asked: Removal
    row: int | None
    is_up: bool
    is_late: bool


def ask(service: Service, *, week: int, ref: str, reason: str, contact: str) -> Removal:
    """Keeps what somebody asks; the team and the operator are told that there is something, in none of their words."""
    now = service.now()
    told = Removal(id=0, at=now, due_at=now + PROMISE, week=week, ref=plain(ref), reason=reason, contact=contact)
    with service.store.write() as unit:
        for before in unit.editions.removals():
            if now - before.at < _AGAIN and _said(before) == _said(told):
                return before
        kept = unit.editions.ask_removal(told)
        known = unit.editions.row_of(*place(kept)) is not None
        subject, body = _message(service, kept, known)
        unit.messages.put(f"removal:{kept.id}", "team", subject, body, now)
        unit.messages.put(f"removal:{kept.id}:operator", "operator", subject, body, now)
        unit.accounts.note(0, "removal asked", f"removal-{kept.id}", now)
    return kept


def plain(ref: str) -> str:
    """ "3-07" for " 3 - 7": as references are printed. What is no reference stays as it was typed, cut."""
    found = _REF.search(ref)
    return f"{int(found[1])}-{int(found[2]):02}" if found else " ".join(ref.split())[:LONGEST_REF]


def place(asked: Removal) -> tuple[int, str]:
    """Week and reference; a reference says of which week it is."""
    found = _REF.fullmatch(asked.ref)
    return (int(found[1]) if found else asked.week), asked.ref


def waiting(service: Service) -> list[Waiting]:
    """The open requests, the most urgent first."""
    now = service.now()
    with service.store.read() as unit:
        live = unit.editions.live_rows()
        asked = [(one, unit.editions.row_of(*place(one))) for one in unit.editions.removals()]
    return [Waiting(asked=one, row=row, is_up=row in live, is_late=now >= one.due_at) for one, row in asked]


def one(service: Service, id_: int) -> Waiting:
    """An open request. Raises Refused if it is not there, or was closed."""
    found = next((each for each in waiting(service) if each.asked.id == id_), None)
    if found is None:
        raise Refused(f"Request {id_} is not open any more: somebody has answered it.")
    return found


def close(service: Service, id_: int, by: int, outcome: str) -> None:
    """It was answered; how to reach the person and what they wrote is dropped with it. Raises Refused for no outcome, or if
    somebody was faster."""
    if not outcome.strip():
        raise Refused("Say what was decided, and why.")
    one(service, id_)
    now = service.now()
    with service.store.write() as unit:
        unit.editions.close_removal(id_, by, outcome.strip()[:LONGEST_REASON], now)
        unit.accounts.note(by, "removal closed", f"removal-{id_}", now)


def late(service: Service) -> int:
    """How many requests wait for longer than was promised."""
    return sum(each.is_late for each in waiting(service))


def _said(asked: Removal) -> tuple[int, str, str, str]:
    return asked.week, asked.ref, asked.reason, asked.contact


def _message(service: Service, asked: Removal, known: bool) -> tuple[str, str]:
    """Nothing that the person typed: only a reference that we have printed ourselves."""
    week, ref = place(asked)
    what = f"quote {ref} of week {week}" if known else "a quote; the reference is not one that was published"
    address = service.config.serve.address.rstrip("/")
    where = f"{address}/removals" if address else "the desk, under Removals"
    by = _local(service, asked.due_at)
    subject = f"Somebody asks to take a quote down (request {asked.id})"
    body = f"Request {asked.id}: {what}.\nPromised: an answer by {by}.\nWhat to do: withdraw or refuse it at {where}."
    return subject, body


def _local(service: Service, moment: datetime) -> str:
    from zoneinfo import ZoneInfo

    from digests import words

    return words.when(moment, ZoneInfo(service.config.exercise.timezone))
