"""`listener collect`: what is due now, or any window that was asked for."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from collectors.base import Window
from listener.cli import opened, tables, times
from listener.jobs import collect
from listener.jobs.collect import Task
from listener.jobs.service import Refused
from storage.values import Run

if TYPE_CHECKING:
    from listener.config import Config, Source
    from listener.jobs.service import Service


def run(config: "Config", *, window: Window | None, sources: Sequence["Source"], dry_run: bool) -> None:
    with opened.service(config) as service:
        if dry_run:
            _show_tasks(service, _tasks(service, window, sources))
            return
        with service.working():
            runs = [collect.do(service, task) for task in _tasks(service, window, sources)]
    _show_runs(runs)
    if any(one.state == "failed" for one in runs):
        raise Refused("not every source could be read; `listener status` says what is missing and until when it can be filled")


def _tasks(service: "Service", window: Window | None, sources: Sequence["Source"]) -> list[Task]:
    names = [source.name for source in sources if not source.off]
    if window is None:
        return [task for task in collect.due_now(service) if task.source in names]
    past = Window(window.since, max(window.since, min(window.until, service.now())))
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


def _show_runs(runs: Sequence[Run]) -> None:
    if not runs:
        print("Nothing is due.")
        return
    rows = [(r.source, r.new, r.changed, r.unchanged, sum(r.asides.values()), r.state, r.reason) for r in runs]
    tables.show(("source", "new", "changed", "unchanged", "set aside", "state", "reason"), rows)
