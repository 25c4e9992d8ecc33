"""Themes beside BERTopic's, and TF-IDF with k-means, in the same run.

    python -m benchmarks.themes SETS... [--peer PYTHON --packages FOLDER] [--posts 6000] [--seeds 3]

A set is lines of `label TAB text`, or JSON Lines with `text` and `labels` (those with one label are taken). Each seed draws its
own `--posts` texts of a set, in its own order. AMI and ARI against the human labels: what ours says once is a group of its own
each; BERTopic's left-out texts are given to their nearest topic, which is best for it. Then the ARI of 90 % of the texts with
the same texts among all, and the CPU seconds of 10,000 texts. The peer's environment: see benchmarks/peer_bertopic.py.
"""

import argparse
import json
import random
import subprocess
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import cycle, islice
from pathlib import Path
from statistics import mean
from time import process_time
from typing import Any

from sklearn.cluster import KMeans
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.metrics import adjusted_mutual_info_score, adjusted_rand_score, silhouette_score

from collectors.post import Post
from listener.analysis import themes
from storage.values import Analysis, Kept

START = datetime(2026, 1, 5, tzinfo=UTC)
PEER = Path(__file__).parent / "peer_bertopic.py"
MANY = 10_000
OURS, BERTOPIC, K_MEANS = "Listener", "BERTopic", "TF-IDF + k-means"


@dataclass
class Told:
    """Figures of one way, a row a set and seed: AMI, ARI, number of themes, share in none, CPU seconds."""

    rows: list[tuple[float, ...]] = field(default_factory=list)

    def means(self, since: int = 0) -> tuple[float, ...]:
        return tuple(map(mean, zip(*self.rows[since:], strict=True)))


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("sets", nargs="+", type=Path)
    asked.add_argument("--peer")
    asked.add_argument("--packages", default="packages")
    asked.add_argument("--posts", type=int, default=6000)
    asked.add_argument("--seeds", type=int, default=3)
    options = asked.parse_args()
    told: dict[str, Told] = {}
    stable: list[float] = []
    for path in options.sets:
        human, texts = read(path)
        before = {name: len(one.rows) for name, one in told.items()}
        for seed in range(options.seeds):
            order = random.Random(seed).sample(range(len(texts)), min(options.posts, len(texts)))
            labels, drawn = [human[place] for place in order], [texts[place] for place in order]
            stable.append(measure(told, labels, drawn, seed, options))
        print(f"{path.name}: {len(order)} of {len(texts)} texts, {len(set(human))} human groups", flush=True)
        for name, one in told.items():
            say(name, one.means(before.get(name, 0)))
    print(f"mean of {len(options.sets)} sets, {options.seeds} seeds each")
    for name, one in told.items():
        say(name, one.means())
    print(f"  90 % of the texts with the same among all: ARI {mean(stable):.3f}")
    tell_cost([text for path in options.sets for text in read(path)[1]], options)


def labelled(path: Path) -> list[tuple[str, str]]:
    """Labels and texts of a file; in JSON Lines those with one label alone."""
    lines = path.read_text("utf-8-sig").splitlines()
    if path.suffix == ".jsonl":
        told = [(one["labels"][0], one["text"]) for one in map(json.loads, lines) if len(one["labels"]) == 1]
        return [(label, text) for label, text in told if label != "Labelling not possible"]
    return [(label, text) for label, _, text in (line.partition("\t") for line in lines) if text.strip()]


def read(path: Path) -> tuple[list[str], list[str]]:
    """Labels and texts; no text twice."""
    once = {text.strip().casefold(): (label, text) for label, text in reversed(labelled(path))}
    human, texts = zip(*once.values(), strict=True)
    return list(human), list(texts)


