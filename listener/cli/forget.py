"""`listener forget`: somebody who asks for it is taken out of everything."""

from collections.abc import Iterator, Sequence
from textwrap import shorten
from typing import TYPE_CHECKING

from digests import words
from listener.cli import opened, times
from listener.jobs import forget
from listener.jobs.forget import Asked, Report
from listener.jobs.service import Refused

if TYPE_CHECKING:
    from listener.config import Config
    from storage.values import Kept

_SHOWN = 5
BEYOND = """What Listener cannot reach, and a person must see to:
  the mail itself in the mailbox, and files that a source reads;
  copies that people took: exports, downloads, prints, mails that went out;
  the network where it was said.
Backups made before today still hold it until they are {kept} nights old; `listener restore` takes it out again."""


def run(config: "Config", asked: Asked, *, yes: bool) -> None:
    with opened.service(config) as service:
        if not yes:
            _ask(forget.found(service, asked), config.exercise.timezone)
        report = forget.do(service, asked)
    for line in told(report, config.exercise.timezone):
        print(line)
    print(BEYOND.format(kept=config.backup.keep))


def told(report: Report, zone: str) -> Iterator[str]:
    """What was removed, place by place; nobody is named."""
    if report.is_empty:
        yield "Nothing of this person is kept."
        on = f"since {times.told(report.before, zone)}" if report.before else "from now on"
        yield f"They are on the do-not-collect list {on}."
        return
    yield "Taken out:"
    for place, count in report.counts.items():
        yield f"  {place.replace('_', ' ')}: {count:,}"
    for week, ref in report.quotes:
        yield f"  week {week}: quote {ref}, from every version that was published"
    if report.look_at:
        told_of = words.count(report.look_at, "text")
        yield f"Look yourself: {told_of} of ours with a name that may be a mere word; nothing was changed there."
    if not report.is_settled:
        yield "Another listener was reading: its log still holds what was removed. Run this again when it has ended."
    yield "They are on the do-not-collect list."


def _ask(found: Sequence["Kept"], zone: str) -> None:
    """Raises Refused unless somebody says yes."""
    import typer

    for line in preview(found, zone):
        print(line)
    if not typer.confirm("Take all of this person out?"):
        raise Refused("nothing was removed")


def preview(found: Sequence["Kept"], zone: str) -> Iterator[str]:
    """The first contributions that would go, so that somebody can see whether it is the right person."""
    if not found:
        yield "No contribution of this person is kept; they would be looked for everywhere else, and not be collected."
        return
    yield f"{words.count(len(found), 'contribution')} would go, with all that is about them:"
    for kept in found[:_SHOWN]:
        who = kept.post.author.handle or kept.post.author.name
        text = shorten(kept.post.text, 60, placeholder="…")
        yield f"  {times.told(kept.post.posted_at, zone)}  {kept.post.network}  {who}: {text}"
    if len(found) > _SHOWN:
        yield f"  and {len(found) - _SHOWN:,} more"
