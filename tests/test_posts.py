"""What must hold for the posts that are kept."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collectors.base import Aside, Item, Window
from collectors.post import Author, Engagement, Post
from storage.store import Store
from storage.values import Score
from tests.factories import NOW, make_post
from tests.services import make_run
from tests.stores import WEEK, add, item_of, opened, posts_of, score_all, score_of

START = datetime(2026, 11, 16, tzinfo=UTC)

texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)
names = st.text("abcé🙂 '", min_size=1, max_size=3)
moments = st.integers(0, 7 * 86_400_000 - 1).map(lambda ms: START + timedelta(milliseconds=ms))
counts = st.integers(0, 2**40)
said = st.builds(
    Post,
    network=st.sampled_from(["file", "web"]),
    id=names,
    posted_at=moments,
    edited_at=st.none() | moments,
    text=texts,
    title=texts,
    lang=st.sampled_from(["", "en", "cy"]),
    tags=st.lists(texts, max_size=2).map(tuple),
    links=st.lists(texts, max_size=2).map(tuple),
    labels=st.lists(texts, max_size=2).map(tuple),
    author=st.just(Author()) | names.map(lambda name: Author(handle=name, name=name.upper(), id=f"id-{name}")),
    engagement=st.builds(Engagement, likes=counts, reposts=counts, replies=counts),
)
several = st.lists(said, max_size=12, unique_by=lambda post: post.key)


@pytest.fixture
def store():
    with opened() as store:
        yield store


def in_order(posts: list[Post]) -> list[Post]:
    return sorted(posts, key=lambda post: (post.posted_at, post.network, post.id))


# --- in and out again -------------------------------------------------------------------------------------------------


@given(several)
@settings(max_examples=30, deadline=None)
def test_what_goes_in_comes_out_by_time(posts):
    with opened() as store:
        new = add(store, *posts)

        assert new == (len(posts), 0, 0)
        assert posts_of(store) == in_order(posts)


@given(several, st.data())
@settings(max_examples=30, deadline=None)
def test_any_split_into_pages_in_any_order_and_twice_gives_the_same_posts(posts, data):
    shuffled = data.draw(st.permutations(posts + posts))
    cuts = sorted(data.draw(st.lists(st.integers(0, len(shuffled)), max_size=3)))

    with opened() as store:
        added = [add(store, *shuffled[a:b]) for a, b in zip([0, *cuts], [*cuts, len(shuffled)], strict=True)]

        assert sum(new for new, _, _ in added) == len(posts)
        assert sum(changed for _, changed, _ in added) == 0
        assert posts_of(store) == in_order(posts)


def test_adding_again_says_that_nothing_changed(store):
    posts = [make_post(n) for n in range(5)]
    add(store, *posts)

    assert add(store, *posts) == (0, 0, 5)


def test_the_last_of_two_wordings_on_one_page_counts(store):
    added = add(store, make_post(1, text="first"), make_post(1, text="second"))

    assert added == (1, 0, 0)
    assert [post.text for post in posts_of(store)] == ["second"]


def test_the_same_id_on_two_networks_is_two_posts(store):
    add(store, make_post(1, network="web"), make_post(1, network="file"))

    assert len(posts_of(store)) == 2


def test_two_sources_see_one_post(store):
    add(store, make_post(1), source="tag")
    add(store, make_post(1), make_post(2), source="answers")

    with store.read() as unit:
        seen = {kept.post.id: kept.sources for kept in unit.posts.of(WEEK)}
        by_source = unit.posts.count_by_source(WEEK)

    assert seen == {"000001": ("answers", "tag"), "000002": ("answers",)}
    assert by_source == {"tag": 1, "answers": 2}


def test_a_post_tells_when_it_first_came_in(store):
    with store.write() as unit:
        unit.posts.add("tag", 1, [Item(make_post(1))], NOW)
        unit.posts.add("tag", 2, [Item(make_post(1, text="edited"))], NOW + timedelta(hours=1))

    with store.read() as unit:
        (kept,) = unit.posts.of(WEEK)
    assert (kept.row, kept.first_seen, kept.gone_at) == (1, NOW, None)


def test_an_empty_page_is_nothing(store):
    assert add(store) == (0, 0, 0)


@pytest.mark.parametrize(
    "post",
    [
        pytest.param(make_post(1, text="half a smile \ud83d"), id="lone surrogate"),
        pytest.param(make_post(1, text="cut\0here"), id="NUL"),
        pytest.param(make_post(1, id="odd\0\udc00id", tags=("a\ud800", "b")), id="in the id and a list"),
        pytest.param(make_post(1, author=Author(handle="h\ud800", name="n\0")), id="in the author"),
    ],
)
def test_what_is_no_unicode_is_replaced_and_the_post_kept_once(store, post):
    added = [add(store, post), add(store, post)]

    (kept,) = posts_of(store)
    assert added == [(1, 0, 0), (0, 0, 1)]
    assert "\ufffd" in repr(kept) or "?" in repr(kept)


def test_a_backslash_in_a_text_is_left_alone(store):
    add(store, make_post(1, text=r"\ud83d and \x00"))

    assert posts_of(store) == [make_post(1, text=r"\ud83d and \x00")]


@pytest.mark.parametrize("microsecond", [0, 1000, 57_000, 999_000, 999_999])
@pytest.mark.parametrize("year", [1969, 2026, 9998])
def test_a_moment_is_kept_to_the_millisecond(store, year, microsecond):
    moment = datetime(year, 6, 30, 23, 59, 59, microsecond, tzinfo=UTC)
    add(store, make_post(1, posted_at=moment))

    (post,) = posts_of(store, Window(moment - timedelta(days=1), moment + timedelta(days=1)))

    assert post.posted_at == moment.replace(microsecond=microsecond // 1000 * 1000)


def test_a_window_is_half_open_to_the_millisecond(store):
    ms = timedelta(milliseconds=1)
    moments = [WEEK.since - ms, WEEK.since, WEEK.until - ms, WEEK.until]
    add(store, *(make_post(n, posted_at=moment) for n, moment in enumerate(moments)))

    with store.read() as unit:
        found = [kept.post.posted_at for kept in unit.posts.of(WEEK)]
        count, everywhere, by_source = unit.posts.count(WEEK), unit.posts.count(), unit.posts.count_by_source(WEEK)

    assert found == moments[1:3]
    assert (count, everywhere, by_source) == (2, 4, {"tag": 2})


def test_thousands_of_posts_stream_in_order(store):
    posts = [make_post(n, posted_at=START + timedelta(seconds=n)) for n in range(12_000)]
    added = [add(store, *posts), add(store, *posts)]

    assert added == [(12_000, 0, 0), (0, 0, 12_000)]
    assert posts_of(store) == posts


def sample_of(store: Store, share: float) -> set[int]:
    with store.read() as unit:
        return {kept.row for kept in unit.posts.of(WEEK, share)}


def test_a_sample_is_about_its_share_and_stays_when_more_comes(store):
    add(store, *(make_post(n) for n in range(1000)))
    half, tenth, all_ = sample_of(store, 0.5), sample_of(store, 0.1), sample_of(store, 1.0)
    add(store, *(make_post(n) for n in range(1000, 2000)))

    assert (len(all_), 450 < len(half) < 550, 80 < len(tenth) < 120) == (1000, True, True)
    assert tenth < half
    assert half == {row for row in sample_of(store, 0.5) if row <= 1000}


# --- what changes -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "edit",
    [
        {"text": "other words"},
        {"version": "2"},
        {"tags": ("one", "two")},
        {"edited_at": NOW},
        {"author": Author(handle="renamed.example", name="Carer 1", id="author-1")},
    ],
    ids=lambda edit: next(iter(edit)),
)
def test_an_edited_post_changes_once_and_loses_its_score(store, edit):
    add(store, make_post(1))
    score_all(store)

    added = [add(store, make_post(1, **edit)), add(store, make_post(1, **edit))]

    assert added == [(0, 1, 0), (0, 0, 1)]
    assert posts_of(store) == [make_post(1, **edit)]
    assert score_of(store) == []


def test_an_edit_replaces_the_raw_piece(store):
    add(store, make_post(1))
    add(store, make_post(1, text="edited"))

    with store.read() as unit:
        assert list(unit.posts.raw("tag")) == [item_of(make_post(1, text="edited")).raw]


def test_likes_alone_change_nothing_but_the_numbers(store):
    add(store, make_post(1, engagement=Engagement(likes=1)))
    score_all(store)
    liked = make_post(1, engagement=Engagement(likes=7, reposts=2, replies=3))

    added = add(store, liked)

    assert added == (0, 0, 1)
    assert posts_of(store) == [liked]
    assert score_of(store) == [Score("good", 0.5)]


def test_raw_pieces_come_back_by_source_in_the_order_they_came(store):
    add(store, make_post(2), make_post(1), source="tag")
    add(store, make_post(3), source="answers")
    with store.write() as unit:
        unit.posts.add("tag", 1, [Item(make_post(4), None)], NOW)

    with store.read() as unit:
        assert list(unit.posts.raw("tag")) == [item_of(make_post(2)).raw, item_of(make_post(1)).raw]


# --- what was not returned, and what was set aside ----------------------------------------------------------------------


def test_missed_is_what_this_source_saw_before_in_the_window_but_not_now(store):
    outside = make_post(9, posted_at=WEEK.until)
    add(store, make_post(1), make_post(2), make_post(3), outside, run=1)
    add(store, make_post(4), source="answers", run=1)
    add(store, make_post(1), run=2)
    with store.write() as unit:
        unit.posts.remove("file", ["000003"], NOW)

    with store.read() as unit:
        missed = unit.posts.missed("tag", 2, WEEK)

    assert missed == [("file", "000002")]


def test_the_last_run_of_a_source_is_the_last_that_saw_a_post(store):
    add(store, make_post(1), make_post(2), run=3)
    add(store, make_post(1), run=5)
    add(store, make_post(1), source="answers", run=6)

    with store.read() as unit:
        assert [unit.posts.last_run(source) for source in ("tag", "answers", "mail")] == [5, 6, 0]


def run_of(number, source="mail", window=WEEK):
    return make_run(window.since, window.until, id=number, source=source)


def test_what_is_set_aside_is_counted_once_in_the_week_it_came(store):
    first = [Aside("m1", "auto-reply", "out of office"), Aside("m2", "bounce")]
    after = Window(WEEK.until, WEEK.until + WEEK.length)
    with store.write() as unit:
        unit.posts.set_aside(run_of(1), first)
        unit.posts.set_aside(run_of(2), [*first, Aside("m3", "bounce")])
        unit.posts.set_aside(run_of(3, window=after), [Aside("m1", "auto-reply"), Aside("m4", "bounce")])
        late = [Aside("m5", "bounce", at=WEEK.since), Aside("m6", "bounce", at=WEEK.until)]
        unit.posts.set_aside(run_of(4, window=after), late)
        unit.posts.set_aside(run_of(5, "other"), [Aside("m1", "bounce")])
        unit.posts.set_aside(run_of(6, "other"), [])

    with store.read() as unit:
        assert unit.posts.asides_by_source(WEEK) == {"mail": {"auto-reply": 1, "bounce": 3}, "other": {"bounce": 1}}


def test_a_mended_line_is_no_longer_set_aside_and_what_was_no_contribution_stays(store):
    with store.write() as unit:
        unit.posts.set_aside(run_of(1), [Aside("a:1", "unreadable"), Aside("a:2", "unreadable"), Aside("m1", "bounce")])
        unit.posts.set_aside(run_of(2), [Aside("a:2", "unreadable", "still no date")])
        mended = unit.posts.retire_unreadable(run_of(2))

    with store.read() as unit:
        assert mended == 1
        assert unit.posts.asides_by_source(WEEK) == {"mail": {"unreadable": 1, "bounce": 1}}
        assert unit.posts.unreadable("mail", 5) == [("a:2", "still no date")]
