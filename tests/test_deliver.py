"""What is published is brought to where it is read, all of it, until it is confirmed there: real folder, command and server."""

import re
import sys
from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from zipfile import ZipFile

import pytest

from listener import delivery
from listener.delivery import Undelivered
from listener.jobs import deliver, withdraw
from tests import desks, published, rehearsal, stores
from tests.services import FIRST

OURS = "A neighbour waited for somebody to ring back"


class Clock:
    """Stands still unless a test moves it."""

    def __init__(self):
        self.at = FIRST + timedelta(days=8, microseconds=123_456)  # as a machine's clock, finer than what is kept

    def __call__(self):
        return self.at


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def service(tmp_path, clock):
    """Week 1 is published with one quote in our words, and not delivered yet."""
    made = desks.collected(tmp_path, now=clock)
    published.quote(made, desks.week_of(made), 3, ("post:3", "paraphrase", {"text": OURS}))
    published.publish(made, desks.week_of(made))
    yield made
    made.store.close()


def settled(service, **publish):
    """The same service with another [publish] table."""
    return replace(service, config=replace(service.config, publish=replace(service.config.publish, **publish)))


def public(service):
    folder = service.config.publish.folder
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def states(service):
    return {one.way: one.is_done for one in deliver.standing(service)}


def test_before_the_first_edition_nothing_is_due_or_done(tmp_path, clock):
    service = desks.collected(tmp_path, now=clock)

    assert deliver.do(service) == ()
    assert not deliver.due_now(service)
    assert not service.config.publish.folder.exists()


def test_everything_published_stands_in_the_folder_afterwards(service):
    assert deliver.due_now(service)

    (way,) = deliver.do(service)

    assert (way.way, way.is_done, way.error) == ("folder", True, "")
    assert public(service) == deliver.pages(service)
    assert {"index.html", "week-1/index.html", "week-1/v1/index.html", "week-1/digest.json"} <= public(service).keys()
    assert OURS.encode() in public(service)["week-1/index.html"]
    assert not deliver.due_now(service)


def test_delivering_again_changes_nothing(service, clock):
    deliver.do(service)
    before, told = public(service), deliver.standing(service)
    clock.at += timedelta(hours=1)

    assert deliver.do(service) == told
    assert public(service) == before


def test_a_withdrawn_quote_is_in_no_file_and_no_zip_after_the_delivery(service):
    deliver.do(service)
    withdraw.quotes(service, [3], 7)
    assert states(service) == {"folder": False}
    assert deliver.due_now(service)

    deliver.do(service)

    with ZipFile(BytesIO(delivery.zipped(deliver.pages(service)))) as archive:
        zipped = {name: archive.read(name) for name in archive.namelist()}
    for name, content in (public(service) | zipped).items():
        assert OURS.encode() not in content, name
    assert b"Quote 1-01 has been withdrawn" in public(service)["week-1/v1/index.html"]
    assert OURS.encode() not in stores.said_in(service.store.path)
    assert states(service) == {"folder": True}


def test_a_withdrawn_week_leaves_a_page_that_says_so(service):
    deliver.do(service)
    withdraw.week(service, 1, 7)

    deliver.do(service)

    for name in ("week-1/index.html", "week-1/v1/index.html"):
        assert b"has been withdrawn" in public(service)[name]
    assert not any(OURS.encode() in content for content in public(service).values())


def test_who_was_forgotten_is_gone_from_the_folder_and_a_version_says_that_a_quote_is(service, clock):
    deliver.do(service)
    clock.at += timedelta(minutes=1)
    with service.store.write() as unit:
        unit.editions.withdraw([3], clock.at)

    deliver.do(service)

    assert b"Quote 1-01 has been withdrawn" in public(service)["week-1/v2/index.html"]


# --- what goes wrong --------------------------------------------------------------------------------------------------------


def test_a_folder_that_cannot_be_written_is_told_and_tried_again_after_a_growing_wait(service, clock):
    folder = service.config.publish.folder
    folder.write_text("a file where the folder should be")
    waits = []
    for _ in range(9):
        (way,) = deliver.do(service)
        waits.append(round((way.retry_at - clock.at).total_seconds() / 60))
        assert (way.is_done, deliver.due_now(service)) == (False, False)
        clock.at = way.retry_at
        assert deliver.due_now(service)

    assert waits == [1, 1, 2, 4, 8, 16, 32, 60, 60]
    assert "Mend that" in way.error
    folder.unlink()
    assert deliver.do(service)[0].is_done


