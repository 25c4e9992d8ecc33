"""Chance that always falls the same way: every choice of the demo is drawn from the words that name it."""

from base64 import b32encode
from collections.abc import Mapping
from hashlib import sha256
from random import Random
from typing import TypeVar

T = TypeVar("T")


def dice(*key: object) -> Random:
    """A generator seeded by the key alone, the same on every machine."""
    return Random(" ".join(map(str, key)))


def weighted(chance: Random, weights: Mapping[T, float]) -> T:
    return chance.choices(list(weights), list(weights.values()))[0]


def digest(*key: object) -> bytes:
    return sha256(" ".join(map(str, key)).encode()).digest()


def letters(*key: object, length: int) -> str:
    """Lower-case base32 letters, as identifiers use them."""
    return b32encode(digest(*key)).decode().lower()[:length]
