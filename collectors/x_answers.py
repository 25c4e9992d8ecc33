"""What X's answers are: one JSON object, the problems in it, and what an answer that is no success means for us. Pure."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from collectors.base import BadRequest, CollectorError, NotAllowed, OutOfCredit, RateLimited, Unavailable

Object = Mapping[str, Any]

LONGEST_REASON = 300
SPENT = ("usage-capped", "credits")
MISSING = ("resource-not-found", "not-authorized-for-resource")


class Overloaded(Unavailable):
    """X answered 503, as it does when a page is too large for it at this moment."""


def parse(payload: bytes) -> dict[str, Any]:
    """Raises Unavailable for whatever is not one whole JSON object."""
    try:
        answer = json.loads(payload, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise Unavailable("X answered something that is not JSON, or only part of it") from error
    if not isinstance(answer, dict):
        raise Unavailable("X answered JSON that is no object")
    return answer


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is not JSON")


def next_token(answer: Object) -> str | None:
    """Where a search goes on. Raises Unavailable if the answer does not say whether it does."""
    meta = answer.get("meta")
    if not isinstance(meta, dict):
        raise Unavailable("X left out where the search goes on")
    token = meta.get("next_token")
    return str(token) if token else None


def missing(answer: Object) -> set[str]:
    """The ids that a look-up says are gone: not found, or not to be seen by us any more."""
    return {
        str(problem.get("resource_id") or problem.get("value"))
        for problem in problems(answer)
        if last_part(problem.get("type")) in MISSING and problem.get("parameter") in ("ids", "id")
    }


def error_of(status: int, headers: Mapping[str, str], body: bytes) -> CollectorError:
    """What an answer that is not a success means for us; X's own words are kept for the operator.

    Problem types are matched by their last path part, because their host differs between the wire and the documents.
    """
    try:
        answer: Object = parse(body)
    except Unavailable:
        answer = {}
    reason = f"X answered {status}: {reason_of(answer)}"
    if status == 402 or last_part(answer.get("type")) in SPENT or answer.get("title") == "UsageCapExceeded":
        return OutOfCredit(f"{reason} (waiting does not help: see the account's plan and credits)")
    if status == 429:
        return RateLimited(reason, _reset(headers))
    return _plain_error(status, answer, reason)


def _plain_error(status: int, answer: Object, reason: str) -> CollectorError:
    if status in (401, 403):
        return NotAllowed(reason)
    if status == 503:
        return Overloaded(reason)
    return BadRequest(reason) if 400 <= status < 500 and answer else Unavailable(reason)


def _reset(headers: Mapping[str, str]) -> datetime | None:
    epoch = headers.get("x-rate-limit-reset", "")
    return datetime.fromtimestamp(int(epoch), UTC) if epoch.isdecimal() and len(epoch) < 12 else None


def reason_of(answer: Object) -> str:
    said = [problem.get("message") or problem.get("detail") or problem.get("title") for problem in problems(answer)]
    said = said or [answer.get("detail") or answer.get("title")]
    return "; ".join(str(one) for one in said if one)[:LONGEST_REASON] or "no reason given"


def problems(answer: Object) -> list[dict[str, Any]]:
    return objects(answer, "errors")


def last_part(type: Any) -> str:
    return str(type or "").rstrip("/").rsplit("/", 1)[-1]


def objects(holder: Object, name: str) -> list[dict[str, Any]]:
    """The objects of a list that may be missing, as X leaves out what is empty."""
    found = holder.get(name)
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []
