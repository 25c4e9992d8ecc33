"""The config: what a good one means, and every problem of a bad one told at once."""

from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest

import collectors
from collectors.base import Secret
from listener import config
from listener.config import ConfigError, Problem, lines, paths, sources, template, weeks
from tests.factories import make_given

CANARY = "canary-7f3a"
EXAMPLE = Path(__file__).parent.parent / "config.example.toml"

EXERCISE = """
[exercise]
slug = "think-carer"
title = "Thinking of carers"
organisation = "Any Trust"
hashtags = ["#ThinkCarers", "carers_week", "thinkcarers"]
timezone = "Europe/London"
starts = 2026-11-02
"""
WEEK = """
[[exercise.weeks]]
question = "What helps?"
"""
BLUESKY = """
[sources.sky]
kind = "bluesky"
handle = "listener.example.org"
password = { env = "SKY_PASSWORD" }
"""
GOOD = EXERCISE + WEEK + BLUESKY


def load(folder: Path, text: str) -> config.Config:
    file = folder / "listener.toml"
    file.write_text(text, encoding="utf-8", newline="")
    return config.load(file)


def problems(folder: Path, text: str) -> tuple[Problem, ...]:
    with pytest.raises(ConfigError) as caught:
        load(folder, text)
    assert str(caught.value).count("\n") == len(caught.value.problems) - 1
    return caught.value.problems


def only(folder: Path, text: str) -> Problem:
    (problem,) = problems(folder, text)
    return problem


