"""Small configs for tests, and how they are loaded or refused."""

from pathlib import Path

import pytest

from listener import config
from listener.config import ConfigError, Problem

CANARY = "canary-7f3a"
EXAMPLE = Path(__file__).parent.parent / "config.example.toml"

EXERCISE = """
[exercise]
slug = "think-carer"
title = "Thinking of carers"
organisation = "Any Trust"
hashtags = ["#ThinkCarers", "carers_week", "thinkcarers"]
timezone = "Europe/London"
starts = 2026-11-02
"""
WEEK = """
[[exercise.weeks]]
question = "What helps?"
"""
BLUESKY = """
[sources.sky]
kind = "bluesky"
handle = "listener.example.org"
password = { env = "SKY_PASSWORD" }
"""
GOOD = EXERCISE + WEEK + BLUESKY


def load(folder: Path, text: str) -> config.Config:
    file = folder / "listener.toml"
    file.write_text(text, encoding="utf-8", newline="")
    return config.load(file)


def problems(folder: Path, text: str) -> tuple[Problem, ...]:
    with pytest.raises(ConfigError) as caught:
        load(folder, text)
    assert str(caught.value).count("\n") == len(caught.value.problems) - 1
    return caught.value.problems


def only(folder: Path, text: str) -> Problem:
    (problem,) = problems(folder, text)
    return problem
