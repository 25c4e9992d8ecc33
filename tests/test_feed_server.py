"""Feeds as real programs make and serve them: Pelican's behind nginx, and a Fossil forum's."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from collectors import base
from collectors.base import MemoryVault, Window
from collectors.feed import Feed
from collectors.post import Post
from listener.jobs import collect, ledger
from listener.vault import FolderVault
from storage.values import Run, Week
from tests.factories import make_given
from tests.servers import blog as blogs
from tests.servers import forum as forums
from tests.servers.blog import FEED, Blog
from tests.servers.forum import Forum
from tests.services import FIRST, make_service

WEEK = Window(datetime(2026, 11, 16, tzinfo=UTC), datetime(2026, 11, 23, tzinfo=UTC))
MOST = 4
has_blog = pytest.mark.skipif(bool(blogs.missing()), reason=blogs.missing())
has_forum = pytest.mark.skipif(bool(forums.missing()), reason=forums.missing())
pytestmark = pytest.mark.server


def posted(number: int) -> datetime:
    return WEEK.since + timedelta(hours=number)


@pytest.fixture(scope="module")
def settled() -> Iterator[Blog]:
    """Six articles, of which the feed lists the newest four. Nobody changes them."""
    with TemporaryDirectory() as folder, blogs.started(Path(folder), MOST) as blog:
        for number in range(1, 7):
            blog.write(number, posted(number), f"A sitter, **naïve** as it sounds: {number} <script>alert(1)</script>")
        blog.build()
        yield blog


@pytest.fixture
def blog() -> Iterator[Blog]:
    with TemporaryDirectory() as folder, blogs.started(Path(folder), MOST) as running:
        yield running


@pytest.fixture
def forum() -> Iterator[Forum]:
    with TemporaryDirectory() as folder, forums.started(Path(folder)) as running:
        yield running


def make_feed(options: dict[str, Any], **differently: Any) -> Feed:
    return Feed(**({"given": make_given()} | options | differently))


def read(feed: Feed, window: Window = WEEK) -> list[Post]:
    return [post for page in feed.collect(window) for post in page.posts]


# --- what a blog lists ------------------------------------------------------------------------------------------------


@has_blog
@pytest.mark.parametrize("path", [FEED, "/all.rss.xml"], ids=["Atom", "RSS"])
def test_the_newest_articles_are_read_whole(settled, path):
    posts = read(make_feed(settled.options(path)))

    assert [post.url for post in posts] == [settled.link(number) for number in (6, 5, 4, 3)]
    assert [post.posted_at for post in posts] == [posted(number) for number in (6, 5, 4, 3)]
    assert [post.author.name for post in posts] == ["Zoë", "Bob", "Zoë", "Bob"]
    assert posts[0].title == "Article 6: größer & besser"
    assert posts[0].text == "A sitter, naïve as it sounds: 6"
    assert {"ask early", "care"} <= set(posts[0].tags)


@has_blog
def test_the_answer_comes_packed(settled):
    settled.asked()

    read(make_feed(settled.options()))

    assert settled.asked() == [f"200 {FEED} gzip"]


@has_blog
@pytest.mark.parametrize("path", ["/moved.xml", "/elsewhere.xml"], ids=["for good", "twice"])
def test_a_feed_that_has_moved_is_followed(settled, path):
    assert read(make_feed(settled.options(path))) == read(make_feed(settled.options()))


@has_blog
@pytest.mark.parametrize(
    ("path", "meaning", "told"),
    [
        ("/gone.xml", base.BadRequest, "answered 410: there is nothing at this address"),
        ("/never.xml", base.BadRequest, "answered 404"),
        ("/private.xml", base.NotAllowed, "answered 401"),
        ("/down.xml", base.Unavailable, "answered 503"),
        ("/round.xml", base.Unavailable, "on and on"),
        ("/index.html", base.Unavailable, "no feed"),
    ],
)
def test_a_feed_that_is_not_there_is_told_for_what_it_is(settled, path, meaning, told):
    with pytest.raises(meaning, match=told):
        read(make_feed(settled.options(path)))


@has_blog
def test_a_server_that_limits_is_left_alone(settled):
    feed = make_feed(settled.options("/slow.xml"))
    read(feed)

    with pytest.raises(base.RateLimited, match="429"):
        read(feed)


@has_blog
def test_a_feed_that_drips_ends_with_the_time_for_all_of_it(settled):
    with pytest.raises(base.Unavailable, match="within 1 seconds"):
        read(make_feed(settled.options("/drip.xml"), timeout=1.0))


@has_blog
def test_an_edit_changes_the_words_and_not_the_name(blog):
    blog.write(1, posted(1), "A sitter.")
    blog.build()
    (before,) = read(make_feed(blog.options()))
    blog.write(1, posted(1), "A sitter on Sundays.", edited_at=posted(9))
    blog.build()

    (after,) = read(make_feed(blog.options()))

    assert (after.id, after.posted_at) == (before.id, before.posted_at)
    assert (after.text, after.edited_at) == ("A sitter on Sundays.", posted(9))
    assert after.version != before.version


@has_blog
def test_entries_called_by_their_page_are_looked_up_there_and_others_are_not(blog):
    for number in (1, 2):
        blog.write(number, posted(number), "A sitter.")
    blog.build()
    blog.take_down(2)
    blog.build()
    here, gone = (f"20261012T0{number}/{blog.link(number)}" for number in (1, 2))
    elsewhere = "20261012T09/https://other.example.org/1"
    within, by_number = f"{here}#comment-3", "20261012T09/tag:127.0.0.1,2026-10-12:/1.html"

    found = list(make_feed(blog.options()).look_up([here, gone, elsewhere, within, by_number]))

    assert found == [base.Found(here, "present"), base.Found(gone, "gone")]


# --- what a forum's feed lists ------------------------------------------------------------------------------------------


def around_now() -> Window:
    """A forum dates its posts itself."""
    return Window(datetime.now(UTC) - timedelta(days=1), datetime.now(UTC) + timedelta(days=1))


@has_forum
def test_a_forum_tells_in_its_feed_who_wrote_when_and_under_which_heading(forum):
    post = forum.begin("Who sits with him? #AskEarly", "Nobody came on *Sunday*.")
    forum.reply(post, "Ring the ward.")

    reply, first = read(make_feed(forum.options), around_now())

    assert first.title == "Post: Who sits with him? #AskEarly"
    assert reply.title == "Reply: Who sits with him? #AskEarly"
    assert {first.kind, reply.kind} == {"reply"}
    assert first.author.name == forums.WRITER
    assert "Sunday" not in first.text


@has_forum
def test_a_post_that_is_edited_in_a_forum_is_one_more_entry_and_names_the_thread_anew(forum):
    post = forum.begin("Who sits with him?", "Nobody came.")
    (before,) = read(make_feed(forum.options), around_now())

    forum.edit(post, "Who sits with her?", "Somebody came.")

    edited, same = read(make_feed(forum.options), around_now())
    assert (same.id, same.title) == (before.id, "Post: Who sits with her?")
    assert (edited.id != before.id, edited.title) == (True, "Edit: Who sits with her?")


# --- what is not sent again -------------------------------------------------------------------------------------------

LATER = Window(WEEK.until, WEEK.until + timedelta(hours=1))


def is_asked(blog: Blog, feed: Feed, window: Window) -> str:
    """The status of the only answer."""
    blog.asked()
    read(feed, window)
    (line,) = blog.asked()
    return line.split()[0]


@has_blog
def test_a_feed_that_has_not_changed_is_not_sent_again_also_to_another_process(blog, tmp_path):
    blog.write(1, posted(1), "A sitter.")
    blog.build()
    first, second = (
        make_feed(blog.options(), given=make_given(vault=FolderVault(tmp_path / "listener.vault"))) for _ in range(2)
    )
    read(first)

    assert is_asked(blog, second, LATER) == "304"
    assert is_asked(blog, second, WEEK) == "200"
    assert [post.text for post in read(second)] == ["A sitter."]


@has_blog
@pytest.mark.parametrize("different", [{"keywords": ("sitter",)}, {"role": "comment"}], ids=["words", "role"])
def test_another_question_forgets_what_was_known_of_the_feed(settled, different):
    vault = MemoryVault()
    read(make_feed(settled.options(), given=make_given(vault=vault)))

    assert is_asked(settled, make_feed(settled.options(), given=make_given(vault=vault), **different), LATER) == "200"


@has_blog
def test_a_feed_that_has_moved_is_not_sent_again_from_where_it_is_now(settled):
    feed = make_feed(settled.options("/moved.xml"))
    read(feed)
    settled.asked()

    read(feed, LATER)

    assert [line.split()[:2] for line in settled.asked()] == [["301", "/moved.xml"], ["304", FEED]]


# --- what of a window was read ------------------------------------------------------------------------------------------

HOUR, SECOND = timedelta(hours=1), timedelta(seconds=1)
SOURCE = """
[sources.blog]
kind = "feed"
url = "{url}"
hashtags = []
allow_private_addresses = true
"""


class Listening:
    """A service that reads one blog, whose clock the test sets."""

    def __init__(self, blog: Blog, folder: Path) -> None:
        self.now = FIRST
        extra = SOURCE.format(url=blog.options()["url"])
        self.service = make_service(folder, now=lambda: self.now, extra=extra)

    @property
    def week(self) -> Week:
        return self.service.config.exercise.week(1)

    def tick(self, now: datetime) -> list[Run]:
        """Reads what of the blog is due."""
        self.now = now
        return [collect.do(self.service, task) for task in collect.due_now(self.service) if task.source == "blog"]

    def gaps(self) -> list[tuple[datetime, datetime, bool]]:
        with self.service.store.read() as unit:
            runs = unit.runs.by_source(collect.whole(self.service.config.exercise, self.now))
        (source,) = (one for one in self.service.all_listening() if one.name == "blog")
        return [(one.since, one.until, one.fillable) for one in ledger.gaps(source, self.week, runs["blog"], self.now)]

    def texts(self) -> set[str]:
        with self.service.store.read() as unit:
            return {kept.post.text for kept in unit.posts.of(ledger.window_of(self.week))}


def publish(blog: Blog, *numbers: int) -> None:
    """An article an hour from the first hour of the week on."""
    for number in numbers:
        blog.write(number, FIRST + number * HOUR, f"Words {number}.")
    blog.build()


@has_blog
def test_what_has_left_the_list_during_an_outage_is_a_gap_and_asked_for_once(tmp_path):
    with TemporaryDirectory() as folder, blogs.started(Path(folder), most=10) as blog:
        listening = Listening(blog, tmp_path)
        publish(blog, *range(12))
        listening.tick(FIRST + 12 * HOUR)
        publish(blog, *range(12, 24))

        listening.tick(FIRST + 24 * HOUR)

        oldest, seen = FIRST + 14 * HOUR + SECOND, FIRST + 2 * HOUR + SECOND
        assert listening.gaps() == [(listening.week.opens, seen, False), (FIRST + 12 * HOUR, oldest, False)]
        assert listening.texts() == {f"Words {number}." for number in (*range(2, 12), *range(14, 24))}
        assert listening.tick(FIRST + 24 * HOUR) == []
        assert [run.state for run in listening.tick(FIRST + 25 * HOUR)] == ["complete"]


@has_blog
def test_an_article_that_appears_late_is_read_when_it_appears(blog, tmp_path):
    listening = Listening(blog, tmp_path)
    publish(blog, 5)
    listening.tick(FIRST + 6 * HOUR)
    publish(blog, 3)

    (run,) = listening.tick(FIRST + 7 * HOUR)

    assert (run.since, run.new, run.unchanged) == (FIRST + 6 * HOUR, 1, 1)
    assert listening.texts() == {"Words 3.", "Words 5."}


@has_blog
def test_a_week_is_not_read_late_from_the_next_one(blog, tmp_path):
    listening = Listening(blog, tmp_path)
    closes = listening.week.closes
    publish(blog, 1)
    listening.tick(closes + HOUR)
    publish(blog, 2)

    listening.tick(closes + 2 * HOUR)

    assert listening.texts() == {"Words 1."}


@has_blog
def test_a_new_blog_has_no_gaps_before_its_first_article(tmp_path):
    with TemporaryDirectory() as folder, blogs.started(Path(folder), most=10) as blog:
        listening = Listening(blog, tmp_path)
        publish(blog)
        listening.tick(FIRST)
        publish(blog, 1)

        listening.tick(FIRST + 2 * HOUR)

        assert listening.gaps() == []
        assert listening.texts() == {"Words 1."}
