"""`listener rerun`: read a past week again and say in one table what came of it."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from digests import words
from listener.cli import choice, opened, prices, tables
from listener.jobs import desk, rerun
from listener.jobs.rerun import Moves, Row
from listener.jobs.service import Refused

if TYPE_CHECKING:
    from listener.config import Config


def run(config: "Config", *, week: int, yes: bool) -> None:
    names = [source.name for source in config.sources if not source.off]
    with opened.service(config) as service:
        (one,) = choice.begun(config.exercise, week, service.now())
        if prices.show(rerun.foresee(service, one, names)) and not yes:
            prices.ask()
        with service.working():
            rows = rerun.do(service, one, names)
            moves = rerun.compare(service, one)
            held, _ = desk.state(service, one)
    show(rows)
    if held:
        print(f"People work on week {week}, so its page stands still. What came in since waits at the desk.")
    else:
        _show_moves(week, moves)
    if any(row.fault for row in rows):
        raise Refused("not every source could be read again; what is kept is as it was")


def show(rows: Sequence[Row]) -> None:
    heads = ("source", "new", "changed", "not returned this time", "deleted", "unchanged", "fault")
    told = [(row.source, row.new, row.changed, row.missed, row.deleted, row.unchanged, row.fault) for row in rows]
    total = ("all", *(sum(int(line[n]) for line in told) for n in range(1, 6)), "")
    tables.show(heads, [*told, total])


def _show_moves(week: int, moves: Moves) -> None:
    sizes = {label: pair for label, pair in (moves.sizes or {}).items() if pair[0] != pair[1]}
    if not (moves.moved or moves.appearing or moves.vanishing or sizes):
        print(f"The page of week {week} would not move.")
        return
    print(
        f"If the page of week {week} were made now, {words.count(moves.moved, 'contribution')} would stand under another theme."
    )
    for label in moves.appearing:
        print(f"  new theme: {label}")
    for label in moves.vanishing:
        print(f"  no longer a theme: {label}")
    for label, (before, after) in sizes.items():
        print(f"  {label}: {before:,} -> {after:,} contributions")
    print(f"To make it: listener digest --week {week}")
