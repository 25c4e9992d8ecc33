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

    (How many are gone, how many are still there unchanged.) Raises CollectorError; TooManyGone if more than the part `most` of
    them, and more than a handful, are said to be gone: then nothing was removed. A kind that has no look-up is not asked.
    """
    with service.store.read() as unit:
        missed = unit.posts.missed(run.source, run.id, Window(run.since, run.until))
    collector = service.collector(service.source(run.source))
    by_network: dict[str, list[str]] = {}
    for network, id_ in missed:
        by_network.setdefault(network, []).append(id_)
    counts = [_settle(service, run, network, ask(collector, ids, most)) for network, ids in by_network.items()]
    return sum(gone for gone, _ in counts), sum(present for _, present in counts)


def ask(collector: Collector, ids: Sequence[str], most: float) -> list[Found]:
    look_up = getattr(collector, "look_up", None)
    found: list[Found] = [] if look_up is None else list(look_up(ids))
    gone = sum(one.state == "gone" for one in found)
    if gone > _MANY and gone > most * len(ids):
        raise TooManyGone(f"{gone:,} of {len(ids):,} posts are said to be gone at once; nothing was removed")
    return found


def _settle(service: Service, run: Run, network: str, found: Sequence[Found]) -> tuple[int, int]:
    gone = [one.id for one in found if one.state == "gone"]
    here = [one.item for one in found if one.item is not None]
    now = service.now()
    with service.store.write() as unit:
        removed = unit.posts.remove(network, gone, now)
        added = [unit.posts.restore(run.source, run.id, item, now) for item in here]
        urgent.note(service, unit, run.id, [item.post for item, one in zip(here, added, strict=True) if one.said])
        changed = sum(one.changed for one in added)
        unit.runs.progress(run.id, gone=removed, changed=changed)
    return removed, len(here) - changed
