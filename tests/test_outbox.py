"""Sending what is to be told: once to each address, tried again when it was not taken, never again when it may have been."""

import os
import signal
import sqlite3
import subprocess
import sys
import threading
from datetime import timedelta
from typing import Any

import pytest

from listener.jobs import outbox
from listener.jobs.service import Refused
from listener.notify import Verdict
from storage.curated import Message
from tests.factories import NOW
from tests.processes import ENV, PATIENCE
from tests.servers import smtp
from tests.services import make_service

SENT, UNSURE = Verdict(outcome="sent"), Verdict(outcome="unsure", reason="no answer")
FAILED, UNKNOWN = Verdict(outcome="failed", reason="refused"), Verdict(outcome="unknown", reason="no address")


class Clock:
    def __init__(self, at=NOW):
        self.at = at

    def __call__(self):
        return self.at


def serve(folder, team=(), lead=(), now=NOW):
    groups = {"team": team, "safeguarding": lead}
    lines = [
        f"{name} = [{', '.join(secret(folder, name, n, one) for n, one in enumerate(them))}]" for name, them in groups.items()
    ]
    return make_service(folder, now=now, extra="\n".join(["", "[notify]", *lines, ""]))


def secret(folder, name, number, address):
    file = folder / f"{name}{number}"
    file.write_text(address + "\n")
    file.chmod(0o600)
    return f'{{ file = "{file.name}" }}'


def put(service, key="notice:week-1", to="team", body="It is there."):
    with service.store.write() as unit:
        unit.messages.put(key, to, "Week 1", body, NOW)


def states(service):
    with service.store.read() as unit:
        return [(one.state, one.tries) for one in unit.messages.all()[::-1]]


def message(**differently):
    values: dict[str, Any] = {"id": 1, "key": "k", "to": "team", "subject": "s", "body": "b", "due_at": NOW}
    return Message(**values | differently)


# --- what becomes of one --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("tries", "verdict", "state", "wait"),
    [
        (0, SENT, "sent", None),
        (0, UNSURE, "unsure", None),
        (0, UNKNOWN, "failed", None),
        (0, FAILED, "pending", 1),
        (1, FAILED, "pending", 3),
        (5, FAILED, "pending", 243),
        (8, FAILED, "pending", 360),
        (9, FAILED, "failed", None),
        (9, SENT, "sent", None),
    ],
)
def test_what_becomes_of_a_message_after_a_try(tries, verdict, state, wait):
    after = outbox.became(message(tries=tries, retry_at=NOW, error="before"), verdict, NOW)

    assert (after.state, after.tries, after.error) == (state, tries + 1, verdict.reason)
    assert after.retry_at == (None if wait is None else NOW + timedelta(minutes=wait))
    assert after.sent_at == (NOW if state == "sent" else None)


def test_all_tries_together_take_about_a_day():
    waits = sum((outbox.wait_after(n) for n in range(1, outbox.TRIES)), timedelta())

    assert timedelta(hours=20) < waits < timedelta(hours=30)


def test_what_should_be_read_first_goes_first_then_the_oldest():
    found = [message(id=1), message(id=2, due_at=NOW - timedelta(hours=1)), message(id=3, to="safeguarding")]

    assert [one.id for one in sorted(found, key=outbox.order)] == [3, 2, 1]


# --- over a real line -----------------------------------------------------------------------------------------------------


def test_each_address_of_a_group_gets_it_once(tmp_path):
    with smtp.opened() as server:
        service = serve(tmp_path, team=[server.address("ann"), server.address("bob")])
        put(service)
        outbox.do(service)
        outbox.do(service)

    assert sorted(mail["To"] for mail in server.mails) == ["ann@example.org", "bob@example.org"]
    assert states(service) == [("sent", 1), ("sent", 1)]


def test_who_has_it_does_not_get_it_again_when_another_address_failed(tmp_path):
    clock = Clock()
    with smtp.opened() as server:
        service = serve(
            tmp_path, team=[server.address("ann"), "mailto://127.0.0.1:9?from=a@b.example&to=c@d.example"], now=clock
        )
        put(service)
        outbox.do(service)
        clock.at += timedelta(hours=1)
        outbox.do(service)

    assert len(server.mails) == 1
    assert states(service) == [("sent", 1), ("pending", 2)]


