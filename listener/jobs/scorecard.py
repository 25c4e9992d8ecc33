"""How far the computer's tones can be trusted: what people made of them, week by week, and what was measured beforehand."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from listener.jobs import analyse, desk
from listener.jobs.ledger import window_of
from listener.jobs.service import Service
from storage.values import TONES, Week


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One week. `scored` contributions have a guess, `unsure` of them one that is as likely wrong. `table` counts those whose
    tone a person set: first what the computer had said, then what the person did."""

    week: int
    scorer: str
    scored: int
    unsure: int
    table: Mapping[str, Mapping[str, int]]

    @property
    def set_by_people(self) -> int:
        return sum(sum(row.values()) for row in self.table.values())

    @property
    def left_as_guessed(self) -> int:
        return sum(self.table[tone][tone] for tone in TONES)


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """Shares of 1 on comments about one health service that people had rated; the model had not seen the comments it read."""

    macro_f1: float
    accuracy: float
    difficult_found: float


# benchmarks/tone.py, 3,857 comments in five folds.
MEASURED = {
    "feedback": Measured(macro_f1=0.689, accuracy=0.805, difficult_found=0.820),
    "vader": Measured(macro_f1=0.491, accuracy=0.577, difficult_found=0.363),
}


def do(service: Service) -> list[Card]:
    """A card for each week that has scores, oldest first."""
    cards = (_card(service, week) for week in service.config.exercise.weeks)
    return [card for card in cards if card.scored]


def _card(service: Service, week: Week) -> Card:
    scorer = analyse.scorer(service, week)
    with service.store.read() as unit:
        scores = unit.analyses.scores(window_of(week), scorer)
    hold, curation = desk.state(service, week)
    set_tones = {row: tone for row, tone in curation.tones.items() if row in scores} if hold else {}
    pairs = Counter((scores[row].tone, tone) for row, tone in set_tones.items())
    return Card(
        week=week.number,
        scorer=scorer,
        scored=len(scores),
        unsure=sum(not score.sure for score in scores.values()),
        table={said: {made: pairs[said, made] for made in TONES} for said in TONES},
    )
