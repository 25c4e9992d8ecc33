"""Posts made again from the raw answers that were kept."""

import sqlite3
import zlib
from datetime import timedelta

from listener.jobs import collect, reread
from listener.jobs.collect import Task
from tests.networks import bluesky
from tests.services import FIRST, LISTENED, SKY, make_service, store_sky, write_answers

NOW = FIRST + timedelta(days=1)


def listened(folder):
    service = make_service(folder, now=NOW)
    write_answers(folder, range(5))
    collect.do(service, Task(source="tag", window=LISTENED, why="manual"))
    (folder / "answers.jsonl").unlink()  # reading again asks nobody
    return service


def change(folder, statement, *values):
    with sqlite3.connect(folder / "listener.db") as database:
        database.execute(statement, values)
    database.close()


def test_posts_that_read_as_before_stay_as_they_are(tmp_path):
    service = listened(tmp_path)

    added, unreadable = reread.do(service, "tag")

    assert (added.new, added.changed, added.unchanged, unreadable) == (0, 0, 5, 0)


def test_what_is_read_otherwise_now_is_mended(tmp_path):
    service = listened(tmp_path)
    change(
        tmp_path, "UPDATE posts SET text = 'misread by an older release', content = x'0000000000000000' WHERE id = 'a000003'"
    )

    added, _ = reread.do(service, "tag")

    with service.store.read() as unit:
        texts = [kept.post.text for kept in unit.posts.of(LISTENED)]
    assert (added.changed, added.unchanged) == (1, 4)
    assert not any("misread" in text for text in texts)


def test_a_piece_that_cannot_be_read_any_more_is_counted_and_its_post_stays(tmp_path):
    service = listened(tmp_path)
    change(tmp_path, "UPDATE raws SET payload = ? WHERE row = 1", zlib.compress(b"{broken"))

    added, unreadable = reread.do(service, "tag")

    with service.store.read() as unit:
        assert unit.posts.count() == 5
    assert (added.unchanged, unreadable) == (4, 1)


def test_a_network_s_piece_that_makes_no_sense_is_counted_too(tmp_path):
    store_sky(tmp_path, [bluesky.make_post(1, FIRST, "Once upon a time #NHSThinkCarer")])
    service = make_service(tmp_path, now=NOW, extra=SKY)
    collect.do(service, Task(source="sky", window=LISTENED, why="manual"))
    change(tmp_path, "UPDATE raws SET payload = ?", zlib.compress(b"<html>"))

    _, unreadable = reread.do(service, "sky")

    assert unreadable == 1
