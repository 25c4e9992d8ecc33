"""Trains the tone model: python -m benchmarks.train_tone COMMENTS.jsonl [WEIGHTS.npz]; the same lines give the same bytes.

Lines hold `text` and `sent` (1 best to 5 worst, or null). Beside them it learns from plain sentences that are made here.
"""

import json
import os
import sys
from collections import Counter
from collections.abc import Sequence
from itertools import chain, product
from pathlib import Path
from typing import Any

os.environ["OMP_NUM_THREADS"] = "1"  # so that sums are always made in the same order

import numpy as np
from scipy import sparse
from sklearn.linear_model import LogisticRegression

from listener.analysis import feedback, vader

TONES = ("difficult", "neutral", "good")
HUMAN = {1: "good", 2: "good", 3: "neutral", 4: "difficult", 5: "difficult"}
# People call little mixed or neutral, and a tone of it is easily overlooked: so much more does a claim of each count.
PRIORS = (2.25, 1.9, 1.0)
STRENGTH = 3.0
PLAIN_WEIGHT = 0.7
_PLAIN = Path(__file__).parent / "tone_sets" / "plain.json"


def main(path: str, target: str = "") -> None:
    texts, tones = rated(Path(path))
    weights = train(texts, tones)
    file = Path(target) if target else Path(feedback.__file__).with_suffix(".npz")
    np.savez_compressed(file, **{name: getattr(weights, name) for name in ("words", "letters", "feelings", "base", "known")})
    print(f"{file.name}: {file.stat().st_size:,} bytes of {len(texts):,} texts")


def rated(path: Path) -> tuple[list[str], list[str]]:
    lines = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    kept = [(line["text"], HUMAN[line["sent"]]) for line in lines if line["sent"]]
    return [text for text, _ in kept], [tone for _, tone in kept]


def train(texts: Sequence[str], tones: Sequence[str]) -> feedback.Weights:
    plain = plain_sentences()
    found = features([*texts, *plain])
    used = np.asarray((found != 0).sum(axis=0)).ravel() > 1
    answers = [TONES.index(tone) for tone in (*tones, *["neutral"] * len(plain))]
    counts = [1.0] * len(texts) + [PLAIN_WEIGHT] * len(plain)
    fitted = LogisticRegression(C=STRENGTH, max_iter=300, tol=1e-4).fit(found[:, used], answers, counts)
    learnt = np.zeros((found.shape[1], 3))
    learnt[used] = fitted.coef_.T
    words, spelt, felt = np.split(learnt, (feedback.PLACES, 2 * feedback.PLACES))
    return feedback.Weights(
        words=words.astype("float16"),
        letters=spelt.astype("float16"),
        feelings=felt.astype("float32"),
        base=(fitted.intercept_ + np.log(PRIORS)).astype("float32"),
        known=np.array(sorted(_known(texts)), "uint32"),
    )


def _known(texts: Sequence[str]) -> set[int]:
    """Hashes of the words and pairs of words that more than one text holds."""
    words = [feedback.tokens(text) for text in texts]
    held = [{*said, *(" ".join(pair) for pair in feedback.pairs_of(said))} for said in words]
    times = Counter(chain.from_iterable(held))
    return {feedback.hash_of(one) for one, number in times.items() if number > 1}


def features(texts: Sequence[str]) -> Any:
    """One row a text: words and pairs, then letters, then VADER's numbers."""
    baseline = vader.Baseline()
    rows = [_row(text, baseline) for text in texts]
    columns = np.concatenate([np.array(columns) for columns, _ in rows])
    values = np.concatenate([np.array(values) for _, values in rows])
    ends = np.cumsum([0, *(len(columns) for columns, _ in rows)])
    found = sparse.csr_matrix((values, columns, ends), shape=(len(texts), 2 * feedback.PLACES + 6))
    found.sum_duplicates()
    return found


def _row(text: str, baseline: vader.Baseline) -> tuple[list[int], list[float]]:
    words = feedback.tokens(text)
    said = feedback.places(words)
    spelt = [feedback.PLACES + place for word in words for place in feedback.letters(word)]
    felt = feedback.feelings(baseline.feeling(text), len(words))
    values = [feedback.share(len(said))] * len(said)
    values += [feedback.LETTERS_SHARE * feedback.share(len(spelt))] * len(spelt)
    return [*said, *spelt, *range(2 * feedback.PLACES, 2 * feedback.PLACES + 6)], [*values, *felt]


def plain_sentences() -> list[str]:
    """Sentences that say nothing good or bad, put together from their parts."""
    parts = json.loads(_PLAIN.read_text("utf-8"))
    told = [f"{subject} {fact}." for subject, fact in product(parts["subjects"], parts["facts"])]
    doings = product(parts["doings"], parts["people"], parts["times"])
    return told + [f"{doing} {whom} {when}".strip() + "." for doing, whom, when in doings]


if __name__ == "__main__":
    main(*sys.argv[1:])
