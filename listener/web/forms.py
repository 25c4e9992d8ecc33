"""What a form of the desk sends: one act, what its writer had seen, and where they came from. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from digests.curation import Curation

_LISTS = frozenset({"rows", "themes"})
_ABOUT = frozenset({"csrf_token", "target", "verb", "seen", "drawn", "back"})
NOT_HERE = frozenset({"approve", "reopen"})
"""What belongs to publishing, not to the desk's own forms."""

LABELS: Mapping[str, str] = {
    "label": "Name",
    "text": "Text",
    "note": "Note for the team",
    "how": "How we know",
    "name": "The name they let us use",
    "reason": "Reason",
    "state": "Answer",
    "tone": "Tone",
    "mode": "How it is quoted",
}
"""Fields that a person fills in; the others only say what is meant."""


class Sent(Protocol):
    """What a web form holds."""

    def get(self, key: str, default: str) -> str: ...
    def getlist(self, key: str) -> list[str]: ...
    def keys(self) -> Any: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """`target`, `verb` and `value` as decisions have them.

    `seen` is the newest decision that the page showed, `drawn` names the grouping that it was made from.
    """

    target: str
    verb: str
    value: Mapping[str, Any]
    seen: int
    drawn: str = ""

    @property
    def kind(self) -> str:
        return self.target.partition(":")[0]

    @property
    def key(self) -> str:
        return self.target.partition(":")[2]

    @property
    def typed(self) -> tuple[tuple[str, str, str], ...]:
        """(field, label, text) of what a person filled in."""
        return tuple((name, label, str(self.value[name])) for name, label in LABELS.items() if name in self.value)

    @property
    def told(self) -> tuple[tuple[str, str], ...]:
        """(field, text) of everything else, one pair for each value of a list."""
        rest = [(name, value) for name, value in self.value.items() if name not in LABELS]
        return tuple((name, str(one)) for name, value in rest for one in (value if name in _LISTS else [value]))

    @property
    def names_a_theme(self) -> bool:
        return self.kind == "theme" or bool({"into", "theme", "themes", "key"} & self.value.keys())


Step = tuple[str, str, Mapping[str, Any]]


def read(form: Sent, *, target: str = "", verb: str = "") -> Asked:
    """`target` and `verb` where they are not for the form to say. Raises ValueError where the form is none of ours."""
    verb = verb or form.get("verb", "")
    if verb in NOT_HERE:
        raise ValueError(verb)
    names = [name for name in form.keys() if name not in _ABOUT]  # noqa: SIM118 -- a web form's own way
    return Asked(
        target=target or form.get("target", ""),
        verb=verb,
        value={name: form.getlist(name) if name in _LISTS else form.get(name, "") for name in names},
        seen=int(form.get("seen", "")),
        drawn=form.get("drawn", ""),
    )


def steps(asked: Asked, curation: Curation) -> tuple[Step, ...]:
    """The decisions that one form makes, in their order."""
    plain = (asked.target, asked.verb, asked.value)
    if asked.verb == "order" and "key" in asked.value:
        return ((asked.target, "order", {"themes": moved(curation, asked.value)}),)
    if asked.verb == "add" and asked.value.get("kind") == "quote" and not _is_in(curation, asked):
        row = asked.value.get("row", "")
        return (f"post:{row}", "move", {"theme": asked.key}), plain
    return (plain,)


def moved(curation: Curation, value: Mapping[str, Any]) -> list[str]:
    """The keys of the themes, one of them moved `by` so many places."""
    keys = [theme.key for theme in curation.themes]
    key = str(value["key"])
    if key not in keys:
        return keys
    place = keys.index(key) + (-1 if str(value.get("by", "")).startswith("-") else 1)
    keys.remove(key)
    keys.insert(max(0, place), key)
    return keys


def _is_in(curation: Curation, asked: Asked) -> bool:
    theme = curation.theme(asked.key)
    return theme is None or str(asked.value.get("row", "")) in map(str, theme.rows)


def is_ours(back: str, below: str) -> bool:
    """Whether a place to go back to lies below this path of ours: nothing else is ever gone to."""
    return back.startswith(below) and back.isprintable() and "\\" not in back and ".." not in back


def kept(rows: Sequence[str]) -> list[int]:
    """Row numbers that were ticked."""
    return [int(row) for row in rows if row.isascii() and row.isdecimal()]
