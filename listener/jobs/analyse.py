"""Scoring and grouping a week: every post gets its score, the week's posts their clusters."""

from typing import TYPE_CHECKING

from listener.jobs import register
from listener.jobs.ledger import window_of
from listener.jobs.service import Service
from storage.values import Analysis, Week

if TYPE_CHECKING:
    from listener.analysis.tone import Scorer

_SLICE = 5_000
MOST_GROUPED = 20_000


def scorer(service: Service, week: Week) -> str:
    """The name under which the tones of a week are kept: who guesses them, and what the week's question asks for."""
    from listener.analysis import tone

    return tone.version(service.config.analysis.tone, week.question)


def is_stale(service: Service, week: Week) -> bool:
    """Whether the week's analysis does not know of the newest run or of the themes of earlier weeks as they are now, or was
    made by another version."""
    from listener.analysis import themes

    window = window_of(week)
    with service.store.read() as unit:
        found = unit.analyses.get_version(week.number)
        if found is None or found[0] != themes.VERSION or found[1] < unit.runs.newest(window):
            return True
        if not unit.analyses.is_scored(window, scorer(service, week)):
            return True
    return found[2] != register.past(service, week).fingerprint


def refresh(service: Service, week: Week) -> None:
    """Brings what a computer says of the week up to the posts there are. A week that people work on is not grouped again:
    only the tone of what came in since is guessed."""
    with service.store.read() as unit:
        held = unit.decisions.hold(week.number) is not None
    if held:
        score(service, week)
    elif is_stale(service, week):
        do(service, week)


def do(service: Service, week: Week) -> Analysis:
    """Scores what has no score yet and groups the week afresh; replaces the week's earlier analysis."""
    score(service, week)
    analysis, upto = group(service, week)
    with service.store.write() as unit:
        unit.analyses.keep(analysis, upto)
    return analysis


def score(service: Service, week: Week) -> int:
    """Scores the posts of a week that have no score by the present scorer, slice by slice; how many were scored.

    Where people work on the week, what was guessed when they began stays, whoever would guess now.
    """
    from listener.analysis import tone

    _keep_as_begun(service, week)
    guesser, after, done = tone.Scorer(service.config.analysis.tone, week.question), 0, 0
    while rows := _unscored(service, week, after):
        _score_slice(service, guesser, rows)
        after, done = rows[-1][0], done + len(rows)
        service.tell("scoring", done, None)
    return done


def _keep_as_begun(service: Service, week: Week) -> None:
    present = scorer(service, week)
    with service.store.read() as unit:
        hold = unit.decisions.hold(week.number)
    if hold is not None and hold.scorer not in ("", present):
        with service.store.write() as unit:
            unit.analyses.adopt_scores(window_of(week), hold.scorer, present)


def _unscored(service: Service, week: Week, after: int) -> list[tuple[int, str]]:
    with service.store.read() as unit:
        return unit.analyses.unscored(window_of(week), scorer(service, week), after, _SLICE)


def _score_slice(service: Service, guesser: "Scorer", rows: list[tuple[int, str]]) -> None:
    found = guesser.score([text for _, text in rows])
    with service.store.write() as unit:
        unit.analyses.keep_scores(guesser.version, dict(zip((row for row, _ in rows), found, strict=True)))


def group(service: Service, week: Week) -> tuple[Analysis, int]:
    """The week's grouping as the posts are now, and the newest run it knows of; nothing is kept.

    Of a week with more posts than `MOST_GROUPED` a fixed sample is grouped, and the rest counted as not looked at.
    """
    from dataclasses import replace

    from listener.analysis import themes

    window, past = window_of(week), register.past(service, week)
    with service.store.read() as unit:
        upto, total = unit.runs.newest(window), unit.posts.count(window)
        posts = list(unit.posts.of(window, share=min(1.0, MOST_GROUPED / max(total, 1))))
    service.tell(f"grouping week {week.number}", len(posts), len(posts))
    analysis = themes.find(week.number, posts, service.now(), service.config.exercise.hashtags, past=past)
    return replace(analysis, unclustered=analysis.unclustered + total - len(posts)), upto
