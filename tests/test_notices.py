"""What the team is told of a week: when, how late, what is missing and what blocks; and nobody's words, names or handles."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from listener.config import Schedule
from listener.jobs import discreet, notices, tick, timetable
from tests.factories import make_exercise, make_week
from tests.services import FIRST, make_service, wordings, write_answers

WEEK = make_week(1)
TIMES = timetable.of(make_exercise(), WEEK, Schedule())
SEVEN = TIMES.notice
HOUR = timedelta(hours=1)
LINK = "https://listener.example/weeks/1"
STANDING = notices.Standing(
    week=WEEK,
    times=TIMES,
    contributions=1036,
    channels=(("email", 1000), ("Bluesky", 36)),
    themes=(("Parking, pay", 300), ("", 200), ("Respite", 100)),
)


def kinds(now, *told, published=False):
    return notices.due(WEEK, TIMES, told, published=published, now=now)


def body(kind, now=SEVEN, **differently):
    told = notices.write(kind, make_exercise(), replace(STANDING, **differently), LINK, now)
    return "" if told is None else told.body


# --- when -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        (-timedelta(seconds=1), ()),
        (timedelta(), ("notice",)),
        (4 * HOUR, ("notice", "blockers")),
        (5 * HOUR, ("notice", "reminder")),
        (30 * HOUR, ("notice",)),
        (timedelta(days=7), ()),
    ],
    ids=["before 7", "at 7", "at 11", "at 12", "a day later", "a week later"],
)
def test_each_is_due_at_its_time_and_a_little_after(after, expected):
    assert kinds(SEVEN + after) == expected


def test_what_was_told_is_not_due_again_and_what_is_published_is_not_asked_for():
    assert kinds(SEVEN + 4 * HOUR, "notice:week-1", "blockers:week-1") == ()
    assert kinds(SEVEN + 5 * HOUR, published=True) == ("notice",)
    assert kinds(SEVEN, "notice:week-2") == ("notice",)


# --- what -----------------------------------------------------------------------------------------------------------------


def test_the_notice_tells_counts_themes_what_is_missing_what_blocks_and_where():
    missing, off = ("Email could not be read on Saturday 17 October.",), ("X: not collected, no contract.",)

    text = body("notice", missing=missing, off=off, blocked=("Quote 1-02 needs a yes.",))

    assert (
        text
        == """Week 1: Question 1: what would help you as a carer?
12 to 18 October 2026

1,036 contributions: 1,000 by email and 36 by Bluesky.

The largest themes:
- Parking, pay: 300
- (its label is not told here): 200
- Respite: 100

Not complete:
- Email could not be read on Saturday 17 October.

Not listened to:
- X: not collected, no contract.

Publish by midday.

What keeps it from being published:
- Quote 1-02 needs a yes.

