"""Reads the wordings written by hand, which lie in the package as plain lists."""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from importlib import resources
from typing import Literal

Channel = Literal["x", "bluesky", "mail", "form"]
CHANNELS: tuple[Channel, ...] = ("x", "bluesky", "mail", "form")

_LINE = re.compile(r"(?:\{(?P<lang>[a-z]+)\})?(?P<tone>[+~=-])(?P<channel>[xbmf]?) (?P<text>.+)")
_CHANNELS: dict[str, Channel] = {"x": "x", "b": "bluesky", "m": "mail", "f": "form"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """What one invented person says. `tone` is + good, ~ mixed, - difficult, = neither; `channel` is set where it matters."""

    week: int
    theme: str
    tone: str
    text: str
    channel: Channel | None = None
    lang: str = "en"


def week(number: int) -> list[Wording]:
    """The wordings of a week."""
    return read(number, lines(f"week-{number}.txt"))


def read(week: int, told: Iterable[str]) -> list[Wording]:
    """Under `[theme]` headings, a line is `{lang}` if not English, tone, channel letter if it matters, a blank, the words;
    ` // ` ends a paragraph."""
    found: list[Wording] = []
    theme = ""
    for line in told:
        if line.startswith("["):
            theme = line.strip("[]")
            continue
        found.append(_wording(week, theme, line))
    return found


def _wording(week: int, theme: str, line: str) -> Wording:
    parts = _LINE.fullmatch(line)
    if parts is None:
        raise ValueError(f"not a wording: {line!r}")
    return Wording(
        week=week,
        theme=theme,
        tone=parts["tone"],
        text=parts["text"].replace(" // ", "\n\n"),
        channel=_CHANNELS.get(parts["channel"]),
        lang=parts["lang"] or "en",
    )


def hostile() -> list[Wording]:
    """What hostile or careless people send, one JSON object a line, so that control characters can be seen."""
    return [Wording(theme="hostile", tone="=", **json.loads(line)) for line in lines("hostile.jsonl")]


def lines(name: str) -> list[str]:
    """The lines of one list, without empty ones."""
    text = resources.files("listener.demo").joinpath("wordings", name).read_text("utf-8")
    return [line for line in text.split("\n") if line.strip()]


def sections(name: str) -> dict[str, list[str]]:
    """The lines of one list by their `[heading]`."""
    found: dict[str, list[str]] = {}
    heading = ""
    for line in lines(name):
        if line.startswith("["):
            heading = line.strip("[]")
            continue
        found.setdefault(heading, []).append(line)
    return found
