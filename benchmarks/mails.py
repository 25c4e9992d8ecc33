"""Whether every mail of a folder is read, what became of each, and how long the slowest took.

    python -m benchmarks.mails FOLDER [--show]

FOLDER holds mails in files, folders and .tar.gz archives below it, each file one mail or, where it begins with "From ", an
mbox. Each is read as the mailbox reads it; nothing may be raised, and none may take a second.
"""

import sys
import tarfile
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from collectors import mail
from collectors.base import Aside, Item

ARRIVED = datetime(2026, 11, 17, 9, tzinfo=UTC)
MOST_SECONDS = 1.0


def mails_in(folder: Path) -> Iterator[tuple[str, bytes]]:
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        if path.name.endswith((".tar.gz", ".tgz")):
            yield from _packed(path)
        else:
            yield str(path.relative_to(folder)), path.read_bytes()


def _packed(path: Path) -> Iterator[tuple[str, bytes]]:
    with tarfile.open(path) as archive:
        for member in archive:
            if stream := archive.extractfile(member):
                yield member.name, stream.read()


def outcome(read: Item | Aside) -> str:
    if isinstance(read, Aside):
        return " ".join(part for part in ("set aside:", read.reason, read.detail) if part)
    return "read" if read.post.text else "read, without a word in it"


def main(folder: Path, show: bool) -> int:
    outcomes: Counter[str] = Counter()
    slowest, bad = 0.0, []
    for name, payload in mails_in(folder):
        begun = time.perf_counter()
        try:
            told = outcome(mail.read_mail(payload, ARRIVED, mask=True))
        except Exception as error:  # noqa: BLE001 -- whatever is raised is what is looked for
            told = f"raised {type(error).__name__}"
        took = time.perf_counter() - begun
        slowest = max(slowest, took)
        outcomes[told] += 1
        bad += [f"{name}: {told}, {took:.2f} s"] if told.startswith("raised") or took > MOST_SECONDS else []
        if show and told != "read":
            print(f"{name}: {told}")
    print(f"{outcomes.total()} mails, the slowest in {slowest:.2f} s")
    print(*(f"{count:>6}  {told}" for told, count in outcomes.most_common()), *bad, sep="\n")
    return len(bad)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), "--show" in sys.argv) > 0)
