"""Posts, their authors, raw pieces and sightings: put in by the page, never doubled, words taken out when they are gone."""

import json
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, Select, and_, delete, func, or_, select, text, update

from collectors.base import Aside, Item, Window
from collectors.post import Post
from storage import marks
from storage import rows as mapping
from storage.rows import COLUMNS, Told
from storage.tables import asides, assignments, posts, quotes, raws, scores, sightings, suppressions, to_ms
from storage.values import Kept, Run

REFUSED = "asked to be forgotten"
_SLICE = 5_000
_WORDED = func.length(posts.c.content) > len(mapping.PAST)  # it names the words by eight bytes
_INSERT = f"INSERT INTO posts (row, first_seen, {', '.join(COLUMNS)}) VALUES (?, ?{', ?' * len(COLUMNS)})"
_UPDATE = f"UPDATE posts SET {' = ?, '.join(COLUMNS)} = ? WHERE row = ?"


@dataclass(frozen=True, slots=True)
class Added:
    """What one page changed: how many posts were new, changed in their words, or already known as they are. `said` are the keys
    of the new and the changed ones."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    said: frozenset[tuple[str, str]] = frozenset()


@dataclass(frozen=True, slots=True)
class Standing:
    """What is known of a post that a network names: whose it is there (the account's id), when it was said, whether it is
    gone."""

    account: str
    posted_at: datetime
    gone: bool


class _Known(NamedTuple):
    row: int
    content: bytes
    gone: bool
    counts: tuple[int, int, int, int]


class Posts:
    def __init__(self, connection: Connection, author_secret: bytes) -> None:
        self._connection = connection
        self._secret = author_secret

    # --- in ------------------------------------------------------------------------------------------------------

    def add(self, source: str, run: int, items: Sequence[Item], now: datetime) -> Added:
        """Keeps what came. A post that is known stays one post; one that was found gone, or whose words have had their time,
        stays so whatever a search says. What is on the do-not-collect list is only counted."""
        allowed = self._allowed(source, run, items)
        latest = {told.key: told for told in (mapping.tell(item, self._secret) for item in allowed)}
        known = self._known(latest)
        fresh = [told for key, told in latest.items() if key not in known]
        again = [
            (known[key], _as_known(told, known[key])) for key, told in latest.items() if key in known and not known[key].gone
        ]
        changed = [(one.row, told) for one, told in again if one.content != told.content]
        first = self._next_row() if fresh else 0
        new = list(enumerate(fresh, first))
        self._insert(new, now)
        self._rewrite(changed)
        self._recount([(*told.counts, one.row) for one, told in again if one.counts != told.counts])
        self._keep_raw(source, new + changed)
        self._sight(source, run, [row for row, _ in new] + [one.row for one in known.values()])
        said = frozenset(told.key for _, told in new + changed)
        return Added(len(fresh), len(changed), len(latest) - len(said), said)

    def set_aside(self, run: Run, found: Sequence[Aside]) -> None:
        """Counts what is not a contribution, once each, by the time it came, or by when the window began that it came in."""
        if found:
            upsert = "INSERT INTO asides (source, ref, reason, detail, came_at, last_run) VALUES (?, ?, ?, ?, ?, ?)"
            upsert += " ON CONFLICT (source, ref) DO UPDATE SET last_run = excluded.last_run, detail = excluded.detail"
            told = [(self._nameless(run.source, one), one) for one in found]
            rows = [(run.source, ref, one.reason, one.detail, to_ms(one.at or run.since), run.id) for ref, one in told]
            self._connection.exec_driver_sql(upsert, rows)

    def retire_unreadable(self, run: Run) -> int:
        """What could not be read of this run's window before, and did not come this time: somebody has mended it."""
        within = and_(asides.c.came_at >= run.since, asides.c.came_at < run.until, asides.c.last_run < run.id)
        mended = delete(asides).where(asides.c.source == run.source, asides.c.reason == "unreadable", within)
        return self._connection.execute(mended).rowcount

    def restore(self, source: str, run: int, item: Item, now: datetime) -> Added:
        """A look-up found the post there: it counts again even if an earlier look-up had found it gone."""
        where = and_(posts.c.network == item.post.network, posts.c.id == item.post.id)
        self._connection.execute(update(posts).where(where).values(gone_at=None))
        return self.add(source, run, [item], now)

    def remove(self, network: str, ids: Iterable[str], now: datetime) -> int:
        """These were looked up and are gone: their words, authors, raw pieces and scores go; that they were there stays."""
        wanted = select(posts.c.row, posts.c.author_key).where(posts.c.network == network, posts.c.gone_at.is_(None))
        found = self._connection.execute(wanted.where(posts.c.id.in_(_listed(list(ids))))).all()
        if not found:
            return 0
        rows = _listed([one.row for one in found])
        for table in (raws, scores, assignments):
            self._connection.execute(delete(table).where(table.c.row.in_(rows)))
        self._connection.execute(update(posts).where(posts.c.row.in_(rows)).values(mapping.FORGOTTEN | {"gone_at": now}))
        self._drop_authors({one.author_key for one in found if one.author_key})
        return len(found)

    def expire(self, rows: Sequence[int]) -> int:
        """The time of these posts' words is over: words, authors and raw pieces go; numbers, scores and grouping stay."""
        kept = and_(posts.c.row.in_(_listed(rows)), _WORDED)
        found = self._connection.execute(select(posts.c.row, posts.c.author_key).where(kept)).all()
        if not found:
            return 0
        there = _listed([one.row for one in found])
        self._connection.execute(delete(raws).where(raws.c.row.in_(there)))
        self._connection.execute(update(posts).where(posts.c.row.in_(there)).values(mapping.EXPIRED))
        self._drop_authors({one.author_key for one in found if one.author_key})
        return len(found)

    # --- out -----------------------------------------------------------------------------------------------------

    def of(self, window: Window, share: float = 1.0) -> Iterator[Kept]:
        """Posts of a window by time, those found gone left out; streamed, so read it to its end inside the unit.

        `share` below 1 takes a fixed sample of about that part: a post stays in it whatever comes later, while the share holds.
        """
        query = mapping.select_kept().where(
            posts.c.posted_at >= window.since, posts.c.posted_at < window.until, posts.c.gone_at.is_(None)
        )
        if share < 1:
            query = query.where((posts.c.row * 2654435761) % 1_000_000 < int(share * 1_000_000))
        ordered = query.order_by(posts.c.posted_at, posts.c.network, posts.c.id).execution_options(yield_per=_SLICE)
        return map(mapping.to_kept, self._connection.execute(ordered))

    def some(self, rows: Sequence[int]) -> list[Kept]:
        """The posts of these rows that are there, those found gone left out."""
        query = mapping.select_kept().where(posts.c.row.in_(_listed(rows)), posts.c.gone_at.is_(None))
        return [mapping.to_kept(row) for row in self._connection.execute(query.order_by(posts.c.row))]

    def newest(self) -> int:
        """The greatest row there is, 0 if there is none."""
        return self._connection.scalar(select(func.max(posts.c.row))) or 0

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
        """Source -> reason -> how many things that came in the window were set aside."""
        within = and_(asides.c.came_at >= window.since, asides.c.came_at < window.until)
        query = select(asides.c.source, asides.c.reason, func.count()).where(within).group_by(asides.c.source, asides.c.reason)
        found: dict[str, dict[str, int]] = {}
        for source, reason, count in self._connection.execute(query):
            found.setdefault(source, {})[reason] = count
        return found

    def unreadable(self, source: str, at_most: int) -> list[tuple[str, str]]:
        """(reference such as a file and its line, why) of what came from a source and could not be read, the first of them."""
        query = select(asides.c.ref, asides.c.detail).where(asides.c.source == source, asides.c.reason == "unreadable")
        first = query.order_by(func.length(asides.c.ref), asides.c.ref).limit(at_most)
        return [(ref, detail) for ref, detail in self._connection.execute(first)]

    def past(self, before: datetime, *, source: str = "", network: str = "") -> list[int]:
        """Rows of posts said before this moment whose words are kept; only of one source or network if it is named."""
        query = select(posts.c.row).where(posts.c.posted_at < before, _WORDED)
        if source:
            query = query.where(posts.c.row.in_(select(sightings.c.row).where(sightings.c.source == source)))
        if network:
            query = query.where(posts.c.network == network)
        return list(self._connection.scalars(query.order_by(posts.c.row)))

    def moments(self, rows: Sequence[int]) -> list[datetime]:
        """When these were said (UTC), the earliest first."""
        said = select(posts.c.posted_at).where(posts.c.row.in_(_listed(rows)))
        return list(self._connection.scalars(said.order_by(posts.c.posted_at)))

    def answering(self, keys: Iterable[tuple[str, str]]) -> dict[tuple[str, str], int]:
        """The week whose question each of these posts (network, id) answers, for those that are known and say so."""
        by_network: dict[str, list[str]] = {}
        for network, id_ in keys:
            by_network.setdefault(network, []).append(id_)
        found: dict[tuple[str, str], int] = {}
        for network, ids in by_network.items():
            said = select(posts.c.id, posts.c.answers).where(posts.c.network == network, posts.c.id.in_(_listed(ids)))
            found |= {(network, row.id): row.answers for row in self._connection.execute(said.where(posts.c.answers > 0))}
        return found

    def standing(self, network: str, ids: Sequence[str], accounts: Sequence[str]) -> dict[str, Standing]:
        """Those of these posts that are known, and all of these accounts, where a network's ids end with `/ACCOUNT`."""
        account = func.substr(posts.c.id, func.instr(posts.c.id, "/") + 1)
        query = select(posts.c.id, account.label("account"), posts.c.posted_at, posts.c.gone_at.is_not(None).label("gone"))
        wanted = [(posts.c.id, ids), (account, accounts)]
        found: dict[str, Standing] = {}
        for column, values in wanted:
            if values:
                rows = self._connection.execute(query.where(posts.c.network == network, column.in_(_listed(list(values)))))
                found |= {row.id: Standing(row.account, row.posted_at, bool(row.gone)) for row in rows}
        return found

    def consented(self, rows: Sequence[int]) -> set[int]:
        """Those of these rows whose author let us use their words when they sent them."""
        given = and_(posts.c.row.in_(_listed(rows)), posts.c.consent.in_(("ticked", "written", "organisation")))
        return set(self._connection.scalars(select(posts.c.row).where(given)))

    def missed(self, source: str, run: int, window: Window) -> list[tuple[str, str]]:
        """(network, id) of posts that this source had seen in the window before, but not in this run or a later one, the least
        lately seen first; of those whose words have had their time only what is quoted still."""
        shown = or_(_WORDED, posts.c.row.in_(_quoted()))
        within = and_(posts.c.posted_at >= window.since, posts.c.posted_at < window.until, posts.c.gone_at.is_(None), shown)
        query = select(posts.c.network, posts.c.id).join(sightings, posts.c.row == sightings.c.row)
        found = self._connection.execute(
            query.where(within, sightings.c.source == source, sightings.c.last_run < run).order_by(
                sightings.c.last_run, posts.c.row
            )
        )
        return [(network, id_) for network, id_ in found]

    def last_run(self, source: str) -> int:
        """The newest run in which this source saw any post; 0 if it never did."""
        return self._connection.scalar(select(func.max(sightings.c.last_run)).where(sightings.c.source == source)) or 0

    def raw(self, source: str) -> Iterator[bytes]:
        """The raw pieces that a source's posts were made from, streamed in the order they came."""
        query = select(raws.c.payload).where(raws.c.source == source).order_by(raws.c.row)
        return map(zlib.decompress, self._connection.scalars(query.execution_options(yield_per=_SLICE)))

    # --- how -----------------------------------------------------------------------------------------------------

    def _allowed(self, source: str, run: int, items: Sequence[Item]) -> Sequence[Item]:
        """Without what is on the do-not-collect list: of that it is kept that something came, and when, to a quarter of an
        hour."""
        listed = self._listed_marks()
        if not listed:
            return items
        refused = {item.post.key: item.post for item in items if not listed.isdisjoint(marks.of_post(self._secret, item.post))}
        upsert = "INSERT INTO asides (source, ref, reason, detail, came_at, last_run) VALUES (?, ?, ?, '', ?, ?)"
        upsert += " ON CONFLICT (source, ref) DO UPDATE SET last_run = excluded.last_run"
        rows = [(source, self._ref(post), REFUSED, to_ms(mapping.blurred(post.posted_at)), run) for post in refused.values()]
        if rows:
            self._connection.exec_driver_sql(upsert, rows)
        return [item for item in items if item.post.key not in refused]

    def _ref(self, post: Post) -> str:
        return f"forgotten:{marks.post(self._secret, *post.key).hex()[:32]}"

    def _listed_marks(self) -> frozenset[bytes]:
        return frozenset(self._connection.scalars(select(suppressions.c.hash)))

    def _nameless(self, source: str, one: Aside) -> str:
        """The reference of what was set aside; a hash of it where it names somebody who asked to be forgotten."""
        mark = marks.aside(self._secret, source, one.ref)
        listed = select(suppressions.c.hash).where(suppressions.c.hash == mark)
        return one.ref if self._connection.scalar(listed) is None else f"forgotten:{mark.hex()[:32]}"

    def _known(self, keys: Iterable[tuple[str, str]]) -> dict[tuple[str, str], _Known]:
        by_network: dict[str, list[str]] = {}
        for network, id_ in keys:
            by_network.setdefault(network, []).append(id_)
        return {(network, row[0]): _known(row) for network, ids in by_network.items() for row in self._look_for(network, ids)}

    def _look_for(self, network: str, ids: Sequence[str]) -> Sequence[Row[Any]]:
        query = (
            "SELECT id, row, content, gone_at IS NOT NULL OR length(content) = 1, likes, reposts, replies, answers FROM posts"
            " WHERE network = ? AND id IN (SELECT value FROM json_each(?))"
        )
        return self._connection.exec_driver_sql(query, (network, json.dumps(ids))).all()

    def _next_row(self) -> int:
        return (self._connection.scalar(select(func.max(posts.c.row))) or 0) + 1

    def _insert(self, new: Sequence[tuple[int, Told]], now: datetime) -> None:
        if new:
            first_seen = to_ms(now)
            self._keep_authors([told for _, told in new])
            self._connection.exec_driver_sql(_INSERT, [(row, first_seen, *told.columns) for row, told in new])

    def _rewrite(self, changed: Sequence[tuple[int, Told]]) -> None:
        if changed:
            self._keep_authors([told for _, told in changed])
            self._connection.exec_driver_sql(_UPDATE, [(*told.columns, row) for row, told in changed])
            self._connection.exec_driver_sql("DELETE FROM scores WHERE row = ?", [(row,) for row, _ in changed])

    def _recount(self, moved: Sequence[tuple[int, int, int, int, int]]) -> None:
        if moved:
            recount = "UPDATE posts SET likes = ?, reposts = ?, replies = ?, answers = ? WHERE row = ?"
            self._connection.exec_driver_sql(recount, moved)

    def _sight(self, source: str, run: int, rows: Sequence[int]) -> None:
        if rows:
            upsert = "INSERT INTO sightings (row, source, first_run, last_run) VALUES (?, ?, ?, ?)"
            upsert += " ON CONFLICT (row, source) DO UPDATE SET last_run = excluded.last_run"
            self._connection.exec_driver_sql(upsert, [(row, source, run, run) for row in rows])

    def _keep_authors(self, said: Sequence[Told]) -> None:
        rows = {told.author[0]: told.author for told in said if told.author}
        if rows:
            upsert = "INSERT INTO authors (author_key, network, handle, name, id) VALUES (?, ?, ?, ?, ?)"
            upsert += " ON CONFLICT (author_key) DO UPDATE SET handle = excluded.handle, name = excluded.name"
            self._connection.exec_driver_sql(upsert, list(rows.values()))

    def _drop_authors(self, keys: set[bytes]) -> None:
        """Forgets those of whom no post is left."""
        named = _listed([key.hex().upper() for key in keys])
        left = select(posts.c.author_key).distinct().where(func.hex(posts.c.author_key).in_(named))
        lost = keys.difference(self._connection.scalars(left))
        if lost:
            self._connection.exec_driver_sql("DELETE FROM authors WHERE author_key = ?", [(key,) for key in lost])

    def _keep_raw(self, source: str, told: Sequence[tuple[int, Told]]) -> None:
        rows = [(row, source, zlib.compress(one.raw, 1)) for row, one in told if one.raw is not None]
        if rows:
            self._connection.exec_driver_sql("INSERT OR REPLACE INTO raws (row, source, payload) VALUES (?, ?, ?)", rows)


def _known(row: Sequence[Any]) -> _Known:
    _, number, content, gone, *counts = row
    return _Known(number, content, bool(gone), tuple(counts))


def _as_known(told: Told, known: _Known) -> Told:
    """What came, with the question that the post was known to answer where it does not say now: a look-up knows no threads."""
    likes, reposts, replies, answers = told.counts
    return told._replace(counts=(likes, reposts, replies, answers or known.counts[-1]))


def _quoted() -> Select[Any]:
    return select(quotes.c.row).where(quotes.c.withdrawn_at.is_(None))


def _listed(values: Sequence[int | str]) -> Select[Any]:
    """Any number of values as one argument: SQLite takes no more than 32,766."""
    return select(text("value")).select_from(func.json_each(json.dumps(values)))
