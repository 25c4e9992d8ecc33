"""Requests to take a quote down: kept, told without the words of who asks, answered once."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from listener.jobs import takedown
from listener.jobs.service import Refused
from storage.curated import Edition, PublishedQuote
from tests.services import FIRST, make_service

NOW = FIRST + timedelta(days=8)
SECRET = "because it is about my son Arthur"


@pytest.fixture
def service(tmp_path):
    """Week 1 is published with the quote 1-07."""
    made = make_service(tmp_path, now=NOW)
    edition = Edition(week=1, version=1, at=NOW, by=1, content="{}", hash="0")
    with made.store.write() as unit:
        unit.editions.add(edition, [PublishedQuote(week=1, version=1, ref="1-07", row=3, content="{}")])
    yield made
    made.store.close()


def ask(service, **differently):
    told: dict[str, Any] = {"week": 0, "ref": "1-07", "reason": SECRET, "contact": "arthur@example.org"}
    return takedown.ask(service, **(told | differently))


def messages(service):
    with service.store.read() as unit:
        return {message.key: message for message in unit.messages.all()}


def test_a_request_is_due_within_a_day(service):
    asked = ask(service)

    assert asked.due_at == NOW + timedelta(hours=24)
    (waiting,) = takedown.waiting(service)
    assert (waiting.asked, waiting.row, waiting.is_up, waiting.is_late) == (asked, 3, True, False)


def test_the_team_and_the_operator_are_told_in_none_of_the_words_of_who_asks(service):
    asked = ask(service)

    told = messages(service)
    assert {key: message.to for key, message in told.items()} == {
        f"removal:{asked.id}": "team",
        f"removal:{asked.id}:operator": "operator",
    }
    for message in told.values():
        assert "quote 1-07 of week 1" in message.body
        assert "Arthur" not in message.subject + message.body
        assert "arthur@" not in message.body


def test_the_record_tells_only_that_something_was_asked(service):
    asked = ask(service)

    with service.store.read() as unit:
        (noted,) = unit.accounts.noted()
    assert (noted.by, noted.act, noted.target) == (0, "removal asked", f"removal-{asked.id}")


def test_an_unknown_reference_is_kept_and_marked_and_told_to_nobody_word_for_word(service):
    asked = ask(service, ref="the one of Arthur")

    (waiting,) = takedown.waiting(service)
    assert (waiting.row, waiting.is_up) == (None, False)
    body = messages(service)[f"removal:{asked.id}"].body
    assert "not one that was published" in body
    assert "Arthur" not in body


def test_the_message_leads_to_the_desk_where_it_has_an_address(service):
    serve = replace(service.config.serve, address="https://desk.example/listener/")
    service = replace(service, config=replace(service.config, serve=serve))

    asked = ask(service)

    assert "https://desk.example/listener/removals" in messages(service)[f"removal:{asked.id}"].body


@pytest.mark.parametrize(
    ("typed", "expected"),
    [("1-07", "1-07"), (" 1 - 7 ", "1-07"), ("Quote 1-7.", "1-07"), ("the  first\none", "the first one"), ("x" * 50, "x" * 20)],
)
def test_a_reference_is_understood_as_people_type_it(typed, expected):
    assert takedown.plain(typed) == expected


def test_a_reference_says_its_week_and_the_week_that_was_chosen_says_it_else(service):
    assert takedown.place(ask(service, week=2)) == (1, "1-07")
    assert takedown.place(ask(service, week=2, ref="the second")) == (2, "the second")


def test_the_same_request_sent_twice_is_one(service):
    assert ask(service) == ask(service)
    assert ask(service, reason="another") != ask(service)
    assert len(takedown.waiting(service)) == 2


def test_a_request_that_waits_for_more_than_a_day_is_late(service):
    ask(service)
    later = replace(service, now=lambda: NOW + timedelta(hours=24))

    assert (takedown.late(service), takedown.late(later)) == (0, 1)


def test_a_closed_request_keeps_what_was_decided_and_not_who_asked(service):
    asked = ask(service)

    takedown.close(service, asked.id, 7, " withdrawn ")

    with service.store.read() as unit:
        closed = unit.editions.removal(asked.id)
        noted = unit.accounts.noted()[0]
    assert (closed.outcome, closed.closed_by, closed.contact, closed.reason) == ("withdrawn", 7, "", "")
    assert (noted.by, noted.act, noted.target) == (7, "removal closed", f"removal-{asked.id}")


def test_a_request_is_closed_once_and_with_a_reason(service):
    asked = ask(service)

    with pytest.raises(Refused, match="Say what was decided"):
        takedown.close(service, asked.id, 7, " ")
    takedown.close(service, asked.id, 7, "refused")
    with pytest.raises(Refused, match="not open any more"):
        takedown.close(service, asked.id, 8, "withdrawn")
