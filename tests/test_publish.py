"""A week goes out only as it was seen and approved, after every quoted post was looked up, whole or not at all."""

import sys
from dataclasses import replace
from datetime import timedelta

import pytest

from digests.gate import gaps_key
from listener.cli import main
from listener.jobs import analyse, collect, deliver, desk, publish, tick
from listener.jobs.collect import Task
from listener.jobs.ledger import window_of
from listener.jobs.service import Refused
from storage.store import Store
from tests import published
from tests.networks import bluesky
from tests.services import FIRST, SKY, make_service, store_sky, wordings

ANNA, BEN, CLEO = 1, 2, 3
OURS = "Somebody had no idea whom to ring."
THEIRS = "Nobody rang us back for the whole of that week."


class Clock:
    def __init__(self):
        self.at = FIRST + timedelta(days=8)

    def __call__(self):
        self.at += timedelta(seconds=1)
        return self.at


@pytest.fixture
def service(tmp_path):
    """Week 1 of Bluesky, whole and grouped."""
    made = make_service(tmp_path, now=Clock(), extra=SKY)
    listen(made, posts())
    analyse.do(made, week_of(made))
    yield made
    made.store.close()


def posts():
    texts = wordings(40)
    return [bluesky.make_post(number, FIRST + timedelta(hours=number), text) for number, text in enumerate(texts, 1)]


def listen(service, said, gone=()):
    store_sky(service.config.file.parent, said, gone)
    collect.do(service, Task(source="sky", window=window_of(week_of(service)), why="manual"))


def week_of(service):
    return service.config.exercise.week(1)


def decide(service, target, verb, by=ANNA, **value):
    newest = desk.state(service, week_of(service))[1].newest
    return desk.act(service, week_of(service), by, target, verb, value, newest)


def choose(service, row=3, text=OURS):
    """Anna quotes a post in our words, Ben checks them."""
    published.decide(service, week_of(service), [(f"post:{row}", "paraphrase", {"text": text})], by=ANNA)
    key = next(theme.key for theme in desk.state(service, week_of(service))[1].themes if row in theme.rows)
    decide(service, f"theme:{key}", "add", kind="quote", row=row)
    decide(service, f"post:{row}", "check", by=BEN)


def settle(service):
    """Anna has done all there is to do but the approval; row 3 is quoted."""
    rows = [row for theme in themes_of(service) for row in theme.rows]
    choose(service, rows[0])
    decide(service, "week", "summary", text="People told us about their weeks.")
    decide(service, "week", "acknowledge", gaps=gaps_key(desk.facts(service, week_of(service))))
    return rows[0]


def themes_of(service):
    decide(service, "week", "summary", text="People told us.")
    return desk.state(service, week_of(service))[1].themes


def approve(service, by=BEN):
    ready = publish.preview(service, week_of(service))
    publish.approve(service, week_of(service), by, ready.content_hash, ready.seen)
    return ready.content_hash


def send(service, content, note="", **more):
    return publish.publish(service, week_of(service), CLEO, content, note, **more)


