"""Sources that tell when something new is there, and what becomes of it."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event, Thread, Timer

import pytest

from collectors.mailbox import Mailbox
from listener.jobs import collect, tick, watch
from tests.factories import make_given
from tests.networks.mailbox import mail_of, make_post
from tests.servers import dovecot
from tests.servers.dovecot import Dovecot
from tests.services import FIRST, make_service, write_answers

pytestmark = pytest.mark.skipif(not dovecot.is_installed(), reason="no Dovecot here")
MAIL = """
[sources.mail]
kind = "mailbox"
host = "localhost"
port = {port}
user = "{user}"
password = {{ file = "password" }}
ca_file = "{ca_file}"
"""


@pytest.fixture
def server() -> Iterator[Dovecot]:
    with TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        with dovecot.started(Path(folder)) as running:
            yield running


def test_a_mailbox_tells_of_a_mail_that_comes(server):
    told = Mailbox(given=make_given(), **server.options).watch()
    next(told)

    Timer(0.5, server.deliver, (mail_of(make_post(1, FIRST, "A sitter.")), FIRST)).start()

    next(told)


def test_a_mailbox_that_is_not_to_wait_does_not(server):
    assert list(Mailbox(given=make_given(), **server.options, idle=False).watch()) == []


def make_watched(folder: Path, server: Dovecot, user: str = "", stopped: Callable[[], bool] = lambda: False):
    secret = folder / "password"
    secret.write_text(server.options["password"].reveal())
    secret.chmod(0o600)
    text = MAIL.format(port=server.port, user=user or server.options["user"], ca_file=server.options["ca_file"])
    return make_service(folder, now=FIRST + timedelta(hours=1), extra=text, stopped=stopped)


def test_only_sources_that_can_tell_are_watched(tmp_path, server):
    assert watch.watched(make_watched(tmp_path, server)) == ["mail"]


def test_a_new_mail_is_told_of_from_a_thread_of_its_own(tmp_path, server):
    stop, nudges = Event(), watch.Nudges()
    service = make_watched(tmp_path, server, stopped=stop.is_set)

    Thread(target=watch.keep, args=(service, "mail", nudges, stop.wait), daemon=True).start()

    told = (nudges.take() for _ in range(600) if not stop.wait(0.05))
    assert next(filter(None, told)) == {"mail"}
    stop.set()


def test_a_server_that_refuses_the_login_is_left_alone_for_long(tmp_path, server):
    service = make_watched(tmp_path, server, user="nobody")
    waits: list[float] = []

    def wait(seconds: float) -> bool:
        waits.append(seconds)
        return True

    watch.keep(service, "mail", watch.Nudges(), wait)

    assert waits == [3600.0]


def test_what_has_something_new_is_read_before_its_time(tmp_path):
    write_answers(tmp_path, range(3))
    service = make_service(tmp_path, now=FIRST + timedelta(hours=2))
    tick.do(service)
    later = make_service(tmp_path, now=FIRST + timedelta(hours=2, minutes=1))
    eager = make_service(tmp_path, now=later.now, eager=lambda: frozenset({"tag"}))

    assert collect.due_now(later) == []
    assert [task.source for task in collect.due_now(eager)] == ["tag"]


def test_pauses_grow_to_an_hour():
    assert [watch.pause_after(n) / timedelta(minutes=1) for n in (1, 2, 3, 7, 99)] == [1, 2, 4, 60, 60]
