"""The service as a verb uses it: the store opened, the real clock, progress shown to whoever watches."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from listener.jobs.service import Service, Tell

if TYPE_CHECKING:
    from listener.config import Config


def now() -> datetime:
    return datetime.now(UTC)


@contextmanager
def service(config: "Config") -> Iterator[Service]:
    """Raises StorageError when the database cannot be used, VaultError when the key of author keys cannot."""
    from listener import vault
    from storage.store import Store

    store = Store(config.storage, vault.author_key_secret(config.storage.with_suffix(".key")))
    try:
        with watched() as tell:
            yield Service(config=config, store=store, vault=vault.beside(config.storage), now=now, tell=tell)
    finally:
        store.close()


@contextmanager
def watched() -> Iterator[Tell]:
    """A line of progress on a terminal; nothing where nobody watches."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    console = Console(stderr=True)
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        line = progress.add_task("starting", total=None)

        def tell(what: str, done: int, of: int | None) -> None:
            progress.update(line, description=what, completed=done, total=of)

        yield tell
