"""Tone against bare VADER in the same run: python -m benchmarks.tone COMMENTS.jsonl [TWEETS.tsv]

Comments hold `text` and `sent` (1 best to 5 worst, or null); each is read by a model that was not trained on its like (five
folds by text). Tweets are lines of -1, 0 or 1, a tab and the text; they and the neutral sentences are read by the model that is
shipped. `--shipped` reads the comments by it too: for comments that it was not trained on.
"""

import random
import re
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from time import process_time

import numpy as np
from sklearn.metrics import accuracy_score, confusion_matrix, f1_score, recall_score
from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

from benchmarks.train_tone import TONES, rated, train
from listener.analysis import feedback, tone, vader
from storage.values import SURE, Score

FOLDS = 5
ROUNDS = 5
CARE_WORDS = re.compile(r"\b(?:car(?:e|es|ed|ing)|support|help|treat)\b", re.IGNORECASE)


def main(*words: str) -> None:
    paths = [Path(word) for word in words if word != "--shipped"]
    texts, human = rated(paths[0])
    scorer = tone.Scorer()
    ours = scorer.score(texts) if "--shipped" in words else folded(texts, human)
    print(f"{len(texts)} comments")
    for name, said in (("VADER 3.3.2", bare(texts)), ("VADER, cured", cured(texts)), (tone.version("feedback"), ours)):
        tell_comments(name, said, human)
        tell_care(texts, said, human)
    tell_sureness(ours, human)
    tell_neutral(scorer)
    if len(paths) > 1:
        tell_tweets(paths[1], scorer)
    tell_speed(texts, scorer)


def bare(texts: Sequence[str]) -> list[Score]:
    analyser = SentimentIntensityAnalyzer()
    values = (analyser.polarity_scores(text)["compound"] for text in texts)
    return [Score(vader.tone_of(value), value) for value in values]


def cured(texts: Sequence[str]) -> list[Score]:
    return tone.Scorer("vader").score(texts)


def folded(texts: Sequence[str], human: Sequence[str]) -> list[Score]:
    """Each text scored by a model that saw no text of the same words."""
    alike = [" ".join(feedback.tokens(text)) for text in texts]
    names = sorted(set(alike))
    random.Random(0).shuffle(names)
    fold_of = {name: place % FOLDS for place, name in enumerate(names)}
    found: dict[int, Score] = {}
    for fold in range(FOLDS):
        held = [place for place, name in enumerate(alike) if fold_of[name] == fold]
        seen = [place for place, name in enumerate(alike) if fold_of[name] != fold]
        model = feedback.Model(train([texts[place] for place in seen], [human[place] for place in seen]))
        scores = tone.Scorer(model=model).score([texts[place] for place in held])
        found.update(zip(held, scores, strict=True))
    return [found[place] for place in range(len(texts))]


def tell_comments(name: str, said: Sequence[Score], human: Sequence[str]) -> None:
    told = [score.tone for score in said]
    f1, right = f1_score(human, told, average="macro"), accuracy_score(human, told)
    found = recall_score(human, told, labels=["difficult"], average="macro")
    r = np.corrcoef([score.value for score in said], [TONES.index(one) for one in human])[0, 1]
    print(f"{name}\n  macro-F1 {f1:.3f}  accuracy {right:.3f}  difficult ones found {found:.3f}  r {r:.3f}")
    for row, counts in zip(TONES, confusion_matrix(human, told, labels=TONES), strict=True):
        print(f"  people said {row:9} computer said " + ", ".join(f"{one} {n}" for one, n in zip(TONES, counts, strict=True)))


def tell_care(texts: Sequence[str], said: Sequence[Score], human: Sequence[str]) -> None:
    lines = zip(texts, said, human, strict=True)
    about = [score for text, score, one in lines if one == "difficult" and CARE_WORDS.search(text)]
    wrong = sum(score.tone == "good" for score in about)
    print(f"  {wrong} of {len(about)} difficult ones with a care word called good ({wrong / max(len(about), 1):.0%})")


def tell_sureness(said: Sequence[Score], human: Sequence[str]) -> None:
    for low, high in ((0.0, SURE), (SURE, 0.6), (0.6, 0.7), (0.7, 0.8), (0.8, 0.9), (0.9, 1.01)):
        within = [score.tone == one for score, one in zip(said, human, strict=True) if low <= score.probability < high]
        if within:
            print(f"  probability {low:.1f} to {min(high, 1):.1f}: {len(within)} texts, {sum(within) / len(within):.2f} right")


def tell_neutral(scorer: tone.Scorer) -> None:
    texts = (Path(__file__).parent / "tone_sets" / "neutral.txt").read_text("utf-8").splitlines()
    for name, said in (("VADER 3.3.2", bare(texts)), ("VADER, cured", cured(texts)), (scorer.version, scorer.score(texts))):
        wrong = sum(score.tone != "neutral" for score in said)
        print(f"neutral sentences: {name} calls {wrong} of {len(texts)} good or difficult")


def tell_tweets(path: Path, scorer: tone.Scorer) -> None:
    lines = [line.split("\t", 1) for line in path.read_text("utf-8").splitlines()]
    human, texts = [TONES[int(label) + 1] for label, _ in lines], [text for _, text in lines]
    for name, said in (("VADER 3.3.2", bare(texts)), ("VADER, cured", cured(texts)), (scorer.version, scorer.score(texts))):
        print(f"tweets: {name} macro-recall {recall_score(human, [score.tone for score in said], average='macro'):.4f}")


def tell_speed(texts: Sequence[str], scorer: tone.Scorer) -> None:
    analyser = SentimentIntensityAnalyzer()
    plain = speed(lambda: [analyser.polarity_scores(text) for text in texts])
    ours = speed(lambda: scorer.score(texts))
    print(f"VADER 3.3.2 {len(texts) / plain:,.0f} texts/CPU s, ours {len(texts) / ours:,.0f}: {plain / ours:.2f} of its speed")
    emoji = speed(lambda: scorer.score(["\U0001f600" * 2000]))
    print(f"2,000 emoji {1000 * emoji:.1f} ms CPU")


def speed(work: Callable[[], object]) -> float:
    """CPU seconds, the best of a few rounds."""
    spent = []
    for _ in range(ROUNDS):
        started = process_time()
        work()
        spent.append(process_time() - started)
    return min(spent)


if __name__ == "__main__":
    main(*sys.argv[1:])
