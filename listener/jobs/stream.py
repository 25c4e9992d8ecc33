"""What networks tell while it happens: heard in a thread for each source, kept and obeyed at the next look.

A bonus: what was covered is decided by the readings alone.
"""

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import TYPE_CHECKING, cast

from collectors.base import BadRequest, CollectorError, Found, Item, NotAllowed, Page, Window
from listener.jobs import collect, ledger, lookup
from listener.jobs.service import Service
from listener.jobs.tape import MOST, Heard, Tape, Waiting
from storage.posts import Standing
from storage.runs import Asking
from storage.values import Run, Week

if TYPE_CHECKING:
    from collectors.base import Follows

log = logging.getLogger(__name__)

ASKED = "stream"  # in place of a fingerprint: what is heard covers no window
SILENT = timedelta(minutes=15)  # after which people are told; a relay tells something every second
PATIENCE = timedelta(minutes=10)  # how long a network may take to show by id what its stream told
FIRST_PAUSE, LONGEST_PAUSE, REFUSED = timedelta(seconds=5), timedelta(minutes=5), timedelta(hours=1)


# --- listening --------------------------------------------------------------------------------------------------------


def followed(service: Service) -> list[str]:
    """The sources that are on and name a stream."""
    return [one.name for one in service.config.sources if not one.off and _name(service, one.name)]


def tapes(service: Service) -> dict[str, Tape]:
    """One for each of them, to go on from where it was last heard."""
    return {name: Tape(stood.cursor if (stood := _stood(service, name)) else None) for name in followed(service)}


def _stood(service: Service, name: str) -> Run | None:
    with service.store.read() as unit:
        return unit.runs.stream(name, _name(service, name))


def _name(service: Service, source: str) -> str:
    """What a stream is called in the ledger, without the keys that its address may hold; empty if there is none."""
    stream = getattr(service.collector(service.source(source)), "stream", "")
    return f"{ASKED} {blake2b(stream.encode(), digest_size=8).hexdigest()}" if stream else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """How a stream stands: when it last told anything (UTC, None: never yet), and why nobody listens, empty if nothing is
    known against it."""

    heard: datetime | None
    problem: str = ""

    def is_silent(self, now: datetime) -> bool:
        return bool(self.problem) or self.heard is None or now - self.heard > SILENT


def lines(service: Service) -> dict[str, Line]:
    """By source, as the ledger knows it."""
    return {name: _line(_stood(service, name)) for name in followed(service)}


def _line(stood: Run | None) -> Line:
    if stood is None:
        return Line(heard=None)
    return Line(heard=stood.ended_at if stood.cursor else None, problem=stood.reason)


def keep(service: Service, name: str, tape: Tape, wait: Callable[[float], bool]) -> None:
    """Listens to the stream of a source until the service stops, and comes back later each time after a fault.

    `wait(seconds)` returns True when the service stops meanwhile. No fault costs more than time: the source is read every so
    often all the same.
    """
    failures = 0
    while not service.stopped():
        problem, had_held = _listen(service, name, tape)
        if problem is None:
            return
        failures = 1 if had_held else failures + 1
        tape.fail(str(problem))
        log.info("%s: nobody listens to its stream at the moment: %s", name, problem)
        if wait(pause_after(problem, failures).total_seconds()):
            return


def _listen(service: Service, name: str, tape: Tape) -> tuple[CollectorError | None, bool]:
    """What went wrong, None at a stop; and whether the line had held: more came than that it was open."""
    looks = 0
    follower = cast("Follows", service.collector(service.source(name)))  # its kind is among those of `tapes`
    try:
        for looks, told in enumerate(follower.follow(tape.cursor)):  # noqa: B007 -- how far it got counts when it fails
            tape.put(told, service.now(), service.stopped)
    except CollectorError as problem:
        return problem, looks > 0
    except Exception as fault:  # a stream that cannot be read must not end its thread unnoticed
        log.exception("%s: a fault in Listener itself", name)
        return collect.Fault(f"a fault in Listener itself ({type(fault).__name__}); its log says more"), looks > 0
    return None, looks > 0


def pause_after(problem: CollectorError, failures: int) -> timedelta:
    if isinstance(problem, NotAllowed | BadRequest):
        return REFUSED
    return min(FIRST_PAUSE * (1 << min(failures - 1, 10)), LONGEST_PAUSE)


# --- deciding ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Plan:
    """Which posts are looked up, and which are taken out at once, since the network itself has said that they are gone."""

    ask: tuple[str, ...]
    remove: tuple[str, ...]


def latest(waiting: Sequence[Waiting]) -> list[Waiting]:
    """Of each post and account what was told last, in the order of that."""
    found: dict[str, Waiting] = {}
    for one in waiting:
        found.pop(one.event.name, None)
        found[one.event.name] = one
    return list(found.values())


def plan(waiting: Sequence[Waiting], known: Mapping[str, Standing]) -> Plan:
    """`known` are the posts that are named, or whose accounts are."""
    named = {what: {one.event.name for one in waiting if one.event.what == what} for what in ("left", "back")}
    told = [(one.event.what, one.event.name) for one in waiting]
    here, gone = ({id for id, one in known.items() if one.gone is is_gone} for is_gone in (False, True))
    ask = [id for what, id in told if what == "said" and _account(id) not in named["left"]]
    ask += [id for what, id in told if what == "edited" and id in here]
    ask += [id for id in gone if known[id].account in named["back"]]
    remove = [id for what, id in told if what == "gone" and id in here]
    remove += [id for id in here if known[id].account in named["left"]]
    return Plan(tuple(dict.fromkeys(ask)), tuple(dict.fromkeys(remove)))


