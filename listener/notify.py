"""Hands one message to one address, in a child process that ends when its time is up: the one home of Apprise.

Apprise gives every mail a Message-ID of its own each time, so a mail handed in twice cannot be told by its reader from two
mails: what may have been taken is therefore never handed in again by itself.
"""

import json
import logging
import os
import re
import signal
import subprocess
import sys
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any, Literal
from urllib.parse import quote, urlsplit, urlunsplit

from collectors import way_out
from collectors.base import Secret

PATIENCE = 20.0  # seconds that one message is given
INSTALL = 'Apprise is not installed: pip install "listener[notify]"'

Outcome = Literal["sent", "unsure", "failed", "unknown"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """`failed` may be tried again, `unsure` may have arrived, `unknown` is an address that Apprise cannot use. `reason` holds
    nothing that is secret."""

    outcome: Outcome
    reason: str = ""


def send(address: Secret, subject: str, body: str, patience: float = PATIENCE) -> Verdict:
    """Hands a message in, within so many seconds in all. Nothing of it, nor the address, is on a command line or in a log."""
    if find_spec("apprise") is None:
        return Verdict(outcome="failed", reason=INSTALL)
    told = json.dumps({"address": address.reveal(), "subject": subject, "body": body, "patience": patience})
    try:
        done = subprocess.run(
            [sys.executable, "-P", "-m", "listener.notify"],
            input=told,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            timeout=patience,
            check=False,
            env={**os.environ, **way_out.told()},
            start_new_session=True,  # Ctrl-C at the daemon's terminal must not cut a message in two
        )
    except subprocess.TimeoutExpired as late:
        return verdict(_text(late.stdout), f"no answer within {patience:g} seconds")
    return verdict(done.stdout, "it ended before it was known what became of it")


def addressed(via: Secret, to: str, headers: Mapping[str, str]) -> Secret:
    """Apprise's address of a mail server, with one recipient in place of its own, and headers."""
    parts = urlsplit(via.reveal())
    kept = [pair for pair in parts.query.split("&") if pair and not pair.startswith(("to=", "cc=", "bcc="))]
    more = [f"+{name}={quote(value, safe='')}" for name, value in headers.items()]
    return Secret(urlunsplit(parts._replace(query="&".join([*kept, f"to={quote(to, safe='')}", *more]))))


def place(address: Secret) -> str:
    """The service that an address leads to and its HOST:PORT, as far as they are no secret; empty for one it cannot use."""
    if find_spec("apprise") is None:
        return ""
    log = logging.getLogger("apprise")
    before, log.disabled = log.disabled, True  # of an address that it cannot use it logs all, with the password
    try:
        with warnings.catch_warnings(action="ignore"):  # of modules that Python is to drop
            import apprise

            found = apprise.Apprise.instantiate(address.reveal(), suppress_exceptions=True)
    finally:
        log.disabled = before
    return "" if found is None else f"{found.service_name} at {_host(found)}"


def _host(found: Any) -> str:
    """Some services have a token where others have a host: what is shown is a host in every way of writing the address."""
    if server := getattr(found, "smtp_host", ""):
        return f"{server}:{found.port}"
    if all("{host}" in one for one in found.templates):
        return f"{found.host}:{found.port or (443 if found.secure else 80)}"
    return way_out.place(str(getattr(type(found), "notify_url", ""))) or "a host of its own"


def _text(printed: bytes | str | None) -> str:
    return printed.decode("utf-8", "replace") if isinstance(printed, bytes) else printed or ""


def verdict(printed: str, otherwise: str) -> Verdict:
    """The last word counts. Where there is none, it may have arrived only if it had been handed over by then."""
    lines = printed.splitlines()
    outcome, _, reason = (lines[-1] if lines else "").partition(" ")
    match outcome:
        case "sent" | "unsure" | "failed" | "unknown":
            return Verdict(outcome=outcome, reason=reason)
        case "handed":
            return Verdict(outcome="unsure", reason=otherwise)
    return Verdict(outcome="failed", reason=otherwise)


# --- in the child ---------------------------------------------------------------------------------------------------------

_BODY_ENDS = b"\r\n.\r\n"
_ANSWERED = "the service answered"


class Line:
    """What the standard library says, through its audit events, of what went over the line."""

    def __init__(self) -> None:
        self.handed = False
        self.answered = True

    def hear(self, event: str, arguments: tuple[object, ...]) -> None:
        """Told of a mail's last dot, or of a request by HTTP, before it leaves. What follows a mail's dot shows that it was
        answered: after an answer a mail client goes on to reset or quit, without one it just hangs up."""
        if event == "smtplib.send":
            data = arguments[1]
            is_body = isinstance(data, bytes) and data.endswith(_BODY_ENDS)
            self.answered = not is_body
            self._hand(is_body)
        elif event == "http.client.send":
            self._hand(True)

    def _hand(self, is_all: bool) -> None:
        if is_all and not self.handed:
            self.handed = True
            _say("handed")


def main() -> None:
    """Reads what to send as JSON from its standard input; says "handed" once it goes out, and last what became of it."""
    told = json.load(sys.stdin)
    signal.alarm(int(told["patience"]) + 5)  # should the parent be killed, this must not go on for ever
    line = Line()
    sys.addaudithook(line.hear)
    _say(_handed_in(told["address"], told["subject"], told["body"], line))


def _say(word: str) -> None:
    sys.stdout.write(f"{word}\n")
    sys.stdout.flush()


def _handed_in(address: str, subject: str, body: str, line: Line) -> str:
    import apprise

    there = apprise.Apprise(asset=apprise.AppriseAsset(app_id="Listener", app_desc="Listener", app_url="", image_url_mask=""))
    with apprise.LogCapture(level=logging.DEBUG) as said:  # type: ignore[no-untyped-call] # it is not annotated
        if not there.add(address):
            return "unknown no address that Apprise knows"
        is_sent = there.notify(title=subject, body=body, body_format=apprise.NotifyFormat.TEXT)
        if is_sent:
            return "sent"
        reason = _reason(said.getvalue())
    is_open = line.handed and not line.answered and not reason.startswith(_ANSWERED)
    return f"unsure {reason}" if is_open else f"failed {reason}"


def _reason(said: str) -> str:
    """Of what the service said only what cannot be secret: the number of its answer, or the system's word for a broken line."""
    if code := re.search(r"Exception: (?:\{[^(]{,300})?\((\d{3}), |error=(\d{3})\b", said):
        return f"{_ANSWERED} {code[1] or code[2]}"
    if cause := re.search(r"\[Errno -?\d+\] ([A-Z][A-Za-z ]{3,60})", said):
        return cause[1]
    return "the service did not take it"


if __name__ == "__main__":
    main()
