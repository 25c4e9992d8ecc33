"""What people decided about each contribution, as columns of an export."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from digests.curation import Curation, HeldTheme, Paraphrase, Permission
from storage.values import Exported

if TYPE_CHECKING:
    from digests.tally import Facts


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """A week as people left it: `themes` by row of the post, `counted` the rows that the numbers of the page are made of."""

    curation: Curation
    themes: Mapping[int, HeldTheme]
    counted: frozenset[int]
    chosen: frozenset[int]
    look_again: frozenset[int]

    def columns(self, one: Exported) -> dict[str, Any]:
        row, state = one.row, self.curation
        theme = self.themes.get(row)
        return {
            "theme_id": theme.key if theme else "",
            "theme": theme.label if theme else "",
            "tone": state.tones.get(row, one.tone),
            "answers": state.answers.get(row, one.answers),
            "tone_by": "person" if row in state.tones else _by_computer(one),
            "held": True,
            "counted": row in self.counted,
            "hidden": state.hidden.get(row, ""),
            "hidden_note": state.notes.get(row, ""),
            "flagged": row in state.flagged,
            "handled": row in state.handled,
            "chosen": row in self.chosen,
            "quote_mode": state.modes.get(row, ""),
            "role_label": state.roles.get(row, ""),
            "look_again": row in self.look_again,
            **_paraphrase(state.paraphrases.get(row)),
            **_permission(state.permissions.get(row)),
        }


def of(facts: "Facts") -> Decided:
    """From the facts of a week that people work on."""
    from digests.blocks import Blocks
    from digests.tally import count

    tally, state = count(facts), facts.curation or Curation()
    grouped = [(kept.row, group.cluster.key) for group in Blocks(facts, tally).groups() for kept in group.members]
    named = {theme.key: theme for theme in state.themes}
    return Decided(
        curation=state,
        themes={row: theme for theme in state.themes for row in theme.rows} | {row: named[key] for row, key in grouped},
        counted=frozenset(kept.row for kept in tally.contributions),
        chosen=frozenset(state.chosen),
        look_again=facts.look_again,
    )


def untouched(one: Exported) -> dict[str, Any]:
    """A contribution of a week that nobody has touched."""
    return {
        "theme_id": one.cluster,
        "theme": one.label,
        "tone": one.tone,
        "answers": one.answers,
        "tone_by": _by_computer(one),
        "held": False,
        "counted": not one.aside and one.copy_of is None and one.kind != "repost",
        **dict.fromkeys(("hidden", "hidden_note", "quote_mode", "role_label"), ""),
        **dict.fromkeys(("flagged", "handled", "chosen", "look_again"), False),
        **_paraphrase(None),
        **_permission(None),
    }


def _by_computer(one: Exported) -> str:
    return "computer" if one.tone else ""


def _paraphrase(told: Paraphrase | None) -> dict[str, Any]:
    return {"paraphrase": told.text if told else "", "paraphrase_checked": bool(told and told.checked_by)}


def _permission(told: Permission | None) -> dict[str, Any]:
    how, name = (told.how, told.name) if told else ("", "")
    return {"consent": told.state if told else "", "consent_how": how, "consent_name": name}
