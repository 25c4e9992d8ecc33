"""One table of the config's top, checked."""

from collections.abc import Mapping
from typing import Any, TypeVar

from listener.config.problems import Findings
from listener.config.sentences import validated
from listener.config.tables import Table

SomeTable = TypeVar("SomeTable", bound=Table)


def table(model: type[SomeTable], raw: Mapping[str, Any], name: str, findings: Findings) -> SomeTable | None:
    """None after its problems were added; a value that is no table has been told already."""
    told = raw.get(name, {})
    return validated(model, told, (name,), findings) if isinstance(told, dict) else None
