"""The stage of a rehearsed week: real servers, `listener run` and the desk as real processes, and a clock that a file tells."""

import shutil
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from email.message import EmailMessage
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread
from zoneinfo import ZoneInfo

from atproto import Client

from tests import processes
from tests.networks.mailbox import mail_of, make_post
from tests.processes import Process
from tests.servers import bluesky, bluesky_people, dovecot, post_office
from tests.servers.dovecot import PASSWORD, USER, Dovecot

LONDON = ZoneInfo("Europe/London")
CONFIG = """
[exercise]
slug = "think-carer"
title = "Think Carer (a rehearsal)"
organisation = "Example Health Partnership"
contact = "listening@example.org"
hashtags = ["NHSThinkCarer"]
timezone = "Europe/London"
starts = 2026-11-02
invented = true

[[exercise.weeks]]
question = "What would make it easier to ask for help?"

[[exercise.weeks]]
question = "Who listened to you?"

[storage]
path = "listener.db"

[output]
folder = "digests"

[schedule]
every = "1h"
holidays = "england-and-wales"

[serve]
host = "127.0.0.1"
port = {desk}
address = "http://127.0.0.1:{desk}"

[notify]
team = [{{ file = "team" }}]
operator = [{{ file = "operator" }}]
safeguarding = [{{ file = "lead" }}]

[publish]
folder = "public"
address = "http://127.0.0.1:{site}"
command = ["sh", "-c", "rm -rf elsewhere && cp -r public elsewhere"]

[safeguarding]
lead = "lead@example.org"
deputy = "deputy@example.org"
read_when = "We read what comes in on working days from 9am to 5pm."
urgent = "In an emergency call 999."

[sources.mail]
kind = "mailbox"
host = "localhost"
port = {mail}
user = "{user}"
password = {{ file = "mail-password" }}
ca_file = "{authority}"
timeout = 20.0

[sources.sky]
kind = "bluesky"
handle = "listener.test"
password = {{ file = "sky-password" }}
service = "{sky}"
"""


@dataclass
class Stage:
    """`at` moves the clock of every process at once; `late` adds to what is waiting upstream."""

    folder: Path
    mailbox: Dovecot
    sky: str
    desk: int
    daemon: Process | None = None
    people: dict[str, Client] = field(default_factory=dict)

    @property
    def clock(self) -> Path:
        return self.folder / "clock"

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.desk}"

    def now(self) -> datetime:
        return datetime.fromisoformat(self.clock.read_text())

    def set_clock(self, day: int, hour: int, minute: int = 0) -> datetime:
        """`day` of November 2026, London time."""
        moment = datetime(2026, 11, day, hour, minute, tzinfo=LONDON)
        new = self.clock.with_suffix(".new")
        new.write_text(moment.isoformat())
        new.replace(self.clock)
        return moment

    def at(self, day: int, hour: int, minute: int = 0) -> None:
        """Moves the clock and waits until the daemon has nothing left to do then."""
        moment = self.set_clock(day, hour, minute)
        assert self.daemon is not None
        for _ in range(2):  # the first may belong to a look that began before the clock moved
            self.daemon.until(f"^idle at {moment.isoformat()}".replace("+", r"\+"))

    def write(self, number: int, at: datetime, text: str) -> None:
        """Somebody writes to the mailbox."""
        post = make_post(number, at, text)
        self.mailbox.deliver(mail_of(post), at)

    def say(self, text: str, at: datetime, who: str = "alice") -> str:
        """Somebody posts on Bluesky; the address of the post."""
        if who not in self.people:
            self.people[who] = bluesky_people.sign_up(self.sky, who)
        made = bluesky_people.say(self.people[who], bluesky_people.tagged(text, "NHSThinkCarer"), at)
        return str(made.uri)

    def take_down(self, uri: str, who: str = "alice") -> None:
        self.people[who].delete_post(uri)

    def mails(self, folder: str) -> list[EmailMessage]:
        return post_office.read(self.mailbox, folder)


def missing() -> str:
    """Why the rehearsal cannot be held here; empty if it can."""
    if not dovecot.is_installed():
        return "dovecot is not installed: tests/servers/install.sh installs it"
    if shutil.which("chromium") is None:
        return "chromium is not installed: tests/servers/install.sh does it"
    return bluesky.missing()


@contextmanager
def set_up() -> Iterator[Stage]:
    with ExitStack() as stack:
        here = Path(stack.enter_context(TemporaryDirectory(prefix="monday")))
        here.chmod(0o755)  # Dovecot reads mail as another user when root runs the tests
        (here / "dovecot").mkdir()
        (here / "box").mkdir(mode=0o700)
        mailbox = stack.enter_context(dovecot.started(here / "dovecot"))
        sky = stack.enter_context(bluesky.started())
        stage = Stage(here / "box", mailbox, sky, dovecot.free_port())
        stage.people["listener"] = bluesky_people.sign_up(sky, "listener")
        smtp = stack.enter_context(post_office.opened(mailbox, stage.now))
        site = stack.enter_context(site_of(stage.folder / "public"))
        write_box(stage, smtp, site)
        yield stage
        for client in stage.people.values():
            client.request.close()


def write_box(stage: Stage, smtp: int, site: int) -> None:
    """The config and its secrets, as `listener init` and an operator would leave them."""
    authority = stage.mailbox.files.authority
    text = CONFIG.format(desk=stage.desk, site=site, mail=stage.mailbox.port, user=USER, authority=authority, sky=stage.sky)
    (stage.folder / "listener.toml").write_text(text, encoding="utf-8")
    address = "mailto://127.0.0.1:{}?from=listener@example.org&to={}@example.org&mode=insecure"
    secrets = {"mail-password": PASSWORD, "sky-password": bluesky_people.PASSWORD}
    secrets |= {name: address.format(smtp, name) for name in ("team", "operator", "lead")}
    for name, value in secrets.items():
        (stage.folder / name).write_text(value + "\n")
        (stage.folder / name).chmod(0o600)


@contextmanager
def site_of(folder: Path) -> Iterator[int]:
    """A web server that shows the public folder, as a trust's own does."""
    folder.mkdir(parents=True, exist_ok=True)
    handler = partial(_Quiet, directory=str(folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()
            thread.join()


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_args: object) -> None:
        """Nobody reads it."""


@contextmanager
def listening(stage: Stage) -> Iterator[Process]:
    """`listener run` on the stage's clock."""
    words = ("tests.clocked", str(stage.folder / "listener.toml"), f"@{stage.clock}")
    with processes.started(stage.folder, *words) as process:
        stage.daemon = process
        yield process


@contextmanager
def desk_open(stage: Stage) -> Iterator[Process]:
    """`listener serve` on the stage's clock."""
    words = ("tests.clocked", str(stage.folder / "listener.toml"), f"@{stage.clock}", "0", "serve")
    with processes.started(stage.folder, *words) as process:
        process.until("http://")
        yield process


def said_in(folder: Path, words: Sequence[str]) -> dict[str, list[str]]:
    """Which of these words stand in which files below a folder."""
    found: dict[str, list[str]] = {}
    for file in sorted(path for path in folder.rglob("*") if path.is_file()):
        content = file.read_bytes()
        found |= {str(file): there for there in [[word for word in words if word.encode() in content]] if there}
    return found
