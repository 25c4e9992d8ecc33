"""The exercise and its sources from TOML; every problem told at once."""

from pathlib import Path

from listener.config.problems import ConfigError, Problem
from listener.config.values import Backup, Config, Notify, Privacy, Publish, Safeguarding, Schedule, Serve, Source

__all__ = [
    "Backup",
    "Config",
    "ConfigError",
    "Notify",
    "Privacy",
    "Problem",
    "Publish",
    "Safeguarding",
    "Schedule",
    "Serve",
    "Source",
    "load",
]


def load(file: Path) -> Config:
    """The config of a file. Raises ConfigError with every problem at once; secrets are looked up, nothing is started."""
    from listener.config import reading  # with pydantic, which a mere `listener --help` does not need

    return reading.read(file)
