"""`listener add`: a letter, a call, what was said in a meeting or a group, brought by hand."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from digests import words
from listener.cli import choice, opened, times
from listener.jobs import contribute
from listener.jobs.contribute import Brought
from listener.jobs.service import Refused

if TYPE_CHECKING:
    from listener.config import Config


def run(config: "Config", week: int, text_file: str, **told: str) -> None:
    """`text_file` is a path, or "-" for the standard input; `told` holds kind, date, role, why and reason."""
    found = choice.week(config.exercise, week)
    day, _, clock = told.pop("date").partition("T")
    at = contribute.moment(config.exercise.timezone, day, clock)
    text = _text(text_file)
    with opened.service(config) as service:
        brought = Brought(at=at, text=text, token=contribute.new_token(service.now()), **told)
        kept = contribute.do(service, found, 0, brought)
    said = times.told(kept.post.posted_at, config.exercise.timezone)
    print(f"Added to week {found.number}: {words.channel(kept.post.network).lower()}, {said}.")
    if kept.masked:
        print(f"Taken out of the text: {words.listing([one.strip('[]') for one in kept.masked])}.")


def _text(file: str) -> str:
    try:
        return sys.stdin.read() if file == "-" else Path(file).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as problem:
        raise Refused(f"{file} cannot be read: give a text file in UTF-8, or - for what is typed.", 2) from problem
