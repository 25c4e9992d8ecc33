"""What one week's contributions are about: copies and spam set apart, the rest grouped by likeness and named."""

from collections.abc import Sequence
from datetime import datetime
from hashlib import blake2b

from listener.analysis import communities, continuity, copies, groups, labels, spam, vectors, wording
from listener.analysis.continuity import NOTHING, Home, Past
from storage.values import Analysis, Cluster, Kept

LEAST_POSTS = 12
LEAST_MEMBERS = 5
LEAST_FOR_MEANING = 150
MOST_THEMES = 40
REPRESENTATIVES = 6
_GROUPED = f"{vectors.VERSION}, {communities.NEIGHBOURS} neighbours, louvain {communities.RESOLUTION:g}, {MOST_THEMES} themes"
VERSION = f"{_GROUPED}, copies and bursts 2, followed at {continuity.LIKE:g}"
_CONSIDERED = 60
_FEWEST_WORDS, _MOST_WORDS = 8, 45


def find(
    week: int,
    posts: Sequence[Kept],
    made_at: datetime,
    hashtags: Sequence[str] = (),
    limit: int = 20_000,
    past: Past = NOTHING,
) -> Analysis:
    """Groups a week's contributions; the order of `posts` does not matter, and the same posts give the same groups.

    Each row is in one cluster, in `copies`, in `alone` or in `aside`; `unclustered` counts those beyond `limit`.
    `hashtags` are the exercise's own; their words say nothing about a theme. `past` is what is known of themes before.
    """
    aside = spam.find_spam(posts, hashtags)
    said = [kept for kept in posts if kept.row not in aside]
    same = copies.find_same(said)
    distinct = [kept for kept in said if kept.row not in same]
    sample = copies.sort_posts(_sample(distinct, limit))
    near = copies.find_near(sample)
    clusters = _find_clusters(week, [kept for kept in sample if kept.row not in near], hashtags, past)
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
        register=past.fingerprint,
    )


def lay(posts: Sequence[Kept], hashtags: Sequence[str] = ()) -> "vectors.Rows":
    """Where each of these contributions lies: the rows of `vectors.lay_rows`."""
    return vectors.lay_rows(_encode(_clauses(posts, hashtags)))


def _sample(posts: Sequence[Kept], limit: int) -> Sequence[Kept]:
    """At most `limit`, chosen by a hash of the key, so that a week that grows keeps most of its sample."""
    return posts if len(posts) <= limit else sorted(posts, key=_lot)[:limit]


def _lot(kept: Kept) -> bytes:
    return blake2b("\0".join(kept.post.key).encode(), digest_size=8).digest()


def _find_clusters(week: int, posts: Sequence[Kept], hashtags: Sequence[str], past: Past) -> tuple[Cluster, ...]:
    if len(posts) < LEAST_POSTS:
        return ()
    said = _clauses(posts, hashtags)
    halves = _encode(said)
    rows, found = _grouped(said, halves)
    found.sort(key=lambda group: (-len(group.members), group.members))
    homes = continuity.settle(
        week, [group.members for group in found], vectors.lay_rows(halves), [kept.row for kept in posts], past
    )
    homes = sorted((home for home in homes if len(home.members) >= LEAST_MEMBERS), key=lambda home: -len(home.members))
    kept_whole = {frozenset(group.members): group for group in found}
    arranged = [kept_whole.get(home.members) or groups.arrange(rows, sorted(home.members)) for home in homes]
    names = labels.name_groups(
        [[said[place] for place in group.members] for group in arranged], [home.label for home in homes if home.label]
    )
    return tuple(_make_cluster(*one, posts) for one in zip(homes, names, arranged, strict=True))


def _clauses(posts: Sequence[Kept], hashtags: Sequence[str]) -> list[labels.Clauses]:
    ignored = wording.ignored_tags(hashtags)
    return [wording.clauses(kept.post.text, ignored) for kept in posts]


def _encode(said: Sequence[labels.Clauses]) -> "vectors.Rows":
    return vectors.encode_texts(list(map(wording.plain_text, said)))


def _grouped(said: Sequence[labels.Clauses], halves: "vectors.Rows") -> "tuple[vectors.Rows, list[groups.Group]]":
    """What they have in common has to be known before it can be taken away: a few are grouped by the words they share."""
    words = list(map(wording.features, said))
    if len(said) < LEAST_FOR_MEANING:
        placed, measure = vectors.weigh_words(words), groups.WORDS
    else:
        placed, measure = vectors.place_both(halves, words), groups.MEANING
    return placed.rows, groups.group_texts(placed, measure, most=MOST_THEMES, least=LEAST_MEMBERS)


def _make_cluster(home: Home, named: labels.Named, group: groups.Group, posts: Sequence[Kept]) -> Cluster:
    return Cluster(
        key=home.key,
        label=home.label or named.label,
        keywords=named.keywords,
        members=tuple(posts[place].row for place in group.members),
        representatives=tuple(posts[place].row for place in _choose_representatives(group, posts)),
        split_from=home.split_from,
        merged=home.merged,
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
