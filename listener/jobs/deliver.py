"""Bringing what is published to where the public reads it, and making sure that it stands there: all of it, every time."""

import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from listener import delivery
from listener.delivery import Undelivered
from listener.jobs import withdraw
from listener.jobs.service import Service
from storage.curated import UNKNOWN, Delivery, Edition

if TYPE_CHECKING:
    from digests.edition import PublicDigest
    from storage.store import Unit

log = logging.getLogger(__name__)

_FIRST_WAIT = timedelta(minutes=1)
_LONGEST_WAIT = timedelta(hours=1)
_TURN = 15.0  # seconds to wait for another delivery
_DOWNLOADS = ("digest.json", "digest.txt", "fragment.html")
WAYS = {"folder": "The public folder", "command": "The command", "url": "The public address"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How one way out stands. `since` is when what it should show was published or withdrawn."""

    way: str
    name: str
    is_done: bool
    since: datetime | None = None
    confirmed_at: datetime | None = None
    error: str = ""
    retry_at: datetime | None = None


def do(service: Service) -> tuple[Standing, ...]:
    """Delivers every version of every week by all ways, each once the one before it is confirmed, and says how they stand.

    A way that fails is tried again by the next tick whose time has come. Nothing that was published, nothing is done.
    """
    with _turn(service) as is_ours:
        if is_ours:
            withdraw.announce_rest(service)
            _by_all_ways(service)
    return standing(service)


def due_now(service: Service) -> bool:
    """Whether a way out is not confirmed and its time has come."""
    now = service.now()
    return any(not one.is_done and (one.retry_at is None or one.retry_at <= now) for one in standing(service))


def standing(service: Service) -> tuple[Standing, ...]:
    """Every way out that the config has, in their order; none before the first edition."""
    with service.store.read() as unit:
        published, known = unit.editions.weeks(), unit.editions.deliveries()
    return tuple(_standing(way, known.get(way)) for way in ways(service)) if published else ()


def troubles(service: Service) -> tuple[str, ...]:
    """A sentence for each way out that is not known to show what is published."""
    return tuple(f"{one.name}: {one.error or 'not confirmed yet.'}" for one in standing(service) if not one.is_done)


def ways(service: Service) -> tuple[str, ...]:
    publish = service.config.publish
    return ("folder", *(["command"] if publish.command else []), *(["url"] if publish.address else []))


def pages(service: Service) -> dict[str, bytes]:
    """Everything that is public, by its path: made of the kept versions alone, never of a draft."""
    from digests import public_pages

    with service.store.read() as unit:
        return public_pages.render_all(service.config.exercise, _editions(unit))


def _editions(unit: "Unit") -> list[tuple[Edition, "PublicDigest"]]:
    from digests import public

    return [
        (edition, public.from_json(edition.content, unit.editions.quotes(week, edition.version)))
        for week in unit.editions.weeks()
        for edition in unit.editions.of(week)
    ]


# --- how ------------------------------------------------------------------------------------------------------------------


@contextmanager
def _turn(service: Service) -> Iterator[bool]:
    """One delivery at a time; whether it is ours. Another one that goes on for long reads what we changed, or the next does."""
    from filelock import FileLock, Timeout

    lock = FileLock(f"{service.store.path}.delivery.lock", timeout=_TURN, mode=0o600)
    try:
        lock.acquire()
    except Timeout:
        yield False
        return
    try:
        yield True
    finally:
        lock.release()


def _by_all_ways(service: Service) -> None:
    known = _expected(service)
    if not known:
        return
    made = pages(service)
    wanted = delivery.fingerprint(made)
    for way in ways(service):
        if not _is_confirmed(service, known[way], wanted, made):
            return


def _expected(service: Service) -> dict[str, Delivery]:
    """What is known of each way, before anything is read that is to be delivered by it; nothing before the first edition."""
    with service.store.write() as unit:
        known = unit.editions.deliveries() if unit.editions.weeks() else {}
        for way in ways(service) if unit.editions.weeks() else ():
            if way not in known:
                known[way] = Delivery(way=way, wanted=UNKNOWN, wanted_at=_now(service))
                unit.editions.keep_delivery(known[way])
    return known


def _is_confirmed(service: Service, known: Delivery, wanted: str, made: Mapping[str, bytes]) -> bool:
    """Brings it there unless it is known to stand there. Whether it stands there now; what went wrong is written down."""
    want = _wanted(known, wanted, _now(service))
    if want.is_done:
        return _keep(service, known, want)
    if not _keep(service, known, want):
        return False
    try:
        _WAYS[want.way](service, made)
    except Undelivered as problem:
        log.warning("%s: %s", want.way, problem)
        _keep(service, want, replace(want, error=str(problem), retry_at=_now(service) + _wait(want, _now(service))))
        return False
    log.info("%s: everything that is published stands there", want.way)
    return _keep(service, want, replace(want, confirmed=wanted, confirmed_at=_now(service), error="", retry_at=None))


def _wanted(known: Delivery, wanted: str, now: datetime) -> Delivery:
    """The moment stays from when it was first wanted: waits grow from there."""
    if known.wanted == wanted:
        return known
    return replace(known, wanted=wanted, wanted_at=known.wanted_at if known.wanted == UNKNOWN else now)


def _now(service: Service) -> datetime:
    """Cut to what is kept of a moment, so that what comes back is what was written down."""
    now = service.now()
    return now.replace(microsecond=now.microsecond // 1000 * 1000)


def _keep(service: Service, before: Delivery, after: Delivery) -> bool:
    """Whether it could be written down: not if what is public has changed meanwhile, for then it must be brought there anew."""
    with service.store.write() as unit:
        if unit.editions.deliveries().get(before.way) != before:
            return False
        unit.editions.keep_delivery(after)
    return True


def _wait(want: Delivery, now: datetime) -> timedelta:
    """As long again as it has been wanted."""
    return min(max(now - want.wanted_at, _FIRST_WAIT), _LONGEST_WAIT)


def _standing(way: str, known: Delivery | None) -> Standing:
    if known is None:
        return Standing(way=way, name=WAYS[way], is_done=False)
    return Standing(
        way=way,
        name=WAYS[way],
        is_done=known.is_done,
        since=known.wanted_at,
        confirmed_at=known.confirmed_at,
        error=known.error,
        retry_at=known.retry_at,
    )


# --- way by way -----------------------------------------------------------------------------------------------------------

Bring = Callable[[Service, Mapping[str, bytes]], None]


def _to_folder(service: Service, made: Mapping[str, bytes]) -> None:
    delivery.put(service.config.publish.folder, made)


def _by_command(service: Service, _made: Mapping[str, bytes]) -> None:
    delivery.run(service.config.publish.command, service.config.file.parent)


def _at_address(service: Service, made: Mapping[str, bytes]) -> None:
    """Every page must say which edition it is, with what of it is live; the downloads must be as they are here."""
    from digests import public_pages

    publish = service.config.publish
    with service.store.read() as unit:
        marks = public_pages.marks(_editions(unit))
    sought = {path.removesuffix("index.html"): mark for path, mark in marks.items()}
    sought |= {path: content.decode() for path, content in made.items() if path.endswith(_DOWNLOADS)}
    delivery.look(publish.address, sought, service.now(), allow_private_addresses=publish.allow_private_addresses)


_WAYS: Mapping[str, Bring] = {"folder": _to_folder, "command": _by_command, "url": _at_address}
