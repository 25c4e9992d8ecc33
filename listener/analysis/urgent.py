"""What a person should read first: words that may mean danger. Rather too many than one too few; it says yes or no, not why."""

import re
import unicodedata
from collections.abc import Callable, Sequence
from functools import cache
from importlib import resources

from collectors.post import Post

_JOINING = re.compile(r"['`\u00b4\u02bc\u2018\u2019\u00ad\u200b-\u200f\u2060\ufeff]")
_SIGNS = re.compile(r"[\W_]+")
_LONG = re.compile(r"(.)\1{2,}")
_BETWEEN = r"(?: \w+){0,4}"


def default() -> tuple[str, ...]:
    """The phrases that come with Listener; how they are written is said in their file."""
    text = resources.files("listener.analysis").joinpath("urgent.txt").read_text("utf-8")
    return tuple(line for line in text.splitlines() if line.strip() and not line.startswith("#"))


def finder(phrases: Sequence[str] = ()) -> Callable[[Post], bool]:
    """Tells of a post whether its text, title or warning holds one of these phrases, or of the default ones if there are none.

    What is only passed on is not looked at: the one who wrote it is.
    """
    pattern = _pattern(tuple(phrases) or default())
    return lambda post: post.kind != "repost" and pattern.search(_plain(_said(post))) is not None


def _said(post: Post) -> str:
    return " . ".join((post.warning, post.title, post.text))


def _plain(text: str) -> str:
    """Small letters and digits with single blanks between; apostrophes and what is invisible dropped, accents taken off."""
    letters = unicodedata.normalize("NFKD", _JOINING.sub("", text).casefold())
    bare = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return _LONG.sub(r"\1\1", _SIGNS.sub(" ", bare))


@cache
def _pattern(phrases: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(r"(?<![^\W_])(?:" + "|".join(map(_phrase, phrases)) + r")(?!\w)")


def _phrase(phrase: str) -> str:
    """As a pattern over plain text. A blank may be missing: people run words together, in hashtags above all."""
    written = phrase.split()
    joints = ["", *(_BETWEEN + " " if before == "..." else " ?" for before in written)]
    return "".join(joint + _word(word) for joint, word in zip(joints, written, strict=False) if word != "...")


def _word(word: str) -> str:
    return "(?:" + "|".join(map(_one, word.split("|"))) + ")"


def _one(word: str) -> str:
    """One of the alternatives: made plain like the text it is looked for in."""
    stem = " ?".join(map(re.escape, _plain(word.rstrip("*").replace("_", " ")).split()))
    return stem + r"\w*" if word.endswith("*") else stem
