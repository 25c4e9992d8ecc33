"""Making posts again from the raw answers that were kept: after an update that reads more out of them. No network is asked."""

from collections.abc import Iterator
from itertools import islice

from collectors.base import Collector, CollectorError, Item
from listener.jobs.service import Service
from storage.posts import Added

_SLICE = 1_000


def do(service: Service, name: str) -> tuple[Added, int]:
    """What changed, and how many pieces could no longer be read. Where masking is on no raw answer was kept."""
    collector = service.collector(service.source(name))
    with service.store.read() as unit:
        last = unit.posts.last_run(name)
        payloads = unit.posts.raw(name)
        total, unreadable = Added(), 0
        while slice_ := list(islice(payloads, _SLICE)):
            items, failed = _read(collector, slice_)
            total, unreadable = _sum(total, _keep(service, name, last, items)), unreadable + failed
            service.tell(f"{name}: reading again", total.new + total.changed + total.unchanged, None)
    return total, unreadable


def _read(collector: Collector, payloads: list[bytes]) -> tuple[list[Item], int]:
    items, failed = [], 0
    for payload in payloads:
        found = list(_items(collector, payload))
        failed += not found
        items += found
    return items, failed


def _items(collector: Collector, payload: bytes) -> Iterator[Item]:
    try:
        yield from collector.read(payload).items
    except CollectorError:
        return


def _keep(service: Service, name: str, run: int, items: list[Item]) -> Added:
    with service.store.write() as unit:
        return unit.posts.add(name, run, items, service.now())


def _sum(one: Added, two: Added) -> Added:
    return Added(one.new + two.new, one.changed + two.changed, one.unchanged + two.unchanged)
