"""The doctor: each thing that can be wrong is told in one line with what to do, and nothing that is well is called wrong."""

import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

import collectors
from collectors.base import Given, MemoryVault, Secret
from listener import notify, vault
from listener.config import sources
from listener.jobs import backup, doctor, hosts, machine
from listener.jobs.doctor import Asked
from listener.notify import Verdict
from storage.curated import Delivery, Message, Removal
from storage.values import Gap
from tests import faults
from tests.configs import load
from tests.factories import NOW, make_given, make_post
from tests.old_databases import make_old
from tests.services import CONFIG, make_service, write_answers
from tests.stores import add

MONDAY = datetime(2026, 10, 19, 9, tzinfo=UTC)
NEWER = "UPDATE alembic_version SET version_num = '9999'"


@pytest.fixture
def service(tmp_path):
    made = make_service(tmp_path, now=MONDAY, real=True)
    vault.author_key_secret(tmp_path / "listener.key")
    yield made
    made.store.close()


def found(service, about="", **asked):
    how = Asked(**{"running": True} | asked)
    return [(one.level, one.sentence) for one in doctor.do(service, how) if about in one.about]


def one(service, about, **asked):
    (only,) = found(service, about, **asked)
    return only


# --- the machine ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("python", "sqlite", "level", "says"),
    [
        ((3, 11, 0), (3, 35, 0), "ok", "Python 3.11.0, SQLite 3.35.0"),
        ((3, 10, 9), (3, 40, 1), "fail", "Python 3.11 or later is needed"),
        ((3, 12, 1), (3, 34, 1), "fail", "SQLite 3.35 or later is needed"),
    ],
)
def test_old_versions_are_told(python, sqlite, level, says):
    told = machine.versions(python, sqlite)

    assert (told.level, says in told.sentence) == (level, True)


def test_a_package_that_does_not_fit_is_named():
    told = machine.packages(["pytest>=9", "ruff<0.1", "no-such-package>=2", 'apprise>=99; extra == "notify"'])

    assert told.level == "fail"
    assert told.sentence.startswith("ruff<0.1 is needed, ")
    assert "no-such-package>=2 is needed, none is here: install again from requirements.lock" in told.sentence
    assert "apprise" not in told.sentence


def test_this_machine_is_well():
    assert {told.level for told in machine.do()} == {"ok"}


def test_a_list_of_authorities_that_is_not_there_is_told(tmp_path):
    (tmp_path / "ca.pem").touch()

    assert machine.certificates("/no/such.pem").level == "fail"
    assert machine.certificates(str(tmp_path / "ca.pem")).level == machine.certificates("").level == "ok"


@pytest.mark.parametrize(("ahead", "level"), [(timedelta(minutes=4), "ok"), (timedelta(hours=2), "fail")])
def test_a_clock_that_went_back_is_seen_by_what_was_written(tmp_path, ahead, level):
    (tmp_path / "written").touch()
    moment = (NOW + ahead).timestamp()
    os.utime(tmp_path / "written", (moment, moment))

    assert machine.clock(NOW, None, [tmp_path / "written", tmp_path / "gone"]).level == level
    assert machine.clock(NOW, NOW + ahead, []).level == level


def test_a_clock_is_compared_with_the_newest_run(service, tmp_path):
    with service.store.write() as unit:
        unit.accounts.note(0, "publish", "week-1 v1", MONDAY + timedelta(days=300))

    assert one(service, "clock")[0] == "fail"


def test_a_time_zone_that_is_not_there_is_told():
    assert (machine.zone("Europe/London").level, machine.zone("Mars/Base").level) == ("ok", "fail")


@pytest.mark.parametrize(
    ("free", "size", "level"),
    [
        (10**9, 10**6, "ok"),
        (10**9, 5 * 10**8, "warn"),
        (10**8, 10**6, "warn"),
        (10**9, 2 * 10**9, "fail"),
        (10**7, 10**6, "fail"),
    ],
)
def test_a_disk_needs_room_for_three_databases(free, size, level):
    assert machine.disk(Path("/srv"), free, size).level == level


