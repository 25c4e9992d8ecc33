"""The command line called in this process, as a test's own words."""

import sys
from collections.abc import Callable

import pytest

from listener.cli import main

Call = Callable[..., tuple[int, str, str]]


def caller(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Call:
    """A function of words: exit code, what was said, what was said to be wrong."""
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)

    def call(*words: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["listener", *map(str, words)])
        with pytest.raises(SystemExit) as ended:
            main.main()
        said = capsys.readouterr()
        return int(ended.value.code or 0), said.out, said.err

    return call
