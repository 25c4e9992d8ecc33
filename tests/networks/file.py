"""Writes given posts as JSON Lines into a file that lasts as long as the network."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from collectors.post import Author, Post
from tests.networks import Fault

FAULTS: Sequence[Fault] = ()  # nobody answers for a file: what goes wrong with one is in test_file.py


@dataclass
class Network:
    options: dict[str, Any] = field(default_factory=dict)

    def fail(self, how: Fault) -> None:
        raise AssertionError(how)


def make_post(number: int, posted_at: datetime, text: str) -> Post:
    return Post(network="file", id=f"{number:08d}", posted_at=posted_at, text=text, author=Author(name=f"Carer {number}"))


def line_of(post: Post) -> bytes:
    row = {"id": post.id, "posted_at": post.posted_at.isoformat(), "author": post.author.name, "text": post.text}
    return json.dumps(row).encode() + b"\n"


@contextmanager
def opened(posts: Sequence[Post]) -> Iterator[Network]:
    with TemporaryDirectory() as folder:
        path = Path(folder, "answers.jsonl")
        path.write_bytes(b"".join(line_of(post) for post in posts))
        yield Network({"path": str(path)})
