"""Plain makers of values for tests: everything has a sensible default, a test names only what it is about."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from collectors.base import Given, MemoryVault, Vault
from collectors.post import Author, Post
from storage.values import Exercise, Kept, Week

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
HASHTAG = "#NHSThinkCarer"


def make_post(number: int = 1, **differently: Any) -> Post:
    """A post whose id, time, author and text follow from its number; minutes apart on 2026-11-17."""
    values: dict[str, Any] = {
        "network": "file",
        "id": f"{number:06d}",
        "posted_at": datetime(2026, 11, 17, 9, tzinfo=UTC) + timedelta(minutes=number),
        "text": f"Contribution {number} about respite care {HASHTAG}",
        "author": Author(handle=f"carer{number}.example", name=f"Carer {number}", id=f"author-{number}"),
    }
    return Post(**(values | differently))


def make_kept(row: int = 1, *, sources: tuple[str, ...] = ("tag",), gone_at: datetime | None = None, **of_post: Any) -> Kept:
    """A stored post; everything else named is of the post, or give `post=` whole."""
    post = of_post.pop("post", None) or make_post(row, **of_post)
    return Kept(row=row, post=post, sources=sources, first_seen=post.posted_at + timedelta(minutes=5), gone_at=gone_at)


def make_given(
    source: str = "tag",
    *,
    now: datetime = NOW,
    vault: Vault | None = None,
    stopped: Callable[[], bool] = lambda: False,
    spent: Callable[[datetime], float] = lambda _: 0.0,
) -> Given:
    """What a collector is given, with a clock that stands still at `now`."""
    return Given(source=source, vault=vault or MemoryVault(), now=lambda: now, stopped=stopped, spent=spent)


def make_week(
    number: int = 1, *, starts: date | None = None, days: int = 7, timezone: str = "Europe/London", **more: Any
) -> Week:
    """Week 1 starts on Monday 2026-10-12, the others follow; week 2 holds the autumn clock change (169 hours)."""
    starts = starts or date(2026, 10, 12) + timedelta(weeks=number - 1)
    ends = starts + timedelta(days=days - 1)
    zone = ZoneInfo(timezone)
    values: dict[str, Any] = {
        "number": number,
        "question": f"Question {number}: what would help you as a carer?",
        "starts": starts,
        "ends": ends,
        "opens": datetime.combine(starts, time(), zone).astimezone(UTC),
        "closes": datetime.combine(ends + timedelta(days=1), time(), zone).astimezone(UTC),
    }
    return Week(**(values | more))


def make_exercise(weeks: int = 5, **differently: Any) -> Exercise:
    values: dict[str, Any] = {
        "slug": "think-carer",
        "title": "Think Carer",
        "organisation": "Example Health Partnership",
        "hashtags": (HASHTAG,),
        "timezone": "Europe/London",
        "weeks": tuple(make_week(number) for number in range(1, weeks + 1)),
    }
    return Exercise(**(values | differently))
