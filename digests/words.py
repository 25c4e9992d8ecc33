"""How the pages say numbers, shares, dates and times: the conventions of NHS content, in one place."""

import re
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

_SMALL = 20
_SHARES = (
    *(Fraction(part, whole) for whole in (2, 3, 4, 5, 10) for part in range(1, whole)),
    *(Fraction(1, n) for n in (6, 7, 8, 9)),
)
_NAMES = {
    "bluesky": "Bluesky",
    "call": "Phone call",
    "care_opinion": "Care Opinion",
    "file": "File",
    "form": "Questionnaire",
    "forum": "Forum",
    "group": "Group",
    "letter": "Letter",
    "mail": "Email",
    "mastodon": "Mastodon",
    "meeting": "Meeting",
    "web": "Blogs and websites",
    "x": "X",
}
_INSIDE = {
    "call": "phone calls",
    "file": "files",
    "form": "questionnaires",
    "forum": "forums",
    "group": "groups",
    "letter": "letters",
    "mail": "email",
    "meeting": "meetings",
    "web": "blogs and websites",
}
# What HTML cannot hold: control signs, halves of surrogate pairs, permanent non-characters.
_IMPOSSIBLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
# Signs that turn or hide the text around them: kept in what somebody said, dropped from names and labels.
_TURNING = re.compile("[\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")


def number(value: int) -> str:
    return f"{value:,}"


def count(value: int, one: str, many: str = "") -> str:
    """`count(1, "post")` is "1 post", `count(1036, "post")` "1,036 posts"."""
    return f"{value:,} {one if value == 1 else many or one + 's'}"


def listing(names: Sequence[str]) -> str:
    """ "a, b and c"; empty for nothing."""
    return " and ".join(part for part in (", ".join(names[:-1]), *names[-1:]) if part)


def share(part: int, whole: int) -> str:
    """A part of a whole as people say it: "about 1 in 4"; with few, the two numbers themselves."""
    if part == whole:
        return "all of them"
    if whole < _SMALL:
        return f"{part} of {whole}"
    exact = Fraction(part, whole)
    if exact > Fraction(19, 20):
        return "almost all"
    near = Fraction(1, round(1 / exact)) if exact < Fraction(1, 10) else min(_SHARES, key=lambda share: abs(share - exact))
    words = f"{near.numerator} in {near.denominator:,}"
    return words if near == exact else f"about {words}"


def channel(network: str) -> str:
    """What people call a network."""
    return _NAMES.get(network, capital(network))


def inside(network: str) -> str:
    """The same inside a sentence: "email", "questionnaires"."""
    return _INSIDE.get(network, channel(network))


# --- times, always local to the exercise --------------------------------------------------------------------------------


def day(value: date) -> str:
    """ "9 November 2026"."""
    return f"{value.day} {value:%B %Y}"


def weekday(value: date) -> str:
    """ "Monday 9 November"."""
    return f"{value:%A} {value.day} {value:%B}"


def dates(first: date, last: date) -> str:
    """ "9 to 15 November 2026", with as much of the first date as differs."""
    if first == last:
        return day(last)
    if first.year != last.year:
        return f"{day(first)} to {day(last)}"
    return f"{first.day}{'' if first.month == last.month else f' {first:%B}'} to {day(last)}"


def clock(moment: datetime) -> str:
    """ "2:05pm", "9am", "midday", "midnight"."""
    if moment.minute == 0 and moment.hour in (0, 12):
        return "midday" if moment.hour else "midnight"
    minutes = f":{moment.minute:02}" if moment.minute else ""
    return f"{moment.hour % 12 or 12}{minutes}{'am' if moment.hour < 12 else 'pm'}"


def when(moment: datetime, zone: ZoneInfo) -> str:
    """ "Monday 9 November 2026, 2:05pm"."""
    local = moment.astimezone(zone)
    return f"{local:%A} {day(local)}, {clock(local)}"


def span(since: datetime, until: datetime, zone: ZoneInfo) -> str:
    """ "on 14 October", "on 14 October from 2:05pm to 9pm", "from 14 October to 16 October"; seconds are rounded outwards."""
    first, last = _minute(since, zone), _minute(until, zone, up=True)
    final = last - timedelta(minutes=1)
    whole = first.time() == last.time() == datetime.min.time()
    if first.date() == final.date():
        return f"on {weekday(first)}" + ("" if whole else f" from {clock(first)} to {clock(last)}")
    if whole:
        return f"from {weekday(first)} to {weekday(final)}"
    return f"from {clock(first)} on {weekday(first)} to {clock(last)} on {weekday(last)}"


def _minute(moment: datetime, zone: ZoneInfo, *, up: bool = False) -> datetime:
    local = moment.astimezone(zone)
    floor = local.replace(second=0, microsecond=0, tzinfo=None)
    return floor + timedelta(minutes=1) if up and floor != local.replace(tzinfo=None) else floor


# --- words of others ----------------------------------------------------------------------------------------------------


def clean(text: str) -> str:
    """What somebody said, without what a page cannot hold."""
    return _IMPOSSIBLE.sub("\ufffd", text) if _IMPOSSIBLE.search(text) else text


def name(text: str, limit: int = 120) -> str:
    """A name or a label on one line: signs that turn or hide text dropped, cut at `limit`."""
    line = " ".join(_TURNING.sub("", clean(text)).split())
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"


def capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def sentence(text: str) -> str:
    """A reason given by a program, as a sentence of ours: capital first, full stop last."""
    line = name(text, 300).rstrip(".")
    return f"{capital(line)}." if line else ""