def test_each_file_system_is_told_once_though_folders_are_not_there_yet(tmp_path):
    assert len(list(machine.disks([tmp_path, tmp_path / "not" / "yet"], 0))) == 1


def test_a_private_file_that_others_can_open_is_named_with_the_cure(service):
    service.config.storage.chmod(0o644)

    level, sentence = one(service, "file modes")

    assert (level, sentence) == ("fail", f"others can open what is private: chmod go= {service.config.storage}")


# --- the database -----------------------------------------------------------------------------------------------------


def test_a_sound_database_is_well_and_a_missing_one_is_not_made(service, tmp_path):
    assert doctor.database(service.config.storage).level == "ok"
    assert doctor.database(tmp_path / "none.db").level == "warn"
    assert not (tmp_path / "none.db").exists()


def test_a_damaged_database_is_told(tmp_path):
    (tmp_path / "broken.db").write_bytes(b"rubbish" * 1000)

    told = doctor.database(tmp_path / "broken.db")

    assert told.level == "fail"
    assert "(file is not a database): stop Listener and restore a backup" in told.sentence


def test_an_earlier_release_is_told_and_left_as_it_is(tmp_path):
    make_old(tmp_path / "old.db")

    told = doctor.database(tmp_path / "old.db")

    assert (told.level, "the next start copies it" in told.sentence) == ("warn", True)
    assert doctor.database(tmp_path / "old.db") == told


def test_a_newer_release_is_told(service):
    with service.store.write() as unit:
        unit._connection.exec_driver_sql(NEWER)

    assert "was made by a newer release" in doctor.database(service.config.storage).sentence


# --- what goes on -------------------------------------------------------------------------------------------------------


def test_whether_a_daemon_runs_is_told(service):
    assert (one(service, "daemon")[0], one(service, "daemon", running=False)[0]) == ("ok", "warn")


@pytest.mark.parametrize(
    ("age", "level"),
    [(None, "warn"), (timedelta(hours=25), "ok"), (timedelta(hours=27), "warn"), (timedelta(days=4), "fail")],
)
def test_an_old_backup_is_told(age, level):
    assert doctor.aged(age, Path("backups")).level == level


def test_a_backup_that_failed_is_told_with_its_reason(service):
    service.config.backup.folder.mkdir()
    backup._remember(service, "the disk was full")

    assert found(service, "backup")[0] == ("fail", "the last one went wrong: the disk was full")


def test_hours_that_nobody_read_are_told_with_their_cure(service, tmp_path):
    write_answers(tmp_path, range(3))

    gaps = found(service, "gap")

    assert len(gaps) == 2
    assert gaps[0] == (
        "warn",
        "tag was not read from Mon 12 Oct 00:00 to Mon 19 Oct 00:00: it fills by itself once the source answers",
    )


@pytest.mark.parametrize(
    ("gap", "says"),
    [
        ({"fillable": False}, "and cannot be any more: ask for a file of it"),
        ({"fill_until": NOW}, "it fills by itself until Tue 24 Nov 12:00 once"),
    ],
)
def test_a_gap_says_until_when_it_can_be_filled(gap, says):
    assert says in doctor._gap(Gap(source="x", since=NOW, until=NOW, **gap), "Europe/London").sentence


def test_every_source_is_asked_and_one_that_is_off_is_let_be(service, tmp_path):
    told = found(service, "source")
    write_answers(tmp_path, range(1))

    assert told[-1] == ("ok", "is off: not asked for")
    assert (told[0][0], found(service, "source tag")) == ("fail", [("ok", "answers")])
    assert found(service, "source", online=False) == []


def make_message(number: int, key: str, state: Any) -> Message:
    return Message(id=number, key=key, to="team", subject="", body="", due_at=NOW, state=state)


def test_messages_that_may_not_have_arrived_are_told_with_what_to_do():
    told = list(doctor.messages([make_message(4, "notice", "unsure"), make_message(5, "fault", "failed")]))

    assert [one.level for one in told] == ["warn", "fail"]
    assert "`listener messages --again 4` sends it again" in told[0].sentence
    assert "did not go out" in told[1].sentence


