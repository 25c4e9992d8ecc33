"""One person taken out of everything that is kept. They are found by keyed hashes (`marks`), so that it can be repeated after a
restore by who does not know any more who it was."""

import json
import zlib
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, Row, Select, Table, and_, delete, func, literal, or_, select, text, update

from storage import marks, tables
from storage import rows as mapping
from storage.tables import asides, assignments, authors, editions, posts, raws, removals, scores, suppressions

Change = Callable[[str], str]
"""From a text to what stays of it."""

_REFERENCES = ("in_reply_to", "repost_of", "quote_of")


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """All by which somebody is known here.

    `rows` are their posts, `passing` others' reposts of these. `names` are handles, names and ids, `places` ids and addresses
    of their posts. `marks` keep them from being collected again. `requests` are open requests to take something down.
    """

    rows: tuple[int, ...] = ()
    passing: tuple[int, ...] = ()
    names: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()
    marks: frozenset[bytes] = frozenset()
    requests: tuple[int, ...] = ()
    author_keys: tuple[bytes, ...] = ()

    @property
    def is_known(self) -> bool:
        return bool(self.rows or self.passing or self.requests or self.author_keys)


@dataclass(frozen=True, slots=True)
class _Place:
    """Columns that may name somebody. `whole` says that a text which does so goes as a whole."""

    name: str
    table: Table
    columns: tuple[str, ...]
    whole: bool = False


_PLACES = (
    _Place("decisions and our own words", tables.decisions, ("value",), whole=True),
    _Place("held weeks", tables.holds, ("analysis",)),
    _Place("published digests", tables.editions, ("content", "note"), whole=True),
    _Place("published quotes", tables.quotes, ("content",), whole=True),
    _Place("requests", tables.removals, ("ref", "contact", "reason", "outcome"), whole=True),
    _Place("messages", tables.messages, ("subject", "body", "error")),
    _Place("themes", tables.clusters, ("label", "keywords")),
    _Place("drafts", tables.drafts, ("finding",)),
    _Place("runs", tables.runs, ("reason",)),
    _Place("deliveries", tables.deliveries, ("error",)),
    _Place("what was set aside", tables.asides, ("detail",)),
    _Place("contributions of others", tables.posts, ("text", "title", "warning", "url", "tags", "links", "media")),
)


