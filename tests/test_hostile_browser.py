"""Hostile texts in every input, every page that may say them in a real browser: nothing runs, nothing is asked for."""

import io
import zipfile
from collections.abc import Iterator
from typing import Any

import pytest

from tests import hostile_desk
from tests.every_page import unvisited
from tests.hostile import BARE, TEXTS, unseen
from tests.hostile_desk import HostileDesk
from tests.servers import browser
from tests.watched import Answer, Watch

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    with browser.opened() as running:
        yield running


@pytest.fixture(scope="module")
def week(tmp_path_factory) -> Iterator[HostileDesk]:
    with hostile_desk.opened(tmp_path_factory.mktemp("hostile"), TEXTS, TEXTS[:3]) as made:
        yield made


def nobody(path: str) -> Answer:
    raise AssertionError(path)


def test_on_a_page_that_escapes_nothing_they_run_ask_and_stand_out(chromium):
    watch = Watch(chromium, nobody)

    for number, text in enumerate(TEXTS[:30]):
        watch.show(f"{number}/", Answer(200, {"Content-Type": "text/html"}, BARE.format(text).encode()))

    watch.close()
    told = watch.told
    assert min(len({one.split("/")[0] for one in kind}) for kind in (told.ran, told.asked, told.strange)) > 5


def test_the_policy_alone_stops_them_and_says_so(chromium):
    watch = Watch(chromium, nobody)
    policy = {"Content-Security-Policy": "default-src 'none'; base-uri 'none'; form-action 'none'"}

    for number, text in enumerate(TEXTS[:20]):
        watch.show(f"{number}/", Answer(200, {"Content-Type": "text/html"} | policy, BARE.format(text).encode()))

    watch.close()
    assert watch.told.ran == []
    assert len({one.split("/")[0] for one in watch.told.stopped}) > 15


def test_no_page_runs_asks_or_shows_anything_but_words(chromium, week):
    watch = Watch(chromium, week.get)

    asked = [watch.show(path, answer) and path for path, answer in week.pages()]

    watch.close()
    assert watch.told.all == []
    assert unvisited(week.app, asked) == set()
    assert unseen(TEXTS, watch.texts) == []


def test_what_the_config_says_is_words_on_every_page(chromium, tmp_path):
    with hostile_desk.opened(tmp_path, TEXTS[:2], TEXTS) as week:
        watch = Watch(chromium, week.get)
        for path in week.paths():
            watch.show(path, week.get(path))
        for path, answer in week.files():
            watch.show(path, answer)

    watch.close()
    assert watch.told.all == []
    assert unseen(TEXTS, watch.texts[:1]) == []


def test_the_zip_holds_the_very_pages(week):
    folder = week.service.config.publish.folder

    with zipfile.ZipFile(io.BytesIO(week.get("/published.zip").body)) as packed:
        held = {name: packed.read(name) for name in packed.namelist()}

    assert held == {one.relative_to(folder).as_posix(): one.read_bytes() for one in folder.rglob("*") if one.is_file()}


def test_what_stands_where_a_digest_was_withdrawn_is_words_too(chromium, week):
    watch = Watch(chromium, week.get)

    week.withdraw()
    for path in ("/", "/weeks/1/publish", "/deliveries", *week.published()):
        watch.show(path, week.get(path))
    for path, answer in week.files():
        watch.show(path, answer)

    watch.close()
    assert watch.told.all == []
    assert "This digest has been withdrawn" in watch.texts[-1] + watch.texts[-2]
