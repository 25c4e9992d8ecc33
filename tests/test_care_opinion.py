"""Care Opinion: whose stories are read, what a wrong key is told as, and what became of a story."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from collectors.base import BadRequest, Found, NotAllowed, Window
from collectors.care_opinion import CareOpinion
from tests.factories import make_given
from tests.networks.care_opinion import Network, make_post, opened, story_of

START = datetime(2026, 11, 17, 9, tzinfo=UTC)
DAY = Window(START, START + timedelta(days=1))


def make_collector(network: Network, **options: Any) -> CareOpinion:
    return CareOpinion(given=make_given(), **(network.options | options))


def posts_of(collector: CareOpinion) -> list[str]:
    return [post.title for page in collector.collect(DAY) for post in page.posts]


@pytest.mark.parametrize(
    ("roles", "read"),
    [
        (("carer",), ["Story 1", "Story 3"]),
        (("Carer", "patient"), ["Story 1", "Story 2", "Story 3"]),
        ((), ["Story 1", "Story 2", "Story 3", "Story 4"]),
    ],
)
def test_only_stories_of_the_roles_that_were_asked_for_are_read(roles, read):
    told = ["a carer", "the patient", "the patient's Carer", ""]
    with opened([make_post(n, START + timedelta(minutes=n), "Words") for n in range(1, 5)]) as network:
        stories = [story_of(post) | {"authorRole": role} for post, role in zip(network.posts, told, strict=True)]
        network.answers += [(200, {}, stories), (200, {}, [])]

        assert posts_of(make_collector(network, roles=roles)) == read


def test_a_key_that_is_not_accepted_is_told_and_goes_nowhere_else():
    with opened([]) as network:
        network.fail("refused")

        with pytest.raises(NotAllowed, match="did not accept the key"):
            make_collector(network).check()


def test_conditions_are_asked_as_they_were_written():
    with opened([]) as network:
        assert posts_of(make_collector(network, conditions="&nacs=RHA")) == []

        assert network.asked[0][1]["nacs"] == ["RHA"]


def test_reading_ends_with_the_page_that_lies_beyond_the_window():
    with opened([make_post(n, START + timedelta(hours=n), "Words") for n in range(200)]) as network:
        posts_of(make_collector(network))

        assert len(network.asked) == 3


def test_a_story_that_was_taken_down_is_gone():
    there, gone = make_post(1, START, "Words"), make_post(2, START, "Words")
    with opened([there]) as network:
        found = list(make_collector(network).look_up([there.id, gone.id, "odd"]))

    assert [(one.id, one.state) for one in found] == [(there.id, "present"), (gone.id, "gone")]
    assert found[0].item is not None
    assert found[0].item.post == there


def test_a_story_that_can_no_longer_be_read_is_there_all_the_same():
    with opened([]) as network:
        network.answers.append((200, {}, {"id": 1}))

        assert list(make_collector(network).look_up(["T/1"])) == [Found("T/1", "present")]


def test_a_cursor_of_another_making_is_refused():
    with opened([]) as network, pytest.raises(BadRequest, match="none of Care Opinion"):
        list(make_collector(network).collect(DAY, "[1]"))


def test_what_is_asked_is_said():
    with opened([]) as network:
        assert make_collector(network).asked == "published stories whose author is called carer"
        assert make_collector(network, roles=(), conditions="nacs=RHA").asked == "published stories with nacs=RHA"
