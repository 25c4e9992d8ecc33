"""What came in and should be read by a person first: told by count and link alone."""

from collections import Counter
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from collectors.post import Post
from digests import words
from listener.analysis import urgent
from listener.jobs import digest, ledger, links
from listener.jobs.service import Service
from storage.curated import To

if TYPE_CHECKING:
    from storage.store import Unit

KEY = "read-first:"
_NOBODY = """
Nobody else was told: the config names no address for whoever reads first. Set safeguarding = […] in [notify].
"""


def note(service: Service, unit: "Unit", run: int, posts: Iterable[Post]) -> None:
    """Of these posts, which are new or say something new, tells how many should be read first: one message a run and week.

    Within the unit that keeps the posts: they and the need to tell of them are written together, or neither is. An invented
    exercise that names no address has nobody to tell and nobody to fear for.
    """
    told = service.config.notify
    if service.config.exercise.invented and not (told.safeguarding or told.operator):
        return
    found = Counter(_number(service, post) for post in filter(finder(service), posts))
    for number, count in sorted(found.items()):
        _tell(service, unit, f"{KEY}run-{run}:week-{number}", number, count)


def finder(service: Service) -> Callable[[Post], bool]:
    """Tells whether a post should be read first.

    Nothing is read into what a network only lets us count: nobody could be shown it, and X forbids to infer of people.
    """
    holds, counted = urgent.finder(service.config.safeguarding.phrases), digest.counts_only(service)
    return lambda post: post.network not in counted and holds(post)


def _number(service: Service, post: Post) -> int:
    """Its week, 0 for none."""
    weeks = (week.number for week in service.config.exercise.weeks if post.posted_at in ledger.window_of(week))
    return next(weeks, 0)


def _tell(service: Service, unit: "Unit", key: str, number: int, count: int) -> None:
    """A message that has not gone out yet grows with the run's next page; after one that has, there is another."""
    while (before := unit.messages.about(key)) is not None and (before.state, before.tries) != ("pending", 0):
        key += "+"
    count += before.count if before else 0
    to: To = "safeguarding" if service.config.notify.safeguarding or not service.config.notify.operator else "operator"
    subject, body = _said(service, to, number, count)
    unit.messages.put(key, to, subject, body, service.now())
    unit.messages.say(key, subject, body, count)


def _said(service: Service, to: To, number: int, count: int) -> tuple[str, str]:
    exercise = service.config.exercise
    where = "Open the desk and choose Read first" + (f" of week {number}." if number else ".")
    link = links.desk(service, f"weeks/{number}/read-first" if number else "", where)
    what = words.count(count, "contribution")
    body = f"""{what} that came in should be read by a person first. Collected by {words.when(service.now(), _zone(service))}.

{link}

It was found by a list of words, so it may be harmless. This message holds none of the words, and no note is kept on anybody.
{_NOBODY if to == "operator" else ""}"""
    return f"{exercise.title}: {what} to read first", body.rstrip() + "\n"


def _zone(service: Service) -> ZoneInfo:
    return ZoneInfo(service.config.exercise.timezone)
