"""Draws a digest: values in, files out. The same digest gives the same bytes; nothing here reads a clock or the network."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from digests import environment, words
from digests.blocks import SHOWN
from digests.compose import stage
from digests.digest import CardList, Digest, WeekLink, WeekSummary
from storage.values import Exercise, Week

CARDS = 200
"""Cards on one page."""
LIMIT = 500_000
"""Bytes of one page."""

_ROOM = LIMIT - 60_000  # what the frame, the style sheet and the links between pages may take


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """What stands around the content of every page. `home` is the index of all weeks."""

    title: str
    description: str
    organisation: str
    contact: str
    invented: bool
    home: str
    weeks: tuple[WeekLink, ...]
    reference: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf:
    """One page of a list, its cards drawn."""

    name: str
    number: int
    cards: tuple[str, ...]
    rows: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One week in the index of all weeks; `made` is None where there is no digest."""

    week: Week
    dates: str
    stage: str
    made: WeekSummary | None


def render(digest: Digest) -> dict[str, bytes]:
    """Every file of one week by its path below the output folder: `week-3/index.html`, `week-3/theme-1.html` and so on."""
    files: dict[str, bytes] = {}
    places: dict[int, str] = {}
    for each in digest.lists:
        leaves = tuple(_leaves(each))
        places.update((row, f"{leaf.name}#c{row}") for leaf in leaves for row in leaf.rows)
        files.update((f"{digest.folder}/{leaf.name}", _list_page(digest, each, leaf, leaves)) for leaf in leaves)
    return {f"{digest.folder}/index.html": _week_page(digest, places), **files}


def index(exercise: Exercise, made: Sequence[WeekSummary], as_of: datetime) -> dict[str, bytes]:
    """`index.html`: all weeks of an exercise, made, open or to come. A link leads only to a week in `made`."""
    by_number = {summary.number: summary for summary in made}
    entries = tuple(
        Entry(week=week, dates=words.dates(week.starts, week.ends), stage=stage(week, as_of), made=by_number.get(week.number))
        for week in exercise.weeks
    )
    frame = Frame(
        title=f"{exercise.title}: all weeks",
        description=f"What was heard in each week of {exercise.title}.",
        organisation=exercise.organisation,
        contact=exercise.contact,
        invented=exercise.invented,
        home="index.html",
        weeks=(),
        reference=f"As of {words.when(as_of, ZoneInfo(exercise.timezone))}.",
    )
    return {"index.html": environment.draw("weeks.html", frame=frame, exercise=exercise, entries=entries, made=made)}


def _week_page(digest: Digest, places: Mapping[int, str]) -> bytes:
    """With as many cards under each theme as the limit of a page lets through."""
    frame = _frame(digest, f"{digest.title}: week {digest.number} of {digest.of_total}", digest.finding)
    drawn = (
        (shown, environment.draw("week.html", frame=frame, digest=digest, places=places, shown=shown))
        for shown in range(SHOWN, -1, -1)
    )
    return next(page for shown, page in drawn if len(page) <= LIMIT or not shown)


def _list_page(digest: Digest, cards: CardList, leaf: Leaf, leaves: Sequence[Leaf]) -> bytes:
    part = f", page {leaf.number} of {len(leaves)}" if len(leaves) > 1 else ""
    frame = _frame(digest, f"{cards.title}{part}: week {digest.number}", f"{cards.link}.")
    return environment.draw("list.html", frame=frame, digest=digest, list=cards, leaf=leaf, leaves=leaves)


def _frame(digest: Digest, title: str, description: str) -> Frame:
    return Frame(
        title=f"{title}, {digest.exercise}",
        description=description,
        organisation=digest.organisation,
        contact=digest.contact,
        invented=digest.invented,
        home="../index.html",
        weeks=digest.weeks,
        reference=f"{digest.exercise}, week {digest.number}. As of {digest.as_of}.",
    )


def _leaves(cards: CardList) -> Iterator[Leaf]:
    drawn = [(card.row, environment.card(card)) for card in cards.cards]
    for number, part in enumerate(_pack(drawn), 1):
        name = f"{cards.stem}.html" if number == 1 else f"{cards.stem}-{number}.html"
        yield Leaf(name=name, number=number, cards=tuple(html for _, html in part), rows=tuple(row for row, _ in part))


def _pack(drawn: Sequence[tuple[int, str]]) -> Iterator[list[tuple[int, str]]]:
    """Cards in their order, on a new page when one is full by number or by bytes."""
    part: list[tuple[int, str]] = []
    room = _ROOM
    for row, html in drawn:
        size = len(html.encode())
        if part and (len(part) == CARDS or size > room):
            yield part
            part, room = [], _ROOM
        part.append((row, html))
        room -= size
    if part:
        yield part