class Forgetting:
    def __init__(self, connection: Connection, secret: bytes) -> None:
        self._connection = connection
        self._secret = secret

    # --- who ---------------------------------------------------------------------------------------------------------

    def sought(self, *, author: str = "", network: str = "", url: str = "", email: str = "") -> frozenset[bytes]:
        """The marks of who is meant by a handle, name or id (on one network if it is given), an address of a post, a mail
        address."""
        found = {marks.url(self._secret, url)} if url else set[bytes]()
        if author:
            found.add(marks.person(self._secret, network or marks.ANYWHERE, author))
        if email:
            found.add(marks.person(self._secret, marks.ANYWHERE, email))
        return frozenset(found)

    def find(self, sought: Collection[bytes]) -> Person:
        """Whoever one of these marks names, and everybody who is the same author as they."""
        seek = frozenset(sought)
        keys = self._author_keys(seek)
        said = [row for row in self._all_said() if row.author_key in keys or not seek.isdisjoint(self._post_marks(row))]
        keys |= {row.author_key for row in said if row.author_key}
        theirs = self._said_by(keys, [row.row for row in said])
        names = self._names(keys)
        return Person(
            rows=tuple(row.row for row in theirs),
            passing=self._passing(theirs),
            names=tuple(dict.fromkeys(name for _, of_one in names for name in of_one if name)),
            places=tuple(place for row in theirs for place in (row.id, row.url) if place),
            texts=tuple(part for row in theirs for part in (row.title, row.text) if part),
            marks=frozenset(self._marks(theirs, names)),
            requests=self._requests(seek, {row.row for row in theirs}),
            author_keys=tuple(sorted(keys)),
        )

    def _author_keys(self, seek: frozenset[bytes]) -> set[bytes]:
        found = set[bytes]()
        for row in self._connection.execute(select(authors)):
            if not seek.isdisjoint(marks.of_names(self._secret, row.network, (row.handle, row.name, row.id))):
                found.add(row.author_key)
        return found

    def _all_said(self) -> Iterable[Row[Any]]:
        columns = (posts.c.row, posts.c.network, posts.c.id, posts.c.url, posts.c.author_key)
        return self._connection.execute(select(*columns).where(posts.c.content != b"").execution_options(yield_per=5_000))

    def _post_marks(self, row: Row[Any]) -> set[bytes]:
        found = {marks.post(self._secret, row.network, row.id)}
        return found | {marks.url(self._secret, row.url)} if row.url else found

    def _said_by(self, keys: Collection[bytes], rows: Sequence[int]) -> Sequence[Row[Any]]:
        named = func.hex(posts.c.author_key).in_(_listed([key.hex().upper() for key in keys]))
        query = select(posts).where(or_(named, posts.c.row.in_(_listed(rows)))).order_by(posts.c.row)
        return self._connection.execute(query).all()

    def _names(self, keys: Collection[bytes]) -> list[tuple[str, tuple[str, str, str]]]:
        named = _listed([key.hex().upper() for key in keys])
        found = self._connection.execute(select(authors).where(func.hex(authors.c.author_key).in_(named)))
        return [(row.network, (row.id, row.handle, row.name)) for row in found]

    def _passing(self, theirs: Sequence[Row[Any]]) -> tuple[int, ...]:
        own = {row.row for row in theirs}
        reposts = and_(posts.c.kind == "repost", posts.c.repost_of.in_(_listed([row.id for row in theirs])))
        found = self._connection.execute(select(posts.c.row, posts.c.network, posts.c.repost_of).where(reposts))
        keys = {(row.network, row.id) for row in theirs}
        return tuple(row.row for row in found if (row.network, row.repost_of) in keys and row.row not in own)

    def _marks(self, theirs: Sequence[Row[Any]], names: Iterable[tuple[str, tuple[str, str, str]]]) -> Iterator[bytes]:
        for row in theirs:
            yield marks.post(self._secret, row.network, row.id)
        for network, (id_, handle, name) in names:
            yield marks.person(self._secret, network, id_ or handle or name)

    def _requests(self, seek: frozenset[bytes], rows: Collection[int]) -> tuple[int, ...]:
        refs = {(row.week, row.ref) for row in self._connection.execute(select(tables.quotes)) if row.row in rows}
        return tuple(
            row.id
            for row in self._connection.execute(select(removals).where(removals.c.closed_at.is_(None)))
            if (row.week, row.ref) in refs or marks.person(self._secret, marks.ANYWHERE, row.contact) in seek
        )

    def marks_of(self, rows: Sequence[int]) -> frozenset[bytes]:
        """The marks of these posts."""
        wanted = select(posts.c.network, posts.c.id).where(posts.c.row.in_(_listed(rows)))
        return frozenset(marks.post(self._secret, row.network, row.id) for row in self._connection.execute(wanted))

    def rows_of(self, wanted: Collection[bytes]) -> list[int]:
        """The posts of these marks."""
        said = self._connection.execute(select(posts.c.row, posts.c.network, posts.c.id).execution_options(yield_per=5_000))
        return [row.row for row in said if marks.post(self._secret, row.network, row.id) in wanted]

    # --- the do-not-collect list ------------------------------------------------------------------------------------

    def suppress(self, wanted: Iterable[bytes], now: datetime) -> int:
        """Puts these on the list; how many were not on it."""
        rows = [(mark, tables.to_ms(now)) for mark in wanted]
        before = self._connection.scalar(select(func.count()).select_from(suppressions)) or 0
        if rows:
            self._connection.exec_driver_sql("INSERT OR IGNORE INTO suppressions (hash, at) VALUES (?, ?)", rows)
        return (self._connection.scalar(select(func.count()).select_from(suppressions)) or 0) - before

    # --- out --------------------------------------------------------------------------------------------------------

    def take_out(self, person: Person, now: datetime) -> int:
        """Their posts and the reposts of these stay as rows without words, names, ids and addresses; how many posts. Where
        themes lie is to be reckoned anew without them."""
        gone = _listed([*person.rows, *person.passing])
        for table in (raws, scores, assignments):
            self._connection.execute(delete(table).where(table.c.row.in_(gone)))
        self._connection.execute(delete(tables.middles))
        for row in self._connection.execute(select(posts).where(posts.c.row.in_(gone))).all():
            blank = mapping.FORGOTTEN | {"gone_at": now, "id": f"forgotten:{row.row}"}
            blank |= {name: mapping.blurred(getattr(row, name)) for name in ("posted_at", "first_seen")}
            self._connection.execute(update(posts).where(posts.c.row == row.row).values(blank))
        self._forget_authors(person)
        for name in _REFERENCES:
            named = posts.c[name].in_(_listed(person.places))
            self._connection.execute(update(posts).where(named).values({name: ""}))
        return len(person.rows)

    def unname_posts(self, mentions: Callable[[str], bool]) -> int:
        """Ids of posts that have no words any more and references to posts that we never had may name somebody too."""
        columns = ("id", *_REFERENCES)
        query = select(posts.c.row, posts.c.content, *(posts.c[name] for name in columns)).execution_options(yield_per=5_000)
        changes = [(row.row, told) for row in self._connection.execute(query) if (told := _unnamed(row, columns, mentions))]
        for row, told in changes:
            self._connection.execute(update(posts).where(posts.c.row == row).values(told))
        return len(changes)

    def _forget_authors(self, person: Person) -> None:
        """They, and those whose only posts were reposts of theirs."""
        named = _listed([key.hex().upper() for key in person.author_keys])
        without = ~select(literal(1)).where(posts.c.author_key == authors.c.author_key).exists()
        gone = or_(func.hex(authors.c.author_key).in_(named), without)
        self._connection.execute(delete(authors).where(gone))

    def others(self, person: Person) -> Iterator[str]:
        """The texts of everybody else."""
        theirs = {*person.rows, *person.passing}
        query = select(posts.c.row, posts.c.text).where(posts.c.text != "").execution_options(yield_per=5_000)
        return (row.text for row in self._connection.execute(query) if row.row not in theirs)

    def drop_raws(self, mentions: Callable[[str], bool]) -> int:
        """Raw pieces of others that quote or name somebody: their posts stay, and cannot be made again from them."""
        found = self._connection.execute(select(raws.c.row, raws.c.payload).execution_options(yield_per=1_000))
        naming = [row.row for row in found if mentions(_readable(zlib.decompress(row.payload)))]
        self._connection.execute(delete(raws).where(raws.c.row.in_(_listed(naming))))
        return len(naming)

    def unname_asides(self, mentions: Callable[[str], bool], now: datetime) -> int:
        """What was set aside under a reference that names somebody is kept under a hash of it."""
        naming = [row for row in self._connection.execute(select(asides)) if mentions(row.ref)]
        for row in naming:
            mark = marks.aside(self._secret, row.source, row.ref)
            self.suppress([mark], now)
            where = and_(asides.c.source == row.source, asides.c.ref == row.ref)
            self._connection.execute(update(asides).where(where).values(ref=f"forgotten:{mark.hex()[:32]}"))
        return len(naming)

    def rewrite(self, whole: Change, part: Change) -> Counter[str]:
        """Every text that people or Listener wrote, and every post of others, is changed where it names somebody; how many of
        each place. `whole` is for what is about a person, `part` for what only mentions them."""
        changed: Counter[str] = Counter()
        for place in _PLACES:
            changed[place.name] += self._rewrite(place, whole if place.whole else part)
        return +changed

    def _rewrite(self, place: _Place, change: Change) -> int:
        keys = list(place.table.primary_key.columns)
        query = select(*keys, *(place.table.c[name] for name in place.columns)).execution_options(yield_per=5_000)
        found = [(row, told) for row in self._connection.execute(query) if (told := _changed(row, place.columns, change))]
        for row, told in found:
            where = and_(*(key == getattr(row, key.name) for key in keys))
            self._connection.execute(update(place.table).where(where).values(_hashed(place.table, told)))
        return len(found)

    def held_analyses(self) -> dict[int, dict[str, Any]]:
        """By week, as they are kept: plain JSON."""
        return {row.week: json.loads(row.analysis) for row in self._connection.execute(select(tables.holds))}

    def keep_held_analysis(self, week: int, analysis: Mapping[str, Any]) -> None:
        told = json.dumps(analysis, ensure_ascii=False, sort_keys=True)
        self._connection.execute(update(tables.holds).where(tables.holds.c.week == week).values(analysis=told))


