"""What a week is about."""

import random
import subprocess
import sys
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collectors.post import Author
from listener.analysis import themes, wording
from tests.factories import HASHTAG, NOW, make_kept

TOPICS = {
    "parking": ("hospital parking", "ticket machine", "car park fees", "blue badge bays", "parking permit", "barrier coins"),
    "respite": ("respite care", "weekend break", "replacement carer", "holiday beds", "respite booking", "short break grant"),
    "medicine": (
        "tablet box",
        "pharmacy counter",
        "repeat prescription",
        "pharmacist advice",
        "medicine chart",
        "pharmacy delivery",
    ),
}
FRAMES = (
    "We struggled with {} and {} again.",
    "Why is {} worse than {} here?",
    "Please sort out {} before {}!",
    "{}, {}: every single time.",
)
NETWORKS = ("x", "bluesky", "mail", "form")


def make_week(count=40, *, seed=1, topics=TOPICS, start=1):
    """`count` contributions a topic, each with two of its phrases and words of its own so that none is a copy."""
    chance = random.Random(seed)
    texts = [
        chance.choice(FRAMES).format(*chance.sample(phrases, 2))
        + f" {chance.choice(phrases)} w{number}a w{number}b {topic} w{number}c"
        for topic, phrases in topics.items()
        for number in range(count)
    ]
    return [
        make_kept(row, text=text, network=NETWORKS[row % 4], author=Author(handle=f"carer{row % 50}.example"))
        for row, text in enumerate(texts, start)
    ]


def rows_of(analysis):
    clustered = [row for cluster in analysis.clusters for row in cluster.members]
    return [*clustered, *analysis.copies, *analysis.alone, *analysis.aside]


def texts_of(posts, rows):
    by_row = {kept.row: kept.post.text for kept in posts}
    return [by_row[row] for row in rows]


# --- the grouping -------------------------------------------------------------------------------------------------------


def test_contributions_about_one_thing_are_one_theme_or_more_but_never_two_things():
    posts = make_week()

    found = themes.find(3, posts, NOW, [HASHTAG])

    topics = [
        {topic for topic in TOPICS for text in texts_of(posts, cluster.members) if topic in text.split()}
        for cluster in found.clusters
    ]
    assert all(len(told) == 1 for told in topics)
    assert set.union(*topics) == set(TOPICS)


def test_keys_follow_size_and_labels_differ():
    found = themes.find(3, make_week(), NOW)

    sizes = [len(cluster.members) for cluster in found.clusters]
    assert sizes == sorted(sizes, reverse=True)
    assert [cluster.key for cluster in found.clusters] == [f"w3-c{rank}" for rank in range(1, len(sizes) + 1)]
    assert len({cluster.label.casefold() for cluster in found.clusters}) == len(sizes)
    assert (found.week, found.made_at, found.version) == (3, NOW, themes.VERSION)


def test_every_contribution_is_told_once():
    posts = make_week(30)
    copies = [
        make_kept(500, text=posts[0].post.text),
        make_kept(501, text="", kind="repost", repost_of=posts[1].post.id, network="bluesky"),
    ]
    advert = make_kept(502, text="Bitcoin for carers https://coin.example")
    strange = make_kept(503, text="\u0435\u0434\u0438\u043d")

    found = themes.find(1, [*posts, *copies, advert, strange], NOW)

    assert sorted(rows_of(found)) == sorted(kept.row for kept in [*posts, *copies, advert, strange])
    assert found.copies[500] == posts[0].row
    assert found.aside == {502: "advert"}
    assert 503 in found.alone
    assert found.unclustered == 0


def test_a_copy_does_not_make_a_theme_larger():
    posts = make_week(20)
    before = themes.find(1, posts, NOW)

    after = themes.find(1, [*posts, *(make_kept(row, text=posts[3].post.text) for row in range(900, 930))], NOW)

    assert after.clusters == before.clusters
    assert len(after.copies) == 30


@pytest.mark.parametrize("posts", [[], make_week(3)], ids=["none", "nine"])
def test_a_quiet_week_has_no_themes(posts):
    found = themes.find(1, posts, NOW)

    assert found.clusters == ()
    assert found.alone == tuple(kept.row for kept in posts)


def test_contributions_that_share_no_word_are_alone():
    posts = [make_kept(row, text=f"first{row} second{row} third{row} fourth{row}") for row in range(20)]

    found = themes.find(1, posts, NOW)

    assert (found.clusters, len(found.alone)) == ((), 20)


