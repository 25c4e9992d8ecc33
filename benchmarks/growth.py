"""What a big week costs: `python benchmarks/growth.py [--sizes 10000 100000 1000000]`.

For each size a file of invented posts of one week is collected, scored, grouped as far as the limit goes, and exported, each
size in a process of its own. Prints CPU seconds and the most memory held, the exponent of the growth between sizes (limit
1.15), the memory at the largest size against its limit of 2 GB, and the CPU seconds of the draft of a 10,000-post week (limit
5).
"""

import argparse
import json
import math
import random
import resource
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OPENS = datetime(2026, 10, 4, 23, tzinfo=UTC)
WEEK = timedelta(days=7)
CONFIG = """
[exercise]
slug = "growth"
title = "Growth (invented)"
organisation = "Nobody (invented)"
hashtags = ["ThinkCarerDemo"]
timezone = "Europe/London"
starts = 2026-10-05
invented = true

[[exercise.weeks]]
question = "What would help you?"

[sources.file]
kind = "file"
path = "posts.jsonl"
network = "form"
"""


def main() -> None:
    wanted = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    wanted.add_argument("--sizes", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    wanted.add_argument("--child", help=argparse.SUPPRESS)
    options = wanted.parse_args()
    if options.child:
        print(json.dumps(measure(Path(options.child))))
        return
    costs = {}
    for size in options.sizes:
        with tempfile.TemporaryDirectory() as home:
            write(Path(home), size)
            command = [sys.executable, __file__, "--child", home]
            costs[size] = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout)
        tell(size, costs)


def tell(size: int, costs: dict[int, dict]) -> None:
    cost = costs[size]
    steps = ", ".join(f"{name} {seconds:.1f}" for name, seconds in cost["seconds"].items())
    held = f"{cost['memory'] / 1e9:.2f} GB (ratio to 2 GB: {cost['memory'] / 2e9:.2f})"
    print(f"{size:>9,} posts: {steps} CPU s; most memory {held}")
    sizes = sorted(costs)
    if len(sizes) > 1:
        small, large = sizes[0], sizes[-1]
        for name in ("collect", "score", "export"):
            ratio = costs[large]["seconds"][name] / costs[small]["seconds"][name]
            print(f"          {name}: exponent {math.log(ratio) / math.log(large / small):.2f} from {small:,} (limit 1.15)")
    if "draft" in cost["seconds"]:
        print(f"          draft: {cost['seconds']['draft']:.2f} CPU s (limit 5, ratio {cost['seconds']['draft'] / 5:.2f})")
    sys.stdout.flush()


def write(folder: Path, size: int) -> None:
    from listener.demo import words

    chance = random.Random(7)
    said = " ".join(one.text for week in range(1, 6) for one in words.week(week)).split()
    (folder / "listener.toml").write_text(CONFIG, encoding="utf-8")
    with (folder / "posts.jsonl").open("w", encoding="utf-8") as file:
        for number in range(size):
            start = chance.randrange(len(said) - 40)
            text = " ".join(said[start : start + chance.randint(6, 40)])
            at = (OPENS + WEEK * (number / size)).isoformat()
            author = f"person{chance.randrange(size)}"
            file.write(
                json.dumps({"id": f"g{number:08d}", "posted_at": at, "author": author, "text": f"{text} #ThinkCarerDemo"})
                + "\n"
            )


def measure(folder: Path) -> dict:
    from dataclasses import replace

    from listener import config
    from listener.cli import opened
    from listener.jobs import analyse, collect, digest, export, ledger

    seconds: dict[str, float] = {}
    with opened.service(config.load(folder / "listener.toml")) as service:
        service = replace(service, now=lambda: OPENS + WEEK + timedelta(hours=8))
        week = service.config.exercise.week(1)
        window = ledger.window_of(week)
        steps = {
            "collect": lambda: collect.do(service, collect.Task(source="file", window=window, why="manual")),
            "score": lambda: analyse.score(service, week),
            "group": lambda: analyse.do(service, week),
            "export": lambda: export.do(service, folder / "all.jsonl", [(1, window)], with_authors=False),
        }
        for name, step in steps.items():
            began = time.process_time()
            step()
            seconds[name] = time.process_time() - began
        with service.store.read() as unit:
            size = unit.posts.count()
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
        if size == 10_000:
            began = time.process_time()
            digest.do(service, week)
            seconds["draft"] = time.process_time() - began
    return {"seconds": seconds, "memory": memory}


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    main()
