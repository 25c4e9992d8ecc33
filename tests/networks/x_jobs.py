"""Batch compliance as X does it: a job, a list that is handed in elsewhere, some patience, lines of what must go."""

import json
from collections.abc import Sequence
from typing import Any

from tests.networks.answering import Answer, Query

AT = "/2/compliance/jobs"


class Jobs:
    """One job at a time. `patience` is how often it is asked for before it is complete, `verdicts` are (action, reason) by id;
    `made` are the lists that were handed in, one a job."""

    def __init__(self) -> None:
        self.service = ""
        self.status = "expired"
        self.patience = 1
        self.made: list[list[str]] = []
        self.verdicts: dict[str, tuple[str, str]] = {}

    def answer(self, path: str, query: Query) -> Answer:
        if path == AT:
            return self._create()
        if path == f"/put/{len(self.made)}":
            self.made[-1] = query["body"][0].split("\n")
            self.status = "in_progress"
            return 200, {}, b""
        if path == f"/got/{len(self.made)}":
            return 200, {}, self._lines(self.made[-1])
        return self._state(path.rpartition("/")[2])

    def _create(self) -> Answer:
        if self.status in ("created", "in_progress"):
            return 400, {}, {"title": "Invalid Request", "detail": "You already have a job in progress", "status": 400}
        self.made.append([])
        self.status = "created"
        return 200, {}, {"data": self._job()}

    def _state(self, number: str) -> Answer:
        if number != str(len(self.made)):
            return 400, {}, {"title": "Invalid Request", "detail": "no such job", "status": 400}
        if self.status == "in_progress" and not self.patience:
            self.status = "complete"
        self.patience -= self.status == "in_progress"
        return 200, {}, {"data": self._job()}

    def _job(self) -> dict[str, Any]:
        number = len(self.made)
        places = {"upload_url": f"{self.service}/put/{number}?sig=1", "download_url": f"{self.service}/got/{number}?sig=1"}
        return {"id": str(number), "type": "tweets", "status": self.status, **places}

    def _lines(self, ids: Sequence[str]) -> bytes:
        told = [{"id": id, "action": self.verdicts[id][0], "reason": self.verdicts[id][1]} for id in ids if id in self.verdicts]
        return "".join(f"{json.dumps(one)}\n" for one in told).encode()
