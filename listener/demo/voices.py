"""Who says each wording, where and when: every original of the exercise."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from random import Random

from listener.demo import days, draw, people, said, words
from listener.demo.said import Said

_SHORT: dict[words.Channel, float] = {"x": 42, "bluesky": 32, "form": 22, "mail": 4}
_MIDDLE: dict[words.Channel, float] = {"x": 24, "bluesky": 22, "form": 44, "mail": 10}
_LONG: dict[words.Channel, float] = {"x": 9, "form": 51, "mail": 40}
_BLUESKY_LIMIT = 280
_TAGGED = ("x", "bluesky")


def questions() -> list[Said]:
    """The organisation's own posts, one a week on X and one on Bluesky."""
    asker = people.organisations()[0]
    return [
        Said(key=f"question {week} {channel}", channel=channel, at=days.asked(week), by=asker, text=text)
        for week, text in zip(days.WEEKS, words.lines("questions.txt"), strict=True)
        for channel in _TAGGED
    ]


def originals(asked: Iterable[Said]) -> list[Said]:
    """Every wording written by hand, said once."""
    wordings = [wording for week in days.WEEKS for wording in words.week(week)] + words.hostile()
    crowd = people.crowd()
    told = [_said(number, wording, crowd) for number, wording in enumerate(wordings)]
    by_question = {(question.channel, question.at): question for question in asked}
    return [_answering(one, by_question) for one in told]


def _said(number: int, wording: words.Wording, crowd: list[people.Person]) -> Said:
    key = f"wording {number} {wording.text}"
    chance = draw.dice(key)
    channel = wording.channel or _channel(wording, chance)
    text = said.tagged(wording.text, key) if channel in _TAGGED else wording.text
    return Said(
        key=key,
        channel=channel,
        at=days.moment(wording.week, chance),
        by=_speaker(number, crowd, chance),
        text=text,
        lang=wording.lang,
    )


def _speaker(number: int, crowd: list[people.Person], chance: Random) -> people.Person:
    """Mostly somebody new; every sixth time one of the forty who take part often."""
    return crowd[chance.randrange(40)] if chance.random() < 1 / 6 else crowd[number % len(crowd)]


def _channel(wording: words.Wording, chance: Random) -> words.Channel:
    if len(wording.text) > _BLUESKY_LIMIT or "\n" in wording.text:
        return draw.weighted(chance, _LONG)
    return draw.weighted(chance, _SHORT if len(wording.text.split()) < 14 else _MIDDLE)


def _answering(one: Said, by_question: dict[tuple[words.Channel, datetime], Said]) -> Said:
    """A third of the posts are replies to the question; half of those drop the tag."""
    question = by_question.get((one.channel, days.asked(days.week_of(one.at))))
    chance = draw.dice("reply", one.key)
    if question is None or chance.random() > 1 / 3:
        return one
    text = one.text.replace(said.TAG, "").strip() if chance.random() < 1 / 2 else one.text
    return replace(one, way="reply", of=question, text=text)
