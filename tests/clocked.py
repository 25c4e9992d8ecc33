"""`listener run` as a real process with another clock: `python -m tests.clocked CONFIG MOMENT [SPEED [serve]]`.

The clock starts at MOMENT (ISO 8601 with a zone) when it is first looked at, and goes SPEED times as fast as the real one;
with speed 0 it stands still. Where MOMENT is `@FILE`, the moment is what that file says each time. All else is the daemon's
own code. It looks at its ledger ten times a second and says "idle" whenever nothing was due. With "serve" it is the desk.
"""

import logging
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

from listener import config, daemon, web
from listener.cli import logs, opened
from listener.jobs import collect, digest


def main(file: str, moment: str, speed: str = "0", what: str = "run") -> None:
    now = told_by(Path(moment.removeprefix("@"))) if moment.startswith("@") else running(moment, float(speed))
    logs.set_up(logging.INFO)
    with opened.service(config.load(Path(file))) as service:
        clocked = replace(service, now=now)
        if what == "serve":
            serve(clocked)
        else:
            daemon.run(clocked, seconds=0.1, after=lambda: say_if_idle(clocked))


def serve(service) -> None:
    told = service.config.serve
    web.serve(web.create_app(service), told.host, told.port, say)


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def running(moment: str, factor: float) -> Callable[[], datetime]:
    start, begun = datetime.fromisoformat(moment), cache(time.monotonic)
    return lambda: start + timedelta(seconds=(time.monotonic() - begun()) * factor)


def told_by(file: Path) -> Callable[[], datetime]:
    return lambda: datetime.fromisoformat(file.read_text())


def say_if_idle(service) -> None:
    if not collect.due_now(service) and not digest.due_now(service):
        say(f"idle at {service.now().isoformat()}")


if __name__ == "__main__":
    main(*sys.argv[1:])
