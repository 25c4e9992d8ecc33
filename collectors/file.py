"""Files: questionnaires and exports as JSON Lines or CSV, kept mails as mbox or a folder of .eml and Outlook's .msg."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import tzinfo
from io import BufferedReader, BytesIO, TextIOWrapper
from itertools import islice
from pathlib import Path
from typing import ClassVar, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from collectors import masking, tables
from collectors.base import Aside, BadRequest, Collector, Item, Page, Unavailable, Window, option
from collectors.post import Post
from collectors.tables import Unreadable

ROWS_A_PAGE = 5_000
MAILS_A_PAGE = 200
BYTES_A_PAGE = 16_000_000
LINES, CSV, MBOX, MAIL = "lines", "csv", "mbox", "mail"
FORMS: Mapping[str, str] = {".jsonl": LINES, ".ndjson": LINES, ".csv": CSV, ".mbox": MBOX, ".eml": MAIL, ".msg": MAIL, "": MAIL}

T = TypeVar("T")


_CHANNELS = {"form": "Questionnaire", "mail": "Mailbox"}


@dataclass(frozen=True, kw_only=True)
class File(Collector):
    """Rows and mails inside the window. What cannot be read is set aside by file name and line, and the rest is read."""

    kind: ClassVar[str] = "file"
    channel: ClassVar[str] = "File"

    path: str = option(
        help="a .jsonl, .ndjson, .csv or .mbox file, one .eml or .msg, or a folder of these", asks=True, place=True
    )
    network: str = option("file", help='what rows are from that name no network, such as "form"', asks=True)
    timezone: str = option("", help="time zone of rows whose time names none, such as Europe/London", asks=True)
    mask: bool | None = option(
        None, help="mask NHS numbers, phones, e-mail addresses and postcodes; unless said, in mails and not in rows"
    )

    @property
    def channel_name(self) -> str:
        return _CHANNELS.get(self.network, self.channel)

    @property
    def asked(self) -> str:
        return f"everything in {Path(self.path).name}"

    def check(self) -> None:
        with self._told():
            for _ in islice(self._pages(None, None), 1):
                pass

    def collect(self, window: Window, cursor: str | None = None) -> Iterator[Page]:
        with self._told():
            for page in self._pages(window, cursor):
                yield page
                if self.given.stopped():
                    return

    def read(self, payload: bytes) -> Page:
        """A whole file, one row as a line of JSON, or one mail."""
        form = LINES if payload.removeprefix(tables.BOM)[:1] == b"{" else self._form
        if form == MBOX and not payload.startswith(b"From "):
            form = MAIL
        try:
            return _joined(self._read(form, BufferedReader(BytesIO(payload)), None, None))
        except Unreadable as error:
            raise Unavailable(str(error)) from error

    @property
    def _form(self) -> str:
        return FORMS.get(Path(self.path).suffix.lower(), LINES)

    def _pages(self, window: Window | None, cursor: str | None) -> Iterator[Page]:
        path = Path(self.path)
        if path.is_dir():
            return self._folder(path, window, cursor)
        if path.suffix.lower() not in FORMS:
            raise BadRequest(f"{path}: files end in {', '.join(filter(None, FORMS))}")
        return self._file(path, window, cursor)

    def _file(self, path: Path, window: Window | None, cursor: str | None) -> Iterator[Page]:
        with path.open("rb") as stream:
            yield from self._read(self._form, stream, window, cursor)

    def _read(self, form: str, stream: BufferedReader, window: Window | None, cursor: str | None) -> Iterator[Page]:
        if form == LINES:
            return self._line_pages(stream, window, cursor)
        if form == CSV:
            return self._csv_pages(stream, window, cursor)
        return self._mail_pages(_mails(form, stream), window, cursor)

    # --- rows -------------------------------------------------------------------------------------------------------------

    def _line_pages(self, stream: BufferedReader, window: Window | None, cursor: str | None) -> Iterator[Page]:
        """The cursor is "byte offset:lines before it"."""
        offset, before = (int(part) for part in (cursor or "0:0").split(":"))
        stream.seek(offset)
        last = False
        while not last:
            lines = _batch(stream)
            last = not stream.peek(1)
            onward = None if last else f"{stream.tell()}:{before + len(lines)}"
            yield _page(self._line_entries(lines, before + 1, window), onward)
            before += len(lines)

    def _line_entries(self, lines: list[bytes], first: int, window: Window | None) -> Iterator[Item | Aside]:
        name, zone, network = Path(self.path).name, self._zone(), self.network
        for number, line in enumerate(lines, first):
            raw = line.removeprefix(tables.BOM).strip()
            if not raw:
                continue
            try:
                row = tables.parse_line(raw)
                posted_at = tables.moment_of(row, zone)
                if window is None or posted_at in window:
                    yield self._item(tables.read_post(row, posted_at, network), raw)
            except Unreadable as error:
                yield Aside(f"{name}:{number}", error.reason, str(error))

    def _csv_pages(self, stream: BufferedReader, window: Window | None, cursor: str | None) -> Iterator[Page]:
        """The cursor is the number of rows before it."""
        with TextIOWrapper(stream, "utf-8-sig", errors="surrogateescape", newline="") as text:
            for rows, onward in _batches(tables.csv_rows(text), ROWS_A_PAGE, int(cursor or 0)):
                yield _page(self._csv_entries(rows, window), onward)

    def _csv_entries(self, rows: Iterable[tables.Numbered], window: Window | None) -> Iterator[Item | Aside]:
        name, zone = Path(self.path).name, self._zone()
        for number, row in rows:
            try:
                if isinstance(row, Unreadable):
                    raise row
                posted_at = tables.moment_of(row, zone)
                if window is None or posted_at in window:
                    yield self._item(tables.read_post(row, posted_at, self.network), tables.dumped(row))
            except Unreadable as error:
                yield Aside(f"{name}:{number}", error.reason, str(error))

    def _item(self, post: Post, raw: bytes) -> Item:
        if not self.mask:
            return Item(post, raw)
        return Item(replace(post, title=masking.mask(post.title), text=masking.mask(post.text)))

    def _zone(self) -> tzinfo | None:
        try:
            return ZoneInfo(self.timezone) if self.timezone else None
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise BadRequest(f"timezone: there is no {self.timezone}; an example is Europe/London") from error

    # --- mails ------------------------------------------------------------------------------------------------------------

    def _folder(self, folder: Path, window: Window | None, cursor: str | None) -> Iterator[Page]:
        names = sorted(path for path in folder.iterdir() if path.suffix.lower() in (".eml", ".msg"))
        return self._mail_pages((path.read_bytes() for path in names), window, cursor)

    def _mail_pages(self, mails: Iterable[bytes], window: Window | None, cursor: str | None) -> Iterator[Page]:
        """The cursor is the number of mails before it."""
        for batch, onward in _batches(mails, MAILS_A_PAGE, int(cursor or 0)):
            yield _page(self._mail_entries(batch, window), onward)

    def _mail_entries(self, mails: Iterable[bytes], window: Window | None) -> Iterator[Item | Aside]:
        from collectors.mail import arrival, read_mail

        for payload in mails:
            came = arrival(payload) if window is not None else None
            if window is None or came is None or came in window:
                yield read_mail(payload, None, self.mask is not False)

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise BadRequest(f"{self.path}: {error.strerror or error}") from error
        except Unreadable as error:
            raise BadRequest(f"{self.path}: {error}") from error


def _mails(form: str, stream: BufferedReader) -> Iterator[bytes]:
    from collectors.mail import split_mbox

    return split_mbox(stream) if form == MBOX else iter([stream.read()])


def _batch(stream: BufferedReader) -> list[bytes]:
    """Some lines, bounded in number and bytes. Of an overlong line comes the beginning, which says enough to set it aside."""
    lines: list[bytes] = []
    size = 0
    while len(lines) < ROWS_A_PAGE and size < BYTES_A_PAGE and (line := stream.readline(tables.LONGEST_LINE)):
        lines.append(line)
        size += len(line)
        while len(line) == tables.LONGEST_LINE and not line.endswith(b"\n"):
            line = stream.readline(tables.LONGEST_LINE)
    return lines


def _batches(entries: Iterable[T], size: int, before: int) -> Iterator[tuple[list[T], str | None]]:
    """What comes after the first `before`, at least one batch, each with how many are read after it (None: all)."""
    rest = islice(entries, before, None)
    batch = list(islice(rest, size))
    while following := list(islice(rest, size)):
        before += len(batch)
        yield batch, str(before)
        batch = following
    yield batch, None


def _page(entries: Iterable[Item | Aside], cursor: str | None) -> Page:
    items: list[Item] = []
    asides: list[Aside] = []
    for entry in entries:
        if isinstance(entry, Item):
            items.append(entry)
        else:
            asides.append(entry)
    return Page(tuple(items), tuple(asides), cursor)


def _joined(pages: Iterable[Page]) -> Page:
    read = list(pages)
    return Page(tuple(item for page in read for item in page.items), tuple(aside for page in read for aside in page.asides))


KIND = File
