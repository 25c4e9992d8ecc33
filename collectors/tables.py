"""Rows of a table -> posts: JSON Lines and CSV with the columns `id, posted_at, author, text` and some optional ones. Pure."""

import csv
import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, tzinfo
from typing import Any, TextIO, get_args

from collectors.post import Author, Consent, Engagement, Kind, Post

NEEDED = ("id", "posted_at", "text")
TEXTS = frozenset(("network", "author", "url", "lang", "kind", "in_reply_to", "repost_of", "title", "consent", "role"))
KINDS = frozenset(get_args(Kind))
CONSENTS = frozenset(get_args(Consent))
LONGEST_LINE = 1_000_000
BOM = b"\xef\xbb\xbf"
NOBODY = Author()
UNCOUNTED = Engagement()


class Unreadable(ValueError):
    """What is wrong with a row or a table, in words that quote nothing of it. `reason` is the aside's."""

    reason = "unreadable"


class Empty(Unreadable):
    """A row in which nobody said anything."""

    reason = "empty"


# --- JSON Lines -------------------------------------------------------------------------------------------------------


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is not JSON")


_decode = json.JSONDecoder(parse_constant=_refuse).decode  # made once: json.loads makes a decoder for every such call


def parse_line(line: bytes) -> dict[str, Any]:
    """One JSON object. Raises Unreadable."""
    if len(line) >= LONGEST_LINE:
        raise Unreadable(f"longer than {LONGEST_LINE} bytes")
    try:
        row = _decode(line.decode())
    except UnicodeDecodeError as error:
        raise Unreadable("not UTF-8") from error
    except json.JSONDecodeError as error:
        raise Unreadable(f"not JSON: {error.msg} (column {error.colno})") from error
    except (ValueError, RecursionError) as error:
        raise Unreadable("not JSON: a number or a nesting that nobody reads") from error
    if type(row) is not dict:
        raise Unreadable("not a JSON object")
    return cleaned(row) if b"\\u" in line else row  # only an escape can bring NUL or half a surrogate pair


def cleaned(row: Mapping[str, Any]) -> dict[str, Any]:
    """Without NUL and half surrogates, which not every store can keep."""
    return {name: _clean(value) if type(value) is str else value for name, value in row.items()}


def _clean(text: str) -> str:
    return text.replace("\0", "").encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


# --- CSV --------------------------------------------------------------------------------------------------------------


Numbered = tuple[int, dict[str, Any] | Unreadable]


def csv_rows(stream: TextIO) -> Iterator[Numbered]:
    """Each row with the number of its last line. The stream is opened with `errors="surrogateescape"` and `newline=""`.

    Raises Unreadable when the headings do not name what a post needs.
    """
    reader = csv.reader(stream)
    headings = _headings(reader)
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield reader.line_num, Unreadable(f"not CSV: {error}")
            continue
        if any(cells):
            yield reader.line_num, _csv_row(headings, cells)


def _headings(reader: Iterator[list[str]]) -> list[str]:
    try:
        headings = [cell.strip().lower() for cell in next(reader, [])]
    except csv.Error as error:
        raise Unreadable(f"not CSV: {error}") from error
    if missing := [name for name in NEEDED if name not in headings]:
        raise Unreadable(f"the first line must name the columns; missing: {', '.join(missing)}")
    return headings


def _csv_row(headings: Sequence[str], cells: Sequence[str]) -> dict[str, Any] | Unreadable:
    if len(cells) > len(headings):
        return Unreadable(f"{len(cells)} cells under {len(headings)} headings")
    row = {name: cell for name, cell in zip(headings, cells, strict=False) if cell}
    try:
        "".join(row.values()).encode()
    except UnicodeEncodeError:
        return Unreadable("not UTF-8")
    return cleaned(row)


def dumped(row: Mapping[str, Any]) -> bytes:
    """A row as a line of JSON Lines."""
    return json.dumps(row, ensure_ascii=False, separators=(",", ":")).encode()


# --- posts ------------------------------------------------------------------------------------------------------------


def moment_of(row: Mapping[str, Any], zone: tzinfo | None) -> datetime:
    """When a row was posted; `zone` is for times that name none. Raises Unreadable."""
    try:
        moment = datetime.fromisoformat(row["posted_at"])
    except KeyError as error:
        raise Unreadable("posted_at is missing") from error
    except (TypeError, ValueError) as error:
        raise Unreadable("posted_at is no ISO 8601 time, such as 2026-11-24T09:30:00Z") from error
    if moment.tzinfo is not None:
        return moment
    if zone is None:
        raise Unreadable("posted_at needs a time zone, as in 2026-11-24T09:30:00Z; or set `timezone` for this source")
    return moment.replace(tzinfo=zone)


def read_post(row: Mapping[str, Any], posted_at: datetime, network: str) -> Post:
    """`network` is for rows that name none. Raises Unreadable, and Empty for a row without words."""
    get = row.get
    _check(row)
    return Post(
        network=get("network") or network,
        id=str(row["id"]),
        posted_at=posted_at,
        text=row["text"],
        author=_author(get("author")),
        kind=get("kind") or _kind(get, network),
        title=get("title") or "",
        lang=get("lang") or "",
        url=_address(get("url")),
        in_reply_to=get("in_reply_to") or "",
        repost_of=get("repost_of") or "",
        engagement=_engagement(get("likes"), get("reposts"), get("replies")),
        consent=get("consent") or "none",
        role=get("role") or "",
        answers=_week(get("answers")),
    )


def _check(row: Mapping[str, Any]) -> None:
    for name, value in row.items():
        if name in TEXTS and type(value) is not str and value is not None:
            raise Unreadable(f"{name} is not a text")
    if type(row.get("id")) not in (str, int) or row["id"] == "":
        raise Unreadable("id is missing or not a text")
    if type(row.get("text")) is not str:
        raise Unreadable("text is missing or not a text")
    if not row["text"] or row["text"].isspace():
        raise Empty("no text")
    if (row.get("kind") or "post") not in KINDS or (row.get("consent") or "none") not in CONSENTS:
        raise Unreadable(f"kind must be one of {', '.join(sorted(KINDS))}; consent one of {', '.join(sorted(CONSENTS))}")


def _author(said: str | None) -> Author:
    """A name, or a handle if it begins with @."""
    if not said:
        return NOBODY
    return Author(handle=said[1:]) if said[0] == "@" else Author(name=said)


def _kind(get: Any, network: str) -> Kind:
    if get("repost_of"):
        return "repost"
    if get("in_reply_to"):
        return "reply"
    return "answer" if (get("network") or network) == "form" else "post"


def _address(url: str | None) -> str:
    return url if url and url.startswith(("https://", "http://")) else ""


def _week(told: Any) -> int:
    try:
        week = int(told or 0)
    except (TypeError, ValueError, OverflowError):
        week = -1
    if not 0 <= week < 1_000:
        raise Unreadable("answers must be the number of a week")
    return week


def _engagement(likes: Any, reposts: Any, replies: Any) -> Engagement:
    if not (likes or reposts or replies):
        return UNCOUNTED
    try:
        return Engagement(likes=int(likes or 0), reposts=int(reposts or 0), replies=int(replies or 0))
    except (TypeError, ValueError, OverflowError) as error:
        raise Unreadable("likes, reposts and replies must be whole numbers") from error