@pytest.mark.parametrize(
    ("confirmed", "since", "level"),
    [("h", timedelta(days=1), "ok"), ("", timedelta(minutes=5), "warn"), ("", timedelta(hours=2), "fail")],
)
def test_a_way_out_that_does_not_show_what_is_published_is_told(confirmed, since, level):
    delivery = Delivery(way="folder", wanted="h", wanted_at=NOW - since, confirmed=confirmed, error="no route")

    (told,) = doctor.delivered([delivery], NOW)

    assert (told.level, "no route" in told.sentence) == (level, level != "ok")


@pytest.mark.parametrize(("due", "level"), [(timedelta(hours=3), "warn"), (-timedelta(hours=3), "fail")])
def test_a_request_to_take_something_down_is_told(due, level):
    asked = Removal(id=4, at=NOW, due_at=NOW + due, week=1, ref="1-01", contact="canary")

    (told,) = doctor.requests([asked], NOW)

    assert (told.level, "canary" in told.sentence) == (level, False)


def test_what_a_real_exercise_needs_is_wrong_only_once_it_has_begun(service):
    early = make_service(service.config.file.parent, now=MONDAY - timedelta(days=30), real=True)

    assert {level for level, _ in found(service, "live")} == {"fail"}
    assert {level for level, _ in found(early, "live")} == {"warn"}
    assert [one.level for one in doctor.settled([], begun=True)] == ["ok"]


# --- messages -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("mailto://me:canary@trust.example", "E-Mail at trust.example:25"),
        ("mailtos://me:canary@trust.example?smtp=mail.trust.example&port=2525", "E-Mail at mail.trust.example:2525"),
        ("jsons://me:canary@hooks.example/path", "JSON at hooks.example:443"),
        ("tgram://123456789:canary_abcdefghijkl/12315544/", "Telegram at api.telegram.org:443"),
        ("slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/#canary", "Slack at a host of its own"),
        ("nonsense", ""),
    ],
)
def test_where_an_address_leads_is_told_without_what_is_secret(address, place):
    assert notify.place(Secret(address)) == place


def test_an_address_that_cannot_be_used_is_told_without_showing_it(caplog):
    (told,) = doctor.addresses("team", [Secret("canary://x")], send_test=False)

    assert (told.level, told.about) == ("fail", "notify.team")
    assert "canary" not in told.sentence + caplog.text


def test_a_test_message_goes_out_only_when_asked(monkeypatch):
    from tests.networks.answering import answering

    heard = []

    def answer(path, query):
        heard.append(path)
        return 200, {}, b""

    with answering(answer) as url:
        address = Secret(url.replace("http://", "json://") + "/hook")
        (quiet,) = doctor.addresses("team", [address], send_test=False)
        (sent,) = doctor.addresses("team", [address], send_test=True)

    assert (quiet.level, sent.level, heard) == ("ok", "ok", ["/hook"])
    assert "did it arrive?" in sent.sentence


def test_a_test_message_that_does_not_get_through_is_told():
    told = doctor._tried("notify.team", "E-Mail at x:25", Verdict(outcome="failed", reason="the service answered 403"))

    assert (told.level, told.sentence) == ("fail", "the test message to E-Mail at x:25: failed, the service answered 403")


# --- hosts --------------------------------------------------------------------------------------------------------------

OPTIONS: dict[str, tuple[dict[str, Any], tuple[str, ...]]] = {
    "bluesky": ({"handle": "a.example", "password": Secret("p")}, ("bsky.social:443", "*.host.bsky.network:443")),
    "feed": ({"url": "https://blog.example/feed"}, ("blog.example:443",)),
    "file": ({"path": "a.csv"}, ()),
    "mailbox": ({"host": "imap.example", "user": "u", "password": Secret("p")}, ("imap.example:993",)),
    "care_opinion": ({"key": Secret("unused")}, ("www.careopinion.org.uk:443",)),
    "discourse": (
        {"url": "https://forum.example:8443/", "agreed": True, "agreed_by": "a", "agreed_on": "2026-10-01"},
        ("forum.example:8443",),
    ),
    "mastodon": ({"servers": ("one.example", "https://two.example:8443")}, ("one.example:443", "two.example:8443", "*:443")),
    "replay": ({"of": "x", "folder": "f"}, ()),
    "x": ({"bearer_token": Secret("b")}, ("api.twitter.com:443",)),
}


