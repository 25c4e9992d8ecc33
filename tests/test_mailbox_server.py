"""The mailbox against a real Dovecot over TLS: each mail once, whatever breaks."""

import os
import signal
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from collectors.base import BadRequest, NotAllowed, Page, Secret, Unavailable, Window
from collectors.mailbox import Mailbox
from tests.factories import make_given
from tests.networks.mailbox import mail_of, make_post
from tests.servers import certificates, dovecot
from tests.servers.dovecot import Dovecot

pytestmark = [
    pytest.mark.server,
    pytest.mark.skipif(not dovecot.is_installed(), reason="dovecot is not installed: tests/servers/install.sh installs it"),
]
WEEK = Window(datetime(2026, 11, 16, tzinfo=UTC), datetime(2026, 11, 23, tzinfo=UTC))


@pytest.fixture
def server() -> Iterator[Dovecot]:
    with TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)  # Dovecot reads mail as another user when root runs the tests
        with dovecot.started(Path(folder)) as running:
            yield running


def make_mailbox(server: Dovecot, **differently: Any) -> Mailbox:
    return Mailbox(given=make_given(), **(server.options | differently))


def deliver(server: Dovecot, count: int, folder: str = "") -> set[str]:
    posts = [
        make_post(n, WEEK.since + timedelta(hours=n), f"Contribution {n}: a sitter would help.") for n in range(1, count + 1)
    ]
    for post in posts:
        server.deliver(mail_of(post), post.posted_at, folder)
    return {post.id for post in posts}


