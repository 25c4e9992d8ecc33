"""Keyed hashes that stand for a person, a post or an address without saying which: pure. The key lies outside the database."""

from collections.abc import Iterable, Iterator
from hmac import digest as hmac

from collectors.post import Post

ANYWHERE = "*"
"""In place of a network: whichever it is."""


def folded(name: str) -> str:
    """A handle, a name or a mail address so that two spellings of it are equal: without @ in front, capitals do not matter."""
    return " ".join(name.split()).removeprefix("@").casefold()


def folded_url(url: str) -> str:
    return url.strip().rstrip("/").casefold()


def person(secret: bytes, network: str, name: str) -> bytes:
    """`name` is a handle, a name, a network's lasting id or a mail address; `network` may be ANYWHERE. 32 bytes."""
    return _mark(secret, "person", network, folded(name))


def post(secret: bytes, network: str, id_: str) -> bytes:
    return _mark(secret, "post", network, id_)


def url(secret: bytes, address: str) -> bytes:
    return _mark(secret, "url", folded_url(address))


def aside(secret: bytes, source: str, ref: str) -> bytes:
    return _mark(secret, "aside", source, ref)


def of_names(secret: bytes, network: str, names: Iterable[str]) -> Iterator[bytes]:
    """Every mark that names such a person, on this network and anywhere."""
    for name in names:
        if folded(name):
            yield person(secret, network, name)
            yield person(secret, ANYWHERE, name)


def of_post(secret: bytes, told: Post) -> frozenset[bytes]:
    """Every mark by which a post or its author could have been put on the do-not-collect list."""
    who = told.author
    marks = {post(secret, told.network, told.id), *of_names(secret, told.network, (who.handle, who.name, who.id))}
    return frozenset(marks | ({url(secret, told.url)} if told.url else set()))


def _mark(secret: bytes, *parts: str) -> bytes:
    return hmac(secret, "\x1f".join(parts).encode("utf-8", "surrogatepass"), "sha256")
