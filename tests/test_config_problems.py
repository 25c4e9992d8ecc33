"""A bad config: every problem told at once, with its line and what to do; secrets never shown."""

from pathlib import Path

import pytest

import collectors
from collectors.base import Secret
from listener import config
from listener.config import ConfigError, lines
from tests.configs import CANARY, EXERCISE, GOOD, WEEK, load, only, problems


@pytest.fixture(autouse=True)
def sky_password(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("SKY_PASSWORD", CANARY)


# --- every problem at once ----------------------------------------------------------------------------------------------


def test_five_mistakes_are_told_at_once_each_with_its_line_and_cure(tmp_path):
    text = """[exercise]
slug = "Think Carer"
titel = "Thinking of carers"
organisation = "Any Trust"
hashtags = ["two words"]
timezone = "Europe/Londn"
starts = 2026-11-02
[[exercise.weeks]]
question = "What helps?"
[sources.sky]
kind = "blusky"
"""

    found = [(problem.line, problem.key, problem.nearest) for problem in problems(tmp_path, text)]

    assert found == [
        (1, "exercise.title", ""),
        (2, "exercise.slug", ""),
        (3, "exercise.titel", "title"),
        (5, "exercise.hashtags[1]", ""),
        (6, "exercise.timezone", ""),
        (11, "sources.sky.kind", "bluesky"),
    ]


def test_a_problem_reads_as_one_line(tmp_path):
    problem = only(tmp_path, GOOD + "pasword = 1\n")

    assert str(problem) == f'{tmp_path}/listener.toml:17: sources.sky.pasword: there is no such key: did you mean "password"?'


def test_a_word_near_nothing_is_answered_with_all_there_are(tmp_path):
    problem = only(tmp_path, GOOD + "[serve]\nzzz = 1\n")

    assert problem.nearest == ""
    assert problem.sentence == "there is no such key; there are address, host, port, proxies, trusted_header"


def test_problems_of_weeks_name_the_week_and_its_line(tmp_path):
    text = EXERCISE + WEEK + WEEK + "starts = 2026-11-08\n" + WEEK + "ends = 2026-11-01\n"

    found = [(problem.line, problem.key, problem.sentence) for problem in problems(tmp_path, text)]

    assert found == [
        (15, "exercise.weeks[2].starts", "must be later than 2026-11-08, the last day of week 1"),
        (19, "exercise.weeks[3].ends", "must not be before the week starts (2026-11-15)"),
    ]


def test_weeks_of_a_faulty_exercise_are_looked_at_too(tmp_path):
    text = EXERCISE.replace("title", "titel") + WEEK.replace("question", "questoin")

    assert {problem.nearest for problem in problems(tmp_path, text)} == {"", "title", "question"}


@pytest.mark.parametrize(
    ("replaced", "by", "key", "sentence"),
    [
        ('"Any Trust"', '""', "exercise.organisation", "must not be empty"),
        ('"Any Trust"', "3", "exercise.organisation", "must be text in quotes"),
        ("2026-11-02", '"2026-11-02"', "exercise.starts", "must be a date without quotes, such as 2027-01-11"),
        ("2026-11-02", "2026-11-02T09:00:00", "exercise.starts", "must be a date without quotes, such as 2027-01-11"),
        ("2026-11-02", "9999-12-31", "exercise.starts", "must be a date of this century or the next"),
        ('["#Think', '"#', "exercise.hashtags", ""),
        ('"Europe/London"', '"../etc/passwd"', "exercise.timezone", 'must be a time zone such as "Europe/London"'),
        ("[[exercise.weeks]]", "[exercise.weeks]", "exercise.weeks", 'must be a list, such as ["one", "two"]'),
        ('"bluesky"', "7", "sources.sky.kind", f"there is no such kind; there are {', '.join(collectors.KINDS)}"),
        ('kind = "bluesky"', "", "sources.sky.kind", f"is missing: one of {', '.join(collectors.KINDS)}"),
        ('kind = "bluesky"', 'knd = "bluesky"', "sources.sky.knd", 'did you mean "kind"?'),
        ("sources.sky", 'sources."a b"', "sources.a b", "the name must be of letters, digits, _ and -"),
    ],
)
def test_a_wrong_value_is_answered_with_what_to_write(tmp_path, replaced, by, key, sentence):
    text = GOOD.replace('["#ThinkCarers", "carers_week", "thinkcarers"]', '"#x"') if by == '"#' else GOOD.replace(replaced, by)

    problem = only(tmp_path, text)

    assert problem.key == key
    assert sentence in problem.sentence


@pytest.mark.parametrize(
    ("table", "key", "sentence"),
    [
        ('[storage]\npath = "postgresql://db/x"', "storage.path", "SQLite only for now"),
        ('[storage]\npath = "sqlite://"', "storage.path", "SQLite only for now"),
        ('[storage]\npath = " "', "storage.path", "SQLite only for now"),
        ('[output]\nfolder = ""', "output.folder", "must not be empty"),
        ('[schedule]\nevery = "often"', "schedule.every", 'must be a span of time such as "15m"'),
        ("[schedule]\nevery = 15", "schedule.every", 'must be a span of time such as "15m"'),
        ('[schedule]\nevery = "0m"', "schedule.every", 'must be a span of time such as "15m"'),
        ('[schedule]\ndraft = "24:00"', "schedule.draft", 'must be a time of day such as "06:45"'),
        ("[schedule]\ndraft = 6", "schedule.draft", 'must be a time of day such as "06:45"'),
        ("[serve]\nport = 70000", "serve.port", "must be at most 65535"),
        ("[serve]\nport = 0", "serve.port", "must be at least 1"),
        ('[serve]\nport = "80"', "serve.port", "must be a whole number without quotes"),
        ('[sources.z]\nkind = "x"\noff = true', "sources.z.off", "must say why, in quotes"),
        (
            '[sources.z]\nkind = "x"\noff = "no"\ndisplay = "all"',
            "sources.z.display",
            "must be one of 'counts' or 'enterprise'",
        ),
        ('[sources.z]\nkind = "x"\noff = "no"\nquestion_posts = ["x"]', "sources.z.question_posts[1]", "the address of a post"),
    ],
)
def test_a_wrong_value_in_another_table_too(tmp_path, table, key, sentence):
    problem = only(tmp_path, GOOD + table + "\n")

    assert problem.key == key
    assert sentence in problem.sentence


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("", {"exercise"}),
        ("exercise = 3\nsources = 4\nserve = 5", {"exercise", "sources", "serve"}),
        ("[sources]\nsky = 1\n" + EXERCISE + WEEK, {"sources.sky"}),
        (EXERCISE + "weeks = []", {"exercise.weeks"}),
        (EXERCISE + "weeks = [1]", {"exercise.weeks[1]"}),
        (EXERCISE, {"exercise.weeks"}),
    ],
    ids=["nothing", "no tables", "a source that is no table", "no weeks", "a week that is no table", "weeks missing"],
)
def test_a_config_of_another_shape_is_refused(tmp_path, text, keys):
    assert {problem.key for problem in problems(tmp_path, text)} == keys


