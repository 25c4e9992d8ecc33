"""What people decided about a week, folded from their decisions: pure. Nothing a person did is lost when the week is read or
grouped again, since decisions name posts and held themes, never what one analysis found."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from hashlib import blake2b
from typing import Any

from collectors.post import Post
from digests.state import (
    MODES,
    NOT_COUNTED,
    NOT_SHOWN,
    REASONS,
    Approval,
    Curation,
    Element,
    ElementKind,
    HeldTheme,
    Mode,
    Paraphrase,
    Permission,
    Refused,
)
from storage.curated import Decision, Hold
from storage.values import Analysis, Cluster

__all__ = [
    "MODES",
    "NOT_COUNTED",
    "NOT_SHOWN",
    "REASONS",
    "Approval",
    "Curation",
    "Element",
    "ElementKind",
    "HeldTheme",
    "Mode",
    "Paraphrase",
    "Permission",
    "Refused",
    "analysis_of",
    "fold",
    "not_counted",
    "root",
    "undone_by",
    "unshown",
    "wording",
]


def fold(hold: Hold | None, decisions: Sequence[Decision]) -> Curation:
    """The state after these decisions (oldest first) on a week as it was held; what was undone did not happen."""
    state = _State(hold)
    undone = undone_by(decisions)
    for decision in decisions:
        state.newest = decision.seq
        if decision.seq not in undone and decision.verb != "undo":
            state.take(decision)
    return state.curation()


def wording(post: Post) -> str:
    """Names what a post says; empty where its words are not kept any more."""
    said = (post.title, post.text, post.warning)
    return blake2b("\x1f".join(said).encode("utf-8", "replace"), digest_size=8).hexdigest() if any(said) else ""


def undone_by(decisions: Iterable[Decision]) -> frozenset[int]:
    """The numbers of decisions that do not count any more; undoing an undoing brings the first back."""
    undone: set[int] = set()
    for decision in reversed(list(decisions)):
        if decision.verb == "undo" and decision.seq not in undone:
            undone.add(int(decision.value.get("seq", 0)))
    return frozenset(undone)


def analysis_of(hold: Hold, curation: Curation) -> Analysis:
    """The week's grouping as people left it, in the shape of an analysis: what every page is composed from.

    What repeats a contribution goes with it, so that it stands in its theme should the first of them be taken down.
    """
    found = hold.analysis
    placed = {row for theme in curation.themes for row in theme.rows}
    repeats = _repeats(found.copies, placed | curation.moved.keys())
    before = {one.key: one for one in found.clusters}
    clusters = tuple(
        _cluster(theme, repeats, before.get(theme.key)) for theme in curation.themes if theme.rows or theme.elements
    )
    loose = tuple(row for row, key in curation.moved.items() if row not in placed and row not in found.alone)
    return replace(
        found,
        clusters=clusters,
        alone=(*(row for row in found.alone if row not in placed), *loose),
        aside={row: reason for row, reason in found.aside.items() if row not in curation.moved}
        | not_counted(curation, found.copies),
    )


def not_counted(curation: Curation, copies: Mapping[int, int]) -> dict[int, str]:
    """Rows that people left out, with the reason; copies of an advert are adverts, of a duplicate only itself is one."""
    out = {row: NOT_COUNTED[reason] for row, reason in curation.hidden.items() if reason in NOT_COUNTED}
    spread = {root(row, copies): reason for row, reason in out.items() if reason != "duplicate"}
    return {row: spread[first] for row in copies if (first := root(row, copies)) in spread} | spread | out


def unshown(curation: Curation, copies: Mapping[int, int]) -> frozenset[int]:
    """Rows whose words nobody is to be shown outside the desk: those that people hid or flagged, and what repeats them."""
    hidden = {row for row, reason in curation.hidden.items() if reason in NOT_SHOWN} | curation.flagged
    roots = {root(row, copies) for row in hidden}
    return frozenset(hidden | roots | {row for row in copies if root(row, copies) in roots})


def root(row: int, copies: Mapping[int, int]) -> int:
    """The first row of the chain of copies that a row belongs to."""
    seen = set[int]()
    while row in copies and row not in seen:
        seen.add(row)
        row = copies[row]
    return row


def _repeats(copies: Mapping[int, int], apart: Collection[int]) -> dict[int, list[int]]:
    """First row of a chain -> the rows that repeat it and that have no place of their own."""
    found: dict[int, list[int]] = {}
    for row in copies:
        if row not in apart:
            found.setdefault(root(row, copies), []).append(row)
    return found


def _cluster(theme: HeldTheme, repeats: Mapping[int, Sequence[int]], before: Cluster | None) -> Cluster:
    return Cluster(
        key=theme.key,
        label=theme.label,
        keywords=theme.keywords,
        members=(*theme.rows, *(copy for row in theme.rows for copy in repeats.get(row, ()))),
        representatives=theme.representatives,
        split_from=theme.split_from or (before.split_from if before else ""),
        merged=(*theme.merged, *(before.merged if before else ())),
    )


# --- the fold -----------------------------------------------------------------------------------------------------------


class _State:
    """The week while decisions are applied, one after another. A decision that has lost its object does nothing."""

    def __init__(self, hold: Hold | None) -> None:
        self.hold = hold
        self.themes = {one.key: _held(one) for one in (hold.analysis.clusters if hold else ())}
        self.order = list(self.themes)
        self.values: dict[str, Any] = {"taken_in": 0, "summary": "", "acknowledged": "", "approval": None, "last_editor": 0}
        self.by_row: dict[str, Any] = {
            name: {}
            for name in (
                "hidden",
                "notes",
                "tones",
                "paraphrases",
                "permissions",
                "modes",
                "roles",
                "answers",
                "moved",
                "read_as",
            )
        }
        self.flagged: set[int] = set()
        self.handled: set[int] = set()
        self.newest = 0

    def take(self, decision: Decision) -> None:
        kind, _, name = decision.target.partition(":")
        getattr(self, f"_{kind}_{decision.verb}", self._nothing)(name, decision)
        if "of" in decision.value:
            self.by_row["read_as"][int(decision.value.get("row") or name)] = decision.value["of"]
        if decision.verb not in ("approve", "check", "acknowledge", "handled", "confirm", "reopen"):
            self.values["last_editor"] = decision.by or self.values["last_editor"]  # Listener itself is no second person
            self.values["approval"] = None

    def curation(self) -> Curation:
        return Curation(
            themes=tuple(self.themes[key] for key in self.order if key in self.themes),
            last_row=self.hold.last_row if self.hold else 0,
            held_at=self.hold.at if self.hold else None,
            flagged=frozenset(self.flagged),
            handled=frozenset(self.handled),
            newest=self.newest,
            **self.values,
            **self.by_row,
        )

    def _nothing(self, _name: str, _decision: Decision) -> None:
        """A verb of a newer release."""

    # --- of the week

    def _week_order(self, _name: str, decision: Decision) -> None:
        wanted = [key for key in decision.value["themes"] if key in self.themes]
        self.order = [*wanted, *(key for key in self.order if key not in wanted)]

    def _week_summary(self, _name: str, decision: Decision) -> None:
        self.values["summary"] = decision.value["text"]

    def _week_take_in(self, _name: str, decision: Decision) -> None:
        self.values["taken_in"] = max(self.values["taken_in"], decision.value["upto"])

    def _week_acknowledge(self, _name: str, decision: Decision) -> None:
        self.values["acknowledged"] = decision.value["gaps"]

    def _week_approve(self, _name: str, decision: Decision) -> None:
        self.values["approval"] = Approval(
            by=decision.by, at=decision.at, content=decision.value["content"], last_editor=self.values["last_editor"]
        )

    def _week_reopen(self, _name: str, _decision: Decision) -> None:
        self.values["approval"] = None

    # --- of a theme

    def _theme_rename(self, key: str, decision: Decision) -> None:
        if theme := self.themes.get(key):
            self.themes[key] = replace(theme, label=decision.value["label"], was=(*theme.was, theme.label))

    def _theme_merge(self, key: str, decision: Decision) -> None:
        into = self.themes.get(decision.value["into"])
        if into is None or key not in self.themes or into.key == key:
            return
        gone = self.themes.pop(key)
        self.order.remove(key)
        self.themes[into.key] = replace(
            into,
            rows=(*into.rows, *gone.rows),
            elements=(*into.elements, *gone.elements),
            merged=(*into.merged, gone.key, *gone.merged),
        )

    def _theme_split(self, key: str, decision: Decision) -> None:
        theme = self.themes.get(key)
        rows = tuple(row for row in decision.value["rows"] if theme and row in theme.rows)
        if theme is None or not rows:
            return
        made = HeldTheme(key=f"s{decision.seq}", label=decision.value["label"], split_from=key)
        self.themes[made.key] = made
        self.order.insert(self.order.index(key) + 1, made.key)
        for row in rows:
            self._place(row, made.key)

    def _theme_add(self, key: str, decision: Decision) -> None:
        theme, told = self.themes.get(key), decision.value
        if theme and (told["kind"] != "quote" or self._may_quote(theme, told["row"])):
            element = Element(key=decision.seq, kind=told["kind"], text=told.get("text", ""), row=told.get("row", 0))
            self.themes[key] = replace(theme, elements=(*theme.elements, element))

    def _may_quote(self, theme: HeldTheme, row: int) -> bool:
        """What it stood on may have been undone since."""
        quoted = any(one.row == row for each in self.themes.values() for one in each.elements)
        return row in theme.rows and not quoted and row not in self.by_row["hidden"] and row not in self.flagged

    # --- of a part of a story

    def _element_edit(self, name: str, decision: Decision) -> None:
        for theme, place in self._find(name):
            changed = replace(theme.elements[place], text=decision.value["text"])
            self._set(theme, (*theme.elements[:place], changed, *theme.elements[place + 1 :]))

    def _element_move(self, name: str, decision: Decision) -> None:
        for theme, place in self._find(name):
            rest = [*theme.elements[:place], *theme.elements[place + 1 :]]
            rest.insert(max(0, place + decision.value["by"]), theme.elements[place])
            self._set(theme, tuple(rest))

    def _element_remove(self, name: str, _decision: Decision) -> None:
        for theme, place in self._find(name):
            self._set(theme, (*theme.elements[:place], *theme.elements[place + 1 :]))

    # --- of a post

    def _post_move(self, name: str, decision: Decision) -> None:
        key = decision.value["theme"]
        if key in self.themes or not key:
            self._place(int(name), key)
            self.by_row["moved"][int(name)] = key

    def _post_hide(self, name: str, decision: Decision) -> None:
        self.by_row["hidden"][int(name)] = decision.value["reason"]
        self.by_row["notes"][int(name)] = decision.value.get("note", "")
        self._unchoose(int(name))

    def _post_show(self, name: str, _decision: Decision) -> None:
        self.by_row["hidden"].pop(int(name), None)
        self.by_row["notes"].pop(int(name), None)

    def _post_tone(self, name: str, decision: Decision) -> None:
        self.by_row["tones"][int(name)] = decision.value["tone"]

    def _post_paraphrase(self, name: str, decision: Decision) -> None:
        if text := decision.value.get("text"):  # gone where a person was forgotten
            self.by_row["paraphrases"][int(name)] = Paraphrase(text=text, seq=decision.seq, by=decision.by)

    def _post_check(self, name: str, decision: Decision) -> None:
        written = self.by_row["paraphrases"].get(int(name))
        if written is not None and written.seq == decision.value["seq"]:
            self.by_row["paraphrases"][int(name)] = replace(written, checked_by=decision.by)

    def _post_consent(self, name: str, decision: Decision) -> None:
        told = decision.value
        self.by_row["permissions"][int(name)] = Permission(
            state=told["state"], how=told.get("how", ""), name=told.get("name", ""), by=decision.by, at=decision.at
        )

    def _post_mode(self, name: str, decision: Decision) -> None:
        self.by_row["modes"][int(name)] = decision.value["mode"]

    def _post_role(self, name: str, decision: Decision) -> None:
        self.by_row["roles"][int(name)] = decision.value.get("label", "")

    def _post_answers(self, name: str, decision: Decision) -> None:
        self.by_row["answers"][int(name)] = decision.value["week"]

    def _post_flag(self, name: str, _decision: Decision) -> None:
        self.flagged.add(int(name))
        self._unchoose(int(name))

    def _post_unflag(self, name: str, _decision: Decision) -> None:
        self.flagged.discard(int(name))

    def _post_handled(self, name: str, _decision: Decision) -> None:
        self.handled.add(int(name))

    # --- how

    def _place(self, row: int, key: str) -> None:
        """Into one theme and out of every other; its quote goes along."""
        carried: tuple[Element, ...] = ()
        for theme in list(self.themes.values()):
            if row in theme.rows and theme.key != key:
                carried += tuple(one for one in theme.elements if one.row == row)
                kept = tuple(one for one in theme.elements if one.row != row or one.kind != "quote")
                rows = tuple(one for one in theme.rows if one != row)
                shown = tuple(one for one in theme.representatives if one != row)
                self.themes[theme.key] = replace(theme, rows=rows, representatives=shown, elements=kept)
        into = self.themes.get(key)
        if into is not None and row not in into.rows:
            self.themes[key] = replace(into, rows=(*into.rows, row), elements=(*into.elements, *carried))

    def _unchoose(self, row: int) -> None:
        for theme in list(self.themes.values()):
            self._set(theme, tuple(one for one in theme.elements if one.kind != "quote" or one.row != row))

    def _find(self, name: str) -> list[tuple[HeldTheme, int]]:
        return [
            (theme, place)
            for theme in self.themes.values()
            for place, element in enumerate(theme.elements)
            if str(element.key) == name
        ]

    def _set(self, theme: HeldTheme, elements: tuple[Element, ...]) -> None:
        self.themes[theme.key] = replace(theme, elements=elements)


def _held(cluster: Cluster) -> HeldTheme:
    return HeldTheme(
        key=cluster.key,
        label=cluster.label,
        keywords=cluster.keywords,
        rows=cluster.members,
        representatives=cluster.representatives,
    )
