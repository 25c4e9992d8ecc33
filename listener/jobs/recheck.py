"""Looking up, one by one and now, the posts that are about to be shown: what was taken down or edited meanwhile is obeyed."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import collectors
from collectors.base import CollectorError, Found
from digests import words
from listener.jobs import lookup, spending, urgent
from listener.jobs.service import Service
from storage.values import Kept

if TYPE_CHECKING:
    from listener.config import Source

_MOST = 0.5
ASKED = "before publishing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """How many posts are gone and how many say something else; `unasked` maps a network, as readers call it, to why it could
    not be asked."""

    gone: int = 0
    changed: int = 0
    unasked: Mapping[str, str]

    @property
    def moved(self) -> bool:
        return bool(self.gone or self.changed)


def do(service: Service, rows: Iterable[int]) -> Checked:
    """Asks the networks what became of these posts. What no network answers for, such as a mail, is as we have it."""
    with service.store.read() as unit:
        kept = unit.posts.some(sorted(rows))
    gone = changed = 0
    unasked: dict[str, str] = {}
    for source, network, ids in _asked(service, kept):
        try:
            found = _ask(service, source, ids)
        except CollectorError as problem:
            unasked[words.channel(network)] = str(problem)
            spending.note(service, source.name, ASKED, problem.cost)
            continue
        spending.note(service, source.name, ASKED, sum(one.cost for one in found))
        if missing := len(ids) - len(found):
            unasked[words.channel(network)] = f"it gave no sure answer for {missing} of {len(ids)}"
        its_gone, its_changed = _obey(service, source, network, found)
        gone, changed = gone + its_gone, changed + its_changed
    return Checked(gone=gone, changed=changed, unasked=unasked)


def _asked(service: Service, posts: Sequence[Kept]) -> Iterator[tuple["Source", str, list[str]]]:
    """Each post once, at the first source that has seen it and whose kind answers by id; one that is on rather than off."""
    ranked = sorted(service.config.sources, key=lambda source: (bool(source.off), source.name))
    able = [source for source in ranked if hasattr(collectors.find(source.kind), "look_up")]
    asked = defaultdict[tuple[str, str], list[str]](list)
    for kept in posts:
        name = next((source.name for source in able if source.name in kept.sources), "")
        if name:
            asked[name, kept.post.network].append(kept.post.id)
    for (name, network), ids in asked.items():
        yield service.config.source(name), network, ids


def _ask(service: Service, source: "Source", ids: Sequence[str]) -> list[Found]:
    if source.off:
        raise CollectorError(f"the source {source.name} is off: {source.off}")
    return lookup.ask(service.collector(source), ids, _MOST)


def _obey(service: Service, source: "Source", network: str, found: Sequence[Found]) -> tuple[int, int]:
    now = service.now()
    gone = [one.id for one in found if one.state == "gone"]
    with service.store.write() as unit:
        run = unit.posts.last_run(source.name)
        removed = unit.posts.remove(network, gone, now)
        here = [one.item for one in found if one.item is not None]
        added = [unit.posts.restore(source.name, run, item, now) for item in here]
        urgent.note(service, unit, run, [item.post for item, one in zip(here, added, strict=True) if one.said])
    return removed, sum(one.changed for one in added)
