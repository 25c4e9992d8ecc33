"""What is wrong and what to do: one line for each thing that keeps an exercise going."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from collectors.base import CollectorError, Secret
from collectors.budget import Budget
from listener.jobs import alarms, backup, live, machine, removals, status
from listener.jobs.hosts import GROUPS
from listener.jobs.machine import Finding, fail, ok, warn
from listener.jobs.service import Service
from listener.jobs.status import Status
from listener.jobs.stream import Line
from storage import copies, schema
from storage.curated import Delivery, Message, Removal
from storage.values import Gap

if TYPE_CHECKING:
    from listener.notify import Verdict

STALE, OLD = timedelta(hours=26), timedelta(days=3)  # of the newest backup
SLOW = timedelta(hours=1)  # of a delivery
SUBJECT = "A test message of Listener"
BODY = "Somebody has run `listener doctor --send-test`. There is nothing to do."


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """`running` says whether a daemon runs; `online` asks every source; `send_test` sends a message to every group."""

    running: bool
    online: bool = True
    send_test: bool = False


def database(path: Path) -> Finding:
    """Whether a database can be opened by this release, without opening it as one: that would change older tables."""
    if not path.exists():
        return warn("database", f"there is none at {path} yet: `listener run` makes it")
    if fault := copies.fault(path, quick=True):
        return fail("database", f"{path} is damaged ({fault}): stop Listener and restore a backup")
    found = copies.version(path)
    if found > schema.HEAD:
        return fail("database", f"{path} was made by a newer release: install that one")
    if found < schema.HEAD:
        return warn("database", f"{path} is of an earlier release: the next start copies it and brings it up to date")
    return ok("database", f"{path} is sound")


def do(service: Service, asked: Asked) -> Iterator[Finding]:
    """All that can be said of an exercise whose database is sound."""
    config = service.config
    found = status.do(service)
    yield machine.zone(config.exercise.timezone)
    yield machine.clock(service.now(), _newest(service), [config.storage])
    yield from machine.disks(
        [config.storage.parent, config.output, config.publish.folder, config.backup.folder], _size(service)
    )
    yield machine.modes(_private(service))
    yield daemon(asked.running)
    yield from backups(service)
    yield from reading(found, config.exercise.timezone)
    if asked.online:
        yield from logins(service)
    yield from telling(service, send_test=asked.send_test)
    yield from delivered(_deliveries(service), service.now())
    yield from requests(_requests(service), service.now())
    yield from settled(live.live_problems(config, service), begun=config.exercise.weeks[0].opens <= service.now())


def _size(service: Service) -> int:
    return service.store.path.stat().st_size


def _newest(service: Service) -> datetime | None:
    with service.store.read() as unit:
        moments = [*unit.runs.last_good().values(), *(one.at for one in unit.accounts.noted(at_most=1))]
    return max(moments, default=None)


def _private(service: Service) -> Iterator[Path]:
    config = service.config
    yield from (config.storage, config.storage.with_suffix(".key"), config.storage.with_suffix(".vault"))
    yield from copies.all_before(config.storage)
    yield from (removals.beside(config.storage), config.output, config.backup.folder)
    yield from (one.path for one in backup.kept(config.backup.folder, config.exercise.slug))


def daemon(running: bool) -> Finding:
    if running:
        return ok("daemon", "runs")
    return warn("daemon", "does not run, so that nothing is read by itself: start `listener run`, or a timer for `run --once`")


# --- backups ----------------------------------------------------------------------------------------------------------


def backups(service: Service) -> Iterator[Finding]:
    failed, age = backup.failure(service), backup.age(service)
    if failed:
        yield fail("backup", f"the last one went wrong: {failed.sentence}")
    if not service.config.exercise.invented:
        yield aged(age, service.config.backup.folder)


def aged(age: timedelta | None, folder: Path) -> Finding:
    if age is None:
        return warn("backup", f"there is none in {folder}: run `listener backup`, and copy it to another machine")
    told = f"the newest in {folder} is {age // timedelta(hours=1)} hours old"
    if age > OLD:
        return fail("backup", f"{told}: run `listener backup` and see why none was made at night")
    if age > STALE:
        return warn("backup", f"{told}: does `listener run` run at night?")
    return ok("backup", told)


# --- reading ----------------------------------------------------------------------------------------------------------


def reading(found: Status, zone: str) -> Iterator[Finding]:
    """Sources in trouble, and hours that nobody has read."""
    for source in found.sources:
        if source.fault:
            yield warn(f"source {source.name}", source.fault)
        if source.budget is not None:
            yield costs(source.name, source.budget)
        if source.live is not None:
            yield hearing(source.name, source.live, found.at, zone)
    gaps = [gap for week in found.weeks for one in week.coverage for gap in one.gaps]
    yield from (_gap(gap, zone) for gap in gaps)
    if not gaps:
        yield ok("gaps", "everything up to now was read")


def costs(name: str, budget: Budget) -> Finding:
    if not budget.told:
        return warn(f"costs of {name}", "what it is asked costs money, without a ceiling: set at_most_day or at_most_week")
    return ok(f"costs of {name}", budget.told)


def hearing(name: str, line: Line, now: datetime, zone: str) -> Finding:
    """A silent stream costs time only: the source is read every so often all the same."""
    told = "nothing yet" if line.heard is None else f"last {line.heard.astimezone(ZoneInfo(zone)):%d %B %H:%M}"
    if not line.is_silent(now):
        return ok(f"live {name}", f"heard {told}")
    why = f" ({line.problem})" if line.problem else ""
    cure = "it is read by searching all the same; does `listener run` run, is the address of the stream right?"
    return warn(f"live {name}", f"heard {told}{why}: {cure}")


def _gap(gap: Gap, zone: str) -> Finding:
    span = f"{gap.source} was not read from {_told(gap.since, zone)} to {_told(gap.until, zone)}"
    if not gap.fillable:
        return warn("gap", f"{span} and cannot be any more: ask for a file of it, and read it as a source of kind file")
    until = f" until {_told(gap.fill_until, zone)}" if gap.fill_until else ""
    return warn("gap", f"{span}: it fills by itself{until} once the source answers")


def _told(moment: datetime, zone: str) -> str:
    return moment.astimezone(ZoneInfo(zone)).strftime("%a %d %b %H:%M")


def logins(service: Service) -> Iterator[Finding]:
    """Every source that is on is asked once; nothing is read and nothing costs."""
    for source in service.config.sources:
        about = f"source {source.name}"
        if source.off:
            yield ok(about, f"is off: {source.off}")
            continue
        try:
            service.collector(source).check()
        except CollectorError as error:
            yield fail(about, str(error))
        else:
            yield ok(about, "answers")


# --- telling and publishing -------------------------------------------------------------------------------------------


def telling(service: Service, *, send_test: bool) -> Iterator[Finding]:
    for group in GROUPS:
        yield from addresses(group, getattr(service.config.notify, group), send_test=send_test)
    yield from messages(alarms.unsent(service))


def addresses(group: str, places: Sequence[Secret], *, send_test: bool) -> Iterator[Finding]:
    from listener import notify

    about = f"notify.{group}"
    for number, address in enumerate(places, 1):
        place = notify.place(address)
        if not place:
            yield fail(
                about, f"Apprise cannot use address {number}: see https://github.com/caronc/apprise for how it is written"
            )
        elif not send_test:
            yield ok(about, f"address {number} leads to {place}")
        else:
            yield _tried(about, place, notify.send(address, SUBJECT, BODY))


def _tried(about: str, place: str, verdict: "Verdict") -> Finding:
    if verdict.outcome == "sent":
        return ok(about, f"a test message went to {place}: did it arrive?")
    return fail(about, f"the test message to {place}: {verdict.outcome}, {verdict.reason}")


def messages(unsent: Iterable[Message]) -> Iterator[Finding]:
    for one in unsent:
        which = f"number {one.id} to {one.to} ({one.subject})"
        cure = f"`listener messages --again {one.id}` sends it again, --arrived {one.id} if it arrived or is not needed"
        if one.state == "unsure":
            yield warn("message", f"{which} may or may not have arrived: {cure}")
        else:
            yield fail("message", f"{which} did not go out, {one.error}: mend [notify], then {cure}")


def _deliveries(service: Service) -> list[Delivery]:
    with service.store.read() as unit:
        return list(unit.editions.deliveries().values())


def delivered(found: Iterable[Delivery], now: datetime) -> Iterator[Finding]:
    for one in found:
        about = f"published, {one.way}"
        if one.is_done:
            yield ok(about, "shows what is published")
            continue
        say: Callable[[str, str], Finding] = fail if now - one.wanted_at > SLOW else warn
        yield say(
            about, f"does not show what is published: {one.error or 'it was not confirmed yet'}; it is tried again by itself"
        )


def _requests(service: Service) -> list[Removal]:
    with service.store.read() as unit:
        return unit.editions.removals()


def requests(found: Iterable[Removal], now: datetime) -> Iterator[Finding]:
    """Somebody asked for a quote to come down, and has an answer within a day."""
    for one in found:
        say: Callable[[str, str], Finding] = fail if one.due_at <= now else warn
        yield say(
            "request", f"number {one.id} to take a quote down is due {one.due_at:%Y-%m-%d %H:%M} UTC: answer it at the desk"
        )


def settled(problems: Iterable[str], *, begun: bool) -> Iterator[Finding]:
    found = list(problems)
    yield from (fail("live", one) if begun else warn("live", one) for one in found)
    if not found:
        yield ok("live", "what a real exercise needs is settled")
