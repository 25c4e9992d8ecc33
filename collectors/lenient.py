"""Foreign JSON taken as it comes: whatever is not of the kind that was promised counts as nothing."""

from collections.abc import Iterable
from typing import Any


def mapping(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def mappings(value: object) -> list[dict[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def string(value: object) -> str:
    """Half surrogate pairs, which JSON can hold and UTF-8 cannot, become question marks."""
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else ""


def count(value: object) -> int:
    return value if type(value) is int and value > 0 else 0  # true is an int too


def distinct(values: Iterable[str]) -> tuple[str, ...]:
    """What is not empty, each once, in its order."""
    return tuple(dict.fromkeys(value for value in values if value))
