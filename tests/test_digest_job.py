"""When a week's page is due, and that it is written only when it would say something else."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from listener.config import Schedule
from listener.jobs import collect, digest, ledger, tick
from storage.store import StorageError, Store
from storage.values import Draft
from tests.factories import make_exercise
from tests.services import FIRST, make_service, write_answers

EXERCISE = make_exercise(2)
WEEK = EXERCISE.weeks[0]
PROMISED = datetime(2026, 10, 19, 5, 15, tzinfo=UTC)  # Monday 06:15 local time: 06:45 minus half an hour
HOUR = timedelta(hours=1)
WEDNESDAY = WEEK.opens + timedelta(days=2)


def make_draft(checked_at, upto=1):
    return Draft(
        week=1, as_of=checked_at, checked_at=checked_at, upto=upto, contributions=1, finding="", gaps=0, content="before"
    )


def due(now, newest=0, draft=None, decided=0):
    news = {1: digest.News(upto=newest, decided=decided)}
    return [week.number for week in digest.due(EXERCISE, Schedule(), {1: draft} if draft else {}, news, now)]


@pytest.mark.parametrize(
    ("now", "newest", "draft", "expected"),
    [
        (WEEK.opens - HOUR, 0, None, []),
        (WEDNESDAY, 0, None, []),
        (WEDNESDAY, 1, None, [1]),
        (WEDNESDAY, 2, make_draft(WEDNESDAY - timedelta(minutes=59)), []),
        (WEDNESDAY, 2, make_draft(WEDNESDAY - HOUR), [1]),
        (WEDNESDAY, 1, make_draft(WEDNESDAY - HOUR), []),
        (PROMISED - timedelta(seconds=1), 1, make_draft(WEEK.closes), []),
        (PROMISED, 1, make_draft(WEEK.closes), [1]),
        (PROMISED, 0, None, [1]),
        (PROMISED + HOUR, 1, make_draft(PROMISED), []),
        (PROMISED + 2 * HOUR, 2, make_draft(PROMISED), [1]),
    ],
    ids=[
        "not begun",
        "nothing read yet",
        "first posts",
        "news within the hour",
        "news after an hour",
        "no news",
        "a second too early",
        "the promised hour",
        "a quiet week",
        "made as promised",
        "what came late",
    ],
)
def test_when_a_page_is_due(now, newest, draft, expected):
    assert due(now, newest, draft) == expected


@pytest.mark.parametrize(
    ("draft", "decided", "expected"),
    [
        (None, 1, [1]),
        (make_draft(WEDNESDAY), 1, [1]),
        (replace(make_draft(WEDNESDAY), decided=1), 1, []),
        (replace(make_draft(WEDNESDAY), decided=1), 2, [1]),
    ],
    ids=["no page yet", "the first decision", "no other", "a newer one"],
)
def test_what_a_person_decides_is_on_the_page_at_once(draft, decided, expected):
    assert due(WEDNESDAY, 0, draft, decided) == expected


# --- making ---------------------------------------------------------------------------------------------------------------


class Clock:
    def __init__(self, at):
        self.at = at

    def __call__(self):
        return self.at


def pages(folder):
    return {path: (path.stat().st_mtime_ns, path.read_bytes()) for path in (folder / "digests").rglob("*.html")}


def drafted(folder, numbers=range(4)):
    """A service after the promised hour of week 1, whose page is made."""
    clock = Clock(PROMISED)
    service = make_service(folder, now=clock)
    write_answers(folder, numbers)
    tick.do(service)
    return service, clock


def draft_of(service, number=1):
    with service.store.read() as unit:
        return unit.analyses.drafts()[number]


def test_a_quiet_week_makes_a_page_and_says_so(tmp_path):
    service, _ = drafted(tmp_path, numbers=())

    assert draft_of(service).contributions == 0
    assert "No contributions" in (tmp_path / "digests/week-1/index.html").read_text("utf-8")


def test_making_a_page_again_writes_no_file_and_leaves_its_as_of(tmp_path):
    service, clock = drafted(tmp_path)
    before, first = pages(tmp_path), draft_of(service)
    clock.at += timedelta(days=3)

    second = digest.do(service, service.config.exercise.week(1))

    assert pages(tmp_path) == before
    assert (second.as_of, second.checked_at) == (first.as_of, clock.at)


def test_a_contribution_that_came_late_moves_the_as_of(tmp_path):
    service, clock = drafted(tmp_path)
    clock.at += timedelta(days=1)
    write_answers(tmp_path, range(5))
    week = service.config.exercise.week(1)

    collect.do(service, collect.Task(source="tag", window=ledger.window_of(week), why="manual"))
    second = digest.do(service, week)

    assert (second.as_of, second.contributions) == (clock.at, 5)


def test_the_index_tells_of_every_week_that_has_a_page(tmp_path):
    service, clock = drafted(tmp_path)
    clock.at = service.config.exercise.week(2).opens + timedelta(days=8)
    tick.do(service)

    index = (tmp_path / "digests/index.html").read_text("utf-8")

    assert 'href="week-1/index.html"' in index
    assert 'href="week-2/index.html"' in index
    assert all(week.question in index for week in service.config.exercise.weeks)


def test_after_an_outage_of_nine_days_one_tick_makes_both_pages(tmp_path):
    service = make_service(tmp_path, now=FIRST + timedelta(days=16))
    write_answers(tmp_path, range(16), step=timedelta(hours=23))

    done = tick.do(service)

    assert [draft.week for draft in done.drafts] == [1, 2]
    with service.store.read() as unit:
        assert unit.posts.count() == 15  # the last one came after week 2


def test_nothing_is_shown_of_a_network_without_the_contract_to_show_it(tmp_path):
    (tmp_path / "x").mkdir()
    held = f'\n[sources.held]\nkind = "replay"\nof = "x"\nfolder = "{tmp_path}/x"\ndisplay = "enterprise"\n'

    without, with_contract = make_service(tmp_path, now=FIRST), make_service(tmp_path, now=FIRST, extra=held)

    assert digest.counts_only(without) == {"x"}
    assert digest.counts_only(with_contract) == frozenset()


def test_a_page_that_was_cut_off_before_it_was_noted_is_made_again_and_linked(tmp_path):
    service = make_service(tmp_path, now=PROMISED)
    one, two = service.config.exercise.weeks
    digest.do(service, one)

    with Store(service.store.path, b"secret").write(), pytest.raises(StorageError):
        digest.do(service, two)

    with service.store.read() as unit:
        assert unit.analyses.drafts().keys() == {1}
    digest.do(service, two)
    assert "../week-2/index.html" in (tmp_path / "digests/week-1/index.html").read_text("utf-8")
    assert "week-2/index.html" in (tmp_path / "digests/index.html").read_text("utf-8")
