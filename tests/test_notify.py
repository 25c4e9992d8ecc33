"""Handing a message in, to a real mail server in every mood: what was taken, what was not, and what nobody can know."""

import pytest

from collectors.base import Secret
from listener import notify
from listener.notify import Verdict
from tests.networks.answering import answering
from tests.servers import smtp

BODY = "Week 3 is there: 1,036 contributions.\n\nKörper <b> & more\n"


def sent(address, patience=20.0):
    return notify.send(Secret(address), "Week 3", BODY, patience)


def test_a_mail_arrives_as_plain_text_as_it_was_written():
    with smtp.opened() as server:
        verdict = sent(server.address())

    (mail,) = server.mails
    assert verdict == Verdict(outcome="sent")
    assert (mail["Subject"], mail["To"], mail.get_content_type()) == ("Week 3", "team@example.org", "text/plain")
    assert mail.get_content().strip().splitlines() == BODY.strip().splitlines()


@pytest.mark.parametrize(
    ("mood", "outcome", "reason", "handed"),
    [
        ("refuses", "failed", "the service answered 550", 0),
        ("greylists", "failed", "the service answered 451", 1),
        ("is busy", "failed", "the service answered 421", 1),
        ("drops", "unsure", "the service did not take it", 1),
        ("hangs", "unsure", "no answer within 4 seconds", 1),
        ("greets never", "failed", "no answer within 4 seconds", 0),
    ],
)
def test_what_was_refused_may_be_tried_again_and_what_got_no_answer_may_have_arrived(mood, outcome, reason, handed):
    with smtp.opened(mood) as server:
        verdict = sent(server.address(), patience=4.0)

    assert (verdict, len(server.handed)) == (Verdict(outcome=outcome, reason=reason), handed)


def test_a_server_that_is_not_there_and_an_address_that_is_none():
    assert sent("mailto://127.0.0.1:9?from=a@example.org&to=b@example.org&mode=insecure") == Verdict(
        outcome="failed", reason="Connection refused"
    )
    assert sent("nonsense://token-in-it") == Verdict(outcome="unknown", reason="no address that Apprise knows")


def test_a_service_of_the_web_that_refuses_is_quoted_by_its_number_only():
    with answering(lambda _path, _query: (500, {}, b"secret-token-in-the-answer")) as address:
        verdict = sent(address.replace("http", "json") + "/secret-token")

    assert verdict == Verdict(outcome="failed", reason="the service answered 500")


def test_a_child_that_dies_before_it_hands_anything_over_has_sent_nothing():
    assert notify.verdict("", "it ended") == Verdict(outcome="failed", reason="it ended")
    assert notify.verdict("handed\n", "it ended") == Verdict(outcome="unsure", reason="it ended")
    assert notify.verdict("handed\nsent\n", "it ended") == Verdict(outcome="sent")


@pytest.mark.parametrize(
    ("events", "handed", "answered"),
    [
        ([], False, True),
        ([("smtplib.send", b"mail FROM:<a@example.org>\r\n")], False, True),
        ([("smtplib.send", b"Subject: a\r\n\r\nb\r\n.\r\n")], True, False),
        ([("smtplib.send", b"b\r\n.\r\n"), ("smtplib.send", "rset\r\n")], True, True),
        ([("http.client.send", b"POST / HTTP/1.1")], True, True),
        ([("socket.connect", ("127.0.0.1", 25))], False, True),
    ],
    ids=["nothing", "the envelope", "the mail", "the mail, answered", "a request", "something else"],
)
def test_what_goes_over_the_line_tells_whether_it_was_handed_over_and_answered(events, handed, answered, capsys):
    line = notify.Line()

    for event, sent_bytes in events:
        line.hear(event, (None, sent_bytes))

    assert (line.handed, line.answered) == (handed, answered)
    assert capsys.readouterr().out == "handed\n" * handed


def test_without_apprise_it_says_what_to_install(monkeypatch):
    monkeypatch.setattr(notify, "find_spec", lambda _name: None)

    assert sent("json://127.0.0.1:9").reason == notify.INSTALL
