"""A stand-in for Bluesky's search service, which is not to be had: it reads the AppView's own tables.

Its matching is ours, written to the words of the lexicon (app.bsky.unspecced.searchPostsSkeleton), not Bluesky's;
the AppView does all the rest.
"""

import json
import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from tests.networks.answering import Answer, Query, answering

ROWS = """select coalesce(json_agg(json_build_array(p.uri, r.json::json, p."sortAt") order by p."sortAt" desc), '[]')
          from appview.post p join appview.record r on r.uri = p.uri"""


@contextmanager
def started(database: str) -> Iterator[str]:
    """The address to give to the AppView as its search service."""

    def answer(path: str, query: Query) -> Answer:
        try:
            return 200, {}, _search(_rows(database), query)
        except ValueError as error:
            return 400, {}, {"error": "InvalidRequest", "message": str(error)}

    with answering(answer) as address:
        yield address


def _rows(database: str) -> list[tuple[str, dict[str, Any], str]]:
    done = subprocess.run(["psql", "-XAtq", "-c", ROWS, database], check=True, capture_output=True, text=True)
    rows: list[tuple[str, dict[str, Any], str]] = json.loads(done.stdout)
    return rows


def _search(rows: list[tuple[str, dict[str, Any], str]], query: Query) -> dict[str, Any]:
    since, until = _moment(query["since"][0]), _moment(query["until"][0])
    wanted = {tag.lower() for tag in [*query["tag"], *re.findall(r"#(\S+)", query["q"][0])]}
    found = [uri for uri, record, sort_at in rows if since <= _moment(sort_at) < until and wanted <= _tags(record)]
    start, limit = int(query.get("cursor", ["0"])[0]), int(query["limit"][0])
    onward = {"cursor": str(start + limit)} if start + limit < len(found) else {}
    return {"posts": [{"uri": uri} for uri in found[start : start + limit]], **onward}


def _tags(record: dict[str, Any]) -> set[str]:
    features = [feature for facet in record.get("facets") or [] for feature in facet["features"]]
    marked = [feature["tag"] for feature in features if "tag" in feature]
    return {tag.lower() for tag in [*marked, *(record.get("tags") or []), *re.findall(r"#(\w+)", record["text"])]}


def _moment(text: str) -> datetime:
    """Plain dates are refused, as Bluesky does (bluesky-social/atproto#3021)."""
    if "T" not in text:
        raise ValueError(f"invalid datetime: {text}")
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
