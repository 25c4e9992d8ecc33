"""HTML as plain text: paragraphs, list items, quotations and links stay; scripts, styles and hidden parts go."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from collectors import reply_marks

BLANK_LINE_AROUND = frozenset(
    {
        "p",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "ul",
        "ol",
        "dl",
        "table",
        "blockquote",
        "pre",
        "hr",
        "figure",
        "article",
        "section",
    }
)
NEW_LINE_AROUND = frozenset(
    {"div", "br", "li", "tr", "dt", "dd", "address", "aside", "body", "center", "footer", "form", "header", "main", "nav"}
)
NEVER_SHOWN = frozenset({"script", "style", "title", "template", "noframes", "object", "textarea", "select"})
MOST_QUOTES = 8  # deeper quotations look the same: a hostile page may nest thousands
NOT_DISPLAYED = re.compile(r"display\s{0,9}:\s{0,9}none", re.IGNORECASE)
WEB = re.compile(r"https?://", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Plain:
    """What a reader sees of an HTML text. Quoted lines start with `> `; `links` are http(s) addresses outside quotations."""

    text: str
    links: tuple[str, ...] = ()


def read_html(html: str) -> Plain:
    """Never raises, and takes time in proportion to the length: libxml2 recovers from everything that the standard library's
    parser is quadratic in. Meant for text; what comes out is not safe HTML."""
    from lxml import etree  # type: ignore[import-untyped]  # has no types

    parser = etree.HTMLParser(target=_Writer(), huge_tree=True, no_network=True, encoding="utf-8")
    parser.feed(html.replace("\0", "").encode("utf-8", "replace"))
    try:
        plain: Plain = parser.close()
    except etree.ParserError:  # nothing in it but space or comments
        return Plain("")
    return plain


class _Writer:
    """Takes the parser's events and writes lines. The parser closes every element that it opened."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.words: list[str] = []
        self.links: dict[str, None] = {}
        self.quoting: list[bool] = []
        self.quotes = 0
        self.hidden = 0

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        if self.hidden or _is_hidden(tag, attributes):
            self.hidden += 1
            return
        self._break(tag)
        self._open_quote(
            _is_aside(tag, attributes) or (tag == "blockquote" and (_is_quote(attributes) or self._is_introduced()))
        )
        if tag == "li":
            self.words.append("- ")
        if tag == "a":
            self._note_link(attributes.get("href", "").strip())

    def end(self, tag: str) -> None:
        if self.hidden:
            self.hidden -= 1
            return
        if tag != "br":
            self._break(tag)
        self.quotes -= self.quoting.pop() if self.quoting else 0

    def data(self, words: str) -> None:
        if not self.hidden:
            self.words.append(words)

    def comment(self, text: str) -> None:
        """Outlook keeps its whole style sheet in comments: nobody reads them."""

    def close(self) -> Plain:
        self._end_line()
        return Plain("\n".join(self.lines).strip("\n"), tuple(self.links))

    def _open_quote(self, opens: bool) -> None:
        self.quoting.append(opens)
        self.quotes += opens

    def _is_introduced(self) -> bool:
        return any(reply_marks.is_introduction(line) for line in [line for line in self.lines[-2:] if line][-1:])

    def _note_link(self, href: str) -> None:
        if not self.quotes and WEB.match(href):
            self.links.setdefault(href)

    def _break(self, tag: str) -> None:
        if tag in BLANK_LINE_AROUND:
            self._end_line()
            self._add_blank()
        elif tag in NEW_LINE_AROUND:
            self._end_line(keep_empty=tag == "br")
        elif tag in ("td", "th"):
            self.words.append(" ")

    def _end_line(self, keep_empty: bool = False) -> None:
        line = " ".join("".join(self.words).split())
        self.words.clear()
        if line:
            self.lines.append("> " * min(self.quotes, MOST_QUOTES) + line)
        elif keep_empty:
            self._add_blank()

    def _add_blank(self) -> None:
        if self.lines and self.lines[-1]:
            self.lines.append("")


def _is_hidden(tag: str, attributes: Mapping[str, str]) -> bool:
    return tag in NEVER_SHOWN or "hidden" in attributes or bool(NOT_DISPLAYED.search(attributes.get("style", "")))


def _is_quote(attributes: Mapping[str, str]) -> bool:
    """Whether a blockquote quotes a mail: older Outlook and Yahoo use it for words that somebody only indented."""
    marks = attributes.get("class", "").lower(), attributes.get("style", "").lower()
    return attributes.get("type", "").lower() == "cite" or "quote" in marks[0] or "border-left" in marks[1]


def _is_aside(tag: str, attributes: Mapping[str, str]) -> bool:
    """What forums set beside a post: the words of another, or the beginning of a page that is linked to."""
    return tag == "aside" and bool({"quote", "onebox"} & set(attributes.get("class", "").lower().split()))
