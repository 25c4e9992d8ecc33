"""What the operator is told of sources, messages, delivery, backups and failed steps, in a whole service."""

from dataclasses import replace
from datetime import timedelta

import pytest

from listener.jobs import alarms, backup, heartbeat, tick
from listener.jobs.service import Refused
from storage.curated import Delivery, Edition
from tests.networks.answering import answering
from tests.services import FIRST, make_service, write_answers

NOW = FIRST + timedelta(hours=2)
NOWHERE = '\n[sources.nowhere]\nkind = "file"\npath = "nowhere.jsonl"\n'
EXTRA = """
[notify]
operator = [{ file = "operator" }]
safeguarding = [{ file = "operator" }]
"""


def serve(folder, extra=EXTRA, now=NOW):
    (folder / "operator").write_text("json://127.0.0.1:9\n")
    (folder / "operator").chmod(0o600)
    write_answers(folder, range(3))
    return make_service(folder, now=now, extra=extra, real=True)


def later(service, span):
    return replace(service, now=lambda: NOW + span)


def bodies(service, prefix=""):
    with service.store.read() as unit:
        return [one.body for one in unit.messages.all() if one.key.startswith(prefix)]


def test_a_source_that_fails_is_told_once_and_its_mending_too(tmp_path):
    service = serve(tmp_path, EXTRA + NOWHERE)
    tick.do(service)
    tick.do(later(service, timedelta(minutes=30)))
    (tmp_path / "nowhere.jsonl").touch()
    tick.do(later(service, timedelta(hours=7)))
    tick.do(later(service, timedelta(hours=8)))

    assert len(bodies(service, "fault:nowhere")) == 1
    assert "nowhere.jsonl: No such file" in bodies(service, "fault:nowhere")[0]
    assert len(bodies(service, "mended:nowhere")) == 1


def test_without_an_address_nothing_is_put(tmp_path):
    service = serve(tmp_path, NOWHERE)
    tick.do(service)

    assert alarms.do(service) == []
    assert bodies(service) == []


# --- messages --------------------------------------------------------------------------------------------


def put(service, key, to="team", **told):
    with service.store.write() as unit:
        unit.messages.put(key, to, "Week 1: the draft is ready", "b", NOW)
        unit.messages.mark(unit.messages.about(key).id, **told)


@pytest.mark.parametrize(
    ("state", "error", "told"),
    [
        ("unsure", "no answer within 20 seconds", "may have arrived, or not (no answer within 20 seconds)"),
        ("failed", "the service answered 550", "could not be sent: the service answered 550."),
    ],
)
def test_a_message_that_may_not_have_arrived_is_told_with_what_to_do(tmp_path, state, error, told):
    service = serve(tmp_path)
    put(service, "notice:week-1", state=state, error=error, tries=1)

    assert alarms.do(service) == ["unsent:1:1"]
    assert alarms.do(service) == []

    (body,) = bodies(service, "unsent:")
    assert f"Message 1 to address 1 of team {told}" in body
    assert "listener messages --again 1\n" in body
    assert "listener messages --arrived 1\n" in body


@pytest.mark.parametrize(
    ("key", "told"),
    [
        ("notice:week-1", {"state": "failed", "error": "the config has no address in notify.team"}),
        ("fault:x", {"to": "operator", "state": "failed", "error": "refused"}),
        ("unsent:4:1", {"to": "operator", "state": "unsure", "error": "no answer"}),
        ("notice:week-1", {"state": "sent"}),
    ],
    ids=["nobody to send it to", "by the way that failed", "of itself", "arrived"],
)
def test_what_nobody_can_do_anything_about_is_not_told(tmp_path, key, told):
    service = serve(tmp_path)
    put(service, key, **told)

    assert alarms.do(service) == []


# --- delivery and backup --------------------------------------------------------------------------------------------


def publish(service, **delivery):
    edition = Edition(week=1, version=1, at=NOW, by=1, content="{}", hash="h")
    with service.store.write() as unit:
        unit.editions.add(edition, [])
        unit.editions.keep_delivery(Delivery(way="folder", wanted="w", wanted_at=NOW, **delivery))


