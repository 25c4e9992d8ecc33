"""Tone against bare VADER: python benchmarks/tone.py FILE.jsonl; lines hold `text` and `sent` (1 best to 5 worst, or null)."""

import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from time import process_time

from sklearn.metrics import accuracy_score, f1_score
from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

from listener.analysis import tone, vader

HUMAN = {1: "good", 2: "good", 3: "neutral", 4: "difficult", 5: "difficult"}
ROUNDS = 3


def main(path: str) -> None:
    lines = [json.loads(line) for line in Path(path).read_text("utf-8").splitlines()]
    rated = [(line["text"], HUMAN[line["sent"]]) for line in lines if line["sent"]]
    texts, human = [text for text, _ in rated], [told for _, told in rated]
    bare, scorer = SentimentIntensityAnalyzer(), tone.Scorer()
    print(f"{len(texts)} texts")
    bare_speed = measure(
        "VADER 3.3.2", lambda said: [vader.tone_of(bare.polarity_scores(text)["compound"]) for text in said], texts, human
    )
    ours = measure(tone.VERSION, lambda said: [score.tone for score in scorer.score(said)], texts, human)
    print(f"speed ratio {ours / bare_speed:.2f}")
    started = process_time()
    scorer.score(["\U0001f600" * 2000])
    print(f"2,000 emoji {1000 * (process_time() - started):.1f} ms CPU")


def measure(name: str, tones_of: Callable[[Sequence[str]], Sequence[str]], texts: Sequence[str], human: Sequence[str]) -> float:
    """Prints one line; gives texts a CPU second, the best of a few rounds."""
    spent = []
    for _ in range(ROUNDS):
        started = process_time()
        told = tones_of(texts)
        spent.append(process_time() - started)
    f1, right = f1_score(human, told, average="macro"), accuracy_score(human, told)
    print(f"{name:32} macro-F1 {f1:.3f}  accuracy {right:.3f}  {len(texts) / min(spent):,.0f} texts/CPU s")
    return len(texts) / min(spent)


if __name__ == "__main__":
    main(*sys.argv[1:])
