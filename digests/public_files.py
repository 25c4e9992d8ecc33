"""A published digest as counts (CSV), as data (JSON) and as plain text: the same words and numbers as its page."""

import csv
import io
import json
import textwrap
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

from digests import markdown, small, words
from digests.edition import Part, PublicDigest, Quote
from digests.public_json import to_json
from digests.public_view import Table, View

WIDTH = 72
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def counts(digest: PublicDigest) -> bytes:
    """One row a number: no words of anybody, and nothing that a spreadsheet would take for a formula."""
    made = io.StringIO()
    rows = csv.writer(made, lineterminator="\r\n")
    rows.writerow(("exercise", "week", "version", "table", "row", "column", "count"))
    for table, row, column, key in _cells(digest):
        told = small.say(digest.numbers[key], digest.small).replace(",", "")
        line = (digest.exercise, digest.number, digest.version, table, row, column, told)
        rows.writerow([_harmless(str(one)) for one in line])
    return made.getvalue().encode()


def _cells(digest: PublicDigest) -> Iterator[tuple[str, str, str, str]]:
    yield "all", "All", "Contributions", "all"
    yield "all", "All", "Accounts, addresses and forms", "voices"
    yield "all", "All", "Passed on", "passed"
    yield "all", "All", "Left out", "left"
    for key, name in (("answer/present", "This question"), ("answer/earlier", "An earlier question")):
        if key in digest.numbers:
            yield "answers", name, "Contributions", key
    for line in digest.channels:
        yield "channels", line.name, "Contributions", line.key
        yield "channels", line.name, "Passed on", line.key.replace("channel/", "passed/", 1)
    for line in digest.days:
        yield "days", line.name, "Contributions", line.key
    named = [(theme.label, theme.key) for theme in digest.themes]
    for label, key in (*named, ("None of these", "rest")):
        yield "themes", label, "Contributions", key
        yield from (("themes", label, tone.name, f"{key}/{tone.key}") for tone in digest.tones)
    yield from (("themes", "All", tone.name, f"tone/{tone.key}") for tone in digest.tones)
    for line in digest.left_out:
        yield "left out", line.name, "Items", line.key


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def data(digest: PublicDigest) -> bytes:
    """Everything on the page, its quotes in their places, its numbers as they are told."""
    told: dict[str, Any] = json.loads(to_json(digest))
    quotes = {quote.ref: quote for quote in digest.quotes()}
    for name in ("numbers", "last_week"):
        told[name] = {key: one if isinstance(one, int) else small.say(one, digest.small) for key, one in told[name].items()}
    for theme in told["themes"]:
        theme["parts"] = [_quoted(quotes[part["quote"]]) if "quote" in part else part for part in theme["parts"]]
    return (json.dumps(told, ensure_ascii=False, indent=1) + "\n").encode()


def _quoted(quote: Quote) -> dict[str, str]:
    if quote.is_withdrawn:
        return {"kind": "quote", "ref": quote.ref, "withdrawn": quote.withdrawn}
    told = {"mode": quote.mode, "text": quote.text, "who": quote.who, "source": quote.source}
    return {"kind": "quote", "ref": quote.ref, **told}


# --- plain text -----------------------------------------------------------------------------------------------------------


def text(digest: PublicDigest) -> bytes:
    """The page in lines of at most 72 characters; only an address may be longer."""
    return ("\n".join(_lines(View(digest))).strip() + "\n").encode()


def _lines(view: View) -> Iterator[str]:
    digest = view.digest
    yield from _headed(digest.title, "=")
    yield from _wrapped(f"{digest.exercise}: week {digest.number} of {digest.of_total}. {digest.dates}. {view.published}")
    if digest.invented:
        yield from _wrapped("The people, posts, organisations and numbers here are invented.")
    if digest.question:
        yield from _wrapped(f"We asked: {digest.question}")
    yield from _headed("This week in short")
    yield from _wrapped(markdown.plain(digest.summary), *digest.in_short)
    if not view.is_quiet:
        yield from _heard(view)
    if digest.next_steps:
        yield from _headed("What happens next")
        yield from _points(digest.next_steps)
    if digest.urgent or digest.read_when:
        yield from _headed("If you need help now")
        yield from _wrapped(digest.urgent, digest.read_when)
    yield from _about(view)


