"""The invented exercise: enough of it, really different, in the networks' own shapes, with everything that can go wrong."""

import json
import re
from collections import Counter
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import combinations
from pathlib import Path

import pytest
from stdnum.gb import nhs

from collectors.base import Aside, Collector, Unavailable, Window
from collectors.post import Post
from listener import config
from listener.demo import answers, build, days, draw, letters, skies, voices, words
from tests.factories import make_given

BEFORE = datetime(2026, 9, 1, tzinfo=UTC)
WHOLE = Window(BEFORE, build.LAST_MOMENT)
VOLUMES = {1: (340, 420), 2: (380, 460), 3: (460, 560), 4: (380, 460), 5: (250, 320)}
SHARES = {"x": (0.42, 0.52), "bluesky": (0.16, 0.24), "mail": (0.06, 0.12), "form": (0.2, 0.28)}
SOURCES = {"x": "x", "bluesky": "bluesky", "mail": "mailbox", "form": "questionnaire"}


@cache
def everything():
    return build.everything()


@cache
def files():
    return build.files()


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    made: Path = tmp_path_factory.mktemp("demo")
    build.write(made)
    return made


def collector_of(folder: Path, source: str, now: datetime = build.LAST_MOMENT) -> Collector:
    return config.load(folder / "listener.toml").source(source).collector(make_given(source, now=now))


@cache
def read_all(folder: Path, source: str) -> tuple[list[Post], list[Aside]]:
    posts: list[Post] = []
    asides: list[Aside] = []
    try:
        for page in collector_of(folder, source, days.closes(4)).collect(WHOLE):
            posts += page.posts
            asides += page.asides
    except Unavailable:
        assert source == "bluesky"
    return posts, asides


def pages(prefix: str) -> dict[str, dict]:
    return {name: json.loads(content) for name, content in files().items() if re.match(rf"{prefix}/.*\.page", name)}


def every_wording() -> list[words.Wording]:
    return [wording for week in days.WEEKS for wording in words.week(week)]


# --- the words --------------------------------------------------------------------------------------------------------


def test_there_are_many_wordings_and_no_two_are_the_same():
    texts = [wording.text for wording in every_wording()]

    assert len(set(texts)) == len(texts) >= 800


def test_wordings_are_different_sentences_and_not_one_with_other_nouns():
    told = [frozenset(re.findall(r"\w+", wording.text.lower())) for wording in every_wording()]

    nearest = max(len(one & other) / len(one | other) for one, other in combinations(told, 2) if len(one | other) > 5)

    assert nearest < 0.5


@pytest.mark.parametrize("week", days.WEEKS)
def test_a_week_has_many_themes_of_uneven_size_and_every_tone(week):
    told = words.week(week)

    sizes = Counter(wording.theme for wording in told).values()

    assert len(sizes) >= 6
    assert max(sizes) >= 1.8 * min(sizes)
    assert {wording.tone for wording in told} == {"+", "~", "-", "="}


def test_some_speak_other_languages():
    assert {wording.lang for wording in every_wording()} >= {"en", "cy", "ar", "ur", "he", "pl"}


def test_wordings_are_short_and_long():
    lengths = [len(wording.text.split()) for wording in every_wording()]

    assert min(lengths) <= 5
    assert max(lengths) >= 85


def test_a_line_that_is_no_wording_is_refused():
    with pytest.raises(ValueError, match="no tone in front"):
        words.read(1, ["[theme]", "no tone in front"])


# --- how much ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("week", days.WEEKS)
def test_each_week_is_as_lively_as_planned(week):
    count = sum(days.week_of(one.at) == week for one in everything())

    least, most = VOLUMES[week]
    assert least <= count <= most


@pytest.mark.parametrize("channel", SHARES)
def test_channels_have_their_share(channel):
    share = sum(one.channel == channel for one in everything()) / len(everything())

    least, most = SHARES[channel]
    assert least <= share <= most


def test_copies_reposts_adverts_and_a_hijack_are_among_them():
    sorts = Counter(one.key.split()[0] for one in everything())

    assert sorts["repost"] > 450
    assert sorts["campaign"] == 150
    assert sorts["advert"] + sorts["hijack"] >= 190
    assert sorts["copy"] > 80


