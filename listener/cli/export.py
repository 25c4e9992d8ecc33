"""`listener export`: contributions to a JSON Lines or CSV file."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from collectors.base import Window
from digests import words
from listener.cli import choice, opened
from listener.jobs import export, ledger

if TYPE_CHECKING:
    from listener.config import Config
    from storage.values import Exercise


def run(config: "Config", file: Path, *, week: int | None, with_authors: bool) -> None:
    with opened.service(config) as service:
        count = export.do(service, file, _windows(config.exercise, week), with_authors=with_authors)
    print(f"{words.count(count, 'contribution')} in {file}")


def _windows(exercise: "Exercise", number: int | None) -> Iterator[tuple[int | None, Window]]:
    weeks = exercise.weeks if number is None else [choice.week(exercise, number)]
    for week in weeks:
        yield week.number, ledger.window_of(week)
