"""What holds between tests."""

import logging
from collections.abc import Iterator

import pytest

from listener.cli import logs


@pytest.fixture(autouse=True)
def levels_of_the_log() -> Iterator[None]:
    """The command line sets them for its process; tests share one."""
    before = {name: logging.getLogger(name).level for name in logs.OURS}
    yield
    for name, level in before.items():
        logging.getLogger(name).setLevel(level)
