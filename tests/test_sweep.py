"""The deletion check: when it is due, and what it does with what was taken down."""

from datetime import UTC, datetime, timedelta

import pytest

from listener.jobs import digest, status, sweep, tick
from tests.networks import bluesky
from tests.services import FIRST, SKY, make_run, make_service, store_sky, wordings

MOMENT = datetime(2026, 10, 21, 12, tzinfo=UTC)  # Wednesday of week 2
DAY = timedelta(days=1)
SAYINGS = wordings(40)


class Clock:
    def __init__(self, at=MOMENT):
        self.at = at

    def __call__(self):
        return self.at


def make_posts(count=30):
    return [bluesky.make_post(n, FIRST + n * timedelta(minutes=7), SAYINGS[n]) for n in range(count)]


def listened(folder, posts):
    (folder / "answers.jsonl").touch()
    store_sky(folder, posts)
    clock = Clock()
    service = make_service(folder, now=clock, extra=SKY)
    tick.do(service)
    clock.at += DAY
    return service


def checks(done):
    return [(run.source, run.state, run.gone, run.changed) for run in done.runs if run.why == "sweep"]


def make_check(at, **differently):
    return make_run(FIRST, MOMENT, **{"started_at": at, "why": "sweep", "asked": sweep.ASKED, **differently})


@pytest.mark.parametrize(
    ("checks", "first", "expected"),
    [
        ([], MOMENT, True),
        ([], MOMENT + timedelta(hours=2), False),
        ([make_check(MOMENT + timedelta(hours=1))], MOMENT, False),
        ([make_check(MOMENT)], MOMENT, True),
        ([make_check(MOMENT, state="failed", retry_at=MOMENT + 2 * DAY)], MOMENT, False),
        ([make_check(MOMENT, state="failed", retry_at=MOMENT)], MOMENT, True),
    ],
    ids=["a day later", "too early", "just checked", "checked yesterday", "cooling", "cooled"],
)
def test_when_a_check_is_due(checks, first, expected):
    assert sweep.due(checks, DAY, first, MOMENT + 9 * DAY, MOMENT + DAY) == expected


@pytest.mark.parametrize(
    ("extra", "expected"),
    [(SKY, [("sky", 1), ("sky", 2)]), (SKY + 'off = "no account"\n', []), ("", [])],
    ids=["answers by id", "off", "no look-up"],
)
def test_what_was_read_is_checked_where_the_network_answers_by_id(tmp_path, extra, expected):
    listened(tmp_path, make_posts())
    service = make_service(tmp_path, now=lambda: MOMENT + DAY, extra=extra)

    assert [(source, week.number) for source, week in sweep.due_now(service)] == expected


def test_before_anything_was_read_nothing_is_checked(tmp_path):
    store_sky(tmp_path, [])

    assert sweep.due_now(make_service(tmp_path, now=lambda: MOMENT + DAY, extra=SKY)) == []


@pytest.mark.parametrize(
    ("checked", "expected"),
    [(timedelta(hours=-1), True), (timedelta(), False), (timedelta(minutes=5), False)],
    ids=["before the re-reading", "at it", "after it"],
)
def test_on_the_morning_after_a_week_its_posts_are_looked_up_however_lately_they_were(checked, expected):
    reread = MOMENT + timedelta(hours=2)

    assert sweep.due([make_check(reread + checked)], DAY, MOMENT, reread, reread + timedelta(minutes=6)) is expected


def test_what_was_taken_down_is_gone_from_store_and_page_within_the_tick(tmp_path):
    posts = make_posts()
    service = listened(tmp_path, posts)
    store_sky(tmp_path, posts, gone=[posts[3]])

    done = tick.do(service)

    assert ("sky", "complete", 1, 0) in checks(done)
    assert done.drafts[0].week == 1
    with service.store.read() as unit:
        assert unit.posts.count() == len(posts) - 1
    pages = [page.read_text("utf-8") for page in (tmp_path / "digests/week-1").glob("*.html")]
    assert not [page for page in pages if posts[3].text.split("#")[0].strip() in page]


def test_a_check_that_finds_nothing_changes_no_page_and_covers_no_window(tmp_path):
    posts = make_posts()
    service = listened(tmp_path, posts)
    before = digest.coverage(service, service.config.exercise.week(1))

    done = tick.do(service)

    assert {check[1:] for check in checks(done)} == {("complete", 0, 0)}
    assert 1 not in [draft.week for draft in done.drafts]
    assert digest.coverage(service, service.config.exercise.week(1)) == before
    assert not sweep.due_now(service)


def test_most_posts_gone_at_once_are_taken_for_a_fault_and_stay(tmp_path):
    posts = make_posts()
    service = listened(tmp_path, posts)
    store_sky(tmp_path, posts, gone=posts[:20])

    done = tick.do(service)

    assert [check for check in checks(done) if check[1] == "failed"] == [("sky", "failed", 0, 0)]
    (failed,) = [run for run in done.runs if run.state == "failed"]
    assert (failed.error, failed.reason) == ("TooManyGone", "20 of 30 posts are said to be gone at once; nothing was removed")
    with service.store.read() as unit:
        assert unit.posts.count() == len(posts)


def test_a_handful_gone_is_believed_however_few_there_were(tmp_path):
    posts = make_posts(4)
    service = listened(tmp_path, posts)
    store_sky(tmp_path, posts, gone=posts)

    tick.do(service)

    with service.store.read() as unit:
        assert unit.posts.count() == 0


def test_a_check_stops_when_it_is_asked_to(tmp_path):
    service = listened(tmp_path, make_posts())
    asked = make_service(tmp_path, now=service.now, stopped=lambda: True, extra=SKY)

    assert list(tick.check(asked)) == []


def test_status_tells_when_posts_were_last_looked_up(tmp_path):
    service = listened(tmp_path, make_posts())
    before = status.do(service)
    tick.do(service)

    after = status.do(service)

    assert [one.checked for one in before.sources] == [None] * 3
    assert [one.checked for one in after.sources if one.name == "sky"] == [MOMENT + DAY]
