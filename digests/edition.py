"""The values of a published digest: what people wrote and chose, and numbers that give nobody away."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from digests.continuing import History
from digests.curation import Mode
from digests.small import Told

Way = Literal["web", "email"]
PartKind = Literal["prose", "heading", "quote"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeEntry:
    """What one version changed, as the page tells it. `date` is local."""

    version: int
    date: date
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What a public edition is made by, beside the facts of its week.

    Texts that are empty are not shown; `organisation` and `contact` fall back to those of the exercise. `remove_address` is
    where to ask for a quote to come down (an e-mail address, or an address of the web), `urgent` and `read_when` where help is
    that cannot wait and when the box is read. `way` is "email" for what is sent or printed: verbatim words then need consent in
    writing.

    `before` holds the numbers of the version before of the same week, `last_week` those of the newest version of the week
    before: both as `public.numbers` gives them, empty where there is none. `refs` are references that this week's versions have
    given, by row. `changes` tells all versions up to this one (`version`); `published` are the weeks that have an edition.
    `history` are the themes of earlier weeks as their newest versions tell of them.
    """

    small: int = 8
    second_person: Literal["required", "recorded"] = "required"
    way: Way = "web"
    organisation: str = ""
    contact: str = ""
    privacy_notice: str = ""
    accessibility: str = ""
    remove_address: str = ""
    urgent: str = ""
    read_when: str = ""
    publish_by: str = ""
    next_steps: tuple[str, ...] = ()
    version: int = 1
    changes: tuple[ChangeEntry, ...] = ()
    before: Mapping[str, Told] = field(default_factory=dict)
    last_week: Mapping[str, Told] = field(default_factory=dict)
    refs: Mapping[int, str] = field(default_factory=dict)
    published: frozenset[int] = frozenset()
    history: History = field(default_factory=History)


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """One quote: `ref` such as "3-07", `row` of the post (0 in what was read back from a published page), `who` it is from and
    `source`, how it came, both in words. Without `text` it was withdrawn."""

    ref: str
    row: int = 0
    mode: Mode = "paraphrase"
    text: str = ""
    who: str = ""
    source: str = ""

    @property
    def is_withdrawn(self) -> bool:
        return not self.text

    @property
    def withdrawn(self) -> str:
        """What stands in its place: the same for every reason."""
        return f"Quote {self.ref} has been withdrawn."


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One part of a theme's story: prose (restricted Markdown), a heading, or a quote."""

    kind: PartKind
    text: str = ""
    quote: Quote | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of a chart and its table. `key` names its number; `gap` says that part of it could not be read."""

    key: str
    name: str
    short: str = ""
    gap: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Theme:
    """One theme, as people left it. `key` names its number; `share` is empty where it cannot be told; `history` says whether
    earlier digests told of it."""

    key: str
    label: str
    share: str = ""
    history: str = ""
    parts: tuple[Part, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One headline figure; `key` names its number, `value` is one that counts nobody."""

    label: str
    key: str = ""
    value: int = 0
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicDigest:
    """One version of a week's published digest. Every count of people or answers is in `numbers`, by name, as it is told."""

    exercise: str
    organisation: str
    contact: str
    invented: bool
    number: int
    of_total: int
    title: str
    question: str
    questions: tuple[str, ...]
    dates: str
    small: int
    way: Way
    version: int
    changes: tuple[ChangeEntry, ...]
    published: tuple[int, ...]
    summary: str
    in_short: tuple[str, ...]
    figures: tuple[Figure, ...]
    listened: tuple[str, ...]
    numbers: Mapping[str, Told]
    last_week: Mapping[str, Told]
    channels: tuple[Line, ...]
    days: tuple[Line, ...]
    tones: tuple[Line, ...]
    themes: tuple[Theme, ...]
    grouping: tuple[str, ...]
    next_steps: tuple[str, ...]
    missed: tuple[str, ...]
    left_out: tuple[Line, ...]
    method: tuple[str, ...]
    quoting: tuple[str, ...]
    remove_address: str
    privacy_notice: str
    accessibility: str
    urgent: str
    read_when: str

    @property
    def folder(self) -> str:
        return f"week-{self.number}"

    @property
    def name(self) -> str:
        """ "week-3 v2"."""
        return f"{self.folder} v{self.version}"

    def quotes(self) -> Iterator[Quote]:
        """In the order of the page."""
        return (part.quote for theme in self.themes for part in theme.parts if part.quote is not None)
