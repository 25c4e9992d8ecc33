"""The command line: its help, its errors, `init` and `check`."""

import os
import stat
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from importlib.metadata import version
from pathlib import Path

import pytest
from typer.testing import CliRunner

from listener import config
from listener.cli import choice, init, main, trouble
from listener.jobs.service import Refused
from storage.values import Exercise
from tests.factories import make_week

EXAMPLE = Path(__file__).parent.parent / "config.example.toml"
VERBS = (
    "init",
    "check",
    "collect",
    "analyse",
    "digest",
    "rerun",
    "run",
    "status",
    "messages",
    "export",
    "reread",
    "forget",
    "serve",
    "demo",
    "publish",
    "withdraw",
)


def listener(*words: str, folder: Path) -> subprocess.CompletedProcess[str]:
    env = os.environ | {"PYTHONPATH": str(EXAMPLE.parent)}
    return subprocess.run(
        [sys.executable, "-m", "listener", *words], cwd=folder, env=env, capture_output=True, text=True, timeout=60, check=False
    )


# --- start --------------------------------------------------------------------------------------------------------------


def test_help_names_every_verb_and_gives_examples(tmp_path):
    done = listener("--help", folder=tmp_path)

    assert done.returncode == 0
    assert all(f"\n  {verb} " in done.stdout for verb in VERBS)
    assert "listener digest --week 3" in done.stdout


def test_help_loads_no_heavy_library(tmp_path):
    heavy = "{'sqlalchemy', 'numpy', 'atproto', 'pydantic', 'tweepy', 'rich', 'jinja2', 'flask', 'apscheduler'}"
    code = f"import sys, atexit; atexit.register(lambda: print({heavy} & set(sys.modules)))\n"
    code += "from listener.cli import main; sys.argv = ['listener', '--help']; main.main()"

    done = subprocess.run(
        [sys.executable, "-c", code], cwd=EXAMPLE.parent, capture_output=True, text=True, timeout=60, check=True
    )

    assert done.stdout.splitlines()[-1] == "set()"


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_has_help(verb):
    done = CliRunner().invoke(main.app, [verb, "--help"])

    assert (done.exit_code, done.output.split()[:3]) == (0, ["Usage:", "listener", verb])


def test_the_version_is_that_of_the_package():
    assert CliRunner().invoke(main.app, ["--version"]).output == f"listener {version('listener')}\n"


def test_no_words_are_answered_with_help(tmp_path):
    done = listener(folder=tmp_path)

    assert done.returncode == 2
    assert "Usage: listener" in done.stdout + done.stderr


# --- init ---------------------------------------------------------------------------------------------------------------


def test_init_writes_a_private_config_that_loads(tmp_path):
    title = 'Carers\' "voices" \\ é'
    words = ("--title", title, "--hashtag", "#ThinkCarers", "--hashtag", "CarersWeek", "--starts", "2027-01-11")

    done = listener("init", "new", *words, folder=tmp_path)

    file = tmp_path / "new" / "listener.toml"
    exercise = config.load(file).exercise
    assert done.returncode == 0
    assert "listener -c new/listener.toml check" in done.stdout
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert (exercise.title, exercise.slug) == (title, "carers-voices-e")
    assert exercise.hashtags == ("ThinkCarers", "CarersWeek")
    assert exercise.weeks[0].starts == date(2027, 1, 11)


def test_init_without_words_begins_next_monday(tmp_path):
    listener("init", folder=tmp_path)

    starts = config.load(tmp_path / "listener.toml").exercise.weeks[0].starts

    assert starts.weekday() == 0
    assert timedelta(0) < starts - datetime.now(UTC).date() <= timedelta(8)