def _unnamed(row: Row[Any], columns: Iterable[str], mentions: Callable[[str], bool]) -> dict[str, str]:
    naming = {name: "" for name in columns if mentions(getattr(row, name))}
    if "id" in naming and len(row.content) > len(mapping.PAST):
        del naming["id"]  # of a post of somebody else that is there: it stays what it is called by
    return naming | ({"id": f"forgotten:{row.row}"} if "id" in naming else {})


def _changed(row: Row[Any], columns: Iterable[str], change: Change) -> dict[str, str]:
    told = {name: getattr(row, name) for name in columns}
    return {name: new for name, value in told.items() if value and (new := _change(value, change)) != value}


def _change(value: str, change: Change) -> str:
    """JSON keeps its shape: only the texts in it are changed."""
    if value[0] not in "{[":
        return change(value)
    try:
        told = json.loads(value)
    except ValueError:
        return change(value)
    new = _walked(told, change)
    return value if new == told else json.dumps(new, ensure_ascii=False, sort_keys=True)


def _walked(told: Any, change: Change) -> Any:
    match told:
        case str():
            return change(told)
        case list():
            return [_walked(one, change) for one in told]
        case dict():
            return {key: _walked(value, change) for key, value in told.items()}
    return told


def _hashed(table: Table, told: dict[str, str]) -> dict[str, str]:
    """An edition's hash names its content."""
    if table is editions and "content" in told:
        return told | {"hash": sha256(told["content"].encode()).hexdigest()}
    return told


def _readable(raw: bytes) -> str:
    text_ = raw.decode("utf-8", "replace")
    try:
        return json.dumps(json.loads(text_), ensure_ascii=False) if "\\u" in text_ else text_
    except (ValueError, RecursionError):
        return text_


def _listed(values: Sequence[int | str]) -> Select[Any]:
    """Any number of values as one argument: SQLite takes no more than 32,766."""
    return select(text("value")).select_from(func.json_each(json.dumps(values)))
