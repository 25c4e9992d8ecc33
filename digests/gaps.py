"""What each source was asked, what of it was read and what is missing, in words."""

import math
from collections.abc import Mapping, Sequence
from datetime import timedelta
from zoneinfo import ZoneInfo

from digests import words
from digests.digest import CoverageRow, Notice
from storage.values import Coverage, Gap

_MOST_TOLD = 10
_REASONS = {
    "advert": ("advert", "adverts"),
    "asks others to answer": ("post that asks others to answer", "posts that ask others to answer"),
    "auto-reply": ("automatic reply", "automatic replies"),
    "bounce": ("bounced message", "bounced messages"),
    "bulk": ("mass mailing", "mass mailings"),
    "duplicate": ("duplicate", "duplicates"),
    "feedback loop": ("complaint by a mail program", "complaints by mail programs"),
    "list digest": ("digest of a mailing list", "digests of mailing lists"),
    "off topic burst": ("post about something else", "posts about something else"),
    "not public": ("post that is not public", "posts that are not public"),
    "notice": ("notice of a forum", "notices of a forum"),
    "opted out": ("post of somebody who opted out", "posts of people who opted out"),
    "our own post": ("post of ours", "posts of ours"),
    "receipt": ("read receipt", "read receipts"),
    "spam": ("spam item", "spam items"),
    "unreadable": ("unreadable item", "unreadable items"),
}


def notices(coverage: Sequence[Coverage], zone: ZoneInfo) -> tuple[Notice, ...]:
    """One notice for each source that is not fully read: what broke first, what was never collected after it."""
    told = [(source, _notice(source, zone)) for source in sorted(coverage, key=lambda source: bool(source.off))]
    return tuple(Notice(text=text, source=source.source) for source, text in told if text)


def rows(coverage: Sequence[Coverage], zone: ZoneInfo) -> tuple[CoverageRow, ...]:
    return tuple(_row(source, zone) for source in coverage)


def by_reason(counts: Mapping[str, int]) -> str:
    """ "2 bounced messages and 1 unreadable item", most first; a reason we have no words for is quoted."""
    ordered = sorted(
        ((number, reason) for reason, number in counts.items() if number > 0), key=lambda pair: (-pair[0], pair[1])
    )
    return words.listing([_counted(number, reason) for number, reason in ordered])


def reason(word: str) -> str:
    """One item left out for this reason: "advert"."""
    return _REASONS.get(word, (words.name(word),))[0]


def _counted(number: int, word: str) -> str:
    known = _REASONS.get(word)
    return words.count(number, *known) if known else f"{words.number(number)} marked “{words.name(word)}”"


def _notice(source: Coverage, zone: ZoneInfo) -> str:
    channel = words.channel(source.channel)
    if source.off:
        return f"{channel}: not collected, {words.name(source.off)}."
    if len(source.gaps) == 1:
        return f"{_missing(channel, source.gaps[0], zone)} {_cure(source.gaps[0], zone)}"
    if source.gaps:
        lost = sum((gap.until - gap.since for gap in source.gaps), timedelta()) / timedelta(hours=1)
        return f"{channel} could not be read {len(source.gaps):,} times, for {_hours(lost)} in all."
    return ""


def _missing(channel: str, gap: Gap, zone: ZoneInfo) -> str:
    return f"{channel} could not be read {words.span(gap.since, gap.until, zone)}."


def _cure(gap: Gap, zone: ZoneInfo) -> str:
    if not gap.fillable:
        return "This cannot be filled: ask for a file."
    if gap.fill_until is None:
        return "This can still be filled."
    return f"This can still be filled until {words.when(gap.fill_until, zone)}."


def _row(source: Coverage, zone: ZoneInfo) -> CoverageRow:
    channel = words.channel(source.channel)
    told = tuple(
        " ".join(part for part in (_missing(channel, gap, zone), words.sentence(gap.reason), _cure(gap, zone)) if part)
        for gap in source.gaps[:_MOST_TOLD]
    )
    more = len(source.gaps) - _MOST_TOLD
    asides = by_reason(source.asides)
    return CoverageRow(
        source=words.name(source.source),
        channel=channel,
        asked=words.name(source.asked, 300),
        read=_read(source),
        came=_came(source),
        gaps=(*told, f"And {words.count(more, 'more gap')}.") if more > 0 else told,
        set_aside=f"Set aside: {asides}." if asides else "",
        last_good=f"Last read {words.when(source.last_good, zone)}." if source.last_good else "",
    )


def _read(source: Coverage) -> str:
    if source.off:
        return f"Not collected: {words.name(source.off)}."
    if source.due <= 0:
        return "Nothing was due yet."
    if source.read >= source.due:
        return f"All {_hours(source.due)} read."
    return f"{math.floor(source.read):,} of {_hours(source.due)} read."


def _came(source: Coverage) -> str:
    if source.posts:
        return f"{words.count(source.posts, 'item')} came in."
    return "" if source.off else "Nothing came in."


def _hours(hours: float) -> str:
    """Whole hours, rounded up; under one hour in minutes: a gap never rounds to nothing."""
    if hours < 1:
        return words.count(math.ceil(hours * 60), "minute")
    return words.count(math.ceil(hours), "hour")