def test_the_hijack_is_one_evening_of_week_3():
    at = [one.at for one in everything() if one.key.startswith("hijack")]

    assert max(at) - min(at) < timedelta(hours=3)
    assert {days.week_of(moment) for moment in at} == {3}


def test_a_few_posts_are_passed_on_very_often():
    passed_on = Counter(one.of.key for one in everything() if one.way == "repost" and one.of)

    assert passed_on.most_common(1)[0][1] > 15
    assert sum(count == 1 for count in passed_on.values()) > 50


def test_nobody_passes_on_the_same_post_twice_or_before_it_was_posted():
    reposts = [one for one in everything() if one.way == "repost" and one.of]

    assert len({(one.by.handle, one.of.key) for one in reposts if one.of}) == len(reposts)
    assert all(one.of and one.at > one.of.at for one in reposts)


# --- in time ----------------------------------------------------------------------------------------------------------


def test_week_3_has_an_hour_more():
    lengths = [(days.closes(week) - days.opens(week)) / timedelta(hours=1) for week in days.WEEKS]

    assert lengths == [168, 168, 169, 168, 168]


@pytest.mark.parametrize("week", [1, 2])
def test_there_are_posts_at_both_ends_of_a_week(week):
    at = {one.at for one in everything()}

    assert days.opens(week) in at or days.closes(week) - timedelta(seconds=1) in at


def test_the_hour_that_the_clock_shows_twice_has_posts_in_both_passes():
    at = {one.at for one in everything()}

    assert {datetime(2026, 10, 25, 0, 30, tzinfo=UTC), datetime(2026, 10, 25, 1, 30, tzinfo=UTC)} <= at


def test_some_posts_lie_outside_every_week():
    outside = [one for one in everything() if not days.opens(1) <= one.at < days.closes(5)]

    assert len(outside) >= 6


def test_answers_come_after_the_question():
    early = [one for one in everything() if one.way == "reply" and one.of and one.at <= one.of.at]

    assert not early


# --- as the networks send it ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("channel", SOURCES)
def test_every_item_is_read_and_nothing_is_unreadable(folder, channel):
    posts, asides = read_all(folder, SOURCES[channel])

    sent = [one for one in everything() if one.channel == channel and not _is_down(one)]
    assert len({post.key for post in posts}) == len(posts) == len(sent)
    assert {aside.reason for aside in asides} <= {"auto-reply", "bounce"}
    assert {post.network for post in posts} == {channel}


def _is_down(one) -> bool:
    return bool(one.channel == "bluesky" and one.at.astimezone(days.ZONE).date() == days.OUTAGE_DAY)


def test_the_exercise_loads_and_says_that_it_is_invented(folder):
    loaded = config.load(folder / "listener.toml")

    assert loaded.exercise.invented
    assert [week.number for week in loaded.exercise.weeks] == list(days.WEEKS)
    assert (loaded.exercise.weeks[0].opens, loaded.exercise.weeks[-1].closes) == (days.opens(1), days.closes(5))


def test_the_questions_named_in_the_config_are_among_the_posts(folder):
    asked = {url for week in config.load(folder / "listener.toml").exercise.weeks for url in week.question_posts}

    on_x = {f"https://x.com/{one.by.handle}/status/" in url for one in voices.questions() for url in asked}
    ids = {post.id.partition("/")[0] for source in ("x", "bluesky") for post in read_all(folder, source)[0]}
    assert True in on_x
    assert {url.rpartition("/")[2] for url in asked} <= ids


def test_two_builds_are_equal_to_the_byte():
    assert build.files() == files()


def test_writing_again_leaves_the_same_files(folder):
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}

    build.write(folder)

    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before


def test_pages_of_x_are_full_and_newest_first():
    for page in pages("x").values():
        ids = [int(tweet["id"]) for tweet in page["data"]]

        assert ids == sorted(ids, reverse=True)
        assert len(ids) <= 100
        assert page["meta"]["result_count"] == len(ids)


def test_every_search_of_x_ends_with_a_page_without_a_token():
    told = {name: page["meta"].get("next_token") for name, page in pages("x").items()}

    last = {name.rpartition("-")[0]: token for name, token in sorted(told.items())}
    assert set(last.values()) == {None}
    assert len([token for token in told.values() if token]) == len(told) - len(last)


