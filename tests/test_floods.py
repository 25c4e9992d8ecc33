"""A week that somebody floods: adverts, a tag taken over, a campaign, a chain mail, and a chat that only looks like one."""

import random
from dataclasses import replace
from datetime import timedelta

import pytest

from collectors.post import Author
from listener.demo import words
from listener.jobs import analyse, collect, desk, digest
from listener.jobs.collect import Task
from listener.jobs.ledger import window_of
from tests import desks
from tests.networks import bluesky
from tests.services import FIRST, SKY, make_service, store_sky

TAG = "#NHSThinkCarer"
EVENING = timedelta(days=4, hours=11)
CAMPAIGN = (
    "No one should be sent home from hospital after eight in the evening. Carers need notice, transport and a bed that is "
    "ready before anybody leaves the ward."
)
GREETINGS = (
    "",
    "Hello,\n",
    "Dear all, ",
    "To whom it may concern,\n",
    "🙏 ",
    "Hi, my name is Ann and I am a carer. ",
    "This. ",
)
FAREWELLS = (
    "",
    " Thank you.",
    " 💚",
    "\nKind regards,\nBob",
    " https://petition.example/1",
    " Please share!",
    f" {TAG} #carers",
)
ADVERTS = (
    "Brand new trainers with free delivery",
    "Our gym opens its doors, first month free",
    "Fresh puppies ready to go to new homes",
    "We fix boilers the same day",
    "The cheapest flights to the sun",
    "Handmade candles, postage included",
)


def said(number, text, after):
    post = bluesky.make_post(number, FIRST + after, f"{text} {TAG}")
    return replace(post, author=Author(handle=f"person{number}.example", id=f"did:plc:carer{number:019d}"))


def spread(texts, first, over, *, start=timedelta()):
    chance = random.Random(first)
    return [said(first + n, text, start + chance.random() * over) for n, text in enumerate(texts)]


def week():
    """What the demo's people say of coming home from hospital, all through the week."""
    return spread([one.text for one in words.week(3)], 1, timedelta(days=6))


def heard(folder, posts):
    """A service that has read and grouped these posts of week 1."""
    folder.mkdir()
    service = make_service(folder, now=desks.MONDAY, extra=SKY)
    store_sky(folder, posts)
    collect.do(service, Task(source="sky", window=window_of(desks.week_of(service)), why="manual"))
    analyse.do(service, desks.week_of(service))
    return service


def page(service):
    return desk.facts(service, desks.week_of(service))


def themes(service):
    """Label and size of each theme in the order of the page, reposts and copies counted apart."""
    from digests import compose

    drawn = compose.compose(page(service))
    return [(theme.label, theme.contributions) for theme in (*drawn.themes, *drawn.smaller)]


def left_out(service):
    from digests import compose

    return " ".join(compose.compose(page(service)).left_out)


@pytest.mark.parametrize("kind", ["adverts", "a television final"])
def test_a_flood_of_300_within_an_evening_changes_no_theme_and_is_told(tmp_path, kind):
    chance = random.Random(5)
    texts = {
        "adverts": [f"{chance.choice(ADVERTS)} https://shop{n % 7}.example/{n}" for n in range(300)],
        "a television final": [chance.choice(words.lines("hijack.txt")) for _ in range(300)],
    }
    flood = spread(texts[kind], 1_000, timedelta(hours=2), start=EVENING)

    flooded = heard(tmp_path / "flooded", week() + flood)

    assert themes(flooded) == themes(heard(tmp_path / "calm", week()))
    assert "300" in left_out(flooded)


def test_a_campaign_of_500_copies_with_small_edits_is_one_voice_and_its_number_is_told(tmp_path):
    chance = random.Random(7)
    copies = [f"{chance.choice(GREETINGS)}{CAMPAIGN}{chance.choice(FAREWELLS)}" for _ in range(499)]
    campaign = [said(2_000, CAMPAIGN, timedelta(hours=1)), *spread(copies, 2_001, timedelta(days=5), start=timedelta(hours=2))]

    flooded = heard(tmp_path / "flooded", week() + campaign)

    assert themes(flooded) == themes(heard(tmp_path / "calm", week() + campaign[:1]))
    digest.do(flooded, desks.week_of(flooded))
    drawn = (flooded.config.output / "week-1/index.html").read_text("utf-8")
    assert "They were passed on 499 times." in drawn.replace("\u00a0", " ")


def test_300_different_people_who_answer_within_an_hour_are_all_heard(tmp_path):
    texts = [one.text for number in (1, 2, 4, 5) for one in words.week(number)]
    chat = spread(random.Random(3).sample(texts, 300), 3_000, timedelta(hours=1), start=EVENING)

    for name, calm in (("busy", week()), ("small", week()[:40])):
        service = heard(tmp_path / name, calm + chat)

        with service.store.read() as unit:
            assert unit.analyses.get(1).aside == {}


def test_a_person_can_take_back_what_was_set_aside(tmp_path):
    flood = spread(words.lines("hijack.txt") * 3, 1_000, timedelta(hours=1), start=EVENING)
    service = heard(tmp_path / "flooded", week() + flood)
    before = page(service)
    row = min(before.analysis.aside)

    desks.decide(service, f"post:{row}", "move", theme=desks.themes_of(service)[0])

    after = page(service)
    assert row not in after.analysis.aside
    assert any(row in cluster.members for cluster in after.analysis.clusters)


def test_a_chain_mail_forwarded_with_differing_heads_is_one_voice(tmp_path):
    heads = (
        "---------- Forwarded message ---------\nFrom: Ann <ann@x.example>\nDate: Mon, 12 Oct 2026\nSubject: Fwd: carers\n\n",
        "Begin forwarded message:\n\nFrom: Cat\nSubject: please read\nDate: 13 October 2026 at 10:12\nTo: all\n\n",
        "-----Original Message-----\nFrom: Dee [mailto:dee@z.example]\nSent: 14 October 2026\nTo: All\nSubject: FW: carers\n\n",
        "FW: ",
        "Dear friends,\n\n",
        "",
    )
    mails = spread([head + CAMPAIGN for head in heads for _ in range(5)], 4_000, timedelta(days=5))

    service = heard(tmp_path / "mails", mails)

    with service.store.read() as unit:
        assert len(unit.analyses.get(1).copies) == len(mails) - 1
