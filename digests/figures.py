"""The counts of a week that are drawn: headline figures, channels, days."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta

from digests import words
from digests.digest import ChannelRow, DayRow, HeadlineFigure
from digests.tally import Facts, Tally


def channels(tally: Tally) -> tuple[ChannelRow, ...]:
    """Every network that was heard, largest first."""
    said = Counter(kept.post.network for kept in tally.contributions)
    names = sorted(said.keys() | tally.passing.keys(), key=lambda network: (-said[network], -tally.passing[network], network))
    return tuple(
        ChannelRow(network=network, name=words.channel(network), contributions=said[network], passed_on=tally.passing[network])
        for network in names
    )


def days(facts: Facts, tally: Tally, rows: Sequence[ChannelRow]) -> tuple[DayRow, ...]:
    """Every local day of the week, also those without a contribution."""
    week, zone = facts.week, facts.zone
    said = Counter((kept.post.posted_at.astimezone(zone).date(), kept.post.network) for kept in tally.contributions)
    every = [week.starts + timedelta(days=number) for number in range((week.ends - week.starts).days + 1)]
    return tuple(_day(day, tuple(said[day, row.network] for row in rows), has_gap=_has_gap(day, facts)) for day in every)


def headlines(facts: Facts, tally: Tally, themes: int) -> tuple[HeadlineFigure, ...]:
    """At most four; a figure that says nothing yet is left out."""
    contributions = len(tally.contributions)
    every = (
        HeadlineFigure(value=contributions, label=_label(contributions, "contribution"), note=change(facts, contributions)),
        HeadlineFigure(
            value=voices(tally), label="accounts, addresses and forms", note="One person may be counted more than once."
        ),
        HeadlineFigure(value=tally.passing.total(), label="times passed on", note="Reposts and copies, counted apart."),
        HeadlineFigure(value=themes, label=_label(themes, "theme"), note="Grouped by a computer."),
    )
    return tuple(figure for figure in every if figure.value or figure is every[0])


def voices(tally: Tally) -> int:
    """Accounts, addresses and forms; who gave no name is counted once for each contribution."""
    return len({(kept.post.network, kept.post.author.identity or kept.row) for kept in tally.contributions})


def change(facts: Facts, contributions: int) -> str:
    """Against the week before, if that one is known."""
    before = facts.earlier.get(facts.week.number - 1)
    if before is None:
        return ""
    if before == contributions:
        return "As many as last week."
    return f"{words.number(abs(contributions - before))} {'more' if contributions > before else 'fewer'} than last week."


def _label(number: int, one: str) -> str:
    return one if number == 1 else f"{one}s"


def _day(day: date, by_channel: tuple[int, ...], *, has_gap: bool) -> DayRow:
    return DayRow(name=words.weekday(day), short=f"{day:%a}", contributions=sum(by_channel), by_channel=by_channel, gap=has_gap)


def _has_gap(day: date, facts: Facts) -> bool:
    begins, ends = _midnight(day, facts), _midnight(day + timedelta(days=1), facts)
    return any(gap.since < ends and gap.until > begins for source in facts.coverage if not source.off for gap in source.gaps)


def _midnight(day: date, facts: Facts) -> datetime:
    return datetime.combine(day, time(), facts.zone).astimezone(UTC)
