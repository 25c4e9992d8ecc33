"""Posts, their authors, raw pieces and sightings: put in by the page, never doubled, words taken out when they are gone."""

import json
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from hmac import digest as hmac
from typing import Any

from sqlalchemy import Connection, Row, and_, bindparam, delete, func, insert, select, text, update

from collectors.base import Aside, Item, Window
from collectors.post import Post
from storage import rows as mapping
from storage.tables import asides, assignments, authors, posts, raws, scores, sightings
from storage.values import Kept

_SLICE = 5_000


@dataclass(frozen=True, slots=True)
class Added:
    """What one page changed: how many posts were new, changed in their words, or already known as they are."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0


@dataclass(frozen=True, slots=True)
class _Known:
    row: int
    content: bytes
    gone: bool
    received: tuple[int, int, int]


class Posts:
    def __init__(self, connection: Connection, author_secret: bytes) -> None:
        self._connection = connection
        self._secret = author_secret

    # --- in ------------------------------------------------------------------------------------------------------

    def add(self, source: str, run: int, items: Sequence[Item], now: datetime) -> Added:
        """Keeps what came. A post that is known stays one post; one that was found gone stays gone whatever a search says."""
        latest = {item.post.key: item for item in items}
        known = self._known([item.post for item in latest.values()])
        fresh = [item for key, item in latest.items() if key not in known]
        changed = [item for key, item in latest.items() if key in known and _differs(known[key], item.post)]
        self._insert(source, fresh, known, now)
        self._rewrite(source, changed, known)
        self._recount([item.post for key, item in latest.items() if key in known and not known[key].gone], known)
        self._sight(source, run, [known[key].row for key in latest])
        return Added(len(fresh), len(changed), len(latest) - len(fresh) - len(changed))

    def set_aside(self, source: str, since: datetime, found: Sequence[Aside]) -> None:
        """Counts what is not a contribution, once each, by the window it came in."""
        if found:
            rows = [{"source": source, "ref": a.ref, "reason": a.reason, "detail": a.detail, "since": since} for a in found]
            self._connection.execute(insert(asides).prefix_with("OR IGNORE"), rows)

    def restore(self, source: str, run: int, item: Item, now: datetime) -> Added:
        """A look-up found the post there: it counts again even if an earlier look-up had found it gone."""
        where = and_(posts.c.network == item.post.network, posts.c.id == item.post.id)
        self._connection.execute(update(posts).where(where).values(gone_at=None))
        return self.add(source, run, [item], now)

    def remove(self, network: str, ids: Iterable[str], now: datetime) -> int:
        """These were looked up and are gone: their words, authors, raw pieces and scores go; that they were there stays."""
        wanted = select(posts.c.row).where(posts.c.network == network, posts.c.id.in_(list(ids)), posts.c.gone_at.is_(None))
        rows = list(self._connection.scalars(wanted))
        for table in (raws, scores, assignments):
            self._connection.execute(delete(table).where(table.c.row.in_(rows)))
        self._connection.execute(update(posts).where(posts.c.row.in_(rows)).values(mapping.FORGOTTEN | {"gone_at": now}))
        self._connection.execute(
            delete(authors).where(
                authors.c.author_key.not_in(select(posts.c.author_key).where(posts.c.author_key.is_not(None)))
            )
        )
        return len(rows)

    # --- out -----------------------------------------------------------------------------------------------------

    def of(self, window: Window) -> Iterator[Kept]:
        """Posts of a window by time, those found gone left out; streamed, so close it or read it to its end."""
        query = mapping.select_kept().where(
            posts.c.posted_at >= window.since, posts.c.posted_at < window.until, posts.c.gone_at.is_(None)
        )
        found = self._connection.execution_options(yield_per=_SLICE).execute(
            query.order_by(posts.c.posted_at, posts.c.network, posts.c.id)
        )
        return map(mapping.to_kept, found)

    def count(self, window: Window | None = None) -> int:
        query = select(func.count()).select_from(posts).where(posts.c.gone_at.is_(None))
        if window is not None:
            query = query.where(posts.c.posted_at >= window.since, posts.c.posted_at < window.until)
        return self._connection.scalar(query) or 0

    def count_by_source(self, window: Window) -> dict[str, int]:
        within = and_(posts.c.posted_at >= window.since, posts.c.posted_at < window.until, posts.c.gone_at.is_(None))
        query = (
            select(sightings.c.source, func.count().label("posts"))
            .join(posts, posts.c.row == sightings.c.row)
            .where(within)
            .group_by(sightings.c.source)
        )
        return {row.source: row.posts for row in self._connection.execute(query)}

    def asides_by_source(self, window: Window) -> dict[str, dict[str, int]]:
        """Source -> reason -> how many were set aside in runs whose window began inside this one."""
        within = and_(asides.c.since >= window.since, asides.c.since < window.until)
        query = select(asides.c.source, asides.c.reason, func.count()).where(within).group_by(asides.c.source, asides.c.reason)
        found: dict[str, dict[str, int]] = {}
        for source, reason, count in self._connection.execute(query):
            found.setdefault(source, {})[reason] = count
        return found

    def missed(self, source: str, run: int, window: Window) -> list[tuple[str, str]]:
        """(network, id) of posts that this source had seen in the window before, but not in this run."""
        within = and_(posts.c.posted_at >= window.since, posts.c.posted_at < window.until, posts.c.gone_at.is_(None))
        query = select(posts.c.network, posts.c.id).join(sightings, posts.c.row == sightings.c.row)
        found = self._connection.execute(
            query.where(within, sightings.c.source == source, sightings.c.last_run < run).order_by(posts.c.row)
        )
        return [(network, id_) for network, id_ in found]

    def raw(self, source: str) -> Iterator[bytes]:
        """The raw pieces that a source's posts were made from, streamed in the order they came."""
        query = select(raws.c.payload).where(raws.c.source == source).order_by(raws.c.row)
        return map(zlib.decompress, self._connection.execution_options(yield_per=_SLICE).scalars(query))

    # --- how -----------------------------------------------------------------------------------------------------

    def _known(self, wanted: Sequence[Post]) -> dict[tuple[str, str], _Known]:
        by_network: dict[str, list[str]] = {}
        for post in wanted:
            by_network.setdefault(post.network, []).append(post.id)
        return {(network, row.id): _known(row) for network, ids in by_network.items() for row in self._look_for(network, ids)}

    def _look_for(self, network: str, ids: Sequence[str]) -> Sequence[Row[Any]]:
        query = text(
            "SELECT id, row, content, gone_at IS NOT NULL AS gone, likes, reposts, replies FROM posts"
            " WHERE network = :network AND id IN (SELECT value FROM json_each(:ids))"
        )
        return self._connection.execute(query, {"network": network, "ids": json.dumps(ids)}).all()

    def _insert(self, source: str, fresh: Sequence[Item], known: dict[tuple[str, str], _Known], now: datetime) -> None:
        if not fresh:
            return
        row = self._connection.scalar(select(func.max(posts.c.row))) or 0
        rows = [self._row(item.post) | {"row": row + n, "first_seen": now, "gone_at": None} for n, item in enumerate(fresh, 1)]
        self._keep_authors([item.post for item in fresh])
        self._connection.execute(insert(posts), rows)
        for item, values in zip(fresh, rows, strict=True):
            known[item.post.key] = _Known(values["row"], values["content"], False, (-1, -1, -1))
        self._keep_raw(source, fresh, known)

    def _rewrite(self, source: str, changed: Sequence[Item], known: dict[tuple[str, str], _Known]) -> None:
        if not changed:
            return
        rows = [
            {f"_{name}": value for name, value in self._row(item.post).items()} | {"_row": known[item.post.key].row}
            for item in changed
        ]
        self._keep_authors([item.post for item in changed])
        values: dict[str, Any] = {name[1:]: bindparam(name) for name in rows[0] if name != "_row"}
        self._connection.execute(update(posts).where(posts.c.row == bindparam("_row")).values(values), rows)
        self._connection.execute(
            delete(scores).where(scores.c.row == bindparam("_row")), [{"_row": row["_row"]} for row in rows]
        )
        self._keep_raw(source, changed, known)

    def _recount(self, seen: Sequence[Post], known: dict[tuple[str, str], _Known]) -> None:
        moved = [post for post in seen if known[post.key].received not in ((-1, -1, -1), mapping.received(post))]
        if moved:
            rows = [
                dict(zip(("_likes", "_reposts", "_replies"), mapping.received(post), strict=True), _row=known[post.key].row)
                for post in moved
            ]
            values: dict[str, Any] = {name: bindparam(f"_{name}") for name in ("likes", "reposts", "replies")}
            self._connection.execute(update(posts).where(posts.c.row == bindparam("_row")).values(values), rows)

    def _sight(self, source: str, run: int, rows: Sequence[int]) -> None:
        if rows:
            upsert = "INSERT INTO sightings (source, row, first_run, last_run) VALUES (?, ?, ?, ?)"
            upsert += " ON CONFLICT (source, row) DO UPDATE SET last_run = excluded.last_run"
            self._connection.exec_driver_sql(upsert, [(source, row, run, run) for row in rows])

    def _keep_authors(self, said: Sequence[Post]) -> None:
        rows = {
            key: (key, post.network, post.author.handle, post.author.name, post.author.id)
            for post in said
            if (key := self._author_key(post))
        }
        if rows:
            upsert = "INSERT INTO authors (author_key, network, handle, name, id) VALUES (?, ?, ?, ?, ?)"
            upsert += " ON CONFLICT (author_key) DO UPDATE SET handle = excluded.handle, name = excluded.name"
            self._connection.exec_driver_sql(upsert, list(rows.values()))

    def _keep_raw(self, source: str, items: Sequence[Item], known: dict[tuple[str, str], _Known]) -> None:
        rows = [(known[item.post.key].row, source, zlib.compress(item.raw, 1)) for item in items if item.raw is not None]
        if rows:
            self._connection.exec_driver_sql("INSERT OR REPLACE INTO raws (row, source, payload) VALUES (?, ?, ?)", rows)

    def _row(self, post: Post) -> dict[str, Any]:
        return mapping.from_post(post, self._author_key(post))

    def _author_key(self, post: Post) -> bytes | None:
        identity = post.author.identity
        return hmac(self._secret, f"{post.network}\x1f{identity}".encode(), "sha256")[:16] if identity else None


def _known(row: Row[Any]) -> _Known:
    return _Known(row.row, row.content, bool(row.gone), (row.likes, row.reposts, row.replies))


def _differs(known: _Known, post: Post) -> bool:
    return not known.gone and known.content != mapping.content(post)
