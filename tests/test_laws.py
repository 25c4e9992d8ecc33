"""The law of collectors where it costs a process: a gzip bomb of a gigabyte, sent to every kind that reads the web."""

import subprocess
import sys
import zlib

import pytest

import collectors
from tests.networks.answering import answering

MOST_KILOBYTES = 200_000
OPTIONS = {
    "bluesky": "service='{at}', handle='carers.example', password=base.Secret('unused'), hashtags=('#a',)",
    "feed": "url='{at}/feed', allow_private_addresses=True",
    "mastodon": "servers=('{at}',), hashtags=('#a',)",
    "x": "service='{at}', bearer_token=base.Secret('unused'), hashtags=('#a',), pace=0.0",
}
NOT_OF_THE_WEB = {"file", "mailbox", "replay"}
READING = """
from datetime import timedelta
from pathlib import Path
import collectors
from collectors import base
from tests.factories import NOW, make_given
collector = collectors.find({kind!r})(given=make_given(), {options})
try:
    list(collector.collect(base.Window(NOW - timedelta(days=2), NOW - timedelta(days=1))))
except base.Unavailable as error:
    # the peak of this program alone; ru_maxrss would begin with that of the parent
    print(Path('/proc/self/status').read_text().split('VmHWM:')[1].split()[0], error)
"""


@pytest.fixture(scope="module")
def bomb():
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    return b"".join(packer.compress(bytes(1_000_000)) for _ in range(1000)) + packer.flush()


def test_every_kind_is_bombed_or_not_of_the_web():
    assert set(collectors.KINDS) == set(OPTIONS) | NOT_OF_THE_WEB


@pytest.mark.parametrize("kind", OPTIONS)
def test_a_gzip_bomb_of_a_gigabyte_costs_little_memory(kind, bomb):
    asked = []

    def answer(path, _):
        asked.append(path)
        return 200, {"content-encoding": "gzip"}, bomb

    with answering(answer) as at:
        script = READING.format(kind=kind, options=OPTIONS[kind].format(at=at))
        ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=100, check=False)

    assert ran.stdout, ran.stderr
    assert asked
    assert int(ran.stdout.split()[0]) < MOST_KILOBYTES, ran.stdout
