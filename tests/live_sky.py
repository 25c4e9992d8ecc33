"""An exercise that listens live to Bluesky's own network on this machine, and what a daemon of it has kept."""

import sqlite3
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tests.processes import Process, started
from tests.servers.bluesky_people import PASSWORD

CONFIG = """
[exercise]
slug = "think-carer"
title = "Think Carer"
organisation = "Example Health Partnership"
hashtags = ["{tag}"]
timezone = "Europe/London"
starts = {starts}
invented = true

[[exercise.weeks]]
question = "What would help you as a carer?"
question_posts = [{questions}]

[sources.sky]
kind = "bluesky"
handle = "listener.test"
password = {{ file = "password" }}
service = "{service}"
live = "{live}/xrpc/com.atproto.sync.subscribeRepos"
every = "6h"
"""


def now() -> datetime:
    return datetime.now(UTC)


def write_config(folder: Path, network: str, tag: str, questions: str = "") -> Path:
    secret, file = folder / "password", folder / "listener.toml"
    secret.write_text(PASSWORD)
    secret.chmod(0o600)
    starts, live = (now() - timedelta(days=3)).date(), network.replace("http", "ws")
    file.write_text(CONFIG.format(tag=tag, starts=starts, service=network, live=live, questions=questions))
    return file


def daemon(file: Path) -> AbstractContextManager[Process]:
    return started(file.parent, "tests.clocked", str(file), now().isoformat(), "1")


def has_cursor(folder: Path) -> bool:
    return value(folder, "SELECT cursor FROM runs WHERE why = 'stream' AND cursor IS NOT NULL") is not None


def said(folder: Path) -> list[str]:
    return sorted(kept(folder).values())


def kept(folder: Path) -> dict[str, str]:
    """The ids of what is kept, and what was said."""
    with sqlite3.connect(folder / "listener.db", timeout=60) as database:
        return dict(database.execute("SELECT id, text FROM posts WHERE gone_at IS NULL").fetchall())


def value(folder: Path, query: str) -> Any:
    with sqlite3.connect(folder / "listener.db", timeout=60) as database:
        found = database.execute(query).fetchone()
    return found[0] if found else None
