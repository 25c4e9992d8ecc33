"""The mailbox's options, logins and batches, before a server that a test can make answer anything."""

import base64
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from collectors import mail, mailbox
from collectors.base import BadRequest, NotAllowed, Secret, Unavailable, Window, fingerprint
from collectors.imap import Listed
from collectors.mailbox import Mailbox, Place
from tests.factories import make_given
from tests.networks import mailbox as network

WEEK = Window(datetime(2026, 11, 16, tzinfo=UTC), datetime(2026, 11, 23, tzinfo=UTC))
LOGIN = {"host": "mail.example.org", "user": "listener", "password": Secret("correct horse")}
Handler = network._Handler


@contextmanager
def answering(answer: Callable[[Handler, bytes, str], bytes | None], count: int = 2) -> Iterator[dict[str, Any]]:
    """The options of a server that says what `answer` says to a tagged command, and what it always says where that is None."""

    class Answering(Handler):
        def _answer(self, tag: bytes, command: str) -> bytes:
            told = answer(self, tag, command)
            return super()._answer(tag, command) if told is None else told

    posts = [network.make_post(n, WEEK.since + timedelta(hours=n), f"Contribution {n}.") for n in range(1, count + 1)]
    with network.opened(posts) as server:
        server.RequestHandlerClass = Answering
        yield server.options


def refusing(start: str, reason: str) -> Callable[[Handler, bytes, str], bytes | None]:
    return lambda _, tag, command: tag + f" NO {reason}\r\n".encode() if command.startswith(start) else None


def make_mailbox(options: dict[str, Any], **differently: Any) -> Mailbox:
    return Mailbox(given=make_given(), **(options | differently))


def texts(box: Mailbox) -> list[str]:
    return [post.text for page in box.collect(WEEK) for post in page.posts]


# --- options ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("differently", "problem"),
    [
        ({"token_command": "token"}, "either a password or a token_command"),
        ({"password": None}, "either a password or a token_command"),
        ({"folders": ()}, "at least one folder"),
    ],
)
def test_options_that_contradict_each_other_are_told(differently, problem):
    with pytest.raises(ValueError, match=problem):
        make_mailbox(LOGIN, **differently)


def test_a_login_is_not_shown_and_does_not_change_what_was_asked():
    one, other = make_mailbox(LOGIN), make_mailbox(LOGIN, password=None, token_command="token", mask=False)

    assert "correct horse" not in repr(one)
    assert fingerprint(one) == fingerprint(other)
    assert fingerprint(one) != fingerprint(make_mailbox(LOGIN, folders=("INBOX", "Carers")))
    assert make_mailbox(LOGIN, folders=("INBOX", "Carers")).asked == "mails in INBOX and Carers"


@pytest.mark.parametrize("cursor", ["{}", "17", "no JSON"])
def test_a_cursor_of_another_kind_is_refused(cursor):
    with pytest.raises(BadRequest, match="cursor"):
        next(make_mailbox(LOGIN).collect(WEEK, cursor))


def test_a_folder_that_left_the_config_is_read_from_the_start():
    with network.opened([network.make_post(1, WEEK.since, "Contribution 1.")]) as server:
        pages = list(make_mailbox(server.options).collect(WEEK, Place("Elsewhere", "1", 7).told()))

    assert [len(page.posts) for page in pages] == [1, 0]


