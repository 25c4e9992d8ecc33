"""What can be decided about a week in its present state: every verb, and what a decision keeps of what was asked. Pure."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from digests.curation import MODES, REASONS, Curation, Element, HeldTheme, Refused
from storage.values import TONES

__all__ = ["CHECKS", "Refused", "checked"]

Check = Callable[[Curation, str, Mapping[str, Any]], dict[str, Any]]

LONGEST_TEXT = 10_000
LONGEST_STORY = 2_000
LONGEST_LABEL = 120


def checked(curation: Curation, target: str, verb: str, value: Mapping[str, Any]) -> dict[str, Any]:
    """What a decision keeps, cleaned. Raises Refused for one that means nothing in the present state."""
    kind, _, name = target.partition(":")
    check = CHECKS.get((kind, verb))
    if check is None:
        raise Refused(f"There is no such act: {verb} on {kind}.")
    if kind == "post" and not (name.isascii() and name.isdigit()):
        raise Refused("This contribution is not there. Load the page again.")
    return check(curation, name, value)


def _text(value: Mapping[str, Any], key: str, longest: int = LONGEST_TEXT) -> str:
    told = str(value.get(key, "")).encode("utf-8", "replace").decode()  # half characters cannot be kept
    text = told.replace("\r\n", "\n").replace("\x00", "").strip()
    if len(text) > longest:
        raise Refused(f"This is longer than {longest:,} characters: shorten it.")
    return text


def _needed(value: Mapping[str, Any], key: str, what: str, longest: int = LONGEST_TEXT) -> str:
    text = _text(value, key, longest)
    if not text:
        raise Refused(f"Give {what}.")
    return text


def _one_of(value: Mapping[str, Any], key: str, allowed: Sequence[str]) -> str:
    told = str(value.get(key, ""))
    if told not in allowed:
        raise Refused(f"Choose one of: {', '.join(allowed)}.")
    return told


def _number(value: Mapping[str, Any], key: str) -> int:
    try:
        return int(value.get(key, 0))
    except (TypeError, ValueError, OverflowError):
        raise Refused("This is not a number. Load the page again.") from None


def _listed(value: Mapping[str, Any], key: str) -> list[str]:
    told = value.get(key, ())
    if not isinstance(told, list | tuple):
        raise Refused("This is not a list. Load the page again.")
    return [str(one) for one in told]


def _theme(curation: Curation, key: str) -> HeldTheme:
    theme = curation.theme(key)
    if theme is None:
        raise Refused("This theme is not there any more: somebody merged or undid it. Load the page again.")
    return theme


def _label(curation: Curation, key: str, value: Mapping[str, Any]) -> str:
    label = " ".join(_needed(value, "label", "the theme a name", LONGEST_LABEL).split())
    if any(theme.label.casefold() == label.casefold() and theme.key != key for theme in curation.themes):
        raise Refused("Another theme of this week has this name: choose another, or merge the two.")
    return label


def _rename(curation: Curation, key: str, value: Mapping[str, Any]) -> dict[str, Any]:
    return {"label": _label(curation, _theme(curation, key).key, value)}


def _merge(curation: Curation, key: str, value: Mapping[str, Any]) -> dict[str, Any]:
    into = _theme(curation, str(value.get("into", "")))
    if into.key == _theme(curation, key).key:
        raise Refused("A theme cannot be merged into itself: choose another.")
    return {"into": into.key}


def _split(curation: Curation, key: str, value: Mapping[str, Any]) -> dict[str, Any]:
    theme = _theme(curation, key)
    wanted = set(_listed(value, "rows"))
    rows = [row for row in theme.rows if str(row) in wanted]
    if not rows or len(rows) == len(theme.rows):
        raise Refused("Choose some of the theme's contributions, but not all, to make a theme of them.")
    return {"label": _label(curation, "", value), "rows": rows}


def _add(curation: Curation, key: str, value: Mapping[str, Any]) -> dict[str, Any]:
    theme = _theme(curation, key)
    kind = _one_of(value, "kind", ("prose", "heading", "quote"))
    if kind != "quote":
        return {"kind": kind, "text": _needed(value, "text", "the words", _longest(kind))}
    row = _number(value, "row")
    if row not in theme.rows:
        raise Refused("This contribution is not in this theme: move it here first.")
    if row > curation.counted_until:
        raise Refused("This contribution came in since you began: take it in first.")
    if row in curation.chosen:
        raise Refused("This contribution is chosen already.")
    if row in curation.hidden or row in curation.flagged:
        raise Refused("This contribution is hidden: show it again first.")
    return {"kind": kind, "row": row}


def _longest(kind: str) -> int:
    return LONGEST_STORY if kind == "prose" else LONGEST_LABEL


def _element(curation: Curation, name: str) -> tuple[HeldTheme, Element]:
    for theme in curation.themes:
        for element in theme.elements:
            if str(element.key) == name:
                return theme, element
    raise Refused("This part is not there any more. Load the page again.")


def _edit(curation: Curation, name: str, value: Mapping[str, Any]) -> dict[str, Any]:
    _, element = _element(curation, name)
    if element.kind == "quote":
        raise Refused("A quote is not edited: write a paraphrase of the contribution instead.")
    return {"text": _needed(value, "text", "the words", _longest(element.kind))}


def _move_element(curation: Curation, name: str, value: Mapping[str, Any]) -> dict[str, Any]:
    _element(curation, name)
    return {"by": _number(value, "by")}


def _remove(curation: Curation, name: str, _value: Mapping[str, Any]) -> dict[str, Any]:
    _element(curation, name)
    return {}


def _move_post(curation: Curation, _name: str, value: Mapping[str, Any]) -> dict[str, Any]:
    key = str(value.get("theme", ""))
    return {"theme": _theme(curation, key).key if key else ""}


def _hide(_curation: Curation, _name: str, value: Mapping[str, Any]) -> dict[str, Any]:
    return {"reason": _one_of(value, "reason", REASONS), "note": _text(value, "note", 500)}


def _paraphrase(_curation: Curation, _name: str, value: Mapping[str, Any]) -> dict[str, Any]:
    return {"text": _needed(value, "text", "the paraphrase", LONGEST_STORY)}


def _check(curation: Curation, name: str, _value: Mapping[str, Any]) -> dict[str, Any]:
    written = curation.paraphrases.get(int(name))
    if written is None:
        raise Refused("There is no paraphrase to check.")
    return {"seq": written.seq}


def _consent(_curation: Curation, _name: str, value: Mapping[str, Any]) -> dict[str, Any]:
    state = _one_of(value, "state", ("asked", "yes", "no"))
    return {"state": state, "how": _text(value, "how", 200), "name": _text(value, "name", LONGEST_LABEL)}


def _tone(_curation: Curation, _name: str, value: Mapping[str, Any]) -> dict[str, Any]:
    return {"tone": _one_of(value, "tone", TONES)}


def _mode(_curation: Curation, _name: str, value: Mapping[str, Any]) -> dict[str, Any]:
    return {"mode": _one_of(value, "mode", MODES)}


def _role(_curation: Curation, _name: str, value: Mapping[str, Any]) -> dict[str, Any]:
    return {"label": _text(value, "label", LONGEST_LABEL)}


def _answers(_curation: Curation, _name: str, value: Mapping[str, Any]) -> dict[str, Any]:
    week = _number(value, "week")
    if not 0 < week < 1_000:
        raise Refused("Choose the week whose question it answers.")
    return {"week": week}


def _order(curation: Curation, _name: str, value: Mapping[str, Any]) -> dict[str, Any]:
    known = [theme.key for theme in curation.themes]
    wanted = [key for key in dict.fromkeys(_listed(value, "themes")) if key in known]
    return {"themes": [*wanted, *(key for key in known if key not in wanted)]}


def _summary(_curation: Curation, _name: str, value: Mapping[str, Any]) -> dict[str, Any]:
    return {"text": _text(value, "text", LONGEST_STORY)}


def _take_in(curation: Curation, _name: str, value: Mapping[str, Any]) -> dict[str, Any]:
    upto = _number(value, "upto")
    if upto <= curation.counted_until:
        raise Refused("Nothing came in since.")
    return {"upto": upto}


def _named(key: str) -> Check:
    def check(_curation: Curation, _name: str, value: Mapping[str, Any]) -> dict[str, Any]:
        return {key: _needed(value, key, f"the {key}", 200)}

    return check


def _bare(_curation: Curation, _name: str, _value: Mapping[str, Any]) -> dict[str, Any]:
    return {}


def _undo(curation: Curation, _name: str, value: Mapping[str, Any]) -> dict[str, Any]:
    seq = _number(value, "seq")
    if not 0 < seq <= curation.newest:
        raise Refused("There is nothing to undo.")
    return {"seq": seq}


CHECKS: Mapping[tuple[str, str], Check] = {
    ("week", "order"): _order,
    ("week", "summary"): _summary,
    ("week", "take_in"): _take_in,
    ("week", "acknowledge"): _named("gaps"),
    ("week", "approve"): _named("content"),
    ("week", "reopen"): _bare,
    ("week", "undo"): _undo,
    ("theme", "rename"): _rename,
    ("theme", "merge"): _merge,
    ("theme", "split"): _split,
    ("theme", "add"): _add,
    ("element", "edit"): _edit,
    ("element", "move"): _move_element,
    ("element", "remove"): _remove,
    ("post", "move"): _move_post,
    ("post", "hide"): _hide,
    ("post", "show"): _bare,
    ("post", "tone"): _tone,
    ("post", "paraphrase"): _paraphrase,
    ("post", "check"): _check,
    ("post", "consent"): _consent,
    ("post", "mode"): _mode,
    ("post", "role"): _role,
    ("post", "answers"): _answers,
    ("post", "flag"): _bare,
    ("post", "unflag"): _bare,
    ("post", "handled"): _bare,
    ("post", "confirm"): _bare,
}
"""Every verb by what it acts on. After `confirm` what was decided on a contribution's earlier words stands."""
