"""Draws a digest: values in, files out. The same digest gives the same bytes; nothing here reads a clock or the network."""

from collections.abc import Sequence
from datetime import datetime

from digests.digest import Digest, WeekSummary
from storage.values import Exercise


def render(digest: Digest) -> dict[str, bytes]:
    """Every file of one week by its path below the output folder: `week-3/index.html`, `week-3/theme-1.html` and so on."""
    return {f"{digest.folder}/index.html": digest.title.encode()}


def index(exercise: Exercise, made: Sequence[WeekSummary], as_of: datetime) -> dict[str, bytes]:
    """`index.html`: all weeks of an exercise, made, open or to come."""
    return {"index.html": exercise.title.encode()}
