"""Builds the invented exercise: a config and, beside it, everything as the networks would send it."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, time, timedelta
from importlib import resources
from pathlib import Path

from listener.demo import answers, days, draw, echoes, letters, skies, tweets, voices, words
from listener.demo.days import FIRST_DAY, LAST_MOMENT
from listener.demo.said import Said

__all__ = ["FIRST_DAY", "LAST_MOMENT", "everything", "files", "write"]

_A_PAGE = 100
_LATE = 3


def write(folder: Path) -> None:
    """Makes the folder as it would be on the first day; files that are there already are written anew with the same bytes."""
    for name, content in files().items():
        path = folder / name
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.write_bytes(content)
        path.chmod(0o600)


def files() -> dict[str, bytes]:
    """Every file of the demo by its name inside the folder."""
    told = everything()
    by_channel: dict[str, list[Said]] = {channel: [one for one in told if one.channel == channel] for channel in words.CHANNELS}
    return {
        "listener.toml": _config(),
        "mailbox.mbox": letters.mailbox(by_channel["mail"]),
        "questionnaire.csv": answers.table(by_channel["form"]),
        **{f"x/{name}": content for name, content in _x_pages(by_channel["x"])},
        **{f"bluesky/{name}": content for name, content in _bluesky_pages(by_channel["bluesky"])},
        "bluesky/gone.json": _json({skies.id_of(_deleted(by_channel["bluesky"])): days.gone().isoformat()}),
        **{f"{channel}/arrivals.json": _json(_arrivals(by_channel[channel])) for channel in ("x", "bluesky")},
        "bluesky/outages.json": _json([_outage()]),
    }


def everything() -> list[Said]:
    """Every item of the exercise but what machines send to the mailbox."""
    asked = voices.questions()
    originals = [*asked, *voices.originals(asked)]
    loud = [*echoes.campaigns(), *echoes.adverts(), *echoes.hijack()]
    echoed = [*echoes.near_copies(originals), *loud, *echoes.wordless(), *voices.edges()]
    reposted = echoes.reposts(originals)
    times = Counter(one.of.key for one in reposted if one.of)
    counted = {one.key: replace(one, reposts=times[one.key]) for one in originals}
    return [_recounted(one, counted) for one in [*counted.values(), *echoed, *reposted]]


def _recounted(one: Said, counted: Mapping[str, Said]) -> Said:
    """What refers to a post refers to it as it was when the search answered."""
    return replace(one, of=counted.get(one.of.key, one.of)) if one.of else one


def _config() -> bytes:
    told = resources.files("listener.demo").joinpath("listener.toml").read_text("utf-8")
    asked = iter(voices.questions())
    for week, (on_x, on_bluesky) in enumerate(zip(asked, asked, strict=True), start=1):
        told = told.replace(f"X-POST-{week}", f"https://x.com/{on_x.by.handle}/status/{tweets.id_of(on_x)}")
        address = f"https://bsky.app/profile/{on_bluesky.by.domain}/post/{skies.rkey(on_bluesky)}"
        told = told.replace(f"BLUESKY-POST-{week}", address)
    return told.encode()


# --- pages ------------------------------------------------------------------------------------------------------------


def _x_pages(told: Sequence[Said]) -> Iterator[tuple[str, bytes]]:
    for name, posts, is_last in _searches(told):
        token = None if is_last else draw.letters("token", name, length=32)
        yield name, tweets.page(posts, token=token)


def _bluesky_pages(told: Sequence[Said]) -> Iterator[tuple[str, bytes]]:
    for name, posts, is_last in _searches(told):
        yield name, skies.page(posts, cursor=None if is_last else name.removesuffix(".page"), hits=len(told))


def _searches(told: Sequence[Said]) -> Iterator[tuple[str, Sequence[Said], bool]]:
    """Name, posts, and whether it is the last page: one search a week, and one for what networks listed late."""
    late = _late(told)
    for week in days.WEEKS:
        found = [one for one in told if days.week_of(one.at) == week and one not in late]
        yield from _cut(f"{_answered(week):%Y-%m-%dT%H%M}", found)
    yield from _cut("late", late)


def _cut(name: str, told: Sequence[Said]) -> Iterator[tuple[str, Sequence[Said], bool]]:
    newest = sorted(told, key=lambda one: (one.at, one.key), reverse=True)
    for number, start in enumerate(range(0, len(newest), _A_PAGE), start=1):
        yield f"{name}-{number:02}.page", newest[start : start + _A_PAGE], start + _A_PAGE >= len(newest)


def _answered(week: int) -> datetime:
    return days.closes(week) + timedelta(minutes=15)


def _late(told: Sequence[Said]) -> list[Said]:
    """Posts of week 2 that the network lists only days later, when their day has been read."""
    listed = days.late() - timedelta(days=2)
    early = (one for one in told if one.way == "post" and days.opens(2) <= one.at < listed and not _is_down(one))
    return _drawn(early, "late")[:_LATE]


def _arrivals(told: Sequence[Said]) -> dict[str, str]:
    return {name: days.late().isoformat() for name, _, _ in _cut("late", _late(told))}


def _deleted(told: Sequence[Said]) -> Said:
    """A post of week 3 whose author takes it down after the week's page was made."""
    return _drawn((one for one in told if one.way == "post" and days.week_of(one.at) == 3), "deleted")[0]


def _drawn(told: Iterable[Said], why: str) -> list[Said]:
    return sorted((one for one in told if one.key.startswith("wording")), key=lambda one: draw.digest(why, one.key))


def _is_down(one: Said) -> bool:
    return one.at.astimezone(days.ZONE).date() == days.OUTAGE_DAY


def _outage() -> dict[str, str]:
    since, until = (days.local(days.OUTAGE_DAY + timedelta(days=after), time()) for after in (0, 1))
    return {
        "since": since.isoformat(),
        "until": until.isoformat(),
        "reason": "Bluesky did not answer all day (invented)",
    }


def _json(value: object) -> bytes:
    return json.dumps(value, indent=1).encode()
