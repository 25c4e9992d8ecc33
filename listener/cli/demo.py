"""`listener demo`: five invented weeks, lived through with an injected clock by the very jobs that the daemon runs."""

import shutil
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from listener.cli import opened
from listener.cli import rerun as cli_rerun
from listener.jobs.service import Refused

if TYPE_CHECKING:
    from listener.config import Config
    from listener.jobs.service import Service
    from storage.values import Exercise

_MARK = "listener.toml"
_ACCOUNT, _PASSWORD = "demo", "password"
_READ_AGAIN = 3


def run(folder: Path, *, fresh: bool) -> None:
    from listener import config
    from listener.demo import build

    make_room(folder, fresh)
    build.write(folder)
    loaded = config.load(folder / _MARK)
    with opened.service(loaded) as service:
        new = sum(_live_through(service, moment) for moment in moments(loaded.exercise))
        _read_again(replace(service, now=lambda: build.LAST_MOMENT))
        posts = _count(service)
        open_desk(service, folder / _PASSWORD)
    _say(loaded, posts, new)


def moments(exercise: "Exercise") -> Iterator[datetime]:
    """When the invented daemon looks at its ledger: every local midnight, and after each week when something falls due."""
    zone = ZoneInfo(exercise.timezone)
    for week in exercise.weeks:
        day = week.starts + timedelta(days=1)
        while day <= week.ends:
            yield datetime.combine(day, time(), zone).astimezone(UTC)
            day += timedelta(days=1)
        for at in (time(0, 15), time(5, 0), time(6, 15)):
            yield datetime.combine(week.ends + timedelta(days=1), at, zone).astimezone(UTC)


def _live_through(service: "Service", moment: datetime) -> int:
    from listener.jobs import tick

    service.tell(f"{moment:%A %d %B %Y}", 0, None)
    done = tick.do(replace(service, now=lambda: moment))
    return sum(one.new for one in done.runs)


def _read_again(service: "Service") -> None:
    """What an operator does two weeks later: a post was taken down meanwhile, and the re-run finds out."""
    from listener.jobs import analyse, digest, rerun

    week = service.config.exercise.week(_READ_AGAIN)
    print(f"listener rerun --week {_READ_AGAIN}")
    with service.working():
        cli_rerun.show(rerun.do(service, week, [source.name for source in service.config.sources]))
        analyse.do(service, week)
        digest.do(service, week)
    print()


def _count(service: "Service") -> int:
    with service.store.read() as unit:
        return unit.posts.count()


def _say(config: "Config", posts: int, new: int) -> None:
    print(f"{config.exercise.title}: {posts:,} posts, {new:,} of them new. All of it is invented.")
    print(f"Open {config.output / 'index.html'}")
    print(f"Sign in: {sys.argv[0]} -c {config.file} serve, as {_ACCOUNT} with the password in {config.file.parent / _PASSWORD}")
    print(f"Ask it more: {sys.argv[0]} -c {config.file} status (or rerun --week 2, or export week2.csv --week 2)")


def open_desk(service: "Service", file: Path) -> None:
    """An account to look around with, once; its password, new in every demo, lies in a file that only its owner can read."""
    from listener import accounts, files
    from listener.jobs import people

    if any(one.name == _ACCOUNT for one in people.everyone(service)):
        return
    password = accounts.invented()
    files.put(file, f"{password}\n".encode())
    people.add(service, _ACCOUNT, "publisher", password)


def make_room(folder: Path, fresh: bool) -> None:
    """Removes an earlier demo if asked to. Raises Refused for a folder in which something else lies."""
    if not folder.exists() or not any(folder.iterdir()):
        return
    if not _is_demo(folder):
        raise Refused(f"{folder} holds something else than an earlier demo: nothing was touched, name another folder", 2)
    if fresh:
        shutil.rmtree(folder)


def _is_demo(folder: Path) -> bool:
    """Whether the exercise in it is an invented one: somebody's own must never be written over."""
    try:
        told = tomllib.loads((folder / _MARK).read_text("utf-8"))
    except (OSError, ValueError):
        return False
    return told.get("exercise", {}).get("invented") is True
