"""What the team is told of a week: its draft in the morning, what blocks it, that it is late. No words, names or handles."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Literal
from zoneinfo import ZoneInfo

from digests import gaps, words
from listener.jobs import desk, discreet, links, timetable
from listener.jobs.service import Refused, Service
from listener.jobs.timetable import Timetable
from storage.values import Coverage, Exercise, Week

if TYPE_CHECKING:
    from digests.tally import Facts

Kind = Literal["notice", "blockers", "reminder"]
_LATE = timedelta(minutes=30)
_DAY = timedelta(days=1)
_WEEK = timedelta(days=7)
_MOST = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A message as it is written; `due_at` is when it should have been (UTC)."""

    key: str
    subject: str
    body: str
    due_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A week as the team is told of it. `channels` are names and counts, `themes` labels and counts, the label empty where it
    must not be told; `missing`, `off` and `blocked` are sentences on what could not be read, what is not listened to, and what
    keeps the week from being published."""

    week: Week
    times: Timetable
    contributions: int
    channels: tuple[tuple[str, int], ...] = ()
    themes: tuple[tuple[str, int], ...] = ()
    missing: tuple[str, ...] = ()
    off: tuple[str, ...] = ()
    blocked: tuple[str, ...] = ()
    published: bool = False


# --- decide -----------------------------------------------------------------------------------------------------------


def due(week: Week, times: Timetable, told: Collection[str], *, published: bool, now: datetime) -> tuple[Kind, ...]:
    """What falls due now of a week and has not been told. A notice comes at most a week late, a reminder at most a day."""
    spans: dict[Kind, tuple[datetime, datetime]] = {
        "notice": (times.notice, times.notice + _WEEK),
        "blockers": (times.blockers, times.publish_by),
        "reminder": (times.publish_by, times.publish_by + _DAY),
    }
    ripe = [kind for kind, (since, until) in spans.items() if since <= now < until and key(kind, week) not in told]
    return tuple(kind for kind in ripe if kind == "notice" or not published)


def key(kind: Kind, week: Week) -> str:
    return f"{kind}:week-{week.number}"


def write(kind: Kind, exercise: Exercise, one: Standing, link: str, now: datetime) -> Told | None:
    """The message; None where there is nothing to tell: a list of what blocks when nothing does."""
    zone = ZoneInfo(exercise.timezone)
    if kind == "notice":
        return _told(kind, exercise, one, _notice(one, now, zone), link, one.times.notice)
    if kind == "reminder":
        return _told(kind, exercise, one, _reminder(one, now, zone), link, one.times.publish_by)
    return _told(kind, exercise, one, _blockers(one, now, zone), link, one.times.blockers) if one.blocked else None


def _told(kind: Kind, exercise: Exercise, one: Standing, lines: Iterator[str], link: str, due_at: datetime) -> Told:
    subjects: dict[Kind, str] = {
        "notice": "the draft is ready, but not complete" if one.missing else "the draft is ready",
        "blockers": "this still keeps it from being published",
        "reminder": "it is not published yet",
    }
    head = f"Week {one.week.number}: {words.name(one.week.name)}\n{words.dates(one.week.starts, one.week.ends)}"
    body = "\n\n".join([head, *lines, f"Read it and work on it here:\n{link}"])
    subject = f"{words.name(exercise.title)}, week {one.week.number}: {subjects[kind]}"
    return Told(key=key(kind, one.week), subject=subject, body=f"{body}\n", due_at=due_at)


def _notice(one: Standing, now: datetime, zone: ZoneInfo) -> Iterator[str]:
    if now - one.times.notice >= _LATE:
        yield f"This comes late: Listener was not running at {_clock(one.times.notice, now, zone)}."
    yield _counts(one)
    if one.themes:
        yield _listed("The largest themes:", [_theme(*theme) for theme in one.themes])
    yield _listed("Not complete:", one.missing) if one.missing else "Nothing is known to be missing."
    if one.off:
        yield _listed("Not listened to:", one.off)
    if not one.published:
        yield from _until(one, now, zone)
        yield _blocked(one)


def _blockers(one: Standing, now: datetime, zone: ZoneInfo) -> Iterator[str]:
    yield from _until(one, now, zone)
    yield _blocked(one)


def _reminder(one: Standing, now: datetime, zone: ZoneInfo) -> Iterator[str]:
    yield f"It was to be published by {_clock(one.times.publish_by, now, zone)}."
    yield _blocked(one)


def _until(one: Standing, now: datetime, zone: ZoneInfo) -> Iterator[str]:
    yield f"{one.times.moved}." if one.times.moved else f"Publish by {_clock(one.times.publish_by, now, zone)}."


def _blocked(one: Standing) -> str:
    if one.blocked:
        return _listed("What keeps it from being published:", one.blocked)
    return "Nothing stands in its way."


def _counts(one: Standing) -> str:
    told = words.count(one.contributions, "contribution")
    if not one.channels:
        return f"{told}."
    return f"{told}: {words.listing([f'{words.number(count)} by {name}' for name, count in one.channels])}."


def _theme(label: str, count: int) -> str:
    return f"{label or '(its label is not told here)'}: {words.number(count)}"


def _listed(title: str, lines: Sequence[str]) -> str:
    more = [f"and {words.number(len(lines) - _MOST)} more"] if len(lines) > _MOST else []
    return "\n".join([title, *(f"- {line}" for line in (*lines[:_MOST], *more))])


def _clock(moment: datetime, now: datetime, zone: ZoneInfo) -> str:
    """ "7am", with its day where that is not today."""
    local = moment.astimezone(zone)
    day = "" if local.date() == now.astimezone(zone).date() else f" on {words.weekday(local.date())}"
    return f"{words.clock(local)}{day}"


# --- do ---------------------------------------------------------------------------------------------------------------


def do(service: Service) -> list[str]:
    """Puts what the team is to be told into the outbox; the keys of what is new. Without an address for it, nothing."""
    if not service.config.notify.team:
        return []
    return [told.key for told in _due_now(service) if _put(service, told)]


def _due_now(service: Service) -> Iterator[Told]:
    exercise, now = service.config.exercise, service.now()
    with service.store.read() as unit:
        known = set.union(*(unit.messages.known(f"{kind}:") for kind in ("notice", "blockers", "reminder")))
        published = set(unit.editions.weeks())
    for week in exercise.weeks:
        times = timetable.of(exercise, week, service.config.schedule)
        kinds = due(week, times, known, published=week.number in published, now=now)
        if kinds:
            one = standing(service, week, times, published=week.number in published)
            told = (write(kind, exercise, one, links.week(service, week), now) for kind in kinds)
            yield from (message for message in told if message is not None)


def _put(service: Service, told: Told) -> bool:
    with service.store.write() as unit:
        return unit.messages.put(told.key, "team", told.subject, told.body, told.due_at)


def standing(service: Service, week: Week, times: Timetable, *, published: bool) -> Standing:
    from digests import compose

    facts = desk.facts(service, week)
    digest = compose.compose(facts)
    names = _names(facts) | discreet.proper((theme.label for theme in digest.themes[:3]), _texts(facts))
    return Standing(
        week=week,
        times=times,
        contributions=digest.contributions,
        channels=tuple((words.inside(row.network), row.contributions) for row in digest.channels if row.contributions),
        themes=tuple((discreet.label(theme.label, names), theme.contributions) for theme in digest.themes[:3]),
        missing=_sentences([source for source in facts.coverage if not source.off], facts.zone),
        off=_sentences([source for source in facts.coverage if source.off], facts.zone),
        blocked=() if published else blocked(service, week),
        published=published,
    )


def _names(facts: "Facts") -> frozenset[str]:
    authors = [kept.post.author for kept in facts.posts]
    return frozenset(name for author in authors for name in (author.name.strip(), author.handle.strip()) if name)


def _sentences(sources: Sequence[Coverage], zone: ZoneInfo) -> tuple[str, ...]:
    return tuple(discreet.line(notice.text) for notice in gaps.notices(sources, zone))


def _texts(facts: "Facts") -> Iterator[str]:
    return (" ".join(kept.post.text.split()) for kept in facts.posts)


def blocked(service: Service, week: Week) -> tuple[str, ...]:
    """What keeps a week from being published, in sentences."""
    from listener.jobs import publish

    try:
        return tuple(discreet.line(blocker.sentence) for blocker in publish.preview(service, week).blockers)
    except Refused as refused:  # nobody has begun to work on it
        return (discreet.line(str(refused)),)
