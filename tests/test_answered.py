"""The week in which something came, and the question that it answers, are two things."""

import csv
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from collectors import mail, tables, threads
from collectors.base import Item, Window
from collectors.post import Post
from digests import acts
from digests.curation import Curation, Refused
from listener.jobs import answered, collect, desk, digest, export, ledger
from listener.jobs.collect import Task
from tests.factories import make_exercise
from tests.networks import bluesky
from tests.services import SKY, make_service, store_sky

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
IN_WEEK_2 = datetime(2026, 10, 20, 9, tzinfo=UTC)
NOW = IN_WEEK_2 + DAY
QUESTION = bluesky.make_post(900, IN_WEEK_2 - 7 * DAY, "What would help you? #NHSThinkCarer")
ROWS: list[dict[str, object]] = [
    {"id": "1", "text": "A sitter on Tuesdays would help me.", "answers": 1},
    {"id": "2", "text": "My sister listened, nobody else did.", "answers": ""},
    {"id": "3", "text": "Only the pharmacist asked how I am.", "answers": 2},
]


# --- what it says itself --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("headers", "week"),
    [
        ("To: listening+week2@example.org", 2),
        ("To: Listening <listening+W-12@example.org>", 12),
        ("To: us@example.org\nDelivered-To: listening+w3@example.org", 3),
        ("Subject: Re: [week 4] Who listened?", 4),
        ("Subject: about week 4", 0),
        ("To: listening+news@example.org", 0),
    ],
)
def test_a_mail_says_it_by_the_address_it_went_to_or_by_its_subject(headers, week):
    told = mail.read_mail(f"From: a@example.org\n{headers}\n\nA sitter would help.\n".encode(), IN_WEEK_2, mask=False)

    assert isinstance(told, Item)
    assert told.post.answers == week


def test_a_row_says_it_in_a_column_of_its_own():
    row = {"id": "1", "posted_at": "2026-10-20T09:00:00Z", "text": "A sitter."}

    assert [tables.read_post(row | {"answers": told}, IN_WEEK_2, "form").answers for told in ("2", 2, "", None)] == [2, 2, 0, 0]
    for wrong in ("two", -1, 10_000):
        with pytest.raises(tables.Unreadable, match="answers must be the number of a week"):
            tables.read_post(row | {"answers": wrong}, IN_WEEK_2, "form")


# --- the thread -------------------------------------------------------------------------------------------------------------


def reply(number, to, **differently):
    post = bluesky.make_post(number, IN_WEEK_2 + number * HOUR, f"Answer {number} #NHSThinkCarer")
    return replace(post, in_reply_to=to, **differently)


def exercise(*urls):
    made = make_exercise()
    return replace(made, weeks=(replace(made.weeks[0], question_posts=urls), *made.weeks[1:]))


def weeks_of(told):
    return [item.post.answers for item in told]


def test_a_reply_answers_the_question_that_its_thread_began_with():
    first = reply(1, QUESTION.id)
    second, loose = reply(2, first.id), reply(3, "3mnobody/did:plc:nobody")

    told = answered.told(exercise(QUESTION.url), [Item(one) for one in (second, loose, first)], {})

    assert weeks_of(told) == [1, 0, 1]


def test_a_reply_to_what_was_read_before_stands_in_its_thread():
    known = {("bluesky", "earlier"): 1}

    assert weeks_of(answered.told(exercise(), [Item(reply(1, "earlier"))], known)) == [1]


def test_what_a_post_says_itself_goes_first_and_a_week_that_there_is_not_is_no_answer():
    items = [Item(reply(1, QUESTION.id, answers=2)), Item(reply(2, "", answers=77))]

    assert weeks_of(answered.told(exercise(QUESTION.url), items, {})) == [2, 0]


