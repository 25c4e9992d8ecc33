"""The post office of the tests: what is handed in over SMTP can be read over IMAP."""

import smtplib
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.factories import NOW
from tests.servers import dovecot, post_office

pytestmark = [
    pytest.mark.server,
    pytest.mark.skipif(not dovecot.is_installed(), reason="dovecot is not installed: tests/servers/install.sh installs it"),
]


def test_a_mail_that_is_handed_in_is_read_back_by_its_owner():
    with TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        with dovecot.started(Path(folder)) as mailbox, post_office.opened(mailbox, lambda: NOW) as port:
            with smtplib.SMTP("127.0.0.1", port) as smtp:
                smtp.sendmail("listener@example.org", ["team@example.org"], b"Subject: Week 3\r\n\r\nThe draft is there.\r\n")

            [found] = post_office.read(mailbox, "team")
            nothing = post_office.read(mailbox, "operator")

    assert (found["Subject"], found.get_content().strip(), nothing) == ("Week 3", "The draft is there.", [])
