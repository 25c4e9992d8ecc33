"""A Dovecot with one mailbox over TLS, from a config of its own in a new folder, on a free port of this machine."""

import math
import os
import pwd
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from threading import Thread
from typing import Any

from collectors.base import Secret
from tests.servers import certificates

USER, PASSWORD = "listener@example.org", "correct horse"
CONFIG = """
base_dir = {folder}/run
state_dir = {folder}/run
log_path = {folder}/log
listen = 127.0.0.1
protocols = imap
default_internal_user = {internal}
default_login_user = {login}
default_internal_group = {group}
first_valid_uid = 1
first_valid_gid = 1
ssl = required
ssl_cert = <{certificate}
ssl_key = <{key}
auth_mechanisms = plain login
auth_failure_delay = 0
mail_location = maildir:{mail}
passdb {{
  driver = passwd-file
  args = scheme=PLAIN username_format=%u {folder}/users
}}
userdb {{
  driver = static
  args = uid={owner} gid={owner_group} home={mail}
}}
service imap-login {{
  inet_listener imap {{
    port = 0
  }}
  inet_listener imaps {{
    port = {port}
    ssl = yes
  }}
  chroot =
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
"""


def is_installed() -> bool:
    return shutil.which("dovecot", path=f"{os.environ['PATH']}:/usr/sbin") is not None


@dataclass
class Dovecot:
    """A mailbox that tests fill and break. Mails lie in it as files, so that it needs no server to fill it."""

    folder: Path
    port: int
    files: certificates.Certificates
    delivered: Iterator[int]
    master: "subprocess.Popen[bytes] | None" = None

    @property
    def options(self) -> dict[str, Any]:
        login = {"user": USER, "password": Secret(PASSWORD), "ca_file": str(self.files.authority)}
        return login | {"host": "localhost", "port": self.port, "timeout": 20.0}

    @property
    def mail(self) -> Path:
        return self.folder / "mail"

    def deliver(self, mail: bytes, arrived: datetime, folder: str = "") -> None:
        """`arrived` becomes INTERNALDATE, which Dovecot takes from the file. `folder` is made where there is none."""
        place = self.mail / (f".{folder}" if folder else "")
        for name in ("tmp", "new", "cur"):
            (place / name).mkdir(parents=True, exist_ok=True)
        name = f"{int(arrived.timestamp())}.{next(self.delivered)}.localhost"
        file = place / "tmp" / name
        file.write_bytes(mail)
        os.utime(file, (arrived.timestamp(), arrived.timestamp()))
        self._hand_over()
        file.rename(place / "new" / name)

    def reset_uidvalidity(self) -> None:
        """The index is lost as after a restore: the same mails under another UIDVALIDITY."""
        _wait_until(lambda: not self._imap_processes())  # the last session may still be writing the old one
        before = self.uidvalidity()
        for file in self.mail.glob("dovecot*"):
            file.unlink()
        (self.mail / "dovecot-uidlist").write_text(f"3 V{before + 1000} N1 G{before:032x}\n")
        self._hand_over()

    def uidvalidity(self) -> int:
        return int((self.mail / "dovecot-uidlist").read_text().split()[1].removeprefix("V"))

    def seen(self) -> list[str]:
        """The mails that anybody has marked as seen."""
        return [file.name for file in self.mail.rglob("*:2,*") if "S" in file.name.partition(":2,")[2]]

    def kill_imap_processes(self) -> int:
        """Kills what serves logged-in clients, and says how many there were."""
        killed = self._imap_processes()
        for process in killed:
            os.kill(process, signal.SIGKILL)
        return len(killed)

    def freeze_imap_processes(self) -> list[int]:
        frozen = self._imap_processes()
        for process in frozen:
            os.kill(process, signal.SIGSTOP)
        return frozen

    def start(self) -> None:
        command = [_program(), "-F", "-c", str(self.folder / "dovecot.conf")]
        quiet = subprocess.DEVNULL
        self.master = subprocess.Popen(command, start_new_session=True, stdin=quiet, stdout=quiet, stderr=quiet)
        _wait_until(self._answers)

    def stop(self) -> None:
        """At once: a polite stop waits for clients that have not yet said who they are."""
        if self.master:
            os.killpg(self.master.pid, signal.SIGKILL)
            self.master.wait()
            self.master = None
            _wait_until(lambda: not self._answers())

    def _imap_processes(self) -> list[int]:
        master = str(self.master.pid) if self.master else "0"
        listed = subprocess.run(["ps", "-o", "pid=,comm=", "--ppid", master], capture_output=True, text=True, check=False)
        rows = (line.split() for line in listed.stdout.splitlines())
        return [int(row[0]) for row in rows if row[1] in ("imap", "dovecot/imap")]

    def _answers(self) -> bool:
        with socket.socket() as tried:
            return tried.connect_ex(("127.0.0.1", self.port)) == 0

    def _hand_over(self) -> None:
        """Run by root, Dovecot reads mail as another user."""
        if os.geteuid() == 0:
            subprocess.run(["chown", "-R", "nobody", self.mail], check=True)