def test_what_is_published_and_not_delivered_for_an_hour_is_told_once_a_day(tmp_path):
    service = serve(tmp_path)
    publish(service, error="public: Permission denied. Mend that; it is tried again.")

    assert alarms.do(later(service, timedelta(minutes=59))) == []
    (key,) = alarms.do(later(service, timedelta(hours=2)))
    assert alarms.do(later(service, timedelta(hours=3))) == []
    (again,) = [one for one in alarms.do(later(service, timedelta(hours=26))) if one.startswith("delivery")]

    assert key != again
    assert (
        "The public folder has not shown what is published for 2 hours.\n\npublic: Permission denied."
        in bodies(service, key)[0]
    )


def test_what_is_delivered_is_no_alarm(tmp_path):
    service = serve(tmp_path)
    publish(service, confirmed="w", confirmed_at=NOW)

    assert alarms.do(later(service, timedelta(hours=2))) == []


def test_a_backup_older_than_two_days_is_told_of_but_not_in_a_demo(tmp_path):
    service = serve(tmp_path)
    demo = replace(service.config, exercise=replace(service.config.exercise, invented=True))

    (key,) = alarms.do(later(service, timedelta(days=3)))

    assert key == "backup:2026-10-15"
    assert "None was tried; `listener run` must be at work at night." in bodies(service, key)[0]
    assert alarms.do(replace(later(service, timedelta(days=4)), config=demo)) == []


def test_a_failed_backup_says_why(tmp_path):
    service = serve(tmp_path, EXTRA + '[backup]\nfolder = "listener.toml"\n')
    with pytest.raises(Refused):
        backup.do(service)

    alarms.do(later(service, timedelta(days=3)))

    assert len(bodies(service, "backup:")) == 1


# --- steps --------------------------------------------------------------------------------------------


def test_a_step_that_failed_keeps_no_other_from_being_taken_and_is_told(tmp_path):
    (tmp_path / "digests").write_text("a file where the pages should go")
    service = serve(tmp_path)

    done = tick.do(service)

    assert [(name, type(fault)) for name, fault in done.broken] == [("the page of week 1", FileExistsError)]
    assert len(done.runs) == 1
    assert any("the page of week 1" in body for body in bodies(service, "step:"))


def test_nobody_who_reads_first_is_told_once_a_week(tmp_path):
    service = serve(tmp_path, EXTRA.replace("safeguarding", "team"))

    assert [alarms.do(service), alarms.do(service)] == [["nobody-reads-first:week-1"], []]
    assert alarms.do(later(service, timedelta(days=7)))[-1] == "nobody-reads-first:week-2"


# --- the heartbeat --------------------------------------------------------------------------------------------


def hearing(called):
    def answer(path, _query):
        called.append(path)
        return 200, {}, b"ok"

    return answer


def beating(folder, address, extra=""):
    (folder / "beat").write_text(f"{address}/secret-token\n")
    (folder / "beat").chmod(0o600)
    return serve(folder, f'\n[notify]\nheartbeat = {{ file = "beat" }}\n{extra}')


def test_the_heartbeat_is_called_after_each_tick_in_which_all_is_well(tmp_path):
    called: list[str] = []
    with answering(hearing(called)) as address:
        service = beating(tmp_path, address)
        tick.do(service)
        tick.do(service)

    assert called == ["/secret-token"] * 2


def test_it_is_not_called_while_a_source_or_a_step_fails_or_delivery_is_red(tmp_path):
    called: list[str] = []
    with answering(hearing(called)) as address:
        (tmp_path / "one").mkdir()
        tick.do(beating(tmp_path / "one", address, NOWHERE))
        (tmp_path / "two").mkdir()
        (tmp_path / "two/digests").touch()
        tick.do(beating(tmp_path / "two", address))
        (tmp_path / "three").mkdir()
        red = beating(tmp_path / "three", address)
        publish(red, error="no")
        assert heartbeat.is_well(red) is False

    assert called == []


def test_nobody_hearing_it_is_only_logged_without_the_address(tmp_path, caplog):
    service = beating(tmp_path, "http://127.0.0.1:9")

    assert heartbeat.do(service) is True
    assert "the heartbeat was not heard: Unavailable" in caplog.text
    assert "secret-token" not in caplog.text
