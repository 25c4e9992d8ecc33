"""`listener status`: last good run, next due, gaps and until when each can be filled, counts."""

import json
from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from digests import words
from listener.cli import opened, tables, times
from listener.jobs import deadlines, retention, status
from listener.jobs.breaker import Breaker
from listener.jobs.status import SourceState, Status, WeekState
from listener.jobs.stream import Line
from listener.jobs.timetable import Timetable
from storage.values import Gap, Week

if TYPE_CHECKING:
    from listener.config import Config

_MOMENTS = {
    "closing": "closing read",
    "reread": "whole week read again, posts looked up",
    "analysis": "analysis",
    "draft": "draft by",
    "notice": "team told",
    "blockers": "what blocks told",
    "publish_by": "publish by",
    "settle": "read once more",
}


def run(config: "Config", *, as_json: bool) -> None:
    with opened.service(config) as service:
        found = status.do(service)
        kept = list(retention.lines(retention.preview(service)))
    if as_json:
        print(written(found))
        return
    show(found, config.exercise.title, config.exercise.timezone)
    print()
    print("\n".join(kept))


def show(found: Status, title: str, zone: str) -> None:
    print(f"{title}, {times.told(found.at, zone)}")
    print()
    _show_sources(found, zone)
    for week in found.weeks:
        print()
        _show_week(week, found.at, zone)
    for coming, moments in found.timetables:
        print()
        _show_timetable(coming, moments, zone)
    print()
    print(f"Newest backup: {_backup(found, zone)}")
    _show_public(found)
    _show_unsent(found)


def _backup(found: Status, zone: str) -> str:
    if found.backup is None:
        return "none yet; listener backup makes one"
    return f"{times.told(found.backup, zone)}, {words.count((found.at - found.backup) // timedelta(hours=1), 'hour')} old"


def _show_public(found: Status) -> None:
    if found.undelivered or found.late_requests:
        print()
    for told in found.undelivered:
        print(f"Published, but not confirmed where it is read: {told}")
    if found.late_requests:
        print(f"Late: {words.count(found.late_requests, 'request')} to take a quote down; answer at the desk, under Removals.")


def _show_timetable(week: Week, moments: Timetable, zone: str) -> None:
    print(f"Timetable of week {week.number}{f' ({moments.moved})' if moments.moved else ''}")
    tables.show(("  ", " "), [(f"  {what}", times.told(getattr(moments, name), zone)) for name, what in _MOMENTS.items()])


def _show_unsent(found: Status) -> None:
    if found.unsent:
        print()
    for one in found.unsent:
        what = "may have arrived, or not" if one.state == "unsure" else "could not be sent"
        print(f"Message {one.id} to {one.to}, address {one.place + 1}, {what} ({one.error}): {one.subject}")
    if found.unsent:
        print("To send one again: listener messages --again N. If it arrived, or is not needed: listener messages --arrived N")


def _show_sources(found: Status, zone: str) -> None:
    heads = ("source", "kind", "last good run", "next due", "deletion check", "cost", "spent of ceiling", "trouble")
    rows = []
    for one in found.sources:
        moments = (times.told(moment, zone) for moment in (one.last_good, one.next_due, one.checked))
        cost = f"${one.cost:.2f}" if one.cost else ""
        rows.append(
            (one.name, one.kind, *moments, cost, one.budget.told if one.budget else "", one.off or _trouble(one, found, zone))
        )
    tables.show(heads, rows)
    for one in found.sources:
        if one.live is not None:
            print(f"Live from {one.name}: {heard(one.live, found.at, zone)}")


