"""`listener init`: a commented config to begin with, and the papers that an exercise needs."""

import os
import re
import unicodedata
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from listener import config, documents
from listener.config import template
from listener.jobs import papers
from listener.jobs.service import Refused

NEXT = """{file} is written. What now:
  1. Open it: put in your questions and dates, and switch on what you listen to.
  2. listener -c {file} check
  3. listener -c {file} run
Before real people are listened to: complete and sign what is in {papers}, and see
  listener -c {file} check --live"""


def run(folder: Path, *, title: str, hashtags: Sequence[str], starts: str | None) -> None:
    first = _day(starts) if starts else next_monday(_today())
    text = template.filled(
        slug=slug(title),
        title=title,
        organisation="Our organisation",
        hashtags=[_tag(tag) for tag in hashtags or ("OurHashtag",)],
        starts=first,
    )
    file = folder / "listener.toml"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    _write_new(file, text)
    papers.write(config.load(file), _today())
    print(NEXT.format(file=file, papers=folder / "documents"))


def write_papers(file: Path) -> None:
    """The papers of an exercise that are not there, filled from its config as it is now."""
    found = config.load(file)
    written = papers.write(found, _today())
    for path in written:
        print(path)
    print(f"{len(written)} written, {len(documents.NAMES) - len(written)} left as they are.")


def _today() -> date:
    return datetime.now(UTC).astimezone().date()


def slug(title: str) -> str:
    """A short name of small letters, digits and hyphens, from any title."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    return "-".join(re.findall(r"[a-z0-9]+", plain)) or "exercise"


def next_monday(today: date) -> date:
    return today + timedelta(days=7 - today.weekday())


def _day(told: str) -> date:
    try:
        return date.fromisoformat(told)
    except ValueError:
        raise Refused(f'"{told}" is not a date: write it as 2027-01-11', 2) from None


def _tag(told: str) -> str:
    bare = told.removeprefix("#")
    if not re.fullmatch(r"\w+", bare):
        raise Refused(f'"{told}" is not a hashtag: one word of letters, digits and _', 2)
    return bare


def _write_new(file: Path, text: str) -> None:
    try:
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise Refused(f"{file} exists already and is left as it is") from None
    with os.fdopen(handle, "w", encoding="utf-8") as out:
        out.write(text)
