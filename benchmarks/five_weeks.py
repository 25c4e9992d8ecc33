"""Five weeks on one clock, for several seeds: `python benchmarks/five_weeks.py [--seeds 10] [--first 1]`.

Every hourly tick of five weeks of listening to a Bluesky, a Mastodon and an X server of ours, in which each is down for a day
(X for longer than it reaches back), each login expires, answers are refused, broken or cut, posts are taken down, edited and
listed late, and the daemon is away for hours and killed in the middle of its work. What must hold is looked at all along: the
ledger names what was not read, all that could be read was read, nothing is there twice, what was taken down is gone from store
and pages at the next check. Prints one line a seed and everything that did not hold; exits 1 if there was anything.
"""

import argparse
import logging
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HEADS = ("seed", "ticks", "runs", "failed", "killed", "kept", "taken down", "out of reach", "CPU s", "did not hold")


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--seeds", type=int, default=10)
    asked.add_argument("--first", type=int, default=1)
    told = asked.parse_args()
    say(HEADS)
    problems: list[str] = []
    with ProcessPoolExecutor() as pool:
        for row, found in pool.map(lived, range(told.first, told.first + told.seeds)):
            say(row)
            problems += [f"seed {row[0]}, {one}" for one in found]
    sys.stdout.write("".join(f"{one}\n" for one in problems))
    return 1 if problems else 0


def lived(seed: int) -> tuple[tuple[int, ...], list[str]]:
    """The line of one seed, and what did not hold."""
    sys.path.insert(0, str(ROOT))
    from tests import five_weeks

    logging.disable()  # what fails is meant to
    with tempfile.TemporaryDirectory() as folder:
        began = time.process_time()
        one = five_weeks.rehearse(Path(folder), seed)
        seconds = round(time.process_time() - began)
    counts = (one.ticks, one.runs, one.failed, one.killed, one.kept, one.taken_down, one.lost)
    return (seed, *counts, seconds, len(one.problems)), one.problems


def say(row: tuple[object, ...]) -> None:
    sys.stdout.write("  ".join(f"{cell!s:>{len(head)}}" for cell, head in zip(row, HEADS, strict=True)) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
