"""Breaks a command in the middle: kills it at a system call or at a moment, or lets the disk be full from a write on."""

import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import NamedTemporaryFile

import pytest

ROOT = Path(__file__).parent.parent
WRITES = ("write", "pwrite64", "writev", "pwritev")
STATE = (*WRITES, "fsync", "fdatasync", "ftruncate", "rename", "renameat", "renameat2", "unlink", "unlinkat")
_LIMIT = 120


@dataclass(frozen=True, slots=True)
class Point:
    """The `number`-th call of one name that a process makes on the files that are watched."""

    call: str
    number: int

    def __str__(self) -> str:
        return f"{self.call} {self.number}"


@cache
def without_strace() -> str:
    """Why calls cannot be broken here; empty when they can."""
    if not shutil.which("strace"):
        return "strace is not installed"
    tried = subprocess.run(["strace", "-qq", "-o", "/dev/null", "true"], capture_output=True, text=True, check=False)
    return f"strace may not trace here: {tried.stderr.strip()}" if tried.returncode else ""


def need_strace() -> None:
    if reason := without_strace():
        pytest.skip(reason)


def program(code: str, *arguments: object) -> list[str]:
    """A command that runs Python code with this project's packages."""
    return [sys.executable, "-B", "-c", code, *map(str, arguments)]


def database(path: Path) -> list[Path]:
    """The files that SQLite writes for one database."""
    return [path, *(path.with_name(path.name + end) for end in ("-wal", "-shm", "-journal"))]


def run(command: Sequence[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=_LIMIT, check=False)


def points(command: Sequence[str], files: Sequence[Path], calls: Sequence[str] = STATE) -> list[Point]:
    """Every call on the files that changes something in an undisturbed run. Raises CalledProcessError if that run fails."""
    with NamedTemporaryFile("r", suffix=".trace") as trace:
        _traced(command, files, "-o", trace.name, "-e", f"trace={','.join(calls)}").check_returncode()
        return _read(trace.read())


def spread(found: Sequence[Point], at_most: int) -> list[Point]:
    """That many of them, evenly from the first to the last."""
    step = max(1, (len(found) - 1) / max(1, at_most - 1))
    return [found[round(n * step)] for n in range(min(at_most, len(found)))]


def kill_at(command: Sequence[str], files: Sequence[Path], point: Point) -> subprocess.CompletedProcess[str]:
    """SIGKILL before the call is carried out: no handler, no clean-up."""
    return _injected(command, files, point.call, f"signal=SIGKILL:when={point.number}")


def fill_at(command: Sequence[str], files: Sequence[Path], point: Point) -> subprocess.CompletedProcess[str]:
    """From this write on there is no space left."""
    return _injected(command, files, point.call, f"error=ENOSPC:when={point.number}+")


def kill_after(command: Sequence[str], seconds: float) -> bool:
    """SIGKILL after that time; False if the command had ended by itself."""
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(_LIMIT)
        return True
    return False


def _read(trace: str) -> list[Point]:
    seen: Counter[tuple[str, str]] = Counter()
    found: dict[Point, None] = {}
    for process, call in re.findall(r"^(\d+) +(\w+)\(", trace, re.MULTILINE):
        seen[process, call] += 1  # strace counts each process apart
        found[Point(call, seen[process, call])] = None
    return list(found)


def _injected(command: Sequence[str], files: Sequence[Path], call: str, fault: str) -> subprocess.CompletedProcess[str]:
    return _traced(command, files, "-o", "/dev/null", "-e", f"trace={call}", "-e", f"inject={call}:{fault}")


def _traced(command: Sequence[str], files: Sequence[Path], *how: str) -> subprocess.CompletedProcess[str]:
    watched = [word for file in files for word in ("-P", str(file))]
    return run(["strace", "-f", "-qq", *watched, *how, *command])
