"""The one home of markdown-it: what curators write, as safe HTML and as plain words: paragraphs, lists, links, strong."""

import re
from functools import cache
from typing import TYPE_CHECKING

from markupsafe import Markup, escape

from digests import words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from markdown_it import MarkdownIt
    from markdown_it.token import Token

_ALLOWED = re.compile(r"https?://[^/?#]|mailto:.", re.IGNORECASE)
_REL = "noopener nofollow noreferrer"
_BREAKS = ("softbreak", "hardbreak")
_KEPT = frozenset({"p", "ul", "ol", "li", "strong"})


def html(text: str) -> Markup:
    """Safe to stand in a page. Whatever is not one of the few things known stands there as it was written."""
    return Markup("").join(_drawn(_reader().parse(words.clean(text))))


def plain(text: str) -> str:
    """The words alone; a paragraph or a point of a list on each line, a link with its address behind it."""
    return "\n".join(_lines(_reader().parse(words.clean(text)), _with_address))


def unlinked(text: str) -> str:
    """The same without the addresses."""
    return "\n".join(_lines(_reader().parse(words.clean(text)), _words_alone))


def links(text: str) -> tuple[str, ...]:
    """The addresses that it leads to."""
    inline = (child for token in _reader().parse(words.clean(text)) for child in token.children or ())
    return tuple(_address(child) for child in inline if child.type == "link_open")


@cache
def _reader() -> "MarkdownIt":
    from markdown_it import MarkdownIt

    reader = MarkdownIt("zero", {"html": False}).enable(["list", "emphasis", "link", "escape", "newline"])
    setattr(reader, "validateLink", _is_allowed)  # noqa: B010 -- the library's own seam, but typed as a method
    return reader


def _is_allowed(address: str) -> bool:
    return bool(_ALLOWED.match(address))


def _drawn(tokens: "Sequence[Token]") -> "Iterator[Markup]":
    """Nothing is drawn that is not named here."""
    for token in tokens:
        if token.children:
            yield from _drawn(token.children)
        elif token.type in ("text", *_BREAKS):
            yield escape(token.content or "\n")
        elif token.type == "link_open":
            yield Markup('<a href="{}" rel="{}">').format(_address(token), _REL)
        elif token.type == "link_close":
            yield Markup("</a>")
        elif token.tag in _KEPT and not token.hidden:
            yield Markup("</{}>" if token.nesting < 0 else "<{}>").format(token.tag)


def _lines(tokens: "Sequence[Token]", line: "Callable[[Token], str]") -> "Iterator[str]":
    point = ""
    for token in tokens:
        if token.type == "list_item_open":
            point = "* "
        elif token.type == "inline":
            yield point + line(token)
            point = ""


def _words_alone(inline: "Token") -> str:
    return "".join(" " if child.type in _BREAKS else child.content for child in inline.children or ())


def _with_address(inline: "Token") -> str:
    parts: list[str] = []
    address = ""
    for child in inline.children or ():
        parts.append(" " if child.type in _BREAKS else child.content)
        address = _address(child) if child.type == "link_open" else address
        if child.type == "link_close":
            parts.append(f" ({address})")
    return "".join(parts)


def _address(link: "Token") -> str:
    return str(link.attrGet("href") or "")
