"""Where the log goes, set up once at the start."""

import logging

OURS = ("collectors", "storage", "digests", "listener")


def set_up(level: int) -> None:
    """Log to the error stream: our own packages from `level` on, others only warnings: their debug lines may hold tokens."""
    logging.basicConfig(format="%(asctime)s %(levelname)s %(name)s: %(message)s", level=logging.WARNING)
    for name in OURS:
        logging.getLogger(name).setLevel(level)
