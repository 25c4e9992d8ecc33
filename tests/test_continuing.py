"""What pages say of where a theme comes from."""

from dataclasses import replace

import pytest

from digests import compose, continuing, public, public_files, public_pages
from digests.continuing import Heard, History
from digests.curation import HeldTheme
from digests.edition import Rules
from storage.values import Cluster
from tests.publishing import WEEK, make_facts

THEME = Cluster(key="w1-c1", label="respite", keywords=(), members=(1,), representatives=())
NEW = replace(THEME, key="w3-c1")
BEFORE = History(
    weeks=(1, 2),
    themes={
        "w1-c1": (Heard(week=1, label="respite", size=30), Heard(week=2, label="respite", size=40)),
        "w1-c2": (Heard(week=1, label="parking", size=9),),
        "w2-c1": (Heard(week=2, label="forms", size=12),),
    },
)


def said(cluster, size=40, history=BEFORE, *, asked=False):
    return " ".join(continuing.sentences(cluster, size, history, asked=asked))


@pytest.mark.parametrize(
    ("cluster", "told"),
    [
        (THEME, "Continuing from week 2."),
        (replace(THEME, label="Beds"), "Continuing from week 2, where it was called “Respite”."),
        (replace(THEME, key="w1-c2", label="Parking"), "Returning from week 1."),
        (NEW, "New this week."),
        (replace(NEW, split_from="w1-c1"), "Split off from “Respite” of week 2."),
        (replace(NEW, split_from="w9-c9"), "New this week."),
        (replace(THEME, merged=("w2-c1",)), "Continuing from week 2. It takes in “Forms” of week 2."),
        (replace(THEME, merged=("w9-c9",)), "Continuing from week 2."),
    ],
    ids=["goes on", "renamed", "returns", "new", "split", "split of what was not heard", "merged", "merged with nothing"],
)
def test_it_is_said_where_a_theme_comes_from(cluster, told):
    assert said(cluster) == told


@pytest.mark.parametrize(
    ("size", "told"),
    [(60, " It is growing."), (59, ""), (21, ""), (20, " It is quieter.")],
)
def test_only_a_large_change_is_one(size, told):
    assert said(THEME, size) == f"Continuing from week 2.{told}"


def test_what_the_question_asked_about_neither_grows_nor_is_quieter():
    assert said(THEME, 200, asked=True) == "Continuing from week 2. We asked about this."


def test_in_the_first_week_nothing_is_new():
    assert said(THEME, history=History()) == ""
    assert said(THEME, history=History(), asked=True) == "We asked about this."


def test_a_theme_that_people_merged_goes_on_as_the_one_that_they_made():
    history = replace(BEFORE, heirs={"w0-c1": "w1-c1"})

    assert said(replace(THEME, key="w0-c1"), history=history) == "Continuing from week 2."
    assert list(continuing.faded(["w0-c1", "w2-c1"], history)) == []


def test_what_is_not_heard_any_more_is_said_the_largest_first():
    themes = {f"w2-c{size}": (Heard(week=2, label=f"theme {size}", size=size),) for size in (5, 30, 9, 7, 8)}

    (told,) = continuing.faded([], replace(BEFORE, themes=themes))

    assert told == "Not heard any more since week 2: “Theme 30”, “Theme 9”, “Theme 8” and 2 more themes."


# --- on pages -----------------------------------------------------------------------------------------------------------


def week_three(**more):
    return make_facts(week=replace(WEEK, number=3), history=BEFORE, **more)


def test_the_teams_page_says_it_under_each_theme_and_what_faded():
    digest = compose.compose(week_three())

    first = next(theme for theme in digest.themes if theme.key == "w1-c1")
    assert first.sentences[0] == "Continuing from week 2, where it was called “Respite”."
    assert digest.grouping[-1] == "Not heard any more since week 2: “Forms”."


def test_an_open_week_does_not_say_what_is_not_heard_any_more():
    digest = compose.compose(replace(week_three(), as_of=WEEK.opens))

    assert not any("any more" in sentence for sentence in digest.grouping)


def test_the_teams_page_tags_what_the_question_asked_about():
    digest = compose.compose(week_three(asked=frozenset({"w1-c2"})))

    told = {theme.key: "We asked about this." in theme.sentences for theme in digest.themes}
    assert told == {"w1-c1": False, "w1-c2": True}


# --- in public ----------------------------------------------------------------------------------------------------------


def published(key, size, history, *, week=3, asked=False):
    return " ".join(continuing.published(HeldTheme(key=key, label="respite"), size, week, history, asked=asked))


@pytest.mark.parametrize(
    ("key", "size", "before", "told"),
    [
        ("w1-c1", 60, 40, "Continuing from week 2. It is growing."),
        ("w1-c1", 60, -1, "Continuing from week 2."),
        ("w1-c1", -1, 40, "Continuing from week 2."),
        ("w3-c1", 20, 40, "New this week."),
        ("w3-c1", 19, 40, ""),
        ("w3-c1", -1, 40, ""),
    ],
)
def test_the_public_page_reckons_with_told_numbers_alone(key, size, before, told):
    history = History(weeks=(2,), themes={"w1-c1": (Heard(week=2, label="Respite", size=before),)})

    assert published(key, size, history) == told


def test_nothing_is_new_where_the_week_before_was_not_published():
    history = History(weeks=(1,), themes={"w1-c1": (Heard(week=1, label="Respite", size=40),)})

    assert published("w3-c1", 60, history) == ""
    assert published("w1-c1", 60, history) == "Returning from week 1."
    assert published("w1-c1", 60, History()) == ""


def test_the_public_page_says_it_in_every_form():
    history = History(weeks=(2,), themes={"w1-c1": (Heard(week=2, label="Respite", size=10),)})
    digest = public.compose(week_three(asked=frozenset({"w1-c2"})), Rules(history=history))

    told = [theme.history for theme in digest.themes]
    files = [(name, page.decode()) for name, page in every_file(digest)]

    assert told == ["Continuing from week 2, where it was called “Respite”. It is growing.", "We asked about this."]
    assert [name for name, page in files if "We asked about this." not in page] == []
    assert public.from_json(public.to_json(digest), public.quotes(digest)).themes[1].history == "We asked about this."


def every_file(digest):
    pages = {
        name: page for name, page in public_pages.render(digest).items() if name.endswith((".html", ".txt")) or "digest" in name
    }
    return [*pages.items(), ("text", public_files.text(digest)), ("data", public_files.data(digest))]


def test_what_went_before_is_not_what_a_person_approves():
    history = History(weeks=(2,), themes={"w1-c1": (Heard(week=2, label="Respite", size=10),)})
    one, other = (public.compose(week_three(), Rules(history=told)) for told in (History(), history))

    assert one != other
    assert public.fingerprint(one) == public.fingerprint(other)
