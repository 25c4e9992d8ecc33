"""What the desk shows of a week: every contribution once, sifted and paged."""

from datetime import UTC, datetime
from typing import Any

import pytest

from digests import desk
from digests.curation import fold
from digests.desk import Filters
from digests.held import as_held
from digests.tally import Facts
from storage.curated import Decision, Hold
from storage.values import Analysis, Cluster, Coverage, Gap, Score
from tests.factories import make_exercise, make_kept, make_week

AT = datetime(2026, 10, 19, 9, tzinfo=UTC)
WEEK = make_week(1)


def kept(row, **differently):
    values: dict[str, Any] = {"posted_at": datetime(2026, 10, 13, 9, row % 60, tzinfo=UTC), "network": "form"} | differently
    return make_kept(row, **values)


def analysis(*groups, **more):
    clusters = tuple(
        Cluster(key=f"w1-c{n}", label=f"theme {n}", keywords=(), members=rows, representatives=rows[:1])
        for n, rows in enumerate(groups, 1)
    )
    return Analysis(week=1, version="v", made_at=AT, clusters=clusters, **more)


def made(posts, found=None, **more):
    values: dict[str, Any] = {"scores": {}, "coverage": (), "as_of": AT, "scorer": "s1"} | more
    return Facts(exercise=make_exercise(), week=WEEK, posts=posts, analysis=found, **values)


def seen(posts, found, *acts, last_row=99, **more):
    """The week after these (target, verb, value) of account 1, held when its newest row was `last_row`."""
    decisions = [
        Decision(seq=n, at=AT, by=1, week=1, target=target, verb=verb, value=value)
        for n, (target, verb, value) in enumerate(acts, 1)
    ]
    hold = Hold(week=1, at=AT, by=1, upto=1, last_row=last_row, analysis=found)
    return desk.view(as_held(made(posts, found, **more), hold, fold(hold, decisions)), decisions)


def rows(view, **wanted):
    return [item.row for item in view.sifted(Filters(**wanted))]


def test_contributions_are_newest_first_or_by_theme():
    view = desk.view(made([kept(1), kept(2), kept(3), kept(4)], analysis((2, 3), (4,))), ())

    assert rows(view) == [4, 3, 2, 1]
    assert rows(view, order="theme") == [3, 2, 4, 1]


def test_a_week_that_nobody_touched_has_the_themes_it_would_be_held_with():
    view = desk.view(made([kept(1), kept(2), kept(3)], analysis((1,), (2, 3))), ())

    assert [(line.label, line.contributions) for line in view.themes] == [("Theme 2", 2), ("Theme 1", 1)]
    assert view.week == WEEK
    assert view.card(view.by_row[3]).when == "Tuesday 13 October, 10:03am"
    assert (view.is_held, view.drawn) == (False, AT.isoformat())


def test_a_week_that_was_never_grouped_has_no_themes():
    view = desk.view(made([kept(1)]), ())

    assert (view.themes, rows(view), view.drawn, view.upto) == ((), [1], "", 0)


def test_filters_narrow_by_channel_theme_and_tone():
    posts = [kept(1, network="mail"), kept(2), kept(3)]
    view = desk.view(made(posts, analysis((1, 2)), scores={2: Score("good", 1.0), 3: Score("good", 1.0)}), ())

    assert rows(view, channel="mail") == [1]
    assert rows(view, theme="w1-c1") == [2, 1]
    assert rows(view, theme="-") == [3]
    assert rows(view, tone="good", theme="w1-c1") == [2]
    assert rows(view, tone="-") == [1]


@pytest.mark.parametrize(
    ("words", "found"), [("PARKING", [2]), ("  parking ", [2]), ("title", [1]), ("100%", []), ("", [2, 1])]
)
def test_words_are_looked_for_as_they_are_in_text_and_title(words, found):
    view = desk.view(made([kept(1, title="A title"), kept(2, text="Parking at the ward")]), ())

    assert rows(view, words=words) == found


