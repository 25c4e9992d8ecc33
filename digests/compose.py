"""Makes a digest from posts and what is known about them: pure, facts only, in plain words."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from markupsafe import Markup

from digests import continuing, figures, gaps, prose, requests, sharing, words
from digests.blocks import Blocks, Group, drawn
from digests.digest import Askings, CardList, Digest, Held, Stage, ThemeBlock, WeekLink, WeekSummary
from digests.tally import Facts, Tally, answered_earlier, count, live, tone
from storage.values import Kept, Week

__all__ = ["Facts", "compose", "stage", "summarise"]

IN_FULL = 12
"""Themes shown with their cards; a smaller one is a row in a table, with a page of its own."""


def compose(facts: Facts) -> Digest:
    """One week's digest. The same facts give the same digest, in whatever order the posts come."""
    tally = count(facts)
    blocks = Blocks(facts, tally)
    groups = blocks.groups()
    themes = tuple(blocks.block(number, group) for number, group in enumerate(groups, 1))
    alone, rest = _ungrouped(facts, tally, groups)
    exercise, week = facts.exercise, facts.week
    channels = figures.channels(tally)
    tones = tone((kept.row for kept in tally.contributions), facts.scores)
    contributions = len(tally.contributions)
    corrected = bool(facts.curation and facts.curation.tones)
    return Digest(
        exercise=words.name(exercise.title),
        organisation=words.name(exercise.organisation),
        contact=words.name(exercise.contact),
        invented=exercise.invented,
        number=week.number,
        of_total=len(exercise.weeks),
        title=week.name,
        question=week.question if week.title else "",
        questions=week.questions,
        dates=words.dates(week.starts, week.ends),
        as_of=words.when(facts.as_of, facts.zone),
        weeks=tuple(_link(each, facts) for each in exercise.weeks),
        contributions=contributions,
        passed_on=tally.passing.total(),
        how_many=prose.how_many(contributions, channels),
        finding=prose.finding(facts.analysis, contributions, themes),
        in_short=(
            *prose.in_short(themes, tones, tally.passing.total(), len(alone), corrected=corrected),
            *prose.earlier(answered_earlier(facts, tally)),
        ),
        notices=prose.notices(facts),
        figures=figures.headlines(facts, tally, len(themes)),
        channels=channels,
        days=figures.days(facts, tally, channels),
        tone=tones,
        themes=tuple(theme for theme in themes if _is_in_full(theme)),
        smaller=tuple(theme for theme in themes if not _is_in_full(theme)),
        grouping=(*prose.grouping(facts, themes, len(alone), len(rest)), *_faded(facts, themes)),
        lists=(*(theme.all for theme in themes), *_lists(blocks, alone, rest)),
        coverage=gaps.rows(facts.coverage, facts.zone),
        left_out=tuple(prose.left_out(tally)),
        method=tuple(prose.method(facts)),
        held=_held(facts, blocks),
        summary=drawn(facts.curation.summary) if facts.curation else Markup(),
        sharing=sharing.told(exercise, live(facts)) if exercise.accounts else (),
        asked_us=tuple(_asked_us(facts, themes, groups, (*alone, *rest))),
    )


def summarise(digest: Digest) -> WeekSummary:
    """What the index of all weeks says of this one."""
    missing = sum(1 for notice in digest.notices if notice.source)
    return WeekSummary(number=digest.number, contributions=digest.contributions, finding=digest.finding, gaps=missing)


def stage(week: Week, as_of: datetime) -> Stage:
    """Where a week stands at that moment."""
    if as_of >= week.closes:
        return "done"
    return "open" if as_of >= week.opens else "to come"


def _is_in_full(theme: ThemeBlock) -> bool:
    return theme.number <= IN_FULL or bool(theme.story)


def _held(facts: Facts, blocks: Blocks) -> Held | None:
    """That people work on the week; None while nobody does."""
    if facts.curation is None or facts.curation.held_at is None:
        return None
    began = f"Someone began work on this on {words.when(facts.curation.held_at, facts.zone)}: themes and order stand still."
    if not facts.tray:
        return Held(sentence=began)
    came = f"{words.count(len(facts.tray), 'contribution')} came in since and {_are(len(facts.tray))} not counted yet."
    tray = blocks.tray()
    return Held(sentence=began, tray=came, href=f"{tray.stem}.html" if tray.cards else "")


def _are(number: int) -> str:
    return "is" if number == 1 else "are"


def _faded(facts: Facts, themes: Sequence[ThemeBlock]) -> Iterator[str]:
    """Not while the week is open: they may be heard yet."""
    if facts.as_of >= facts.week.closes and facts.history.weeks and facts.analysis:
        yield from continuing.faded([theme.key for theme in themes if theme.contributions], facts.history)


def _asked_us(
    facts: Facts, themes: Sequence[ThemeBlock], groups: Sequence[Group], others: Sequence[Kept]
) -> Iterator[tuple[str, Askings]]:
    """The questions that people asked us: those of each theme, then those of what is in none."""
    of_themes = ((theme.label, group.members) for theme, group in zip(themes, groups, strict=True))
    for label, members in (*of_themes, ("", others)):
        found = requests.of_members("question", members, facts)
        if found.sentence:
            yield label, found


def _link(week: Week, facts: Facts) -> WeekLink:
    """Nothing of it follows from the clock: a page stays as it is until something on it changes."""
    current = week.number == facts.week.number
    href = "index.html" if current else f"../week-{week.number}/index.html" if week.number in facts.made else ""
    return WeekLink(number=week.number, label=f"Week {week.number}", href=href, current=current)


def _ungrouped(facts: Facts, tally: Tally, groups: Sequence[Group]) -> tuple[list[Kept], list[Kept]]:
    """Contributions that were looked at and stand alone, and those that were not looked at."""
    grouped = {kept.row for group in groups for kept in group.members}
    others = [kept for kept in tally.contributions if kept.row not in grouped]
    looked_at = set(tally.among(facts.analysis.alone)) if facts.analysis else set[int]()
    return [kept for kept in others if kept.row in looked_at], [kept for kept in others if kept.row not in looked_at]


def _lists(blocks: Blocks, alone: Sequence[Kept], rest: Sequence[Kept]) -> Iterator[CardList]:
    if alone:
        yield blocks.card_list("said-once", "Said once", alone)
    if rest:
        yield blocks.card_list("not-grouped", "Not grouped", rest)
    if blocks.tally.left_out:
        yield blocks.left_out()
    if blocks.facts.tray:
        yield blocks.tray()
