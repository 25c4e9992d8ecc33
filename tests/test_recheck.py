"""What is about to be shown is looked up first, by its id, at the network that it is from."""

from dataclasses import replace
from datetime import timedelta

import pytest

from listener.jobs import collect, recheck
from listener.jobs.collect import Task
from listener.jobs.ledger import window_of
from tests.networks import bluesky
from tests.services import FIRST, SKY, make_service, store_sky

NOW = FIRST + timedelta(days=8)
POSTS = [
    bluesky.make_post(number, FIRST + timedelta(hours=number), f"Saying {number} #NHSThinkCarer") for number in range(1, 4)
]


@pytest.fixture
def service(tmp_path):
    """Three posts of Bluesky are kept."""
    made = make_service(tmp_path, now=NOW, extra=SKY)
    store_sky(tmp_path, POSTS)
    collect.do(made, Task(source="sky", window=window_of(made.config.exercise.week(1)), why="manual"))
    yield made
    made.store.close()


def kept(service):
    with service.store.read() as unit:
        return unit.posts.some(list(range(1, 10)))


def rows(service):
    return [one.row for one in kept(service)]


def test_posts_that_are_there_as_they_were_are_left_alone(service):
    before = kept(service)

    checked = recheck.do(service, rows(service))

    assert (checked.gone, checked.changed, checked.unasked, checked.moved) == (0, 0, {}, False)
    assert kept(service) == before


def test_a_post_that_was_taken_down_loses_its_words_at_once(service, tmp_path):
    gone = kept(service)[0].post
    store_sky(tmp_path, POSTS, gone=[gone])

    checked = recheck.do(service, rows(service))

    assert (checked.gone, checked.moved) == (1, True)
    assert gone.key not in {one.post.key for one in kept(service)}


def test_a_post_that_was_edited_is_kept_as_it_is_now(service, tmp_path):
    edited = [replace(POSTS[0], text="I said it differently. #NHSThinkCarer"), *POSTS[1:]]
    store_sky(tmp_path, edited)

    checked = recheck.do(service, rows(service))

    assert (checked.gone, checked.changed) == (0, 1)
    assert "I said it differently. #NHSThinkCarer" in {one.post.text for one in kept(service)}


def test_only_what_is_to_be_shown_is_asked_for(service, tmp_path):
    store_sky(tmp_path, POSTS, gone=POSTS)

    assert recheck.do(service, rows(service)[:1]).gone == 1
    assert len(kept(service)) == 2


def test_a_network_that_cannot_be_asked_is_named_and_nothing_is_removed(service, tmp_path):
    for path in (tmp_path / "sky").iterdir():
        path.unlink()
    (tmp_path / "sky").rmdir()

    checked = recheck.do(service, rows(service))

    assert list(checked.unasked) == ["Bluesky"]
    assert "no such folder" in checked.unasked["Bluesky"]
    assert len(kept(service)) == 3


def test_a_post_without_a_sure_answer_is_named(service, tmp_path):
    store_sky(tmp_path, POSTS[1:])

    checked = recheck.do(service, rows(service))

    assert checked.unasked == {"Bluesky": "it gave no sure answer for 1 of 3"}
    assert len(kept(service)) == 3


def test_a_source_that_is_off_now_cannot_be_asked(service):
    sources = tuple(replace(one, off="closed") if one.name == "sky" else one for one in service.config.sources)
    service = replace(service, config=replace(service.config, sources=sources))

    assert recheck.do(service, rows(service)).unasked == {"Bluesky": "the source sky is off: closed"}


def test_what_no_network_answers_for_is_as_we_have_it(tmp_path):
    service = make_service(tmp_path, now=NOW)

    assert recheck.do(service, [1, 2]).unasked == {}
