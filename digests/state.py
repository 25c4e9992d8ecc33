"""The values that say what people have made of a week: its themes and their stories, and what was decided about each post."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from storage.values import Tone

ElementKind = Literal["prose", "heading", "quote"]
Mode = Literal["paraphrase", "verbatim", "named", "attributed"]
MODES: tuple[Mode, ...] = ("paraphrase", "verbatim", "named", "attributed")

NOT_COUNTED = {"advert": "advert", "off topic": "off topic", "duplicate": "duplicate"}
"""Reasons for hiding after which a contribution leaves the counts."""
NOT_SHOWN = {"someone else's details", "abuse", "unsafe to show"}
"""Reasons after which it still counts. There is none for being critical."""
REASONS = (*NOT_COUNTED, *sorted(NOT_SHOWN))


class Refused(ValueError):
    """A decision that cannot be made; the sentence says why and what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Element:
    """One part of a theme's story: prose (restricted Markdown), a heading, or the quote of a post. `key` is the number of the
    decision that added it."""

    key: int
    kind: ElementKind
    text: str = ""
    row: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Paraphrase:
    """A post in our words, who wrote it, and who checked it against the source (0: nobody yet)."""

    text: str
    seq: int
    by: int
    checked_by: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Permission:
    """Whether the author was asked, and what they said. `name` is the name they let us use, empty for none."""

    state: Literal["asked", "yes", "no"]
    how: str = ""
    name: str = ""
    by: int = 0
    at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldTheme:
    """A theme as people left it. `rows` are posts, most central first; what a person moved here comes last."""

    key: str
    label: str
    keywords: tuple[str, ...] = ()
    rows: tuple[int, ...] = ()
    representatives: tuple[int, ...] = ()
    elements: tuple[Element, ...] = ()
    was: tuple[str, ...] = ()
    """Labels it had before, oldest first."""
    merged: tuple[str, ...] = ()
    """Keys of themes that were merged into it."""
    split_from: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """Who said that the week may be published, of which content, and by whom it was last changed before."""

    by: int
    at: datetime
    content: str
    last_editor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Curation:
    """The present state of a week. `newest` is the last decision; `taken_in` the greatest row among what came in since the hold
    that a person has taken in; `held_at` (UTC) when the first of them began. Mappings are by row of the post."""

    themes: tuple[HeldTheme, ...] = ()
    last_row: int = 0
    taken_in: int = 0
    held_at: datetime | None = None
    summary: str = ""
    hidden: Mapping[int, str] = field(default_factory=dict)
    tones: Mapping[int, Tone] = field(default_factory=dict)
    paraphrases: Mapping[int, Paraphrase] = field(default_factory=dict)
    permissions: Mapping[int, Permission] = field(default_factory=dict)
    modes: Mapping[int, Mode] = field(default_factory=dict)
    roles: Mapping[int, str] = field(default_factory=dict)
    answers: Mapping[int, int] = field(default_factory=dict)
    """The weeks whose question posts answer, by a person's judgement."""
    flagged: frozenset[int] = frozenset()
    """Posts that went to the safeguarding lead: counted, never shown."""
    handled: frozenset[int] = frozenset()
    """Posts of the "Read first" list that the lead has seen to."""
    moved: Mapping[int, str] = field(default_factory=dict)
    """Theme keys of posts that a person put there."""
    notes: Mapping[int, str] = field(default_factory=dict)
    """Why a post is hidden, in the words of who hid it; for the team only."""
    read_as: Mapping[int, str] = field(default_factory=dict)
    """The wording (see `wording`) that each post had when a person last decided about it."""
    acknowledged: str = ""
    """What names the gaps that a person has acknowledged."""
    approval: Approval | None = None
    last_editor: int = 0
    newest: int = 0

    @property
    def counted_until(self) -> int:
        """Posts with a greater row came in since and are not counted yet."""
        return max(self.last_row, self.taken_in)

    def theme(self, key: str) -> HeldTheme | None:
        return next((theme for theme in self.themes if theme.key == key), None)

    @property
    def chosen(self) -> tuple[int, ...]:
        """The posts that are quoted, in the order of the page."""
        quoted = (element.row for theme in self.themes for element in theme.elements if element.kind == "quote")
        return tuple(dict.fromkeys(quoted))
