"""Asking a network by id what became of posts, and obeying: what is gone goes, what changed is kept as it is now."""

from collections.abc import Iterable, Iterator, Sequence

from collectors.base import Collector, CollectorError, Found, Window
from listener.jobs import urgent
from listener.jobs.service import Service
from storage.values import Run

_MANY = 10
_PART = 100  # posts of a network that charges for each, kept as it is now before the next are asked for


class TooManyGone(CollectorError):
    """More posts at once are said to be gone than people take down: a fault is likelier, and nothing was removed."""


def do(service: Service, run: Run, *, most: float = 1.0, seen_from: int | None = None) -> tuple[int, int]:
    """Looks up the posts of the run's window that its source had seen before, but not since the run `seen_from` or this one.

    (How many are gone, how many are still there unchanged.) Raises CollectorError, after what was told until then was obeyed:
    Underway while a network is at work on it, TooManyGone if more than the part `most` of all that it has there, and more than
    a handful, are said to be gone; then nothing was removed. A kind that has no look-up is not asked. A stop is obeyed between
    parts.
    """
    window = Window(run.since, run.until)
    with service.store.read() as unit:
        missed = unit.posts.missed(run.source, run.id if seen_from is None else seen_from, window)
        kept = unit.posts.count_by_source(window).get(run.source, 0)
    by_network: dict[str, list[str]] = {}
    for network, id_ in missed:
        by_network.setdefault(network, []).append(id_)
    counts = [_looked_up(service, run, network, ids, (most, kept)) for network, ids in by_network.items()]
    return sum(gone for gone, _ in counts), sum(present for _, present in counts)


def _looked_up(service: Service, run: Run, network: str, ids: Sequence[str], most_of: tuple[float, int]) -> tuple[int, int]:
    """What is there is kept part by part, since it was paid for; what is gone goes at the end, when it is known how much."""
    collector = service.collector(service.source(run.source))
    gone: list[Found] = []
    present, problem = 0, None
    for part in _parts(collector, run, ids):
        found, problem = _hear(collector, run, part)
        gone += [one for one in found if one.state == "gone"]
        present += settle(service, run, network, [one for one in found if one.state == "present"])[1]
        if problem is not None or service.stopped():
            break
    _refuse_too_many(len(gone), *most_of)
    removed, _ = settle(service, run, network, gone)
    if problem is not None:
        raise problem
    return removed, present


def _audits(collector: Collector, run: Run) -> bool:
    return collector.audits and run.why == "sweep"


def _parts(collector: Collector, run: Run, ids: Sequence[str]) -> Iterator[Sequence[str]]:
    size = _PART if collector.look_up_costs and not _audits(collector, run) else len(ids)
    for start in range(0, len(ids), size):
        yield ids[start : start + size]


def ask(collector: Collector, ids: Sequence[str], most: float) -> list[Found]:
    """What became of these posts. Raises CollectorError; TooManyGone as above, of these."""
    found, problem = hear(collector, ids)
    cost = sum(one.cost for one in found)
    try:
        if problem is not None:
            raise problem
        _refuse_too_many(sum(one.state == "gone" for one in found), most, len(ids))
    except CollectorError as error:
        error.cost += cost
        raise
    return found


def hear(collector: Collector, ids: Sequence[str]) -> tuple[list[Found], CollectorError | None]:
    """What was told before it went wrong counts too."""
    return _listed(collector.look_up(ids) if hasattr(collector, "look_up") else ())


def _hear(collector: Collector, run: Run, ids: Sequence[str]) -> tuple[list[Found], CollectorError | None]:
    if not _audits(collector, run):
        return hear(collector, ids)
    return _listed(collector.audit(ids, run.cursor))  # type: ignore[attr-defined]  # an optional side


def _listed(told: Iterable[Found]) -> tuple[list[Found], CollectorError | None]:
    found: list[Found] = []
    try:
        found.extend(told)
    except CollectorError as problem:
        return found, problem
    return found, None


def _refuse_too_many(gone: int, most: float, kept: int) -> None:
    if gone > _MANY and gone > most * kept:
        raise TooManyGone(f"{gone:,} of {kept:,} posts are said to be gone at once; nothing was removed")


def settle(service: Service, run: Run, network: str, found: Sequence[Found]) -> tuple[int, int]:
    """What is gone goes, what is there is kept as it is now: (how many are gone, how many are there unchanged)."""
    gone = [one.id for one in found if one.state == "gone"]
    here = [one.item for one in found if one.item is not None]
    now = service.now()
    with service.store.write() as unit:
        removed = unit.posts.remove(network, gone, now)
        added = [unit.posts.restore(run.source, run.id, item, now) for item in here]
        urgent.note(service, unit, run.id, [item.post for item, one in zip(here, added, strict=True) if one.said])
        changed = sum(one.changed for one in added)
        unit.runs.progress(run.id, gone=removed, changed=changed, cost=sum(one.cost for one in found))
    return removed, len(here) - changed