@pytest.mark.parametrize("place", ["pages", "_expected", "_keep"])
def test_a_kill_in_between_leaves_it_due(service, monkeypatch, place):
    def cut(*_):
        raise SystemExit

    with monkeypatch.context() as patched:
        patched.setattr(deliver, place, cut)
        with pytest.raises(SystemExit):
            deliver.do(service)

    assert deliver.due_now(service)
    deliver.do(service)
    assert public(service) == deliver.pages(service)


def test_a_kill_between_two_pages_leaves_whole_pages_and_the_next_look_does_the_rest(service, monkeypatch):
    written: list[object] = []

    def cut(folder, name, content):
        if len(written) == 3:
            raise SystemExit
        written.append(name)
        replace_page(folder, name, content)

    replace_page = delivery._replace
    with monkeypatch.context() as patched:
        patched.setattr(delivery, "_replace", cut)
        with pytest.raises(SystemExit):
            deliver.do(service)
    made = deliver.pages(service)
    assert len(public(service)) == 3
    assert all(made[name] == content for name, content in public(service).items())

    deliver.do(service)

    assert public(service) == made


def test_what_is_withdrawn_while_a_delivery_goes_on_is_delivered_anew(service, clock, monkeypatch):
    def put(folder, pages):
        clock.at += timedelta(seconds=1)
        withdraw.quotes(service, [3], 7)
        bring(folder, pages)

    bring = delivery.put
    with monkeypatch.context() as patched:
        patched.setattr(delivery, "put", put)
        (way,) = deliver.do(service)
    assert not way.is_done

    deliver.do(service)

    assert not any(OURS.encode() in content for content in public(service).values())
    assert states(service) == {"folder": True}


def test_two_do_not_deliver_at_once(service, monkeypatch):
    from filelock import FileLock

    monkeypatch.setattr(deliver, "_TURN", 0.01)
    with FileLock(f"{service.store.path}.delivery.lock"):
        (way,) = deliver.do(service)

    assert not way.is_done
    assert not service.config.publish.folder.exists()


# --- the command and the address --------------------------------------------------------------------------------------------


def test_the_command_runs_beside_the_config_once_the_folder_is_right(service):
    code = "import shutil; shutil.copytree('public', 'copied', dirs_exist_ok=True)"
    service = settled(service, command=(sys.executable, "-c", code))

    deliver.do(service)

    assert states(service) == {"folder": True, "command": True}
    copied = service.config.file.parent / "copied"
    assert (copied / "week-1/index.html").read_bytes() == public(service)["week-1/index.html"]


def test_a_command_that_fails_is_told_with_its_words_and_the_address_waits_for_it(service):
    code = "import sys; sys.exit('no route to host')"
    service = settled(service, command=(sys.executable, "-c", code), address="http://127.0.0.1:9/")

    folder, command, url = deliver.do(service)

    assert (folder.is_done, command.is_done, url.is_done) == (True, False, False)
    assert "no route to host" in command.error
    assert url.error == ""


def test_the_public_address_is_confirmed_once_it_shows_what_is_published(service):
    with rehearsal.site_of(service.config.publish.folder) as port:
        service = settled(service, address=f"http://127.0.0.1:{port}", allow_private_addresses=True)

        deliver.do(service)
        assert states(service) == {"folder": True, "url": True}

        withdraw.quotes(service, [3], 7)
        assert states(service) == {"folder": False, "url": False}
        deliver.do(service)
        assert states(service) == {"folder": True, "url": True}


def test_a_public_address_that_still_shows_withdrawn_words_stays_red(service, tmp_path, clock):
    """The web server shows a copy that nobody has brought up to date."""
    deliver.do(service)
    for name, content in public(service).items():
        (tmp_path / "copy" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "copy" / name).write_bytes(content)
    with rehearsal.site_of(tmp_path / "copy") as port:
        service = settled(service, address=f"http://127.0.0.1:{port}/", allow_private_addresses=True)
        deliver.do(service)
        assert states(service) == {"folder": True, "url": True}
        withdraw.quotes(service, [3], 7)

        _, url = deliver.do(service)

        assert not url.is_done
        assert re.search(r"http://127.0.0.1:\d+/\S* does not show what is published yet", url.error)
        assert OURS not in url.error


def test_an_old_version_at_its_own_address_is_noticed_too(service):
    with rehearsal.site_of(service.config.publish.folder) as port:
        service = settled(service, address=f"http://127.0.0.1:{port}", allow_private_addresses=True)
        deliver.do(service)
        page = service.config.publish.folder / "week-1/v1/index.html"
        page.write_bytes(page.read_bytes().replace(b"week-1 v1 ", b"week-1 v0 "))

        with pytest.raises(Undelivered, match="week-1/v1/"):
            deliver._at_address(service, deliver.pages(service))
