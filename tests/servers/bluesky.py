"""Bluesky's own network (npm @atproto/dev-env) on this machine, with PostgreSQL, Redis and our stand-in for its search."""

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import MappingProxyType

from tests.servers import bluesky_search, postgres


def missing() -> str:
    """Which program is not there; empty if the network can be started."""
    home, here = _home(), Path(__file__).parent
    there = {
        "PostgreSQL": postgres.programs() and shutil.which("psql"),
        "redis-server": shutil.which("redis-server"),
        "Node": (home / "node" / "node").exists(),
        "@atproto/dev-env": (home / "bluesky" / "ready").exists(),
    }
    absent = [name for name, found in there.items() if not found]
    return f"{', '.join(absent)} not installed: run {here.name}/install.sh" if absent else ""


@contextmanager
def started() -> Iterator[str]:
    """The address of the account server (PDS)."""
    database_port, redis_port, *network_ports = _free_ports(5)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bsky")))
        folder.chmod(0o755)  # PostgreSQL runs as another user and has a folder of its own in it
        database = stack.enter_context(postgres.started(folder / "pg", database_port))
        redis = ["redis-server", "--port", str(redis_port), "--bind", "127.0.0.1", "--save", "", "--dir", str(folder)]
        stack.enter_context(_running(redis, folder / "redis.log", until="Ready to accept connections"))
        environment = {
            "MODULES": str(_home() / "bluesky"),
            "PORTS": ",".join(map(str, network_ports)),
            "DB_POSTGRES_URL": database,
            "REDIS_HOST": f"127.0.0.1:{redis_port}",
            "SEARCH_URL": stack.enter_context(bluesky_search.started(database)),
            "TMPDIR": str(folder),  # the PDS leaves its files in the folder for temporary files
            "LOG_ENABLED": "false",
        }
        node = [str(_home() / "node" / "node"), str(Path(__file__).with_suffix(".mjs"))]
        stack.enter_context(_running(node, folder / "node.log", until='{"ready":true}', environment=environment))
        yield f"http://localhost:{network_ports[0]}"


def _home() -> Path:
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return Path(os.environ.get("LISTENER_SERVERS") or cache / "listener-servers")


def _free_ports(count: int) -> list[int]:
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]


@contextmanager
def _running(
    command: list[str], log: Path, until: str, environment: Mapping[str, str] = MappingProxyType({})
) -> Iterator[None]:
    """A program that has written `until` to its log; ended at the end, by force if it does not obey."""
    with log.open("wb") as out:
        program = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT, env={**os.environ, **environment}
        )
    try:
        _wait_for(until, log, program)
        yield
    finally:
        program.terminate()
        try:
            program.wait(30)
        except subprocess.TimeoutExpired:
            program.kill()
            program.wait()


def _wait_for(text: str, log: Path, program: subprocess.Popen[bytes]) -> None:
    last = time.monotonic() + 120
    while text not in log.read_text(errors="replace"):
        if program.poll() is not None or time.monotonic() > last:
            raise RuntimeError(f"{log.stem} did not start: {log.read_text(errors='replace')[-2000:]}")
        time.sleep(0.05)
