"""X as it really answered: `python benchmarks/x_recordings.py ANSWERS.json ... [--errors ERRORS.json]`.

ANSWERS are recordings of the API in JSON, in any nesting: every object with posts under `data` is read. ERRORS is a list of
`{status, headers, body}` under `errors`. Prints what each answer was read as, and each error's reaction.
"""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from collectors import x_answers, x_objects
from collectors.base import CollectorError


def main() -> None:
    wanted = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    wanted.add_argument("answers", type=Path, nargs="*")
    wanted.add_argument("--errors", type=Path)
    options = wanted.parse_args()
    for path in options.answers:
        for place, answer in answers_in(json.loads(path.read_text("utf-8")), ""):
            print(f"{path.name}{place}: {told(answer)}")
    if options.errors:
        for error in json.loads(options.errors.read_text("utf-8"))["errors"]:
            body = error["body"]
            payload = (body if isinstance(body, str) else json.dumps(body)).encode()
            reaction = x_answers.error_of(error["status"], error.get("headers", {}), payload)
            print(f"{error['status']}: {type(reaction).__name__}: {str(reaction)[:110]}")


def answers_in(node: Any, place: str) -> Iterator[tuple[str, dict[str, Any]]]:
    if isinstance(node, str) and node.startswith("{"):
        yield from answers_in(json.loads(node), place)
    elif isinstance(node, list):
        for number, one in enumerate(node):
            yield from answers_in(one, f"{place}/{number}")
    elif isinstance(node, dict) and any("text" in one for one in x_answers.objects(node, "data")):
        yield place, node
    elif isinstance(node, dict):
        for name, one in node.items():
            yield from answers_in(one, f"{place}/{name}")


def told(answer: dict[str, Any]) -> str:
    try:
        page = x_objects.read(answer)
    except CollectorError as error:
        return f"refused: {error}"
    kinds = Counter(post.kind for post in page.posts)
    return f"{len(page.items)} posts ({dict(kinds)}), {len(page.asides)} set aside"


if __name__ == "__main__":
    main()
