"""What may not stand in a text that the public reads: what finds a person, small counts of people, hard sentences. Pure."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal
from urllib.parse import urlsplit

from collectors import masking
from digests import grade, markdown, naming
from digests.naming import Names, Words
from storage.values import Kept

Kind = Literal["line", "prose", "paraphrase", "verbatim"]
_HANDLE = re.compile(r"(?<![\w@/.])@\w[\w.-]*")
_ADDRESS = re.compile(r"(?:https?://|\bwww\.)\S+", re.IGNORECASE)
_PEOPLE = "people|persons?|carers?|contributions?|answers?|posts?|emails?|families|accounts?|parents?|mums?|dads?|young carers?"
_FEW = re.compile(rf"\b(?:[1-7]|one|two|three|four|five|six|seven)\s+(?:[\w-]+\s+){{0,2}}(?:{_PEOPLE})\b", re.IGNORECASE)
_SHARE = re.compile(r"\b(?:[1-9]|one|two|three)\s+in\s+(?:\d+|\w+)", re.IGNORECASE)
_HARD, _TOO_HARD = 6.0, 8.0
_LONG = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """Something that somebody wrote. `where` it is, as decisions name it; `what` names it at the beginning of a sentence. `by`
    is who may be named in it."""

    where: str
    what: str
    words: str
    kind: Kind = "line"
    by: str = ""

    @property
    def plain(self) -> str:
        return markdown.unlinked(self.words) if self.kind == "prose" else self.words


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    code: str
    sentence: str
    severity: Literal["blocks", "warns"] = "blocks"


@dataclass(frozen=True)
class People:
    """Who spoke in the week: their names, the places on the web where they did, and the addresses that are ours."""

    names: Names
    hosts: frozenset[str]
    ours: frozenset[str]

    @classmethod
    def of(cls, posts: Sequence[Kept], ours: Sequence[str], contacts: Sequence[str]) -> "People":
        hosts = {host for kept in posts if (host := _host(kept.post.url))}
        return cls(Names(posts, tuple(ours)), frozenset(hosts), frozenset(one.casefold() for one in contacts))

    @cached_property
    def index(self) -> dict[Words, set[str]]:
        return self.names.index()

    def named(self, text: Text) -> bool:
        """Whether the text names one of them, but `by`, whose name it may hold."""
        return any(
            self.index[called] != {text.by} and not self.names.ordinary(called, self.index[called])
            for called in naming.found(text.plain, self.index)
        )


def problems(text: Text, people: People) -> Iterator[Problem]:
    """Everything that is wrong with one text."""
    if not text.words.strip():
        return
    if masking.mask(text.plain) != text.plain:
        yield Problem(code="personal", sentence=f"{text.what} holds a number or address of somebody. {_TAKE_OUT}")
    elif _HANDLE.search(text.plain):
        yield Problem(code="personal", sentence=f"{text.what} holds a handle. {_TAKE_OUT}")
    if people.named(text):
        yield Problem(code="name", sentence=f"{text.what} names somebody who spoke this week. {_TAKE_OUT}")
    yield from _addresses(text, people)
    if text.kind != "verbatim":
        yield from _counts(text)
        yield from _reading(text)


def shared_run(ours: str, theirs: str, least: int) -> str:
    """The first words in a row, `least` of them, that both texts have; empty if there are none."""
    said, source = naming.words_of(ours), naming.words_of(theirs)
    known = {source[place : place + least] for place in range(len(source) - least + 1)}
    runs = (said[place : place + least] for place in range(len(said) - least + 1))
    return next((" ".join(run) for run in runs if run in known), "")


def _addresses(text: Text, people: People) -> Iterator[Problem]:
    """Prose may lead elsewhere, but not to where people said something; a line, a paraphrase or a quote leads nowhere."""
    led = markdown.links(text.words) if text.kind == "prose" else ()
    written = _ADDRESS.findall(text.plain)
    if written and text.kind != "prose":
        yield Problem(code="address", sentence=f"{text.what} holds an address of the web. {_TAKE_OUT}")
    if any(_host(one) in people.hosts for one in (*led, *written)) and text.kind == "prose":
        yield Problem(code="address", sentence=f"{text.what} leads to a place where people spoke this week. {_TAKE_OUT}")
    mails = {one.removeprefix("mailto:").partition("?")[0].casefold() for one in led if one.startswith("mailto:")}
    if mails - people.ours:
        yield Problem(code="address", sentence=f"{text.what} leads to an email address that is not ours. {_TAKE_OUT}")


def _counts(text: Text) -> Iterator[Problem]:
    if match := _FEW.search(_SHARE.sub(" ", text.plain)):
        told = " ".join(match[0].split())
        yield Problem(code="small-count", sentence=f"{text.what} says “{told}”. Leave small numbers out.", severity="warns")


def _reading(text: Text) -> Iterator[Problem]:
    if text.kind != "prose" or grade.length(text.plain) < _LONG:
        return
    found = grade.of(text.plain)
    if found > _HARD:
        severity: Literal["blocks", "warns"] = "blocks" if found > _TOO_HARD else "warns"
        yield Problem(
            code="reading", sentence=f"{text.what} is hard to read. Use shorter sentences and words.", severity=severity
        )


def _host(address: str) -> str:
    try:
        return urlsplit(address if "://" in address else f"https://{address}").hostname or ""
    except ValueError:
        return ""


_TAKE_OUT = "Take it out."
