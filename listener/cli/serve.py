"""`listener serve`: the desk, the internal pages and a health check."""

from typing import TYPE_CHECKING, Any

from listener.cli import opened
from listener.cli.status import health
from listener.jobs import status

if TYPE_CHECKING:
    from listener.config import Config


def run(config: "Config", *, host: str | None, port: int | None) -> None:
    from listener import daemon, web

    with opened.service(config) as service:

        def state() -> dict[str, Any]:
            return health(status.do(service), daemon.is_running(config.storage))

        app = web.create_app(service, state)
        web.serve(app, host or config.serve.host, config.serve.port if port is None else port, _say)


def _say(address: str) -> None:
    print(f"The desk is at {address}. Ctrl-C ends it.", flush=True)
