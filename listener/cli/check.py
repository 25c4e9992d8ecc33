"""`listener check`: the config in short, whether the sources let us in, and whether it is fit to go live."""

from datetime import UTC, date, datetime, timedelta

from collectors.base import CollectorError, Given
from listener import vault
from listener.cli import opened, tables
from listener.config import Config, Source
from listener.jobs.live import live_problems
from listener.jobs.service import Refused
from storage.values import Week


def run(config: Config, *, online: bool, live: bool) -> None:
    exercise = config.exercise
    tags = " ".join(f"#{tag}" for tag in exercise.hashtags)
    print(f"{exercise.title} ({exercise.slug}), {exercise.organisation}")
    print(f"{tags}, times of {exercise.timezone}".removeprefix(", "))
    print()
    tables.show(("week", "from", "to", "hours", "question"), map(_week, exercise.weeks))
    print()
    tables.show(("source", "kind", "every", "asked"), [_source(config, one) for one in config.sources])
    if online:
        print()
        _enter_all(config)
    if live:
        print()
        _settle_all(config)


def _settle_all(config: Config) -> None:
    """Raises Refused with everything that is not settled, a line each."""
    with opened.service(config) as service:
        found = live_problems(config, service)
    if found:
        raise Refused("\n".join(found))
    print("An invented exercise: nothing need be settled." if config.exercise.invented else "Fit to go live.")


def _week(week: Week) -> tuple[object, ...]:
    hours = (week.closes - week.opens) // timedelta(hours=1)
    return week.number, _day(week.starts), _day(week.ends), hours, week.question


def _day(day: date) -> str:
    return f"{day:%a} {day.day} {day:%b %Y}"


def _source(config: Config, source: Source) -> tuple[str, ...]:
    if source.off:
        return source.name, source.kind, "off", source.off
    return (
        source.name,
        source.kind,
        _span(source.every or config.schedule.every),
        source.collector(_given(config, source)).asked,
    )


def _span(span: timedelta) -> str:
    for unit, seconds in (("d", 86400), ("h", 3600), ("m", 60)):
        if span.total_seconds() % seconds == 0:
            return f"{int(span.total_seconds()) // seconds}{unit}"
    return f"{int(span.total_seconds())}s"


def _given(config: Config, source: Source) -> Given:
    return Given(source=source.name, vault=vault.beside(config.storage), now=lambda: datetime.now(UTC))


def _enter_all(config: Config) -> None:
    """Every source is tried, whatever the others answer. Raises Refused if one failed."""
    tried = [source for source in config.sources if not source.off]
    failed = [source.name for source in tried if not _enters(config, source)]
    if failed:
        raise Refused(f"{len(failed)} of {len(tried)} sources cannot be read: {', '.join(failed)}")


def _enters(config: Config, source: Source) -> bool:
    try:
        source.collector(_given(config, source)).check()
    except CollectorError as error:
        print(f"{source.name}: {error}")
        return False
    print(f"{source.name}: fine")
    return True
