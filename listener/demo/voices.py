"""Who says each wording, where and when: every original of the exercise."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from random import Random

from listener.demo import days, draw, people, said, words
from listener.demo.said import Said

_SHORT: dict[words.Channel, float] = {"x": 30, "bluesky": 50, "form": 14, "mail": 6}
_MIDDLE: dict[words.Channel, float] = {"x": 16, "bluesky": 38, "form": 29, "mail": 17}
_TAGGED: tuple[words.Channel, ...] = ("x", "bluesky")


def questions() -> list[Said]:
    """The organisation's own posts, one a week on X and one on Bluesky."""
    asker = people.organisations()[0]
    return [
        Said(key=f"question {week} {channel}", channel=channel, at=days.asked(week), by=asker, text=text)
        for week, text in zip(days.WEEKS, words.lines("questions.txt"), strict=True)
        for channel in _TAGGED
    ]


def edges() -> list[Said]:
    """Posts at the first and last second of weeks, before and after them all, and in the hour that the clock shows twice."""
    crowd = people.crowd()
    return [_edge(line, crowd[-number]) for number, line in enumerate(words.lines("edges.txt"), start=1)]


def _edge(line: str, by: people.Person) -> Said:
    moment, _, text = line.partition(" ")
    return Said(key=f"edge {line}", channel="x", at=datetime.fromisoformat(moment).astimezone(UTC), by=by, text=text)


def originals(asked: Iterable[Said]) -> list[Said]:
    """Every wording written by hand, said once."""
    wordings = [wording for week in days.WEEKS for wording in words.week(week)] + words.hostile()
    crowd = people.crowd()
    told = [_said(wording, crowd) for wording in wordings]
    by_question = {(question.channel, question.at): question for question in asked}
    return [_answering(one, by_question) for one in told]


def _said(wording: words.Wording, crowd: list[people.Person]) -> Said:
    key = f"wording {wording.text}"
    chance = draw.dice(key)
    channel = wording.channel or _channel(wording, chance)
    text = said.tagged(wording.text, key) if channel in _TAGGED else wording.text
    return Said(
        key=key,
        channel=channel,
        at=days.moment(wording.week, chance),
        by=_speaker(crowd, chance),
        text=text,
        lang=wording.lang,
    )


def _speaker(crowd: list[people.Person], chance: Random) -> people.Person:
    """Anybody; every sixth time one of the forty who take part often."""
    return chance.choice(crowd[:40] if chance.random() < 1 / 6 else crowd)


def _channel(wording: words.Wording, chance: Random) -> words.Channel:
    """For wordings that name none; long ones name theirs."""
    return draw.weighted(chance, _SHORT if len(wording.text.split()) < 14 else _MIDDLE)


def _answering(one: Said, by_question: dict[tuple[words.Channel, datetime], Said]) -> Said:
    """A third of the posts are replies to the question; half of those drop the tag."""
    question = by_question.get((one.channel, days.asked(days.week_of(one.at))))
    chance = draw.dice("reply", one.key)
    if question is None or chance.random() > 1 / 3:
        return one
    text = one.text.replace(said.TAG, "").strip() if chance.random() < 1 / 2 else one.text
    return replace(one, way="reply", of=question, text=text)
