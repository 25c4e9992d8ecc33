"""Runs a command for the one line that it prints, within a time and a size."""

import shlex
import subprocess
from tempfile import TemporaryFile

from collectors.base import NotAllowed, Unavailable

LONGEST_ANSWER = 65_536


def run(command: str, timeout: float) -> str:
    """What the command prints, without the space around it. No shell, and nothing on its standard input.

    What it says of errors may hold secrets and is not kept. Raises Unavailable when it takes too long, NotAllowed when it
    cannot be started, fails, or prints nothing or too much.
    """
    name = command.split(maxsplit=1)[0]
    with TemporaryFile() as printed:
        try:
            words = shlex.split(command)
            done = subprocess.run(
                words, stdin=subprocess.DEVNULL, stdout=printed, stderr=subprocess.DEVNULL, timeout=timeout, check=False
            )
        except subprocess.TimeoutExpired as error:
            raise Unavailable(f"{name} printed nothing for {timeout:g} seconds") from error
        except (OSError, ValueError) as error:
            raise NotAllowed(f"{name} cannot be started: {type(error).__name__}") from error
        printed.seek(0)
        told = printed.read(LONGEST_ANSWER + 1)
    if done.returncode:
        raise NotAllowed(f"{name} ended with exit code {done.returncode}")
    if not told.strip() or len(told) > LONGEST_ANSWER:
        raise NotAllowed(f"{name} printed {'too much' if told.strip() else 'nothing'}")
    return told.decode("utf-8", "replace").strip()
