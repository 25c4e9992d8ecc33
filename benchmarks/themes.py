"""Themes against TF-IDF and k-means, k by silhouette: python benchmarks/themes.py FILE.tsv [POSTS]; `label TAB text` a line."""

import random
import sys
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import process_time

from sklearn.cluster import KMeans
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.metrics import adjusted_mutual_info_score, adjusted_rand_score, silhouette_score

from collectors.post import Post
from listener.analysis import themes
from storage.values import Analysis, Kept

START = datetime(2026, 1, 5, tzinfo=UTC)


def main(path: str, most: str = "10000") -> None:
    rows = [line.split("\t", 1) for line in Path(path).read_text("utf-8-sig").splitlines()]
    random.Random(0).shuffle(rows)
    human, texts = zip(*rows[: int(most)], strict=True)
    print(f"{len(texts)} texts, {len(set(human))} human groups")

    started = process_time()
    found = themes.find(1, keep(texts), START, limit=len(texts))
    tell(themes.VERSION, human, groups_of(found, len(texts)), process_time() - started)
    print(f"  alone {len(found.alone)}, copies {len(found.copies)}, set aside {len(found.aside)}; ", end="")
    print("; ".join(f"{cluster.label} {len(cluster.members)}" for cluster in found.clusters))

    started = process_time()
    tell("TF-IDF + k-means, silhouette", human, k_means(texts), process_time() - started)


def keep(texts: Sequence[str]) -> list[Kept]:
    times = [START + timedelta(minutes=number) for number in range(len(texts))]
    posts = [Post(network="file", id=f"{n:06}", posted_at=times[n], text=text) for n, text in enumerate(texts)]
    return [Kept(row, post, ("file",), post.posted_at) for row, post in enumerate(posts)]


def groups_of(found: Analysis, count: int) -> list[int]:
    """A group number a row: copies are where their original is; all alone or set aside are one group more, as in k-means."""
    groups = {row: number for number, cluster in enumerate(found.clusters, 1) for row in cluster.members}
    return [groups.get(found.copies.get(row, row), 0) for row in range(count)]


def k_means(texts: Sequence[str]) -> list[int]:
    rows = TfidfVectorizer(sublinear_tf=True, stop_words="english", min_df=2).fit_transform(texts)
    tried = [KMeans(k, n_init=1, random_state=0).fit_predict(rows) for k in (4, 6, 8, 10, 12, 15, 20, 30)]
    best = max(tried, key=lambda groups: silhouette_score(rows, groups, sample_size=min(2000, len(texts)), random_state=0))
    return [int(group) for group in best]


def tell(name: str, human: Sequence[str], groups: Sequence[int], spent: float) -> None:
    alike, paired = adjusted_mutual_info_score(human, groups), adjusted_rand_score(human, groups)
    large = sum(groups.count(group) >= themes.LEAST_MEMBERS for group in set(groups))
    print(f"{name}: AMI {alike:.3f}  ARI {paired:.3f}  themes {large}  CPU {spent:.1f} s")


if __name__ == "__main__":
    main(*sys.argv[1:])
