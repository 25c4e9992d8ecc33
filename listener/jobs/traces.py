"""What names a person, or repeats their words, in a text: pure. Better a line of ours too many than a name left standing."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

TAKEN_OUT = "[taken out at the writer's request]"
NAME_TAKEN_OUT = "[name taken out]"
_RUN = 6  # so many of their words in a row are theirs, and no accident
_FEWEST = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Traces:
    """`sure` finds names, addresses and ids; `doubtful` bare names of one word, which may be a word (May, Will, Grace); `runs`
    are words in a row."""

    sure: re.Pattern[str] | None = None
    doubtful: re.Pattern[str] | None = None
    runs: frozenset[tuple[str, ...]] = field(default_factory=frozenset)

    def are_in(self, text: str) -> bool:
        return bool(self.sure and self.sure.search(text)) or not self.runs.isdisjoint(_runs(_words(text)))

    def may_be_in(self, text: str) -> bool:
        return bool(self.doubtful and self.doubtful.search(text)) and not self.are_in(text)

    def hide(self, text: str) -> str:
        """Nothing stays of a text that names them or repeats their words."""
        return TAKEN_OUT if self.are_in(text) else text

    def mask(self, text: str) -> str:
        """What others say stays, without the name."""
        return self.sure.sub(NAME_TAKEN_OUT, text) if self.sure else text


def of(names: Iterable[str], texts: Iterable[str], *, said_by_others: Iterable[str] = ()) -> Traces:
    """`names` are handles, names, ids and addresses; `said_by_others` takes out what is no trace since others say it too, such
    as the question that was asked or a letter that many sent."""
    told = sorted({" ".join(name.split()).removeprefix("@") for name in names} - {""}, key=lambda name: (-len(name), name))
    sure, doubtful = [one for one in told if _is_sure(one)], [one for one in told if not _is_sure(one)]
    patterns = [_spelled(one) for one in sure] + [f"@{_spelled(one)}" for one in doubtful]
    runs = {run for text in texts for run in _runs(_words(text))}
    for text in said_by_others if runs else ():
        runs.difference_update(_runs(_words(text)))
    return Traces(
        sure=_either(patterns, re.IGNORECASE), doubtful=_either(map(_spelled, doubtful), re.NOFLAG), runs=frozenset(runs)
    )


def _is_sure(name: str) -> bool:
    """More than one word of letters: something that no sentence holds by chance."""
    return not name.isalpha()


def _spelled(name: str) -> str:
    return r"\s+".join(map(re.escape, name.split()))


def _either(patterns: Iterable[str], flags: re.RegexFlag) -> re.Pattern[str] | None:
    told = "|".join(patterns)
    return re.compile(rf"(?<!\w)@?(?:{told})(?!\w)", flags) if told else None


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.replace("\\n", " ").casefold())


def _runs(words: list[str]) -> Iterator[tuple[str, ...]]:
    """All runs of words of one length. A short text is a run as a whole, but two words are nobody's own."""
    if len(words) >= _FEWEST:
        for start in range(max(1, len(words) - _RUN + 1)):
            yield tuple(words[start : start + _RUN])
