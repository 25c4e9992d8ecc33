"""Themes followed from week to week, against BERTopic's rule: python -m benchmarks.continuity FILE… [--draws N] [--texts N].

A file holds `label TAB text` lines, or JSON Lines with `text` and one of `labels`. Two weeks are drawn that share half of their
topics and none of their texts, so many of each topic at most; themes are linked rightly when most of each are of one label. The
threshold is chosen on the even draws, the odd ones are told.
"""

import random
from argparse import ArgumentParser
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.themes import START, keep, labelled
from listener.analysis import continuity, themes
from storage.values import Analysis, Appearance

MOST_TOPICS, LEAST_TEXTS = 12, 24
TRIED = (0.4, 0.45, 0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85)
APPENDED = 0.7
"""The least raw cosine at which BERTopic's `merge_models` takes a topic for one that it has."""

Texts = dict[str, list[str]]
Link = tuple[int, int]


@dataclass(frozen=True, kw_only=True)
class Drawn:
    """A week: its grouping, the rows of its texts, each theme's main label."""

    found: Analysis
    rows: np.ndarray
    labels: tuple[str, ...]

    @property
    def sizes(self) -> list[int]:
        return [len(cluster.members) for cluster in self.found.clusters]

    @property
    def middles(self) -> np.ndarray:
        return np.array([self.rows[list(cluster.members)].mean(0) for cluster in self.found.clusters])


def main() -> None:
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="+")
    parser.add_argument("--draws", type=int, default=20)
    parser.add_argument("--texts", type=int, default=80)
    given = parser.parse_args()
    pairs = {
        Path(name).stem: [draw(read(Path(name)), seed, given.texts) for seed in range(given.draws)] for name in given.files
    }
    chosen, told = ({name: drawn[part::2] for name, drawn in pairs.items()} for part in (0, 1))
    best = max(TRIED, key=lambda least: sum(mean(chosen, lambda one, two: matched(one, two, least))))
    print(f"chosen on {given.draws - given.draws // 2} draws a set: {best}; shipped: {continuity.LIKE}; told of the others:")
    tell("ours", told, ours)
    tell(f"matching alone, {best}", told, lambda one, two: matched(one, two, best))
    tell(f"BERTopic's rule, raw, {APPENDED}", told, appended)


# --- the weeks ----------------------------------------------------------------------------------------------------------


def read(path: Path) -> Texts:
    """Texts by label, each once; in JSON Lines those with one label alone."""
    found = defaultdict[str, dict[str, None]](dict)
    for label, text in labelled(path):
        found[label][text] = None
    return {label: sorted(texts) for label, texts in sorted(found.items()) if len(texts) >= LEAST_TEXTS}


def draw(topics: Texts, seed: int, most: int) -> tuple[Drawn, Drawn]:
    chance = random.Random(seed)
    each = min(MOST_TOPICS, 2 * len(topics) // 3) // 2 * 2
    names = chance.sample(sorted(topics), each + each // 2)
    weeks: tuple[list[tuple[str, str]], list[tuple[str, str]]] = ([], [])
    for place, name in enumerate(names):
        texts = chance.sample(topics[name], len(topics[name]))
        both = each // 2 <= place < each
        many = min(most, len(texts) // 2 if both else len(texts))
        weeks[0].extend((name, text) for text in (texts[:many] if place < each else ()))
        weeks[1].extend((name, text) for text in (texts[-many:] if place >= each // 2 else ()))
    one = group(1, chance.sample(weeks[0], len(weeks[0])), continuity.NOTHING)
    seen = appearances(one)
    past = continuity.Past(themes=continuity.fold(seen), middle=continuity.common(seen))
    return one, group(2, chance.sample(weeks[1], len(weeks[1])), past)


def group(week: int, said: Sequence[tuple[str, str]], past: continuity.Past) -> Drawn:
    posts = keep([text for _, text in said])
    found = themes.find(week, posts, START, past=past)
    return Drawn(
        found=found,
        rows=themes.lay(posts),
        labels=tuple(Counter(said[row][0] for row in one.members).most_common(1)[0][0] for one in found.clusters),
    )


def appearances(drawn: Drawn) -> list[Appearance]:
    themes_of = {one.key: list(one.members) for one in drawn.found.clusters} | {"": list(range(len(drawn.rows)))}
    return [
        Appearance(week=1, key=key, label=key, size=len(members), middle=continuity.middle_of(drawn.rows[members]))
        for key, members in themes_of.items()
    ]


# --- the rules ----------------------------------------------------------------------------------------------------------


def ours(one: Drawn, two: Drawn) -> list[Link]:
    """By what the grouping of the second week says of itself."""
    first = {cluster.key: place for place, cluster in enumerate(one.found.clusters)}
    told = [{cluster.key, cluster.split_from, *cluster.merged} for cluster in two.found.clusters]
    return [(first[key], place) for place, keys in enumerate(told) for key in keys if key in first]


def matched(one: Drawn, two: Drawn, least: float) -> list[Link]:
    """Our likeness and one-to-one matching alone, at another threshold."""
    centre = (one.rows.mean(0) + two.rows.mean(0)) / 2
    first, second = (continuity.whole(week.middles, week.sizes, centre) for week in (one, two))
    return continuity.pair_up(first @ second.T, least)


def appended(one: Drawn, two: Drawn) -> list[Link]:
    """Each theme of the second week is the first week's that it is most like, if it is like enough."""
    likeness = directions(one.middles) @ directions(two.middles).T
    best = likeness.argmax(0)
    return [(int(first), place) for place, first in enumerate(best) if likeness[first, place] >= APPENDED]


def directions(rows: np.ndarray) -> np.ndarray:
    return rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)


# --- the figures --------------------------------------------------------------------------------------------------------


Rule = Callable[[Drawn, Drawn], list[Link]]


def score(pairs: Sequence[tuple[Drawn, Drawn]], rule: Rule) -> tuple[float, float]:
    """F1 of the links; the share of the second weeks' themes rightly called new or continuing."""
    right = links = true = told = count = 0
    for one, two in pairs:
        found = set(rule(one, two))
        fits = {(a, b) for a, first in enumerate(one.labels) for b, second in enumerate(two.labels) if first == second}
        right, links, true = right + len(found & fits), links + len(found), true + len(fits)
        told += sum((label in one.labels) == any(b == place for _, b in found) for place, label in enumerate(two.labels))
        count += len(two.labels)
    return 2 * right / max(links + true, 1), told / max(count, 1)


def mean(sets: dict[str, list[tuple[Drawn, Drawn]]], rule: Rule) -> tuple[float, float]:
    scores = [score(pairs, rule) for pairs in sets.values()]
    return float(np.mean([one for one, _ in scores])), float(np.mean([one for _, one in scores]))


def tell(name: str, sets: dict[str, list[tuple[Drawn, Drawn]]], rule: Rule) -> None:
    each = "  ".join(f"{stem} {links:.3f}/{told:.3f}" for stem, (links, told) in ((s, score(p, rule)) for s, p in sets.items()))
    links, told = mean(sets, rule)
    print(f"{name}: link F1 {links:.3f}, new or continuing {told:.3f}  ({each})")


if __name__ == "__main__":
    main()
