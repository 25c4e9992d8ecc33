"""`listener digest`: the pages of one week, or of every week that has begun, and the index."""

from typing import TYPE_CHECKING

from digests import words
from listener.cli import choice, opened
from listener.jobs import analyse, digest

if TYPE_CHECKING:
    from listener.config import Config


def run(config: "Config", *, week: int | None) -> None:
    with opened.service(config) as service, service.working():
        for one in choice.begun(config.exercise, week, service.now()):
            analyse.refresh(service, one)
            draft = digest.do(service, one)
            page = config.output / f"week-{draft.week}" / "index.html"
            print(f"Week {draft.week}: {words.count(draft.contributions, 'contribution')}. {page}")
    print(f"All weeks: {config.output / 'index.html'}")
