"""A published exercise that moves to an empty machine: all that was decided is there, nobody who was removed is."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from listener import config, vault
from listener.jobs import analyse, backup, collect, desk, digest, forget, publish, restore
from listener.jobs.collect import Task
from listener.jobs.ledger import window_of
from listener.jobs.restore import Asked
from listener.jobs.service import Service
from storage.store import Store
from tests import published
from tests.networks import bluesky
from tests.services import FIRST, SKY, make_service, store_sky, wordings
from tests.stores import said_in

NIGHT = datetime(2026, 10, 27, 2, 30, tzinfo=UTC)
GONE, WITHDRAWN, STAYS = 3, 5, 8
SAID = "Canary words that nobody else said about the corridor at night"
OURS = {GONE: "Waiting was cold.", WITHDRAWN: "Parking was dear.", STAYS: "The nurse was kind."}


@pytest.fixture
def box(tmp_path):
    """Week 1 is published with three quotes, week 2 is a draft."""
    folder = tmp_path / "box"
    folder.mkdir()
    made = opened(folder)
    store_sky(folder, posts())
    for week in made.config.exercise.weeks:
        collect.do(made, Task(source="sky", window=window_of(week), why="manual"))
        analyse.do(made, week)
    for row, text in OURS.items():
        published.quote(made, week_of(made), row, (f"post:{row}", "paraphrase", {"text": text}))
    published.publish(made, week_of(made))
    draw(made)
    publish.deliver(made)
    yield made
    made.store.close()


def opened(folder: Path, at: datetime = NIGHT) -> Service:
    """A service as the command line opens one, with the key that lies beside the database."""
    if (folder / "listener.toml").exists():
        loaded = config.load(folder / "listener.toml")
    else:
        made = make_service(folder, now=at, extra=SKY)
        made.store.close()
        loaded = made.config
    store = Store(loaded.storage, vault.author_key_secret(loaded.storage.with_suffix(".key")))
    return Service(config=loaded, store=store, vault=vault.beside(loaded.storage), now=lambda: at)


def posts():
    texts = wordings(60)
    texts[GONE - 1] = SAID
    return [bluesky.make_post(number, FIRST + timedelta(hours=4 * number), text) for number, text in enumerate(texts, 1)]


def week_of(service, number=1):
    return service.config.exercise.week(number)


def draw(service):
    for week in service.config.exercise.weeks:
        digest.do(service, week)


def decisions_of(service):
    with service.store.read() as unit:
        return [unit.decisions.of(week.number) for week in service.config.exercise.weeks]


def public_of(service):
    return b"".join(path.read_bytes() for path in service.config.publish.folder.rglob("*") if path.is_file())


def everything_in(folder):
    files = [path for path in folder.rglob("*") if path.is_file() and path.suffix != ".page"]
    return b"".join(path.read_bytes() for path in files) + said_in(folder / "listener.db")


@pytest.fixture
def moved(box, tmp_path):
    """The backup of the night, then a day's work and removals, then a machine that burns down, and an empty one."""
    made = backup.do(box).path
    known = decisions_of(box)
    morning = replace(box, now=lambda: NIGHT + timedelta(hours=6))
    published.decide(morning, week_of(box), [("week", "summary", {"text": "Lost with the machine."})])
    forget.do(morning, forget.Asked(author=handle_of(box, GONE)))
    publish.withdraw(morning, [WITHDRAWN], by=0)
    file = made.rename(tmp_path / made.name)
    restore.do(
        Asked(file=file, into=tmp_path / "new", removals=tmp_path / "box" / "listener.removals.jsonl"),
        lambda: NIGHT + timedelta(hours=9),
    )
    (tmp_path / "new" / "sky").mkdir()
    new = opened(tmp_path / "new", NIGHT + timedelta(hours=9))
    yield new, known
    new.store.close()


def handle_of(service, row):
    with service.store.read() as unit:
        (kept,) = unit.posts.some([row])
    return kept.post.author.handle


def test_before_it_all_three_were_public(box):
    assert all(text.encode() in public_of(box) for text in OURS.values())


def test_who_was_forgotten_is_nowhere_before_anything_is_drawn_and_after(moved, tmp_path):
    new, _ = moved
    before = everything_in(tmp_path / "new")

    draw(new)
    publish.deliver(new)

    after = everything_in(tmp_path / "new")
    for found in (before, after):
        assert SAID.encode() not in found
        assert OURS[GONE].encode() not in found


def test_the_public_folder_is_delivered_anew_without_what_was_removed(moved):
    new, _ = moved

    publish.deliver(new)

    assert OURS[STAYS].encode() in public_of(new)
    assert OURS[GONE].encode() not in public_of(new)
    assert OURS[WITHDRAWN].encode() not in public_of(new)
    assert publish.is_delivered(new)


def test_every_decision_up_to_the_backup_is_there(moved):
    new, known = moved

    found = decisions_of(new)

    assert [[one.seq for one in week] for week in found] == [[one.seq for one in week] for week in known]
    kept = [(one, two) for week, before in zip(found, known, strict=True) for one, two in zip(week, before, strict=True)]
    assert all(one == two for one, two in kept if f"post:{GONE}" != two.target and GONE not in two.value.values())
    assert "Lost with the machine." not in repr(found)


def test_where_nothing_was_removed_every_page_is_the_same_to_the_byte(box, tmp_path):
    later = NIGHT + timedelta(hours=9)
    file = backup.do(box).path.rename(tmp_path / "backup.zip")
    box.store.close()
    (tmp_path / "box").rename(tmp_path / "lost")
    restore.do(Asked(file=file, into=tmp_path / "box"), lambda: later)
    new = opened(tmp_path / "box", later)

    draw(new)
    publish.deliver(new)
    new.store.close()

    for folder in ("digests", "public"):
        assert pages_of(tmp_path / "box" / folder) == pages_of(tmp_path / "lost" / folder)


def pages_of(folder):
    found = {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*.*") if path.is_file()}
    assert len(found) > 3
    return found


def test_the_desk_goes_on_from_there(moved):
    new, _ = moved

    hold, curation = desk.state(new, week_of(new))
    published.decide(new, week_of(new), [("week", "summary", {"text": "Written again."})])

    assert hold is not None
    assert curation.newest
    assert desk.state(new, week_of(new))[1].newest > curation.newest
