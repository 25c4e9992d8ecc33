"""What one week's contributions are about: copies and spam set apart, the rest grouped by likeness and named."""

from collections.abc import Sequence
from datetime import datetime
from hashlib import blake2b

from listener.analysis import communities, copies, groups, labels, spam, vectors, wording
from storage.values import Analysis, Cluster, Kept

LEAST_POSTS = 12
LEAST_MEMBERS = 5
LEAST_FOR_MEANING = 150
MOST_THEMES = 15
REPRESENTATIVES = 6
VERSION = f"{vectors.VERSION}, {communities.NEIGHBOURS} neighbours, louvain {communities.RESOLUTION:g}, {MOST_THEMES} themes"
_CONSIDERED = 60
_FEWEST_WORDS, _MOST_WORDS = 8, 45


def find(week: int, posts: Sequence[Kept], made_at: datetime, hashtags: Sequence[str] = (), limit: int = 20_000) -> Analysis:
    """Groups a week's contributions; the order of `posts` does not matter, and the same posts give the same groups.

    Each row is in one cluster, in `copies`, in `alone` or in `aside`; `unclustered` counts those beyond `limit`.
    `hashtags` are the exercise's own; their words say nothing about a theme.
    """
    aside = spam.find_spam(posts, hashtags)
    said = [kept for kept in posts if kept.row not in aside]
    same = copies.find_same(said)
    distinct = [kept for kept in said if kept.row not in same]
    sample = copies.sort_posts(_sample(distinct, limit))
    near = copies.find_near(sample)
    clusters = _find_clusters(week, [kept for kept in sample if kept.row not in near], hashtags)
    repeats = copies.join_copies(same, near)
    placed = {row for cluster in clusters for row in cluster.members} | repeats.keys()
    return Analysis(
        week=week,
        version=VERSION,
        made_at=made_at,
        clusters=clusters,
        copies=dict(sorted(repeats.items())),
        alone=tuple(kept.row for kept in sample if kept.row not in placed),
        aside=dict(sorted(aside.items())),
        unclustered=len(distinct) - len(sample),
    )


def _sample(posts: Sequence[Kept], limit: int) -> Sequence[Kept]:
    """At most `limit`, chosen by a hash of the key, so that a week that grows keeps most of its sample."""
    return posts if len(posts) <= limit else sorted(posts, key=_lot)[:limit]


def _lot(kept: Kept) -> bytes:
    return blake2b("\0".join(kept.post.key).encode(), digest_size=8).digest()


def _find_clusters(week: int, posts: Sequence[Kept], hashtags: Sequence[str]) -> tuple[Cluster, ...]:
    if len(posts) < LEAST_POSTS:
        return ()
    ignored = wording.ignored_tags(hashtags)
    said = [wording.clauses(kept.post.text, ignored) for kept in posts]
    found = _grouped(said)
    found.sort(key=lambda group: (-len(group.members), group.members))
    names = labels.name_groups([[said[place] for place in group.members] for group in found])
    ranked = sorted(zip(found, names, strict=True), key=lambda pair: (-len(pair[0].members), pair[1].label))
    return tuple(_make_cluster(f"w{week}-c{rank}", named, group, posts) for rank, (group, named) in enumerate(ranked, 1))


def _grouped(said: Sequence[labels.Clauses]) -> list[groups.Group]:
    """What they have in common has to be known before it can be taken away: a few are grouped by the words they share."""
    if len(said) < LEAST_FOR_MEANING:
        rows, measure = vectors.weigh_words([wording.features(clauses) for clauses in said]), groups.WORDS
    else:
        rows, measure = vectors.place_texts(list(map(wording.plain_text, said))), groups.MEANING
    return groups.group_rows(rows, measure, most=MOST_THEMES, least=LEAST_MEMBERS)


def _make_cluster(key: str, named: labels.Named, group: groups.Group, posts: Sequence[Kept]) -> Cluster:
    return Cluster(
        key=key,
        label=named.label,
        keywords=named.keywords,
        members=tuple(posts[place].row for place in group.members),
        representatives=tuple(posts[place].row for place in _choose_representatives(group, posts)),
    )


# --- representatives ----------------------------------------------------------------------------------------------------


def _choose_representatives(group: groups.Group, posts: Sequence[Kept]) -> list[int]:
    """Central contributions of a length to quote, by different people on different channels where there are such."""
    left = list(group.members[:_CONSIDERED])
    chosen: list[int] = []
    while left and len(chosen) < REPRESENTATIVES:
        best = max(
            left, key=lambda place: (group.likeness[place] + _fitness(posts[place], [posts[one] for one in chosen]), -place)
        )
        left.remove(best)
        chosen.append(best)
    return chosen


def _fitness(kept: Kept, chosen: Sequence[Kept]) -> float:
    """Added to a likeness of 0 to 1: a known author outweighs all, a length unfit to quote much, a known channel a little."""
    length = 0.0 if kept.post.text and _FEWEST_WORDS <= len(kept.post.text.split()) <= _MOST_WORDS else -0.5
    person = kept.post.author.identity
    again = any(person and (other.post.network, other.post.author.identity) == (kept.post.network, person) for other in chosen)
    return length - 1.0 * again - 0.15 * sum(other.post.network == kept.post.network for other in chosen)
