"""`listener scorecard`: what people made of the computer's tones, and what was measured beforehand."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

from listener.cli import opened, tables
from listener.jobs import scorecard
from listener.jobs.scorecard import Card, Measured
from storage.values import TONES

if TYPE_CHECKING:
    from listener.config import Config

_WORDS = {"difficult": "difficult", "neutral": "mixed or neutral", "good": "good"}


def run(config: "Config", *, as_json: bool) -> None:
    with opened.service(config) as service:
        cards = scorecard.do(service)
    choice = config.analysis.tone
    measured = scorecard.MEASURED[choice]
    if as_json:
        print(json.dumps({"tone": choice, "measured": asdict(measured), "weeks": [asdict(card) for card in cards]}, indent=2))
        return
    show(cards, choice, measured)


def show(cards: Sequence[Card], choice: str, measured: Measured) -> None:
    print(
        f"Measured beforehand ({choice}, comments about one health service): {measured.accuracy:.0%} right, "
        f"{measured.difficult_found:.0%} of the difficult ones found, macro-F1 {measured.macro_f1:.2f}."
    )
    for card in cards:
        print(f"\nWeek {card.week}: {card.scored:,} guessed, not sure of {card.unsure:,}; {card.scorer}")
        if not card.set_by_people:
            print("Nobody has set a tone.")
            continue
        print(f"People set {card.set_by_people:,}, {card.left_as_guessed:,} of them as guessed.")
        rows = [(_WORDS[said], *(str(card.table[said][made]) for made in TONES)) for said in TONES]
        tables.show(("the computer said", *(f"people said {_WORDS[tone]}" for tone in TONES)), rows)
