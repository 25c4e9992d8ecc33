"""Ingest of JSON Lines through `collect`, against json.loads + the same compression + bare executemany: CPU time, in one run.

    python -m benchmarks.ingest [POSTS [ROUNDS]]

Both fill the same tables with the same indexes, 5,000 posts a transaction. Prints the rates, their ratio (goal 0.5) and how the
time grows from a tenth of the posts (goal: exponent <= 1.15). Exit code 1 if a goal is missed.
"""

import json
import random
import sqlite3
import sys
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from datetime import UTC, datetime, timedelta
from itertools import islice
from math import log10
from pathlib import Path
from tempfile import TemporaryDirectory
from time import process_time
from typing import Any

from collectors.base import MemoryVault, Window
from listener import config
from listener.jobs import collect
from listener.jobs.service import Service
from storage.rows import COLUMNS
from storage.store import Store

RATIO, EXPONENT = 0.5, 1.15
SINCE = datetime(2027, 1, 11, tzinfo=UTC)
WEEK = Window(SINCE, SINCE + timedelta(days=7))
PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", "wal_autocheckpoint=20000", "cache_size=-65536")
WORDS = """
we were told to ring the ward again and nobody knew when the care at home would start my mother cannot be left alone so I gave
up work respite helps a form would help more thank you to the nurse who listened and wrote it down it made all the difference
"""
MS = int(SINCE.timestamp() * 1000)
READ = ("row", "posted_at", "author_key", "id", "text", "url", "lang", "likes")
KNOWN = {"first_seen": MS, "network": "file", "kind": "post", "visibility": "public", "consent": "none", "content": b"8 bytes."}
FIXED = {name: "" for name in COLUMNS if name not in READ} | {"edited_at": None, "reposts": 0, "replies": 0} | KNOWN
CONFIG = """
[exercise]
slug = "ingest"
title = "Ingest"
organisation = "Example"
hashtags = ["ThinkCarers"]
timezone = "UTC"
starts = 2027-01-11
[[exercise.weeks]]
question = "How fast?"
[storage]
path = "listener.db"
[output]
folder = "digests"
[sources.lines]
kind = "file"
path = "posts.jsonl"
"""


def main(posts: int = 100_000, rounds: int = 3) -> int:
    few, many = posts // 10, posts
    spent: dict[tuple[str, int], float] = {}
    for size in [few, many] * rounds:
        for way in (through_collect, by_hand):
            took = measure(way, size)
            spent[way.__name__, size] = min(took, spent.get((way.__name__, size), took))
    ours, limit = spent["through_collect", many], spent["by_hand", many]
    exponent = log10(ours / spent["through_collect", few])
    print(f"{many} posts: collect {many / ours:.0f} a CPU second, limit {many / limit:.0f}")
    print(f"ratio {limit / ours:.2f} (goal {RATIO}), growth exponent {exponent:.2f} (goal {EXPONENT})")
    return int(limit / ours < RATIO or exponent > EXPONENT)


def measure(way: Callable[[Path, int], float], size: int) -> float:
    with TemporaryDirectory() as folder:
        with Path(folder, "posts.jsonl").open("w", encoding="utf-8") as file:
            file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows(size))
        Path(folder, "listener.toml").write_text(CONFIG, encoding="utf-8")
        spent = way(Path(folder), size)
        with closing(sqlite3.connect(Path(folder, "listener.db"))) as database:
            kept = [database.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in ("posts", "raws", "sightings")]
    if kept != [size] * 3:
        raise SystemExit(f"{way.__name__} kept {kept} of {size}")
    return spent


def rows(size: int) -> Iterator[Mapping[str, Any]]:
    """Invented posts of ten to fifty words, by time, by a third as many people."""
    chance, words = random.Random(1), WORDS.split()
    for number in range(size):
        posted_at = SINCE + WEEK.length * number / size
        yield {
            "id": f"{number:08d}",
            "posted_at": posted_at.isoformat(timespec="milliseconds"),
            "author": f"@carer{chance.randrange(size // 3 + 1)}.example",
            "text": " ".join(chance.choices(words, k=chance.randint(10, 50))) + " #ThinkCarers",
            "url": f"https://social.example/posts/{number:08d}",
            "lang": "en",
            "likes": chance.randrange(20),
        }


def through_collect(folder: Path, _size: int) -> float:
    """What `listener collect` does, from the opened database on."""
    told = config.load(folder / "listener.toml")
    store = Store(told.storage, b"benchmark")
    service = Service(config=told, store=store, vault=MemoryVault(), now=lambda: WEEK.until)
    started = process_time()
    run = collect.do(service, collect.Task(source="lines", window=WEEK, why="manual"))
    store.close()
    if run.state != "complete":
        raise SystemExit(f"{run.error}: {run.reason}")
    return process_time() - started


def by_hand(folder: Path, size: int) -> float:
    """The least that can be done. Keys, times and hashes are given, so that it need not make them."""
    Store(folder / "listener.db", b"benchmark").close()
    chance = random.Random(2)
    people = {f"@carer{number}.example": chance.randbytes(16) for number in range(size // 3 + 1)}
    started = process_time()
    with closing(sqlite3.connect(folder / "listener.db", isolation_level=None)) as database:
        for pragma in PRAGMAS:
            database.execute(f"PRAGMA {pragma}")
        with (folder / "posts.jsonl").open("rb") as file:
            numbered = enumerate(file, 1)
            while batch := list(islice(numbered, 5_000)):
                insert(database, batch, people)
    return process_time() - started


def insert(database: sqlite3.Connection, batch: list[tuple[int, bytes]], people: Mapping[str, bytes]) -> None:
    said = [(number, json.loads(line)) for number, line in batch]
    raws = [(number, "lines", zlib.compress(line, 1)) for number, line in batch]
    authors = {row["author"]: (people[row["author"]], "file", row["author"], "", "") for _, row in said}
    posts = [
        (n, MS + n, people[one["author"]], one["id"], one["text"], one["url"], one["lang"], one["likes"], *FIXED.values())
        for n, one in said
    ]
    database.execute("BEGIN IMMEDIATE")
    database.executemany("INSERT OR IGNORE INTO authors VALUES (?, ?, ?, ?, ?)", authors.values())
    database.executemany(f"INSERT INTO posts ({', '.join((*READ, *FIXED))}) VALUES (?{', ?' * (len(COLUMNS) + 1)})", posts)
    database.executemany("INSERT INTO raws (row, source, payload) VALUES (?, ?, ?)", raws)
    sightings = [(number, "lines", 1, 1) for number, _ in batch]
    database.executemany("INSERT INTO sightings (row, source, first_run, last_run) VALUES (?, ?, ?, ?)", sightings)
    database.execute("COMMIT")


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
