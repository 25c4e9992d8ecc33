"""How well asks and questions are told: python -m benchmarks.asks [COMMENTS.jsonl]

The sentences were written before the rules: sixty that ask, sixty that do not, some of these in the very words of an ask. With
COMMENTS, lines that hold `text`, it also says how many of them ask and how long that took.
"""

import json
import sys
from pathlib import Path
from time import process_time

from listener.analysis import asks

QUESTIONS = ("What would make it easier to ask for help?", "What helped most when someone came home from hospital?")
SENTENCES = Path(__file__).parent / "ask_sets" / "sentences.tsv"


def main(*words: str) -> None:
    pairs = [line.split("\t") for line in SENTENCES.read_text("utf-8").splitlines()]
    told = [(human, _kind(text), text) for human, text in pairs]
    for name in ("ask", "question"):
        _tell(name, [(human == name, ours == name) for human, ours, _ in told])
    _tell("either", [(human != "none", ours != "none") for human, ours, _ in told])
    for human, ours, text in told:
        if human != ours:
            print(f"  {human}, told as {ours}: {text}")
    if words:
        _tell_comments(Path(words[0]))


def _kind(text: str) -> str:
    found = asks.find(text, QUESTIONS)
    return found[0].kind if found else "none"


def _tell(name: str, pairs: list[tuple[bool, bool]]) -> None:
    right = sum(human and ours for human, ours in pairs)
    told, there = sum(ours for _, ours in pairs), sum(human for human, _ in pairs)
    print(f"{name:9} precision {right / max(told, 1):.2f}, recall {right / max(there, 1):.2f} of {there}")


def _tell_comments(path: Path) -> None:
    texts = dict(enumerate(json.loads(line)["text"] for line in path.read_text("utf-8").splitlines()))
    began = process_time()
    found = asks.of_week(texts, QUESTIONS)
    seconds = process_time() - began
    print(f"{len(texts):,} comments, {len(found):,} ask for something or ask us; {seconds:.2f} CPU s")


if __name__ == "__main__":
    main(*sys.argv[1:])
