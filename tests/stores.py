"""Databases for tests: opened in a folder that goes away, and looked into from outside."""

import sqlite3
import zlib
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from collectors.base import Item, Window
from collectors.post import Post
from storage.runs import Asking
from storage.store import Store
from storage.values import Score
from tests.factories import NOW, make_post

SECRET = b"a secret that lies elsewhere"
WEEK = Window(datetime(2026, 11, 16, tzinfo=UTC), datetime(2026, 11, 23, tzinfo=UTC))


@contextmanager
def opened() -> Iterator[Store]:
    with TemporaryDirectory() as folder:
        store = Store(Path(folder) / "listener.sqlite", SECRET, wait=0.2)
        try:
            yield store
        finally:
            store.close()


def item_of(post: Post) -> Item:
    """The post with a raw piece that repeats everything it says."""
    return Item(post, repr(post).encode("utf-8", "surrogatepass"))


def add(store: Store, *posts: Post, source: str = "tag", run: int = 1) -> tuple[int, int, int]:
    """(new, changed, unchanged)"""
    with store.write() as unit:
        added = unit.posts.add(source, run, [item_of(post) for post in posts], NOW)
    return added.new, added.changed, added.unchanged


def posts_of(store: Store, window: Window = WEEK) -> list[Post]:
    with store.read() as unit:
        return [kept.post for kept in unit.posts.of(window)]


def score_of(store: Store) -> list[Score]:
    with store.read() as unit:
        return list(unit.analyses.scores(WEEK, "s1").values())


def score_all(store: Store) -> None:
    with store.write() as unit:
        found = unit.analyses.unscored(WEEK, "s1", after=0, at_most=100)
        unit.analyses.keep_scores("s1", {row: Score("good", 0.5) for row, _ in found})


PAGES, SIZE = 6, 5


def collect_pages(path: Path) -> None:
    """One run of PAGES pages, each with its SIZE posts and its cursor in one unit; goes on where an earlier one broke off."""
    store = Store(path, SECRET)
    with store.write() as unit:
        asking = Asking(source="tag", kind="file", asked="", why="live")
        begun = unit.runs.over(WEEK) or [unit.runs.begin(asking, WEEK, "0", NOW)]
    for page in range(int(begun[0].cursor or 0), PAGES):
        items = [item_of(make_post(page * SIZE + n)) for n in range(SIZE)]
        with store.write() as unit:
            added = unit.posts.add("tag", begun[0].id, items, NOW)
            unit.runs.progress(begun[0].id, str(page + 1), pages=1, new=added.new)
    store.close()


def said_in(path: Path) -> bytes:
    """Everything that any table of the file says, raw pieces unpacked."""
    with closing(sqlite3.connect(path)) as connection:
        names = [name for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
        return b"\n".join(
            _shown(value) for name in names for row in connection.execute(f"SELECT * FROM {name}") for value in row
        )


def _shown(value: object) -> bytes:
    if not isinstance(value, bytes):
        return str(value).encode()
    try:
        return zlib.decompress(value)
    except zlib.error:
        return value
