"""How long words are kept: what goes when, and what outlives it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from collectors.base import Item
from collectors.post import Post
from listener.jobs import desk, digest, retention, tick
from listener.jobs.ledger import window_of
from listener.jobs.retention import Limit
from tests import published
from tests.services import FIRST, make_service, wordings, write_answers
from tests.stores import said_in

UNTIL = "\n[privacy]\nkeep_until = 2026-12-31\n"
LISTENED = datetime(2026, 10, 14, 12, tzinfo=UTC)
LATER = datetime(2027, 1, 1, 0, 0, 1, tzinfo=UTC)
SAID = "The quetzal of ward nine sang all night."
DAY = timedelta(days=1)


class Clock:
    at = LISTENED

    def __call__(self) -> datetime:
        return self.at


def listened(folder, extra=UNTIL):
    """A service with forty answers on its first day, and a clock that can be moved on."""
    write_answers(folder, range(39), texts=wordings(39))
    clock = Clock()
    service = make_service(folder, now=clock, extra=extra)
    tick.do(service)
    return service, clock


def add(service, network="form", text=SAID, **more):
    post = Post(network=network, id=f"quetzal-{network}", text=text, posted_at=FIRST + 9 * DAY / 24, **more)
    with service.store.write() as unit:
        unit.posts.add("tag", 1, [Item(post, text.encode())], service.now())
        return unit.posts.newest()


def facts(service):
    return desk.facts(service, service.config.exercise.weeks[0])


def left(service) -> str:
    return said_in(service.store.path).decode("utf-8", "replace")


def pages(folder) -> str:
    return "".join(path.read_text("utf-8") for path in (folder / "digests").rglob("*.html"))


# --- when -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("now", "is_over"),
    [(datetime(2026, 12, 31, 23, 59, tzinfo=UTC), False), (datetime(2027, 1, 1, tzinfo=UTC), True)],
)
def test_the_last_day_is_kept_to_its_end_in_local_time(tmp_path, now, is_over):
    config = make_service(tmp_path, now=now, extra=UNTIL).config

    assert (Limit(before=now) in retention.limits(config, now)) == is_over


def test_no_day_set_and_no_time_of_a_source_take_nothing_but_what_a_network_bids(tmp_path):
    config = make_service(tmp_path, now=LATER).config

    assert {one.network for one in retention.limits(config, LATER)} == set(retention.PLATFORM)


def test_a_source_with_a_time_of_its_own_loses_words_on_the_day_it_ends(tmp_path):
    config = make_service(tmp_path, now=LATER).config
    kept = replace(config, sources=(replace(config.sources[0], keep=2 * DAY),))

    limits = retention.limits(kept, datetime(2026, 10, 14, 9, tzinfo=UTC))

    assert Limit(before=datetime(2026, 10, 12, 23, tzinfo=UTC), source="tag") in limits  # midnight in summer time


def test_nothing_is_due_before_and_nothing_twice(tmp_path):
    service, clock = listened(tmp_path)

    assert retention.do(service) == retention.Done()
    clock.at = LATER
    assert retention.do(service).posts == 39
    assert retention.do(service) == retention.Done()


def test_only_the_source_whose_time_is_over_loses_its_words(tmp_path):
    service, clock = listened(tmp_path, extra="")
    config = replace(service.config, sources=tuple(replace(one, keep=30 * DAY) for one in service.config.sources))
    with service.store.write() as unit:
        elsewhere = Post(network="web", id="1", text="Kept longer", posted_at=FIRST)
        unit.posts.add("other", 1, [Item(elsewhere)], LISTENED)
    clock.at = LATER

    assert retention.do(replace(service, config=config)).posts == 39
    assert "Kept longer" in left(service)


def test_what_a_network_bids_holds_whatever_the_config_says(tmp_path):
    service, clock = listened(tmp_path, extra="\n[privacy]\nkeep_until = 2029-12-31\n")
    add(service, network="youtube")
    clock.at = LISTENED + 31 * DAY

    assert retention.do(service).posts == 1
    assert "quetzal of ward" not in left(service)


# --- what goes and what stays -----------------------------------------------------------------------------------------


def test_words_names_and_addresses_go_from_the_database_and_the_pages(tmp_path):
    service, clock = listened(tmp_path)
    add(service, title="A quetzal", url="https://quetzal.example/1")
    digest.do(service, service.config.exercise.weeks[0])
    assert "quetzal of ward" in pages(tmp_path)
    clock.at = LATER

    done = retention.do(service)

    assert done.weeks == (1,)
    assert "quetzal of ward" not in pages(tmp_path)
    assert "quetzal.example" not in left(service)
    assert "person7" not in left(service)
    assert b"quetzal of ward" not in service.store.path.read_bytes()


def test_counts_tone_and_themes_stay(tmp_path):
    service, clock = listened(tmp_path)
    before = facts(service)
    clock.at = LATER

    retention.do(service)

    after = facts(service)
    assert after.analysis == before.analysis
    assert after.scores == before.scores
    assert len(after.posts) == len(before.posts)
    assert digest.do(service, before.week).contributions == 39


def test_a_page_says_that_words_are_kept_no_more(tmp_path):
    service, clock = listened(tmp_path)
    clock.at = LATER

    retention.do(service)

    assert "counted, but the words are kept no more" in pages(tmp_path)


def test_a_reading_again_brings_no_words_back(tmp_path):
    service, clock = listened(tmp_path)
    add(service)
    clock.at = LATER
    retention.do(service)

    add(service)

    assert "quetzal of ward" not in left(service)


def test_notes_and_names_go_unless_their_author_gave_leave_and_paraphrases_stay(tmp_path):
    service, clock = listened(tmp_path)
    week = service.config.exercise.weeks[0]
    yes, no = add(service), add(service, network="web")
    for row, state in ((yes, "yes"), (no, "asked")):
        consent = {"state": state, "how": f"rang {state}-quetzal", "name": f"{state}-Ann"}
        published.decide(
            service, week, [(f"post:{row}", "consent", consent), (f"post:{row}", "paraphrase", {"text": f"{state}-ours"})]
        )
    clock.at = LATER

    retention.do(service)

    assert [text in left(service) for text in ("yes-Ann", "yes-ours", "asked-Ann", "asked-quetzal", "asked-ours")] == [
        *(True, True, False, False, True)
    ]


# --- what was published -----------------------------------------------------------------------------------------------


def quoted(service, clock, *acts: Callable[[int], published.Act], **of_post):
    week, row = service.config.exercise.weeks[0], add(service, **of_post)
    published.quote(service, week, row, *(act(row) for act in acts))
    published.publish(service, week)
    clock.at = LATER
    return row


def live(service):
    with service.store.read() as unit:
        return unit.editions.live_rows()


def leave(state: str) -> Callable[[int], published.Act]:
    return lambda row: (f"post:{row}", "consent", {"state": state})


def test_a_quote_with_its_authors_leave_outlives_its_post(tmp_path):
    service, clock = listened(tmp_path)
    row = quoted(service, clock, leave("yes"))

    done = retention.do(service)

    assert (live(service), done.quotes) == ({row}, [])
    assert "quetzal of ward" in left(service)  # in the published version only


def test_leave_given_with_the_words_counts_too(tmp_path):
    service, clock = listened(tmp_path)
    row = quoted(service, clock, leave("asked"), consent="written")

    retention.do(service)

    assert live(service) == {row}


def test_a_quote_whose_author_took_leave_back_comes_down(tmp_path):
    service, clock = listened(tmp_path)
    row = quoted(service, clock, leave("yes"))
    published.decide(service, service.config.exercise.weeks[0], [leave("no")(row)])

    done = retention.do(service)

    assert (live(service), [ref[0] for ref in done.quotes]) == (set(), [1])
    assert "quetzal of ward" not in left(service)


def test_our_own_words_stay_published(tmp_path):
    service, clock = listened(tmp_path)
    row = quoted(service, clock)

    retention.do(service)

    assert live(service) == {row}
    assert "Somebody waited." in left(service)


def test_what_is_quoted_still_is_looked_up_still(tmp_path):
    service, clock = listened(tmp_path)
    quoted(service, clock)
    retention.do(service)

    with service.store.read() as unit:
        missed = unit.posts.missed("tag", 10_000, window_of(service.config.exercise.weeks[0]))

    assert missed == [("form", "quetzal-form")]


# --- said beforehand --------------------------------------------------------------------------------------------------


def test_what_will_go_is_told_beforehand(tmp_path):
    service, clock = listened(tmp_path)
    quoted(service, clock, leave("yes"))
    clock.at = LISTENED

    found = retention.preview(service)

    assert (found.keep_until, found.kept, found.consented) == (date(2026, 12, 31), 40, 1)
    assert list(retention.lines(found)) == [
        "After 31 December 2026 the words of 40 contributions will go; 1 quote with its author's leave stays."
    ]


def test_a_time_of_a_source_and_a_day_that_is_missing_are_told_too(tmp_path):
    service, _ = listened(tmp_path, extra="")
    config = replace(service.config, sources=(replace(service.config.sources[0], keep=90 * DAY),))

    assert list(retention.lines(retention.preview(replace(service, config=config)))) == [
        "The words of 39 contributions are kept, and no day is set on which they go: write keep_until in [privacy].",
        "The words of tag go after 90 days.",
    ]
