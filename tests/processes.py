"""Real processes of ours that a test starts, listens to and ends."""

import os
import queue
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parent.parent
ENV = os.environ | {"PYTHONPATH": str(ROOT)}
PATIENCE = 120.0  # seconds until a test gives up waiting


class Process:
    """What it says, line by line."""

    def __init__(self, popen: "subprocess.Popen[str]") -> None:
        self.popen, self.said = popen, ""
        self._lines: queue.Queue[str] = queue.Queue()
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        for line in self.popen.stdout or ():
            self._lines.put(line)

    def until(self, pattern: str) -> None:
        """Waits for a line in which the pattern is found."""
        line = ""
        while not re.search(pattern, line):
            line = self._lines.get(timeout=PATIENCE)
            self.said += line

    def end(self, how: signal.Signals = signal.SIGTERM) -> int:
        self.popen.send_signal(how)
        return self.popen.wait(PATIENCE)


@contextmanager
def started(folder, *words) -> Iterator[Process]:
    pipe, out = subprocess.PIPE, subprocess.STDOUT
    with subprocess.Popen([sys.executable, "-m", *words], cwd=folder, env=ENV, stdout=pipe, stderr=out, text=True) as popen:
        try:
            yield Process(popen)
        finally:
            popen.kill()
