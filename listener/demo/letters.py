"""The mailbox: letters with quoted questions, signatures and attachments, and what machines send back."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from email import policy
from email.message import EmailMessage
from email.utils import format_datetime
from html import escape
from random import Random

from listener.demo import days, draw, people, words
from listener.demo.people import Person
from listener.demo.said import Said

ADDRESS = "listening@marshvale.example"
_SENDER = f"Marsh Vale Health and Care (invented) <{ADDRESS}>"
_POLICY = policy.default.clone(max_line_length=200)
_NOTES = {1: 8, 2: 8, 3: 10, 4: 8, 5: 5}
_PDF = b"%PDF-1.4\n%%EOF\n"


def mailbox(told: Sequence[Said]) -> bytes:
    """An mbox file: every letter and every machine's note in the order in which they came."""
    letters = [(one.at, one.by.address, _letter(one)) for one in told]
    return b"".join(_entry(*letter) for letter in sorted([*letters, *_notes(), *_bounces()], key=lambda letter: letter[:2]))


def _entry(at: datetime, sender: str, message: EmailMessage) -> bytes:
    body = message.as_bytes(policy=_POLICY).replace(b"\nFrom ", b"\n>From ")
    return f"From {sender} {at:%a %b %e %H:%M:%S %Y}\n".encode() + body.rstrip(b"\n") + b"\n\n"


# --- letters from people ----------------------------------------------------------------------------------------------


def _letter(one: Said) -> EmailMessage:
    chance = draw.dice("letter", one.key)
    question = words.lines("questions.txt")[days.week_of(one.at) - 1].removesuffix(" #ThinkCarerDemo")
    subject = chance.choice(
        (f"Re: {question.partition('.')[0]}", "Re: Listening exercise", "carers", "", "My answer", "RE: think carer")
    )
    message = _headed(one.by, one.at, subject, key=one.key)
    body = _greeted(one, chance)
    draw.weighted(chance, _WAYS)(message, body, question, one.at)
    return message


def _headed(sender: Person, at: datetime, subject: str, *, key: str) -> EmailMessage:
    message = EmailMessage(policy=_POLICY)
    message["From"] = f'"{sender.name}" <{sender.address}>'
    message["To"] = _SENDER
    message["Subject"] = subject
    message["Date"] = format_datetime(at.astimezone(days.ZONE))
    message["Message-ID"] = f"<{draw.letters('message', key, length=20)}@mail.example>"
    return message


def _greeted(one: Said, chance: Random) -> str:
    hello = chance.choice(
        ("Hello,\n\n", "Dear Sir or Madam,\n\n", "Hi there\n\n", "", "Good evening,\n\n", "To whom it may concern\n\n")
    )
    return (
        hello
        + one.text
        + chance.choice(("\n\nRegards\n", "\n\nMany thanks,\n", "\n\n", "\n\nYours sincerely\n"))
        + _signature(one.by, chance)
    )


def _signature(by: Person, chance: Random) -> str:
    """Some leave more about themselves than they should: numbers that belong to nobody."""
    ways = (
        f"{by.name}",
        f"-- \n{by.name}\nTel. 01632 960{chance.randrange(1000):03}",
        f"{by.name}\nMy husband's NHS number is {nhs_number(chance)}\nand my mobile is 07700 900{chance.randrange(1000):03}",
        f"{by.name}\n{chance.randrange(1, 90)} Invented Row, Marsh Vale, DN99 {chance.randrange(1, 10)}AB",
        "Sent from my phone",
        f"{by.name}\n\nThis message is confidential. If it is not meant for you, please delete it.",
        "",
    )
    return ways[draw.weighted(chance, {0: 36, 1: 12, 2: 7, 3: 7, 4: 20, 5: 6, 6: 12})]


def nhs_number(chance: Random) -> str:
    """From the range kept for tests (999), with the right check digit."""
    while True:
        digits = f"999{chance.randrange(10**6):06}"
        check = 11 - sum(int(digit) * weight for digit, weight in zip(digits, range(10, 1, -1), strict=True)) % 11
        if check != 10:
            return f"{digits[:3]} {digits[3:6]} {digits[6:]}{check % 11}"


def _plain(message: EmailMessage, body: str, question: str, at: datetime) -> None:
    asked = days.asked(days.week_of(at)).astimezone(days.ZONE)
    quoted = f"On {asked:%a, %-d %b %Y at %H:%M}, {_SENDER} wrote:\n> {question}\n>\n> Answer this mail, or use the form.\n"
    message.set_content(f"{body}\n\n{quoted}", cte="quoted-printable")


