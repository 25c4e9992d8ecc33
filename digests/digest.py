"""What one week's page shows, already in words and numbers; nothing here is reckoned again when it is drawn."""

from dataclasses import dataclass
from typing import Literal

from markupsafe import Markup

NO_WORDS = Markup()
Stage = Literal["done", "open", "to come"]


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekLink:
    """One week in the row of weeks; `href` is relative to the week's folder, empty where there is no page yet."""

    number: int
    label: str
    href: str = ""
    current: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class HeadlineFigure:
    value: int
    label: str
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelRow:
    """One channel: contributions are distinct, `passed_on` counts reposts and copies apart."""

    network: str
    name: str
    contributions: int
    passed_on: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class DayRow:
    """One local day. `by_channel` follows the order of `Digest.channels`; `gap` says that part of the day could not be read."""

    name: str
    short: str
    contributions: int
    by_channel: tuple[int, ...] = ()
    gap: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ToneCount:
    """How people described it. `unknown` are contributions no scorer has looked at; of the others `unsure` are such as a
    computer was not sure of."""

    difficult: int = 0
    neutral: int = 0
    good: int = 0
    unknown: int = 0
    unsure: int = 0

    @property
    def scored(self) -> int:
        return self.difficult + self.neutral + self.good


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One contribution as posted.

    `lead` is the linking sentence before it, `url` http(s) or empty, `row` its anchor.
    `more` says how much of the text is not here but in the list.
    """

    row: int
    network: str
    channel: str
    name: str
    handle: str
    role: str
    when: str
    moment: str
    title: str
    warning: str
    text: str
    lang: str
    url: str
    media: tuple[str, ...] = ()
    engagement: str = ""
    passed_on: str = ""
    note: str = ""
    lead: str = ""
    more: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CardList:
    """All cards of one kind, on as many pages as they need: `stem`.html, `stem`-2.html and so on."""

    stem: str
    title: str
    link: str
    intro: tuple[str, ...]
    cards: tuple[Card, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One part of a story that people told: prose (`html`, drawn from restricted Markdown), a heading (`text`) or a quote."""

    kind: Literal["prose", "heading", "quote"]
    text: str = ""
    html: Markup = NO_WORDS
    card: Card | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """One sentence of the contribution with the anchor `row`, as it was written; `lang` is a language tag or empty."""

    row: int
    text: str
    lang: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """One thing that people ask for or ask us, however many sentences they need: how many contributions do."""

    contributions: int
    examples: tuple[Example, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Askings:
    """What some contributions ask for or ask us, most frequent first; `sentence` says how many do, and stands alone where no
    words may be shown."""

    sentence: str = ""
    told: tuple[Asking, ...] = ()


NO_ASKINGS = Askings()


@dataclass(frozen=True, slots=True, kw_only=True)
class ThemeBlock:
    """One theme. `story` is what people chose and wrote, `cards` come after it; everything that may be shown is in `all`."""

    number: int
    key: str
    label: str
    contributions: int
    share: str
    sentences: tuple[str, ...]
    tone: ToneCount
    cards: tuple[Card, ...]
    all: CardList
    story: tuple[Part, ...] = ()
    asks: Askings = NO_ASKINGS


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One thing the reader has to know before trusting the numbers."""

    text: str
    source: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """That people work on the week, and what came in since: `href` leads to it, empty where there is nothing to show."""

    sentence: str
    tray: str = ""
    href: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverageRow:
    """One source: what it was asked, what of it was read, what is missing."""

    source: str
    channel: str
    asked: str
    read: str
    came: str
    gaps: tuple[str, ...] = ()
    set_aside: str = ""
    last_good: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """One week's internal page. `themes` are shown in full, `smaller` only as a row; `lists` are the pages one click away;
    `sharing` says which partners passed the question on and which were not heard from, `asked_us` what questions each theme
    holds for us (its label; the empty one for what is in none)."""

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
    as_of: str
    weeks: tuple[WeekLink, ...]
    contributions: int
    passed_on: int
    how_many: str
    finding: str
    in_short: tuple[str, ...]
    notices: tuple[Notice, ...]
    figures: tuple[HeadlineFigure, ...]
    channels: tuple[ChannelRow, ...]
    days: tuple[DayRow, ...]
    tone: ToneCount
    themes: tuple[ThemeBlock, ...]
    smaller: tuple[ThemeBlock, ...]
    grouping: tuple[str, ...]
    lists: tuple[CardList, ...]
    coverage: tuple[CoverageRow, ...]
    left_out: tuple[str, ...]
    method: tuple[str, ...]
    held: Held | None = None
    summary: Markup = NO_WORDS
    sharing: tuple[str, ...] = ()
    asked_us: tuple[tuple[str, Askings], ...] = ()

    @property
    def folder(self) -> str:
        return f"week-{self.number}"

    @property
    def quiet(self) -> bool:
        """True when nobody was heard in this week."""
        return self.contributions == 0


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekSummary:
    """One made week, as the index of all weeks tells it."""

    number: int
    contributions: int
    finding: str
    gaps: int
