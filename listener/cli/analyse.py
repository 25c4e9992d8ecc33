"""`listener analyse`: tone and themes of one week, or of every week that has begun."""

from typing import TYPE_CHECKING

from listener.cli import choice, opened, tables
from listener.jobs import analyse

if TYPE_CHECKING:
    from listener.config import Config
    from storage.values import Analysis


def run(config: "Config", *, week: int | None) -> None:
    with opened.service(config) as service, service.working():
        found = [analyse.do(service, one) for one in choice.begun(config.exercise, week, service.now())]
    tables.show(("theme", "posts", "label", "keywords"), [row for one in found for row in _rows(one)])
    for one in found:
        if not one.clusters:
            print(f"Week {one.week}: too few posts for themes.")
        if one.unclustered:
            print(f"Week {one.week}: {one.unclustered:,} posts were scored but not grouped: there are too many.")


def _rows(found: "Analysis") -> list[tuple[str, int, str, str]]:
    return [(cluster.key, len(cluster.members), cluster.label, ", ".join(cluster.keywords)) for cluster in found.clusters]
