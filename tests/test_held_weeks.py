"""A week that people work on stands still, whatever is read, grouped or started again."""

import re
from datetime import timedelta

from digests import compose
from listener.jobs import analyse, desk, digest, rerun, sweep, tick
from listener.jobs.ledger import window_of
from storage.store import Store
from tests import desks
from tests.desks import BEN, MONDAY, collected, decide, listen, themes_of, week_of
from tests.networks import bluesky
from tests.services import FIRST, SKY, make_service, store_sky, wordings, write_answers


class Clock:
    def __init__(self, at=MONDAY):
        self.at = at

    def __call__(self):
        return self.at


def pages(folder):
    return {path.name: path.read_bytes() for path in (folder / "digests/week-1").iterdir()}


def worked_on(service):
    """One of every kind of thing that people do to a week."""
    first, second, *_ = themes_of(service)
    decide(service, "week", "order", themes=[second, first])
    decide(service, f"theme:{first}", "rename", label="A name that a person gave")
    one, two, three, *_ = next(theme.rows for theme in desk.state(service, week_of(service))[1].themes if theme.key == first)
    decide(service, f"theme:{first}", "add", kind="prose", text="Many wrote about **rest**.", by=BEN)
    decide(service, f"theme:{first}", "add", kind="quote", row=one)
    decide(service, f"post:{two}", "move", theme=second)
    decide(service, f"post:{three}", "hide", reason="advert")
    decide(service, "post:9", "tone", tone="good")
    decide(service, "week", "summary", text="It was a week.")


def made(folder, clock, **more):
    service = collected(folder, now=clock, **more)
    worked_on(service)
    tick.do(service)
    return service


def reopened(service, folder):
    service.store.close()
    return make_service(folder, now=service.now)


def test_reading_grouping_and_starting_again_change_no_byte_of_the_page(tmp_path):
    clock = Clock()
    service = made(tmp_path, clock)
    before = pages(tmp_path)

    rerun.do(service, week_of(service), ["tag"])
    analyse.do(service, week_of(service))
    service = reopened(service, tmp_path)
    digest.do(service, week_of(service))

    assert pages(tmp_path) == before
    assert b"A name that a person gave" in before["index.html"]


def test_new_posts_and_a_new_grouping_move_only_the_tray(tmp_path):
    clock = Clock()
    service = made(tmp_path, clock)
    before = compose.compose(desk.facts(service, week_of(service)))
    clock.at += timedelta(hours=2)

    listen(service, tmp_path, range(46))
    found = analyse.do(service, week_of(service))
    draft, *_ = tick.do(service).drafts

    after = compose.compose(desk.facts(service, week_of(service)))
    assert sum(len(cluster.members) for cluster in found.clusters) + len(found.alone) + len(found.copies) == 46
    assert (after.themes, after.smaller, after.finding, after.tone) == (
        before.themes,
        before.smaller,
        before.finding,
        before.tone,
    )
    assert draft.contributions == before.contributions
    assert set(pages(tmp_path)) >= {"came-in-since.html"}


def test_a_decision_is_on_the_page_at_the_next_tick(tmp_path):
    service = made(tmp_path, Clock())
    assert digest.due_now(service) == []

    decide(service, "week", "summary", text="Another summary.")
    tick.do(service)

    assert b"Another summary." in pages(tmp_path)["index.html"]
    assert digest.due_now(service) == []


def test_what_came_in_since_is_followed_hourly_not_at_once(tmp_path):
    clock = Clock()
    service = made(tmp_path, clock)
    listen(service, tmp_path, range(41))

    assert digest.due_now(service) == []
    clock.at += timedelta(hours=1)
    assert digest.due_now(service) == [week_of(service)]


def test_a_held_week_is_not_grouped_again_by_the_daemon_but_its_tone_is_guessed(tmp_path):
    clock = Clock()
    service = made(tmp_path, clock)
    with service.store.read() as unit:
        before = unit.analyses.get(1)
    clock.at += timedelta(hours=2)
    listen(service, tmp_path, range(41))

    tick.do(service)

    with service.store.read() as unit:
        assert unit.analyses.get(1) == before
        assert 41 in unit.analyses.scores(window_of(week_of(service)), analyse.scorer(service, week_of(service)))


def test_a_chosen_post_that_is_taken_down_is_off_the_page_at_once(tmp_path):
    clock = Clock()
    service = make_service(tmp_path, now=clock, extra=SKY)
    posts = [bluesky.make_post(n, FIRST + n * timedelta(minutes=7), said) for n, said in enumerate(wordings(30))]
    store_sky(tmp_path, posts)
    (tmp_path / "answers.jsonl").touch()
    tick.do(service)
    decide(service, "post:1", "paraphrase", text="In our words.")
    tick.do(service)
    words = posts[0].text.encode()
    assert any(words in page for page in pages(tmp_path).values())
    clock.at += timedelta(days=2)

    store_sky(tmp_path, posts[1:], gone=posts[:1])
    assert sweep.due_now(service)
    tick.do(service)

    assert not any(words in page for page in pages(tmp_path).values())
    assert desk.state(service, week_of(service))[1].paraphrases[1].text == "In our words."


def test_an_edit_upstream_asks_to_look_again_until_a_person_did(tmp_path):
    service = made(tmp_path, Clock())
    decide(service, "post:5", "role", label="a daughter")
    assert desk.facts(service, week_of(service)).look_again == frozenset()

    desks.edit(service, tmp_path, 4, "These are other words. #NHSThinkCarer")
    asked = desk.facts(service, week_of(service)).look_again
    decide(service, "post:5", "confirm")

    assert asked == {5}
    assert desk.facts(service, week_of(service)).look_again == frozenset()


def test_a_second_process_sees_what_the_first_decided(tmp_path):
    service = made(tmp_path, Clock())
    other = Store(service.store.path, b"secret")

    with other.read() as unit:
        assert unit.decisions.held() == {1}
        assert unit.decisions.newest_by_week() == {1: 8}
    other.close()


def test_another_guesser_of_tones_changes_no_byte_of_the_page(tmp_path):
    clock = Clock()
    service = made(tmp_path, clock)
    before = pages(tmp_path)
    service.store.close()
    service = make_service(tmp_path, now=clock, extra='[analysis]\ntone = "vader"\n')

    analyse.refresh(service, week_of(service))
    clock.at += timedelta(hours=1)
    tick.do(service)

    assert pages(tmp_path) == before
    listen(service, tmp_path, range(41))
    analyse.refresh(service, week_of(service))
    with service.store.read() as unit:
        assert 41 in unit.analyses.scores(window_of(week_of(service)), analyse.scorer(service, week_of(service)))


def test_what_a_decision_changes_for_the_week_after_is_on_that_page_too(tmp_path):
    service = make_service(tmp_path, now=Clock(FIRST + timedelta(days=10)))
    write_answers(tmp_path, range(80), texts=wordings(80), step=timedelta(hours=3))
    tick.do(service)
    said = re.compile(r"(\d+) fewer than last week\.")
    (before,) = said.findall((tmp_path / "digests/week-2/index.html").read_text())

    decide(service, "post:9", "hide", reason="advert")
    tick.do(service)

    assert said.findall((tmp_path / "digests/week-2/index.html").read_text()) == [str(int(before) - 1)]
    assert digest.due_now(service) == []
