"""A whole service in a folder: real config, real SQLite, answers in a file."""

import json
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from collectors.base import MemoryVault, Window
from collectors.post import Post
from listener import config
from listener.demo import words
from listener.jobs.service import Service
from storage.store import Store
from storage.values import Run
from tests.networks import bluesky

FIRST = datetime(2026, 10, 12, 8, tzinfo=UTC)
LISTENED = Window(FIRST, FIRST + timedelta(days=1))

CONFIG = """
[exercise]
slug = "think-carer"
title = "Think Carer"
organisation = "Example Health Partnership"
hashtags = ["NHSThinkCarer"]
timezone = "Europe/London"
starts = 2026-10-12
invented = true

[[exercise.weeks]]
question = "What would help you as a carer?"

[[exercise.weeks]]
question = "Who listened to you?"

[storage]
path = "listener.db"

[output]
folder = "digests"

[sources.tag]
kind = "file"
path = "answers.jsonl"

[sources.off]
kind = "file"
off = "not asked for"
path = "never.jsonl"
"""

SKY = """
[sources.sky]
kind = "replay"
of = "bluesky"
folder = "sky"
"""

SAYINGS = (
    "Nobody told me that he was coming home until the ambulance was outside.",
    "The ward sister asked me what he likes for breakfast, and it made all the difference.",
    "Parking costs me more than my allowance in a bad month.",
    "I cannot book a GP appointment while I am at work.",
    "A break of one afternoon a week would keep me going.",
    "Who do I ring at night when she falls?",
)


def make_run(since: datetime, until: datetime, **differently: Any) -> Run:
    """A complete run of the source "tag" that began when its window ended."""
    values: dict[str, Any] = {"id": 1, "source": "tag", "kind": "file", "asked": "a1", "why": "live", "state": "complete"}
    return Run(**(values | {"since": since, "until": until, "started_at": until} | differently))


def make_service(
    folder: Path,
    *,
    now: datetime | Callable[[], datetime],
    stopped: Callable[[], bool] = lambda: False,
    extra: str = "",
    real: bool = False,
    eager: Callable[[], frozenset[str]] = frozenset,
) -> Service:
    """Of an invented exercise, which needs nothing settled before it goes live, unless it is `real`."""
    file = folder / "listener.toml"
    config_text = CONFIG.replace("invented = true\n", "") if real else CONFIG
    file.write_text(config_text + extra, encoding="utf-8")
    loaded = config.load(file)
    store = Store(loaded.storage, b"secret", wait=0.5)
    clock = now if callable(now) else lambda: now
    return Service(config=loaded, store=store, vault=MemoryVault(), now=clock, stopped=stopped, eager=eager)


def write_answers(
    folder: Path,
    numbers: Iterable[int],
    *,
    step: timedelta = timedelta(minutes=1),
    first: datetime = FIRST,
    broken: str = "",
    texts: Sequence[str] = ("",),
) -> None:
    """One answer a number, `step` apart from `first` on, said in a few different ways or in these `texts`."""
    lines = [broken] if broken else []
    lines += [json.dumps(answer(number, step, texts[number % len(texts)], first)) for number in numbers]
    (folder / "answers.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")


def store_sky(folder: Path, posts: Iterable[Post], gone: Iterable[Post] = ()) -> None:
    """What Bluesky answers from now on, for a source like SKY."""
    (folder / "sky").mkdir(exist_ok=True)
    (folder / "sky/1.page").write_text(json.dumps({"posts": [bluesky.view_of(post) for post in posts]}), encoding="utf-8")
    (folder / "sky/gone.json").write_text(json.dumps({post.id: "2026-01-01T00:00:00Z" for post in gone}), encoding="utf-8")


def answer(number: int, step: timedelta = timedelta(minutes=1), text: str = "", first: datetime = FIRST) -> dict[str, str]:
    said = text or f"{SAYINGS[number % len(SAYINGS)]} This is answer {number}. #NHSThinkCarer"
    at = (first + number * step).isoformat()
    return {"id": f"a{number:06d}", "posted_at": at, "author": f"person{number % 50}", "text": said, "network": "form"}


def wordings(count: int) -> list[str]:
    """Different things that people said of their weeks as carers: enough to find themes in."""
    told = [f"{one.text} #NHSThinkCarer" for week in (1, 2) for one in words.week(week)]
    return told[:count]
