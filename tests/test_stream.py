"""What a stream told: when it is looked up, kept, obeyed and given up; and that it covers nothing."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from threading import Thread

import pytest

from collectors.base import BadRequest, Event, NotAllowed, Told, Unavailable
from collectors.post import Post
from listener.cli import status as told_status
from listener.jobs import collect, doctor, status, stream, tape, tick
from listener.jobs.service import Service
from listener.jobs.stream import Line, plan
from listener.jobs.tape import Tape, Waiting
from storage.posts import Standing
from tests.networks.bluesky import Network, make_post, opened
from tests.networks.streaming import streaming
from tests.services import FIRST, LISTENED, make_service

NOW = FIRST + timedelta(hours=2)
SKY = """
[sources.sky]
kind = "bluesky"
handle = "listener.example"
password = {{ file = "password" }}
service = "{service}"
live = "{live}"
"""
SAID = make_post(1, FIRST, "A night off #NHSThinkCarer")


@pytest.fixture
def network() -> Iterator[Network]:
    with opened([SAID]) as running:
        yield running


def make_listening(folder: Path, network: Network, now=NOW, live: str = "ws://127.0.0.1:9/subscribe") -> Service:
    secret = folder / "password"
    secret.write_text("app-pass")
    secret.chmod(0o600)
    service = make_service(folder, now=now, extra=SKY.format(service=network.options["service"], live=live))
    return replace(service, tapes=stream.tapes(service))


def tell(service: Service, what, name: str = SAID.id, version: str = SAID.version, cursor: str = "7") -> None:
    told = Told((Event("bluesky", what, name, version),), cursor)
    service.tapes["sky"].put(told, service.now(), service.stopped)


def texts(service: Service) -> list[str]:
    with service.store.read() as unit:
        return [kept.post.text for kept in unit.posts.of(LISTENED)]


def told_on_page(service: Service) -> int:
    with service.store.read() as unit:
        return unit.analyses.drafts()[1].contributions


def cursor(service: Service) -> str | None:
    return stream.tapes(service)["sky"].cursor


# --- deciding -----------------------------------------------------------------------------------------------------------


def waiting(*told: tuple[str, str]) -> list[Waiting]:
    return [Waiting(Event("bluesky", what, name), None, NOW) for what, name in told]  # type: ignore[arg-type]


HERE, GONE = Standing("did:a", FIRST, False), Standing("did:a", FIRST, True)


@pytest.mark.parametrize(
    ("told", "known", "ask", "remove"),
    [
        ([("said", "1/did:a")], {}, ["1/did:a"], []),
        ([("edited", "1/did:a")], {}, [], []),
        ([("edited", "1/did:a")], {"1/did:a": HERE}, ["1/did:a"], []),
        ([("edited", "1/did:a")], {"1/did:a": GONE}, [], []),
        ([("gone", "1/did:a")], {"1/did:a": HERE}, [], ["1/did:a"]),
        ([("gone", "1/did:a")], {"1/did:a": GONE}, [], []),
        ([("left", "did:a")], {"1/did:a": HERE, "2/did:a": GONE}, [], ["1/did:a"]),
        ([("left", "did:a"), ("said", "3/did:a")], {"1/did:a": HERE}, [], ["1/did:a"]),
        ([("back", "did:a")], {"1/did:a": HERE, "2/did:a": GONE}, ["2/did:a"], []),
    ],
)
def test_what_is_looked_up_and_what_goes_at_once(told, known, ask, remove):
    assert plan(waiting(*told), known) == stream.Plan(tuple(ask), tuple(remove))


def test_of_each_post_the_last_word_counts():
    told = waiting(("said", "1/did:a"), ("said", "2/did:a"), ("gone", "1/did:a"))

    assert [(one.event.what, one.event.name) for one in stream.latest(told)] == [("said", "2/did:a"), ("gone", "1/did:a")]


@pytest.mark.parametrize(
    ("problem", "failures", "seconds"),
    [
        (Unavailable("x"), 1, 5),
        (Unavailable("x"), 3, 20),
        (Unavailable("x"), 99, 300),
        (NotAllowed("x"), 1, 3600),
        (BadRequest("x"), 1, 3600),
    ],
)
def test_pauses_grow_to_five_minutes_and_refusals_wait_for_an_hour(problem, failures, seconds):
    assert stream.pause_after(problem, failures) == timedelta(seconds=seconds)


# --- keeping and obeying --------------------------------------------------------------------------------------------------


def test_what_a_stream_brings_covers_nothing_and_is_one_post_with_the_readings(tmp_path, network):
    service = make_listening(tmp_path, network)
    due = collect.due_now(service)
    tell(service, "said")

    [run] = stream.do(service)

    assert (run.why, run.new, texts(service), cursor(service)) == ("stream", 1, [SAID.text], "7")
    assert collect.due_now(service) == due
    assert sum(run.unchanged for run in tick.do(service).runs) == 1
    assert texts(service) == [SAID.text]


def test_what_the_network_does_not_show_yet_is_looked_up_again(tmp_path, network):
    service = make_listening(tmp_path, network)
    shown, network.posts = network.posts, []
    tell(service, "gone", "0/did:plc:nobody", cursor="5")
    tell(service, "said", cursor="7")
    nothing = list(stream.do(service))
    waits_at, network.posts = cursor(service), shown

    [run] = stream.do(service)

    assert (nothing, waits_at, run.new, cursor(service)) == ([], "5", 1, "7")


def test_what_is_not_shown_for_ten_minutes_is_left_to_the_readings(tmp_path, network):
    moments = iter([NOW, *[NOW + timedelta(minutes=10)] * 50])
    service = make_listening(tmp_path, network, now=lambda: next(moments))
    tell(service, "said", "0/did:plc:nobody", cursor="5")

    assert list(stream.do(service)) == []
    assert (service.tapes["sky"].waiting, cursor(service)) == ((), "5")


def test_a_network_that_refuses_is_left_alone_for_a_while(tmp_path, network):
    service = make_listening(tmp_path, network)
    network.fail("limited")
    tell(service, "said")
    list(stream.do(service))
    asked = len(network.asked)

    list(stream.do(service))

    assert (asked, len(network.asked), len(service.tapes["sky"].waiting)) == (1, 1, 1)


@pytest.mark.parametrize(("what", "name"), [("gone", SAID.id), ("left", SAID.author.id)])
def test_what_is_gone_is_off_its_page_in_the_same_tick(tmp_path, network, what, name):
    service = make_listening(tmp_path, network)
    tell(service, "said")
    tick.do(service)
    before = told_on_page(service)
    tell(service, what, name, "", "8")

    done = tick.do(service)

    assert [run.gone for run in done.runs if run.why == "stream"] == [1]
    assert (before, told_on_page(service)) == (1, 0)


def test_who_is_back_is_looked_up(tmp_path, network):
    service = make_listening(tmp_path, network)
    for what, name in (("said", SAID.id), ("left", SAID.author.id), ("back", SAID.author.id)):
        tell(service, what, name, "")
        list(stream.do(service))

    assert texts(service) == [SAID.text]


def test_what_was_said_outside_the_exercise_is_not_kept(tmp_path, network):
    service = make_listening(tmp_path, network)
    early: Post = make_post(2, FIRST - timedelta(days=30), "Too early #NHSThinkCarer")
    network.posts = [early]
    tell(service, "said", early.id, early.version)

    assert (list(stream.do(service)), texts(service), cursor(service)) == ([], [], "7")


# --- listening ----------------------------------------------------------------------------------------------------------


def test_a_full_tape_lets_the_stream_wait_until_it_is_taken(monkeypatch):
    monkeypatch.setattr(tape, "MOST", 2)
    full, told = Tape(), Told((Event("bluesky", "gone", "1/did:a"),) * 2, "1")
    full.put(told, NOW, lambda: False)
    writer = Thread(target=full.put, args=(told, NOW, lambda: False), daemon=True)
    writer.start()
    writer.join(0.2)
    waits = writer.is_alive()

    first = full.take()
    writer.join(30)

    assert (waits, len(first.events), len(full.take().events)) == (True, 2, 2)


def test_a_full_tape_does_not_keep_the_daemon_from_stopping(monkeypatch):
    monkeypatch.setattr(tape, "MOST", 0)

    Tape().put(Told((Event("bluesky", "gone", "1/did:a"),), "1"), NOW, lambda: True)


def test_a_line_that_breaks_off_is_opened_again_from_its_cursor(tmp_path, network):
    frame = '{"did": "did:plc:a", "time_us": 77, "kind": "identity"}'
    pauses: list[float] = []
    with streaming([frame], statuses=[503, 503]) as server:
        service = make_listening(tmp_path, network, live=server.address)
        box = service.tapes["sky"]

        def wait(seconds: float) -> bool:
            pauses.append(seconds)
            return len(pauses) == 2

        stream.keep(service, "sky", box, wait)
        assert box.take().problem.endswith("answered 503")
        server.frames.append([])
        listening = Thread(target=stream.keep, args=(replace(service, stopped=lambda: box.cursor == "77"), "sky", box, wait))
        listening.start()
        listening.join(30)

    heard = box.take()
    assert (pauses[:2], heard.cursor, heard.at, heard.problem) == ([5.0, 10.0], "77", NOW, "")


def test_a_server_that_hangs_up_at_once_is_left_alone_for_longer_each_time(tmp_path, network):
    pauses: list[float] = []

    def wait(seconds: float) -> bool:
        pauses.append(seconds)
        return len(pauses) == 4

    with streaming() as server:
        service = make_listening(tmp_path, network, live=server.address)

        stream.keep(service, "sky", service.tapes["sky"], wait)

    assert pauses == [5.0, 10.0, 20.0, 40.0]


def test_a_fault_of_ours_does_not_end_the_thread_unnoticed(tmp_path, network, caplog):
    def fail() -> datetime:
        raise ZeroDivisionError

    with streaming([]) as server:
        service = make_listening(tmp_path, network, live=server.address)

        stream.keep(replace(service, now=fail), "sky", box := Tape(), lambda _: True)

    assert "a fault in Listener itself (ZeroDivisionError)" in box.take().problem
    assert "ZeroDivisionError" in caplog.text


# --- what people are told -------------------------------------------------------------------------------------------------


def test_status_and_doctor_say_when_it_was_last_heard(tmp_path, network):
    service = make_listening(tmp_path, network)
    [before] = [one.live for one in status.do(service).sources if one.live]
    tell(service, "gone")
    list(stream.do(service))
    service.tapes["sky"].fail("the stream of h.example broke off")
    list(stream.do(service))

    [after] = [one.live for one in status.do(service).sources if one.live]

    assert (before, after) == (Line(heard=None), Line(heard=NOW, problem="the stream of h.example broke off"))


@pytest.mark.parametrize(
    ("line", "told", "level"),
    [
        (Line(heard=None), "nothing heard yet", "warn"),
        (Line(heard=NOW - timedelta(minutes=3)), "last heard Mon 2026-10-12 10:57, 3 minutes ago", "ok"),
        (Line(heard=NOW - timedelta(minutes=16)), "last heard Mon 2026-10-12 10:44, 16 minutes ago", "warn"),
        (Line(heard=NOW, problem="it broke"), "last heard Mon 2026-10-12 11:00, 0 minutes ago; it broke", "warn"),
    ],
)
def test_silence_is_noticed_by_the_age_of_the_last_event(line, told, level):
    assert told_status.heard(line, NOW, "Europe/London") == told
    assert doctor.hearing("sky", line, NOW, "Europe/London").level == level
