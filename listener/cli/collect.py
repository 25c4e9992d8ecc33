"""`listener collect`: what is due now, or any window that was asked for."""

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from collectors.base import Window
from listener.cli import opened, prices, tables, times
from listener.jobs import breaker, collect, spending
from listener.jobs.collect import Task
from listener.jobs.service import Refused
from storage.values import Run

if TYPE_CHECKING:
    from listener.config import Config, Source
    from listener.jobs.service import Service

_SHOWN = 10


def run(config: "Config", *, window: Window | None, sources: Sequence["Source"], dry_run: bool) -> None:
    with opened.service(config) as service:
        if dry_run:
            tasks = _tasks(service, window, sources)
            _show_tasks(service, tasks)
            prices.show(spending.foresee(service, [(task.source, task.window) for task in tasks]))
            return
        with service.working():
            steps = [(task.source, partial(collect.do, service, task)) for task in _tasks(service, window, sources)]
            runs = list(breaker.in_turn(steps, service.stopped))
        unreadable = _unreadable(service, runs)
    _show_runs(runs, config.exercise.timezone)
    _show_unreadable(unreadable)
    if any(one.state == "failed" for one in runs):
        raise Refused("not every source could be read; `listener status` says what is missing and until when it can be filled")


def _tasks(service: "Service", window: Window | None, sources: Sequence["Source"]) -> list[Task]:
    names = [source.name for source in sources if not source.off]
    if not names:
        raise Refused("; ".join(f"{one.name} is off: {one.off}" for one in sources) or "the config has no sources yet", 2)
    if window is None:
        return [task for task in collect.due_now(service) if task.source in names]
    if window.since >= service.now():
        raise Refused("that span has not begun yet: nothing can be read of it", 2)
    past = Window(window.since, min(window.until, service.now()))
    return [Task(source=name, window=past, why="manual") for name in names]


def _show_tasks(service: "Service", tasks: Sequence[Task]) -> None:
    if not tasks:
        print("Nothing is due.")
        return
    zone = service.config.exercise.timezone
    rows = [
        (t.source, times.told(t.window.since, zone), times.told(t.window.until, zone), "read on" if t.cursor else t.why)
        for t in tasks
    ]
    tables.show(("source", "from", "until", "why"), rows)


def _show_runs(runs: Sequence[Run], zone: str) -> None:
    if not runs:
        print("Nothing is due.")
        return
    heads = ("source", "new", "changed", "unchanged", "set aside", "state", "from", "until", "reason")
    counts = [(run.source, run.new, run.changed, run.unchanged, sum(run.asides.values()), run.state) for run in runs]
    spans = [(times.told(run.since, zone), times.told(run.until, zone), run.reason) for run in runs]
    tables.show(heads, [(*count, *span) for count, span in zip(counts, spans, strict=True)])


def _unreadable(service: "Service", runs: Sequence[Run]) -> list[str]:
    """Where things are that could not be read, and why: up to ten of each source that met some."""
    met = {run.source: run.asides["unreadable"] for run in runs if "unreadable" in run.asides}
    lines: list[str] = []
    with service.store.read() as unit:
        for source, count in met.items():
            shown = unit.posts.unreadable(source, _SHOWN)
            lines += [f"{ref}: {why}" for ref, why in shown]
            lines += [f"{source}: {count - _SHOWN:,} more"] if count > _SHOWN else []
    return lines


def _show_unreadable(lines: Sequence[str]) -> None:
    if lines:
        print("Could not be read, and is left out:")
    for line in lines:
        print(f"  {line}")