@pytest.mark.parametrize(
    ("network", "id_", "url", "expected"),
    [
        ("bluesky", "3mabc/did:plc:us", "https://bsky.app/profile/did:plc:us/post/3mabc", True),
        ("bluesky", "3mabc/did:plc:us", "https://bsky.app/profile/us.example.org/post/3mabc", True),
        ("bluesky", "3mabc/did:plc:us", "https://bsky.app/profile/did:plc:they/post/3mabc", False),
        ("x", "17", "https://x.com/us/status/17", True),
        ("x", "17", "https://x.com/us/status/170", False),
        ("web", "https://forum.example.org/t/1", "https://forum.example.org/t/1", True),
        ("web", "https://forum.example.org/t/1", "https://forum.example.org/t/2", False),
    ],
)
def test_a_post_is_known_by_its_address(network, id_, url, expected):
    for how in ("in_reply_to", "quote_of"):
        post = Post(network=network, id="1", posted_at=NOW, text="Yes.", **{how: id_})
        assert threads.is_about(post, url) is expected


@pytest.mark.parametrize("week", ["0", "-1", "1000", "next"])
def test_a_week_that_there_cannot_be_is_refused(week):
    with pytest.raises(Refused, match=r"Choose the week|not a number"):
        acts.checked(Curation(), "post:1", "answers", {"week": week})


# --- in the service -------------------------------------------------------------------------------------------------------


def listened(folder, extra="", source="tag"):
    lines = [json.dumps(row | {"posted_at": (IN_WEEK_2 + n * HOUR).isoformat()}) for n, row in enumerate(ROWS)]
    (folder / "answers.jsonl").write_text("\n".join(lines))
    service = make_service(folder, now=lambda: NOW, extra=extra)
    collect.do(service, Task(source=source, window=ledger.window_of(service.config.exercise.week(2)), why="manual"))
    return service


def page(folder):
    return (folder / "digests/week-2/index.html").read_text("utf-8")


def exported(folder, service, name="all.csv"):
    window = ledger.window_of(service.config.exercise.week(2))
    export.do(service, folder / name, [(2, window)], with_authors=False)
    with (folder / name).open(newline="") as file:
        return [(row["week"], row["answers"]) for row in csv.DictReader(file)]


def test_the_page_counts_who_answered_an_earlier_question_in_the_week_in_which_they_did(tmp_path):
    service = listened(tmp_path)

    draft = digest.do(service, service.config.exercise.week(2))

    assert draft.contributions == 3
    assert "1 answered an earlier question." in page(tmp_path)
    assert exported(tmp_path, service) == [("2", "1"), ("2", "2"), ("2", "2")]


def test_a_person_at_the_desk_has_the_last_word_and_can_take_it_back(tmp_path):
    service = listened(tmp_path)
    week = service.config.exercise.week(2)
    desk.act(service, week, 1, "post:2", "answers", {"week": "1"}, 0)
    digest.do(service, week)
    assert "2 answered an earlier question." in page(tmp_path)
    assert exported(tmp_path, service)[1] == ("2", "1")

    with service.store.read() as unit:
        (decision,) = unit.decisions.of(2)
    desk.act(service, week, 1, "week:2", "undo", {"seq": decision.seq}, decision.seq)
    digest.do(service, week)

    assert "1 answered an earlier question." in page(tmp_path)


def test_a_later_look_at_the_post_does_not_forget_it(tmp_path):
    posts = [reply(1, QUESTION.id), reply(2, "")]
    store_sky(tmp_path, posts)
    service = listened(tmp_path, SKY, "sky")
    config = replace(service.config, exercise=exercise(QUESTION.url))
    service = replace(service, config=config)
    window = Window(IN_WEEK_2, NOW)
    collect.do(service, Task(source="sky", window=window, why="manual"))
    store_sky(tmp_path, [replace(posts[0], text="Put better. #NHSThinkCarer", version="2"), posts[1]])

    collect.do(replace(service, config=replace(config, exercise=exercise())), Task(source="sky", window=window, why="manual"))

    with service.store.read() as unit:
        kept = list(unit.posts.of(window))
    assert [(one.post.answers, one.post.text[:10]) for one in kept] == [(1, "Put better"), (0, "Answer 2 #")]
