"""Bluesky's own network (npm @atproto/dev-env) on this machine, with PostgreSQL, Redis and our stand-in for its search."""

import shutil
import socket
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path
from types import MappingProxyType

from tests.servers import bluesky_search, postgres, programs


def missing() -> str:
    """Which program is not there; empty if the network can be started."""
    home, here = programs.home(), Path(__file__).parent
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
        stack.enter_context(_saying(redis, folder / "redis.log", "Ready to accept connections"))
        environment = {
            "MODULES": str(programs.home() / "bluesky"),
            "PORTS": ",".join(map(str, network_ports)),
            "DB_POSTGRES_URL": database,
            "REDIS_HOST": f"127.0.0.1:{redis_port}",
            "SEARCH_URL": stack.enter_context(bluesky_search.started(database)),
            "TMPDIR": str(folder),  # the PDS leaves its files in the folder for temporary files
            "LOG_ENABLED": "false",
        }
        node = [str(programs.home() / "node" / "node"), str(Path(__file__).with_suffix(".mjs"))]
        stack.enter_context(_saying(node, folder / "node.log", '{"ready":true}', environment))
        yield f"http://localhost:{network_ports[0]}"


def _free_ports(count: int) -> list[int]:
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]


def _saying(
    command: list[str], log: Path, text: str, environment: Mapping[str, str] = MappingProxyType({})
) -> AbstractContextManager[None]:
    """A program that is up when it has written this to its log."""
    return programs.running(command, log, lambda: text in log.read_text(errors="replace"), environment)