def _heard(view: View) -> Iterator[str]:
    digest = view.digest
    yield from _points(f"{figure.label}: {view.said(figure.key) if figure.key else figure.value}" for figure in digest.figures)
    yield from _headed("How we listened")
    yield from _wrapped(*digest.listened)
    yield from _table(view.channel_table())
    yield from _table(view.day_table())
    yield from _headed("What we heard")
    yield from _wrapped(*digest.grouping)
    for theme in digest.themes:
        yield from _headed(theme.label, ".")
        share = f", {theme.share}" if theme.share else ""
        yield from _wrapped(f"Number of contributions: {view.said(theme.key)}{share}. {theme.history}".rstrip())
        for part in theme.parts:
            yield from _part(part)
        yield from _wrapped(view.tone_summary(theme.key))


def _part(part: Part) -> Iterator[str]:
    if part.quote is None:
        yield from _wrapped(markdown.plain(part.text) if part.kind == "prose" else f"{part.text}:")
    elif part.quote.is_withdrawn:
        yield from _wrapped(part.quote.withdrawn)
    else:
        who = " ".join(one for one in (part.quote.who, part.quote.source) if one)
        yield from _wrapped(*part.quote.text.splitlines(), f"({who}. Quote {part.quote.ref})", indent="    ")


def _about(view: View) -> Iterator[str]:
    digest = view.digest
    yield from _headed("About this digest")
    yield from _points(digest.missed)
    yield from _points(f"Left out, {line.name}: {view.said(line.key)}" for line in digest.left_out)
    yield from _wrapped("Nothing is left out for being critical.", *digest.method, " ".join(digest.quoting))
    if digest.remove_address:
        yield from _wrapped(f"To have a quote taken down, tell us its number: {digest.remove_address}")
    told = [f"Version {one.version}, {words.day(one.date)}: {one.sentence}" for one in reversed(digest.changes)]
    yield from _points(told)
    ends = (("Contact", digest.contact), ("Privacy", digest.privacy_notice), ("Accessibility", digest.accessibility))
    yield from _wrapped(digest.organisation, *(f"{name}: {where}" for name, where in ends if where))


def _headed(title: str, line: str = "-") -> Iterator[str]:
    lines = _fill(title)
    yield from ("", *lines, line * max(map(len, lines), default=1), "")


def _wrapped(*paragraphs: str, indent: str = "") -> Iterator[str]:
    for paragraph in paragraphs:
        points = [one for one in paragraph.splitlines() if one.strip()]
        for told, following in pairwise((*points, "")):
            is_point = told.startswith("* ")
            yield from _fill(told, indent, f"{indent}  " if is_point else indent)
            if not (is_point and following.startswith("* ")):
                yield ""


def _points(told: Iterator[str] | Sequence[str]) -> Iterator[str]:
    lines = [_fill(one, "* ", "  ") for one in told]
    yield from (line for point in lines for line in point)
    if lines:
        yield ""


def _fill(told: str, first: str = "", rest: str | None = None) -> list[str]:
    return textwrap.wrap(
        told,
        WIDTH,
        initial_indent=first,
        subsequent_indent=first if rest is None else rest,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _table(table: Table) -> Iterator[str]:
    """One line a row, its numbers named: narrow enough for every screen and for reading aloud."""
    yield from _points(
        f"{row[0]}: {', '.join(f'{name.lower()} {value}' for name, value in zip(table.head[1:], row[1:], strict=True))}"
        for row in table.rows
    )
