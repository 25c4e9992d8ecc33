"""Listening to Bluesky's own network while things happen on it: kept, edited, taken down, and gone on with after a kill."""

import base64
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from threading import Event, Thread

import httpx
import pytest
from atproto import models

from collectors.base import MemoryVault, Window
from listener import config
from listener.jobs import collect, stream
from listener.jobs.service import Service
from storage.store import Store
from tests.live_sky import daemon, has_cursor, now, said, value, write_config
from tests.servers import bluesky
from tests.servers.bluesky_people import account, eventually, put, say, sign_up, stamp, tagged

pytestmark = [pytest.mark.server, pytest.mark.skipif(bool(bluesky.missing()), reason=bluesky.missing() or "installed")]


@pytest.fixture(scope="module")
def network() -> Iterator[str]:
    with bluesky.started() as address:
        sign_up(address, "listener").request.close()
        yield address


@contextmanager
def listening(file: Path) -> Iterator[Service]:
    """A thread listens, from the network's beginning; whoever calls `stream.do` keeps what came."""
    stop, loaded = Event(), config.load(file)
    store = Store(loaded.storage, b"secret", wait=5)
    service = Service(config=loaded, store=store, vault=MemoryVault(), now=now, stopped=stop.is_set)
    service = replace(service, tapes=stream.tapes(service))
    tape = service.tapes["sky"]
    tape.cursor = tape.cursor or "0"
    thread = Thread(target=stream.keep, args=(service, "sky", tape, stop.wait), daemon=True)
    thread.start()
    try:
        yield service
    finally:
        stop.set()
        thread.join(10)
        store.close()
    assert not thread.is_alive()


def kept(service: Service) -> list[str]:
    """What is kept after one more look."""
    list(stream.do(service))
    return texts(service)


def texts(service: Service) -> list[str]:
    [week] = service.config.exercise.weeks
    with service.store.read() as unit:
        return sorted(one.post.text for one in unit.posts.of(Window(week.opens, week.closes)))


def test_what_is_asked_for_is_kept_as_the_reading_would_keep_it(tmp_path, network):
    with account(network, "alice") as alice, account(network, "bernard") as bernard:
        question = say(alice, "What would help you as a carer?", now())
        file = write_config(tmp_path, network, "Respite", f'"{question.uri}"')
        reply = models.AppBskyFeedPost.ReplyRef(root=question, parent=question)
        say(alice, tagged("A night off", "respite"), now())
        say(bernard, "A sitter", now(), reply=reply)
        say(bernard, "Good question", now(), embed=models.AppBskyEmbedRecord.Main(record=question))
        say(bernard, "Nothing of it", now())
        say(bernard, tagged("Before the exercise", "respite"), now() - timedelta(days=30))
        with listening(file) as service:
            eventually(lambda: kept(service) == ["A night off #respite", "A sitter", "Good question"])
            window = Window(now() - timedelta(hours=1), now())

            run = collect.do(service, collect.Task(source="sky", window=window, why="live"))

            assert (run.new, run.changed, run.unchanged) == (0, 0, 3)
            assert texts(service) == ["A night off #respite", "A sitter", "Good question"]


def test_an_edit_and_a_deletion_are_obeyed_at_the_next_look(tmp_path, network):
    with account(network, "dorothea") as dorothea:
        edited, deleted = (say(dorothea, tagged(text, "nights"), now()) for text in ("Before", "Deleted later"))
        with listening(write_config(tmp_path, network, "nights")) as service:
            eventually(lambda: kept(service) == ["Before #nights", "Deleted later #nights"])

            record = models.AppBskyFeedPost.Record(text="After, without the tag", created_at=stamp(now()))
            put(dorothea, "app.bsky.feed.post", edited.uri.rsplit("/", 1)[1], record)
            dorothea.delete_post(deleted.uri)

            eventually(lambda: kept(service) == ["After, without the tag"])
    assert b"Deleted later" not in (tmp_path / "listener.db").read_bytes()


def deactivate(client, network: str) -> None:
    client.com.atproto.server.deactivate_account(models.ComAtprotoServerDeactivateAccount.Data())


def take_down(client, network: str) -> None:
    subject = {"$type": "com.atproto.admin.defs#repoRef", "did": client._session.did}
    administer(network, "updateSubjectStatus", {"subject": subject, "takedown": {"applied": True}})


def delete(client, network: str) -> None:
    administer(network, "deleteAccount", {"did": client._session.did})


def administer(network: str, what: str, told: dict) -> None:
    login = base64.b64encode(b"admin:admin-pass").decode()
    answer = httpx.post(
        f"{network}/xrpc/com.atproto.admin.{what}", json=told, headers={"authorization": f"Basic {login}"}, timeout=30
    )
    answer.raise_for_status()


@pytest.mark.parametrize("how", [deactivate, take_down, delete], ids=lambda one: one.__name__)
def test_who_leaves_takes_every_post_along(tmp_path, network, how):
    tag = f"leaving{how.__name__.replace('_', '')}"
    with account(network, f"edwin-{how.__name__.replace('_', '-')}") as edwin, account(network, f"stays-{tag[7:]}") as other:
        for text in ("One", "Two"):
            say(edwin, tagged(text, tag), now())
        say(other, tagged("Three", tag), now())
        with listening(write_config(tmp_path, network, tag)) as service:
            eventually(lambda: len(kept(service)) == 3)

            how(edwin, network)

            eventually(lambda: kept(service) == [f"Three #{tag}"])


def test_who_comes_back_is_heard_again(tmp_path, network):
    with account(network, "florence") as florence:
        say(florence, tagged("Here", "again"), now())
        with listening(write_config(tmp_path, network, "again")) as service:
            eventually(lambda: kept(service) == ["Here #again"])
            deactivate(florence, network)
            eventually(lambda: kept(service) == [])

            florence.com.atproto.server.activate_account()

            eventually(lambda: kept(service) == ["Here #again"])


def test_a_killed_daemon_goes_on_from_where_it_had_listened(tmp_path, network):
    """What happens while nobody listens is not found by reading here: that is done every six hours."""
    file = write_config(tmp_path, network, "kills")
    with account(network, "gregory") as gregory:
        say(gregory, tagged("Read by the search", "kills"), now() - timedelta(hours=1))
        with daemon(file) as process:
            process.until("sky, live, .* complete")
            eventually(lambda: has_cursor(tmp_path) or say(gregory, "Anything at all", now()) is None)
            told = say(gregory, tagged("Told while it listened", "kills"), now())
            eventually(lambda: "Told while it listened #kills" in said(tmp_path))
            process.end(signal.SIGKILL)
        readings = value(tmp_path, "SELECT count(*) FROM runs WHERE why = 'live'")

        gregory.delete_post(told.uri)
        say(gregory, tagged("Told while nobody listened", "kills"), now())
        with daemon(file) as process:
            eventually(lambda: said(tmp_path)[1:] == ["Told while nobody listened #kills"])
            code = process.end()

    assert code == 0
    assert value(tmp_path, "SELECT count(*) FROM runs WHERE why = 'live'") == readings
