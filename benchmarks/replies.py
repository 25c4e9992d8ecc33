"""How well quoted mails are told from replies: nothing done, quotequail and ours, on a file of pairs.

    python -m benchmarks.replies PAIRS.jsonl [--show]

Each line of the file is one mail: `input`, `expected` (the replies that are right), `format` (plain or html), `kind` (reply
or forward; forwards are left out), `compare` ("text": blank lines and spaces at line ends do not count; "nows": nor does
other space). Words are counted as bags; `lost` are mails that lose more than a tenth of the words somebody wrote.
"""

import json
import re
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from statistics import fmean

import quotequail

from collectors import markup, replies

Pair = Mapping[str, str]
Method = Callable[[Pair], str]


def leave(pair: Pair) -> str:
    return _plain(pair)


def use_quotequail(pair: Pair) -> str:
    quote = quotequail.quote_html if pair["format"] == "html" else quotequail.quote
    told = "\n".join(part for shown, part in quote(pair["input"], quote_intro_line=True) if shown)
    return _plain({**pair, "input": told})


def use_ours(pair: Pair) -> str:
    return replies.strip(_plain(pair))


METHODS: Mapping[str, Method] = {"nothing": leave, "quotequail": use_quotequail, "ours": use_ours}


def _plain(pair: Pair) -> str:
    return markup.read_html(pair["input"]).text if pair["format"] == "html" else pair["input"]


def _same(pair: Pair, told: str, expected: str) -> bool:
    if pair["compare"] == "nows":
        return re.sub(r"\s", "", told) == re.sub(r"\s", "", expected)
    return _tidied(told) == _tidied(expected)


def _tidied(text: str) -> list[str]:
    return [line.rstrip() for line in text.replace("\u00a0", " ").splitlines() if line.strip()]


def _share(told: str, expected: str, pair: Pair) -> tuple[float, float]:
    """Precision and recall of the words, of the characters where white space does not count."""
    split: Callable[[str], Iterable[str]] = (
        (lambda text: re.sub(r"\s", "", text)) if pair["compare"] == "nows" else re.compile(r"\w+").findall
    )
    one, other = Counter(split(told)), Counter(split(expected))
    common = (one & other).total()
    return (common / one.total() if one else float(not other)), (common / other.total() if other else 1.0)


def measure(pairs: list[Pair], method: Method) -> tuple[dict[str, float], list[tuple[Pair, str]]]:
    shares, wrong, slowest = [], [], 0.0
    for pair in pairs:
        begun = time.perf_counter()
        told = method(pair)
        slowest = max(slowest, time.perf_counter() - begun)
        if not any(_same(pair, told, expected) for expected in pair["expected"]):
            wrong.append((pair, told))
        shares.append(max((_share(told, expected, pair) for expected in pair["expected"]), key=_f1))
    figures = {
        "exact": 1 - len(wrong) / len(pairs),
        "F1": fmean(map(_f1, shares)),
        "P": fmean(p for p, _ in shares),
        "R": fmean(r for _, r in shares),
        "lost": sum(r < 0.9 for _, r in shares),
        "slowest ms": slowest * 1000,
    }
    return figures, wrong


def _f1(share: tuple[float, float]) -> float:
    return 2 * share[0] * share[1] / sum(share) if sum(share) else 0.0


def main(path: Path, show: bool) -> None:
    every = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    for form in ("plain", "html"):
        pairs = [pair for pair in every if pair["format"] == form and pair["kind"] == "reply"]
        print(f"{form}: {len(pairs)} pairs" if pairs else f"{form}: none")
        for name, method in METHODS.items() if pairs else ():
            figures, wrong = measure(pairs, method)
            print(
                f"  {name:<11}",
                "  ".join(f"{key} {value:.3f}" if value < 1.5 else f"{key} {value:.0f}" for key, value in figures.items()),
            )
            if show and name == "ours":
                print(*(f"--- {pair.get('id')}\n{told}\n--- expected\n{pair['expected'][0]}" for pair, told in wrong), sep="\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), "--show" in sys.argv)
