"""A week at the desk for tests: answers collected and grouped, and somebody who decides."""

import json
from datetime import timedelta
from pathlib import Path

from listener.jobs import analyse, collect, desk
from listener.jobs.collect import Task
from listener.jobs.ledger import window_of
from listener.jobs.service import Service
from storage.curated import Decision
from storage.values import Week
from tests.desk_clients import make_app as make_app
from tests.desk_clients import signed_in as signed_in
from tests.services import FIRST, make_service, wordings, write_answers

ANNA, BEN = 1, 2
MONDAY = FIRST + timedelta(days=7)


def collected(folder: Path, numbers=range(40), *, now=MONDAY, extra="") -> Service:
    """Week 1 after its end, with so many answers in themes."""
    service = make_service(folder, now=now, extra=extra)
    listen(service, folder, numbers)
    analyse.do(service, week_of(service))
    return service


def listen(service: Service, folder: Path, numbers, texts=()) -> None:
    """The answers of week 1 are these from now on, and are read."""
    write_answers(folder, numbers, texts=texts or wordings(40), step=timedelta(hours=3))
    collect.do(service, Task(source="tag", window=window_of(week_of(service)), why="manual"))


def edit(service: Service, folder: Path, number: int, text: str) -> None:
    """The answer of this number says something else now."""
    file = folder / "answers.jsonl"
    lines = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
    told = [line | {"text": text} if line["id"] == f"a{number:06d}" else line for line in lines]
    file.write_text("\n".join(map(json.dumps, told)) + "\n", encoding="utf-8")
    collect.do(service, Task(source="tag", window=window_of(week_of(service)), why="manual"))


def week_of(service: Service) -> Week:
    return service.config.exercise.week(1)


def decide(service: Service, target: str, verb: str, *, by: int = ANNA, seen: int | None = None, **value) -> Decision:
    """What a person does who has seen everything, or only so much."""
    week = week_of(service)
    newest = desk.state(service, week)[1].newest
    return desk.act(service, week, by, target, verb, value, newest if seen is None else seen)


def themes_of(service: Service) -> tuple[str, ...]:
    """The keys of the week's themes, in order, as they are or would be held."""
    hold, curation = desk.state(service, week_of(service))
    if hold:
        return tuple(theme.key for theme in curation.themes)
    with service.store.read() as unit:
        found = unit.analyses.get(1)
    assert found
    return tuple(cluster.key for cluster in sorted(found.clusters, key=lambda one: (-len(one.members), one.key)))