Read it and work on it here:
https://listener.example/weeks/1
"""
    )


def test_a_quiet_whole_week_is_told_too():
    text = body("notice", contributions=0, channels=(), themes=())

    assert (
        "\n\n0 contributions.\n\nNothing is known to be missing.\n\nPublish by midday.\n\nNothing stands in its way.\n" in text
    )


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (SEVEN + 29 * timedelta(minutes=1), ""),
        (SEVEN + 2 * HOUR, "This comes late: Listener was not running at 7am."),
        (SEVEN + 48 * HOUR, "This comes late: Listener was not running at 7am on Monday 19 October."),
    ],
)
def test_a_notice_after_a_downtime_says_so(now, expected):
    assert ("This comes late" in body("notice", now)) is bool(expected)
    assert expected in body("notice", now)


def test_a_holiday_is_said_in_place_of_the_hour():
    moved = "Monday 3 May is a holiday: publish by Tuesday 4 May, midday"

    text = body("notice", times=replace(TIMES, moved=moved))

    assert f"\n\n{moved}.\n\n" in text
    assert "Publish by" not in text


def test_of_a_published_week_nothing_is_asked():
    text = body("notice", published=True)

    assert "Publish by" not in text
    assert "stands in its way" not in text


def test_a_list_of_what_blocks_is_told_only_if_something_does_and_is_cut():
    many = tuple(f"Thing {n}." for n in range(13))

    assert body("blockers") == ""
    assert "- Thing 9.\n- and 3 more\n" in body("blockers", TIMES.blockers, blocked=many)


def test_the_reminder_says_by_when_it_was_to_be_published():
    assert "It was to be published by midday.\n\nNothing stands in its way." in body("reminder", TIMES.publish_by)


def test_subjects_hold_the_week_and_whether_it_is_complete():
    whole, part = (
        notices.write("notice", make_exercise(), one, LINK, SEVEN) for one in (STANDING, replace(STANDING, missing=("x",)))
    )

    assert whole
    assert part
    assert (whole.subject, whole.key) == ("Think Carer, week 1: the draft is ready", "notice:week-1")
    assert part.subject == "Think Carer, week 1: the draft is ready, but not complete"


# --- nobody is named --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("label", "told"),
    [
        ("Parking, pay, permit", "Parking, pay, permit"),
        ("Ask @anna about it", ""),
        ("anna@example.org, mail", ""),
        ("Ring 07700 900123, ward", ""),
        ("[phone number], ward", ""),
        ("Anna Example, ward, nurse", ""),
        ("annaexample.bsky.social", ""),
        ("Annabel, ward", "Annabel, ward"),
    ],
)
def test_a_label_with_a_name_a_handle_or_a_number_is_not_told(label, told):
    assert discreet.label(label, {"Anna Example", "annaexample.bsky.social", "Anna", "Jo"}) == told


def test_a_word_that_people_mostly_write_with_a_capital_is_taken_for_a_name():
    texts = [
        "I asked Joyce, then Joyce left",
        "then joyce came",
        "my GP said",
        "Parking is dear",
        "we say that Parking, parking hurts",
    ]

    assert discreet.proper(["Joyce and parking", "GP, left"], texts) == {"joyce", "parking"}
    assert discreet.proper(["Joyce and parking"], [*texts, "the parking and the parking"]) == {"joyce"}
    assert discreet.proper([], texts) == frozenset()


def test_a_sentence_of_a_program_loses_what_identifies_anybody():
    assert discreet.line("no @anna.example here,\n mail anna@example.org") == "no [name] here, mail [email address]"


# --- in a whole service ---------------------------------------------------------------------------------------------------

CANARY = "Zanthippe Quillfeather"
EXTRA = """
[notify]
team = [{ file = "team" }]

[schedule]
holidays = "england-and-wales"
"""


def serve(folder, now, extra=EXTRA):
    (folder / "team").write_text("json://127.0.0.1:9\n")
    (folder / "team").chmod(0o600)
    return make_service(folder, now=now, extra=extra)


def messages(service):
    with service.store.read() as unit:
        return unit.messages.all()[::-1]


def test_on_the_morning_after_the_team_is_told_of_the_week_once_and_of_nobody(tmp_path):
    write_answers(tmp_path, range(60), texts=[f"{said} {CANARY} @zanthippe" for said in wordings(60)])
    service = serve(tmp_path, datetime(2026, 10, 19, 6, 2, tzinfo=UTC))
    tick.do(service)
    tick.do(service)

    (told,) = [one for one in messages(service) if one.to == "team"]
    assert told.key == "notice:week-1"
    assert "60 contributions" in told.body
    assert "Nobody has begun to work on week 1" in told.body
    assert told.body.endswith(f"{tmp_path}/digests/week-1/index.html\n")
    assert not any(word.lower() in told.body.lower() for word in (CANARY, "quillfeather", "@zanthippe", "person1"))


def test_without_an_address_nothing_is_put(tmp_path):
    service = serve(tmp_path, datetime(2026, 10, 19, 6, 2, tzinfo=UTC), "")
    write_answers(tmp_path, range(3))

    tick.do(service)

    assert messages(service) == []


def test_before_its_time_nothing_is_told(tmp_path):
    service = serve(tmp_path, FIRST + HOUR)
    write_answers(tmp_path, range(3))

    tick.do(service)

    assert messages(service) == []
