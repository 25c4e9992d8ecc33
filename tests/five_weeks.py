"""Five weeks of listening, every tick of them, on one clock: three networks that fail, forget, edit and list late, and a daemon
that is killed. What goes wrong is drawn from a seed; what must hold is looked at all along."""

import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

from collectors import way_out
from collectors.post import Post
from listener import config, vault
from listener.jobs import breaker, collect, export, ledger, tick
from listener.jobs.service import Service
from storage.store import Store
from storage.values import Run, Week
from tests.five_weeks_script import DAY, ENDS, HOUR, NETWORKS, STARTS, Said, Script, script
from tests.networks import mastodon
from tests.servers import certificates

REACH = 3 * DAY
CONFIG = """
[exercise]
slug = "think-carer"
title = "Think Carer (a rehearsal)"
organisation = "Example Health Partnership"
hashtags = ["NHSThinkCarer"]
timezone = "Europe/London"
starts = 2026-10-12
invented = true

[[exercise.weeks]]
question = "What would make it easier to ask for help?"

[[exercise.weeks]]
question = "Who listened to you?"

[[exercise.weeks]]
question = "What keeps you going?"

[[exercise.weeks]]
question = "What would you tell a new carer?"

[[exercise.weeks]]
question = "What should change first?"

[storage]
path = "listener.db"

[output]
folder = "digests"

[schedule]
every = "2h"

[sources.sky]
kind = "bluesky"
handle = "listener.example"
password = { file = "secret" }
service = "SKY"

[sources.toots]
kind = "mastodon"
servers = ["TOOTS"]

[sources.x]
kind = "x"
reach = "3d"
bearer_token = { file = "secret" }
"""


class Killed(BaseException):
    """The daemon is gone: nothing after this moment is done, and nothing is caught."""


@dataclass
class Clock:
    """`fuse` is after how many looks at the clock the daemon is killed, none if it is not."""

    at: datetime
    fuse: int = 0

    def __call__(self) -> datetime:
        if self.fuse:
            self.fuse -= 1
            if not self.fuse:
                raise Killed
        return self.at


@dataclass(slots=True)
class Report:
    """What was done, and everything that did not hold, in sentences."""

    ticks: int = 0
    runs: int = 0
    failed: int = 0
    kept: int = 0
    taken_down: int = 0
    lost: int = 0
    killed: int = 0
    problems: list[str] = field(default_factory=list)


# --- the stage ------------------------------------------------------------------------------------------------------------


@dataclass
class Stage:
    folder: Path
    script: Script
    networks: Mapping[str, Any]
    clock: Clock = field(default_factory=lambda: Clock(STARTS))
    report: Report = field(default_factory=Report)

    def service(self) -> Service:
        """As a daemon that starts has it."""
        loaded = config.load(self.folder / "listener.toml")
        stand_in = {"service": self.networks["x"].options["service"], "pace": 0.0}
        sources = tuple(replace(one, options={**one.options, **stand_in}) if one.kind == "x" else one for one in loaded.sources)
        store = Store(loaded.storage, b"secret", wait=0.5)
        return Service(config=replace(loaded, sources=sources), store=store, vault=vault.beside(loaded.storage), now=self.clock)

    def set_scene(self) -> None:
        """What each network lists at this moment, and what it answers instead."""
        now = self.clock.at
        for name, network in self.networks.items():
            shown = [post for one in self.script.said[name] if (post := one.at(now)) is not None]
            _show(name, network, shown)
            troubles = [one for one in self.script.troubles if one.source == name and one.since <= now < one.until]
            network.answers[:] = [troubles[0].answer()] * 200 if troubles else []


def _show(name: str, network: Any, shown: Sequence[Post]) -> None:
    newest = sorted(shown, key=lambda post: post.posted_at, reverse=True)
    if name == "toots":
        network.statuses = [mastodon.status_of(post) for post in newest]
    else:
        network.posts = newest


def rehearse(folder: Path, seed: int) -> Report:
    """`folder` is new. Our own authority stands in for the system's list, which takes longer to read than all else."""
    authority = str(certificates.make(folder, datetime.now(UTC)).authority)
    with patch.dict(os.environ, dict.fromkeys(way_out.BUNDLES, authority)), ExitStack() as stack:
        networks = {name: stack.enter_context(module.opened([])) for name, module in NETWORKS.items()}
        sky, toots = networks["sky"].options["service"], networks["toots"].options["servers"][0]
        (folder / "listener.toml").write_text(CONFIG.replace("SKY", sky).replace("TOOTS", toots), encoding="utf-8")
        (folder / "secret").write_text("app-pass")
        (folder / "secret").chmod(0o600)
        return live(Stage(folder, script(seed, toots), networks))


def live(stage: Stage) -> Report:
    """Every tick of the five weeks, and of the days after in which the last one settles."""
    service = stage.service()
    while stage.clock.at < ENDS:
        if not any(since <= stage.clock.at < until for since, until in stage.script.absences):
            service = step(stage, service)
        stage.clock.at += HOUR
    service = step(stage, service)
    look_back(stage, service)
    return stage.report


def step(stage: Stage, service: Service) -> Service:
    """One tick; after a kill, a daemon that was started again."""
    stage.set_scene()
    stage.report.ticks += 1
    stage.clock.fuse = stage.script.kills.get(stage.clock.at, 0)
    try:
        done = tick.do(service)
    except Killed:
        stage.report.killed += 1
        return stage.service()
    finally:
        stage.clock.fuse = 0
    look(stage, service, done)
    return service


# --- what must hold -------------------------------------------------------------------------------------------------------


