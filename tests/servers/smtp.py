"""A real SMTP server on this machine that takes mails, or treats them as servers do on a bad day."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any, Literal

from aiosmtpd.controller import Controller

from tests.servers.dovecot import free_port

Mood = Literal["takes", "refuses", "greylists", "is busy", "hangs", "drops", "greets never"]


@dataclass
class Server:
    """`mood` may change while it runs. `handed` is every mail that was handed over, whatever was answered."""

    port: int
    mood: Mood = "takes"
    handed: list[bytes] = field(default_factory=list)

    def address(self, to: str = "team") -> str:
        """As Apprise writes it."""
        return f"mailto://127.0.0.1:{self.port}?from=listener@example.org&to={to}@example.org&mode=insecure"

    @property
    def mails(self) -> list[EmailMessage]:
        return [message_from_bytes(mail, policy=policy.default) for mail in self.handed]

    async def handle_EHLO(self, _server: Any, session: Any, _envelope: Any, host: str, answers: list[str]) -> list[str]:  # noqa: N802
        if self.mood == "greets never":
            await asyncio.sleep(60)
        session.host_name = host
        return answers

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any) -> str:  # noqa: N802
        if self.mood == "refuses":
            return "550 nobody of that name"
        envelope.rcpt_tos.append(address)
        return "250 fine"

    async def handle_DATA(self, server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        self.handed.append(envelope.content)
        if self.mood == "hangs":
            await asyncio.sleep(60)
        if self.mood == "drops":
            server.transport.abort()
        return {"greylists": "451 come again later", "is busy": "421 too much to do"}.get(self.mood, "250 taken")


@contextmanager
def opened(mood: Mood = "takes") -> Iterator[Server]:
    server = Server(free_port(), mood)
    controller = Controller(server, hostname="127.0.0.1", port=server.port)
    controller.start()
    try:
        yield server
    finally:
        controller.stop()
