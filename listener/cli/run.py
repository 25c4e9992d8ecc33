"""`listener run`: the daemon, or one tick of it."""

import logging
import os
from typing import TYPE_CHECKING

from listener import daemon
from listener.cli import opened, trouble
from listener.jobs import tick
from listener.jobs.service import Refused

if TYPE_CHECKING:
    from listener.config import Config


def run(config: "Config", *, once: bool) -> None:
    with opened.service(config) as service:
        if once:
            done = tick.do(service)
            if done.broken:
                raise Refused("\n".join(f"{name} failed: {trouble.words(fault)}" for name, fault in done.broken))
            return
        ended = daemon.run(service)
    if not ended:
        # A thread that hangs in a call to a network would keep the process alive for as long as the call: all is kept already.
        logging.shutdown()
        os._exit(0)
