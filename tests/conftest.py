"""What holds between tests."""

import logging
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

from listener.cli import logs

# How fast an example is made says how busy the machine is, nothing of what is tested.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")


@pytest.fixture(autouse=True)
def levels_of_the_log() -> Iterator[None]:
    """The command line sets them for its process; tests share one."""
    before = {name: logging.getLogger(name).level for name in logs.OURS}
    yield
    for name, level in before.items():
        logging.getLogger(name).setLevel(level)
