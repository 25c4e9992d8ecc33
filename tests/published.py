"""A week that people worked on and published, put together without the gate: what tests of removing begin with."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from hashlib import sha256
from typing import Any

from digests import public
from digests.curation import wording
from digests.edition import Rules
from listener.jobs import desk
from listener.jobs.service import Service
from storage.curated import Edition
from storage.values import Week

Act = tuple[str, str, Mapping[str, Any]]


def decide(service: Service, week: Week, acts: Iterable[Act], by: int = 0) -> None:
    for target, verb, value in acts:
        desk.act(service, week, by, target, verb, value, seen=1_000_000)


def quote(service: Service, week: Week, row: int, *acts: Act, prose: str = "") -> None:
    """Chooses a post, in the theme that it is in or in the week's first, after these acts on it."""
    decide(service, week, acts or [(f"post:{row}", "paraphrase", {"text": "Somebody waited."})])
    themes = desk.facts(service, week).curation.themes  # type: ignore[union-attr]
    key = next((theme.key for theme in themes if row in theme.rows), "")
    if not key:
        key = themes[0].key
        decide(service, week, [(f"post:{row}", "move", {"theme": key})])
    parts = [{"kind": "quote", "row": row}] + ([{"kind": "prose", "text": prose}] if prose else [])
    decide(service, week, [(f"theme:{key}", "add", part) for part in parts])


def publish(service: Service, week: Week, version: int = 1) -> Edition:
    """Keeps the week as the next version; nothing is delivered."""
    facts = desk.facts(service, week)
    said = {kept.row: wording(kept.post) for kept in facts.posts}
    digest = replace(public.compose(facts, Rules(small=1)), version=version)
    content = public.to_json(digest)
    named = sha256(content.encode()).hexdigest()
    edition = Edition(week=week.number, version=version, at=service.now(), by=0, content=content, hash=named)
    with service.store.write() as unit:
        unit.editions.add(edition, [replace(quote, said=said[quote.row]) for quote in public.quotes(digest)])
    return edition
