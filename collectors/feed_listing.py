"""What a feed listed when it was last read: how far back it goes, and by which marks its server knows that answer again. Pure.

A feed lists its newest entries and does not say whether there are more. Which it is can be told from what it listed before.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise, takewhile
from typing import Any

from collectors.base import Window
from collectors.fetch import Answer

Dates = Sequence[tuple[datetime, datetime]]

FEWEST = 10  # what WordPress, Drupal, Joomla and Jekyll list; others list more unless somebody chose less
SECOND = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """One answer; times are seconds since 1970. `taken` are the times of the entries that were taken, None if one had no time.

    `reach` is the time of the oldest entry in the feed's own order, `count` how many it listed, `most` how many it has ever
    listed, `kept_for` how old its oldest entry has ever been; `cuts` that its oldest entries have been seen to leave, `whole`
    that it lists all there is.
    """

    asked: str
    url: str
    etag: str = ""
    modified: str = ""
    taken: tuple[int, ...] | None = ()
    count: int = 0
    reach: int | None = None
    most: int = 0
    kept_for: int = 0
    cuts: bool = False
    whole: bool = True

    def known(self, window: Window) -> Answer | None:
        """The answer to ask after, if no entry of it lies in the window: then "not modified" says that there is none."""
        marked = self.etag or self.modified
        if not marked or self.taken is None or any(_moment(one) in window for one in self.taken):
            return None
        return Answer(url=self.url, body=b"", etag=self.etag, modified=self.modified)

    def reaches(self, now: datetime) -> datetime | None:
        """From when on the feed lists everything; None if it lists all there is.

        A list that is as long as it has ever been may be cut by number: it holds all that is newer than its oldest entry. One
        that is shorter can only be cut by age.
        """
        if self.whole:
            return None
        by_age = now - timedelta(seconds=self.kept_for)
        if self.reach is None:
            return by_age
        by_number = _moment(self.reach + SECOND)  # of the same second others may be gone
        return by_number if self.count >= self.most else min(by_number, by_age)


def of(answer: Answer, dates: Dates, before: Listing, now: datetime) -> Listing:
    """What an answer shows, after what was known before. `dates` are those of all its entries in its order: when each was
    posted and last changed. `taken` is left to the caller."""
    present = _seconds(now)
    oldest = reach_of(dates)
    reach = None if oldest is None else max(0, min(oldest, present))  # feeds date as they like
    left = before.reach is not None and reach is not None and before.reach < reach
    cuts = before.cuts or left
    return Listing(
        asked=before.asked,
        url=answer.url,
        etag=answer.etag,
        modified=answer.modified,
        count=len(dates),
        reach=reach,
        most=max(before.most, len(dates)),
        kept_for=max(before.kept_for, 0 if reach is None else present - reach),
        cuts=cuts,
        whole=not cuts and (len(dates) < FEWEST or (before.whole and before.reach is not None)),
    )


def reach_of(dates: Dates) -> int | None:
    """The time of the entry that would leave next, None without any: the oldest, or the last below some that are pinned, or the
    one that was changed longest ago; the newest if they stand in no order."""
    posted = [_seconds(one) for one, _ in dates]
    changed = [_seconds(max(pair)) for pair in dates]
    for moments in (posted, changed):
        if moments == sorted(moments, reverse=True):
            return moments[-1] if moments else None
        if moments == sorted(moments):
            return moments[0]
    return changed[-1] if 2 * _falling(posted) >= len(posted) else max(changed)


def _falling(moments: Sequence[int]) -> int:
    """How many at the end follow each other from new to old."""
    upwards = pairwise(reversed(moments))
    return 1 + sum(1 for _ in takewhile(lambda pair: pair[0] <= pair[1], upwards))


# --- kept between runs --------------------------------------------------------------------------------------------------


def write(listing: Listing) -> str:
    return json.dumps(asdict(listing))


def read(told: str | None, asked: str, url: str) -> Listing:
    """What was kept for this very question; for another, or none, a listing of nothing."""
    fresh = Listing(asked=asked, url=url)
    try:
        kept = json.loads(told or "{}")
        return Listing(**dict(_shaped(kept))) if kept["asked"] == asked else fresh
    except (ValueError, TypeError, KeyError, AttributeError):
        return fresh


def _shaped(kept: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, value in kept.items():
        yield name, tuple(value) if isinstance(value, list) else value


def _seconds(moment: datetime) -> int:
    return int(moment.timestamp())


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
