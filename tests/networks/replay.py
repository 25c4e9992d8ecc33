"""Stores given posts as pages of X in a folder that lasts as long as the network."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from collectors.post import Post
from tests.networks import Fault, x
from tests.networks.file import Network

FAULTS: Sequence[Fault] = ()  # what goes wrong with stored pages stays wrong: see test_replay.py
POSTS_A_PAGE = 10

make_post = x.make_post


@contextmanager
def opened(posts: Sequence[Post]) -> Iterator[Network]:
    with TemporaryDirectory() as folder:
        for start in range(0, len(posts), POSTS_A_PAGE):
            Path(folder, f"{start:06d}.page").write_bytes(json.dumps(x.answer_of(posts[start : start + POSTS_A_PAGE])).encode())
        yield Network({"of": "x", "folder": folder, "hashtags": ("#NHSThinkCarer",)})