def look(stage: Stage, service: Service, done: tick.Done) -> None:
    stage.report.problems += [f"{stage.clock.at}: {name}: {fault!r}" for name, fault in done.broken]
    stage.report.runs += len(done.runs)
    stage.report.failed += sum(run.state == "failed" for run in done.runs)
    refused: set[str] = set()
    for run in breaker.readings(done.runs):
        if run.source in refused:
            stage.report.problems.append(f"{stage.clock.at}: {run.source} was asked again after it had refused")
        refused |= {run.source} if run.state == "failed" else set()
    checks = [run for run in done.runs if run.why == "sweep" and run.state == "complete"]
    if checks:
        stage.report.problems += _still_there(stage, service, checks)
    if (stage.clock.at - STARTS) % (6 * HOUR) == timedelta():
        stage.report.problems += _unnamed(stage, service)


def _still_there(stage: Stage, service: Service, checks: Sequence[Run]) -> Iterator[str]:
    """Posts taken down before a check that are still in a page, or kept."""
    gone = [
        one
        for run in checks
        for one in stage.script.said[run.source]
        if one.gone_at and one.gone_at <= run.started_at and run.since <= one.post.posted_at < run.until
    ]
    pages = "".join(file.read_text("utf-8") for file in (stage.folder / "digests").rglob("*.html"))
    kept = marks_of(stage, service)
    for one in gone:
        if one.mark in pages or one.mark in kept:
            yield f"{stage.clock.at}: {one.mark} was taken down at {one.gone_at} and is still there"


def _unnamed(stage: Stage, service: Service) -> Iterator[str]:
    """Posts that are listed, were not read, and lie in no gap of the ledger."""
    now, kept = stage.clock.at, marks_of(stage, service)
    gaps = {(gap.source, gap.since, gap.until) for gap in gaps_of(service)}
    for name, said in stage.script.said.items():
        edge = now - 5 * HOUR
        for one in said:
            at = one.post.posted_at
            is_due = one.shown_at == at and at < edge and one.at(now) is not None
            if is_due and one.mark not in kept and not any(s == name and a <= at < b for s, a, b in gaps):
                yield f"{now}: {one.mark} of {at} was not read, and no gap says so"


def gaps_of(service: Service) -> Iterator[Any]:
    exercise, now = service.config.exercise, service.now()
    with service.store.read() as unit:
        runs = unit.runs.by_source(collect.whole(exercise, now))
    for source in service.all_listening():
        for week in exercise.weeks:
            yield from ledger.gaps(source, week, runs.get(source.name, []), now)


def marks_of(stage: Stage, service: Service) -> dict[str, str]:
    """The marks of all that is kept -> its words; a mark that stands twice is a problem."""
    found: dict[str, str] = {}
    for row in exported(stage, service):
        mark = next(word for word in row["text"].split() if word.startswith("zq"))
        if mark in found:
            stage.report.problems.append(f"{stage.clock.at}: {mark} is kept twice")
        found[mark] = row["text"]
    return found


def exported(stage: Stage, service: Service) -> list[dict[str, Any]]:
    file = stage.folder / "all.jsonl"
    windows = [(week.number, ledger.window_of(week)) for week in service.config.exercise.weeks]
    export.do(service, file, windows, with_authors=False)
    return [json.loads(line) for line in file.read_text("utf-8").splitlines()]


def look_back(stage: Stage, service: Service) -> None:
    """At the end: all that could be read was read, in its last words; what was lost is said to be lost."""
    report, kept = stage.report, marks_of(stage, service)
    lost = [gap for gap in gaps_of(service) if not gap.fillable]
    report.kept = len(kept)
    report.problems += [f"a gap is left: {gap}" for gap in gaps_of(service) if gap.fillable or gap.source != "x"]
    report.problems += _too_much(stage, lost)
    for name, said in stage.script.said.items():
        for one in said:
            report.problems += _end_of(stage, one, kept, is_lost=_lies_in(one, name, lost), week=_week_of(service, one))
    again = tick.do(service)
    report.problems += [f"at the end something was still due: {again.runs}"] if again.runs else []


def _too_much(stage: Stage, lost: Iterable[Any]) -> Iterator[str]:
    """Nothing is given up that could have been read: only what lay further back than X reaches when it answered again."""
    spans = [(one.since - 3 * HOUR, one.until) for one in stage.script.troubles if one.source == "x"]
    for gap in lost:
        if not any(since <= gap.since and gap.until <= until - REACH + 8 * HOUR for since, until in spans):
            yield f"given up without need: {gap.source}, {gap.since} to {gap.until}"


def _lies_in(one: Said, name: str, gaps: Iterable[Any]) -> bool:
    return any(gap.source == name and gap.since <= one.post.posted_at < gap.until for gap in gaps)


def _week_of(service: Service, one: Said) -> Week:
    return next(week for week in service.config.exercise.weeks if week.opens <= one.post.posted_at < week.closes)


def _end_of(stage: Stage, one: Said, kept: Mapping[str, str], *, is_lost: bool, week: Week) -> Iterator[str]:
    settled = week.closes + DAY + 5 * HOUR
    if one.gone_at is not None:
        stage.report.taken_down += 1
        if one.mark in kept:
            yield f"{one.mark} was taken down and is kept"
    elif is_lost:
        stage.report.lost += one.mark not in kept
    elif one.mark not in kept and one.shown_at < settled:
        yield f"{one.mark} of {one.post.posted_at}, listed from {one.shown_at}, could be read and was not"
    elif one.edited_at is not None and "put better" not in kept[one.mark]:
        yield f"{one.mark} is kept in its old words"
