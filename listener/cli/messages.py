"""`listener messages`: what was told to whom and what became of it; what may not have arrived is sent again or settled."""

from typing import TYPE_CHECKING

from listener.cli import opened, tables, times
from listener.jobs import outbox

if TYPE_CHECKING:
    from listener.config import Config
    from storage.curated import Message


def run(config: "Config", *, again: int | None, arrived: int | None) -> None:
    """Raises Refused for a message that is neither unsure nor failed."""
    with opened.service(config) as service:
        if again is not None:
            outbox.again(service, again)
        if arrived is not None:
            outbox.arrived(service, arrived)
        with service.store.read() as unit:
            found = unit.messages.all()
    show(found, config.exercise.timezone)


def show(found: "list[Message]", zone: str) -> None:
    heads = ("number", "to", "due", "state", "tries", "about", "trouble")
    rows = [(one.id, _to(one), times.told(one.due_at, zone), one.state, one.tries, one.subject, one.error) for one in found]
    tables.show(heads, rows)


def _to(one: "Message") -> str:
    return f"{one.to}, address {one.place + 1}" if one.place else one.to
