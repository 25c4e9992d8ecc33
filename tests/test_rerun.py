"""A past week read again: what is new, changed, not returned, deleted, unchanged, and what it would move."""

import json
import sqlite3
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from listener.jobs import analyse, ledger, rerun, tick
from storage.values import Analysis, Cluster
from tests.networks import bluesky
from tests.services import FIRST, SKY, make_service, store_sky, wordings, write_answers

MOMENT = datetime(2026, 10, 21, 12, tzinfo=UTC)  # Wednesday of week 2
SAYINGS = wordings(40)
CLOSED = '\n[sources.sky]\nkind = "bluesky"\nhandle = "listener.example"\npassword = {{ file = "password" }}\nservice = "{}"\n'


def make_posts(count=40):
    return [bluesky.make_post(n, FIRST + n * timedelta(minutes=7), SAYINGS[n]) for n in range(count)]


def listened(folder, posts, extra=SKY):
    """A service that has read week 1 from the sky alone and made its page."""
    (folder / "answers.jsonl").touch()
    service = make_service(folder, now=MOMENT, extra=extra)
    tick.do(service)
    with service.store.read() as unit:
        assert unit.posts.count() == len(posts)
    return service


def again(service, *names):
    return rerun.do(service, service.config.exercise.week(1), names or ("sky",))


def edited(post, text):
    return replace(post, text=text, version=f"{post.version[:-3]}new")