def measure(told: dict[str, Told], human: Sequence[str], texts: Sequence[str], seed: int, options: Any) -> float:
    started = process_time()
    found = themes.find(1, keep(texts), START, limit=len(texts))
    groups = groups_of(found, len(texts))
    note(told, OURS, human, groups, process_time() - started, len(found.alone) / len(texts))
    if options.peer:
        answer = ask_peer(texts, seed, options)
        one = answer["runs"][0]
        spent, left_out = answer["encoded"] + one["spent"], one["groups"].count(-1) / len(texts)
        note(told, BERTOPIC, human, one["nearest"], spent, left_out)
    started = process_time()
    note(told, K_MEANS, human, k_means(texts), process_time() - started, 0.0)
    part = sorted(random.Random(seed).sample(range(len(texts)), len(texts) * 9 // 10))
    again = groups_of(themes.find(1, [keep(texts)[place] for place in part], START, limit=len(texts)), len(texts))
    return float(adjusted_rand_score([groups[place] for place in part], [again[place] for place in part]))


def ask_peer(texts: Sequence[str], seed: int, options: Any) -> Any:
    command = [options.peer, str(PEER), options.packages]
    done = subprocess.run(
        command, input=json.dumps({"texts": list(texts), "seeds": [seed]}), capture_output=True, text=True, check=True
    )
    return json.loads(done.stdout)


def keep(texts: Sequence[str]) -> list[Kept]:
    times = [START + timedelta(minutes=number) for number in range(len(texts))]
    posts = [Post(network="file", id=f"{n:06}", posted_at=times[n], text=text) for n, text in enumerate(texts)]
    return [Kept(row, post, ("file",), post.posted_at) for row, post in enumerate(posts)]


def groups_of(found: Analysis, count: int) -> list[int]:
    """A number a row: copies are where their original is; each that is alone or set aside has a number of its own."""
    groups = {row: number for number, cluster in enumerate(found.clusters) for row in cluster.members}
    return [groups.get(found.copies.get(row, row), -1 - row) for row in range(count)]


def k_means(texts: Sequence[str]) -> list[int]:
    rows = TfidfVectorizer(sublinear_tf=True, stop_words="english", min_df=2).fit_transform(texts)
    tried = [KMeans(k, n_init=1, random_state=0).fit_predict(rows) for k in (4, 6, 8, 10, 12, 15, 20, 30)]
    best = max(tried, key=lambda groups: silhouette_score(rows, groups, sample_size=min(2000, len(texts)), random_state=0))
    return [int(group) for group in best]


def note(told: dict[str, Told], name: str, human: Sequence[str], groups: Sequence[int], spent: float, alone: float) -> None:
    alike, paired = adjusted_mutual_info_score(human, groups), adjusted_rand_score(human, groups)
    large = sum(count >= themes.LEAST_MEMBERS for count in Counter(groups).values())
    told.setdefault(name, Told()).rows.append((alike, paired, large, alone, spent))


def say(name: str, figures: Sequence[float]) -> None:
    alike, paired, large, alone, spent = figures
    print(
        f"  {name:<18} AMI {alike:.3f}  ARI {paired:.3f}  themes {large:5.1f}  in none {alone:5.1%}  CPU {spent:6.1f} s",
        flush=True,
    )


def tell_cost(texts: Sequence[str], options: Any) -> None:
    """Where the sets hold fewer than so many texts, some are said again with a number behind them."""
    many = [f"{text} {number}" for number, text in enumerate(islice(cycle(texts), MANY))]
    started = process_time()
    themes.find(1, keep(many), START, limit=MANY)
    ours = process_time() - started
    print(f"{MANY} texts: {OURS} {ours:.1f} CPU s", flush=True)
    if options.peer:
        answer = ask_peer(many, 0, options)
        encoded, grouped = answer["encoded"], answer["runs"][0]["spent"]
        print(f"  {BERTOPIC} {encoded:.0f} + {grouped:.0f} CPU s: ours is {ours / (encoded + grouped):.3f} of it")


if __name__ == "__main__":
    main()
