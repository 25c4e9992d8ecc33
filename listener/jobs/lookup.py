"""Asking a network by id what became of posts, and obeying: what is gone goes, what changed is kept as it is now."""

from collections.abc import Sequence

from collectors.base import Collector, CollectorError, Found, Window
from listener.jobs import urgent
from listener.jobs.service import Service
from storage.values import Run

_MANY = 10


class TooManyGone(CollectorError):
    """More posts at once are said to be gone than people take down: a fault is likelier, and nothing was removed."""


def do(service: Service, run: Run, *, most: float = 1.0) -> tuple[int, int]:
    """Looks up the posts of the run's window that its source had seen before and this run did not.

    (How many are gone, how many are still there unchanged.) Raises CollectorError, after what was told until then was obeyed;
    TooManyGone if more than the part `most` of
    them, and more than a handful, are said to be gone: then nothing was removed. A kind that has no look-up is not asked.
    """
    with service.store.read() as unit:
        missed = unit.posts.missed(run.source, run.id, Window(run.since, run.until))
    collector = service.collector(service.source(run.source))
    by_network: dict[str, list[str]] = {}
    for network, id_ in missed:
        by_network.setdefault(network, []).append(id_)
    counts: list[tuple[int, int]] = []
    for network, ids in by_network.items():
        found, problem = hear(collector, ids)
        _refuse_too_many(found, ids, most)
        counts.append(settle(service, run, network, found))
        if problem is not None:
            raise problem
    return sum(gone for gone, _ in counts), sum(present for _, present in counts)


def ask(collector: Collector, ids: Sequence[str], most: float) -> list[Found]:
    """What became of these posts. Raises CollectorError; TooManyGone as above."""
    found, problem = hear(collector, ids)
    if problem is not None:
        problem.cost += sum(one.cost for one in found)
        raise problem
    _refuse_too_many(found, ids, most)
    return found


def hear(collector: Collector, ids: Sequence[str]) -> tuple[list[Found], CollectorError | None]:
    """What was told before it went wrong counts too."""
    found: list[Found] = []
    try:
        found.extend(collector.look_up(ids) if hasattr(collector, "look_up") else ())
    except CollectorError as problem:
        return found, problem
    return found, None


def _refuse_too_many(found: Sequence[Found], ids: Sequence[str], most: float) -> None:
    gone = sum(one.state == "gone" for one in found)
    if gone > _MANY and gone > most * len(ids):
        refusal = TooManyGone(f"{gone:,} of {len(ids):,} posts are said to be gone at once; nothing was removed")
        refusal.cost = sum(one.cost for one in found)
        raise refusal


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
