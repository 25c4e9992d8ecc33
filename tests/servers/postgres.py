"""A PostgreSQL cluster of its own on a free port of this machine, in a new folder, run by an unprivileged user."""

import os
import pwd
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

FAST = ("fsync", "synchronous_commit", "full_page_writes")


def programs() -> Path | None:
    """The folder of initdb and pg_ctl, None if PostgreSQL is not installed."""
    found = shutil.which("initdb")
    if found:
        return Path(found).resolve().parent
    return max(Path("/usr/lib/postgresql").glob("*/bin"), default=None)


@contextmanager
def started(folder: Path, port: int) -> Iterator[str]:
    """The address of an empty database. `folder` must not exist yet, and its path must be short enough for a socket."""
    bin = programs()
    assert bin is not None
    owner = _owner()
    folder.mkdir(mode=0o700)
    if owner is not None:
        os.chown(folder, owner.pw_uid, owner.pw_gid)
    cluster = str(folder / "cluster")
    settings = " ".join(f"-c {name}=off" for name in FAST)
    options = f"-c listen_addresses=127.0.0.1 -p {port} -k {folder} {settings}"
    _run([bin / "initdb", "-D", cluster, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync", "-N"], folder, owner)
    _run([bin / "pg_ctl", "-D", cluster, "-l", folder / "log", "-w", "-t", "60", "-o", options, "start"], folder, owner)
    try:
        yield f"postgresql://postgres@127.0.0.1:{port}/postgres"
    finally:
        _run([bin / "pg_ctl", "-D", cluster, "-m", "immediate", "-w", "-t", "60", "stop"], folder, owner)


def _owner() -> pwd.struct_passwd | None:
    """initdb refuses root, so root hands over to the user of the Debian package, else to nobody; others stay who they are."""
    if os.geteuid() != 0:
        return None
    known = {user.pw_name: user for user in pwd.getpwall()}
    return known.get("postgres") or known["nobody"]


def _run(command: Sequence[str | Path], home: Path, owner: pwd.struct_passwd | None) -> None:
    environment = {"HOME": str(home), "LC_ALL": "C.UTF-8", "PATH": os.environ["PATH"]}
    user, group = (owner.pw_uid, owner.pw_gid) if owner else (None, None)
    subprocess.run(
        command, check=True, user=user, group=group, extra_groups=None if user is None else [], cwd=home, env=environment,
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
