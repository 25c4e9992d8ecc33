"""What happens in five rehearsed weeks, from a seed: what is said, taken down, edited, listed late, what fails, who is away."""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from collectors.post import Post
from tests.networks import bluesky, mastodon, x
from tests.networks.answering import Answer
from tests.services import SAYINGS

STARTS = datetime(2026, 10, 11, 23, tzinfo=UTC)  # Monday 12 October, local midnight; the clock changes in week 2
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
ENDS = STARTS + 38 * DAY
NETWORKS: Mapping[str, Any] = {"sky": bluesky, "toots": mastodon, "x": x}
LOOKED_UP = ("sky", "toots")


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A post with the time from which its network lists it, when it was taken down, and when its words were changed."""

    post: Post
    mark: str
    shown_at: datetime
    gone_at: datetime | None = None
    edited_at: datetime | None = None

    def at(self, now: datetime) -> Post | None:
        """How its network shows it then."""
        if now < self.shown_at or (self.gone_at is not None and self.gone_at <= now):
            return None
        if self.edited_at is not None and self.edited_at <= now:
            version = f"{self.post.version}e"
            return replace(self.post, text=f"{self.post.text} (put better)", version=version)
        return self.post


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """What a source answers in a span of time."""

    source: str
    how: str
    since: datetime
    until: datetime

    def answer(self) -> Answer:
        if self.how == "limited":
            reset = str(int(self.until.timestamp()))
            at = f"{self.until:%Y-%m-%dT%H:%M:%S}.000000Z"
            name, value = {"sky": ("ratelimit-reset", reset), "x": ("x-rate-limit-reset", reset)}.get(
                self.source, ("X-RateLimit-Reset", at)
            )
            return 429, {name: value}, {"error": "Too many requests", "title": "Too Many Requests"}
        if self.how == "refused":
            return 401, {}, {"error": "AuthenticationRequired", "message": "expired", "title": "Unauthorized", "status": 401}
        return (503, {}, b"<html>") if self.how == "broken" else (200, {}, b'{"data": [{"id": "17')


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """What happens in the five weeks. `kills` are moments and how many looks at the clock the tick then lives."""

    said: Mapping[str, Sequence[Said]]
    troubles: Sequence[Trouble]
    absences: Sequence[tuple[datetime, datetime]]
    kills: Mapping[datetime, int]


def script(seed: int, home: str) -> Script:
    """`home` is the server at which the posts of Mastodon were written."""
    drawn = random.Random(seed)
    return Script(
        said={name: [_at_home(_said(drawn, name, n), home) for n in range(100)] for name in NETWORKS},
        troubles=[*_long_troubles(drawn), *(_short_trouble(drawn) for _ in range(18))],
        absences=[_span(drawn, drawn.uniform(1, 30)) for _ in range(3)],
        kills={STARTS + drawn.randrange(35 * 24) * HOUR: drawn.randrange(1, 60) for _ in range(25)},
    )


def _said(drawn: random.Random, name: str, number: int) -> Said:
    week, part = divmod(number, 20)
    at = STARTS + week * 7 * DAY + (part % 7) * DAY + 8 * HOUR + timedelta(seconds=drawn.randrange(10_000))
    mark = f"zq{name}{number:04d}"
    post = NETWORKS[name].make_post(number + 1, at, f"{SAYINGS[number % len(SAYINGS)]} {mark} #NHSThinkCarer")
    late = name == "toots" and drawn.random() < 0.15
    shown = at + timedelta(hours=drawn.uniform(1, 40)) if late else at
    fate = drawn.random() if name in LOOKED_UP else 1.0
    later = min(at + timedelta(hours=drawn.uniform(0.2, 300)), ENDS - 2 * DAY)
    return Said(
        post=post,
        mark=mark,
        shown_at=shown,
        gone_at=later if fate < 0.15 else None,
        edited_at=later if 0.15 <= fate < 0.3 and name == "sky" else None,
    )


def _at_home(one: Said, home: str) -> Said:
    post, elsewhere = one.post, "https://a.example"
    return replace(one, post=replace(post, id=post.id.replace(elsewhere, home), url=post.url.replace(elsewhere, home)))


def _long_troubles(drawn: random.Random) -> Iterator[Trouble]:
    """Each source is down for a day, X once for longer than it reaches back; each login expires once."""
    for name in NETWORKS:
        since, until = _span(drawn, 120 if name == "x" else 24)
        yield Trouble(source=name, how="broken", since=since, until=until)
        since, until = _span(drawn, drawn.uniform(3, 30))
        yield Trouble(source=name, how="refused", since=since, until=until)


def _short_trouble(drawn: random.Random) -> Trouble:
    since, until = _span(drawn, drawn.uniform(1, 4))
    how = drawn.choice(("limited", "broken", "garbage"))
    return Trouble(source=drawn.choice(list(NETWORKS)), how=how, since=since, until=until)


def _span(drawn: random.Random, hours: float) -> tuple[datetime, datetime]:
    since = STARTS + timedelta(hours=drawn.uniform(6, 35 * 24 - 130))
    return since, since + timedelta(hours=hours)
