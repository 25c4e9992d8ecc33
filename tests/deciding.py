"""A person at the desk as a real process: `python -m tests.deciding CONFIG MOMENT JOURNAL UPTO [PAUSE]`.

Makes one decision after another about the first two weeks until there are UPTO, each a few of PAUSE seconds after the last, and
goes on where an earlier one broke off. What is decided follows from what was decided before alone. A decision is written into
JOURNAL when it was reported as made, and not before.
"""

import os
import sys
import threading
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from digests.curation import Curation
from listener import config
from listener.cli import opened
from listener.jobs import desk
from listener.jobs.service import Service
from storage.curated import Decision
from storage.values import Week

ANNA = 1
_STAYING = ("mail", "form")  # nobody takes these down


class Act(NamedTuple):
    target: str
    verb: str
    value: dict[str, Any]


def main(file: str, moment: str, journal: str, upto: str, pause: str = "0") -> None:
    from dataclasses import replace

    at = datetime.fromisoformat(moment)
    with opened.service(config.load(Path(file))) as service:
        for made in decide(replace(service, now=lambda: at), int(upto)):
            note(Path(journal), made)
            threading.Event().wait(float(pause))


def decide(service: Service, upto: int) -> Iterator[Decision]:
    """The decisions that are still to make, in turns about week 1 and week 2."""
    weeks = service.config.exercise.weeks[:2]
    for number in range(made_already(service), upto):
        yield decide_once(service, weeks[number % 2], number)


def decide_once(service: Service, week: Week, number: int) -> Decision:
    _, curation = desk.state(service, week)
    act = next_act(curation, staying(service, curation), number)
    return desk.act(service, week, ANNA, act.target, act.verb, act.value, curation.newest)


def made_already(service: Service) -> int:
    with service.store.read() as unit:
        return sum(len(unit.decisions.of(week.number)) for week in service.config.exercise.weeks)


def staying(service: Service, curation: Curation) -> list[int]:
    """Rows of the week's themes that are there whatever happens meanwhile, and that nobody has hidden."""
    rows = [row for theme in curation.themes for row in theme.rows if row not in curation.hidden]
    with service.store.read() as unit:
        return [kept.row for kept in unit.posts.some(rows) if kept.post.network in _STAYING]


def next_act(curation: Curation, rows: list[int], number: int) -> Act:
    if not rows:
        return Act("week", "summary", {"text": f"Summary {number}."})
    row, themes = rows[number * 7 % len(rows)], curation.themes
    free = [(theme.key, one) for theme in themes for one in theme.rows if one in rows and one not in curation.chosen]
    acts = [
        Act("week", "summary", {"text": f"Summary {number}."}),
        Act(f"theme:{themes[number % len(themes)].key}", "rename", {"label": f"Name {number}"}),
        Act(f"theme:{themes[0].key}", "add", {"kind": "prose", "text": f"Prose **{number}**."}),
        Act(f"theme:{free[0][0]}", "add", {"kind": "quote", "row": free[0][1]}),
        Act(f"post:{row}", "tone", {"tone": "good"}),
        Act(f"post:{row}", "move", {"theme": themes[number % len(themes)].key}),
        Act(f"post:{row}", "paraphrase", {"text": f"In our words {number}."}),
        Act(f"post:{row}", "hide", {"reason": "advert" if number % 4 else "abuse"}),
        Act("week", "order", {"themes": [theme.key for theme in reversed(themes)]}),
        Act("week", "undo", {"seq": curation.newest}),
    ]
    return acts[number // 2 % len(acts)]


def note(journal: Path, made: Decision) -> None:
    with journal.open("a", encoding="utf-8") as file:
        file.write(f"{made.seq} week {made.week} {made.verb}\n")
        file.flush()
        os.fsync(file.fileno())


if __name__ == "__main__":
    main(*sys.argv[1:])
