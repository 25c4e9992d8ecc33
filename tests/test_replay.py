import json
from datetime import UTC, datetime, timedelta

import pytest

from collectors import base
from collectors.base import Window, fingerprint
from collectors.replay import Replay
from tests.factories import NOW, make_given
from tests.networks import x

WEEK = Window(datetime(2026, 11, 16, tzinfo=UTC), datetime(2026, 11, 23, tzinfo=UTC))
DAYS = [Window(WEEK.since + timedelta(days=day), WEEK.since + timedelta(days=day + 1)) for day in range(7)]


def make_replay(folder, **options):
    given = options.pop("given", make_given())
    return Replay(given=given, **{"of": "x", "folder": str(folder), "hashtags": ("#NHSThinkCarer",), **options})


def store(folder, *days):
    """One page a day, each with one post at noon."""
    posts = [x.make_post(day, DAYS[day].since + timedelta(hours=12), f"Day {day} #NHSThinkCarer") for day in days]
    for day, post in zip(days, posts, strict=True):
        (folder / f"{day}.page").write_text(json.dumps(x.answer_of([post])))
    return posts


def down(folder, day, reason="X was down all day"):
    window = DAYS[day]
    told = [{"since": window.since.isoformat(), "until": window.until.isoformat(), "reason": reason}]
    (folder / "outages.json").write_text(json.dumps(told))


def test_each_page_is_a_file_cut_to_the_window(tmp_path):
    posts = store(tmp_path, 0, 1, 2)

    pages = list(make_replay(tmp_path).collect(DAYS[1]))

    assert [page.posts for page in pages] == [[], [posts[1]], []]
    assert [page.cursor for page in pages] == ["0.page", "1.page", None]


def test_an_outage_is_never_answered_and_told_at_the_end(tmp_path):
    posts = store(tmp_path, 0, 1, 2)
    down(tmp_path, 1)

    reading = make_replay(tmp_path).collect(WEEK)
    pages = [next(reading) for _ in range(3)]

    assert [page.posts for page in pages] == [[posts[0]], [], [posts[2]]]
    assert all(page.cursor for page in pages)
    with pytest.raises(base.Unavailable, match="X was down all day"):
        next(reading)


def test_a_reading_resumed_after_the_last_page_meets_the_outage_again(tmp_path):
    store(tmp_path, 0)
    down(tmp_path, 1)

    with pytest.raises(base.Unavailable):
        list(make_replay(tmp_path).collect(WEEK, "0.page"))


def test_a_window_beside_the_outage_is_read_to_its_end(tmp_path):
    posts = store(tmp_path, 0, 1, 2)
    down(tmp_path, 1)

    pages = list(make_replay(tmp_path).collect(DAYS[2]))

    assert [post for page in pages for post in page.posts] == [posts[2]]
    assert pages[-1].cursor is None


def test_a_look_up_says_gone_for_what_is_listed_and_nothing_for_what_is_unknown(tmp_path):
    posts = store(tmp_path, 0, 1)
    (tmp_path / "gone.json").write_text(json.dumps({posts[0].id: NOW.isoformat()}))

    found = list(make_replay(tmp_path).look_up([posts[0].id, posts[1].id, "7"]))

    assert [(one.id, one.state) for one in found] == [(posts[0].id, "gone"), (posts[1].id, "present")]
    assert found[1].item.post == posts[1]


def test_a_post_is_returned_until_it_is_gone(tmp_path):
    posts = store(tmp_path, 0, 1)
    (tmp_path / "gone.json").write_text(json.dumps({posts[0].id: (NOW + timedelta(days=1)).isoformat()}))

    now = [post for page in make_replay(tmp_path).collect(WEEK) for post in page.posts]
    later = make_replay(tmp_path, given=make_given(now=NOW + timedelta(days=1)))
    then = [post for page in later.collect(WEEK) for post in page.posts]

    assert (now, then) == (posts, posts[1:])


def test_a_page_is_there_from_its_arrival_on(tmp_path):
    posts = store(tmp_path, 0, 1)
    (tmp_path / "arrivals.json").write_text(json.dumps({"1.page": (NOW + timedelta(days=1)).isoformat()}))

    now = [post for page in make_replay(tmp_path).collect(WEEK) for post in page.posts]
    later = make_replay(tmp_path, given=make_given(now=NOW + timedelta(days=1)))
    then = [post for page in later.collect(WEEK) for post in page.posts]

    assert (now, then) == (posts[:1], posts)


@pytest.mark.parametrize("told", ['{"a": "yesterday"}', '{"a": "2026-11-01T00:00"}', '{"a": 7}', "[]", "{"])
def test_moments_that_cannot_be_read_are_told(tmp_path, told):
    store(tmp_path, 0)
    (tmp_path / "gone.json").write_text(told)

    with pytest.raises(base.BadRequest, match=r"gone\.json"):
        list(make_replay(tmp_path).collect(WEEK))


def test_a_page_that_cannot_be_read_is_told(tmp_path):
    (tmp_path / "0.page").write_bytes(b"<html>")

    with pytest.raises(base.Unavailable):
        list(make_replay(tmp_path).collect(WEEK))


@pytest.mark.parametrize(("display", "contract"), [("counts", ""), ("enterprise", "x")])
def test_a_replay_speaks_and_shows_as_the_kind_that_it_replays(tmp_path, display, contract):
    collector = make_replay(tmp_path, display=display)

    assert (collector.kind, collector.channel_name, collector.asked) == ("replay", "X", "posts with #NHSThinkCarer")
    assert collector.display_contract == contract
    assert fingerprint(collector) != fingerprint(make_replay(tmp_path, of="bluesky"))


@pytest.mark.parametrize("of", ["bluesky", "x", "mailbox", "file"])
def test_every_other_kind_can_be_replayed_without_a_login(tmp_path, of):
    assert make_replay(tmp_path, of=of).channel


@pytest.mark.parametrize(("of", "words"), [("tiktok", "no kind tiktok"), ("replay", "cannot be replayed")])
def test_a_kind_that_cannot_be_replayed_is_the_configs_mistake(tmp_path, of, words):
    with pytest.raises(base.BadRequest, match=words):
        make_replay(tmp_path, of=of)


def test_a_missing_folder_is_told_with_its_path(tmp_path):
    with pytest.raises(base.BadRequest, match="nowhere: no such folder"):
        make_replay(tmp_path / "nowhere").check()


@pytest.mark.parametrize("told", ["{", "{}", '[{"since": "2026-11-17T00:00:00"}]', "[7]"], ids=range(4))
def test_outages_that_cannot_be_read_are_told(tmp_path, told):
    (tmp_path / "outages.json").write_text(told)

    with pytest.raises(base.BadRequest, match=r"outages\.json"):
        list(make_replay(tmp_path).collect(WEEK))
