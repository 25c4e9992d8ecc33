"""What the templates of a published page need of a digest: numbers as they are said, and where the shapes of its charts lie."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from digests import charts, small, words
from digests.digest import DayRow, ToneCount
from digests.edition import Line, PublicDigest
from digests.small import Told

_PER_MINUTE = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One bar, and a thinner one for last week where that is told."""

    name: str
    said: str
    mark: str
    width: float
    before: str = ""
    before_width: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    shape: charts.Column
    mark: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """The numbers of a chart: `head`, then rows that begin with a name."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class View:
    """One digest as its page shows it."""

    digest: PublicDigest

    def said(self, key: str) -> str:
        return small.say(self.digest.numbers[key], self.digest.small)

    def mark(self, key: str) -> str:
        """Short, to stand in a chart."""
        told = self.digest.numbers[key]
        return f"<{self.digest.small}" if told == "few" else "-" if told == "withheld" else words.number(told)

    def height(self, key: str) -> int:
        return _drawn(self.digest.numbers[key])

    @property
    def hides(self) -> bool:
        return any(not isinstance(told, int) for told in self.digest.numbers.values())

    @property
    def is_quiet(self) -> bool:
        return self.digest.numbers["all"] == 0

    @property
    def has_last_week(self) -> bool:
        """Whether the newest edition of the week before told how many came by channel."""
        return any(isinstance(self.digest.last_week.get(line.key), int) for line in self.digest.channels)

    # --- charts

    def channels(self) -> tuple[Bar, ...]:
        return self._bars(self.digest.channels, with_last_week=self.has_last_week)

    def themes(self) -> tuple[Bar, ...]:
        return self._bars([Line(key=theme.key, name=theme.label) for theme in self.digest.themes])

    def days_as_bars(self) -> tuple[Bar, ...]:
        return self._bars(self.digest.days)

    def days(self) -> tuple[Column, ...]:
        rows = [
            DayRow(name=one.name, short=one.short, contributions=self.height(one.key), gap=one.gap) for one in self.digest.days
        ]
        marks = (self.mark(one.key) for one in self.digest.days)
        return tuple(Column(shape=shape, mark=mark) for shape, mark in zip(charts.columns(rows), marks, strict=True))

    @property
    def fits_columns(self) -> bool:
        return len(self.digest.days) <= charts.COLUMNS

    def tone(self, row: str) -> tuple[charts.Piece, ...]:
        """The parts of the tone bar of a theme; none where one of them is not told."""
        told = [self.digest.numbers.get(f"{row}/{tone.key}", 0) for tone in self.digest.tones]
        if not all(isinstance(one, int) for one in told) or not any(told):
            return ()
        known = {name: self.height(f"{row}/{name}") for name in ("difficult", "neutral", "good")}
        return charts.pieces(ToneCount(**known)) if any(known.values()) else ()

    def tone_said(self, row: str) -> tuple[tuple[str, str, str], ...]:
        """Key, name and number of each tone."""
        return tuple((tone.key, tone.name, self.said(f"{row}/{tone.key}")) for tone in self.digest.tones)

    def _bars(self, lines: Sequence[Line], *, with_last_week: bool = False) -> tuple[Bar, ...]:
        before = [self.digest.last_week.get(line.key) for line in lines] if with_last_week else [None for _ in lines]
        most = max((*(self.height(line.key) for line in lines), *(_drawn(one) for one in before)), default=0) or 1
        return tuple(
            Bar(
                name=line.name,
                said=self.said(line.key),
                mark=f"{self.mark(line.key)}{'*' if line.gap else ''}",
                width=round(charts.WIDEST * self.height(line.key) / most, 2),
                before="" if was is None else small.say(was, self.digest.small),
                before_width=round(charts.WIDEST * _drawn(was) / most, 2),
            )
            for line, was in zip(lines, before, strict=True)
        )

    # --- tables

    def channel_table(self) -> Table:
        head = ("Channel", "Contributions", *(["Last week"] if self.has_last_week else []), "Passed on")
        keys = [(line.name, line.key, line.key.replace("channel/", "passed/", 1)) for line in self.digest.channels]
        return Table(head=head, rows=tuple(self._channel(*row) for row in (*keys, ("All", "all", "passed"))))

    def _channel(self, name: str, key: str, passed: str) -> tuple[str, ...]:
        was = self.digest.last_week.get(key)
        before = ["-" if was is None else small.say(was, self.digest.small)] if self.has_last_week else []
        return (name, self.said(key), *before, self.said(passed))

    def day_table(self) -> Table:
        days = tuple((f"{line.name}{'*' if line.gap else ''}", self.said(line.key)) for line in self.digest.days)
        return Table(head=("Day", "Contributions"), rows=(*days, ("All", self.said("all"))))

    def theme_table(self) -> Table:
        tones = self.digest.tones
        rows = [(theme.label, theme.key) for theme in self.digest.themes]
        told = [
            (name, self.said(key), *(self.said(f"{key}/{tone.key}") for tone in tones))
            for name, key in (*rows, ("None of these", "rest"))
        ]
        total = ("All", self.said("all"), *(self.said(f"tone/{tone.key}") for tone in tones))
        return Table(head=("Theme", "All", *(tone.name for tone in tones)), rows=(*told, total))

    # --- what a chart says in words

    def days_summary(self) -> str:
        return f"Contributions each day: {', '.join(f'{line.name} {self.said(line.key)}' for line in self.digest.days)}."

    def tone_summary(self, row: str) -> str:
        told = ", ".join(f"{name.lower()} {said}" for _, name, said in self.tone_said(row))
        return f"How people described it: {told}."

    # --- versions and reading

    @property
    def published(self) -> str:
        """ "First published 17 November 2026. Version 2, 19 November 2026."; of a draft that it is one."""
        known = {change.version: change for change in self.digest.changes}
        if self.digest.version not in known:
            return f"Version {self.digest.version}, not published yet."
        now = words.day(known[self.digest.version].date)
        if self.digest.version == 1:
            return f"Version 1, published {now}."
        first = f"First published {words.day(known[1].date)}. " if 1 in known else ""
        return f"{first}Version {self.digest.version}, {now}."

    @property
    def minutes(self) -> int:
        return max(1, round(sum(len(text.split()) for text in self._texts()) / _PER_MINUTE))

    def _texts(self) -> Iterator[str]:
        yield from (self.digest.summary, *self.digest.in_short, *self.digest.method, *self.digest.quoting, *self.digest.missed)
        for theme in self.digest.themes:
            yield theme.label
            yield from (part.quote.text if part.quote else part.text for part in theme.parts)


def _drawn(told: Told | None) -> int:
    return told if isinstance(told, int) else 0


def address(text: str) -> str:
    """What a link to it needs: an address of the web as it is, an e-mail address as `mailto:`; empty for anything else."""
    if not text.isprintable() or " " in text:
        return ""
    if "@" in text and "/" not in text and ":" not in text:
        return f"mailto:{text}"
    try:
        parts = urlsplit(text)
    except ValueError:
        return ""
    return text if parts.scheme in ("http", "https") and parts.netloc else ""
