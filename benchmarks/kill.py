"""kill -9 at random moments: `python benchmarks/kill.py [--decisions] [--kills 500] [--each 5] [--seed 1]`.

A real `listener run` catches up with two weeks of the invented exercise. It is killed at random moments, so many times in each
fresh folder, and then left alone until nothing is due. What is kept must be byte for byte what an undisturbed run keeps
(posts, sightings, scores, themes, coverage, pages), and one more run must change nothing. Prints one line a folder and exits
1 if anything was lost, doubled or different.

With --decisions a person decides about both weeks meanwhile, in a process of its own. One kill in each folder hits it while it
decides first, so that the weeks are held; the others hit it and the daemon, one shortly after the other. No decision that was
reported as made may be lost, none made twice, and what is decided, held and shown must be what an undisturbed pair leaves.
"""

import argparse
import hashlib
import json
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MOMENT = "2026-10-20T07:00:00+00:00"
LATER = "2026-10-21T07:00:00+00:00"
DECISIONS, PAUSE = 160, 0.02
TABLES = {
    "posts": "SELECT network, id, version, kind, text, title, lang, posted_at, url, likes, reposts, replies, hex(content)"
    " FROM posts WHERE gone_at IS NULL",
    "authors": "SELECT network, handle, name FROM authors",
    "raws": "SELECT p.network, p.id, hex(r.payload) FROM raws r JOIN posts p USING (row)",
    "sightings": "SELECT s.source, p.network, p.id FROM sightings s JOIN posts p USING (row)",
    "asides": "SELECT source, ref, reason, came_at FROM asides",
    "scores": "SELECT p.network, p.id, s.scorer, s.tone, s.value FROM scores s JOIN posts p USING (row)",
    "themes": "SELECT p.network, p.id, a.week, a.cluster, a.place, a.aside FROM assignments a JOIN posts p USING (row)",
    "clusters": "SELECT key, week, rank, label, keywords FROM clusters",
    "drafts": "SELECT week, contributions, finding, gaps, decided FROM drafts",
    "decisions": "SELECT seq, at, by, week, target, verb, value FROM decisions",
    "holds": "SELECT week, at, by, upto, last_row, analysis FROM holds",
    "audit": "SELECT seq, at, by, act, target FROM audit",
}


def main() -> int:
    wanted = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    wanted.add_argument("--kills", type=int, default=500)
    wanted.add_argument("--each", type=int, default=5)
    wanted.add_argument("--seed", type=int, default=1)
    wanted.add_argument("--decisions", action="store_true")
    options = wanted.parse_args()
    chance, failures, done = random.Random(options.seed), 0, 0
    with tempfile.TemporaryDirectory() as home:
        way = Deciding(Path(home) / "collected") if options.decisions else Collecting()
        expected, length = way.undisturbed(Path(home) / "undisturbed")
        print(f"undisturbed: {length:.1f} s, {sum(expected['counts'].values()):,} rows", flush=True)
        while done < options.kills:
            folder, kills = Path(home) / f"after-{done}", min(options.each, options.kills - done)
            wrong = way.one_folder(folder, [chance.uniform(0, length) for _ in range(kills)], expected)
            done, failures = done + kills, failures + bool(wrong)
            print(f"{done} kills: {wrong or 'nothing lost, nothing doubled'}", flush=True)
            shutil.rmtree(folder)
    print(f"{options.kills} kills, {failures} folders with a difference")
    return 1 if failures else 0


class Collecting:
    """A daemon alone."""

    def undisturbed(self, folder: Path) -> tuple[dict, float]:
        build(folder)
        began = time.monotonic()
        run_to_the_end(folder)
        return kept(folder), time.monotonic() - began

    def one_folder(self, folder: Path, moments: list[float], expected: dict) -> str:
        build(folder)
        for moment in moments:
            kill_after(moment, start(folder))
        run_to_the_end(folder)
        first = differences(expected, kept(folder))
        run_to_the_end(folder)
        return first or differences(expected, kept(folder))


class Deciding:
    """A daemon that reads on, and a person who decides: every folder begins with what one day of the daemon has collected."""

    def __init__(self, collected: Path) -> None:
        self.collected = collected
        build(collected)
        run_to_the_end(collected)

    def undisturbed(self, folder: Path) -> tuple[dict, float]:
        shutil.copytree(self.collected, folder)
        run(deciding(folder, upto=2))
        began = time.monotonic()
        both_to_the_end(folder)
        length = time.monotonic() - began
        run_to_the_end(folder, LATER)
        return kept(folder), length

    def one_folder(self, folder: Path, moments: list[float], expected: dict) -> str:
        shutil.copytree(self.collected, folder)
        lost = []
        for number, moment in enumerate(moments):
            if number:  # in the first half, so that something is left to decide
                pair = [start(folder, LATER), deciding(folder)]
                kill_after(moment / 2, *(pair if number % 2 else reversed(pair)))
            else:
                kill_after(moment % 2, deciding(folder, upto=2))
                run(deciding(folder, upto=2))
            lost += unkept(folder)
        both_to_the_end(folder)
        run_to_the_end(folder, LATER)
        lost += unkept(folder)
        return f"reported as made, and lost: {lost}" if lost else differences(expected, kept(folder))


