"""Kills the daemon again and again while people post, edit, take down, leave and come back on Bluesky's own network.

    python -m benchmarks.live [--kills 14] [--seed 1] [--people 3]

What the last daemon has kept must be what the people have there. Searches are left out: they read six hours at a time. Needs
Bluesky's network, as tests/servers/install.sh installs it.
"""

import argparse
import random
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event, Thread

from atproto import Client, models

from collectors.bluesky_views import id_of
from tests.live_sky import daemon, has_cursor, kept, now, value, write_config
from tests.servers import bluesky
from tests.servers.bluesky_people import eventually, put, say, sign_up, stamp

TAG = "killed"
LONGEST_LIFE = 12.0  # seconds from when it listens until it is killed
PATIENCE = 90.0  # seconds for catching up
POST = "app.bsky.feed.post"


class Person:
    """`there` are the posts that can be seen, by id; `acts` how often what was done."""

    def __init__(self, client: Client, seed: str) -> None:
        self._client, self._random, self._name = client, random.Random(seed), seed
        self._mine: dict[str, str] = {}
        self._is_away = False
        self.acts = Counter[str]()

    @property
    def there(self) -> dict[str, str]:
        return {} if self._is_away else dict(self._mine)

    def live(self, stop: Event) -> None:
        while not stop.wait(self._random.uniform(0.05, 0.4)):
            self._act()
        if self._is_away:
            self._come_back()

    def _act(self) -> None:
        if self._is_away:
            self._do(self._come_back)
        elif not self._mine:
            self._do(self._say)
        else:
            acts = (self._say, self._edit, self._take_down, self._leave)
            self._do(self._random.choices(acts, weights=(60, 20, 16, 4))[0])

    def _do(self, act: Callable[[], None]) -> None:
        act()
        self.acts[act.__name__.strip("_")] += 1

    def _words(self) -> str:
        return f"{self._name} says {self.acts.total()} #{TAG}"

    def _some(self) -> str:
        return self._random.choice(sorted(self._mine))

    def _say(self) -> None:
        words = self._words()
        self._mine[id_of(say(self._client, words, now()).uri)] = words

    def _edit(self) -> None:
        id, words = self._some(), self._words()
        put(self._client, POST, id.partition("/")[0], models.AppBskyFeedPost.Record(text=words, created_at=stamp(now())))
        self._mine[id] = words

    def _take_down(self) -> None:
        id = self._some()
        rkey, _, did = id.partition("/")
        self._client.delete_post(f"at://{did}/{POST}/{rkey}")
        del self._mine[id]

    def _leave(self) -> None:
        self._client.com.atproto.server.deactivate_account(models.ComAtprotoServerDeactivateAccount.Data())
        self._is_away = True

    def _come_back(self) -> None:
        self._client.com.atproto.server.activate_account()
        self._is_away = False


def main(kills: int, seed: int, people: int) -> int:
    with bluesky.started() as network, TemporaryDirectory() as folder:
        sign_up(network, "listener").request.close()
        crowd = [Person(sign_up(network, f"person{n}"), f"person {n} of {seed}") for n in range(people)]
        file = write_config(Path(folder), network, TAG)
        _begin(file, sign_up(network, "beginner"))
        _kill(file, crowd, kills, random.Random(seed))
        there = {id: words for one in crowd for id, words in one.there.items()}
        took = _catch_up(file, there)
        acts = sum((one.acts for one in crowd), Counter[str]())
        print(f"{kills} kills while {people} people did {dict(acts)}; caught up within {took:.1f} s")
        return _compare(Path(folder), there)


def _begin(file: Path, anybody: Client) -> None:
    """Until it has heard something, a stream has no place to go on from."""
    with daemon(file) as process:
        process.until("idle")
        eventually(lambda: has_cursor(file.parent) or say(anybody, "Anything at all", now()) is None)
        process.end(signal.SIGKILL)


def _kill(file: Path, crowd: Sequence[Person], kills: int, moments: random.Random) -> None:
    stop = Event()
    threads = [Thread(target=one.live, args=(stop,)) for one in crowd]
    for thread in threads:
        thread.start()
    for _ in range(kills):
        with daemon(file) as process:
            process.until("listening to")
            stop.wait(moments.uniform(0, LONGEST_LIFE))
            process.end(signal.SIGKILL)
    stop.set()
    for thread in threads:
        thread.join()


def _catch_up(file: Path, there: dict[str, str]) -> float:
    begun, pause = time.monotonic(), Event()
    with daemon(file) as process:
        while kept(file.parent) != there and time.monotonic() - begun < PATIENCE:
            pause.wait(0.2)
        process.end()
    return time.monotonic() - begun


def _compare(folder: Path, there: dict[str, str]) -> int:
    found = kept(folder)
    missing, left, other = (
        len(there.keys() - found),
        len(found.keys() - there),
        sum(found.get(id, words) != words for id, words in there.items()),
    )
    doubled = value(folder, "SELECT count(*) - count(DISTINCT network || id) FROM posts")
    searched = value(folder, "SELECT coalesce(sum(new), 0) FROM runs WHERE why != 'stream'")
    print(f"{len(there)} posts there, {len(found)} kept, {searched} of them found by searching:")
    print(f"{missing} missing, {left} that are gone there, {other} with other words, {doubled} doubled")
    return int(found != there)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, default in (("--kills", 14), ("--seed", 1), ("--people", 3)):
        parser.add_argument(name, type=int, default=default)
    given = parser.parse_args()
    sys.exit(main(given.kills, given.seed, given.people))
