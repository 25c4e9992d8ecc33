"""`listener serve`: the pages and a health check, behind the password of the config."""

from typing import TYPE_CHECKING, Any

from listener.cli import opened
from listener.cli.status import health
from listener.jobs import status
from listener.jobs.service import Refused

if TYPE_CHECKING:
    from listener.config import Config


def run(config: "Config", *, host: str | None, port: int | None) -> None:
    from listener import daemon, web

    if config.serve.password is None:
        raise Refused(f'{config.file}: set a password first: [serve] password = {{ file = "password" }}', 2)
    password = config.serve.password.reveal()
    with opened.service(config) as service:

        def state() -> dict[str, Any]:
            return health(status.do(service), daemon.is_running(config.storage))

        app = web.create_app(config.output, password, state)
        web.serve(app, host or config.serve.host, config.serve.port if port is None else port, _say)


def _say(address: str) -> None:
    print(f"The pages are at {address} (any user name, the password of the config). Ctrl-C ends it.", flush=True)
