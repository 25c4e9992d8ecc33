"""Gathers what the operator must know of sources, messages, delivery and backups, and puts it into the outbox once each."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from digests import words
from listener.jobs import collect, deadlines, faults, outbox
from listener.jobs.faults import Alarm, Heard
from listener.jobs.service import Service
from storage.curated import Message
from storage.values import Week

if TYPE_CHECKING:
    from listener.jobs.deliver import Standing

_RED = timedelta(hours=1)
_OLD = timedelta(days=2)


def do(service: Service, broken: Sequence[tuple[str, Exception]] = ()) -> list[str]:
    """Tells the operator what is new; the keys of that. `broken` are steps of this tick that failed, by name.

    Without an address for the operator nothing is put: status and the desk tell the same.
    """
    if not service.config.notify.operator:
        return []
    return [alarm.key for alarm in _all(service, broken) if _put(service, alarm)]


def _put(service: Service, alarm: Alarm) -> bool:
    subject = f"{service.config.exercise.title}: {alarm.subject}"
    with service.store.write() as unit:
        return unit.messages.put(alarm.key, "operator", subject, alarm.body, service.now())


def _all(service: Service, broken: Sequence[tuple[str, Exception]]) -> Iterator[Alarm]:
    now, zone = service.now(), ZoneInfo(service.config.exercise.timezone)
    day = now.astimezone(zone).date().isoformat()
    yield from (_of_step(name, fault, day) for name, fault in broken)
    yield from _of_sources(service, now, zone)
    yield from map(_of_message, filter(_is_worth_telling, unsent(service)))
    yield from _of_delivery(service, now, day)
    yield from _of_backup(service, now, day)
    yield from _of_nobody(service, now)


def _of_step(name: str, fault: Exception, day: str) -> Alarm:
    body = f"Part of the work failed: {name}. The rest went on, and this is tried again.\n\nThe log says more.\n"
    return Alarm(key=f"step:{name}:{type(fault).__name__}:{day}", subject=f"{name} failed", body=body)


def _of_sources(service: Service, now: datetime, zone: ZoneInfo) -> Iterator[Alarm]:
    listened = [source for source in service.all_listening() if not source.off]
    back = max(faults.LOOK_BACK, *(source.reach or timedelta() for source in listened), timedelta())
    with service.store.read() as unit:
        runs = unit.runs.begun_from([(collect.whole(service.config.exercise, now), now - back)])
        told = set.union(*(unit.messages.known(f"{kind}:") for kind in ("fault", "mended", "closing")))
    for source in listened:
        heard = Heard(source=source, runs=runs.get(source.name, []))
        yield from faults.alarms(heard, told, now, zone)
        yield from deadlines.alarms(heard, service.config.exercise.weeks, told, now, zone)


def unsent(service: Service) -> list[Message]:
    """The messages that may not have arrived, oldest first; not those of a group for which the config has no address."""
    with service.store.read() as unit:
        found = unit.messages.standing("unsure", "failed")
    return [one for one in found if not one.error.startswith(outbox.NOWHERE)]


def _is_worth_telling(message: Message) -> bool:
    """Not by the way that has just failed, and not of what itself told of another: it would go on for ever."""
    return not message.key.startswith("unsent:") and (message.to, message.state) != ("operator", "failed")


def _of_message(message: Message) -> Alarm:
    to = f"address {message.place + 1} of {message.to}"
    if message.state == "unsure":
        what = f"Message {message.id} to {to} may have arrived, or not ({message.error}). It is not sent again by itself."
    else:
        what = f"Message {message.id} to {to} could not be sent: {message.error}."
    body = f"{what}\n\nIt was: {message.subject}\n\nIf it is to be sent again: listener messages --again {message.id}\n"
    body += f"If it arrived or is not needed: listener messages --arrived {message.id}\n"
    subject = "a message may not have arrived" if message.state == "unsure" else "a message could not be sent"
    return Alarm(key=f"unsent:{message.id}:{message.tries}", subject=subject, body=body)


def red(service: Service) -> list["Standing"]:
    """The ways out that do not show what is published."""
    from listener.jobs import deliver

    return [one for one in deliver.standing(service) if not one.is_done]


def _of_delivery(service: Service, now: datetime, day: str) -> Iterator[Alarm]:
    for one in red(service):
        if one.since is not None and now - one.since > _RED:
            hours = words.count(int((now - one.since) / timedelta(hours=1)), "hour")
            body = f"{one.name} has not shown what is published for {hours}.\n\n{one.error or 'It is tried again by itself.'}\n"
            yield Alarm(
                key=f"delivery:{one.way}:{one.since.isoformat()}:{day}", subject="what is published is not delivered", body=body
            )


def _of_backup(service: Service, now: datetime, day: str) -> Iterator[Alarm]:
    from listener.jobs import backup

    exercise = service.config.exercise
    newest = backup.newest(service)
    since = exercise.weeks[0].opens if newest is None else newest.at
    if exercise.invented or now - since <= _OLD:
        return
    failure = backup.failure(service)
    why = failure.sentence if failure else "none was tried; `listener run` must be at work at night"
    body = f"The newest backup is older than two days.\n\n{words.sentence(why)}\n\nTo make one now: listener backup\n"
    yield Alarm(key=f"backup:{day}", subject="there is no fresh backup", body=body)


def _of_nobody(service: Service, now: datetime) -> Iterator[Alarm]:
    if service.config.notify.safeguarding:
        return
    begun: list[Week] = [week for week in service.config.exercise.weeks if week.opens <= now < week.closes]
    for week in begun:
        body = (
            "Nobody is told when something comes in that should be read first: the config names no address for it.\n\n"
            "Set safeguarding = […] in [notify]. Until then it is told to you.\n"
        )
        yield Alarm(key=f"nobody-reads-first:week-{week.number}", subject="nobody reads first", body=body)
