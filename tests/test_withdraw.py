"""What is withdrawn is gone from every version, and from the database; a new version says so, and never why."""

from dataclasses import replace
from datetime import timedelta

import pytest

from digests import public
from listener.jobs import desk, forget, removals, withdraw
from listener.jobs.service import Refused
from tests import desks, published, stores
from tests.services import FIRST, make_service

OURS = "A neighbour waited for somebody to ring back"
THEIRS = "Please do not print what I say of my sister"


class Clock:
    def __init__(self):
        self.at = FIRST + timedelta(days=8)

    def __call__(self):
        self.at += timedelta(seconds=1)
        return self.at


@pytest.fixture
def service(tmp_path):
    """Week 1 was published twice: 1-01 in our words (row 3), 1-02 in theirs (row 5)."""
    made = desks.collected(tmp_path, now=Clock())
    week = desks.week_of(made)
    published.quote(made, week, 3, ("post:3", "paraphrase", {"text": OURS}))
    published.quote(made, week, 5, ("post:5", "consent", {"state": "yes"}), ("post:5", "mode", {"mode": "verbatim"}))
    for version in (1, 2):
        published.publish(made, week, version)
    yield made
    made.store.close()


def versions(service, week=1):
    """Each version as it is read back, oldest first."""
    with service.store.read() as unit:
        return [
            public.from_json(edition.content, unit.editions.quotes(week, edition.version)) for edition in unit.editions.of(week)
        ]


def words_of(service):
    """What each version shows of each quote."""
    return [{quote.ref: quote.text for quote in digest.quotes()} for digest in versions(service)]


def acts(service):
    with service.store.read() as unit:
        return {(noted.by, noted.act, noted.target) for noted in unit.accounts.noted()}


def test_a_withdrawn_quote_is_gone_from_every_version_and_a_new_one_says_so(service):
    gone = withdraw.quotes(service, [3], 7)

    assert gone == [(1, "1-01")]
    assert [told["1-01"] for told in words_of(service)] == ["", "", ""]
    assert all(told["1-02"] for told in words_of(service))
    newest = versions(service)[-1]
    assert (newest.version, newest.changes[-1].sentence) == (3, "Quote 1-01 has been withdrawn.")
    assert (7, "withdraw", "week-1 1-01") in acts(service)


def test_the_counts_stay_as_they_were(service):
    withdraw.quotes(service, [3], 7)

    assert len({tuple(sorted(digest.numbers.items())) for digest in versions(service)}) == 1


def test_the_words_are_overwritten_in_the_database(service):
    assert OURS.encode() in stores.said_in(service.store.path)

    withdraw.quotes(service, [3], 7)

    for path in service.store.path.parent.glob(f"{service.store.path.name}*"):
        assert OURS.encode() not in path.read_bytes(), path.name


def test_withdrawing_again_changes_nothing(service):
    withdraw.quotes(service, [3], 7)
    before = versions(service)

    assert withdraw.quotes(service, [3, 99], 7) == []
    assert versions(service) == before


def test_two_at_once_are_told_in_one_line(service):
    withdraw.quotes(service, [3, 5], 7)

    assert versions(service)[-1].changes[-1].sentence == "Quotes 1-01 and 1-02 have been withdrawn."


def test_the_desk_does_not_bring_it_back(service):
    withdraw.quotes(service, [3], 7)

    _, curation = desk.state(service, desks.week_of(service))
    assert (curation.hidden[3], curation.chosen) == ("unsafe to show", (5,))
    assert 3 not in curation.paraphrases


def test_a_kill_in_between_leaves_all_or_nothing_and_doing_it_again_is_enough(service, monkeypatch):
    def cut(*_):
        raise SystemExit

    for name in ("_hide", "_announce"):
        with monkeypatch.context() as patched:
            patched.setattr(withdraw, name, cut)
            with pytest.raises(SystemExit):
                withdraw.quotes(service, [3], 7)
        assert [told["1-01"] for told in words_of(service)] == [OURS, OURS]

    withdraw.quotes(service, [3], 7)

    assert [told["1-01"] for told in words_of(service)] == ["", "", ""]


