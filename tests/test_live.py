"""What must be settled before a real exercise goes live."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from listener.jobs import live
from tests.commanded import caller
from tests.services import FIRST, make_service

NOTIFY = "\n".join(f'{group} = [{{ env = "CANARY_{group.upper()}" }}]' for group in ("team", "operator", "safeguarding"))
SETTLED = f"""
[notify]
{NOTIFY}

[privacy]
notice = "https://trust.example/privacy"
dpia = "DPIA-1"
keep_until = 2027-12-31

[safeguarding]
lead = "lead@trust.example"
read_when = "We read on working days."
urgent = "In an emergency call 999."
"""


@pytest.fixture(autouse=True)
def addresses(monkeypatch):
    for group in ("TEAM", "OPERATOR", "SAFEGUARDING"):
        monkeypatch.setenv(f"CANARY_{group}", "json://team.example")


def make(folder, extra=SETTLED, now=FIRST, contact="listening@trust.example", people=("operator", "publisher")):
    service = make_service(folder, now=now, extra=extra, real=True)
    with service.store.write() as unit:
        for number, role in enumerate(people):
            unit.accounts.add(f"person{number}", role, "", now)
    exercise = replace(service.config.exercise, contact=contact)
    return replace(service, config=replace(service.config, exercise=exercise))


def keys(service):
    return [sentence.partition(":")[0] for sentence in live.live_problems(service.config, service)]


def test_a_settled_exercise_may_go_live(tmp_path):
    assert keys(make(tmp_path)) == []


def test_everything_that_is_missing_is_told_at_once_and_what_to_write_where(tmp_path):
    service = make(tmp_path, extra="", contact="", people=())

    assert keys(service) == [
        *("privacy.notice", "exercise.contact", "privacy.keep_until", "privacy.dpia"),
        *("safeguarding.lead", "safeguarding.read_when", "safeguarding.urgent"),
        *("notify.team", "notify.operator", "notify.safeguarding"),
        *("accounts", "accounts", "accounts"),
    ]
    assert 'privacy.dpia: have the impact assessment signed and write its reference: dpia = "…"' in live.live_problems(
        service.config, service
    )


def test_an_invented_exercise_needs_nothing(tmp_path):
    service = make(tmp_path, extra="", contact="", people=())
    exercise = replace(service.config.exercise, invented=True)

    assert live.live_problems(replace(service.config, exercise=exercise), service) == ()


@pytest.mark.parametrize(
    ("serve", "expected"),
    [
        ('host = "0.0.0.0"', ["serve.address"]),
        ('host = "listener.example"\naddress = "http://listener.example"', ["serve.address"]),
        ('host = "0.0.0.0"\naddress = "https://listener.example"', []),
        ('host = "localhost"', []),
        ('host = "::1"', []),
    ],
)
def test_who_is_reached_from_outside_is_reached_by_https(tmp_path, serve, expected):
    assert keys(make(tmp_path, extra=f"{SETTLED}\n[serve]\n{serve}\n")) == expected


def test_nothing_private_lies_in_the_public_folder(tmp_path):
    extra = SETTLED + '\n[publish]\nfolder = "."\n[backup]\nfolder = "backups"\n'

    assert keys(make(tmp_path, extra=extra)) == ["backup.folder", "output.folder", "storage.path"]


@pytest.mark.parametrize(
    ("people", "extra", "expected"),
    [
        (("operator", "curator"), "", 1),
        (("publisher", "curator"), "", 1),
        (("operator",), "", 2),
        (("publisher",), '\n[publish]\nsecond_person = "recorded"\n', 1),
    ],
    ids=["no publisher", "no operator", "alone", "alone and recorded, no operator"],
)
def test_there_must_be_people_who_can_do_it(tmp_path, people, extra, expected):
    assert keys(make(tmp_path, extra=SETTLED + extra, people=people)) == ["accounts"] * expected


def test_an_account_that_is_closed_is_nobody(tmp_path):
    service = make(tmp_path)
    with service.store.write() as unit:
        unit.accounts.disable(1, FIRST)

    assert keys(service) == ["accounts", "accounts"]


@pytest.mark.parametrize(
    ("now", "warns"),
    [(datetime(2026, 10, 4, tzinfo=UTC), False), (datetime(2026, 10, 5, tzinfo=UTC), True), (FIRST + timedelta(days=99), True)],
)
def test_a_start_warns_from_a_week_before_the_first(tmp_path, now, warns):
    service = make(tmp_path, extra="", now=now)

    assert bool(live.warning(service.config, service)) == warns


def test_a_start_of_what_is_settled_warns_of_nothing(tmp_path):
    service = make(tmp_path)

    assert live.warning(service.config, service) == ""


def test_check_live_refuses_with_a_line_for_each(tmp_path, monkeypatch, capsys):
    make(tmp_path, extra="", contact="", people=()).store.close()

    code, _, wrong = caller(monkeypatch, capsys)("-c", tmp_path / "listener.toml", "check", "--live")

    assert code == 1
    assert wrong.startswith("listener: privacy.notice: publish a privacy notice and write its address")
    assert wrong.count("\n") == 13


def test_check_live_lets_an_invented_exercise_pass(tmp_path, monkeypatch, capsys):
    make(tmp_path).store.close()
    file = tmp_path / "listener.toml"
    file.write_text(file.read_text().replace("[exercise]", "[exercise]\ninvented = true"))

    code, said, _ = caller(monkeypatch, capsys)("-c", file, "check", "--live")

    assert (code, said.splitlines()[-1]) == (0, "An invented exercise: nothing need be settled.")
