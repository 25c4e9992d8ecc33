"""Re-running a past week: read it again from every source, look up what did not come back, and say what that would move."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from collectors.base import CollectorError, Window
from listener.jobs import analyse, collect, lookup, spending
from listener.jobs.collect import Task
from listener.jobs.service import Service
from listener.jobs.spending import Foreseen
from storage.values import Analysis, Week


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What came of one source: `missed` were not returned this time and are not known gone; `fault` is empty if all is well."""

    source: str
    new: int
    changed: int
    missed: int
    deleted: int
    unchanged: int
    fault: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Moves:
    """What the page would show otherwise if it were made now: contributions in other themes, themes that come, go or grow."""

    moved: int = 0
    appearing: tuple[str, ...] = ()
    vanishing: tuple[str, ...] = ()
    sizes: Mapping[str, tuple[int, int]] | None = None


def do(service: Service, week: Week, sources: Sequence[str]) -> list[Row]:
    """Reads the week again, source by source. What is found is kept; nothing that was merely not returned is taken away."""
    return [_read_again(service, name, _window(service, week)) for name in sources]


def foresee(service: Service, week: Week, sources: Sequence[str]) -> list[Foreseen]:
    """What reading the week again would cost, of the sources that charge and tell beforehand."""
    return spending.foresee(service, [(name, _window(service, week)) for name in sources])


def _window(service: Service, week: Week) -> Window:
    return Window(week.opens, max(week.opens, min(week.closes, service.now())))


def _read_again(service: Service, name: str, window: Window) -> Row:
    run = collect.do(service, Task(source=name, window=window, why="rerun"))
    gone, present = 0, 0
    fault = "" if run.state == "complete" else run.reason or "the reading was stopped"
    if not fault:
        try:
            gone, present = lookup.do(service, run)
        except CollectorError as problem:
            fault = f"the look-up of missing posts failed: {problem}"
            with service.store.write() as unit:
                unit.runs.progress(run.id, cost=problem.cost)
    with service.store.read() as unit:
        missed = 0 if run.state != "complete" else len(unit.posts.missed(name, run.id, window))
        now = unit.runs.get(run.id)
    return Row(
        source=name,
        new=now.new,
        changed=now.changed,
        missed=missed,
        deleted=gone,
        unchanged=now.unchanged + present,
        fault=fault,
    )


def compare(service: Service, week: Week) -> Moves:
    """Scores what is new and groups the week afresh beside the present analysis, which stays as it is."""
    analyse.score(service, week)
    with service.store.read() as unit:
        before = unit.analyses.get(week.number)
    after, _ = analyse.group(service, week)
    return moves(before, after)


def moves(before: Analysis | None, after: Analysis) -> Moves:
    """What one grouping has otherwise than another. Themes are matched by what they share, the largest overlap first."""
    old = {} if before is None else {row: cluster.label for cluster in before.clusters for row in cluster.members}
    new = {row: cluster.label for cluster in after.clusters for row in cluster.members}
    matched = _match(Counter((new[row], old[row]) for row in new if row in old))
    sizes_old, sizes_new = Counter(old.values()), Counter(new.values())
    return Moves(
        moved=sum(1 for row in new if row in old and matched.get(new[row]) != old[row]),
        appearing=tuple(sorted(label for label in sizes_new if label not in matched)),
        vanishing=tuple(sorted(label for label in sizes_old if label not in set(matched.values()))),
        sizes={label: (sizes_old[earlier], sizes_new[label]) for label, earlier in sorted(matched.items())},
    )


def _match(shared: Mapping[tuple[str, str], int]) -> dict[str, str]:
    matched: dict[str, str] = {}
    for new, old in sorted(shared, key=lambda pair: (-shared[pair], pair)):
        if new not in matched and old not in matched.values():
            matched[new] = old
    return matched
