"""Posts of X by id: which are there, as they are now, and which are gone. Each one that is there costs."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from collectors import x_answers, x_objects
from collectors.base import CollectorError, Found, Item
from collectors.x_costs import Purse
from collectors.x_line import Line

BY_ID = "/2/tweets"
IDS_A_CALL = 100


@dataclass
class LookUp:
    """One look-up. `cost` is what it has cost so far, which the ledger does not know before it ends."""

    line: Line
    purse: Purse
    stopped: Callable[[], bool]
    cost: float = 0.0

    def of(self, ids: Sequence[str]) -> Iterator[Found]:
        """Raises CollectorError, AtCeiling where the next post would cost too much."""
        start = 0
        while start < len(ids):
            size = self.purse.affords(min(IDS_A_CALL, len(ids) - start), 1, self.cost)
            yield from self._hundred(ids[start : start + size])
            start += size
            if self.stopped():
                return

    def _hundred(self, ids: Sequence[str]) -> Iterator[Found]:
        before = self.cost
        try:
            answer, items = self._asked(ids)
            if newer := x_objects.superseded(answer):
                self.purse.affords(len(newer), len(newer), self.cost)
                items |= self._asked(newer)[1]
        except CollectorError as error:
            error.cost = self.cost - before
            raise
        gone = x_answers.missing(answer)
        share = (self.cost - before) / len(items) if items else 0.0
        yield from (Found(id, "present", items[id], share) for id in ids if id in items)
        yield from (Found(id, "gone") for id in ids if id in gone and id not in items)

    def _asked(self, ids: Sequence[str]) -> tuple[Mapping[str, Any], dict[str, Item]]:
        """In a look-up, unlike in a search, an answer of nothing but "not found" is a good one."""
        answer = self.line.get(BY_ID, {"ids": ",".join(ids)})
        self.cost += len(x_answers.objects(answer, "data")) * self.purse.price
        return answer, {item.post.id: item for item in x_objects.read({"meta": {}, **answer}).items}
