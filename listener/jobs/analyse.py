"""Scoring and grouping a week: every post gets its score, the week's posts their clusters."""

from typing import TYPE_CHECKING

from collectors.base import Window
from listener.jobs.ledger import window_of
from listener.jobs.service import Service
from storage.values import Analysis, Week

if TYPE_CHECKING:
    from listener.analysis.tone import Scorer

_SLICE = 5_000
MOST_GROUPED = 20_000


def is_stale(service: Service, week: Week) -> bool:
    """Whether the week's analysis does not know of the newest run, or was made by another version."""
    from listener.analysis import themes

    with service.store.read() as unit:
        found = unit.analyses.get_version(week.number)
        return found is None or found[0] != themes.VERSION or found[1] < unit.runs.newest(window_of(week))


def refresh(service: Service, week: Week) -> None:
    """Brings what a computer says of the week up to the posts there are. A week that people work on is not grouped again:
    only the tone of what came in since is guessed."""
    with service.store.read() as unit:
        held = unit.decisions.hold(week.number) is not None
    if held:
        score(service, window_of(week))
    elif is_stale(service, week):
        do(service, week)


def do(service: Service, week: Week) -> Analysis:
    """Scores what has no score yet and groups the week afresh; replaces the week's earlier analysis."""
    score(service, window_of(week))
    analysis, upto = group(service, week)
    with service.store.write() as unit:
        unit.analyses.keep(analysis, upto)
    return analysis


def score(service: Service, window: Window) -> int:
    """Scores the posts of a window that have no score by the present scorer, slice by slice; how many were scored."""
    from listener.analysis import tone

    scorer, after, done = tone.Scorer(), 0, 0
    while rows := _unscored(service, window, after):
        _score_slice(service, scorer, rows)
        after, done = rows[-1][0], done + len(rows)
        service.tell("scoring", done, None)
    return done


def _unscored(service: Service, window: Window, after: int) -> list[tuple[int, str]]:
    from listener.analysis import tone

    with service.store.read() as unit:
        return unit.analyses.unscored(window, tone.VERSION, after, _SLICE)


def _score_slice(service: Service, scorer: "Scorer", rows: list[tuple[int, str]]) -> None:
    from listener.analysis import tone

    found = scorer.score([text for _, text in rows])
    with service.store.write() as unit:
        unit.analyses.keep_scores(tone.VERSION, dict(zip((row for row, _ in rows), found, strict=True)))


def group(service: Service, week: Week) -> tuple[Analysis, int]:
    """The week's grouping as the posts are now, and the newest run it knows of; nothing is kept.

    Of a week with more posts than `MOST_GROUPED` a fixed sample is grouped, and the rest counted as not looked at.
    """
    from dataclasses import replace

    from listener.analysis import themes

    window = window_of(week)
    with service.store.read() as unit:
        upto, total = unit.runs.newest(window), unit.posts.count(window)
        posts = list(unit.posts.of(window, share=min(1.0, MOST_GROUPED / max(total, 1))))
    service.tell(f"grouping week {week.number}", len(posts), len(posts))
    analysis = themes.find(week.number, posts, service.now(), service.config.exercise.hashtags)
    return replace(analysis, unclustered=analysis.unclustered + total - len(posts)), upto
