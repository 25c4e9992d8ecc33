"""What was decided in a week, told in sentences: pure. No sentence holds anybody's words but the team's own."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from digests import words
from digests.curation import undone_by
from storage.curated import Decision, Hold

TONES = {"difficult": "difficult", "neutral": "mixed or neutral", "good": "good"}
MODES = {
    "paraphrase": "in our words",
    "verbatim": "their words, no name",
    "named": "their words, with a name",
    "attributed": "an organisation or an official, with a link",
}
_LONGEST = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One act: who did it when, and what, as the end of a sentence that begins with who.

    `row` names the contribution that it is about (0: none), `theme` the key of the theme; `undone` says that it does not count
    any more."""

    seq: int
    at: datetime
    by: int
    what: str
    row: int = 0
    theme: str = ""
    undone: bool = False
    is_undo: bool = False


def told(hold: Hold | None, decisions: Sequence[Decision]) -> tuple[Told, ...]:
    """Every act of a week, newest first."""
    undone = undone_by(decisions)
    names = Names(hold, decisions)
    return tuple(
        Told(
            seq=one.seq,
            at=one.at,
            by=one.by,
            what=names.sentence(one),
            row=row_of(one),
            theme=one.target.partition(":")[2] if one.target.startswith("theme:") else "",
            undone=one.seq in undone,
            is_undo=one.verb == "undo",
        )
        for one in reversed(decisions)
    )


def last_of(acts: Sequence[Told], by: int) -> Told | None:
    """The newest act of this account that can be undone."""
    return next((one for one in acts if one.by == by and not one.undone and not one.is_undo), None)


def row_of(decision: Decision) -> int:
    """The contribution that a decision is about, 0 for none."""
    kind, _, name = decision.target.partition(":")
    return int(name) if kind == "post" else int(decision.value.get("row") or 0)


class Names:
    """Knows what themes and parts of stories were called, whatever became of them."""

    def __init__(self, hold: Hold | None, decisions: Sequence[Decision]) -> None:
        self._labels = {one.key: one.label for one in (hold.analysis.clusters if hold else ())}
        self._labels |= {f"s{one.seq}": one.value["label"] for one in decisions if one.verb == "split"}
        self._labels |= {one.target.partition(":")[2]: one.value["label"] for one in decisions if one.verb == "rename"}
        self._by_seq = {one.seq: one for one in decisions}

    def sentence(self, decision: Decision) -> str:
        """ "renamed the theme “Parking” to “Car parks”": who did it comes before."""
        kind, _, name = decision.target.partition(":")
        tell = _SENTENCES.get((kind, decision.verb))
        return tell(self, name, decision.value) if tell else "did something that this release does not know"

    def theme(self, key: str) -> str:
        return f"“{words.capital(words.name(self._labels.get(key, 'a theme'), _LONGEST))}”"

    def part(self, name: str) -> str:
        """What a part of a story is: decisions name it by the one that added it."""
        added = self._by_seq.get(int(name)) if name.isdecimal() else None
        if added is None:
            return "a part of a story"
        if row := row_of(added):
            return f"the quote of contribution {row}"
        return "a heading" if added.value.get("kind") == "heading" else "a paragraph"

    def undoing(self, seq: int) -> str:
        first = self._by_seq.get(seq)
        if first is None:
            return "undid an act"
        if first.verb == "undo":
            return f"brought back: {self._of(int(first.value.get('seq', 0)))}"
        return f"undid: {self.sentence(first)}"

    def _of(self, seq: int) -> str:
        first = self._by_seq.get(seq)
        return self.sentence(first) if first is not None and first.verb != "undo" else "an act"


Value = Mapping[str, Any]
Teller = Callable[[Names, str, Value], str]


def _added(names: Names, key: str, value: Value) -> str:
    if value["kind"] == "quote":
        return f"chose contribution {value['row']} for the theme {names.theme(key)}"
    return f"added a {'paragraph' if value['kind'] == 'prose' else 'heading'} to the theme {names.theme(key)}"


def _moved(names: Names, row: str, value: Value) -> str:
    where = f"to the theme {names.theme(value['theme'])}" if value["theme"] else "out of every theme"
    return f"moved contribution {row} {where}"


def _shifted(names: Names, name: str, value: Value) -> str:
    return f"moved {names.part(name)} {'up' if int(value['by']) < 0 else 'down'}"


_CONSENT = {"asked": "was asked for permission", "yes": "gave permission", "no": "refused permission"}
_SENTENCES: Mapping[tuple[str, str], Teller] = {
    ("week", "order"): lambda *_: "changed the order of the themes",
    ("week", "summary"): lambda *_: "wrote the summary of the week",
    ("week", "take_in"): lambda *_: "took in what came since",
    ("week", "acknowledge"): lambda *_: "acknowledged the gaps",
    ("week", "approve"): lambda *_: "approved the week",
    ("week", "reopen"): lambda *_: "took the approval back",
    ("week", "undo"): lambda names, _, value: names.undoing(int(value.get("seq", 0))),
    ("theme", "rename"): lambda _, __, value: f"named a theme “{words.name(value['label'], _LONGEST)}”",
    ("theme", "merge"): lambda names, key, value: f"merged {names.theme(key)} into {names.theme(value['into'])}",
    ("theme", "split"): lambda names, key, value: (
        f"made the theme “{words.name(value['label'], _LONGEST)}” out of "
        f"{words.count(len(value['rows']), 'contribution')} of {names.theme(key)}"
    ),
    ("theme", "add"): _added,
    ("element", "edit"): lambda names, name, _: f"changed {names.part(name)}",
    ("element", "move"): _shifted,
    ("element", "remove"): lambda names, name, _: f"took out {names.part(name)}",
    ("post", "move"): _moved,
    ("post", "hide"): lambda _, row, value: f"hid contribution {row}: {value['reason']}",
    ("post", "show"): lambda _, row, __: f"showed contribution {row} again",
    ("post", "tone"): lambda _, row, value: f"set the tone of contribution {row} to {TONES[value['tone']]}",
    ("post", "paraphrase"): lambda _, row, __: f"wrote contribution {row} in our words",
    ("post", "check"): lambda _, row, __: f"checked our words for contribution {row}",
    ("post", "consent"): lambda _, row, value: f"noted that the writer of contribution {row} {_CONSENT[value['state']]}",
    ("post", "mode"): lambda _, row, value: f"set how contribution {row} is quoted: {MODES[value['mode']]}",
    ("post", "role"): lambda _, row, __: f"set who said contribution {row}",
    ("post", "answers"): lambda _, row, value: f"noted that contribution {row} answers the question of week {value['week']}",
    ("post", "flag"): lambda _, row, __: f"passed contribution {row} to the safeguarding lead",
    ("post", "unflag"): lambda _, row, __: f"took contribution {row} back from the safeguarding lead",
    ("post", "handled"): lambda _, row, __: f"saw to contribution {row} of the Read first list",
    ("post", "confirm"): lambda _, row, __: f"confirmed what was decided about contribution {row} after its words changed",
}
