"""Receipts: who gets one, once, what it says, and who never does."""

from datetime import timedelta
from typing import Any

import pytest

from collectors.base import Secret
from collectors.mail import NOT_TO_BE_ANSWERED, read_mail
from collectors.post import Author, Post
from listener import notify
from listener.jobs import receipts
from listener.jobs.receipts import Memory
from listener.jobs.service import Service
from tests.factories import make_kept
from tests.networks.mailbox import make_post
from tests.servers import smtp
from tests.services import FIRST, make_service
from tests.stores import add

TEXT = """
[sources.mail]
kind = "mailbox"
host = "localhost"
user = "carers@trust.example"
token_command = "true"

[receipts]
via = {{ file = "via" }}
results = "We publish what we heard each Monday."

[safeguarding]
urgent = "In an emergency call 999."
"""
MEMORY = Memory(row=0, salt="00" * 16)


def make_answering(folder: Any, server: smtp.Server, **differently: Any) -> Service:
    via = folder / "via"
    via.write_text(server.address())
    via.chmod(0o600)
    return make_service(folder, now=FIRST + timedelta(hours=1), extra=TEXT.format(), **differently)


def mail_from(address: str, number: int = 1, **differently: Any) -> Post:
    post = make_post(number, FIRST + timedelta(minutes=number), "My very own words.")
    values = {name: getattr(post, name) for name in ("network", "id", "posted_at", "text", "kind", "visibility")}
    return Post(**(values | {"author": Author(handle=address, name="Carer")} | differently))


def test_who_writes_is_thanked_once_a_day_and_nothing_of_theirs_is_in_it(tmp_path):
    with smtp.opened() as server:
        service = make_answering(tmp_path, server)
        receipts.do(service)  # remembers what was there before
        add(service.store, mail_from("carer@example.org"), mail_from("Carer@example.org", 2), source="mail")

        assert (receipts.do(service), receipts.do(service)) == (1, 0)

    (mail,) = server.mails
    assert (mail["To"], mail["Auto-Submitted"], mail["Precedence"]) == ("carer@example.org", "auto-replied", "auto_reply")
    assert mail["In-Reply-To"] == "<1@example.org>"
    said = mail.get_content()
    assert "Your reference is " in said
    assert "each Monday" in said
    assert "call 999" in said
    assert "very own words" not in said + mail["Subject"]


def test_they_are_off_by_default_and_not_for_what_came_before(tmp_path):
    with smtp.opened() as server:
        plain = make_service(tmp_path, now=FIRST + timedelta(hours=1))
        add(plain.store, mail_from("carer@example.org"), source="mail")
        assert receipts.do(plain) == 0
        plain.store.close()

        assert receipts.do(make_answering(tmp_path, server)) == 0

    assert server.handed == []


def test_a_mail_server_that_fails_is_not_tried_again(tmp_path, caplog):
    with smtp.opened("refuses") as server:
        service = make_answering(tmp_path, server)
        receipts.do(service)
        add(service.store, mail_from("carer@example.org"), source="mail")

        assert (receipts.do(service), receipts.do(service)) == (0, 0)

    assert caplog.text.count("a receipt was not sent") == 1


def test_a_day_has_an_end_of_receipts(tmp_path):
    with smtp.opened() as server:
        service = make_answering(tmp_path, server)
        day = (FIRST + timedelta(hours=1)).date().isoformat()
        receipts._remember(service, Memory(row=0, salt="00" * 16, day=day, told=tuple(map(str, range(receipts.MOST_A_DAY)))))
        add(service.store, mail_from("carer@example.org"), source="mail")

        assert receipts.do(service) == 0


@pytest.mark.parametrize(
    "post",
    [
        mail_from("carers@trust.example"),
        mail_from("carer@example.org", labels=(NOT_TO_BE_ANSWERED,)),
        mail_from("carer@example.org", kind="post"),
        mail_from(""),
        mail_from("a@b@example.org"),
    ],
    ids=["ourselves", "a list", "no mail", "nobody", "no address"],
)
def test_some_get_none(post):
    assert list(receipts.wanted([make_kept(1, post=post)], MEMORY, {"carers@trust.example"})) == []


def test_only_what_came_since_gets_one():
    kept = [make_kept(row, post=mail_from("carer@example.org", row)) for row in (3, 1, 2)]

    assert [one.row for one in receipts.wanted(kept, Memory(row=1, salt="00"), ())] == [2, 3]


@pytest.mark.parametrize(
    ("header", "sender", "answered"),
    [
        ("X-Mailer: a program", "carer@example.org", True),
        ("List-Post: <mailto:list@example.org>", "carer@example.org", False),
        ("List-Unsubscribe: <https://example.org>", "carer@example.org", False),
        ("Precedence: first-class", "carer@example.org", False),
        ("X-Auto-Response-Suppress: All", "carer@example.org", False),
        ("X-Mailer: a program", "no-reply@example.org", False),
        ("X-Mailer: a program", "carers-request@example.org", False),
    ],
)
def test_lists_and_those_who_ask_for_none_are_known_by_their_headers(header, sender, answered):
    payload = f"From: {sender}\n{header}\nIn-Reply-To: <q@example.org>\nMessage-ID: <a@example.org>\n\nA sitter.\n".encode()

    item = read_mail(payload, FIRST, mask=True)

    assert (NOT_TO_BE_ANSWERED not in getattr(item, "post").labels) is answered  # noqa: B009 -- it is no aside


def test_an_address_of_apprise_gets_one_recipient_and_headers():
    via = Secret("mailtos://u:p@mail.example?from=a@b.example&to=x@y.example&cc=z@y.example")

    assert notify.addressed(via, "carer+1@example.org", {"A-B": "<c d>"}).reveal() == (
        "mailtos://u:p@mail.example?from=a@b.example&to=carer%2B1%40example.org&+A-B=%3Cc%20d%3E"
    )
