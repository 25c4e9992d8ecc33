"""The invented people and caring organisations who speak."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from listener.demo import draw, words

_JOINED = datetime(2011, 3, 1, tzinfo=UTC)
CROWD = 620


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody who does not exist. `handle` is what X shows, `number` tells them apart."""

    number: int
    name: str
    handle: str
    organisation: bool = False

    @property
    def domain(self) -> str:
        return f"{self.handle.replace('_', '-').lower()}.invented.example"

    @property
    def did(self) -> str:
        return f"did:plc:{draw.letters('did', self.handle, length=24)}"

    @property
    def x_id(self) -> str:
        return str(10**18 + int.from_bytes(draw.digest("x", self.handle)[:7]) % 10**18)

    @property
    def address(self) -> str:
        return f"{self.handle.replace('_', '.').lower()}@mail.example"

    @property
    def joined(self) -> datetime:
        return _JOINED + timedelta(minutes=draw.dice("joined", self.handle).randrange(7_000_000))

    @property
    def public(self) -> bool:
        """False for the few who ask that people without an account do not see them."""
        return self.organisation or self.number % 23 != 7


def crowd() -> list[Person]:
    """Everybody, each with a name of two common words."""
    names = words.sections("people.txt")
    pairs = [(first, second) for first in names["first"] for second in names["second"]]
    draw.dice("crowd").shuffle(pairs)
    return [_person(number, *pair) for number, pair in enumerate(pairs[:CROWD])]


def _person(number: int, first: str, second: str) -> Person:
    return Person(number=number, name=_signed(f"{first} {second}", number), handle=f"{first}{second}"[:11] + "_inv")


def _signed(name: str, number: int) -> str:
    """A display name as people write them: mostly plain, some in lower case, some with a sign."""
    ways = {
        0: name.lower(),
        3: f"{name} 💜",
        5: f"{name} 🦡",
        8: f"~ {name.lower()} ~",
        11: f"{name} (she/her)",
        13: f"نهر {name}",
    }
    return ways.get(number % 29, name)


def organisations() -> list[Person]:
    """The caring organisations; the first is the one that asks the questions."""
    told = [line.split(" | ") for line in words.lines("organisations.txt")]
    return [
        Person(number=10_000 + number, name=name, handle=handle, organisation=True)
        for number, (handle, name) in enumerate(told)
    ]
