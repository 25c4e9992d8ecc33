"""The sentences of a digest: facts only, short, in words that everybody knows."""

from collections.abc import Iterator, Sequence

from digests import gaps, words
from digests.cards import times
from digests.digest import ChannelRow, Notice, ThemeBlock, ToneCount
from digests.tally import Facts, Tally
from storage.values import Analysis


def how_many(contributions: int, channels: Sequence[ChannelRow]) -> str:
    heard = sum(1 for row in channels if row.contributions)
    if not contributions:
        return "No contributions."
    return f"{words.count(contributions, 'contribution')} from {words.count(heard, 'channel')}."


def finding(analysis: Analysis | None, contributions: int, themes: Sequence[ThemeBlock]) -> str:
    """The main finding: the largest theme, or why there is none."""
    if not contributions:
        return "It was a quiet week: nobody was heard in the places we could read."
    if analysis is None:
        return "The contributions have not been grouped into themes yet."
    themes = _by_size(themes)
    if not themes:
        return "No two contributions were alike enough to make a theme."
    largest = [theme for theme in themes if theme.contributions == themes[0].contributions]
    if len(largest) > 1:
        names = words.listing([f"“{theme.label}”" for theme in largest[:3]])
        each = f"{words.count(largest[0].contributions, 'contribution')} each"
        return (
            f"The most common themes were {names}: {each}."
            if len(largest) <= 3
            else f"No theme stood out: the largest have {each}."
        )
    only = f"{words.count(themes[0].contributions, 'contribution')}, {themes[0].share}"
    return f"The most common theme was “{themes[0].label}”: {only}."


def _by_size(themes: Sequence[ThemeBlock]) -> list[ThemeBlock]:
    """The largest first, whatever order people gave them."""
    return sorted((theme for theme in themes if theme.contributions), key=lambda theme: -theme.contributions)


def earlier(number: int) -> Iterator[str]:
    """That some answered an earlier question; such a contribution counts in the week in which it came."""
    if number:
        yield f"{words.number(number)} answered an earlier question."


def in_short(
    themes: Sequence[ThemeBlock], tone: ToneCount, passed_on: int, alone: int, *, corrected: bool = False
) -> Iterator[str]:
    """What the first screen does not say yet; `corrected` says that people changed some of the tones."""
    themes = _by_size(themes)
    others = [f"“{theme.label}” ({words.number(theme.contributions)})" for theme in themes[1:3]]
    if others:
        yield f"After “{themes[0].label}” came {words.listing(others)}."
    if tone.scored:
        told = f"{words.number(tone.difficult)} described something difficult, {words.number(tone.good)} something good"
        who = "a computer reads it, corrected by people" if corrected else "a computer reads it"
        doubt = f" It was not sure of {words.number(tone.unsure)} of them." if tone.unsure else ""
        yield f"As {who}, {told}. The other {words.number(tone.neutral)} were mixed or neutral.{doubt}"
    if passed_on:
        yield f"People passed contributions on {times(passed_on)}. That is counted apart."
    if alone:
        yield f"{words.count(alone, 'contribution')} said something that no other did."


def notices(facts: Facts) -> tuple[Notice, ...]:
    """What to know before trusting the numbers, most pressing first, after what to know of the timetable; never empty."""
    moved = (Notice(text=f"{facts.moved}."),) if facts.moved else ()
    return (*moved, *_cautions(facts))


def _cautions(facts: Facts) -> tuple[Notice, ...]:
    told = gaps.notices(facts.coverage, facts.zone)
    if facts.as_of < facts.week.closes:
        told = (
            Notice(text=f"The week is still open. This shows what came in until {words.when(facts.as_of, facts.zone)}."),
            *told,
        )
    if told:
        return told
    if not facts.coverage:
        return (Notice(text="It is not known what was read this week."),)
    return (Notice(text="No gaps: every source was read for the whole week."),)


def grouping(facts: Facts, themes: Sequence[ThemeBlock], alone: int, rest: int) -> Iterator[str]:
    """How the contributions fall into themes; the numbers add up to all of them."""
    analysis, who = facts.analysis, "A computer" if facts.curation is None else "A computer, and then people,"
    if analysis is None:
        yield "Nothing is grouped yet. You can read every contribution that may be shown."
        return
    grouped = sum(theme.contributions for theme in themes)
    if themes:
        yield (
            f"{who} put {words.count(grouped, 'contribution')} into {words.count(len(themes), 'theme')}. "
            "Each is counted in one theme only."
        )
    if alone:
        yield f"{words.count(alone, 'contribution')} did not fit with others."
    too_many = min(analysis.unclustered, rest)
    if too_many:
        yield f"{_were(too_many)} not looked at: there were more than the grouping can take."
    if late := rest - too_many:
        yield f"{_were(late)} not grouped: {'it' if late == 1 else 'they'} came after the grouping was made."


def left_out(tally: Tally) -> Iterator[str]:
    counts = {reason: len(posts) for reason, posts in tally.left_out.items()}
    if counts:
        total = words.count(sum(counts.values()), "item")
        yield f"We left out {total} and did not count them: {gaps.by_reason(counts)}."
    yield "Nothing is left out for being critical."


def method(facts: Facts) -> Iterator[str]:
    """How it was made; the last sentence is always about who is not heard."""
    analysis = facts.analysis if facts.analysis and facts.analysis.version else None  # a week held before any has none
    yield "A contribution is counted once. Reposts and copies of the same words are counted apart."
    if analysis:
        checked = "Nobody has checked the themes or their names yet."
        checked = "People check the themes and their names." if facts.curation else checked
        yield f"A computer put similar contributions together. {checked}"
    yield from _guessed(facts)
    yield "We count accounts, addresses and forms. One person may be counted more than once."
    if facts.counts_only:
        names = words.listing([words.channel(network) for network in sorted(facts.counts_only)])
        yield f"Posts on {names} are counted but not shown."
    if analysis:
        yield f"Grouping: {words.name(analysis.version, 200)}, made {words.when(analysis.made_at, facts.zone)}."
    yield f"Tone: {words.name(facts.scorer, 200)}."
    yield "People who answer are not all carers. Read the numbers as a guide."


def _guessed(facts: Facts) -> Iterator[str]:
    yield "A computer guessed how people described it. It is often wrong about one contribution."
    yield "Not sure means that it is as likely wrong as right."
    if facts.curation and facts.curation.tones:
        told = words.count(len(facts.curation.tones), "contribution")
        yield f"People described {told} themselves, {words.number(facts.tones_kept)} of them as the computer had."


def _were(number: int) -> str:
    return f"{words.count(number, 'contribution')} {'was' if number == 1 else 'were'}"