@pytest.fixture(autouse=True)
def sky_password(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("SKY_PASSWORD", CANARY)


# --- what a good one means ----------------------------------------------------------------------------------------------


def test_what_is_not_said_has_a_default(tmp_path):
    found = load(tmp_path, EXERCISE + WEEK)

    assert found.sources == ()
    assert (found.storage, found.output) == (tmp_path / "listener.db", tmp_path / "digests")
    assert found.schedule == config.Schedule(
        every=timedelta(minutes=15), closing=time(0, 15), reread=time(5), draft=time(6, 45)
    )
    assert found.serve == config.Serve(host="127.0.0.1", port=8080, password=None)
    assert found.file == tmp_path / "listener.toml"


def test_what_is_said_is_taken(tmp_path):
    text = (
        EXERCISE
        + 'purpose = "To learn"\npartners = ["A", "B"]\ninvented = true\n'
        + WEEK
        + 'title = "Help"\nquestions = ["Who?"]\n'
    )
    text += '[storage]\npath = "sqlite:///kept/all.db"\n[output]\nfolder = "/srv/pages"\n[serve]\nhost = "::1"\nport = 81\n'
    text += '[schedule]\nevery = "2h"\nclosing = "01:00"\nreread = 04:30:00\ndraft = "07:00"\n'

    found = load(tmp_path, text)

    assert (found.exercise.purpose, found.exercise.partners, found.exercise.invented) == ("To learn", ("A", "B"), True)
    assert (found.exercise.weeks[0].name, found.exercise.weeks[0].questions) == ("Help", ("Who?",))
    assert (found.storage, found.output) == (tmp_path / "kept/all.db", Path("/srv/pages"))
    assert found.schedule == config.Schedule(every=timedelta(hours=2), closing=time(1), reread=time(4, 30), draft=time(7))
    assert found.serve == config.Serve(host="::1", port=81)


def test_hashtags_lose_their_sign_and_are_told_once(tmp_path):
    assert load(tmp_path, GOOD).exercise.hashtags == ("ThinkCarers", "carers_week")


def test_weeks_follow_one_another_unless_they_say_otherwise(tmp_path):
    text = EXERCISE + WEEK + WEEK + "starts = 2026-11-16\nends = 2026-11-18\n" + WEEK

    days = [(week.starts, week.ends) for week in load(tmp_path, text).exercise.weeks]

    assert days == [
        (date(2026, 11, 2), date(2026, 11, 8)),
        (date(2026, 11, 16), date(2026, 11, 18)),
        (date(2026, 11, 19), date(2026, 11, 25)),
    ]


@pytest.mark.parametrize(
    ("starts", "hours"), [("2026-10-19", 169), ("2026-11-02", 168), ("2027-03-22", 167)], ids=["autumn", "winter", "spring"]
)
def test_a_week_has_the_hours_its_clocks_give_it(tmp_path, starts, hours):
    week = load(tmp_path, EXERCISE.replace("2026-11-02", starts) + WEEK).exercise.weeks[0]

    assert week.closes - week.opens == timedelta(hours=hours)


def test_the_bounds_of_a_week_are_local_midnights_in_utc():
    opens, closes = weeks.bounds(weeks.Span(date(2026, 7, 6), date(2026, 7, 12)), "Europe/London")

    assert (opens, closes) == (datetime(2026, 7, 5, 23, tzinfo=UTC), datetime(2026, 7, 12, 23, tzinfo=UTC))


@pytest.mark.parametrize("change", [("", "\ufeff"), ("\n", "\r\n")], ids=["byte order mark", "CRLF"])
def test_files_of_windows_editors_are_read(tmp_path, change):
    text = GOOD.replace("\n", "\r\n") if change[0] else change[1] + GOOD

    assert load(tmp_path, text).exercise == load(tmp_path, GOOD).exercise


# --- sources ------------------------------------------------------------------------------------------------------------


def test_a_source_makes_its_collector(tmp_path):
    source = load(tmp_path, GOOD + 'every = "1h"\nservice = "https://sky.example.org"\n').source("sky")
    collector: Any = source.collector(make_given("sky"))

    assert (source.every, source.off, source.channel) == (timedelta(hours=1), "", "Bluesky")
    assert (collector.handle, collector.service) == ("listener.example.org", "https://sky.example.org")
    assert collector.password == Secret(CANARY)


def test_a_source_listens_to_the_hashtags_and_question_posts_of_the_exercise(tmp_path):
    asked = 'question_posts = ["https://a.example/1", "https://a.example/2"]\n'
    text = EXERCISE + asked + WEEK + 'question_posts = ["https://a.example/2", "at://did:plc:x/post/3"]\n' + BLUESKY

    options = load(tmp_path, text).source("sky").options

    assert options["hashtags"] == ("ThinkCarers", "carers_week")
    assert options["question_posts"] == ("https://a.example/1", "https://a.example/2", "at://did:plc:x/post/3")


def test_times_without_a_zone_are_of_the_zone_of_the_exercise(tmp_path):
    text = (
        EXERCISE
        + WEEK
        + '[sources.a]\nkind = "file"\npath = "a.csv"\n[sources.b]\nkind = "file"\npath = "b.csv"\ntimezone = "UTC"\n'
    )

    found = load(tmp_path, text)

    assert [source.options["timezone"] for source in found.sources] == ["Europe/London", "UTC"]


def test_a_source_can_listen_to_hashtags_of_its_own(tmp_path):
    assert load(tmp_path, GOOD + 'hashtags = ["#Other"]\n').source("sky").options["hashtags"] == ("Other",)


def test_paths_begin_at_the_folder_of_the_config(tmp_path):
    text = GOOD + '[sources.a]\nkind = "file"\npath = "in/answers.csv"\n[sources.b]\nkind = "file"\npath = "/in/b.csv"\n'

    found = load(tmp_path, text)

    assert found.source("a").options["path"] == str(tmp_path / "in/answers.csv")
    assert found.source("b").options["path"] == "/in/b.csv"


@pytest.mark.parametrize(
    ("written", "leads_to"),
    [("a/b", "/config/a/b"), ("/a", "/a"), ("~/a", "/home/me/a"), ("~nobody/a", "/config/~nobody/a"), (".", "/config")],
)
def test_a_path_may_begin_at_home(monkeypatch, written, leads_to):
    monkeypatch.setenv("HOME", "/home/me")

    assert paths.located(Path("/config"), written) == Path(leads_to)


def test_a_source_that_is_off_needs_no_login(tmp_path):
    text = GOOD + '[sources.later]\nkind = "bluesky"\noff = "no account yet"\npassword = { env = "NOT_SET" }\n'

    source = load(tmp_path, text).source("later")

    assert (source.off, source.channel, "password" in source.options) == ("no account yet", "Bluesky", False)
    with pytest.raises(ValueError, match=r"sources\.later is off, and its options are incomplete"):
        source.collector(make_given("later"))


def test_the_keys_of_a_source_that_is_off_are_checked_all_the_same(tmp_path):
    text = EXERCISE + WEEK + '[sources.later]\nkind = "bluesky"\noff = "no account yet"\nhandel = "x"\n'

    assert only(tmp_path, text).nearest == "handle"


def test_an_unknown_source_is_a_key_error(tmp_path):
    with pytest.raises(KeyError):
        load(tmp_path, GOOD).source("skye")


def test_options_that_do_not_go_together_are_told_by_the_collector(tmp_path):
    text = EXERCISE + WEEK + '[sources.mail]\nkind = "mailbox"\nhost = "mail.example.org"\nuser = "listener"\n'

    problem = only(tmp_path, text)

    assert problem.key == "sources.mail"
    assert "password" in problem.sentence


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

    assert (problem.nearest, problem.sentence) == ("", "there is no such key; there are host, password, port")


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
    found = load(tmp_path, GOOD + '[serve]\npassword = { env = "SKY_PASSWORD" }\n')

    assert found.serve.password == Secret(CANARY)
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
    text = GOOD.replace('{ env = "SKY_PASSWORD" }', written) + f"[serve]\npassword = {written}\n"

    found = problems(tmp_path, text)

    assert [problem.key for problem in found] == ["sources.sky.password", "serve.password"]
    assert all(sentence in problem.sentence and CANARY not in str(problem) for problem in found)


# --- the example ----------------------------------------------------------------------------------------------------------


def test_the_example_loads_as_it_is_with_one_source_on():
    found = config.load(EXAMPLE)

    assert [source.name for source in found.sources if not source.off] == ["answers"]
    assert {source.kind for source in found.sources} == set(collectors.KINDS)


@pytest.mark.parametrize("kind", collectors.KINDS)
def test_every_option_of_every_kind_is_in_the_example(kind):
    name = template.NAMES.get(kind, kind)
    block = EXAMPLE.read_text(encoding="utf-8").split(f"[sources.{name}]\n")[1].split("\n[")[0]
    shown = {line.removeprefix("# ").split(" = ")[0] for line in block.splitlines()}

    assert {option.name for option in sources.options_of(kind)} <= shown


def every_key() -> list[tuple[str, str]]:
    """Each line of the example that gives a key, with that key."""
    text = EXAMPLE.read_text(encoding="utf-8").split("\n")
    return [(line, line.split(" = ")[0]) for line in text if " = " in line and not line.startswith("#")]


@pytest.mark.parametrize(("line", "key"), every_key())
def test_every_key_misspelt_is_answered_with_the_right_one(tmp_path, line, key):
    text = EXAMPLE.read_text(encoding="utf-8").replace(f"\n{line}", f"\n{key}y{line.removeprefix(key)}", 1)

    found = problems(tmp_path, text)

    assert key in {problem.nearest for problem in found}


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