def test_no_restored_backup_shows_it_again(service):
    withdraw.quotes(service, [3], 7)

    (entry,) = removals.read(removals.beside(service.store.path))
    assert entry.act == "withdraw"


def test_who_is_forgotten_is_told_of_as_a_withdrawal(service):
    with service.store.write() as unit:
        unit.editions.withdraw([5], service.now())

    withdraw.announce_rest(service)
    withdraw.announce_rest(service)

    newest = versions(service)[-1]
    assert (newest.version, newest.changes[-1].sentence) == (3, "Quote 1-02 has been withdrawn.")


# --- a whole week ---------------------------------------------------------------------------------------------------------


def test_a_week_comes_down_with_the_words_of_all_its_quotes(service):
    withdraw.week(service, 1, 7)

    assert all(not text for told in words_of(service) for text in told.values())
    with service.store.read() as unit:
        assert all(edition.withdrawn_at for edition in unit.editions.of(1))
    assert (7, "withdraw", "week-1") in acts(service)
    assert len(versions(service)) == 2


def test_no_restored_backup_shows_a_digest_again_that_came_down(service, tmp_path):
    service.store.copy_to(tmp_path / "old.db")
    withdraw.week(service, 1, 7)
    service.store.close()
    (tmp_path / "old.db").replace(service.store.path)
    restored = make_service(tmp_path, now=service.now)
    published.publish(restored, desks.week_of(restored), 3)  # after it had come down, as a restored copy may hold too
    lines = removals.beside(service.store.path).read_text().splitlines()

    assert forget.replay(restored, lines) == 1
    assert forget.replay(restored, lines) == 0

    with restored.store.read() as unit:
        assert [bool(edition.withdrawn_at) for edition in unit.editions.of(1)] == [True, True, False]
    restored.store.close()


@pytest.mark.parametrize("number", [1, 2])
def test_what_is_not_up_cannot_come_down(service, number):
    withdraw.week(service, 1, 7)

    with pytest.raises(Refused, match=f"Week {number} is not published, or was withdrawn already"):
        withdraw.week(service, number, 7)


# --- what must come down by itself ------------------------------------------------------------------------------------------


def test_what_is_as_it_was_stays(service):
    assert withdraw.due_by_itself(service) == []


def test_a_post_that_is_gone_comes_down(service):
    with service.store.write() as unit:
        (kept,) = unit.posts.some([3])
        unit.posts.remove(kept.post.network, [kept.post.id], service.now())

    assert withdraw.due_by_itself(service) == [3]


def test_an_author_who_says_no_is_obeyed(service):
    desks.decide(service, "post:5", "consent", state="no")

    assert withdraw.due_by_itself(service) == [5]


def test_what_the_desk_hides_stays_up_until_a_person_withdraws_it(service):
    desks.decide(service, "post:5", "hide", reason="off topic")

    assert withdraw.due_by_itself(service) == []


def edit(service, row):
    """The post says something else now."""
    with service.store.write() as unit:
        (kept,) = unit.posts.some([row])
        item = stores.item_of(replace(kept.post, text=THEIRS))
        unit.posts.restore(kept.sources[0], 9, item, service.now())


def test_an_edited_post_comes_down_where_its_own_words_are_shown(service):
    edit(service, 3)
    edit(service, 5)

    assert withdraw.due_by_itself(service) == [5]


def test_words_whose_time_is_over_stay_published(service):
    with service.store.write() as unit:
        unit.posts.expire([3, 5])

    assert withdraw.due_by_itself(service) == []


def test_what_its_author_keeps_back_now_comes_down(service):
    with service.store.write() as unit:
        (kept,) = unit.posts.some([3])
        item = stores.item_of(replace(kept.post, labels=("!no-unauthenticated",)))
        unit.posts.restore(kept.sources[0], 9, item, service.now())

    assert withdraw.due_by_itself(service) == [3]


def test_obeying_leaves_the_desk_alone(service):
    edit(service, 5)

    withdraw.quotes(service, withdraw.due_by_itself(service), 0, hide=False)

    _, curation = desk.state(service, desks.week_of(service))
    assert (curation.hidden, curation.chosen) == ({}, (3, 5))
    assert (0, "withdraw", "week-1 1-02") in acts(service)
