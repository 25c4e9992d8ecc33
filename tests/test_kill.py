"""kill -9 at random moments loses nothing and doubles nothing."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
QUARTER_HOUR = 15 * 60


def killed(*options):
    """What the benchmark says of twenty kills."""
    command = [sys.executable, "benchmarks/kill.py", "--kills", "20", *options]
    env = {
        name: value for name, value in os.environ.items() if not name.startswith("COV")
    }  # a killed process has nothing to tell
    return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=QUARTER_HOUR, check=False)


@pytest.mark.slow
def test_a_daemon_killed_twenty_times_keeps_what_an_undisturbed_one_keeps():
    done = killed()

    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.endswith("20 kills, 0 folders with a difference\n")


@pytest.mark.slow
def test_decisions_made_while_everything_is_killed_twenty_times_are_all_kept_once():
    done = killed("--decisions")

    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.endswith("20 kills, 0 folders with a difference\n")
