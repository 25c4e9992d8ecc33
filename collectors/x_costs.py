"""What X charges, and how much of it the config lets us spend. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from math import isfinite

from collectors.base import AtCeiling
from collectors.budget import Budget

# US dollars a post read, docs.x.com/x-api/getting-started/pricing of August 2026. What authors cost is documented nowhere.
PRICE, PRICE_OF_MENTION = 0.005, 0.001
FEWEST = 10  # posts in a page: a search asks for no fewer


@dataclass(frozen=True, slots=True)
class Purse:
    """What is left at `now` for posts of this price (US dollars)."""

    price: float
    budget: Budget
    now: datetime

    def affords(self, wished: int, least: int, already: float = 0.0) -> int:
        """How many of the wished posts may be read, after `already` dollars that the ledger does not know yet.

        Raises AtCeiling if not even the least.
        """
        self.pays(already + least * self.price)
        left = self.budget.left - already
        return wished if not self.price or left > wished * self.price else max(least, int(left / self.price))

    def pays(self, cost: float) -> None:
        """Raises AtCeiling if so many dollars are not left."""
        if refused := self.budget.refusal(cost, self.now):
            raise AtCeiling(*refused)

    @property
    def rests(self) -> AtCeiling | None:
        """Why not even one page may be read."""
        refused = self.budget.refusal(FEWEST * self.price, self.now)
        return AtCeiling(*refused) if refused else None


def refuse(prices: Mapping[str, float], price: float, ceilings: Mapping[str, float]) -> None:
    """Raises ValueError for one of the prices that is none, and for a ceiling that pays no page at this price."""
    for key, one in prices.items():
        if not isfinite(one) or one < 0:
            raise ValueError(f"{key} must be the dollars that X charges for a post, such as 0.005; 0 if it charges for none")
    for key, ceiling in ceilings.items():
        if not isfinite(ceiling) or ceiling < 0:
            raise ValueError(f"{key} must be an amount of US dollars, or 0 for no ceiling")
        if ceiling and not price:
            raise ValueError(f"{key} has no meaning while posts cost nothing")
        if 0 < ceiling < FEWEST * price:
            raise ValueError(f"{key} is too little: a page of {FEWEST} posts costs ${FEWEST * price:.2f}")
