"""One thing said in the demo, before it is put into a network's own shape."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from listener.demo import draw, people, words

Way = Literal["post", "reply", "quote", "repost"]
TAG = "#ThinkCarerDemo"
_TAGS = {
    " #ThinkCarerDemo": 70,
    " #thinkcarerdemo": 14,
    "\n#ThinkCarerDemo": 10,
    " #THINKCARERDEMO": 3,
    " 👉 #ThinkCarerDemo": 3,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """`key` names it for good, so that everything drawn from it stays; `of` is what it answers, quotes or passes on."""

    key: str
    channel: words.Channel
    at: datetime
    by: people.Person
    text: str
    way: Way = "post"
    lang: str = "en"
    of: "Said | None" = None
    reposts: int = 0

    @property
    def likes(self) -> int:
        """Few for most, many for some, as everywhere."""
        return min(int(draw.dice("likes", self.key).paretovariate(0.9)) - 1, 260) + 2 * self.reposts

    @property
    def replies(self) -> int:
        return draw.dice("replies", self.key).choice((0, 0, 0, 0, 1, 1, 2, 5))


def tagged(text: str, key: str) -> str:
    """The words with the exercise's tag, in one of the ways people write it."""
    if TAG.lower() in text.lower():
        return text
    chance = draw.dice("tag", key)
    if chance.random() < 0.1:
        return f"{TAG} {text}"
    return text + draw.weighted(chance, _TAGS)