def test_init_leaves_a_config_that_is_there(tmp_path):
    (tmp_path / "listener.toml").write_text("mine")

    done = listener("init", folder=tmp_path)

    assert (done.returncode, done.stderr) == (1, "listener: listener.toml exists already and is left as it is\n")
    assert (tmp_path / "listener.toml").read_text() == "mine"


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--starts", "soon"), 'listener: "soon" is not a date: write it as 2027-01-11\n'),
        (("--hashtag", "two words"), 'listener: "two words" is not a hashtag: one word of letters, digits and _\n'),
    ],
)
def test_init_refuses_words_that_make_no_config(tmp_path, words, sentence):
    done = listener("init", *words, folder=tmp_path)

    assert (done.returncode, done.stderr) == (2, sentence)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("today", "monday"), [("2026-11-22", "2026-11-23"), ("2026-11-23", "2026-11-30"), ("2026-11-24", "2026-11-30")]
)
def test_next_monday_is_never_today(today, monday):
    assert init.next_monday(date.fromisoformat(today)) == date.fromisoformat(monday)


@pytest.mark.parametrize(("title", "slug"), [("Café: für alle!", "cafe-fur-alle"), ("お知らせ", "exercise"), ("A  B", "a-b")])
def test_a_slug_is_made_of_any_title(title, slug):
    assert init.slug(title) == slug


# --- check --------------------------------------------------------------------------------------------------------------


def test_check_shows_the_weeks_and_sources_of_the_example(tmp_path):
    done = listener("-c", str(EXAMPLE), "check", folder=tmp_path)

    assert (done.returncode, done.stderr) == (0, "")
    assert "#ThinkCarers, times of Europe/London" in done.stdout
    assert "   1  Mon 11 Jan 2027  Sun 17 Jan 2027    168  What would" in done.stdout
    assert "off    X asks government-related bodies for an Enterprise contract" in done.stdout


def test_check_tells_every_problem_and_nothing_else(tmp_path):
    (tmp_path / "listener.toml").write_text(
        EXAMPLE.read_text(encoding="utf-8").replace("title =", "titel =", 1), encoding="utf-8"
    )

    done = listener("check", folder=tmp_path)

    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        "listener: listener.toml:4: exercise.title: is missing: what the exercise is called\n"
        'listener: listener.toml:6: exercise.titel: there is no such key: did you mean "title"?\n'
    )


def test_check_online_tries_every_source_and_fails_if_one_does(tmp_path):
    text = EXAMPLE.read_text(encoding="utf-8") + '\n[sources.more]\nkind = "file"\nevery = "90s"\npath = "more.csv"\n'
    (tmp_path / "listener.toml").write_text(text, encoding="utf-8")
    (tmp_path / "more.csv").write_text("id,posted_at,author,text\n", encoding="utf-8")

    done = listener("check", "--online", folder=tmp_path)

    assert done.returncode == 1
    assert "more: fine\n" in done.stdout
    assert "\nanswers: " in done.stdout
    assert done.stderr == "listener: 1 of 2 sources cannot be read: answers\n"


def test_check_online_ends_well_when_all_let_us_in(tmp_path):
    (tmp_path / "listener.toml").write_bytes(EXAMPLE.read_bytes())
    (tmp_path / "answers.csv").write_text("id,posted_at,author,text\n", encoding="utf-8")

    done = listener("check", "--online", folder=tmp_path)

    assert (done.returncode, done.stderr) == (0, "")


def test_the_config_can_be_named_in_the_environment(tmp_path, monkeypatch):
    monkeypatch.setenv("LISTENER_CONFIG", str(EXAMPLE))

    assert listener("check", folder=tmp_path).returncode == 0


# --- errors -------------------------------------------------------------------------------------------------------------


def test_an_error_is_one_line_and_debug_shows_where_it_came_from(tmp_path):
    plain = listener("check", folder=tmp_path)
    full = listener("--debug", "check", folder=tmp_path)

    assert plain.stderr.startswith("listener: listener.toml: there is no such file: `listener init` writes one")
    assert plain.stderr.count("\n") == 1
    assert "Traceback" in full.stderr
    assert (plain.returncode, full.returncode) == (2, 2)


