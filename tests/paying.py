"""A service that listens to X alone, at a stand-in, and pays for it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from collectors.base import Secret
from collectors.post import Post
from listener.config import Notify, Source
from listener.jobs.service import Service
from tests.networks import x
from tests.services import make_service

OPENS = datetime(2026, 10, 11, 23, tzinfo=UTC)  # Monday in London
MOMENT = datetime(2026, 10, 12, 12, tzinfo=UTC)
NOTIFY = Notify(operator=(Secret("json://127.0.0.1:9"),))


class Clock:
    def __init__(self, at: datetime = MOMENT) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at


def make_posts(count: int, first: datetime = OPENS) -> list[Post]:
    return [x.make_post(n, first + n * timedelta(minutes=1), f"A sitter would help {n} #NHSThinkCarer") for n in range(count)]


def listening(
    folder: Path, network: x.Network, clock: Clock, stopped: Callable[[], bool] = lambda: False, **options: Any
) -> Service:
    service = make_service(folder, now=clock, stopped=stopped)
    source = Source(name="x", kind="x", options=network.options | options)
    return replace(service, config=replace(service.config, sources=(source,), notify=NOTIFY))
