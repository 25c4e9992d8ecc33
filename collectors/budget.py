"""What a source may cost in a day and in a week, what it has cost, and what a reading would cost. Pure."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from math import inf

_ROUNDED = 0.000001  # sums of prices are not exact


def day_of(now: datetime) -> tuple[datetime, datetime]:
    """When the present day (UTC) began and when it ends."""
    begun = datetime.combine(now.astimezone(UTC).date(), time(), UTC)
    return begun, begun + timedelta(days=1)


def week_of(now: datetime) -> tuple[datetime, datetime]:
    """When the present week began, on Monday at midnight (UTC), and when it ends."""
    begun = day_of(now)[0]
    monday = begun - timedelta(days=begun.weekday())
    return monday, monday + timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """US dollars that a source may cost at most in a day and a week (0: no ceiling) and has cost in the present ones."""

    at_most_day: float
    at_most_week: float
    today: float
    this_week: float

    @property
    def left(self) -> float:
        """What may still be spent at this moment; infinite without a ceiling."""
        day = self.at_most_day - self.today if self.at_most_day else inf
        week = self.at_most_week - self.this_week if self.at_most_week else inf
        return max(0.0, min(day, week) + _ROUNDED)

    @property
    def told(self) -> str:
        """What was spent of each ceiling, in words; empty without any."""
        day = f"${self.today:.2f} of ${self.at_most_day:.2f} today" if self.at_most_day else ""
        week = f"${self.this_week:.2f} of ${self.at_most_week:.2f} this week" if self.at_most_week else ""
        return ", ".join(filter(None, (day, week)))

    def refusal(self, cost: float, now: datetime) -> tuple[str, datetime] | None:
        """Why no more of this cost may be asked for, and until when (UTC); None if it may."""
        if self.at_most_week and self.this_week + cost > self.at_most_week + _ROUNDED:
            return _told(f"at_most_week = ${self.at_most_week:.2f}", week_of(now)[1])
        if self.at_most_day and self.today + cost > self.at_most_day + _ROUNDED:
            return _told(f"at_most_day = ${self.at_most_day:.2f}", day_of(now)[1])
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """About how many posts a reading would bring and what it would cost; `asking` is what the question itself cost, in
    `requests`. US dollars."""

    posts: int
    cost: float
    asking: float = 0.0
    requests: int = 0


def _told(ceiling: str, until: datetime) -> tuple[str, datetime]:
    key = ceiling.partition(" ")[0]
    return f"{ceiling} is spent: it goes on at {until:%Y-%m-%d %H:%M} UTC, or at once if {key} is raised", until


def of(spent: Callable[[datetime], float], at_most_day: float, at_most_week: float, now: datetime) -> Budget:
    """The budget of this moment; `spent` tells what was spent since a moment (UTC)."""
    today, this_week = spent(day_of(now)[0]), spent(week_of(now)[0])
    return Budget(at_most_day=at_most_day, at_most_week=at_most_week, today=today, this_week=this_week)
