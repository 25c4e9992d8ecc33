"""What a form of the desk sends, read: pure."""

import pytest
from werkzeug.datastructures import MultiDict

from digests.curation import Curation, HeldTheme
from listener.web import forms

THREE = Curation(themes=tuple(HeldTheme(key=key, label=key, rows=(n,)) for n, key in enumerate("abc", 1)))


def read(*pairs, **fixed):
    return forms.read(MultiDict([("seen", "7"), *pairs]), **fixed)


def test_what_is_about_the_form_is_no_value():
    asked = read(
        ("csrf_token", "x"),
        ("target", "post:3"),
        ("verb", "hide"),
        ("drawn", "d"),
        ("back", "/"),
        ("reason", "advert"),
        ("note", ""),
    )

    assert (asked.kind, asked.key, asked.verb, asked.seen, asked.drawn) == ("post", "3", "hide", 7, "d")
    assert asked.value == {"reason": "advert", "note": ""}
    assert asked.typed == (("note", "Note for the team", ""), ("reason", "Reason", "advert"))


def test_what_is_ticked_is_a_list():
    asked = read(("target", "theme:a"), ("verb", "split"), ("rows", "1"), ("rows", "2"), ("label", "New"))

    assert asked.value == {"rows": ["1", "2"], "label": "New"}
    assert asked.told == (("rows", "1"), ("rows", "2"))


def test_the_form_does_not_say_what_the_address_says():
    asked = read(("target", "post:1"), ("verb", "hide"), target="post:3", verb="flag")

    assert (asked.target, asked.verb) == ("post:3", "flag")


@pytest.mark.parametrize("pairs", [[("verb", "approve")], [("verb", "reopen")], [("seen", "x"), ("verb", "hide")]], ids=str)
def test_what_is_no_form_of_the_desk_is_not_read(pairs):
    with pytest.raises(ValueError):  # noqa: PT011 -- whichever
        forms.read(MultiDict([*pairs, ("seen", "1")]))


@pytest.mark.parametrize(
    ("key", "by", "order"),
    [("b", "-1", "bac"), ("b", "1", "acb"), ("a", "-1", "abc"), ("c", "1", "abc"), ("gone", "1", "abc")],
)
def test_a_theme_moves_up_or_down_among_the_others(key, by, order):
    asked = read(("target", "week"), ("verb", "order"), ("key", key), ("by", by))

    assert forms.steps(asked, THREE) == (("week", "order", {"themes": list(order)}),)


def test_an_order_that_is_given_whole_stays():
    asked = read(("target", "week"), ("verb", "order"), ("themes", "c"), ("themes", "a"))

    assert forms.steps(asked, THREE) == (("week", "order", {"themes": ["c", "a"]}),)


@pytest.mark.parametrize(("theme", "verbs"), [("a", ["add"]), ("b", ["move", "add"]), ("gone", ["add"])])
def test_a_contribution_is_moved_to_the_theme_that_it_is_chosen_for(theme, verbs):
    asked = read(("target", f"theme:{theme}"), ("verb", "add"), ("kind", "quote"), ("row", "1"))

    assert [verb for _, verb, _ in forms.steps(asked, THREE)] == verbs


def test_a_paragraph_is_added_as_it_is():
    asked = read(("target", "theme:a"), ("verb", "add"), ("kind", "prose"), ("text", "x"))

    assert forms.steps(asked, THREE) == (("theme:a", "add", {"kind": "prose", "text": "x"}),)


@pytest.mark.parametrize(
    ("target", "value", "does"),
    [
        ("theme:a", {}, True),
        ("post:1", {"theme": "a"}, True),
        ("week", {"key": "a"}, True),
        ("post:1", {"reason": "abuse"}, False),
    ],
    ids=str,
)
def test_what_names_a_theme_is_known(target, value, does):
    assert forms.Asked(target=target, verb="x", value=value, seen=0).names_a_theme is does


@pytest.mark.parametrize(
    ("back", "ours"),
    [
        ("/p/weeks/3", True),
        ("/p/weeks/3/contributions?words=a&page=2#c12", True),
        ("/p/weeks/3/../../../x", False),
        ("//evil.example/p/weeks/3", False),
        ("https://evil.example/", False),
        ("/p/weeks/3\\evil", False),
        ("/p/weeks/3\r\nX: y", False),
        ("", False),
    ],
)
def test_the_way_back_is_a_page_of_this_week_or_none(back, ours):
    assert forms.is_ours(back, "/p/weeks/3") is ours


def test_ticks_that_are_no_rows_are_dropped():
    assert forms.kept(["1", "x", "", "²", "7"]) == [1, 7]
