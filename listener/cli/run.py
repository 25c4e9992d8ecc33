"""`listener run`: the daemon, or one tick of it."""

import logging
import os
from typing import TYPE_CHECKING

from listener import daemon
from listener.cli import opened
from listener.jobs import tick

if TYPE_CHECKING:
    from listener.config import Config


def run(config: "Config", *, once: bool) -> None:
    with opened.service(config) as service:
        if once:
            tick.do(service)
            return
        ended = daemon.run(service)
    if not ended:
        # A thread that hangs in a call to a network would keep the process alive for as long as the call: all is kept already.
        logging.shutdown()
        os._exit(0)
