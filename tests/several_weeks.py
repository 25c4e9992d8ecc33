"""Weeks in which people speak about given topics, each in words of its own."""

import json
import random
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path

from listener.jobs import analyse, collect, desk
from listener.jobs.collect import Task
from listener.jobs.ledger import window_of
from listener.jobs.service import Service
from storage.curated import Decision
from storage.values import Analysis, Cluster
from tests.services import FIRST, make_service
from tests.test_themes import FRAMES
from tests.test_themes import TOPICS as SAID

TOPICS = SAID | {
    "food": ("hospital meals", "soft diet", "breakfast trolley", "feeding help", "snack menu", "cold dinner"),
    "forms": ("benefit form", "attendance allowance", "long questionnaire", "appeal letter", "forms advice", "claim pack"),
}
MORE_WEEKS = '[[exercise.weeks]]\nquestion = "What was said?"\n\n[[exercise.weeks]]\nquestion = "What came of it?"\n'
AFTERWARDS = FIRST + timedelta(weeks=5)


class Clock:
    """A clock that stands where it is put."""

    def __init__(self, at: datetime = AFTERWARDS) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at


def make_four_weeks(folder: Path, *spoken: Mapping[str, int], clock: Clock | None = None) -> Service:
    """An exercise of four weeks; in each so many spoke about each topic. Read and grouped."""
    service = make_service(folder, now=clock or Clock(), extra=MORE_WEEKS)
    for number, topics in enumerate(spoken, 1):
        speak(service, folder, number, topics)
        analyse.do(service, service.config.exercise.week(number))
    return service


def speak(service: Service, folder: Path, number: int, topics: Mapping[str, int]) -> None:
    """So many contributions about each topic in the week of this number, read at once; the earlier ones stay."""
    week = service.config.exercise.week(number)
    said = [line for topic, count in topics.items() for line in _lines(week.opens, number, topic, count)]
    with (folder / "answers.jsonl").open("a", encoding="utf-8") as file:
        file.writelines(f"{json.dumps(line)}\n" for line in said)
    collect.do(service, Task(source="tag", window=window_of(week), why="manual"))


def _lines(opens: datetime, week: int, topic: str, count: int) -> list[dict[str, str]]:
    chance, phrases = random.Random(f"{week} {topic}"), TOPICS[topic]
    own = [f"w{week}{topic[:3]}{number}" for number in range(count)]
    texts = [
        f"{chance.choice(FRAMES).format(*chance.sample(phrases, 2))} {chance.choice(phrases)} {one}a {one}b {topic} {one}c"
        for one in own
    ]
    at = [opens + timedelta(hours=1 + number % 150, minutes=len(topic)) for number in range(count)]
    return [
        {"id": one, "posted_at": at[place].isoformat(), "author": one, "text": texts[place], "network": "form"}
        for place, one in enumerate(own)
    ]


def found(service: Service, number: int) -> Analysis:
    """What is kept of the week's grouping."""
    with service.store.read() as unit:
        kept = unit.analyses.get(number)
    assert kept
    return kept


def about(service: Service, number: int) -> dict[str, Cluster]:
    """The week's clusters by the topic that most of each are about."""
    clusters = found(service, number).clusters
    with service.store.read() as unit:
        texts = {kept.row: kept.post.text for one in clusters for kept in unit.posts.some(one.members)}
    return {_topic([texts[row] for row in one.members]): one for one in clusters}


def _topic(texts: list[str]) -> str:
    return max(TOPICS, key=lambda topic: sum(topic in text.split() for text in texts))


def keys(service: Service, number: int) -> dict[str, str]:
    """The key of each topic's theme in the week."""
    return {topic: cluster.key for topic, cluster in about(service, number).items()}


def decide(service: Service, number: int, target: str, verb: str, **value: object) -> Decision:
    """What somebody does at the desk who has seen everything."""
    week = service.config.exercise.week(number)
    return desk.act(service, week, 1, target, verb, value, desk.state(service, week)[1].newest)
