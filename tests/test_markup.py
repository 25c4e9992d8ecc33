"""HTML as a reader sees it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.markup import Plain, read_html


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("", ""),
        ("<!-- only a comment -->", ""),
        ("plain", "plain"),
        ("<p>One</p><p>Two</p>", "One\n\nTwo"),
        ("<div>One</div><div>Two</div>", "One\nTwo"),
        ("One<br>Two<br><br>Three", "One\nTwo\n\nThree"),
        ("<ul><li>One<li>Two</ul>after", "- One\n- Two\n\nafter"),
        ("<table><tr><td>One<td>Two</tr><tr><td>Three</table>", "One Two\nThree"),
        ("spread\n  over   <b>two</b>\tlines", "spread over two lines"),
        ("&pound;12 &amp; more&nbsp;&#128512;", "£12 & more 😀"),
        ("<head><title>T</title><style>p{}</style></head><script>alert(1)</script>seen", "seen"),
        ('<span style="DISPLAY : none">hidden <b>too</b></span><p hidden>and this</p>seen', "seen"),
        ("<b>not closed <i>at all", "not closed at all"),
        ("nul\0byte", "nulbyte"),
        ("</p></div>stray", "stray"),
        ("<h1>Title</h1>text<hr>below", "Title\n\ntext\n\nbelow"),
    ],
)
def test_markup_becomes_lines(html, text):
    assert read_html(html).text == text


@pytest.mark.parametrize("mark", ['type="cite"', 'class="gmail_quote"', 'style="border-left:1px solid #ccc"'])
def test_a_quotation_is_marked(mark):
    html = f'<p>Mine <a href="https://example.org/a">here</a></p><blockquote {mark}>Yours <a href="https://example.org/b">there</a></blockquote>'

    assert read_html(html) == Plain("Mine here\n\n> Yours there", ("https://example.org/a",))


def test_what_an_introduction_stands_above_is_a_quotation():
    html = "On 1 Nov 2026, A &lt;a@example.org&gt; wrote:<blockquote>Yours</blockquote>Mine<blockquote>indented</blockquote>"

    assert read_html(html).text.splitlines()[2:] == ["> Yours", "", "Mine", "", "indented"]


def test_an_indented_text_is_no_quotation():
    assert read_html("<blockquote>Mine</blockquote>").text == "Mine"


def test_only_web_addresses_are_links_and_each_once():
    html = '<a href=" https://example.org/a ">1</a><a href="https://example.org/a">2</a><a href="javascript:x">3</a><a>4</a>'

    assert read_html(html).links == ("https://example.org/a",)


@pytest.mark.parametrize("piece", ["<div>", "<b>", "<blockquote type=cite>", "<table><tr><td>", "<p><b>"])
def test_words_below_thousands_of_elements_are_found(piece):
    text = read_html(piece * 20_000 + "found").text

    assert text.endswith("found")
    assert len(text) < 100


@given(st.text(alphabet="<>/!-&;= '\"abp\x00\ud800é", max_size=60))
def test_no_html_is_refused(html):
    assert isinstance(read_html(html).text, str)
