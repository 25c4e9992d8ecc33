"""The verbs at work: what they say, and the exit code they end with."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from listener import accounts, config
from listener.cli import demo, main, opened
from listener.demo import build
from listener.jobs import analyse, desk, people
from tests.networks import bluesky
from tests.services import CONFIG, SKY, make_service, store_sky, wordings, write_answers

ROOT = Path(__file__).parent.parent


@pytest.fixture
def listener(tmp_path, monkeypatch, capsys):
    """The command line in this process, in a folder with an exercise whose first week is over and whose second goes on."""
    (tmp_path / "listener.toml").write_text(CONFIG.replace("2026-10-12", str(starts())))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)

    def call(*words):
        monkeypatch.setattr(sys, "argv", ["listener", *words])
        with pytest.raises(SystemExit) as ended:
            main.main()
        said = capsys.readouterr()
        return ended.value.code, said.out, said.err

    return call


def starts():
    return (datetime.now(UTC) - timedelta(days=9)).date()


def first():
    """The first answer: on the first day of week 1, at noon."""
    return datetime.combine(starts(), datetime.min.time(), UTC) + timedelta(hours=12)


def listened(folder, listener, count=5, **more):
    write_answers(folder, range(count), first=first(), **more)
    assert listener("collect", "--week", "1")[::2] == (0, "")


def add(folder, text):
    with (folder / "listener.toml").open("a") as file:
        file.write(text)


# --- collect ------------------------------------------------------------------------------------------------------------


def test_collect_reads_what_is_due_and_then_nothing_is(tmp_path, listener):
    write_answers(tmp_path, range(5), first=first())

    code, out, err = listener("collect")

    assert (code, err) == (0, "")
    assert out.splitlines()[0].split() == ["source", "new", "changed", "unchanged", "set", "aside", "state", "from", "until"]
    assert sum(int(line.split()[1]) for line in out.splitlines()[1:]) == 5
    assert listener("collect") == (0, "Nothing is due.\n", "")
    assert listener("collect", "--dry-run") == (0, "Nothing is due.\n", "")


def test_collect_dry_says_what_it_would_read_and_reads_nothing(tmp_path, listener):
    write_answers(tmp_path, range(5), first=first())

    code, out, _ = listener("collect", "--dry-run", "--week", "1")

    assert code == 0
    (line,) = out.splitlines()[1:]
    assert (line.split()[0], line.split()[-1]) == ("tag", "manual")
    assert " 0 posts," in listener("status")[1]


@pytest.mark.parametrize(("minutes", "count"), [(0, 5), (2, 3)])
def test_collect_reads_any_span_that_is_asked_for(tmp_path, listener, minutes, count):
    write_answers(tmp_path, range(5), first=first())
    since, until = first() + timedelta(minutes=minutes), first() + timedelta(days=1)

    code, out, _ = listener("collect", "--since", since.isoformat(), "--until", until.isoformat(), "--source", "tag")

    assert (code, out.splitlines()[1].split()[:6]) == (0, ["tag", str(count), "0", "0", "0", "complete"])


def test_collect_names_the_line_that_it_could_not_read(tmp_path, listener):
    write_answers(tmp_path, range(2), first=first(), broken='{"id": "1",\n[]')

    code, out, _ = listener("collect", "--week", "1")

    assert code == 0
    assert out.splitlines()[-3] == "Could not be read, and is left out:"
    assert out.splitlines()[-2].startswith("  answers.jsonl:1: not JSON: ")
    assert out.splitlines()[-1] == "  answers.jsonl:2: not a JSON object"


def test_collect_names_ten_lines_at_most_and_counts_the_others(tmp_path, listener):
    write_answers(tmp_path, (), broken="\n".join("?" * 1012))

    _, out, _ = listener("collect", "--week", "1")

    assert [line.split(":")[1] for line in out.splitlines()[-11:-1]] == [str(number) for number in range(1, 11)]
    assert out.splitlines()[-1] == "  tag: 1,002 more"


def test_collect_fails_when_a_source_does_but_reads_the_others(tmp_path, listener):
    add(tmp_path, '\n[sources.nowhere]\nkind = "file"\npath = "nowhere.jsonl"\n')
    write_answers(tmp_path, range(5), first=first())

    code, out, err = listener("collect", "--week", "1")

    assert code == 1
    assert "nowhere.jsonl: No such file or directory" in out
    assert err.startswith("listener: not every source could be read; `listener status` says")
    assert "5 posts" in listener("status")[1]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--since", "2900-01-01", "--until", "2900-01-02"), "that span has not begun yet: nothing can be read of it"),
        (("--source", "off"), "off is off: not asked for"),
        (("--source", "of"), 'there is no source "of": did you mean "off"?'),
        (("--week", "9"), "there is no week 9: the exercise has 1, 2"),
    ],
)
def test_collect_refuses_what_cannot_be_read(listener, words, told):
    assert listener("collect", *words) == (2, "", f"listener: {told}\n")


# --- analyse, digest, export, reread --------------------------------------------------------------------------------------


def test_analyse_names_the_themes_and_the_weeks_without(tmp_path, listener, monkeypatch):
    listened(tmp_path, listener, 60, texts=wordings(60))
    monkeypatch.setattr(analyse, "MOST_GROUPED", 50)

    code, out, _ = listener("analyse")

    assert code == 0
    assert out.splitlines()[1].startswith("w1-c1 ")
    assert "Week 2: too few posts for themes." in out
    assert " posts were scored but not grouped: there are too many." in out


def test_digest_makes_the_pages_and_says_where_they_are(tmp_path, listener):
    listened(tmp_path, listener)

    code, out, _ = listener("digest")

    assert code == 0
    assert out.splitlines() == [
        f"Week 1: 5 contributions. {tmp_path}/digests/week-1/index.html",
        f"Week 2: 0 contributions. {tmp_path}/digests/week-2/index.html",
        f"All weeks: {tmp_path}/digests/index.html",
    ]
    assert (tmp_path / "digests/week-2/index.html").exists()
    assert listener("digest", "--week", "1")[1].startswith("Week 1: 5 contributions.")


@pytest.mark.parametrize(("name", "columns"), [("all.jsonl", None), ("all.csv", 30)])
def test_export_writes_every_contribution(tmp_path, listener, name, columns):
    listened(tmp_path, listener)

    code, out, _ = listener("export", name)

    lines = (tmp_path / name).read_text("utf-8").splitlines()
    assert (code, out) == (0, f"5 contributions in {name}\n")
    assert len(lines) == 5 + bool(columns)
    assert columns in (None, len(lines[0].split(",")))


def test_export_tells_authors_only_when_asked_and_one_week_if_asked(tmp_path, listener):
    listened(tmp_path, listener)

    listener("export", "all.jsonl", "--with-authors", "--week", "1")
    empty = listener("export", "none.jsonl", "--week", "2")

    assert json.loads((tmp_path / "all.jsonl").read_text().splitlines()[0])["author"] == "person0"
    assert empty[1].startswith("0 contributions")


def test_reread_makes_the_posts_again_without_asking_anybody(tmp_path, listener):
    listened(tmp_path, listener)
    (tmp_path / "answers.jsonl").unlink()

    code, out, _ = listener("reread")

    assert (code, out.splitlines()[1].split()) == (0, ["tag", "0", "5", "0"])


# --- rerun ----------------------------------------------------------------------------------------------------------------


def test_rerun_tells_in_one_table_what_came_of_it(tmp_path, listener):
    listened(tmp_path, listener)
    listener("digest")
    write_answers(tmp_path, range(2, 6), first=first())

    code, out, err = listener("rerun", "--week", "1")

    assert (code, err) == (0, "")
    assert out.splitlines()[0].split()[:2] == ["source", "new"]
    assert out.splitlines()[1].split() == ["tag", "1", "0", "2", "0", "3"]
    assert out.splitlines()[2].split()[0] == "all"
    assert out.splitlines()[3] == "The page of week 1 would not move."


def test_rerun_tells_what_would_move(tmp_path, listener):
    told = wordings(100)
    listened(tmp_path, listener, 40, texts=told)
    listener("digest", "--week", "1")
    write_answers(tmp_path, range(100), first=first(), texts=told)

    code, out, _ = listener("rerun", "--week", "1")

    moves = out[out.index("If the page of week 1 were made now, ") :]
    assert code == 0
    assert " contributions would stand under another theme.\n" in moves
    assert "  new theme: " in moves
    assert " -> " in moves
    assert moves.endswith("To make it: listener digest --week 1\n")


def test_rerun_tells_of_themes_that_go(tmp_path, listener):
    add(tmp_path, SKY)
    posts = [bluesky.make_post(n, first() + timedelta(minutes=n), text) for n, text in enumerate(wordings(40))]
    store_sky(tmp_path, posts)
    listened(tmp_path, listener, 0)
    listener("digest", "--week", "1")
    store_sky(tmp_path, posts[:15], gone=posts[15:])

    code, out, _ = listener("rerun", "--week", "1")

    assert code == 0
    assert "  no longer a theme: " in out


def test_rerun_of_a_week_that_people_work_on_says_that_its_page_stands_still(tmp_path, listener):
    listened(tmp_path, listener)
    with opened.service(config.load(tmp_path / "listener.toml")) as service:
        desk.act(service, service.config.exercise.week(1), 0, "week", "summary", {"text": "A week."}, 0)

    code, out, _ = listener("rerun", "--week", "1")

    assert (code, out.splitlines()[3]) == (
        0,
        "People work on week 1, so its page stands still. What came in since waits at the desk.",
    )


def test_rerun_fails_when_a_source_does_and_keeps_everything(tmp_path, listener):
    listened(tmp_path, listener)
    (tmp_path / "answers.jsonl").unlink()

    code, out, err = listener("rerun", "--week", "1")

    assert code == 1
    assert "No such file or directory" in out
    assert err == "listener: not every source could be read again; what is kept is as it was\n"
    assert "5 posts" in listener("status")[1]


# --- status, serve, run -----------------------------------------------------------------------------------------------------


def test_status_speaks_to_people_and_to_programs(tmp_path, listener):
    listened(tmp_path, listener)

    people, programs = listener("status"), listener("status", "--json")

    assert (people[0], programs[0]) == (0, 0)
    assert "Think Carer, " in people[1]
    assert [week["posts"] for week in json.loads(programs[1])["weeks"]] == [5, 0]


def test_run_once_does_what_is_due_and_logs_it(tmp_path, listener, caplog):
    write_answers(tmp_path, range(5), first=first())

    code, _, _ = listener("run", "--once")

    assert code == 0
    assert "week 1: page made, 5 contributions" in caplog.text


def test_progress_is_shown_to_whoever_watches(monkeypatch, capsys):
    monkeypatch.setenv("FORCE_COLOR", "1")  # for rich a sign of a terminal

    with opened.watched() as tell:
        tell("reading the sky", 3, None)

    assert "reading the sky" in capsys.readouterr().err


def test_the_version_is_told(listener):
    code, out, _ = listener("--version")

    assert (code, out.split()[0]) == (0, "listener")


def test_what_is_interrupted_ends_with_130_and_is_read_on_another_time(tmp_path):
    (tmp_path / "listener.toml").write_text(CONFIG.replace("2026-10-12", str(starts())))
    os.mkfifo(tmp_path / "answers.jsonl")  # nobody will ever write to it
    env = os.environ | {"PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "listener", "collect", "--week", "1"]

    with subprocess.Popen(command, cwd=tmp_path, env=env, stderr=subprocess.PIPE, text=True) as process:
        wait_for_a_run(tmp_path / "listener.db")
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=60)

    assert process.returncode == 130
    assert "Traceback" not in err


def wait_for_a_run(database):
    for _ in range(1200):
        threading.Event().wait(0.05)
        if database.exists():
            connection = sqlite3.connect(f"{database.as_uri()}?mode=ro", uri=True)
            try:
                if connection.execute("SELECT count(*) FROM runs").fetchone()[0]:
                    return
            except sqlite3.OperationalError:
                continue  # the tables are not made yet
            finally:
                connection.close()
    raise AssertionError("nothing is read")


# --- demo -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("words", [(), ("--fresh",)])
@pytest.mark.parametrize("name", ["listener.toml", "holiday.jpg"])
def test_the_demo_touches_no_folder_of_somebody_elses(tmp_path, listener, words, name):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / name).write_text('[exercise]\ntitle = "My own"\n')

    code, _, err = listener("demo", "mine", *words)

    assert (code, err) == (
        2,
        "listener: mine holds something else than an earlier demo: nothing was touched, name another folder\n",
    )
    assert [path.name for path in (tmp_path / "mine").iterdir()] == [name]


@pytest.mark.slow
def test_the_demo_lives_through_five_weeks_and_a_second_time_changes_nothing(tmp_path, listener):
    (tmp_path / "demo").mkdir()
    code, out, _ = listener("demo", "demo")
    pages = {path: path.read_bytes() for path in (tmp_path / "demo/digests").rglob("*.html")}

    again, said, _ = listener("demo", "demo")

    assert (code, again) == (0, 0)
    assert f"Open {tmp_path}/demo/digests/index.html" in out
    assert ", 0 of them new." in said
    assert {path.parent.name for path in pages} == {"digests", *(f"week-{number}" for number in range(1, 6))}
    assert pages == {path: path.read_bytes() for path in (tmp_path / "demo/digests").rglob("*.html")}


def test_the_demo_has_an_account_whose_password_is_in_a_file(tmp_path):
    service = make_service(tmp_path, now=datetime(2026, 11, 16, tzinfo=UTC))
    file = tmp_path / "password"

    for _ in range(2):
        demo.open_desk(service, file)

    (account,) = people.everyone(service)
    assert (account.name, account.role, file.stat().st_mode & 0o777) == ("demo", "publisher", 0o600)
    assert accounts.is_right(file.read_text().strip(), account.secret)
    service.store.close()


def test_a_fresh_demo_removes_the_earlier_one(tmp_path):
    build.write(tmp_path / "demo")

    demo.make_room(tmp_path / "demo", fresh=False)
    assert (tmp_path / "demo/listener.toml").exists()
    demo.make_room(tmp_path / "demo", fresh=True)
    assert not (tmp_path / "demo").exists()
