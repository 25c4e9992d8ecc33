"""What a good config means: defaults, weeks, sources, and the example."""

from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest

import collectors
from collectors.base import Secret
from listener import config
from listener.config import paths, sources, template, weeks
from tests.configs import BLUESKY, CANARY, EXAMPLE, EXERCISE, GOOD, WEEK, load, only, problems
from tests.factories import make_given


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
    assert found.serve == config.Serve(host="127.0.0.1", port=8080)
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


def test_a_source_looks_for_partners_on_its_own_network(tmp_path):
    text = EXERCISE + 'handles = { bluesky = ["us.example"] }\n' + WEEK
    text += '[[partners]]\nname = "A"\nhandles = { Bluesky = ["a.example", "b.example"], mastodon = ["a@c.example"] }\n'
    text += '[sources.sky]\nkind = "bluesky"\nhandle = "h"\npassword = { env = "SKY_PASSWORD" }\n'
    text += '[sources.sea]\nkind = "mastodon"\npartners = ["own@c.example"]\n'

    loaded = load(tmp_path, text)

    assert [loaded.source(name).options["partners"] for name in ("sky", "sea")] == [
        ("a.example", "b.example"),
        ("own@c.example",),
    ]


def test_partners_are_named_once_and_speak_where_the_config_says(tmp_path):
    text = EXERCISE + 'partners = ["A"]\nhandles = { Bluesky = ["us.example"] }\n' + WEEK
    text += '[[partners]]\nname = "A"\nhandles = { x = ["a", "b"] }\n[[partners]]\nname = "B"\nhandles = {}\n'

    found = load(tmp_path, text).exercise

    assert found.partners == ("A", "B")
    assert [(one.handles, one.ours) for one in found.accounts] == [
        ((("bluesky", "us.example"),), True),
        ((("x", "a"), ("x", "b")), False),
        ((), False),
    ]


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