def test_a_greylisted_message_arrives_later_and_says_how_late(tmp_path):
    clock = Clock()
    with smtp.opened("greylists") as server:
        service = serve(tmp_path, team=[server.address()], now=clock)
        put(service)
        outbox.do(service)
        server.mood = "takes"
        outbox.do(service)  # its time has not come
        assert states(service) == [("pending", 1)]
        clock.at += timedelta(hours=1)
        outbox.do(service)

    assert states(service) == [("sent", 2)]
    assert "This was due on Tuesday 24 November 2026, midday and could not be sent before." in server.mails[-1].get_content()
    assert "This was due" not in server.mails[0].get_content()


def test_a_message_without_an_answer_is_unsure_and_not_sent_again_by_itself(tmp_path):
    with smtp.opened("drops") as server:
        service = serve(tmp_path, team=[server.address()])
        put(service)
        outbox.do(service)
        server.mood = "takes"
        outbox.do(service)
        assert states(service) == [("unsure", 1)]

        outbox.again(service, 1)
        outbox.do(service)

    assert (states(service), len(server.mails)) == ([("sent", 1)], 2)


def test_an_operator_may_know_that_it_arrived(tmp_path):
    service = serve(tmp_path)
    put(service)
    with pytest.raises(Refused, match="neither unsure nor failed"):
        outbox.arrived(service, 1)
    with pytest.raises(Refused, match="Message 9"):
        outbox.again(service, 9)

    outbox.do(service)
    outbox.arrived(service, 1)

    assert states(service) == [("sent", 1)]


def test_a_dead_address_costs_one_try_and_the_lead_comes_first(tmp_path):
    with smtp.opened("refuses") as server:
        service = serve(tmp_path, team=[server.address()], lead=[server.address("lead")])
        for key, to in (("a", "team"), ("b", "team"), ("c", "safeguarding")):
            put(service, key, to)
        done = outbox.do(service)

    assert [one.key for one in done] == ["c", "a"]
    assert states(service) == [("pending", 1), ("pending", 0), ("pending", 1)]


def test_one_group_can_be_told_ahead_of_the_others(tmp_path):
    with smtp.opened() as server:
        service = serve(tmp_path, team=[server.address()], lead=[server.address("lead")])
        put(service, "a", "team")
        put(service, "b", "safeguarding")
        outbox.do(service, only="safeguarding")

    assert [mail["To"] for mail in server.mails] == ["lead@example.org"]


def test_a_group_without_an_address_is_told_on_the_pages_only(tmp_path):
    service = serve(tmp_path)
    put(service)

    (told,) = outbox.do(service)

    assert (told.state, told.error) == ("failed", "the config has no address in notify.team")


def test_nothing_is_sent_once_a_stop_was_asked_for(tmp_path):
    service = make_service(tmp_path, now=NOW, stopped=lambda: True)
    put(service)

    assert outbox.do(service) == []


# --- a kill between sending and sent --------------------------------------------------------------------------------------

SENDER = """
import sys
from pathlib import Path
from tests.test_outbox import NOW
from tests.services import make_service
from listener.jobs import outbox
folder = Path(sys.argv[1])
outbox.do(make_service(folder, now=NOW, extra=(folder / "extra").read_text()))
"""


def wait_until(condition):
    for _ in range(int(PATIENCE / 0.05)):
        if condition():
            return
        threading.Event().wait(0.05)
    raise AssertionError("it did not come")


def state_in(folder):
    with sqlite3.connect(folder / "listener.db", timeout=PATIENCE) as database:
        return database.execute("SELECT state FROM messages").fetchone()[0]


def test_a_kill_between_sending_and_sent_leaves_it_unsure_and_nobody_gets_it_twice(tmp_path):
    with smtp.opened("hangs") as server:
        service = serve(tmp_path, team=[server.address()])
        put(service)
        (tmp_path / "extra").write_text('\n[notify]\nteam = [{ file = "team0" }]\n')
        with subprocess.Popen([sys.executable, "-c", SENDER, str(tmp_path)], env=ENV) as process:
            wait_until(lambda: server.handed)
            os.kill(process.pid, signal.SIGKILL)
        assert state_in(tmp_path) == "sending"
        server.mood = "takes"

        assert outbox.do(service) == []

    with service.store.read() as unit:
        (told,) = unit.messages.standing("unsure")
    assert (told.error, len(server.handed)) == ("cut off while it was sent", 1)
