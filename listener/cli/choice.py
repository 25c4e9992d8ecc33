"""What a person named on the command line, found in the config."""

from collections.abc import Sequence
from datetime import UTC, datetime
from difflib import get_close_matches
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from collectors.base import Window
from listener.jobs.service import Refused
from storage.values import Exercise, Week

if TYPE_CHECKING:
    from listener.config import Config, Source


def week(exercise: Exercise, number: int) -> Week:
    """Raises Refused for a week that the exercise does not have."""
    try:
        return exercise.week(number)
    except KeyError:
        numbers = ", ".join(str(one.number) for one in exercise.weeks)
        raise Refused(f"there is no week {number}: the exercise has {numbers}", 2) from None


def begun(exercise: Exercise, number: int | None, now: datetime) -> list[Week]:
    """The week of this number, or every week that has begun. Raises Refused for a week that has not begun."""
    if number is None:
        return [one for one in exercise.weeks if one.opens <= now]
    found = week(exercise, number)
    if found.opens > now:
        raise Refused(f"week {number} has not begun: it starts on {found.starts}", 2)
    return [found]


def window(exercise: Exercise, number: int | None, since: str | None, until: str | None) -> Window | None:
    """The span asked for by a week's number or by two moments (local time where no zone is given), None for neither."""
    if number is not None and (since or until):
        raise Refused("give either --week or --since and --until, not both", 2)
    if number is not None:
        found = week(exercise, number)
        return Window(found.opens, found.closes)
    if since is None and until is None:
        return None
    if since is None or until is None:
        raise Refused("give both --since and --until", 2)
    return _between(moment(since, exercise), moment(until, exercise))


def moment(text: str, exercise: Exercise) -> datetime:
    """A moment in UTC from "2026-11-02", "2026-11-02T09:30" or "2026-11-02T09:30Z"."""
    try:
        told = datetime.fromisoformat(text)
    except ValueError:
        raise Refused(f'"{text}" is not a moment: write it as 2026-11-02 or 2026-11-02T09:30', 2) from None
    return (told if told.tzinfo else told.replace(tzinfo=ZoneInfo(exercise.timezone))).astimezone(UTC)


def sources(config: "Config", names: Sequence[str]) -> tuple["Source", ...]:
    """The sources of these names, all of them for no names. Raises Refused for a name the config does not have."""
    if not names:
        return config.sources
    have = {source.name: source for source in config.sources}
    for name in names:
        if name not in have:
            raise Refused(f'there is no source "{name}"{_nearest(name, list(have))}', 2)
    return tuple(have[name] for name in dict.fromkeys(names))


def _between(since: datetime, until: datetime) -> Window:
    try:
        return Window(since, until)
    except ValueError:
        raise Refused("--since must not be later than --until", 2) from None


def _nearest(name: str, have: list[str]) -> str:
    near = get_close_matches(name, have, n=1)
    return f': did you mean "{near[0]}"?' if near else f": the config has {', '.join(have) or 'none'}"
