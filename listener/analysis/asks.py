"""What people ask for, and what they ask of whoever listens: sentences told by their words, joined where they say the same."""

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache, lru_cache
from importlib import resources
from zlib import crc32

from listener.analysis import asked, copies, wording
from storage.values import Request, RequestKind

LONGEST = 5_000
"""Characters of a text that are looked at."""
MOST = 12
"""Sentences of one text that are told."""
_LONGEST_SENTENCE = 400
_OURS = 0.7
_ALIKE = 0.75
_SHORT = 5

_END = re.compile(r"(?<=[.!?])[\"'\u201d)]*\s+|\s*\n\s*")
_OPENING = re.compile(
    r"\A(?:[\s'\u2022\u2013\u2014(*>-]+|\d+[.)]\s|@[\w.:-]+\s"
    r"|(?:and|but|so|also|or|well|ok|hi|hello|maybe|perhaps|just)\b[,.]?\s)+",
    re.IGNORECASE,
)
# Words of asking say nothing of what is asked for.
_FORM = wording.word_set(
    """
    need needs want wants wish better best nice good great helpful useful easier help helped difference suggestion suggest
    lovely like love appreciated possible carer patient people pls plz able bit definitely ideally
    """
)


def find(text: str, questions: Iterable[str] = ()) -> tuple[Request, ...]:
    """The sentences of a text that ask for something or ask us, in their order, each as written and cut where it is long.

    `questions` are those of the exercise: who repeats one does not ask us. `LONGEST` characters are looked at, `MOST` sentences
    told.
    """
    ours = _words_of(tuple(questions))
    found = ((sentence, _kind(_OPENING.sub("", sentence))) for sentence in _sentences(text))
    return tuple(Request(kind, sentence) for sentence, kind in found if kind and not _repeats(sentence, ours))[:MOST]


def of_week(texts: Mapping[int, str], questions: Iterable[str]) -> dict[int, tuple[Request, ...]]:
    """What is asked in each row's text; rows that ask nothing are left out. `same` joins those that ask for the same thing,
    whatever the order of the texts."""
    known = tuple(questions)
    found = {row: requests for row, text in texts.items() if (requests := find(text, known))}
    names = _names(request for requests in found.values() for request in requests)
    return {row: tuple(Request(one.kind, one.text, names[one.kind, _key(one)]) for one in found[row]) for row in sorted(found)}


@lru_cache(maxsize=16)
def _words_of(questions: tuple[str, ...]) -> tuple[frozenset[str], ...]:
    """The words of each question, and of each of its sentences: reckoned once for all the texts that are held against them."""
    parts = (part for question in questions for part in (question, *_sentences(question)))
    return tuple(frozenset(copies.plain_words(part).split()) for part in parts)


# --- telling ------------------------------------------------------------------------------------------------------------


@cache
def _signs() -> dict[str, re.Pattern[str]]:
    """The patterns of each kind as one; how they are written is said in their file."""
    lines = resources.files("listener.analysis").joinpath("asks.txt").read_text("utf-8").splitlines()
    kinds: dict[str, list[str]] = {}
    for line in (line for line in lines if line and not line.startswith("#")):
        if line.startswith("["):
            kinds[line.strip("[]")] = []
        else:
            kinds[list(kinds)[-1]].append(f"(?:{line})")
    return {kind: re.compile("|".join(patterns), re.IGNORECASE) for kind, patterns in kinds.items()}


def _sentences(text: str) -> list[str]:
    said = wording.LINK.sub(" ", wording.clean_text(text[:LONGEST]))
    pieces = (" ".join(piece.split()) for piece in _END.split(said))
    return [piece if len(piece) <= _LONGEST_SENTENCE else f"{piece[:_LONGEST_SENTENCE].rstrip()}…" for piece in pieces if piece]


def _kind(said: str) -> RequestKind | None:
    if len(said.split()) < 2 or _signs()["quoted"].search(said):
        return None
    if _signs()["to know"].search(said):
        return "question"
    if _is_ask(said) and _telling(said):
        return "ask"
    return "question" if _is_question(said) else None


def _is_ask(said: str) -> bool:
    signs = _signs()
    if signs["ask"].search(said):
        return not signs["no ask"].search(said) and not (said.endswith("?") and signs["for effect"].match(said))
    return bool(signs["wish"].match(said)) and not signs["no ask"].search(said) and asked.is_wish(said, "better")


def _is_question(said: str) -> bool:
    """Whether it seeks an answer from us: not what is said for effect, what others asked, or a word or two."""
    signs, ending = _signs(), said[-4:]
    if len(said.split()) < 3 or not ("?" in ending or signs["bare question"].match(said)):
        return False
    if signs["for effect"].match(said) or signs["told again"].search(said):
        return False
    return bool(signs["question"].match(said)) if "?" in ending else ending[-1] not in ".!"


def _repeats(sentence: str, ours: Sequence[frozenset[str]]) -> bool:
    """Whether it holds a question of ours, or most words of it are those of one."""
    words = set(copies.plain_words(sentence).split())
    return any(one and ((one <= words and len(one) >= _SHORT) or len(words & one) >= _OURS * len(words | one)) for one in ours)


# --- joining ------------------------------------------------------------------------------------------------------------


def _names(requests: Iterable[Request]) -> dict[tuple[RequestKind, str], str]:
    """For each kind and key the name of all that are nearly equal to it."""
    keys = sorted({(one.kind, _key(one)) for one in requests})
    alike = copies.find_alike([(place, frozenset(_members(*pair))) for place, pair in enumerate(keys)], _ALIKE)
    return {pair: " ".join(keys[alike.get(place, place)]) for place, pair in enumerate(keys)}


def _members(kind: RequestKind, key: str) -> Iterable[int]:
    return (crc32(f"{kind} {word}".encode()) for word in key.split())


def _key(request: Request) -> str:
    """The stems of the words that say what it is about, each once and by the alphabet; of all words where none does."""
    return " ".join(sorted(_telling(request.text) or {*copies.plain_words(request.text).split(), ""}))


def _telling(text: str) -> set[str]:
    """The stems of the words that say what a sentence is about."""
    return {wording.stem(word) for word in copies.plain_words(text).split() if wording.is_telling(word)} - _FORM
