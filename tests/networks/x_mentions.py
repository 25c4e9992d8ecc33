"""Hands out given posts as what mentions an account of X: another way in, for the same law."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from collectors.post import Post
from tests.networks import x
from tests.networks.answering import Query, answering
from tests.networks.x import FAULTS as FAULTS
from tests.networks.x import make_post as make_post

KIND = "x"
NUMBER, HANDLE = "2244", "trust_ex"


class Network(x.Network):
    """Knows one account, which every post mentions."""

    def _answered(self, path: str, query: Query) -> dict[str, Any]:
        if path == f"/2/users/by/username/{HANDLE}":
            return {"data": {"id": NUMBER, "username": HANDLE, "name": "Any Trust"}}
        if path != f"/2/users/{NUMBER}/mentions":
            return super()._answered(path, query)
        assert "query" not in query
        return self._search({**query, "next_token": query.get("pagination_token", ["0"])})


@contextmanager
def opened(posts: Sequence[Post]) -> Iterator[Network]:
    network = Network(posts)
    with answering(network.answer) as service:
        network.options |= {"service": service, "pace": 0.0, "account": f"@{HANDLE}"}
        yield network
