"""X's batch compliance: a list of ids is handed in, and some minutes later X says which of them must go. It costs nothing.

docs.x.com/x-api/compliance/batch-compliance: one job at a time, its list within a quarter of an hour; what is not in the
answer may stay. Lists and answers lie on another host, at addresses that X gives and that are passwords by themselves.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from collectors import fetch, x_answers
from collectors.base import BadRequest, Unavailable, Underway
from collectors.x_line import Line

ROUTE = "/2/compliance/jobs"
STORE = "https://storage.googleapis.com"
PATIENCE = timedelta(minutes=2)
LOST = ("failed", "expired")
KEPT_NOWHERE = ("scrub_geo", "geo_scrubbed")  # we keep no places


@dataclass(frozen=True, slots=True)
class Verdicts:
    """Ids that X says must go, and ids of posts that were edited."""

    gone: tuple[str, ...]
    edited: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Jobs:
    """Where jobs are handed in. `trusting` lets their addresses be inside our own network, for a stand-in."""

    line: Line
    timeout: float
    now: datetime
    trusting: bool = False

    def verdicts(self, ids: Sequence[str], number: str | None) -> Verdicts:
        """What X said in the job of this number. Raises Underway with the number to come back with, CollectorError."""
        job = self._known(number) if number else {}
        if not job or job["status"] in LOST:
            job = _job(self.line.post(ROUTE, {"type": "tweets"}))
            raise Underway(job["id"], self.now if number is None else self.now + PATIENCE)
        if job["status"] == "created":
            fetch.put(self._request(job["upload_url"], {"content-type": "text/plain"}), "\n".join(ids).encode(), self.now)
        if job["status"] != "complete":
            raise Underway(job["id"], self.now + PATIENCE)
        answer = fetch.get(self._request(job["download_url"], {}), self.now)
        return _read(answer.body)

    def _known(self, number: str) -> dict[str, str]:
        """The job as it stands; nothing where X does not know it any more."""
        try:
            return _job(self.line.ask(f"{ROUTE}/{number}", {}))
        except BadRequest:
            return {}

    def _request(self, url: str, headers: dict[str, str]) -> fetch.Request:
        return fetch.Request(url=url, timeout=self.timeout, headers=headers, allow_private_addresses=self.trusting)


def _job(answer: dict[str, Any]) -> dict[str, str]:
    job = answer.get("data")
    told = {name: job.get(name) for name in ("id", "status", "upload_url", "download_url")} if isinstance(job, dict) else {}
    if not told or not all(isinstance(value, str) and value for value in told.values()):
        raise Unavailable(f"X told of no job: {x_answers.reason_of(answer)}")
    return {name: str(value) for name, value in told.items()}


def _read(body: bytes) -> Verdicts:
    """Raises Unavailable unless every line is whole: half an answer must not pass for one."""
    lines = list(_lines(body))
    gone = [one["id"] for one in lines if one.get("action") == "delete" and one.get("reason") not in KEPT_NOWHERE]
    edited = [one["id"] for one in lines if one.get("action") == "rehydrate"]
    return Verdicts(tuple(gone), tuple(edited))


def _lines(body: bytes) -> Iterator[dict[str, Any]]:
    for line in body.splitlines():
        if line.strip():
            one = x_answers.parse(line)
            if not isinstance(one.get("id"), str):
                raise Unavailable("X's job answered a line without an id")
            yield one
