"""Where the shapes of a chart lie: shares of the width in per cent, heights in pixels, so that text never shrinks."""

from collections.abc import Sequence
from dataclasses import dataclass

from digests.digest import DayRow, Digest, ToneCount, WeekSummary

COLUMNS = 8
"""More days than this are drawn as bars, one below the other."""
HEIGHT = 168
_TOP, _GROUND = 44, 140
WIDEST = 84.0
_GAP = 0.4


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    label: str
    value: int
    width: float
    mark: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    label: str
    value: int
    gap: bool
    x: float
    width: float
    middle: float
    y: float
    height: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One part of a tone bar."""

    tone: str
    words: str
    value: int
    x: float
    width: float


def bars(rows: Sequence[tuple[str, int]], marks: Sequence[str] = ()) -> tuple[Bar, ...]:
    """One bar a row, the longest as wide as leaves room for its number."""
    most = max((value for _, value in rows), default=0) or 1
    marked = marks or [""] * len(rows)
    return tuple(
        Bar(label=label, value=value, width=round(WIDEST * value / most, 2), mark=mark)
        for (label, value), mark in zip(rows, marked, strict=True)
    )


def columns(days: Sequence[DayRow]) -> tuple[Column, ...]:
    most = max((day.contributions for day in days), default=0) or 1
    step = 100 / max(len(days), 1)
    return tuple(_column(day, round(number * step, 2), step, most) for number, day in enumerate(days))


def pieces(tone: ToneCount) -> tuple[Piece, ...]:
    """The parts of a tone bar from difficult to good, those of nobody left out, with a gap between two."""
    counts = [
        ("difficult", "Difficult", tone.difficult),
        ("neutral", "Mixed or neutral", tone.neutral),
        ("good", "Good", tone.good),
    ]
    present = [each for each in counts if each[2]]
    room = 100 - _GAP * (len(present) - 1)
    found: list[Piece] = []
    for name, words, value in present:
        x = found[-1].x + found[-1].width + _GAP if found else 0.0
        found.append(Piece(tone=name, words=words, value=value, x=round(x, 2), width=round(room * value / tone.scored, 2)))
    return tuple(found)


def _column(day: DayRow, left: float, step: float, most: int) -> Column:
    height = round((_GROUND - _TOP) * day.contributions / most, 1)
    return Column(
        label=day.short,
        value=day.contributions,
        gap=day.gap,
        x=round(left + step * 0.18, 2),
        width=round(step * 0.64, 2),
        middle=round(left + step / 2, 2),
        y=_GROUND - height,
        height=height,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """A chart as bars and the same numbers as a table: `head`, then rows that begin with a name."""

    bars: tuple[Bar, ...]
    head: tuple[str, ...]
    rows: tuple[tuple[str | int, ...], ...]
    summary: str = ""


def by_channel(digest: Digest) -> Drawing:
    return Drawing(
        bars=bars([(row.name, row.contributions) for row in digest.channels]),
        head=("Channel", "Contributions", "Passed on"),
        rows=(
            *((row.name, row.contributions, row.passed_on) for row in digest.channels),
            ("All", digest.contributions, digest.passed_on),
        ),
    )


def by_day(digest: Digest) -> Drawing:
    told = ", ".join(
        f"{day.name} {day.contributions:,}{' (part of it could not be read)' if day.gap else ''}" for day in digest.days
    )
    return Drawing(
        bars=bars([(day.name, day.contributions) for day in digest.days], ["*" if day.gap else "" for day in digest.days]),
        head=("Day", "All", *(row.name for row in digest.channels)),
        rows=(
            *(_day_row(day) for day in digest.days),
            ("All", digest.contributions, *(row.contributions for row in digest.channels)),
        ),
        summary=f"Contributions each day: {told}.",
    )


def by_theme(digest: Digest) -> Drawing:
    every = (*digest.themes, *digest.smaller)
    return Drawing(
        bars=bars([(theme.label, theme.contributions) for theme in digest.themes]),
        head=("Theme", "All", "Difficult", "Mixed or neutral", "Good"),
        rows=tuple(
            (theme.label, theme.contributions, theme.tone.difficult, theme.tone.neutral, theme.tone.good) for theme in every
        ),
    )


def by_week(made: Sequence[WeekSummary]) -> Drawing:
    pairs = tuple((f"Week {summary.number}", summary.contributions) for summary in made)
    return Drawing(bars=bars(pairs), head=("Week", "Contributions"), rows=pairs)


def _day_row(day: DayRow) -> tuple[str | int, ...]:
    return (f"{day.name}{'*' if day.gap else ''}", day.contributions, *day.by_channel)