def _account(id: str) -> str:
    return id.partition("/")[2]


def is_settled(one: Waiting, known: Mapping[str, Standing], present: Mapping[str, Item]) -> bool:
    """Whether nothing more is to be asked about it: the network shows by id what its stream told."""
    event = one.event
    if event.what == "back":
        return all(id in present for id, its in known.items() if its.gone and its.account == event.name)
    if event.what == "edited" and (event.name not in known or known[event.name].gone):
        return True
    item = present.get(event.name)
    return event.what in ("gone", "left") or (item is not None and event.version in ("", item.post.version))


# --- doing ------------------------------------------------------------------------------------------------------------


def do(service: Service) -> Iterator[Run]:
    """Keeps and obeys what the streams have told since the last look; a run for each week that it concerned."""
    for name, tape in service.tapes.items():
        heard = tape.take()
        tape.waiting = tuple(latest([*tape.waiting, *heard.events])[-MOST:])
        if tape.waiting:
            yield from _settle(service, name, tape)
        _note(service, name, tape, heard)


def _settle(service: Service, name: str, tape: Tape) -> list[Run]:
    now, waiting, network = service.now(), tape.waiting, tape.waiting[0].event.network
    with service.store.read() as unit:
        names = [one.event.name for one in waiting]
        known = unit.posts.standing(network, names, [one.event.name for one in waiting if one.event.what in ("left", "back")])
    todo = plan(waiting, known)
    present = _present(service, name, tape, todo.ask)
    unsettled = [one for one in waiting if not is_settled(one, known, present)]
    tape.waiting = tuple(one for one in unsettled if now - one.since < PATIENCE)
    late = {one.event.name for one in tape.waiting}
    items = [item for id, item in present.items() if id not in late]
    gone = [(known[id].posted_at, Found(id, "gone")) for id in todo.remove]
    back = [(item.post.posted_at, Found(item.post.id, "present", item)) for item in items if _is_gone(item, known)]
    fresh = [item for item in items if not _is_gone(item, known)]
    return [_write(service, name, week, network, its) for week, its in _by_week(service, fresh, [*gone, *back]).items()]


def _present(service: Service, name: str, tape: Tape, ids: Sequence[str]) -> dict[str, Item]:
    """Those of these posts that are there, as they are now. A network that refuses is left alone for a while."""
    now = service.now()
    if not ids or (tape.rests_until is not None and now < tape.rests_until):
        return {}
    found, problem = lookup.hear(service.collector(service.source(name)), ids)
    tape.rests_until = None if problem is None else collect.wait_after(problem, 0, name, now)
    return {one.id: one.item for one in found if one.item is not None}


def _is_gone(item: Item, known: Mapping[str, Standing]) -> bool:
    return item.post.id in known and known[item.post.id].gone


@dataclass(frozen=True, slots=True)
class _Its:
    """What a week's run keeps: posts that came or changed, and what is known now of posts that were there."""

    fresh: list[Item]
    found: list[Found]


def _by_week(service: Service, fresh: Sequence[Item], found: Sequence[tuple[datetime, Found]]) -> dict[Week | None, _Its]:
    """A fresh post outside every week is nobody's; what is gone goes wherever it stood."""
    weeks: dict[Week | None, _Its] = {}
    for item in fresh:
        if week := _week_of(service, item.post.posted_at):
            weeks.setdefault(week, _Its([], [])).fresh.append(item)
    for moment, one in found:
        weeks.setdefault(_week_of(service, moment), _Its([], [])).found.append(one)
    return weeks


def _week_of(service: Service, moment: datetime) -> Week | None:
    return next((week for week in service.config.exercise.weeks if moment in ledger.window_of(week)), None)


def _write(service: Service, name: str, week: Week | None, network: str, its: _Its) -> Run:
    now = service.now()
    asking = Asking(source=name, kind=service.source(name).kind, asked=ASKED, why="stream")
    with service.store.write() as unit:
        run = unit.runs.begin(asking, ledger.window_of(week) if week else Window(now, now), None, now)
    if its.fresh:
        collect.keep(service, run, Page(tuple(its.fresh)))
    if its.found:
        lookup.settle(service, run, network, its.found)
    return collect.end(service, run, finished=True)


def _note(service: Service, name: str, tape: Tape, heard: Heard) -> None:
    """Where the stream is followed from after a kill: before the oldest event that is not settled."""
    cursor = tape.waiting[0].before if tape.waiting else heard.cursor
    standing = (cursor, heard.at, heard.problem)
    if standing == tape.noted:
        return
    now, state = service.now(), "failed" if heard.problem else "complete"
    asking = Asking(source=name, kind=service.source(name).kind, asked=_name(service, name), why="stream")
    with service.store.write() as unit:
        run = unit.runs.stream(name, asking.asked) or unit.runs.begin(asking, Window(now, now), None, now)
        unit.runs.progress(run.id, cursor)
        unit.runs.end(run.id, heard.at or run.ended_at or now, state=state, reason=heard.problem)
    tape.noted = standing
