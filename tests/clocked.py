"""`listener run` as a real process with another clock: `python -m tests.clocked CONFIG MOMENT [SPEED]`.

The clock starts at MOMENT (ISO 8601 with a zone) when it is first looked at, and goes SPEED times as fast as the real one;
with speed 0 it stands still. All else is the daemon's own code. It looks at its ledger ten times a second and says "idle"
whenever nothing was due.
"""

import logging
import sys
import time
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

from listener import config, daemon
from listener.cli import logs, opened
from listener.jobs import collect, digest


def main(file: str, moment: str, speed: str = "0") -> None:
    start, factor = datetime.fromisoformat(moment), float(speed)
    begun = cache(time.monotonic)

    def now() -> datetime:
        return start + timedelta(seconds=(time.monotonic() - begun()) * factor)

    logs.set_up(logging.INFO)
    with opened.service(config.load(Path(file))) as service:
        clocked = replace(service, now=now)
        daemon.run(clocked, seconds=0.1, after=lambda: say_if_idle(clocked))


def say_if_idle(service) -> None:
    if not collect.due_now(service) and not digest.due_now(service):
        sys.stdout.write("idle\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
