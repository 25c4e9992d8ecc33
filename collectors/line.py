"""Connections that are cut when a time is over, for libraries whose own timeout starts anew with every byte."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from socket import SHUT_RDWR, socket
from threading import Timer


class Line:
    """The connections that one client holds. It keeps a second handle on each, since TLS takes the first away."""

    def __init__(self) -> None:
        self._handles: list[socket] = []
        self.is_cut = False

    def watch(self, one: socket) -> None:
        """To be called with each socket as soon as it is connected."""
        self._handles.append(socket(fileno=os.dup(one.fileno())))

    @contextmanager
    def within(self, seconds: float) -> Iterator[None]:
        """What happens inside must be over in that time: then reading and writing fail, and `is_cut` says why."""
        timer = Timer(seconds, self._cut)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()

    def close(self) -> None:
        for handle in self._handles:
            handle.close()
        self._handles.clear()

    def _cut(self) -> None:
        self.is_cut = True
        for handle in list(self._handles):
            with suppress(OSError):  # the other side may have been quicker
                handle.shutdown(SHUT_RDWR)
