"""Start, wait, stop in reverse. APScheduler is an alarm clock here: what is due is read from the ledger at every tick."""

import logging
import os
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType

from listener import files
from listener.jobs import live, stream, tick, watch
from listener.jobs.service import Refused, Service

log = logging.getLogger(__name__)

TICK = 30.0  # seconds between two looks at the ledger
PATIENCE = 4.0  # seconds that a tick is given to end when the daemon is asked to stop
ALREADY_RUNNING = 75  # EX_TEMPFAIL


def _nothing() -> None:
    """What most callers do after a tick."""


def run(service: Service, seconds: float = TICK, after: Callable[[], None] = _nothing) -> bool:
    """Looks at the ledger every so many seconds until SIGTERM or SIGINT. Must be called in the main thread.

    Whether the last tick had ended; if not, it hangs in a call to a network, and the process may end all the same: what was
    read is kept, and the window is read on from there at the next start. `after` is called after each tick. Raises Refused (75)
    while another daemon runs.
    """
    with only_one(service.store.path):
        if unsettled := live.warning(service.config, service):
            log.warning("%s", unsettled)
        stop, idle, nudges = threading.Event(), threading.Event(), watch.Nudges()
        idle.set()
        service = replace(service, stopped=stop.is_set, eager=nudges.take)
        service = replace(service, tapes=stream.tapes(service))
        with _signals(stop), _alarm(_ticking(service, idle, after), seconds):
            _watch(service, nudges, stop)
            _follow(service, stop)
            log.info("listening to %s, every %s", service.config.exercise.title, service.config.schedule.every)
            stop.wait()
            log.info("asked to stop")
        ended = idle.wait(PATIENCE)
        log.info("stopped" if ended else "stopped in the middle of a reading; it is read on at the next start")
        return ended


@contextmanager
def only_one(database: Path) -> Iterator[None]:
    """One daemon a database. A lock of the operating system: a killed daemon leaves none behind."""
    from filelock import FileLock, Timeout

    lock = FileLock(lock_of(database), timeout=0, mode=0o600)
    owner = owner_of(database)
    try:
        lock.acquire()
    except Timeout as taken:
        who = owner.read_text() if owner.exists() else "another process"
        raise Refused(f"A daemon is already running on {database}: {who}. Stop it first.", ALREADY_RUNNING) from taken
    try:
        files.put(owner, f"process {os.getpid()} on {socket.gethostname()}".encode())
        yield
    finally:
        owner.unlink(missing_ok=True)
        lock.release()


def is_running(database: Path) -> bool:
    """Whether a daemon holds this database."""
    from filelock import FileLock, Timeout

    lock = FileLock(lock_of(database), timeout=0, mode=0o600)
    try:
        lock.acquire()
    except Timeout:
        return True
    lock.release()
    return False


def lock_of(database: Path) -> Path:
    return database.with_name(f"{database.name}.daemon.lock")


def owner_of(database: Path) -> Path:
    return database.with_name(f"{database.name}.daemon.pid")


@contextmanager
def _signals(stop: threading.Event) -> Iterator[None]:
    def ask(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    before = {number: signal.signal(number, ask) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def _alarm(tick_once: Callable[[], None], seconds: float) -> Iterator[None]:
    from apscheduler.schedulers.background import BackgroundScheduler

    # A tick that was slept through need not be repeated: the next one sees everything that is due. UTC has no repeated hour.
    scheduler = BackgroundScheduler(
        timezone=UTC, job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
    )
    scheduler.add_job(tick_once, "interval", seconds=seconds, next_run_time=datetime.now(UTC))
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
    scheduler.start()
    try:
        yield
    finally:
        scheduler.shutdown(wait=False)


def _watch(service: Service, nudges: watch.Nudges, stop: threading.Event) -> None:
    """A thread for each source that can tell of what is new. It hangs in a read, and ends with the process."""
    for name in watch.watched(service):
        threading.Thread(target=watch.keep, args=(service, name, nudges, stop.wait), daemon=True, name=f"watch {name}").start()


def _follow(service: Service, stop: threading.Event) -> None:
    """A thread for each source with a stream, which ends with the process likewise."""
    for name, tape in service.tapes.items():
        threading.Thread(target=stream.keep, args=(service, name, tape, stop.wait), daemon=True, name=f"stream {name}").start()


def _ticking(service: Service, idle: threading.Event, after: Callable[[], None]) -> Callable[[], None]:
    def tick_once() -> None:
        idle.clear()
        try:
            tick.do(service)
            after()
        except Refused as busy:
            log.info("%s", busy)
        except Exception:  # the daemon outlives any fault of one tick
            log.exception("this tick failed; the next one tries again")
        finally:
            idle.set()

    return tick_once