@pytest.mark.parametrize(
    ("error", "words", "code"),
    [
        (Refused("come back later", 75), "come back later", 75),
        (PermissionError(13, "Permission denied", "x.db"), "x.db: Permission denied", 1),
        (OSError(28, "No space left on device"), "No space left on device", 1),
        (OSError(), "OSError", 1),
        (config.ConfigError([]), "ConfigError", 2),
    ],
)
def test_an_error_becomes_words_and_an_exit_code(error, words, code):
    assert isinstance(error, trouble.known())
    assert (trouble.words(error), trouble.exit_code(error)) == (words, code)


def broken(*words: str) -> str:
    code = """
import sys
from listener.cli import main
@main.app.command()
def broken() -> None:
    raise TypeError("a\\nb")
sys.argv[0] = "listener"
main.main()
"""
    done = subprocess.run(
        [sys.executable, "-c", code, *words, "broken"], cwd=EXAMPLE.parent, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 1
    return done.stderr


def test_a_fault_of_ours_is_one_line_too_unless_debugging():
    line = "listener: a fault in Listener itself: TypeError: a b (listener --debug shows where)\n"

    assert broken() == line
    assert "Traceback" in broken("--debug")


# --- what was named -----------------------------------------------------------------------------------------------------


def make_exercise(*numbers: int) -> Exercise:
    weeks = tuple(make_week(number) for number in numbers)
    return Exercise(slug="e", title="E", organisation="O", hashtags=(), timezone="Europe/London", weeks=weeks)


def test_a_week_is_the_span_between_its_bounds():
    exercise = make_exercise(1, 2)

    window = choice.window(exercise, 2, None, None)

    assert window is not None
    assert (window.since, window.until) == (exercise.weeks[1].opens, exercise.weeks[1].closes)


def test_weeks_that_have_begun_are_those_up_to_now():
    exercise = make_exercise(1, 2, 3)
    now = exercise.weeks[1].opens

    assert choice.begun(exercise, None, now) == list(exercise.weeks[:2])
    assert choice.begun(exercise, 2, now) == [exercise.weeks[1]]
    with pytest.raises(Refused, match="week 3 has not begun: it starts on 2026-10-26"):
        choice.begun(exercise, 3, now)


def test_no_words_name_no_span():
    assert choice.window(make_exercise(1), None, None, None) is None


def test_moments_without_a_zone_are_local():
    window = choice.window(make_exercise(1), None, "2026-07-01", "2026-07-01T12:30Z")

    assert window is not None
    assert (window.since, window.until) == (datetime(2026, 6, 30, 23, tzinfo=UTC), datetime(2026, 7, 1, 12, 30, tzinfo=UTC))


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ((3, None, None), "there is no week 3: the exercise has 1, 2"),
        ((1, "2026-07-01", None), "give either --week or --since and --until, not both"),
        ((None, "2026-07-01", None), "give both --since and --until"),
        ((None, None, "2026-07-01"), "give both --since and --until"),
        ((None, "July", "2026-07-01"), '"July" is not a moment: write it as'),
        ((None, "2026-07-02", "2026-07-01"), "--since must not be later than --until"),
    ],
)
def test_a_span_that_makes_no_sense_is_refused(words, sentence):
    with pytest.raises(Refused, match=sentence) as caught:
        choice.window(make_exercise(1, 2), *words)

    assert caught.value.code == 2


def test_sources_are_found_by_name_once_and_all_without_a_name():
    found = config.load(EXAMPLE)

    assert [source.name for source in choice.sources(found, ["x", "answers", "x"])] == ["x", "answers"]
    assert choice.sources(found, []) == found.sources


@pytest.mark.parametrize(("name", "sentence"), [("anwers", 'did you mean "answers"?'), ("zzz", "the config has answers, ")])
def test_a_source_that_is_not_there_is_answered_with_those_that_are(name, sentence):
    with pytest.raises(Refused) as caught:
        choice.sources(config.load(EXAMPLE), [name])

    assert sentence in str(caught.value)
