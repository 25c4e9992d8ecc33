"""How many entries of a set of feeds are read, and how long the slowest takes.

    python -m benchmarks.feeds FEEDS.tar.gz EXPECTED.json

EXPECTED.json tells for each file of the archive how many entries it holds. A file that is refused as no feed counts as none.
An entry counts as read when it became a post or was set aside for want of a date.
"""

import json
import sys
import tarfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

from collectors import feed_items, feed_posts
from collectors.base import CollectorError

FEED = "https://feeds.example/"


def feeds_in(path: Path) -> Iterator[tuple[str, bytes]]:
    with tarfile.open(path) as archive:
        for member in archive:
            if stream := archive.extractfile(member):
                yield member.name.removeprefix("./"), stream.read()


def count_entries(payload: bytes) -> int:
    """Repeats within a feed are entries too, as feed readers count them."""
    try:
        items = feed_items.read_items(payload, FEED)
    except CollectorError:
        return 0
    return len([feed_posts.read_item(item, feed_posts.words_of(item), "article", FEED) for item in items])


def main(path: Path, expected: Mapping[str, int]) -> int:
    wrong, times = [], []
    for name, payload in feeds_in(path):
        if name not in expected:
            continue
        begun = time.perf_counter()
        found = count_entries(payload)
        times.append((time.perf_counter() - begun, name))
        if found != expected[name]:
            wrong.append(f"{name}: {found} entries instead of {expected[name]}")
    print(f"{len(times) - len(wrong)} of {len(times)} feeds ({len(expected)} expected) give the expected entries")
    print(f"{sum(expected.values())} entries in {sum(time for time, _ in times):.2f} s; the slowest {max(times)[0]:.2f} s")
    print(*wrong, sep="\n")
    return len(wrong)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), json.loads(Path(sys.argv[2]).read_text("utf-8"))) > 0)