def test_few_about_another_thing_are_alone_rather_than_in_a_wrong_theme():
    rare = [make_kept(row, text=f"Zebra crossing paint outside q{row}a q{row}b q{row}c") for row in (700, 701, 702)]

    found = themes.find(1, [*make_week(), *rare], NOW)

    assert {700, 701, 702} <= set(found.alone)


def test_there_are_never_more_themes_than_can_be_read():
    things = wording.word_set("""
        bus lift coat bed food phone letter form sleep money school garden door chair bath music paper water noise dog train
        window kitchen language wedding weather holiday computer doctor insurance
    """)
    kinds = ("old", "new", "broken", "free", "late", "small")
    many = {thing: tuple(f"{kind} {thing} {thing}" for kind in kinds) for thing in sorted(things)}

    found = themes.find(1, make_week(8, topics=many), NOW)

    assert 1 < len(found.clusters) <= themes.MOST_THEMES
    assert all(len(cluster.members) >= themes.LEAST_MEMBERS for cluster in found.clusters)


def test_beyond_the_limit_a_lasting_sample_is_grouped_and_the_rest_counted():
    posts = make_week(40)

    small, large = (themes.find(1, chosen, NOW, limit=60) for chosen in (posts[:-6], posts))

    assert (len(rows_of(small)), small.unclustered) == (60, 54)
    assert (len(rows_of(large)), large.unclustered) == (60, 60)
    assert len(set(rows_of(small)) & set(rows_of(large))) >= 54


# --- the same every time ------------------------------------------------------------------------------------------------


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 5), st.integers(5, 25), st.randoms())
def test_the_order_of_contributions_changes_nothing(seed, count, chance: random.Random):
    posts = make_week(count, seed=seed)
    found = themes.find(2, posts, NOW, [HASHTAG], 50)

    chance.shuffle(posts)

    assert themes.find(2, posts, NOW, [HASHTAG], 50) == found


WORDS = st.sampled_from(
    ["parking", "ward", "nurse", "bed", "respite", "the", "form", "never", "came", "late", "#tag", "https://a.example", "GP"]
)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.lists(WORDS, max_size=9).map(" ".join), max_size=40))
def test_each_row_has_one_place_whatever_is_said(texts):
    posts = [make_kept(row, text=text) for row, text in enumerate(texts)]

    found = themes.find(1, posts, NOW, limit=30)

    rows = rows_of(found)
    assert len(rows) == len(set(rows))
    assert len(rows) + found.unclustered == len(posts)
    assert themes.find(1, posts, NOW, limit=30) == found
    assert all(set(cluster.representatives) <= set(cluster.members) for cluster in found.clusters)


def test_another_process_finds_the_same():
    code = (
        "from tests.test_themes import make_week; from tests.factories import NOW; from listener.analysis import themes;"
        "print([(c.label, c.members) for c in themes.find(1, make_week(15), NOW).clusters])"
    )
    runs = [
        subprocess.run([sys.executable, "-c", code], env={"PYTHONHASHSEED": seed}, capture_output=True, text=True, check=True)
        for seed in ("1", "2")
    ]

    assert runs[0].stdout == runs[1].stdout
    assert "(" in runs[0].stdout


def test_importing_the_analysis_loads_no_heavy_library():
    code = (
        "import sys; from listener.analysis import themes, tone;"
        "print(sorted({'numpy', 'scipy', 'sklearn', 'vaderSentiment'} & set(sys.modules)))"
    )

    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert told.stdout.strip() == "[]"


# --- representatives ----------------------------------------------------------------------------------------------------


def test_representatives_are_of_different_people_and_channels_where_there_are_such():
    posts = make_week(40)
    by_row = {kept.row: kept.post for kept in posts}

    found = themes.find(1, posts, NOW)

    for cluster in found.clusters:
        shown = [by_row[row] for row in cluster.representatives]
        assert len(shown) == min(themes.REPRESENTATIVES, len(cluster.members))
        assert len({post.author for post in shown}) == len(shown)
        assert len({post.network for post in shown}) >= min(3, len(shown))


def test_a_contribution_too_long_to_quote_comes_last():
    posts = make_week(12, topics={"parking": TOPICS["parking"]})
    short, long = posts[:11], posts[11]
    wordy = replace(long, post=replace(long.post, text=f"{long.post.text} " + " ".join(f"filler{n}" for n in range(60))))

    found = themes.find(1, [*short, wordy], NOW)

    assert wordy.row in rows_of(found)
    assert all(wordy.row not in cluster.representatives for cluster in found.clusters)
