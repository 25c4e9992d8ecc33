"""`listener reread`: posts made again from the raw answers that were kept."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from listener.cli import opened, tables
from listener.jobs import reread

if TYPE_CHECKING:
    from listener.config import Config, Source


def run(config: "Config", *, sources: Sequence["Source"]) -> None:
    rows = []
    with opened.service(config) as service, service.working():
        for source in sources:
            if not source.off:
                added, unreadable = reread.do(service, source.name)
                rows.append((source.name, added.changed, added.unchanged, unreadable))
    tables.show(("source", "changed", "unchanged", "unreadable"), rows)
