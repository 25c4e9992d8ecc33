"""A held week as people left it, ready to be published: what tests of the public edition begin with."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from digests import public
from digests.curation import Curation, Element, HeldTheme, Paraphrase, Permission
from digests.edition import PublicDigest, Rules
from digests.tally import Facts
from storage.values import TONES, Analysis, Cluster, Coverage, Gap, Kept, Score
from tests.factories import make_exercise, make_kept, make_week

WEEK = make_week(1, title="Coming home from hospital", question="What would help when somebody comes home from hospital?")
SAID = "They rang at ten to say he was on his way and nothing was ready in the house"
OURS = "A family had no time to get ready before a discharge."


def make_week_facts(posts: list[Kept], curation: Curation | None, **more: Any) -> Facts:
    clusters = tuple(
        Cluster(key=one.key, label=one.label, keywords=one.keywords, members=one.rows, representatives=one.rows[:3])
        for one in (curation.themes if curation else ())
    )
    values: dict[str, Any] = {
        "exercise": make_exercise(invented=True, title="Commitment for Carers"),
        "week": WEEK,
        "posts": posts,
        "scores": {kept.row: Score(TONES[kept.row % 3], 0.0) for kept in posts},
        "analysis": Analysis(week=1, version="groups-1", made_at=WEEK.closes, clusters=clusters),
        "coverage": (Coverage(source="sky", kind="bluesky", channel="bluesky", asked="#x", due=168, read=168),),
        "as_of": WEEK.closes + timedelta(hours=6),
        "scorer": "VADER 3.3.2",
        "curation": curation,
    }
    return Facts(**(values | more))


def make_said(row: int, network: str = "bluesky", day: int = 12, **of_post: Any) -> Kept:
    moment = datetime(2026, 10, day, 9, tzinfo=UTC) + timedelta(minutes=row)
    values: dict[str, Any] = {"network": network, "posted_at": moment, "text": f"{SAID} number {row}"}
    return make_kept(row, **(values | of_post))


def make_curation(**differently: Any) -> Curation:
    """One theme of the rows 1 to 30 with prose and one paraphrase (row 1), another of 31 to 45 without a story."""
    story = (
        Element(key=1, kind="prose", text="People found out about a discharge **on the day**."),
        Element(key=2, kind="quote", row=1),
    )
    values: dict[str, Any] = {
        "themes": (
            HeldTheme(key="w1-c1", label="going home in good time", rows=tuple(range(1, 31)), elements=story),
            HeldTheme(key="w1-c2", label="parking", rows=tuple(range(31, 46))),
        ),
        "last_row": 1_000_000,
        "paraphrases": {1: Paraphrase(text=OURS, seq=3, by=1, checked_by=2)},
    }
    return Curation(**(values | differently))


def make_posts(number: int = 60) -> list[Kept]:
    networks = ("bluesky", "bluesky", "mastodon", "form")
    return [make_said(row, networks[row % 4], day=12 + row % 7) for row in range(1, number + 1)]


def make_facts(**differently: Any) -> Facts:
    posts = differently.pop("posts") if "posts" in differently else make_posts()
    return make_week_facts(posts, differently.pop("curation", None) or make_curation(), **differently)


def quoting_curation(kept: Kept, **differently: Any) -> Curation:
    """One theme that quotes this one post."""
    theme = HeldTheme(key="w1-c1", label="rest", rows=(kept.row,), elements=(Element(key=1, kind="quote", row=kept.row),))
    return replace(make_curation(themes=(theme,), paraphrases={}), **differently)


def composed(rules: Rules | None = None, **of_facts: Any) -> PublicDigest:
    return public.compose(make_facts(**of_facts), rules or Rules())


def agreed(name: str = "") -> Permission:
    return Permission(state="yes", how="by email", name=name, by=1)


def make_gap() -> Gap:
    return Gap(source="sky", since=WEEK.opens, until=WEEK.opens + timedelta(hours=5), reason="no answer")
