"""A public digest as JSON, without anybody's words; their quotes apart, so that each can be withdrawn from every version."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from datetime import date
from typing import Any

from digests.edition import ChangeEntry, Figure, Line, Part, PublicDigest, Quote, Theme
from storage.curated import PublishedQuote

_COUNTED = (
    "in_short",
    "listened",
    "figures",
    "numbers",
    "last_week",
    "grouping",
    "channels",
    "days",
    "tones",
    "left_out",
    "missed",
)
_OF_VERSION = ("version", "changes", "published")


def to_json(digest: PublicDigest) -> str:
    """Everything but what quotes say and who they are from: of these only the reference stands in it."""
    return json.dumps(_bare(digest), ensure_ascii=False, sort_keys=True, default=date.isoformat)


def quotes(digest: PublicDigest) -> tuple[PublishedQuote, ...]:
    """The live quotes of this version, each with its words."""
    return tuple(
        PublishedQuote(week=digest.number, version=digest.version, ref=quote.ref, row=quote.row, content=_content(quote))
        for quote in digest.quotes()
        if not quote.is_withdrawn
    )


def from_json(content: str, of_it: Sequence[PublishedQuote]) -> PublicDigest:
    """What `to_json` and `quotes` were made from; a quote that is not given, or has no words any more, is withdrawn."""
    told: dict[str, Any] = json.loads(content)
    words = {quote.ref: (quote.row, quote.content) for quote in of_it if quote.content}
    lines = {name: tuple(Line(**one) for one in told[name]) for name in ("channels", "days", "tones", "left_out")}
    plain = {name: tuple(told[name]) for name in _TUPLES}
    return PublicDigest(
        **{
            **told,
            **plain,
            **lines,
            "changes": tuple(ChangeEntry(**one | {"date": date.fromisoformat(one["date"])}) for one in told["changes"]),
            "figures": tuple(Figure(**one) for one in told["figures"]),
            "themes": tuple(_theme(one, words) for one in told["themes"]),
        }
    )


_TUPLES = ("questions", "published", "in_short", "listened", "grouping", "next_steps", "missed", "method", "quoting")


def fingerprint(digest: PublicDigest) -> str:
    """Names what a person approves: every word, every quote, their order. Numbers, dates and versions are not in it: they are
    reckoned, and follow what is taken down upstream. SHA-256, hexadecimal."""
    told = {name: value for name, value in _bare(digest).items() if name not in (*_COUNTED, *_OF_VERSION)}
    for theme in told["themes"]:
        del theme["share"], theme["history"]
    said = [[quote.ref, _content(quote)] for quote in digest.quotes()]
    return hashlib.sha256(json.dumps([told, said], sort_keys=True).encode()).hexdigest()


def _bare(digest: PublicDigest) -> dict[str, Any]:
    themes = tuple(replace(theme, parts=tuple(_without_words(part) for part in theme.parts)) for theme in digest.themes)
    told = asdict(replace(digest, themes=themes))
    for theme in told["themes"]:
        theme["parts"] = [_part_told(part) for part in theme["parts"]]
    return told


def _without_words(part: Part) -> Part:
    return replace(part, quote=Quote(ref=part.quote.ref)) if part.quote else part


def _part_told(part: Mapping[str, Any]) -> dict[str, str]:
    return {"quote": part["quote"]["ref"]} if part["quote"] else {"kind": part["kind"], "text": part["text"]}


def _content(quote: Quote) -> str:
    told = {"mode": quote.mode, "text": quote.text, "who": quote.who, "source": quote.source}
    return json.dumps(told, ensure_ascii=False, sort_keys=True)


def _theme(told: Mapping[str, Any], words: Mapping[str, tuple[int, str]]) -> Theme:
    parts = tuple(_part(one, words) for one in told["parts"])
    return Theme(**{**told, "parts": parts})


def _part(told: Mapping[str, Any], words: Mapping[str, tuple[int, str]]) -> Part:
    ref = told.get("quote")
    if ref is None:
        return Part(**told)
    row, content = words.get(ref, (0, ""))
    return Part(kind="quote", quote=Quote(ref=ref, row=row, **(json.loads(content) if content else {})))
