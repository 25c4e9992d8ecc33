"""What a reading would cost, on the terminal, and whether to go on."""

import sys
from collections.abc import Sequence

from listener.jobs.service import Refused
from listener.jobs.spending import Foreseen


def show(foreseen: Sequence[Foreseen]) -> bool:
    """Says it of each source that charges; whether any of it costs something."""
    for one in foreseen:
        print(f"{one.source}: {_told(one)}")
    return any(one.estimate.cost for one in foreseen)


def ask() -> None:
    """Raises Refused unless somebody at the terminal says yes; where nobody can be asked, the ceilings must do."""
    import typer

    if sys.stdin.isatty() and not typer.confirm("Go on?"):
        raise Refused("nothing was read")


def _told(one: Foreseen) -> str:
    if one.problem:
        return f"what it would cost could not be asked: {one.problem}"
    posts, cost = one.estimate.posts, one.estimate.cost
    line = f"would read about {posts:,} posts, about ${cost:.2f} (${cost / posts:g} each)" if posts else "would find no posts"
    if cost > one.left:
        line += f"; only ${one.left:.2f} of its ceiling is left, where it would stop"
    return f"{line}. Asking cost ${one.estimate.asking:.3f}."