@pytest.mark.parametrize("kind", collectors.KINDS)
def test_every_kind_says_whom_it_asks(kind):
    options, expected = OPTIONS[kind]

    assert collectors.find(kind)(given=make_given(), **options).hosts == expected
    assert sources.options_of(kind)


ALL = """
[sources.mail]
kind = "mailbox"
host = "imap.trust.example"
user = "carers@trust.example"
token_command = "mail-token"

[sources.blog]
kind = "feed"
url = "http://blog.example:8000/feed"

[notify]
team = [{ env = "TEAM" }]
heartbeat = { env = "BEAT" }

[publish]
address = "https://trust.example/carers"
command = ["rsync", "public/", "web:/srv/"]
"""


def test_every_host_is_listed_with_why_and_without_a_password(tmp_path, monkeypatch):
    monkeypatch.setenv("TEAM", "mailto://me:canary@trust.example")
    monkeypatch.setenv("BEAT", "https://beat.example/canary")
    monkeypatch.setenv("HTTPS_PROXY", "http://me:canary@proxy.example:3128")
    config = load(tmp_path, CONFIG + ALL)

    told = hosts.do(config, lambda source: Given(source.name, MemoryVault(), lambda: NOW))

    assert [one.place for one in told] == [
        "imap.trust.example:993",
        "what its token_command asks",
        "blog.example:8000",
        "where that address redirects to",
        "E-Mail at trust.example:25",
        "beat.example:443",
        "what rsync is told",
        "trust.example:443",
        "proxy.example:3128",
        "your name server",
    ]
    assert "canary" not in repr(told)
    assert told[0].why == "sources.mail: mails in INBOX"


# --- the command --------------------------------------------------------------------------------------------------------


def run(folder, *words):
    command = [sys.executable, "-m", "listener", "-c", str(folder / "listener.toml"), "doctor", *words]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=faults.ROOT)


def test_the_command_ends_with_1_when_something_is_wrong_and_tells_it_in_one_line_each(service, tmp_path):
    add(service.store, make_post(1))
    service.store.close()

    said = run(tmp_path)

    assert said.returncode == 1
    assert {line.partition(" ")[0] for line in said.stdout.splitlines()} == {"ok", "warn", "fail"}
    assert "things are wrong; what to do stands beside each." in said.stderr


def test_a_config_that_is_wrong_is_told_beside_the_rest(tmp_path):
    (tmp_path / "listener.toml").write_text(CONFIG + "\n[serve]\nprot = 80\n")

    said = run(tmp_path)

    assert (said.returncode, said.stdout.startswith("ok    versions: Listener ")) == (1, True)
    assert "fail  config: " in said.stdout
    assert 'did you mean "port"' in said.stdout


def test_before_the_first_run_nothing_is_wrong_and_nothing_is_made(tmp_path):
    (tmp_path / "listener.toml").write_text(CONFIG)

    said = run(tmp_path, "--json")

    assert (said.returncode, [path.name for path in tmp_path.iterdir()]) == (0, ["listener.toml"])
    assert json.loads(said.stdout)[-1]["about"] == "database"


def test_hosts_are_listed_without_a_database(tmp_path):
    (tmp_path / "listener.toml").write_text(CONFIG)

    assert "your name server" in run(tmp_path, "--hosts").stdout
    assert json.loads(run(tmp_path, "--hosts", "--json").stdout)[-1]["place"] == "your name server"
    assert [path.name for path in tmp_path.iterdir()] == ["listener.toml"]
