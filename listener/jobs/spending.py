"""What a reading would cost before it is begun, and what was spent on anything but readings and checks."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from collectors.base import CollectorError, Window
from collectors.budget import Estimate
from listener.jobs import ledger
from listener.jobs.service import Service
from storage.runs import Asking

_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Foreseen:
    """What reading some windows of a source would bring and cost, and what its ceilings leave for it (US dollars, infinite
    without one); `problem` says why that could not be told, empty if it could."""

    source: str
    estimate: Estimate
    left: float
    problem: str = ""


def foresee(service: Service, windows: Iterable[tuple[str, Window]]) -> list[Foreseen]:
    """Of the sources that tell beforehand, what these windows would cost. Asking may itself cost, and is written down."""
    by_source: dict[str, list[Window]] = {}
    for name, window in windows:
        by_source.setdefault(name, []).append(window)
    return [_foreseen(service, name, ledger.merged(spans)) for name, spans in by_source.items() if _tells(service, name)]


def _tells(service: Service, name: str) -> bool:
    return hasattr(service.collector(service.source(name)), "estimate")


def _foreseen(service: Service, name: str, windows: Sequence[Window]) -> Foreseen:
    collector = service.collector(service.source(name))
    found: list[Estimate] = []
    problem = ""
    try:
        found.extend(collector.estimate(window) for window in windows)  # type: ignore[attr-defined]  # an optional side
    except CollectorError as error:
        problem = str(error)
        found.append(Estimate(posts=0, cost=0.0, asking=error.cost))
    total = Estimate(
        posts=sum(one.posts for one in found),
        cost=sum(one.cost for one in found),
        asking=sum(one.asking for one in found),
        requests=sum(one.requests for one in found),
    )
    note(service, name, "an estimate", total.asking)
    budget = collector.budget
    return Foreseen(source=name, estimate=total, left=budget.left if budget else float("inf"), problem=problem)


def note(service: Service, name: str, what: str, cost: float) -> None:
    """Writes down what a question cost that reads and checks no window: a run over no time at all, long before any week."""
    if not cost:
        return
    asking = Asking(source=name, kind=service.source(name).kind, asked=what, why="sweep")
    with service.store.write() as unit:
        run = unit.runs.begin(asking, Window(_LONG_AGO, _LONG_AGO), None, service.now())
        unit.runs.progress(run.id, cost=cost)
        unit.runs.end(run.id, service.now())
