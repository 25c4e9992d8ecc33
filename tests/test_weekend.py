"""From Friday to Tuesday on one clock, with a real mail server: what is read, told and sent when, over a bank holiday."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from listener.jobs import desk, tick
from tests.servers import smtp
from tests.services import make_service, wordings, write_answers

LONDON = ZoneInfo("Europe/London")
CANARY = "Zanthippe Quillfeather"
URGENT = "I want to die, there, I have said it"
STEP = timedelta(hours=13)


class Clock:
    """Local times of October 2026: week 1 ends on Sunday the 18th."""

    def __init__(self, day, hour, minute=0):
        self.set(day, hour, minute)

    def set(self, day, hour, minute=0):
        self.at = datetime(2026, 10, day, hour, minute, tzinfo=LONDON).astimezone(ZoneInfo("UTC"))

    def __call__(self):
        return self.at


@pytest.fixture
def server():
    with smtp.opened() as opened:
        yield opened


def serve(folder, server, clock, schedule=""):
    for name in ("team", "operator", "lead"):
        (folder / name).write_text(server.address(name) + "\n")
        (folder / name).chmod(0o600)
    groups = (("team", "team"), ("operator", "operator"), ("safeguarding", "lead"))
    notify = "\n".join(f'{group} = [{{ file = "{name}" }}]' for group, name in groups)
    texts = [f"{text} says {CANARY}" if n % 9 == 0 else text for n, text in enumerate(wordings(40))]
    write_answers(folder, range(12), step=STEP, texts=texts)
    return make_service(folder, now=clock, extra=f"\n[schedule]\n{schedule}\n[notify]\n{notify}\n")


def subjects(server, to):
    return [mail["Subject"] for mail in server.mails if mail["To"] == f"{to}@example.org"]


def go(service, clock, *moments):
    for moment in moments:
        clock.set(*moment)
        tick.do(service)


def whys(service):
    with service.store.read() as unit:
        runs = unit.runs.by_source(window(service))["tag"]
    return [run.why for run in runs]


def window(service):
    from listener.jobs import ledger

    return ledger.window_of(service.config.exercise.week(1))


def test_a_weekend_with_an_outage_a_cry_at_night_and_a_plain_monday(tmp_path, server):
    clock = Clock(16, 18)
    service = serve(tmp_path, server, clock)
    go(service, clock, (16, 18))
    (tmp_path / "answers.jsonl").rename(tmp_path / "away")
    go(service, clock, (17, 3), (17, 3, 10), (17, 18))
    (tmp_path / "away").rename(tmp_path / "answers.jsonl")
    go(service, clock, (18, 1))
    assert subjects(server, "lead") == []

    lines = (tmp_path / "answers.jsonl").read_text()
    write_answers(tmp_path, range(1), first=datetime(2026, 10, 18, 2, tzinfo=LONDON), texts=[URGENT])
    (tmp_path / "answers.jsonl").write_text(lines + (tmp_path / "answers.jsonl").read_text().replace("a000000", "b000000"))
    go(service, clock, (18, 2, 20))
    assert subjects(server, "lead") == ["Think Carer: 1 contribution to read first"]

    go(service, clock, (19, 0, 16), (19, 5), (19, 6, 16), (19, 6, 46))
    assert subjects(server, "team") == []
    go(service, clock, (19, 7, 0), (19, 7, 1), (19, 11), (19, 12), (20, 5), (20, 12))

    assert subjects(server, "team") == [
        "Think Carer, week 1: the draft is ready",
        "Think Carer, week 1: this still keeps it from being published",
        "Think Carer, week 1: it is not published yet",
    ]
    assert [one for one in subjects(server, "operator") if "File" in one] == [
        "Think Carer: File could not be read",
        "Think Carer: File has mended itself",
    ]
    assert {"closing", "reread", "settle"} <= set(whys(service))
    assert len(subjects(server, "lead")) == 1
    told = "\n".join(mail["Subject"] + mail.get_content() for mail in server.mails).lower()
    assert not any(word in told for word in ("zanthippe", "quillfeather", "want to die", "person1", "person0"))


def test_on_a_bank_holiday_reading_goes_on_and_people_are_left_alone_until_the_next_day(tmp_path, server):
    clock = Clock(18, 12)
    service = serve(tmp_path, server, clock, "days_off = [2026-10-19]")

    go(service, clock, (18, 12), (19, 0, 16), (19, 5), (19, 6, 46), (19, 7), (19, 11), (19, 12))
    assert subjects(server, "team") == []
    assert {"closing", "reread"} <= set(whys(service))
    assert "Monday 19 October is a day off: publish by Tuesday 20 October, midday." in page(tmp_path)

    go(service, clock, (20, 7))
    (mail,) = [mail for mail in server.mails if mail["To"] == "team@example.org"]
    assert "Monday 19 October is a day off: publish by Tuesday 20 October, midday." in mail.get_content()
    assert "This comes late" not in mail.get_content()


def page(folder):
    return (folder / "digests/week-1/index.html").read_text()


def test_a_notice_that_fell_into_a_downtime_goes_out_late_and_says_so(tmp_path, server):
    clock = Clock(18, 12)
    service = serve(tmp_path, server, clock)

    go(service, clock, (18, 12), (19, 9, 30))

    (mail,) = [mail for mail in server.mails if mail["To"] == "team@example.org"]
    assert "This comes late: Listener was not running at 7am." in mail.get_content()


@pytest.mark.parametrize("held", [False, True])
def test_a_late_post_on_tuesday_comes_into_its_own_week_or_its_tray(tmp_path, server, held):
    clock = Clock(19, 6, 46)
    service = serve(tmp_path, server, clock)
    week = service.config.exercise.week(1)
    go(service, clock, (19, 6, 46))
    if held:
        desk.act(service, week, 1, "week", "summary", {"text": "We heard a lot."}, 0)
    write_answers(tmp_path, range(13), step=STEP, texts=wordings(40))
    go(service, clock, (19, 18), (20, 4, 59))
    before = len(desk.facts(service, week).posts)

    go(service, clock, (20, 5))

    facts = desk.facts(service, week)
    assert before == 12
    assert (len(facts.posts), len(facts.tray)) == ((12, 1) if held else (13, 0))


def test_a_mail_server_that_hangs_keeps_nobody_from_reading(tmp_path, server, monkeypatch):
    monkeypatch.setattr("listener.notify.PATIENCE", 2.0)
    server.mood = "greets never"
    clock = Clock(19, 7)
    service = serve(tmp_path, server, clock)

    go(service, clock, (19, 7))
    assert whys(service)
    monkeypatch.undo()
    server.mood = "takes"
    go(service, clock, (19, 8))

    assert subjects(server, "team") == ["Think Carer, week 1: the draft is ready"]
