"""The fixed tables of the config, as pydantic models, and how their values are written."""

import re
from datetime import date, time, timedelta
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, PlainValidator, StringConstraints

from listener.config import secret

HOLIDAYS = ("england-and-wales", "scotland", "northern-ireland")
UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


def duration(value: object) -> object:
    """A timedelta from "15m"; another value is left for pydantic to refuse."""
    if not isinstance(value, str):
        return value
    told = re.fullmatch(r"(\d{1,6})\s*([smhdw])", value.strip())
    if not told or not int(told[1]):
        raise ValueError('must be a span of time such as "15m", "1h" or "1d"')
    return timedelta(**{UNITS[told[2]]: int(told[1])})


def clock(value: object) -> object:
    """A time of day from "06:45"; TOML's own 06:45:00 is one already."""
    if not isinstance(value, str):
        return value
    if not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", value):
        raise ValueError('must be a time of day such as "06:45"')
    return time.fromisoformat(value)


def hashtag(value: str) -> str:
    bare = value.strip().removeprefix("#")
    if not re.fullmatch(r"\w+", bare):
        raise ValueError("must be one word of letters, digits and _, with or without #")
    return bare


def zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (KeyError, ValueError, OSError):
        raise ValueError('must be a time zone such as "Europe/London"') from None
    return value


def slug(value: str) -> str:
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", value):
        raise ValueError('must be of small letters, digits and single hyphens, such as "think-carer"')
    return value


def address(value: str) -> str:
    if not re.fullmatch(r"(https?|at)://\S+", value):
        raise ValueError("must be the address of a post: https://…")
    return value


def database(value: str) -> str:
    """A path; the only URL taken is that of an SQLite file."""
    path = value.removeprefix("sqlite:///")
    if "://" in path or not path.strip():
        raise ValueError('SQLite only for now: give the path of a file, such as "listener.db"')
    return path


def web_address(value: str) -> str:
    if not re.fullmatch(r"https?://[^\s/]+\S*", value):
        raise ValueError("must be an address of the web: https://…")
    return value.rstrip("/")


def calendar(value: str) -> str:
    if value not in HOLIDAYS:
        raise ValueError(f"must be one of {', '.join(HOLIDAYS)}")
    return value


def day(value: date) -> date:
    if not 2000 <= value.year < 2200:
        raise ValueError("must be a date of this century or the next")
    return value


def once(values: list[str]) -> list[str]:
    """Without those that only differ in capitals from one before."""
    return [value for n, value in enumerate(values) if value.casefold() not in map(str.casefold, values[:n])]


Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Day = Annotated[date, AfterValidator(day)]
Slug = Annotated[str, AfterValidator(slug)]
Zone = Annotated[str, AfterValidator(zone)]
Duration = Annotated[timedelta, BeforeValidator(duration)]
Clock = Annotated[time, BeforeValidator(clock)]
Hashtags = Annotated[list[Annotated[str, AfterValidator(hashtag)]], AfterValidator(once)]
Addresses = list[Annotated[str, AfterValidator(address)]]
Hidden = Annotated[secret.Reference | None, PlainValidator(secret.reference)]
HiddenList = list[Annotated[secret.Reference, PlainValidator(secret.reference)]]
Address = Annotated[str, AfterValidator(web_address)]


class Table(BaseModel):
    """A table whose keys are all known and whose values are never guessed at."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Top(Table):
    exercise: dict[str, Any] = Field(description="a table [exercise] says what is listened to")
    storage: dict[str, Any] = {}
    output: dict[str, Any] = {}
    schedule: dict[str, Any] = {}
    serve: dict[str, Any] = {}
    notify: dict[str, Any] = {}
    publish: dict[str, Any] = {}
    privacy: dict[str, Any] = {}
    safeguarding: dict[str, Any] = {}
    analysis: dict[str, Any] = {}
    backup: dict[str, Any] = {}
    receipts: dict[str, Any] = {}
    sources: dict[str, dict[str, Any]] = {}
    partners: list[dict[str, Any]] = []


class ExerciseTable(Table):
    slug: Slug = Field(description="a short name for addresses and files")
    title: Text = Field(description="what the exercise is called")
    organisation: Text = Field(description="who is listening")
    hashtags: Hashtags = Field(description='what is listened to, such as ["ThinkCarers"]')
    timezone: Zone = Field(description='where the weeks begin at midnight, such as "Europe/London"')
    starts: Day = Field(description="the first day of week 1, such as 2027-01-11")
    weeks: Annotated[list[dict[str, Any]], Field(min_length=1, description="each [[exercise.weeks]] asks one question")]
    purpose: str = ""
    contact: str = ""
    partners: list[Text] = []
    handles: dict[Text, list[Text]] = {}
    question_posts: Addresses = []
    invented: bool = False


class WeekTable(Table):
    question: Text = Field(description="what is asked in this week")
    title: str = ""
    questions: list[Text] = []
    starts: Day | None = None
    ends: Day | None = None
    question_posts: Addresses = []


class PartnerTable(Table):
    name: Text = Field(description="what each [[partners]] is called")
    handles: dict[Text, list[Text]] = Field(description='its accounts, such as { bluesky = ["forum.example"] }')


class StorageTable(Table):
    path: Annotated[str, AfterValidator(database)] = "listener.db"


class OutputTable(Table):
    folder: Text = "digests"


class ScheduleTable(Table):
    every: Duration = timedelta(minutes=15)
    deletion_check: Duration = timedelta(days=1)
    closing: Clock = time(0, 15)
    reread: Clock = time(5, 0)
    analysis: Clock = time(6, 15)
    draft: Clock = time(6, 45)
    notice: Clock = time(7, 0)
    blockers: Clock = time(11, 0)
    publish_by: Clock = time(12, 0)
    settle: Duration = timedelta(days=1)
    holidays: Annotated[str, AfterValidator(calendar)] = ""
    days_off: list[Day] = []


class ServeTable(Table):
    host: Text = "127.0.0.1"
    port: Annotated[int, Field(ge=1, le=65535)] = 8080
    address: Address | Literal[""] = ""
    trusted_header: Annotated[str, StringConstraints(pattern=r"^([A-Za-z][A-Za-z0-9-]*)?$")] = ""
    proxies: Annotated[int, Field(ge=0, le=4)] = 0


class NotifyTable(Table):
    team: HiddenList = []
    operator: HiddenList = []
    safeguarding: HiddenList = []
    heartbeat: Hidden = None


class PublishTable(Table):
    folder: Text = "public"
    address: Address | Literal[""] = ""
    allow_private_addresses: bool = False
    command: list[Text] = []
    second_person: Literal["required", "recorded"] = "required"
    small: Annotated[int, Field(ge=1, le=100)] = 8


class PrivacyTable(Table):
    notice: Address | Literal[""] = ""
    dpia: str = ""
    accessibility: Address | Literal[""] = ""
    keep_until: Day | None = None


class SafeguardingTable(Table):
    lead: str = ""
    deputy: str = ""
    phrases: list[Text] = []
    read_when: str = ""
    urgent: str = ""


class AnalysisTable(Table):
    tone: Literal["feedback", "vader"] = "feedback"


class BackupTable(Table):
    folder: Text = "backups"
    at: Clock = time(2, 30)
    keep: Annotated[int, Field(ge=1, le=1000)] = 14


class ReceiptsTable(Table):
    via: Hidden = None
    results: str = ""