def large_mail(number: int, size: int) -> bytes:
    line = b"A sitter would help us more than anything else. 0123456789\r\n"
    return mail_of(make_post(number, WEEK.since, "Contribution: a sitter.")) + line * (size // len(line))


def ids(mailbox: Mailbox, cursor: str | None = None) -> list[str]:
    return [post.id for page in mailbox.collect(WEEK, cursor) for post in page.posts]


def test_each_mail_is_read_once_and_stays_unseen(server):
    expected = deliver(server, 45)

    found = ids(make_mailbox(server))

    assert len(found) == 45
    assert set(found) == expected
    assert server.seen() == []


def test_the_window_is_cut_by_arrival_to_the_second(server):
    for number, second in enumerate((-1, 0, 1), 1):
        post = make_post(number, WEEK.since + timedelta(seconds=second), "A sitter would help.")
        server.deliver(mail_of(post), post.posted_at)

    found = [post.posted_at for page in make_mailbox(server).collect(WEEK) for post in page.posts]

    assert found == [WEEK.since, WEEK.since + timedelta(seconds=1)]


def test_a_server_killed_in_mid_fetch_costs_nothing(server):
    expected = deliver(server, 30)
    server.deliver(large_mail(31, 19_000_000), WEEK.since + timedelta(days=2))
    pages: list[Page] = []

    with (
        dovecot.relayed(server.port, 1_000_000, server.kill_imap_processes) as port,
        pytest.raises(Unavailable, match="localhost"),
    ):
        pages.extend(make_mailbox(server, port=port).collect(WEEK))
    before = [post.id for page in pages for post in page.posts]
    after = ids(make_mailbox(server), pages[-1].cursor)

    assert len(before) in (20, 30)
    assert sorted(before + after) == sorted(expected | {make_post(31, WEEK.since, "").id})


def test_another_uidvalidity_changes_no_id(server):
    deliver(server, 25)
    mailbox = make_mailbox(server)
    before = list(mailbox.collect(WEEK))

    server.reset_uidvalidity()
    after = list(mailbox.collect(WEEK, before[0].cursor))

    assert after[0].cursor != before[0].cursor
    assert {post.id: post for page in after for post in page.posts} == {post.id: post for page in before for post in page.posts}


def test_a_mail_in_two_folders_has_one_id(server):
    deliver(server, 3)
    deliver(server, 3, folder="Carers")

    found = ids(make_mailbox(server, folders=("INBOX", "Carers")))

    assert len(found) == 6
    assert len(set(found)) == 3


def test_a_second_folder_is_resumed_without_the_first(server):
    deliver(server, 2)
    deliver(server, 3, folder="Carers")
    mailbox = make_mailbox(server, folders=("INBOX", "Carers"))

    first, second, last = mailbox.collect(WEEK)

    assert (len(first.posts), len(second.posts), last.cursor) == (2, 3, None)
    assert len(ids(mailbox, first.cursor)) == 3
    assert ids(mailbox, second.cursor) == []


def test_of_a_mail_of_50_megabytes_only_the_beginning_is_fetched(server):
    deliver(server, 1)
    server.deliver(large_mail(2, 50_000_000), WEEK.since + timedelta(hours=2))
    server.deliver(mail_of(make_post(3, WEEK.since, "Third.")), WEEK.since + timedelta(hours=3))

    posts = [post for page in make_mailbox(server).collect(WEEK) for post in page.posts]

    assert [post.text[:20] for post in posts] == ["Contribution 1: a si", "Contribution: a sitt", "Third."]
    assert posts[1].id == make_post(2, WEEK.since, "").id


def test_without_a_mask_the_bytes_give_the_post_again(server):
    deliver(server, 2)
    mailbox = make_mailbox(server, mask=False)

    items = [item for page in mailbox.collect(WEEK) for item in page.items]

    assert [mailbox.read(item.raw or b"").posts for item in items] == [[item.post] for item in items]


def test_an_authority_that_is_not_trusted_is_refused(server, tmp_path):
    other = certificates.make(tmp_path, datetime.now(UTC))

    with pytest.raises(NotAllowed, match=r"certificate of localhost is not trusted .* ca_file"):
        ids(make_mailbox(server, ca_file=str(other.authority)))
    with pytest.raises(NotAllowed, match="not trusted"):
        ids(make_mailbox(server, ca_file=""))


@pytest.mark.parametrize("password", ["wrong", "wröng"], ids=["plain", "beyond ASCII"])
def test_a_wrong_password_is_not_allowed(server, password):
    with pytest.raises(NotAllowed, match="refused the login"):
        ids(make_mailbox(server, password=Secret(password)))


def test_a_folder_that_is_missing_is_told_with_those_that_exist(server):
    deliver(server, 1, folder="Carers")

    with pytest.raises(BadRequest, match=r"no folder Carer .*Carers"):
        ids(make_mailbox(server, folders=("Carer",)))


def test_the_check_opens_every_folder(server):
    deliver(server, 1, folder="Carers")

    make_mailbox(server, folders=("INBOX", "Carers")).check()
    with pytest.raises(BadRequest, match="Elsewhere"):
        make_mailbox(server, folders=("INBOX", "Elsewhere")).check()


def test_a_frozen_server_is_unavailable_after_the_timeout(server):
    deliver(server, 25)
    pages = make_mailbox(server, timeout=1.0).collect(WEEK)
    next(pages)

    frozen = server.freeze_imap_processes()
    with pytest.raises(Unavailable, match="in time"):
        list(pages)

    for process in frozen:
        os.kill(process, signal.SIGCONT)


def test_a_stopped_server_is_unavailable_until_it_starts_again(server):
    expected = deliver(server, 2)
    server.stop()

    with pytest.raises(Unavailable, match="localhost cannot be reached"):
        ids(make_mailbox(server))

    server.start()
    assert set(ids(make_mailbox(server))) == expected


def test_a_file_without_certificates_is_a_bad_request(server, tmp_path):
    empty = tmp_path / "empty.pem"
    empty.write_text("no certificate")

    for file in (empty, tmp_path / "missing.pem"):
        with pytest.raises(BadRequest, match="ca_file"):
            ids(make_mailbox(server, ca_file=str(file)))