# --- batches ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sizes", "batches"),
    [
        ([], []),
        ([10] * 45, [20, 20, 5]),
        ([mail.LARGEST_MAIL, 1, 1], [1, 2]),
        ([1, mail.LARGEST_MAIL + 1, 1], [1, 1, 1]),
        ([mail.LARGEST_MAIL // 2] * 5, [2, 2, 1]),
    ],
)
def test_mails_are_fetched_in_batches_that_memory_can_hold(sizes, batches):
    listed = [Listed(uid, WEEK.since, size) for uid, size in enumerate(sizes, 1)]

    found = list(mailbox._batches(listed))

    assert [len(batch) for batch in found] == batches
    assert [one for batch in found for one in batch] == listed


# --- logins -------------------------------------------------------------------------------------------------------------


def test_a_token_of_a_command_logs_in():
    said: list[bytes] = []

    def answer(handler: Handler, tag: bytes, command: str) -> bytes | None:
        if not command.startswith("AUTHENTICATE XOAUTH2"):
            return None
        handler.wfile.write(b"+ \r\n")
        said.append(base64.b64decode(handler.rfile.readline()))
        return tag + b" OK welcome\r\n"

    with answering(answer) as options:
        found = texts(make_mailbox(options, password=None, token_command="printf '  a.token \n'"))

    assert said == [b"user=listener\x01auth=Bearer a.token\x01\x01"]
    assert found == ["Contribution 1.", "Contribution 2."]


@pytest.mark.parametrize(
    ("command", "error", "reason"),
    [
        ("no-such-program-anywhere --token", NotAllowed, "no-such-program-anywhere cannot be started"),
        ("printf 'unfinished", NotAllowed, "printf cannot be started"),
        ("false", NotAllowed, "exit code 1"),
        ("true", NotAllowed, "printed nothing"),
        ("head -c 70000 /dev/zero", NotAllowed, "printed too much"),
        ("sleep 30", Unavailable, "sleep printed nothing for 2 seconds"),
    ],
)
def test_a_token_command_that_fails_is_told(command, error, reason):
    with network.opened([]) as server, pytest.raises(error, match=reason):
        list(make_mailbox(server.options, password=None, token_command=command, timeout=2.0).collect(WEEK))


def test_a_token_that_is_refused_is_not_allowed():
    with answering(refusing("AUTHENTICATE", "expired")) as options, pytest.raises(NotAllowed, match="refused the login"):
        texts(make_mailbox(options, password=None, token_command="printf old"))


@pytest.mark.parametrize("code", ["UNAVAILABLE", "INUSE", "LIMIT"])
def test_a_server_that_cannot_check_logins_now_is_unavailable(code):
    with answering(refusing("LOGIN", f"[{code}] later")) as options, pytest.raises(Unavailable, match="at the moment"):
        texts(make_mailbox(options))


# --- what servers say ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("command", "answer", "reason"),
    [
        ("LOGIN", b"* BYE too many\r\n", "broke off"),
        ("EXAMINE", b"* BYE going down\r\n", "broke off"),
        ("UID SEARCH", b"* SEARCH 1 x\r\n%s OK done\r\n", "no IMAP"),
        ("UID SEARCH", b"%s NO never\r\n", "no IMAP"),
        ("UID FETCH", b"%s NO never\r\n", "refused to hand out"),
        ("UID FETCH", b'* 1 FETCH (UID 1 INTERNALDATE "no date" RFC822.SIZE 1)\r\n%s OK done\r\n', "no IMAP"),
        ("UID FETCH", b"* 1 FETCH (UID 1 RFC822.SIZE 1)\r\n%s OK done\r\n", "no IMAP"),
    ],
)
def test_an_answer_that_is_no_help_is_unavailable(command, answer, reason):
    def answered(_: Handler, tag: bytes, asked: str) -> bytes | None:
        return answer.replace(b"%s", tag) if asked.startswith(command) else None

    with answering(answered) as options, pytest.raises(Unavailable, match=reason):
        texts(make_mailbox(options))


def test_a_folder_that_exists_but_cannot_be_opened_is_unavailable():
    def answered(_: Handler, tag: bytes, asked: str) -> bytes | None:
        if asked.startswith("EXAMINE"):
            return tag + b" NO it is locked\r\n"
        return b'* LIST () "/" INBOX\r\n' + tag + b" OK done\r\n" if asked.startswith("LIST") else None

    with answering(answered) as options, pytest.raises(Unavailable, match="INBOX cannot be opened at the moment"):
        texts(make_mailbox(options))


def test_news_of_flags_and_uids_behind_the_mail_are_understood():
    body = b"From: a@example.org\r\nMessage-ID: <a@b>\r\n\r\nBehind."

    def answered(_: Handler, tag: bytes, asked: str) -> bytes | None:
        if "BODY" in asked:
            return (
                b"* 2 FETCH (FLAGS (\\Seen))\r\n* 1 FETCH (BODY[] {%d}\r\n%s UID 1)\r\n" % (len(body), body)
                + tag
                + b" OK done\r\n"
            )
        if asked.startswith("UID FETCH"):
            listed = b'* 1 FETCH (FLAGS () RFC822.SIZE 9 UID 1 INTERNALDATE " 7-Nov-2026 09:00:00 +0000")\r\n'
            inside = listed.replace(b" 7-", b"17-")
            return b"* 2 FETCH (FLAGS (\\Seen))\r\n" + inside + listed.replace(b"UID 1", b"UID 2") + tag + b" OK done\r\n"
        return None

    with answering(answered) as options:
        assert texts(make_mailbox(options)) == ["Behind."]


def test_a_mail_that_is_deleted_meanwhile_is_passed_over():
    def answered(_: Handler, tag: bytes, asked: str) -> bytes | None:
        return tag + b" OK done\r\n" if "BODY" in asked else None

    with answering(answered) as options:
        pages = list(make_mailbox(options).collect(WEEK))

    assert [len(page.posts) for page in pages] == [0, 0]


def test_a_server_without_tls_is_unavailable():
    with network.opened([]) as server:
        server.get_request = super(network.Network, server).get_request  # type: ignore[method-assign]  # plain, as on port 143
        with pytest.raises(Unavailable, match="does not speak TLS"):
            texts(make_mailbox(server.options))


def test_a_stop_ends_the_reading_after_a_page():
    posts = [network.make_post(n, WEEK.since + timedelta(hours=n), "Contribution.") for n in range(1, 46)]

    with network.opened(posts) as server:
        box = Mailbox(given=make_given(stopped=lambda: True), **server.options)
        (page,) = box.collect(WEEK)

    assert (len(page.posts), Place.read(page.cursor or "").uid) == (20, 20)
