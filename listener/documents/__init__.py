"""Papers that an exercise needs before it goes live, as Markdown that is filled in as far as the config knows."""

from collections.abc import Mapping
from importlib.resources import files
from string import Template

NAMES = (
    "dpia",
    "privacy-notice",
    "data-flow",
    "retention-schedule",
    "algorithmic-transparency",
    "accessibility-statement",
)
DRAFT = "**Draft: a person must read, complete and sign this.**"
OPEN = "[to be completed: {}]"
"""What stands where nobody has said it yet."""


def drawn(told: Mapping[str, str]) -> dict[str, str]:
    """The papers by file name. Raises KeyError for a value that is not told."""
    return {f"{name}.md": _drawn(name, told) for name in NAMES}


def missing(what: str) -> str:
    return OPEN.format(what)


def _drawn(name: str, told: Mapping[str, str]) -> str:
    text = files("listener.documents").joinpath(f"{name}.md").read_text(encoding="utf-8")
    return f"{DRAFT}\n\n{Template(text).substitute(told)}"
