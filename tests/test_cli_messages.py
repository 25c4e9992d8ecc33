"""`listener messages`: what was told, and what an operator does about what may not have arrived."""

import pytest
from typer.testing import CliRunner

from listener.cli import main
from listener.jobs.service import Refused
from tests.services import FIRST, make_service


@pytest.fixture
def service(tmp_path):
    made = make_service(tmp_path, now=FIRST)
    with made.store.write() as unit:
        unit.messages.put("notice:week-1", "team", "Week 1 is there", "b", FIRST)
        unit.messages.spread(unit.messages.all()[0], 2)
        unit.messages.mark(1, state="unsure", tries=1, error="no answer within 20 seconds")
    return made


def listener(folder, *words):
    return CliRunner().invoke(main.app, ["-c", str(folder / "listener.toml"), "messages", *words])


def state_of(service, id_):
    with service.store.read() as unit:
        return unit.messages.get(id_).state


def test_each_message_is_listed_with_what_became_of_it(service, tmp_path):
    done = listener(tmp_path)

    assert done.exit_code == 0
    lines = [" ".join(line.split()) for line in done.stdout.splitlines()]
    assert "2 team, address 2 Mon 2026-10-12 09:00 pending 0 Week 1 is there" in lines
    assert "1 team Mon 2026-10-12 09:00 unsure 1 Week 1 is there no answer within 20 seconds" in lines


@pytest.mark.parametrize(("word", "state"), [("--again", "pending"), ("--arrived", "sent")])
def test_what_is_unsure_is_sent_again_or_settled(service, tmp_path, word, state):
    assert listener(tmp_path, word, "1").exit_code == 0
    assert state_of(service, 1) == state
    with service.store.read() as unit:
        assert [one.target for one in unit.accounts.noted()] == [f"message-1 {state}"]


@pytest.mark.parametrize("number", ["2", "9"])
def test_what_needs_no_help_is_left_alone(service, tmp_path, number):
    assert isinstance(listener(tmp_path, "--again", number).exception, Refused)
    assert state_of(service, 2) == "pending"
