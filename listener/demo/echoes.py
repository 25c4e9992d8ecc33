"""What repeats or drowns the originals: reposts, near-copies, campaigns, adverts, a hijacked tag, answers without words."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, time, timedelta

from listener.demo import days, draw, people, said, words
from listener.demo.said import Said

REPOSTS = {1: 116, 2: 124, 3: 104, 4: 122, 5: 76}
_NEAR_COPIES = {1: 17, 2: 20, 3: 22, 4: 20, 5: 13}
_CAMPAIGNS = {1: 22, 2: 30, 3: 40, 4: 34, 5: 24}
_ADVERTS = {1: 22, 2: 24, 3: 26, 4: 24, 5: 18}
_HIJACKS = 84
_WORDLESS = {1: 9, 2: 11, 3: 13, 4: 11, 5: 7}
_CAMPAIGN_CHANNELS: dict[words.Channel, float] = {"form": 40, "mail": 28, "x": 18, "bluesky": 14}
_LOUD_CHANNELS: dict[words.Channel, float] = {"x": 58, "bluesky": 42}


def reposts(originals: Iterable[Said]) -> list[Said]:
    """Posts on X passed on without words: the question by the caring organisations, and a few originals by very many."""
    by_week = _by_week([one for one in originals if one.channel == "x" and one.way != "repost"])
    return [repost for week in days.WEEKS for repost in _week_reposts(week, by_week[week])]


def _week_reposts(week: int, posts: Sequence[Said]) -> list[Said]:
    chance = draw.dice("reposts", week)
    ranked = sorted(posts, key=lambda one: (not one.key.startswith("question"), draw.digest("rank", one.key)))
    chances = [1 / (rank + 1) ** 0.9 for rank in range(len(ranked))]
    chosen = Counter(one.key for one in chance.choices(ranked, chances, k=REPOSTS[week]))
    return [repost for one in ranked for repost in _reposts_of(one, chosen[one.key])]


def _reposts_of(one: Said, times: int) -> list[Said]:
    chance = draw.dice("reposters", one.key)
    pool = people.organisations()[1:] + chance.sample(people.crowd(), 30)
    passing = [who for who in (pool if one.by.organisation else chance.sample(pool, len(pool))) if who != one.by]
    return [
        Said(
            key=f"repost {n} {one.key}", channel="x", at=days.later(one.at, chance), by=who, text=one.text, way="repost", of=one
        )
        for n, who in enumerate(passing[:times])
    ]


def near_copies(originals: Iterable[Said]) -> list[Said]:
    """Somebody else's words with "This." in front, or "This." alone above a quoted post."""
    by_week = _by_week([one for one in originals if one.channel in _LOUD_CHANNELS and 30 < len(one.text) < 220])
    return [copy for week in days.WEEKS for copy in _week_copies(week, by_week[week])]


def _week_copies(week: int, posts: Sequence[Said]) -> list[Said]:
    chance = draw.dice("near copies", week)
    crowd, openings = people.crowd(), words.lines("openings.txt")
    return [_copy(one, chance.choice(openings), chance.choice(crowd)) for one in chance.choices(posts, k=_NEAR_COPIES[week])]


def _copy(one: Said, opening: str, by: people.Person) -> Said:
    key = f"copy {opening} {by.handle} {one.key}"
    at = days.later(one.at, draw.dice(key))
    if draw.dice("quote", key).random() < 0.3:
        return replace(one, key=key, by=by, text=said.tagged(opening.strip(), key), at=at, way="quote", of=one)
    return replace(one, key=key, by=by, text=said.tagged(opening + one.text, key), at=at, way="post", of=None)


def campaigns() -> list[Said]:
    """The same request from many, changed a little by some."""
    crowd = people.crowd()
    told = enumerate(words.sections("campaigns.txt").values(), start=1)
    return [_signed(week, n, texts, crowd) for week, texts in told for n in range(_CAMPAIGNS[week])]


def _signed(week: int, number: int, texts: Sequence[str], crowd: Sequence[people.Person]) -> Said:
    key = f"campaign {week} {number}"
    chance = draw.dice(key)
    channel = draw.weighted(chance, _CAMPAIGN_CHANNELS)
    text = texts[0] if number % 3 else chance.choice(texts)
    text = said.tagged(text, key) if channel in _LOUD_CHANNELS else text
    return Said(key=key, channel=channel, at=days.moment(week, chance), by=chance.choice(crowd), text=text)


def adverts() -> list[Said]:
    """Traders who use any tag; the same few accounts again and again."""
    return [_advert(week, n) for week in days.WEEKS for n in range(_ADVERTS[week])]


def _advert(week: int, number: int) -> Said:
    key = f"advert {week} {number}"
    chance = draw.dice(key)
    text = (
        f"{chance.choice(words.lines('spam.txt'))} https://shop{chance.randrange(1, 9)}.example/{draw.letters(key, length=6)}"
    )
    trader = people.Person(number=20_000, name="Best Deals 4 U", handle=f"deals{chance.randrange(12)}_inv")
    return Said(
        key=key,
        channel=draw.weighted(chance, _LOUD_CHANNELS),
        at=days.moment(week, chance),
        by=trader,
        text=f"{text} {said.TAG}",
    )


def hijack() -> list[Said]:
    """A television final takes the tag over on the third Saturday evening."""
    starts = days.local(days.first_day(3) + timedelta(days=5), time(19, 55))
    crowd, texts = people.crowd(), words.lines("hijack.txt")
    return [_cheer(number, starts, crowd, texts) for number in range(_HIJACKS)]


def _cheer(number: int, starts: datetime, crowd: Sequence[people.Person], texts: Sequence[str]) -> Said:
    key = f"hijack {number}"
    chance = draw.dice(key)
    at = starts + timedelta(seconds=chance.triangular(0, 10_800, 6_600))
    channel: words.Channel = "x" if chance.random() < 0.85 else "bluesky"
    return Said(key=key, channel=channel, at=at, by=chance.choice(crowd), text=said.tagged(chance.choice(texts), key))


def wordless() -> list[Said]:
    """Answers to the questionnaire that say nothing, or next to it."""
    return [_wordless(week, n) for week in days.WEEKS for n in range(_WORDLESS[week])]


def _wordless(week: int, number: int) -> Said:
    key = f"wordless {week} {number}"
    chance = draw.dice(key)
    return Said(
        key=key,
        channel="form",
        at=days.moment(week, chance),
        by=chance.choice(people.crowd()),
        text=chance.choice(words.lines("short.txt")),
    )


def _by_week(told: Iterable[Said]) -> dict[int, list[Said]]:
    found: dict[int, list[Said]] = {week: [] for week in days.WEEKS}
    for one in told:
        found[days.week_of(one.at)].append(one)
    return found
