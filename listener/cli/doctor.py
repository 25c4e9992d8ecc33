"""`listener doctor`: one line for each thing that was looked at, with what to do where something is wrong."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from collectors.base import Given
from listener import vault
from listener.cli import opened, tables
from listener.jobs import doctor, hosts, machine
from listener.jobs.machine import Finding, fail
from listener.jobs.service import Refused

if TYPE_CHECKING:
    from listener.config import Config


@dataclass(frozen=True, slots=True, kw_only=True)
class How:
    as_json: bool = False
    online: bool = True
    send_test: bool = False


def run(file: Path, how: How) -> None:
    found = list(look(file, how))
    show(found, as_json=how.as_json)
    wrong = sum(one.level == "fail" for one in found)
    if wrong:
        raise Refused(f"{wrong} of {len(found)} things are wrong; what to do stands beside each.")


def look(file: Path, how: How) -> Iterator[Finding]:
    from listener import config

    yield from machine.do()
    try:
        loaded = config.load(file)
    except config.ConfigError as error:
        yield from (fail("config", str(problem)) for problem in error.problems)
        return
    yield machine.ok("config", f"{file} is right")
    yield from _look_inside(loaded, how)


def _look_inside(config: "Config", how: How) -> Iterator[Finding]:
    from listener import daemon
    from listener.vault import VaultError
    from storage.store import StorageError

    sound = doctor.database(config.storage)
    yield sound
    if sound.level != "ok":
        return
    running = daemon.is_running(config.storage)
    try:
        with opened.service(config) as service:
            yield from doctor.do(service, doctor.Asked(running=running, online=how.online, send_test=how.send_test))
    except (StorageError, VaultError) as error:
        yield fail("database", str(error))


def show(found: Sequence[Finding], *, as_json: bool) -> None:
    if as_json:
        print(json.dumps([asdict(one) for one in found], indent=2, ensure_ascii=False))
        return
    for one in found:
        print(f"{one.level:<5} {one.about}: {' '.join(one.sentence.split())}")


def show_hosts(config: "Config", *, as_json: bool) -> None:
    found = hosts.do(config, lambda source: Given(source=source.name, vault=vault.beside(config.storage), now=opened.now))
    if as_json:
        print(json.dumps([asdict(one) for one in found], indent=2, ensure_ascii=False))
        return
    tables.show(("host", "why"), [(one.place, one.why) for one in found])