# --- files that cannot be read --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "line", "sentence"),
    [
        (b"[exercise]\nslug = 3 4\n", 2, "is not TOML"),
        (b"[exercise]\nslug = ", 2, "is not TOML"),
        (b"\n\n\xff\n", 3, "is not UTF-8 text"),
        (b"a = " + b"[" * 100_000, None, "is nested too deeply"),
    ],
    ids=["not TOML", "cut off", "not UTF-8", "too deep"],
)
def test_a_file_that_is_no_config_is_refused_in_one_line(tmp_path, content, line, sentence):
    file = tmp_path / "listener.toml"
    file.write_bytes(content)

    with pytest.raises(ConfigError, match=sentence) as caught:
        config.load(file)

    assert [problem.line for problem in caught.value.problems] == [line]


def test_a_file_that_is_not_there_is_answered_with_how_to_make_it(tmp_path):
    with pytest.raises(ConfigError, match="there is no such file: `listener init` writes one"):
        config.load(tmp_path / "listener.toml")


def test_a_folder_is_no_config(tmp_path):
    with pytest.raises(ConfigError, match="cannot be read: Is a directory"):
        config.load(tmp_path)


# --- secrets --------------------------------------------------------------------------------------------------------------


def with_secret(folder: Path, content: bytes, mode: int) -> str:
    file = folder / "sky.secret"
    file.write_bytes(content)
    file.chmod(mode)
    return GOOD.replace('{ env = "SKY_PASSWORD" }', '{ file = "sky.secret" }')


