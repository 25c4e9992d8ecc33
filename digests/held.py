"""A week's facts as people left them: themes that hold still, corrected tones, what came in since apart. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from digests.curation import Curation, analysis_of, unshown, wording
from digests.tally import Facts
from storage.curated import Hold
from storage.values import Kept, Score, Tone

_VALUES: Mapping[Tone, float] = {"difficult": -1.0, "neutral": 0.0, "good": 1.0}


def as_held(facts: Facts, hold: Hold, curation: Curation) -> Facts:
    """The facts with what people decided; the same in whatever order the posts come."""
    corrected = {row: Score(tone, _VALUES[tone]) for row, tone in curation.tones.items()}
    return replace(
        facts,
        posts=[kept for kept in facts.posts if kept.row <= curation.counted_until],
        tray=_tray(facts, curation.counted_until),
        scores={**facts.scores, **corrected},
        analysis=analysis_of(hold, curation),
        scorer=hold.scorer or facts.scorer,
        curation=curation,
        unshown=unshown(curation, hold.analysis.copies),
        look_again=_look_again(facts.posts, curation),
        tones_kept=sum(row in facts.scores and facts.scores[row].tone == tone for row, tone in curation.tones.items()),
    )


def _tray(facts: Facts, counted_until: int) -> tuple[Kept, ...]:
    """What was said in the week and came in since, by time; who only passes something on waits unseen."""
    since = (kept for kept in facts.posts if kept.row > counted_until and kept.gone_at is None and kept.post.kind != "repost")
    inside = (kept for kept in since if facts.week.opens <= kept.post.posted_at < facts.week.closes)
    return tuple(sorted(inside, key=lambda kept: (kept.post.posted_at, kept.row)))


def _look_again(posts: Iterable[Kept], curation: Curation) -> frozenset[int]:
    """Rows that say something else than when a person last decided about them; not those whose words had their time."""
    now = {kept.row: wording(kept.post) for kept in posts if kept.row in curation.read_as}
    return frozenset(row for row, said in now.items() if said and said != curation.read_as[row])
