"""The one place where errors become words on the error stream and exit codes."""

import logging
import sys
from types import TracebackType

log = logging.getLogger(__name__)


def known() -> tuple[type[BaseException], ...]:
    """The errors that a person can mend. Only asked for once something was raised, so that a good start imports none of it."""
    from collectors.base import CollectorError
    from listener.config import ConfigError
    from listener.jobs.service import Refused
    from listener.vault import VaultError
    from storage.store import StorageError

    return ConfigError, CollectorError, StorageError, VaultError, Refused, OSError


def tell(error: BaseException) -> int:
    """Write what happened, one line a problem; the exit code. `--debug` adds the traceback."""
    log.debug("what happened, in full", exc_info=error)
    for line in words(error).splitlines():
        print(f"listener: {line}", file=sys.stderr)
    return exit_code(error)


def words(error: BaseException) -> str:
    if isinstance(error, OSError) and error.strerror:
        return f"{error.filename}: {error.strerror}" if error.filename else error.strerror
    return str(error) or type(error).__name__


def exit_code(error: BaseException) -> int:
    from listener.config import ConfigError
    from listener.jobs.service import Refused

    if isinstance(error, ConfigError):
        return 2
    return error.code if isinstance(error, Refused) else 1


def tell_unexpected(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """A `sys.excepthook`: a fault of ours in one line, in full with `--debug`."""
    log.debug("what happened, in full", exc_info=(kind, error, trace))
    line = " ".join(str(error).split())
    print(f"listener: a fault in Listener itself: {kind.__name__}: {line} (listener --debug shows where)", file=sys.stderr)