def test_a_secret_file_is_read_without_its_line_break(tmp_path):
    found = load(tmp_path, with_secret(tmp_path, f"{CANARY}\n".encode(), 0o600))

    assert found.source("sky").options["password"] == Secret(CANARY)


def test_no_secret_shows_in_a_config(tmp_path):
    found = load(tmp_path, GOOD + '[notify]\nheartbeat = { env = "SKY_PASSWORD" }\n')

    assert found.notify.heartbeat == Secret(CANARY)
    assert CANARY not in repr(found)


@pytest.mark.parametrize(
    ("content", "mode", "sentence"),
    [
        (CANARY.encode(), 0o640, "is open to others: run chmod 600 "),
        (b"\n", 0o600, "is empty"),
        (b"\xff", 0o600, "is not UTF-8 text"),
    ],
    ids=["open", "empty", "not UTF-8"],
)
def test_a_secret_file_that_cannot_be_trusted_is_refused(tmp_path, content, mode, sentence):
    problem = only(tmp_path, with_secret(tmp_path, content, mode))

    assert problem.key == "sources.sky.password"
    assert sentence in problem.sentence
    assert CANARY not in str(problem)


@pytest.mark.parametrize(
    ("written", "sentence"),
    [
        (f'"{CANARY}"', "a secret must not be written here"),
        (f'{{ value = "{CANARY}" }}', "must say where the secret is kept"),
        (f'{{ env = "A", file = "{CANARY}" }}', "must say where the secret is kept"),
        ("{ env = 3 }", "must say where the secret is kept"),
        ("[]", "must say where the secret is kept"),
        ('{ env = "NOT_SET" }', "the environment has no NOT_SET: set it"),
        ('{ file = "missing.secret" }', "missing.secret cannot be read: No such file"),
    ],
)
def test_a_secret_is_only_taken_from_where_it_is_kept(tmp_path, monkeypatch, written, sentence):
    monkeypatch.delenv("NOT_SET", raising=False)
    text = GOOD.replace('{ env = "SKY_PASSWORD" }', written) + f"[notify]\nheartbeat = {written}\n"

    found = problems(tmp_path, text)

    assert [problem.key for problem in found] == ["sources.sky.password", "notify.heartbeat"]
    assert all(sentence in problem.sentence and CANARY not in str(problem) for problem in found)


# --- lines ----------------------------------------------------------------------------------------------------------------


def test_lines_are_found_around_strings_of_several_lines():
    text = 'a = """\nb = 1\n"""\nb = 2\n[ "x y" . z ]\n\'c d\'.e = 3\n[[l]]\n[[l]]\nf = 4\n'

    found = lines.index(text)

    assert found == {
        ("a",): 1,
        ("b",): 4,
        ("x y", "z"): 5,
        ("x y", "z", "c d", "e"): 6,
        ("l", 0): 7,
        ("l", 1): 8,
        ("l", 1, "f"): 9,
    }


def test_a_place_without_a_line_has_that_of_the_table_around_it():
    assert lines.of({("a",): 3}, ("a", "b", 0)) == 3
    assert lines.of({}, ("a",)) is None
