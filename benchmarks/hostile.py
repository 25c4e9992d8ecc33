"""Hostile texts through every input, all pages in a real browser: how many run, ask for something, or are more than words.

    python -m benchmarks.hostile PAYLOADS.jsonl [--batch 50] [--first N]

Each line of the file is JSON with a `payload`. So many go together through one exercise: what every kind of source says, what
is typed, who types it, addresses and forms; then the config says them. First, as a control, each stands alone on a page that
escapes nothing: what is not noticed there would not be noticed at all. Needs Chromium, as tests/servers/install.sh installs it.
"""

import argparse
import json
import logging
import sqlite3
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests import hostile_desk
from tests.hostile import BARE, unseen
from tests.hostile_desk import HostileDesk
from tests.servers import browser
from tests.watched import Answer, Told, Watch

HTML = {"Content-Type": "text/html; charset=utf-8"}
ABOUT = 3
"""Payloads that the config holds while sources and people say the rest, and the other way round."""
EVERY = 8
"""Of the pages that differ in their theme or contribution alone, one in so many is shown."""
TOLD = 4
"""As many more go together into a config, which is said on every page but costs nobody an act."""


def main(payloads: Sequence[str], batch: int) -> int:
    begun, told = time.monotonic(), Told()
    reached: set[str] = set()
    unsaid: list[str] = []
    with browser.opened() as chromium:
        noticed = control(chromium, payloads)
        print(f"control: {noticed} of {len(payloads)} are noticed on a page that escapes nothing", flush=True)
        for some in batches(payloads, batch):
            unsaid += said_by_people(chromium, some, told, reached)
            print(f"  {told.pages} pages, {len(told.all)} findings, {time.monotonic() - begun:.0f} s", flush=True)
        for some in batches(payloads, TOLD * batch):
            said_by_config(chromium, payloads[:ABOUT], some, told)
            print(f"  {told.pages} pages, {len(told.all)} findings, {time.monotonic() - begun:.0f} s", flush=True)
    report(payloads, told, reached, unsaid)
    return len(told.all) + len(unsaid)


def batches(payloads: Sequence[str], size: int) -> Iterator[Sequence[str]]:
    for first in range(0, len(payloads), size):
        yield payloads[first : first + size]


def control(chromium: Any, payloads: Sequence[str]) -> int:
    """How many run, ask or stand out where nothing is escaped."""
    watch, noticed = Watch(chromium, nothing), 0
    for number, payload in enumerate(payloads):
        before = len(watch.told.all)
        watch.show(f"{number}/", Answer(200, HTML, BARE.replace("{0}", payload).encode("utf-8", "replace")))
        noticed += len(watch.told.all) > before
    watch.close()
    return noticed


def nothing(path: str) -> Answer:
    return Answer(404, HTML, path.encode())


def said_by_people(chromium: Any, payloads: Sequence[str], told: Told, reached: set[str]) -> list[str]:
    """The payloads that no page says in words."""
    with TemporaryDirectory() as folder, hostile_desk.opened(Path(folder), payloads, payloads[:ABOUT], EVERY) as week:
        reached |= columns(week, payloads)
        watch = Watch(chromium, week.get)
        for path, answer in week.pages():
            watch.show(path, answer)
        watch.close()
    told += watch.told
    return unseen(payloads, watch.texts)


def said_by_config(chromium: Any, texts: Sequence[str], about: Sequence[str], told: Told) -> None:
    with TemporaryDirectory() as folder, hostile_desk.opened(Path(folder), texts, about) as week:
        watch = Watch(chromium, week.get)
        for path in week.paths():
            watch.show(path, week.get(path))
        for path, answer in week.files():
            watch.show(path, answer)
        watch.close()
    told += watch.told


def columns(week: HostileDesk, payloads: Sequence[str]) -> set[str]:
    """Where in the database one of the payloads is kept, as table.column."""
    wanted = [payload for payload in payloads if payload.isascii() and payload.isprintable() and len(payload) < 100][:50]
    held = set[str]()
    with closing(sqlite3.connect(week.service.config.file.parent / "listener.db")) as database:
        tables = [row[0] for row in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        for table in tables:
            rows = database.execute(f'SELECT * FROM "{table}"')
            names = [column[0] for column in rows.description]
            for row in rows:
                pairs = zip(names, row, strict=True)
                held |= {f"{table}.{name}" for name, value in pairs if any(one in str(value) for one in wanted)}
    return held


def report(payloads: Sequence[str], told: Told, reached: set[str], unsaid: Sequence[str]) -> None:
    print(f"{len(payloads)} payloads, kept in {len(reached)} columns, {told.pages} pages shown")
    print(f"active: {len(told.ran)} ran, {len(told.stopped)} tried to, {len(told.strange)} stand on a page as more than words")
    print(f"requests that left: {len(told.asked)}")
    print(f"said in words: {len(payloads) - len(unsaid)} of {len(payloads)}")
    print(*told.all[:50], *unsaid[:50], sep="\n")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path)
    parser.add_argument("--batch", type=int, default=50)
    parser.add_argument("--first", type=int, default=None)
    asked = parser.parse_args()
    logging.disable(logging.WARNING)
    lines = asked.file.read_text("utf-8").splitlines()
    sys.exit(main([json.loads(line)["payload"] for line in lines][: asked.first], asked.batch) > 0)
