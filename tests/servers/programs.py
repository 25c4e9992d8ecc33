"""Programs that run on this machine for the tests, and where install.sh put what Debian does not have."""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType


def home() -> Path:
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return Path(os.environ.get("LISTENER_SERVERS") or cache / "listener-servers")


def of_debian(name: str) -> str:
    """Its path, empty if it is not installed. Servers are not on everybody's PATH."""
    return shutil.which(name, path=f"{os.environ['PATH']}:/usr/sbin") or ""


@contextmanager
def listening(
    command: Sequence[str], port: int, log: Path, environment: Mapping[str, str] = MappingProxyType({})
) -> Iterator[None]:
    """Runs a program that answers on this port, and ends it; what it says is in `log`."""
    with running(command, log, lambda: _answers(port), environment):
        yield


@contextmanager
def running(
    command: Sequence[str], log: Path, is_up: Callable[[], bool], environment: Mapping[str, str] = MappingProxyType({})
) -> Iterator[None]:
    """Runs a program until it is up, and ends it, by force if it does not obey; what it says is in `log`."""
    with log.open("wb") as out:
        program = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT, env={**os.environ, **environment}
        )
    try:
        _wait_for(is_up, program, log)
        yield
    finally:
        program.terminate()
        try:
            program.wait(30)
        except subprocess.TimeoutExpired:
            program.kill()
            program.wait()


def _wait_for(is_up: Callable[[], bool], program: subprocess.Popen[bytes], log: Path) -> None:
    ends = time.monotonic() + 120
    while not is_up():
        if program.poll() is not None or time.monotonic() > ends:
            raise RuntimeError(f"{log.stem} did not start: {log.read_text(errors='replace')[-2000:]}")
        time.sleep(0.02)


def _answers(port: int) -> bool:
    with socket.socket() as tried:
        return tried.connect_ex(("127.0.0.1", port)) == 0