def heard(line: Line, now: datetime, zone: str) -> str:
    """When a stream last told anything, and why nobody listens."""
    if line.heard is None:
        last = "nothing heard yet"
    else:
        minutes = words.count((now - line.heard) // timedelta(minutes=1), "minute")
        last = f"last heard {times.told(line.heard, zone)}, {minutes} ago"
    return "; ".join(filter(None, (last, line.problem)))


def _trouble(one: SourceState, found: Status, zone: str) -> str:
    return "; ".join(filter(None, (one.fault, _waiting(one.breaker, found.at, zone))))


def _waiting(breaker: Breaker, now: datetime, zone: str) -> str:
    if not breaker.failures or breaker.at_ceiling:
        return ""
    who = "needs somebody, " if breaker.needs_a_person else ""
    after = f"after {words.count(breaker.failures, 'failure')}"
    if breaker.state(now) == "half-open":
        return f"{who}tried again now {after}"
    return f"{who}waits until {times.told(breaker.until, zone)} {after}"


def _show_week(one: WeekState, now: datetime, zone: str) -> None:
    made = (
        f"page of {times.told(one.draft.as_of, zone)}, {words.count(one.draft.contributions, 'contribution')}"
        if one.draft
        else "no page yet"
    )
    print(f"Week {one.week.number}, {one.week.starts} to {one.week.ends}: {one.posts:,} posts, {made}")
    rows = [(f"  {c.source}", c.posts, f"{c.read:g} of {c.due:g} h", sum(c.asides.values()), c.off) for c in one.coverage]
    tables.show(("  source", "posts", "read", "set aside", "off"), rows)
    for coverage in one.coverage:
        for gap in coverage.gaps:
            soon = ", less than a day is left" if deadlines.closes_soon(gap, now) else ""
            print(f"  gap: {told(gap, zone)}{soon}")


def told(gap: Gap, zone: str) -> str:
    span = f"{gap.source}, {times.told(gap.since, zone)} to {times.told(gap.until, zone)}"
    why = f" ({gap.reason})" if gap.reason else ""
    return f"{span}{why}: {_cure(gap, zone)}"


def _cure(gap: Gap, zone: str) -> str:
    if not gap.fillable:
        return "cannot be filled any more, ask for a file"
    if gap.fill_until is None:
        return "can still be filled, no limit is known"
    return f"can be filled until {times.told(gap.fill_until, zone)}"


def written(found: Status) -> str:
    """As JSON, for programs."""
    return json.dumps(_plain(found), indent=2, default=lambda moment: moment.isoformat())


def _plain(found: Status) -> dict[str, Any]:
    weeks = [_plain_week(one) for one in found.weeks]
    public = {"undelivered": found.undelivered, "late_requests": found.late_requests}
    more = {
        "backup": found.backup,
        "timetables": [{"week": week.number, **asdict(moments)} for week, moments in found.timetables],
        "unsent": [{"id": one.id, "to": one.to, "state": one.state, "error": one.error} for one in found.unsent],
    }
    sources = [asdict(one) | {"state": one.breaker.state(found.at)} for one in found.sources]
    return {"at": found.at, "gaps": found.gaps, "sources": sources, "weeks": weeks, **public, **more}


def _plain_week(one: WeekState) -> dict[str, Any]:
    coverage = [asdict(row) | {"asides": dict(row.asides)} for row in one.coverage]
    week = {"number": one.week.number, "starts": one.week.starts, "ends": one.week.ends}
    return {**week, "posts": one.posts, "coverage": coverage, "draft": asdict(one.draft) if one.draft else None}


def health(found: Status, running: bool) -> dict[str, Any]:
    """What `/healthz` answers: fine while a daemon runs, no source that is on is in trouble, and the public reads what it
    should."""
    faults = {one.name: one.fault for one in found.sources if one.fault}
    return {
        "ok": running and not faults and not found.undelivered and not found.late_requests,
        "daemon": running,
        "faults": faults,
        "gaps": found.gaps,
        "undelivered": list(found.undelivered),
        "late_requests": found.late_requests,
        "last_good": dict(_last_good(found)),
    }


def _last_good(found: Status) -> Iterator[tuple[str, str | None]]:
    for one in found.sources:
        if not one.off:
            yield one.name, one.last_good.isoformat() if one.last_good else None