def everything_kept(folder):
    with sqlite3.connect(folder / "listener.db") as database:
        tables = [name for (name,) in database.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
        kept = {name: repr(database.execute(f"SELECT * FROM {name}").fetchall()) for name in tables}
    database.close()
    return kept


def test_a_week_that_did_not_change_changes_nothing(tmp_path):
    posts = make_posts()
    store_sky(tmp_path, posts)
    service = listened(tmp_path, posts)

    (row,) = again(service)

    assert row == rerun.Row(source="sky", new=0, changed=0, missed=0, deleted=0, unchanged=40)
    assert rerun.compare(service, service.config.exercise.week(1)).moved == 0


def test_every_post_is_counted_under_what_became_of_it(tmp_path):
    old = make_posts(30)
    store_sky(tmp_path, old)
    service = listened(tmp_path, old)
    new = make_posts(33)[30:]
    store_sky(tmp_path, [edited(old[0], "I take that back #NHSThinkCarer"), *old[3:], *new], gone=[old[1]])

    (row,) = again(service)

    assert row == rerun.Row(source="sky", new=3, changed=1, missed=1, deleted=1, unchanged=27)
    with service.store.read() as unit:
        assert unit.posts.count() == 32


def test_what_was_deleted_is_nowhere_after_the_next_page(tmp_path):
    posts = make_posts()
    posts[5] = replace(posts[5], text="My name is Zebedee Quince and I hold a grudge #NHSThinkCarer")
    store_sky(tmp_path, posts)
    service = listened(tmp_path, posts)
    page = tmp_path / "digests/week-1"
    assert any("Zebedee" in file.read_text("utf-8") for file in page.glob("*.html"))
    store_sky(tmp_path, [post for post in posts if post is not posts[5]], gone=[posts[5]])

    (row,) = again(service)
    tuple(tick.make_pages(service, [service.config.exercise.week(1)]))

    assert row.deleted == 1
    kept = everything_kept(tmp_path)
    assert not [name for name, rows in kept.items() if "zebedee" in rows.lower() or "carer5.example" in rows]
    assert not any("zebedee" in file.read_text("utf-8").lower() for file in page.glob("*.html"))


def test_a_post_found_gone_is_not_deleted_twice(tmp_path):
    posts = make_posts()
    store_sky(tmp_path, posts)
    service = listened(tmp_path, posts)
    store_sky(tmp_path, posts[1:], gone=posts[:1])
    again(service)

    (row,) = again(service)

    assert (row.deleted, row.missed, row.unchanged) == (0, 0, 39)


def test_a_source_that_fails_keeps_everything_and_says_why(tmp_path):
    posts = make_posts()
    store_sky(tmp_path, posts)
    service = listened(tmp_path, posts)
    down = {"since": FIRST.isoformat(), "until": (FIRST + timedelta(days=1)).isoformat(), "reason": "down for repairs"}
    (tmp_path / "sky/outages.json").write_text(json.dumps([down]))

    (row,) = again(service)

    assert (row.missed, row.deleted, row.fault) == (0, 0, "down for repairs")
    with service.store.read() as unit:
        assert unit.posts.count() == 40


def test_an_answer_that_is_missing_from_a_file_is_not_taken_for_deleted(tmp_path):
    write_answers(tmp_path, range(3))
    service = make_service(tmp_path, now=MOMENT)
    tick.do(service)
    write_answers(tmp_path, range(2))

    (row,) = again(service, "tag")

    assert (row.missed, row.deleted, row.unchanged) == (1, 0, 2)


def test_a_reading_that_was_stopped_takes_nothing_for_gone(tmp_path):
    posts = make_posts()
    store_sky(tmp_path, posts)
    service = listened(tmp_path, posts)
    store_sky(tmp_path, posts[:3], gone=posts[5:])
    (tmp_path / "sky/2.page").write_text('{"posts": []}')

    (row,) = again(replace(service, stopped=lambda: True))

    assert (row.missed, row.deleted, row.fault) == (0, 0, "the reading was stopped")


# --- a network that answers by id -----------------------------------------------------------------------------------------


@contextmanager
def network(folder, posts):
    (folder / "password").write_text("app-pass")
    (folder / "password").chmod(0o600)
    with bluesky.opened(posts) as opened:
        yield opened, listened(folder, posts, CLOSED.format(opened.options["service"]))


def test_a_post_that_a_search_forgot_but_a_look_up_finds_is_still_there(tmp_path):
    posts = make_posts(6)
    with network(tmp_path, posts) as (sky, service):
        sky.posts = [replace(posts[0], tags=()), replace(edited(posts[1], "Better now"), tags=()), *posts[2:5]]

        (row,) = again(service)

    assert row == rerun.Row(source="sky", new=0, changed=1, missed=0, deleted=1, unchanged=4)


def test_a_look_up_that_fails_removes_nothing_and_is_told(tmp_path):
    posts = make_posts(3)
    with network(tmp_path, posts) as (sky, service):
        sky.posts = posts[1:]
        sky._getPosts = lambda _query: b"<html>over capacity</html>"

        (row,) = again(service)

    assert (row.missed, row.deleted) == (1, 0)
    assert row.fault.startswith("the look-up of missing posts failed: ")


# --- what it would move ---------------------------------------------------------------------------------------------------


def make_analysis(**themes):
    clusters = [
        Cluster(key=f"w1-c{n}", label=label, keywords=(), members=rows, representatives=())
        for n, (label, rows) in enumerate(themes.items(), 1)
    ]
    return Analysis(week=1, version="v", made_at=MOMENT, clusters=tuple(clusters))


def test_themes_are_matched_by_what_they_share_not_by_their_names():
    before = make_analysis(parking=(1, 2, 3, 4), booking=(5, 6, 7), nights=(8, 9))
    after = make_analysis(cars=(1, 2, 3), booking=(4, 5, 6, 7), letters=(8, 10, 11))

    found = rerun.moves(before, after)

    assert found == rerun.Moves(
        moved=1, appearing=(), vanishing=(), sizes={"booking": (3, 4), "cars": (4, 3), "letters": (2, 3)}
    )


def test_a_theme_that_shares_nothing_with_any_other_comes_or_goes():
    before, after = make_analysis(parking=(1, 2), nights=(8, 9)), make_analysis(parking=(1, 2), letters=(10, 11))

    found = rerun.moves(before, after)

    assert (found.appearing, found.vanishing, found.sizes) == (("letters",), ("nights",), {"parking": (2, 2)})


def test_a_week_that_was_never_grouped_has_only_new_themes():
    assert rerun.moves(None, make_analysis(parking=(1, 2))).appearing == ("parking",)


def test_comparing_leaves_the_present_grouping_as_it_is(tmp_path):
    posts = make_posts()
    store_sky(tmp_path, posts[:20])
    service = listened(tmp_path, posts[:20])
    week = service.config.exercise.week(1)
    before = everything_kept(tmp_path)
    store_sky(tmp_path, posts)
    again(service)

    found = rerun.compare(service, week)

    assert found.appearing or found.moved or any(one != two for one, two in (found.sizes or {}).values())
    after = everything_kept(tmp_path)
    assert all(before[name] == after[name] for name in ("analyses", "clusters", "assignments", "drafts"))
    assert analyse.is_stale(service, week)
    with service.store.read() as unit:
        assert len(unit.analyses.scores(ledger.window_of(week), analyse.scorer(service, week))) == 40