def test_what_was_decided_can_be_asked_for():
    view = seen(
        [kept(n) for n in range(1, 9)],
        analysis((1, 2, 3)),
        ("theme:w1-c1", "add", {"kind": "quote", "row": 1}),
        ("post:2", "hide", {"reason": "abuse"}),
        ("post:3", "hide", {"reason": "advert"}),
        ("post:4", "flag", {}),
        ("post:5", "consent", {"state": "yes"}),
        ("post:6", "tone", {"tone": "good"}),
    )

    asked = {state: rows(view, state=state) for state in desk.STATES}
    assert asked == {
        "": [8, 7, 6, 5, 2, 1],
        "new": [8, 7],
        "chosen": [1],
        "hidden": [3, 2],
        "flagged": [4],
        "asked": [],
        "yes": [5],
        "no": [],
        "again": [],
        "left-out": [3],
        "since": [],
    }
    assert rows(view, tone="good") == [6]
    assert rows(view, state="nonsense") == asked[""]


def test_what_was_undone_leaves_a_contribution_not_looked_at():
    view = seen([kept(1)], analysis((1,)), ("post:1", "tone", {"tone": "good"}), ("week", "undo", {"seq": 1}))

    assert rows(view, state="new") == [1]


def test_what_came_in_since_waits_apart():
    view = seen([kept(1), kept(2), kept(3)], analysis((1,)), ("week", "summary", {"text": "x"}), last_row=1)

    assert (rows(view), rows(view, state="since"), view.upto, view.count("since")) == ([1], [3, 2], 3, 2)
    assert [item.row for item in view.tray] == [3, 2]


def test_a_post_that_says_something_else_now_is_to_be_looked_at_again():
    view = seen([kept(1, text="Now")], analysis((1,)), ("post:1", "tone", {"tone": "good", "of": "another"}))

    assert rows(view, state="again") == [1]


def test_what_may_not_be_shown_is_not_listed():
    view = desk.view(made([kept(1, network="x"), kept(2, labels=("!hide",)), kept(3)]), ())

    assert rows(view) == [3]
    assert sorted(item.row for item in view.withheld) == [1, 2]
    assert view.channels == (("form", "Questionnaire"),)


def test_a_copy_that_speaks_for_a_post_that_is_gone_stays_in_its_theme():
    view = desk.view(made([kept(1, gone_at=AT), kept(2), kept(3)], analysis((1, 3), copies={2: 1})), ())

    assert {item.row: item.theme for item in view.items} == {2: "w1-c1", 3: "w1-c1"}


def test_a_contribution_is_counted_in_the_first_theme_that_names_it():
    view = desk.view(made([kept(1), kept(2)], analysis((1, 2), (2,))), ())

    assert [line.contributions for line in view.themes] == [2, 0]


def test_a_name_cannot_turn_the_line_that_it_stands_in():
    found = analysis((1,))
    spoilt = Cluster(key="k", label="\u202eevil <b>", keywords=(), members=(1,), representatives=())

    view = desk.view(made([kept(1)], Analysis(week=1, version="v", made_at=found.made_at, clusters=(spoilt,))), ())

    assert view.labels == {"k": "Evil <b>"}


@pytest.mark.parametrize(
    ("total", "asked", "number", "first", "last"),
    [(0, 1, 1, 0, 0), (50, 1, 1, 1, 50), (51, 2, 2, 51, 51), (51, 99, 2, 51, 51), (51, -3, 1, 1, 50)],
)
def test_a_page_holds_fifty_and_there_is_always_one(total, asked, number, first, last):
    page = desk.paged(range(total), asked)

    assert (page.number, page.first, page.last, page.total) == (number, first, last, total)
    assert len(page.items) == (last - first + 1 if total else 0)


def test_gaps_have_a_name_that_changes_with_them_and_with_nothing_else():
    source: dict[str, Any] = {"source": "tag", "kind": "file", "channel": "file", "asked": ""}
    gap = Gap(source="tag", since=WEEK.opens, until=WEEK.closes)
    whole, broken = (Coverage(**source, due=1, read=1, gaps=gaps) for gaps in ((), (gap,)))
    later = Coverage(**source, due=9, read=1, gaps=(gap,), posts=7)

    assert desk.gaps_name([whole]) == ""
    assert desk.gaps_name([broken]) == desk.gaps_name([later, whole]) != ""
    assert desk.gaps_name([Coverage(**source, due=0, read=0, off="no")]) != desk.gaps_name([broken])