def both_to_the_end(folder: Path) -> None:
    with start(folder, LATER) as daemon:
        run(deciding(folder))
        daemon.send_signal(signal.SIGTERM)


def deciding(folder: Path, upto: int = DECISIONS) -> subprocess.Popen:
    told = (folder / "listener.toml", LATER, folder / "journal", upto, PAUSE)
    return subprocess.Popen([sys.executable, "-m", "tests.deciding", *map(str, told)], cwd=ROOT)


def run(process: subprocess.Popen) -> None:
    if process.wait():
        raise SystemExit(f"whoever decides ended with {process.returncode}")


def unkept(folder: Path) -> list[str]:
    """Decisions that were reported as made and are not kept; the last line may be half written."""
    journal = folder / "journal"
    told = journal.read_text("utf-8").split("\n")[:-1] if journal.exists() else []
    with sqlite3.connect(folder / "listener.db") as database:
        made = {f"{seq} week {week} {verb}" for seq, week, verb in database.execute("SELECT seq, week, verb FROM decisions")}
    database.close()
    return [line for line in told if line not in made]


def build(folder: Path) -> None:
    """The first two weeks of the invented exercise."""
    from listener.demo import build as demo

    demo.write(folder)
    file = folder / "listener.toml"
    head, *weeks = file.read_text("utf-8").split("[[exercise.weeks]]")
    rest = weeks[-1][weeks[-1].index("\n[") :] if "\n[" in weeks[-1] else ""
    file.write_text("[[exercise.weeks]]".join([head, *weeks[:2]]) + rest, encoding="utf-8")


def start(folder: Path, moment: str = MOMENT) -> subprocess.Popen:
    command = [sys.executable, "-m", "tests.clocked", str(folder / "listener.toml"), moment]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)


def kill_after(seconds: float, *processes: subprocess.Popen) -> None:
    """The first after that time, the next a tenth of a second later."""
    threading.Event().wait(seconds)
    for process in processes:
        process.kill()
        threading.Event().wait(0.1)
    for process in processes:
        process.communicate()


def run_to_the_end(folder: Path, moment: str = MOMENT) -> None:
    with start(folder, moment) as process:
        line = process.stdout.readline()
        process.send_signal(signal.SIGTERM)
    if not line.startswith("idle") or process.returncode != 0:
        raise SystemExit(f"{folder}: the daemon ended with {process.returncode}")


def kept(folder: Path) -> dict:
    """What is kept, as fingerprints and counts."""
    with sqlite3.connect(folder / "listener.db") as database:
        sound = database.execute("PRAGMA integrity_check").fetchone()[0]
        rows = {name: sorted(map(repr, database.execute(query))) for name, query in TABLES.items()}
        rows["coverage"] = sorted(map(repr, coverage(database)))
    database.close()
    pages = sorted((folder / "digests").rglob("*"))
    rows["pages"] = [f"{path.name} {hashlib.sha256(path.read_bytes()).hexdigest()}" for path in pages if path.is_file()]
    return {"sound": sound, "counts": {name: len(found) for name, found in rows.items()}, "rows": rows}


def coverage(database: sqlite3.Connection) -> Iterator[tuple]:
    for (source,) in database.execute("SELECT DISTINCT source FROM runs").fetchall():
        query = "SELECT DISTINCT since, until FROM runs WHERE state = 'complete' AND source = ? ORDER BY since, until"
        spans: list[list[int]] = []
        for since, until in database.execute(query, (source,)):
            if spans and since <= spans[-1][1]:
                spans[-1][1] = max(spans[-1][1], until)
            else:
                spans.append([since, until])
        yield source, spans


def differences(expected: dict, found: dict) -> str:
    if found["sound"] != "ok":
        return f"the database is not sound: {found['sound']}"
    wrong = {}
    for name, rows in expected["rows"].items():
        if rows != found["rows"][name]:
            wrong[name] = [len(set(rows) - set(found["rows"][name])), len(set(found["rows"][name]) - set(rows))]
    return f"(lost, added): {json.dumps(wrong)}" if wrong else ""


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    sys.exit(main())