def test_ids_of_x_hold_the_time_of_the_post():
    epoch = datetime(2010, 11, 4, 1, 42, 54, 657_000, UTC)
    tweets = [tweet for page in pages("x").values() for tweet in page["data"]]

    for tweet in tweets:
        assert epoch + timedelta(milliseconds=int(tweet["id"]) >> 22) == datetime.fromisoformat(tweet["created_at"])


def test_entities_of_x_point_at_the_tags_of_the_escaped_text():
    tweets = [tweet for page in pages("x").values() for tweet in page["data"]]
    tags = [(tweet["text"], tag) for tweet in tweets for tag in tweet["entities"].get("hashtags", [])]

    assert len(tags) > 400
    assert all(text[tag["start"] : tag["end"]] == f"#{tag['tag']}" for text, tag in tags)


def test_everyone_and_everything_referred_to_on_x_is_included():
    for page in pages("x").values():
        users = {user["id"] for user in page["includes"]["users"]}
        known = {tweet["id"] for tweet in page["includes"]["tweets"]}

        assert {tweet["author_id"] for tweet in page["data"]} <= users
        assert {ref["id"] for tweet in page["data"] for ref in tweet.get("referenced_tweets", [])} <= known


def test_long_posts_of_x_are_cut_and_whole_in_their_note(folder):
    cut = [tweet for page in pages("x").values() for tweet in page["data"] if "note_tweet" in tweet]

    whole = [post for post in read_all(folder, "x")[0] if len(post.text) > 300]
    assert len(cut) >= 6
    assert all(len(tweet["text"]) <= 280 < len(tweet["note_tweet"]["text"]) for tweet in cut)
    assert len(whole) >= len(cut)


def test_names_on_x_are_no_longer_than_x_allows_and_all_different():
    users = [user for page in pages("x").values() for user in page["includes"]["users"]]

    assert max(len(user["username"]) for user in users) <= 15
    assert len({user["username"] for user in users}) == len({user["id"] for user in users})


def test_record_keys_of_bluesky_hold_the_time_of_the_post():
    for view in _views():
        number = 0
        for letter in view["uri"].rpartition("/")[2]:
            number = number * 32 + "234567abcdefghijklmnopqrstuvwxyz".index(letter)

        created = datetime.fromisoformat(view["record"]["createdAt"]).timestamp()
        assert (number >> 10) // 1_000_000 == created


def test_facets_of_bluesky_count_bytes():
    facets = [(view["record"]["text"].encode(), facet) for view in _views() for facet in view["record"]["facets"]]

    tags = [(text, facet) for text, facet in facets if "tag" in facet["features"][0]]
    assert len(tags) > 250
    for text, facet in tags:
        marked = text[facet["index"]["byteStart"] : facet["index"]["byteEnd"]]
        assert marked.decode() == f"#{facet['features'][0]['tag']}"


def test_posts_of_bluesky_fit_its_limit_and_some_are_for_signed_in_readers_only(folder):
    posts, _ = read_all(folder, "bluesky")

    assert max(len(view["record"]["text"]) for view in _views()) <= 300
    assert {post.visibility for post in posts} == {"public", "signed-in"}


def _views() -> list[dict]:
    return [view for page in pages("bluesky").values() for view in page["posts"]]


# --- what goes wrong --------------------------------------------------------------------------------------------------


def test_bluesky_is_down_for_one_local_day(folder):
    outage = json.loads(files()["bluesky/outages.json"])[0]
    down = Window(datetime.fromisoformat(outage["since"]), datetime.fromisoformat(outage["until"]))

    posts, _ = read_all(folder, "bluesky")
    assert down.length == timedelta(days=1)
    assert not [post for post in posts if post.posted_at in down]
    assert [one for one in everything() if one.channel == "bluesky" and one.at in down]


