"""`listener publish` and `listener withdraw`: the next version of a week goes out, or published words come down."""

from typing import TYPE_CHECKING

from listener.cli import choice, opened
from listener.jobs import deliver, publish
from listener.jobs.service import Refused, Service

if TYPE_CHECKING:
    from listener.config import Config

HERE = 0
"""Whoever works at the command line."""


def run(config: "Config", *, week: int, note: str, although: bool) -> None:
    """Raises Refused while anything stands in the way: there is no way around it here either."""
    found = choice.week(config.exercise, week)
    with opened.service(config) as service:
        ready = publish.preview(service, found, note)
        edition = publish.publish(service, found, HERE, ready.content_hash, note, although=although)
        print(f"Week {week} is published: v{edition.version}.")
        _confirm(service)


def withdraw(config: "Config", *, week: int, quote: str | None, everything: bool) -> None:
    """Raises Refused for neither or both of a quote and the whole digest."""
    if bool(quote) == everything:
        raise Refused(f"Say what comes down: --quote {week}-01 for one quote, or --all for the whole digest.", 2)
    choice.week(config.exercise, week)
    with opened.service(config) as service:
        if quote:
            gone = publish.withdraw_quote(service, week, quote, HERE)
            print(f"Withdrawn from every version: {quote}." if gone else f"Quote {quote} was withdrawn already.")
        else:
            publish.withdraw_week(service, week, HERE)
            print(f"The digest of week {week} is withdrawn, in every version.")
        _confirm(service)


def _confirm(service: Service) -> None:
    """Raises Refused while the public may still read something else."""
    for way in deliver.standing(service):
        if way.is_done:
            print(f"{way.name}: confirmed.")
    troubles = deliver.troubles(service)
    if troubles:
        raise Refused(f"Not confirmed yet, and tried again by itself: {' '.join(troubles)}")