def state(service):
    """All that publishing keeps, and what is public."""
    folder = service.config.publish.folder
    files = {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    with service.store.read() as unit:
        return unit.editions.weeks(), unit.editions.quotes(1, 1), files


def acts(service):
    with service.store.read() as unit:
        return [(noted.by, noted.act, noted.target) for noted in unit.accounts.noted()]


# --- before --------------------------------------------------------------------------------------------------------------


def test_a_week_that_nobody_has_touched_has_no_preview(service):
    with pytest.raises(Refused, match="Nobody has begun to work on week 1"):
        publish.preview(service, week_of(service))


def test_a_week_that_is_all_done_wants_only_an_approval(service):
    settle(service)

    ready = publish.preview(service, week_of(service))

    assert [blocker.code for blocker in ready.blockers] == ["approval"]
    assert OURS.encode() in ready.files["index.html"]


def test_a_real_exercise_is_not_published_before_it_is_fit_to_go_live(service):
    settle(service)
    real = replace(service, config=replace(service.config, exercise=replace(service.config.exercise, invented=False)))

    blocker = publish.preview(real, week_of(real)).blockers[-1]

    assert (blocker.code, blocker.sentence) == (
        "unsettled",
        "13 things that a live exercise needs are not settled. Ask the operator: `listener check --live` lists what to do.",
    )
    with pytest.raises(Refused, match="13 things that a live exercise needs"):
        approve(real)


def test_the_last_editor_cannot_approve_where_a_second_person_is_required(service):
    settle(service)

    with pytest.raises(Refused, match="another person has to approve it"):
        approve(service, by=ANNA)


def test_the_last_editor_may_approve_where_it_is_only_recorded(service):
    settle(service)
    service = replace(
        service, config=replace(service.config, publish=replace(service.config.publish, second_person="recorded"))
    )

    approve(service, by=ANNA)

    assert publish.preview(service, week_of(service)).blockers == ()


def test_what_was_not_seen_is_not_approved(service):
    settle(service)
    ready = publish.preview(service, week_of(service))
    decide(service, "week", "summary", text="Something else.")

    with pytest.raises(Refused, match="has changed since you looked"):
        publish.approve(service, week_of(service), BEN, ready.content_hash, ready.seen + 1)


def test_what_is_blocked_is_not_approved(service):
    row = settle(service)
    decide(service, f"post:{row}", "paraphrase", text="Somebody waited, and waited again.")

    with pytest.raises(Refused, match=r"cannot be approved yet: Nobody but its writer has checked this paraphrase"):
        approve(service)


def test_an_approval_is_taken_back(service):
    settle(service)
    content = approve(service)

    publish.reopen(service, week_of(service), BEN, publish.preview(service, week_of(service)).seen)

    with pytest.raises(Refused, match="Nobody has approved this week"):
        send(service, content)


def test_a_change_after_the_approval_wants_another(service):
    settle(service)
    content = approve(service)
    decide(service, "week", "summary", text="Something else.")

    with pytest.raises(Refused, match="cannot be published yet: Nobody has approved this week"):
        send(service, content)
    assert state(service)[0] == {}


# --- publishing ----------------------------------------------------------------------------------------------------------


def test_the_first_version_is_kept_recorded_and_delivered_as_it_was_previewed(service):
    settle(service)
    content = approve(service)
    ready = publish.preview(service, week_of(service))

    edition = send(service, content)

    assert (edition.week, edition.version, edition.by, edition.note) == (1, 1, CLEO, "First published.")
    assert acts(service)[0] == (CLEO, "publish", "week-1 v1")
    folder = service.config.publish.folder / "week-1"
    assert {name: (folder / name).read_bytes() for name in ready.files} == ready.files
    assert publish.is_delivered(service)


def test_the_same_again_is_refused(service):
    settle(service)
    content = approve(service)
    send(service, content)

    with pytest.raises(Refused, match="Nothing has changed since v1"):
        send(service, content, "Again.")


def test_a_correction_says_in_one_line_what_it_changes(service):
    settle(service)
    send(service, approve(service))
    decide(service, "week", "summary", text="People told us about their weeks and days.")
    content = approve(service)

    with pytest.raises(Refused, match="Say in one line"):
        send(service, content)
    with pytest.raises(Refused, match="at most 300 characters"):
        send(service, content, "x" * 301)
    edition = send(service, content, "The summary also tells of days.")

    assert edition.version == 2
    page = (service.config.publish.folder / "week-1/index.html").read_text()
    assert "The summary also tells of days." in page
    assert "weeks and days" not in (service.config.publish.folder / "week-1/v1/index.html").read_text()


def test_what_was_not_seen_is_not_published(service):
    settle(service)
    approve(service)

    with pytest.raises(Refused, match="has changed since you looked"):
        send(service, "another content")


def test_somebody_who_decides_while_it_is_published_is_not_passed_over(service, monkeypatch):
    settle(service)
    content = approve(service)
    ready = publish._ready(service, week_of(service), content, "")
    decide(service, "week", "summary", text="Something else.")

    with pytest.raises(Refused, match="in the meantime"):
        publish._keep(service, ready, CLEO, ())
    assert state(service)[0] == {}


def test_a_reference_stays_with_its_post_and_is_never_given_twice(service):
    first = settle(service)
    send(service, approve(service))
    publish.withdraw(service, [first], CLEO)
    second = next(row for theme in themes_of(service) for row in theme.rows if row != first)
    choose(service, second, "A person waited at the door.")
    send(service, approve(service), "One more quote.")

    assert [quote.ref for quote in publish.live(service, 1)] == ["1-02"]


# --- the look-up before --------------------------------------------------------------------------------------------------


def sky_without(service, row):
    """The post of this row was taken down."""
    with service.store.read() as unit:
        (kept,) = unit.posts.some([row])
    store_sky(service.config.file.parent, posts(), gone=[kept.post])


def test_a_post_that_was_taken_down_is_not_published(service):
    row = settle(service)
    content = approve(service)
    sky_without(service, row)

    with pytest.raises(Refused, match="was changed or taken down in this minute"):
        send(service, content)

    assert state(service)[0] == {}
    assert publish.preview(service, week_of(service)).rows == frozenset()


def test_without_what_was_taken_down_it_is_published_once_that_is_approved(service):
    row = settle(service)
    content = approve(service)
    sky_without(service, row)
    with pytest.raises(Refused):
        send(service, content)

    send(service, approve(service))

    assert not any(OURS.encode() in content for content in state(service)[2].values())


def test_a_post_that_was_edited_is_looked_at_again_before_it_is_quoted(service):
    row = settle(service)
    content = approve(service)
    with service.store.read() as unit:
        (kept,) = unit.posts.some([row])
    said = [replace(post, text=THEIRS) if post.key == kept.post.key else post for post in posts()]
    store_sky(service.config.file.parent, said)

    with pytest.raises(Refused, match="says something else since you decided about it"):
        send(service, content)
    assert state(service)[0] == {}


def without_sky(service):
    folder = service.config.file.parent / "sky"
    for path in folder.iterdir():
        path.unlink()
    folder.rmdir()


def test_a_network_that_cannot_be_asked_stops_it_unless_somebody_says_although(service):
    settle(service)
    content = approve(service)
    without_sky(service)

    with pytest.raises(Refused, match=r"could be looked up. Bluesky: .*no such folder.*publish it all the same"):
        send(service, content)
    assert state(service)[0] == {}
    send(service, content, although=True)

    assert acts(service)[:2] == [
        (CLEO, "publish without asking", "week-1 v1 Bluesky"),
        (CLEO, "publish", "week-1 v1"),
    ]


def test_a_post_whose_words_are_the_same_is_published_though_something_of_it_has_moved(service):
    row = settle(service)
    content = approve(service)
    with service.store.read() as unit:
        (kept,) = unit.posts.some([row])
    renamed = replace(kept.post.author, name="Another name")
    said = [replace(post, author=renamed) if post.key == kept.post.key else post for post in posts()]
    store_sky(service.config.file.parent, said)

    assert send(service, content).version == 1


# --- kills ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("place", ["recheck.do", "_keep", "deliver", "delivering._by_all_ways"])
def test_a_kill_in_between_and_doing_it_again_is_as_if_nothing_had_happened(service, monkeypatch, place):
    settle(service)
    content = approve(service)

    def cut(*_):
        raise SystemExit

    with monkeypatch.context() as patched:
        patched.setattr(f"listener.jobs.publish.{place}", cut)
        with pytest.raises(SystemExit):
            send(service, content)
    if not state(service)[0]:
        send(service, content)
    tick.do(service)

    weeks, quotes, files = state(service)
    assert (weeks, [bool(quote.content) for quote in quotes]) == ({1: 1}, [True])
    assert files == deliver.pages(service)
    with pytest.raises(Refused, match="Nothing has changed"):
        send(service, content, "Again.")


# --- what is taken down later --------------------------------------------------------------------------------------------


def test_a_tick_takes_down_what_a_check_found_gone_and_delivers_that(service):
    row = settle(service)
    send(service, approve(service))
    sky_without(service, row)
    service.now.at += timedelta(days=1)

    tick.do(service)

    weeks, quotes, files = state(service)
    assert (weeks, quotes[0].content) == ({1: 2}, "")
    assert not any(OURS.encode() in content for content in files.values())
    assert b"Quote 1-01 has been withdrawn." in files["week-1/index.html"]
    assert (0, "withdraw", "week-1 1-01") in acts(service)


def test_a_whole_digest_comes_down_and_may_be_published_anew(service):
    settle(service)
    send(service, approve(service))
    publish.withdraw_week(service, 1, CLEO)
    assert not any(OURS.encode() in content for content in state(service)[2].values())

    edition = send(service, approve(service), "Published again after a check.")

    assert edition.version == 2
    assert OURS.encode() in state(service)[2]["week-1/index.html"]
    assert OURS.encode() not in state(service)[2]["week-1/v1/index.html"]


# --- at the command line -------------------------------------------------------------------------------------------------


@pytest.fixture
def listener(service, monkeypatch, capsys):
    """The command line beside the service, on the machine's own clock."""

    def call(*words):
        monkeypatch.chdir(service.config.file.parent)
        monkeypatch.setattr(sys, "argv", ["listener", *words])
        monkeypatch.setattr(sys, "excepthook", sys.excepthook)
        with pytest.raises(SystemExit) as ended:
            main.main()
        said = capsys.readouterr()
        return ended.value.code, said.out, said.err

    return call


def test_the_command_line_tells_what_stands_in_the_way(service, listener):
    settle(service)

    code, _, err = listener("publish", "--week", "1")

    assert code == 1
    assert "cannot be published yet: Nobody has approved this week." in err


def test_the_command_line_publishes_and_withdraws(service, listener):
    settle(service)
    approve(service)

    assert listener("publish", "--week", "1") == (0, "Week 1 is published: v1.\nThe public folder: confirmed.\n", "")
    assert listener("withdraw", "--week", "1", "--quote", "1-01")[1].startswith("Withdrawn from every version: 1-01.")
    assert "withdrawn already" in listener("withdraw", "--week", "1", "--quote", "1-01")[1]
    assert listener("withdraw", "--week", "1", "--all")[1].startswith("The digest of week 1 is withdrawn")


def test_the_command_line_is_not_done_while_the_public_may_read_something_else(service, listener):
    settle(service)
    approve(service)
    service.config.publish.folder.write_text("a file where the folder should be")

    code, _, err = listener("publish", "--week", "1")

    assert code == 1
    assert "Not confirmed yet, and tried again by itself: The public folder:" in err


@pytest.mark.parametrize("words", [(), ("--quote", "1-01", "--all")])
def test_the_command_line_wants_one_thing_to_take_down(listener, words):
    code, _, err = listener("withdraw", "--week", "1", *words)

    assert code == 2
    assert "Say what comes down" in err


def test_another_process_sees_what_was_published(service):
    settle(service)
    send(service, approve(service))
    other = Store(service.store.path, b"secret")

    with other.read() as unit:
        assert unit.editions.weeks() == {1: 1}
    other.close()