def test_a_post_of_week_2_comes_late_and_once():
    late = {name: page for name, page in pages("x").items() if "late" in name}

    ids = [tweet["id"] for page in late.values() for tweet in page["data"]]
    elsewhere = {tweet["id"] for name, page in pages("x").items() if name not in late for tweet in page["data"]}
    assert json.loads(files()["x/arrivals.json"]) == {name.removeprefix("x/"): "2026-10-18T19:00:00+00:00" for name in late}
    assert all("2026-10-12" < tweet["created_at"] < "2026-10-17" for page in late.values() for tweet in page["data"])
    assert ids
    assert not elsewhere & set(ids)


def test_a_post_of_week_3_was_deleted_after_its_page_was_made(folder):
    ((gone, moment),) = json.loads(files()["bluesky/gone.json"]).items()
    week_3 = Window(days.opens(3), days.closes(3))
    after = collector_of(folder, "bluesky").collect(week_3)

    found = list(collector_of(folder, "bluesky").look_up([gone]))  # type: ignore[attr-defined]  # the optional side
    assert [one.state for one in found] == ["gone"]
    assert datetime.fromisoformat(moment) > days.closes(4)
    assert gone in {post.id for post in read_all(folder, "bluesky")[0]}
    assert gone not in {post.id for page in after for post in page.posts}


@pytest.mark.parametrize(
    "needle",
    [
        "<script>",
        "onerror=",
        "javascript:",
        "{{7*7}}",
        "=HYPERLINK(",
        "</body></html>",
        "<style>",
        "\u200b",
        "\u202e",
        "\u2066",
        "\u200f",
        "😭" * 30,
        "👩‍👩‍👧‍👦",
        "DROP TABLE",
        "أتصل",
        "ہسپتال",
        "שלחו",
    ],
)
def test_hostile_and_unusual_text_arrives_as_it_was_sent(folder, needle):
    posts = [post for source in SOURCES.values() for post in read_all(folder, source)[0]]

    assert any(needle in post.text for post in posts)


# --- letters ----------------------------------------------------------------------------------------------------------


def test_machines_answer_too_and_are_told_apart(folder):
    _, asides = read_all(folder, "mailbox")

    assert Counter(aside.reason for aside in asides) == {"auto-reply": 39, "bounce": 2}


def test_numbers_in_letters_are_well_formed_and_masked(folder):
    box = files()["mailbox.mbox"].decode("utf-8", "replace")
    written = set(re.findall(r"\b999 \d{3} \d{4}\b", box))

    texts = " ".join(post.text for post in read_all(folder, "mailbox")[0])
    assert written
    assert all(nhs.is_valid(number) for number in written)
    assert not [number for number in written if number in texts]
    assert {"[NHS number]", "[phone number]", "[postcode]"} <= set(re.findall(r"\[[^\]]+\]", texts))


def test_quoted_questions_are_not_taken_for_answers(folder):
    texts = [post.text for post in read_all(folder, "mailbox")[0]]

    assert not [text for text in texts if "wrote:" in text or "Original Message" in text]


def test_attachments_are_named(folder):
    assert [post for post in read_all(folder, "mailbox")[0] if post.media]


def test_letters_come_in_every_shape():
    box = files()["mailbox.mbox"]

    for shape in (b"multipart/alternative", b"Content-Type: text/html", b"multipart/mixed", b"multipart/report"):
        assert shape in box


@pytest.mark.parametrize("seed", range(30))
def test_a_test_number_has_the_right_check_digit(seed):
    assert nhs.is_valid(letters.nhs_number(draw.dice("number", seed)))


# --- the form ---------------------------------------------------------------------------------------------------------


def test_answers_carry_role_and_consent(folder):
    posts, _ = read_all(folder, "questionnaire")

    assert {post.kind for post in posts} == {"answer"}
    assert {"carer", "parent carer", "young carer", ""} <= {post.role for post in posts}
    assert {post.consent for post in posts} == {"none", "ticked"}


def test_answers_are_in_the_order_in_which_they_came():
    told = [one for one in everything() if one.channel == "form"]

    assert len({answers.id_of(one) for one in told}) == len(told)
    assert [answers.id_of(one) for one in sorted(told, key=lambda one: one.at)] == sorted(answers.id_of(one) for one in told)


def test_a_deleted_post_is_named_as_the_collector_names_it():
    (gone,) = json.loads(files()["bluesky/gone.json"])  # its keys

    assert gone in {skies.id_of(one) for one in everything() if one.channel == "bluesky"}