@contextmanager
def started(folder: Path) -> Iterator[Dovecot]:
    """`folder` must exist, have a path short enough for a socket, and be open to other users when root starts it."""
    server = Dovecot(folder, free_port(), certificates.make(folder, datetime.now(UTC)), count(1))
    for name in ("run", "mail"):
        (folder / name).mkdir()
    (folder / "users").write_text(f"{USER}:{{PLAIN}}{PASSWORD}::::::\n")
    (folder / "dovecot.conf").write_text(_config(server))
    server._hand_over()
    server.start()
    try:
        yield server
    finally:
        server.stop()


@contextmanager
def relayed(port: int, after: int, then: Callable[[], object]) -> Iterator[int]:
    """A port that hands one connection on to the other, and does something once so many bytes have come back."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        relay = Thread(target=_relay, args=(listening, port, after, then))
        relay.start()
        yield listening.getsockname()[1]
    relay.join()


def _relay(listening: socket.socket, port: int, after: int, then: Callable[[], object]) -> None:
    client, server = listening.accept()[0], socket.create_connection(("127.0.0.1", port))
    back = Thread(target=_pump, args=(client, server))
    back.start()
    with client, server:
        _pump(server, client, after)
        then()
        _pump(server, client)
        back.join()


def _pump(source: socket.socket, target: socket.socket, size: float = math.inf) -> None:
    """Until so many bytes have passed or one side hangs up, which then is told to the other."""
    passed = 0
    with suppress(OSError):
        while passed < size:
            if not (piece := source.recv(65_536)):
                target.shutdown(socket.SHUT_RDWR)
                return
            target.sendall(piece)
            passed += len(piece)


def _config(server: Dovecot) -> str:
    me = pwd.getpwuid(os.geteuid())
    is_root = me.pw_uid == 0
    owner = pwd.getpwnam("nobody") if is_root else me
    return CONFIG.format(
        folder=server.folder,
        mail=server.mail,
        port=server.port,
        certificate=server.files.server,
        key=server.files.key,
        internal="dovecot" if is_root else me.pw_name,
        login="dovenull" if is_root else me.pw_name,
        group="dovecot" if is_root else me.pw_gid,
        owner=owner.pw_uid,
        owner_group=owner.pw_gid,
    )


def _program() -> str:
    return shutil.which("dovecot", path=f"{os.environ['PATH']}:/usr/sbin") or "dovecot"


def free_port() -> int:
    with socket.socket() as tried:
        tried.bind(("127.0.0.1", 0))
        port: int = tried.getsockname()[1]
        return port


def _wait_until(done: Callable[[], bool]) -> None:
    ends = time.monotonic() + 20
    while not done():
        assert time.monotonic() < ends, "Dovecot did not do what was asked in time"
        time.sleep(0.02)
