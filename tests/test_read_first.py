"""What came in and should be read by a person first: told once a run, by count and link, whatever happens in between."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from listener.jobs import collect, sweep, tick, urgent
from listener.jobs.collect import Task
from tests.desk_clients import signed_in
from tests.networks import bluesky
from tests.services import FIRST, LISTENED, SKY, make_service, store_sky, write_answers

NOW = FIRST + timedelta(hours=2)
WORDS = "I want to die, and I have told nobody but you"
EXTRA = """
[serve]
address = "https://listener.example/box"

[notify]
safeguarding = [{ file = "lead" }]
operator = [{ file = "operator" }]
"""


def serve(folder, extra=EXTRA, *, real=False):
    for name in ("lead", "operator"):
        (folder / name).write_text("json://127.0.0.1:9\n")
        (folder / name).chmod(0o600)
    return make_service(folder, now=NOW, extra=extra, real=real)


def collected(service):
    return collect.do(service, Task(source="tag", window=LISTENED, why="live"))


def messages(service):
    with service.store.read() as unit:
        return unit.messages.all()[::-1]


def test_the_lead_is_told_how_many_and_where_and_nothing_else(tmp_path):
    write_answers(tmp_path, range(6), texts=[WORDS, "", ""])
    service = serve(tmp_path)

    run = collected(service)

    (told,) = messages(service)
    assert (told.key, told.to, told.count) == (f"read-first:run-{run.id}:week-1", "safeguarding", 2)
    assert told.subject == "Think Carer: 2 contributions to read first"
    assert "\nhttps://listener.example/box/weeks/1/read-first\n" in told.body
    assert "Monday 12 October 2026, 11am" in told.body
    assert not any(word in told.subject + told.body for word in ("die", "nobody but you", "person0", "tag"))


def test_what_was_told_is_not_told_again_and_what_is_edited_is(tmp_path):
    write_answers(tmp_path, range(3), texts=[WORDS, "", ""])
    service = serve(tmp_path)
    collected(service)

    collected(service)
    write_answers(tmp_path, range(3), texts=[WORDS, WORDS, ""])
    collected(service)

    assert [told.count for told in messages(service)] == [1, 1]


def test_a_run_of_several_pages_makes_one_message_that_grows_until_it_goes_out(tmp_path):
    service = serve(tmp_path)
    write_answers(tmp_path, range(1))
    run = collected(service)
    post = replace(the_posts(service)[0].post, text=WORDS)

    for state in ("pending", "sent", "sent", "pending"):
        note(service, run, [post, post])
        mark_all(service, state)

    assert [told.count for told in messages(service)] == [4, 2, 2]


def the_posts(service):
    with service.store.read() as unit:
        return list(unit.posts.of(LISTENED))


def note(service, run, posts):
    with service.store.write() as unit:
        urgent.note(service, unit, run.id, posts)


def mark_all(service, state):
    with service.store.write() as unit:
        for told in unit.messages.all():
            unit.messages.mark(told.id, state=state)


def test_posts_that_are_not_kept_are_not_told_of(tmp_path):
    service = serve(tmp_path)
    write_answers(tmp_path, range(1))
    run = collected(service)
    post = replace(the_posts(service)[0].post, text=WORDS)

    with pytest.raises(AttributeError):
        note(service, run, [post, None])

    assert messages(service) == []


def test_without_a_lead_the_operator_is_told_that_nobody_reads_first(tmp_path):
    write_answers(tmp_path, range(1), texts=[WORDS])
    service = serve(tmp_path, EXTRA.replace("safeguarding =", "team ="))

    collected(service)

    (told,) = messages(service)
    assert told.to == "operator"
    assert "Set safeguarding = […] in [notify]." in told.body


def test_without_anybody_the_message_is_kept_all_the_same_and_names_the_desk(tmp_path):
    write_answers(tmp_path, range(1), texts=[WORDS])
    service = serve(tmp_path, "", real=True)

    collected(service)

    (told,) = messages(service)
    assert told.to == "safeguarding"
    assert "Open the desk and choose Read first of week 1." in told.body


def test_an_invented_exercise_without_anybody_tells_nobody(tmp_path):
    write_answers(tmp_path, range(1), texts=[WORDS])
    service = serve(tmp_path, "")

    collected(service)

    assert messages(service) == []


def test_what_is_of_no_week_is_told_of_too(tmp_path):
    service = serve(tmp_path)
    write_answers(tmp_path, range(1))
    run = collected(service)

    note(service, run, [replace(the_posts(service)[0].post, text=WORDS, posted_at=FIRST - timedelta(days=99))])

    assert [told.key for told in messages(service)] == [f"read-first:run-{run.id}:week-0"]


def test_the_exercises_own_phrases_take_the_place_of_ours(tmp_path):
    write_answers(tmp_path, range(4), texts=[WORDS, "The lift is broken again", "The stairs are steep"])

    collected(serve(tmp_path, EXTRA + '[safeguarding]\nphrases = ["lift ... broken"]\n'))

    assert [told.count for told in messages(make_service(tmp_path, now=NOW))] == [1]


def test_nothing_is_read_into_what_a_network_only_lets_us_count(tmp_path):
    service = serve(tmp_path)
    write_answers(tmp_path, range(1))
    run = collected(service)

    note(service, run, [replace(the_posts(service)[0].post, text=WORDS, network="x")])

    assert messages(service) == []


def test_the_desk_lists_what_was_told_of_and_nothing_that_may_only_be_counted(tmp_path):
    moment = FIRST.isoformat()
    lines = [{"id": f"a-{network}", "posted_at": moment, "text": WORDS, "network": network} for network in ("form", "x")]
    (tmp_path / "answers.jsonl").write_text("".join(f"{json.dumps(line)}\n" for line in lines))
    service = serve(tmp_path)
    collected(service)

    page = signed_in(service, "curator").get("/weeks/1/read-first")

    assert [told.count for told in messages(service)] == [1]
    assert page.text.count(WORDS) == 1


def test_what_a_deletion_check_finds_edited_is_told_of(tmp_path):
    posts = [bluesky.make_post(n, FIRST + n * timedelta(minutes=7), f"I care for my mother, {n}") for n in range(3)]
    store_sky(tmp_path, posts)
    write_answers(tmp_path, range(1))
    service = serve(tmp_path, EXTRA + SKY)
    tick.do(service)

    store_sky(tmp_path, [replace(posts[0], text=WORDS), *posts[1:]])
    sweep.do(service, "sky", service.config.exercise.week(1))

    assert [told.count for told in messages(service) if told.key.startswith("read-first")] == [1]
