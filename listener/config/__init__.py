"""The exercise and its sources from TOML; every problem told at once."""

from pathlib import Path

from listener.config.problems import ConfigError, Problem
from listener.config.values import Analysis, Backup, Config, Notify, Privacy, Publish, Safeguarding, Schedule, Serve, Source

__all__ = [
    "Analysis",
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
    "load_bare",
    "missing_secrets",
]


def load(file: Path) -> Config:
    """The config of a file. Raises ConfigError with every problem at once; secrets are looked up, nothing is started."""
    from listener.config import reading  # with pydantic, which a mere `listener --help` does not need

    return reading.read(file)


def load_bare(file: Path) -> Config:
    """The same without sources, messages and secrets: enough to look into a database. Raises ConfigError."""
    from listener.config import reading

    return reading.read_bare(file)


def missing_secrets(file: Path) -> dict[str, str]:
    """Why each secret that a config names cannot be had here, by its place in the config. Raises ConfigError."""
    from listener.config import reading

    return reading.missing_secrets(file)