def _bare(message: EmailMessage, body: str, _question: str, _at: datetime) -> None:
    message.set_content(body)


def _forwarded(message: EmailMessage, body: str, question: str, at: datetime) -> None:
    """As an office program quotes: all below, with a head of its own."""
    asked = days.asked(days.week_of(at)).astimezone(days.ZONE)
    head = f"From: {_SENDER}\nSent: {asked:%d %B %Y %H:%M}\nTo: carers\nSubject: Listening exercise"
    message.set_content(f"{body}\n\n-----Original Message-----\n{head}\n\n{question}\n", cte="quoted-printable")


def _with_html(message: EmailMessage, body: str, question: str, at: datetime) -> None:
    _plain(message, body, question, at)
    message.add_alternative(_html(body, question), subtype="html", cte="quoted-printable")
    message.set_boundary(draw.letters("alternative", message["Message-ID"], length=24))


def _html_only(message: EmailMessage, body: str, question: str, _at: datetime) -> None:
    message.set_content(_html(body, question), subtype="html", cte="quoted-printable")


def _with_attachment(message: EmailMessage, body: str, question: str, at: datetime) -> None:
    _plain(message, body, question, at)
    message.add_attachment(_PDF, maintype="application", subtype="pdf", filename="discharge letter (invented).pdf")
    message.set_boundary(draw.letters("attachment", message["Message-ID"], length=24))


def _html(body: str, question: str) -> str:
    paragraphs = "".join(f"<p>{escape(part).replace(chr(10), '<br>')}</p>" for part in body.split("\n\n") if part.strip())
    style = "<style>p{font-family:sans-serif}</style>"
    return f"<html><head>{style}</head><body>{paragraphs}<blockquote type='cite'>{escape(question)}</blockquote></body></html>"


_WAYS: Mapping[Callable[[EmailMessage, str, str, datetime], None], float] = {
    _plain: 40,
    _bare: 22,
    _forwarded: 12,
    _with_html: 14,
    _html_only: 9,
    _with_attachment: 3,
}


# --- notes from machines ----------------------------------------------------------------------------------------------


def _notes() -> list[tuple[datetime, str, EmailMessage]]:
    return [_note(week, number) for week in days.WEEKS for number in range(_NOTES[week])]


def _note(week: int, number: int) -> tuple[datetime, str, EmailMessage]:
    key = f"note {week} {number}"
    chance = draw.dice(key)
    at, by = days.asked(week) + timedelta(seconds=30 + chance.randrange(90_000)), chance.choice(people.crowd())
    message = _headed(by, at, "Automatic reply: Listening exercise", key=key)
    message["Auto-Submitted"] = "auto-replied"
    message["X-Auto-Response-Suppress"] = "All"
    message.set_content(chance.choice(words.lines("out-of-office.txt")))
    return at, by.address, message


def _bounces() -> list[tuple[datetime, str, EmailMessage]]:
    return [_bounce(week) for week in (1, 4)]


def _bounce(week: int) -> tuple[datetime, str, EmailMessage]:
    at = days.asked(week) + timedelta(seconds=9)
    machine = Person(number=30_000, name="Mail Delivery System", handle="mailer-daemon", organisation=True)
    message = _headed(machine, at, "Undelivered Mail Returned to Sender", key=f"bounce {week}")
    message["Auto-Submitted"] = "auto-replied"
    message.set_content("The mail could not be delivered: there is no such mailbox.")
    message.make_mixed(boundary=draw.letters("bounce", week, length=24))
    message.attach(_status())
    message.replace_header("Content-Type", "multipart/report; report-type=delivery-status")
    message.set_boundary(draw.letters("bounce", week, length=24))
    return at, machine.address, message


def _status() -> EmailMessage:
    part = EmailMessage(policy=_POLICY)
    part["Content-Type"] = "message/delivery-status"
    server, recipient = EmailMessage(policy=_POLICY), EmailMessage(policy=_POLICY)
    server["Reporting-MTA"] = "dns; mail.example"
    recipient["Final-Recipient"] = "rfc822; gone@mail.example"
    recipient["Action"] = "failed"
    recipient["Status"] = "5.1.1"
    part.attach(server)
    part.attach(recipient)
    return part
