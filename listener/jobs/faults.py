"""What the operator is told: what went wrong, what to do, until when it can be mended, and that it has mended itself."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from collectors.base import Window
from digests import words
from listener.jobs import discreet, ledger
from listener.jobs.ledger import Listening
from storage.values import Run

_AGAIN = 2  # how often a fault of one kind that heals and comes back is told again in a day
_TOLD_WITHIN = timedelta(days=1)
LOOK_BACK = timedelta(days=14)
_WAITS = "Nothing has to be done: it is tried again by itself{next}. If it stays so, run: listener check --online"
_CURES = {
    "NotAllowed": "Somebody has to act: renew the login or the token of [sources.{source}], then run: listener check --online",
    "OutOfCredit": "Somebody has to act: buy credit for [sources.{source}], or have it read less often (every = …).",
    "AtCeiling": "Nothing has to be done. To have more of it read, raise at_most_day or at_most_week of [sources.{source}].",
    "BadRequest": "Somebody has to act: look at [sources.{source}] in the config, then run: listener check --online",
    "TooManyGone": "Look at the network and at the login. If so many were really taken down, run listener rerun for that week.",
    "Fault": "This is a fault in Listener itself. Its log says more: pass that on to whoever maintains it.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    key: str
    subject: str
    body: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """One source, its runs, oldest first, and its channel's name as people say it."""

    source: Listening
    runs: Sequence[Run]

    @property
    def channel(self) -> str:
        return self.source.channel or words.channel(self.source.kind)


def alarms(heard: Heard, told: Collection[str], now: datetime, zone: ZoneInfo) -> Iterator[Alarm]:
    """The faults of a source in the last day that have not been told, and what of the told ones has mended itself.

    A fault is told once a day; one that heals and comes back is told again, a few times.
    """
    for key, run in _by_key(heard, zone).items():
        if key not in told and now - run.started_at < _TOLD_WITHIN:
            yield _alarm(heard, key, run, now, zone)
    for runs in _readings_and_checks(heard.runs):
        yield from _mended(heard, runs, told, now, zone)


# --- faults -----------------------------------------------------------------------------------------------------------


def _by_key(heard: Heard, zone: ZoneInfo) -> Mapping[str, Run]:
    """The first run with each fault; the key names source, fault, day, and how often it had healed on that day."""
    found: dict[str, Run] = {}
    for runs in _readings_and_checks(heard.runs):
        healed, open_ = Counter[date](), dict[datetime, datetime]()
        for run in runs:
            day = run.started_at.astimezone(zone).date()
            if run.state == "failed":
                found.setdefault(_key(heard, run, day, min(healed[day], _AGAIN)), run)
                open_[run.since] = max(run.until, open_.get(run.since, run.until))
            elif run.state in ("complete", "unlisted") and open_:
                open_ = {since: until for since, until in open_.items() if not run.since <= since < run.until}
                healed[day] += not open_
    return found


def _key(heard: Heard, run: Run, day: date, healed: int) -> str:
    return f"fault:{heard.source.name}:{_stream(run)}:{run.error}:{day}:{healed}"


def _stream(run: Run) -> str:
    return "check" if run.why == "sweep" else "reading"


def _readings_and_checks(runs: Sequence[Run]) -> tuple[list[Run], list[Run]]:
    by_stream = defaultdict[str, list[Run]](list)
    for run in runs:
        by_stream[_stream(run)].append(run)
    return by_stream["reading"], by_stream["check"]


def _alarm(heard: Heard, key: str, run: Run, now: datetime, zone: ZoneInfo) -> Alarm:
    name = heard.source.name
    what = "could not be read" if _stream(run) == "reading" else "could not be asked what was taken down"
    after = f", next after {words.when(run.retry_at, zone)}" if run.retry_at else ""
    cure = _CURES.get(run.error, _WAITS).format(source=name, next=after)
    lines = [
        f"{heard.channel} (source {name}) {what} {words.span(run.since, run.until, zone)}.",
        f"The reason: {discreet.line(run.reason) or run.error}",
        cure,
        *([_until(heard, run, now, zone)] if _stream(run) == "reading" else []),
    ]
    return Alarm(key=key, subject=f"{heard.channel} {what}", body="\n\n".join(lines) + "\n")


def _until(heard: Heard, run: Run, now: datetime, zone: ZoneInfo) -> str:
    if heard.source.reach is None:
        return "What is missing can still be filled; no limit is known."
    last = run.since + heard.source.reach
    if last <= now:
        return "The beginning of what is missing cannot be filled any more: ask for a file."
    return f"What is missing can be filled until {words.when(last, zone)}."


# --- what has mended itself -----------------------------------------------------------------------------------------------


def _mended(heard: Heard, runs: Sequence[Run], told: Collection[str], now: datetime, zone: ZoneInfo) -> Iterator[Alarm]:
    """One message for all that failed since the last such message, once later runs have made up for every one of them."""
    prefix = f"mended:{heard.source.name}:{_stream(runs[0]) if runs else ''}:"
    before = max((int(key.removeprefix(prefix)) for key in told if key.startswith(prefix)), default=0)
    failed = [run for run in runs if run.state == "failed" and run.id > before and now - run.started_at < LOOK_BACK]
    if not failed or not _was_told(heard, failed, told, zone) or not all(_is_made_up(run, runs) for run in failed):
        return
    span = words.span(min(run.since for run in failed), max(run.until for run in failed), zone)
    what = "was read after all" if _stream(failed[0]) == "reading" else "was looked up after all"
    body = f"{heard.channel} (source {heard.source.name}) has mended itself. What had been missed {span} {what}.\n"
    yield Alarm(key=f"{prefix}{failed[-1].id}", subject=f"{heard.channel} has mended itself", body=body)


def _was_told(heard: Heard, failed: Sequence[Run], told: Collection[str], zone: ZoneInfo) -> bool:
    days = {(run.error, run.started_at.astimezone(zone).date()) for run in failed}
    keys = {
        f"fault:{heard.source.name}:{_stream(failed[0])}:{error}:{day}:{n}" for error, day in days for n in range(_AGAIN + 1)
    }
    return not keys.isdisjoint(told)


def _is_made_up(run: Run, runs: Sequence[Run]) -> bool:
    later = [one for one in runs if one.id > run.id and one.state == "complete"]
    if _stream(run) == "check":
        return any(one.since == run.since for one in later)
    asked = {one.asked for one in later}
    return any(not ledger.missing(Window(run.since, run.until), ledger.covered(later, one)) for one in asked)
