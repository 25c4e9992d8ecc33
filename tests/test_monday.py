"""One rehearsed Monday, whole: an outage at the weekend, the draft, the notice, the desk, publishing, a deletion, a withdrawal,
a late post, a restored backup. Real servers, real processes, a real browser; only the clock is ours."""

from datetime import datetime, timedelta

import pytest

from listener.demo import words
from tests import rehearsal
from tests.rehearsal import LONDON, Stage

pytestmark = [
    pytest.mark.server,
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(bool(rehearsal.missing()), reason=rehearsal.missing() or "everything is there"),
]

TAKEN_DOWN = "The night sitter from Quillbrook never came back after Easter and I have not slept since."
WITHDRAWN = "A nurse on the Zephyr ward sat with me for an hour and wrote down whom to ring."
LATE = "I only heard of this today: respite has to be booked a year ahead in our town."
POST = 250  # characters that fit into a post with its hashtag
DAYS = [datetime(2026, 11, day, hour, 10, tzinfo=LONDON) for day in range(2, 9) for hour in (9, 13, 17, 21)]


def test_a_monday():
    with rehearsal.set_up() as stage:
        taken_down = before_the_weekend(stage)
        with rehearsal.listening(stage):
            over_the_weekend(stage)
            on_monday_morning(stage)
        assert taken_down


def before_the_weekend(stage: Stage) -> str:
    """What people say in week 1; the address of the post that will be taken down."""
    said = [one.text for one in words.week(1) if one.lang == "en"]
    for number, (text, at) in enumerate(zip(said[::2], DAYS, strict=False), 1):
        stage.write(number, at, text)
    for text, at in zip([text for text in said[1::2] if len(text) < POST], DAYS, strict=False):
        stage.say(text, at + timedelta(minutes=20))
    stage.write(100, DAYS[10], WITHDRAWN)
    return stage.say(TAKEN_DOWN, DAYS[11])


def over_the_weekend(stage: Stage) -> None:
    """The mailbox is down from Saturday to Sunday; the operator is told, and told again when it has mended itself."""
    stage.set_clock(6, 18)
    stage.at(7, 9)
    stage.mailbox.stop()
    stage.at(7, 11)
    stage.at(7, 18)
    stage.mailbox.start()
    stage.at(8, 15)
    told = [mail.get_content() for mail in stage.mails("operator")]

    assert any("mail" in one for one in told)


def on_monday_morning(stage: Stage) -> None:
    for hour, minute in ((0, 16), (5, 1), (6, 16), (6, 46), (7, 1)):
        stage.at(9, hour, minute)
    [notice] = stage.mails("team")
    page = (stage.folder / "digests/week-1/index.html").read_text(encoding="utf-8")

    assert "week 1" in notice["Subject"].lower()
    assert stage.address in notice.get_content()
    assert not any(text in notice.get_content() for text in (TAKEN_DOWN, WITHDRAWN))
    assert "No gaps" in page
