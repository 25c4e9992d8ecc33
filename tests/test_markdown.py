"""What curators write becomes paragraphs, lists, links and strong words, and nothing else."""

import pytest

from digests import markdown

REL = 'rel="noopener nofollow noreferrer"'


@pytest.mark.parametrize(
    ("written", "drawn"),
    [
        ("One.\n\nTwo **strong**.", "<p>One.</p><p>Two <strong>strong</strong>.</p>"),
        ("- a\n- b", "<ul><li>a</li><li>b</li></ul>"),
        ("1. a\n2. b", "<ol><li>a</li><li>b</li></ol>"),
        ("a\nb", "<p>a\nb</p>"),
        ("a  \nb", "<p>a\nb</p>"),
        ("*only* plain", "<p>only plain</p>"),
        ("[here](https://example.org/?a=1&b=2)", f'<p><a href="https://example.org/?a=1&amp;b=2" {REL}>here</a></p>'),
        ("[us](mailto:us@example.org)", f'<p><a href="mailto:us@example.org" {REL}>us</a></p>'),
        ('[here](http://example.org "a title")', f'<p><a href="http://example.org" {REL}>here</a></p>'),
        ("", ""),
    ],
)
def test_the_few_things_known_are_drawn(written, drawn):
    assert markdown.html(written) == drawn


@pytest.mark.parametrize(
    "written",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt:alert(1))",
        "[x](data:text/html,x)",
        "[x](vbscript:x)",
        "[x](//example.org)",
        "[x](/desk)",
        "[x](http:)",
        "![x](javascript:x)",
        "# a heading",
        "> a quote",
        "`code`",
        "<https://example.org>",
        "a\x00b\u202ec",
    ],
)
def test_anything_else_stands_there_as_it_was_written(written):
    drawn = markdown.html(written)

    assert drawn.startswith("<p>")
    assert "<" not in drawn.removeprefix("<p>").removesuffix("</p>")


def test_a_picture_is_not_loaded():
    drawn = markdown.html("![x](https://example.org/x.png)")

    assert "<img" not in drawn


def test_plain_words_keep_points_and_addresses():
    written = "One **two**\nthree.\n\n- [a](https://example.org)\n- b\n\n  c"

    assert markdown.plain(written) == "One two three.\n* a (https://example.org)\n* b\nc"


def test_the_addresses_are_listed():
    assert markdown.links("[a](https://a.example) and [b](mailto:b@b.example)") == ("https://a.example", "mailto:b@b.example")


def test_words_alone_have_no_addresses():
    assert markdown.unlinked("One\ntwo.\n\n- [a](https://example.org)") == "One two.\n* a"
