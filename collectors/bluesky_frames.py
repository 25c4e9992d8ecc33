"""What one frame of a Bluesky stream tells: of the network's own (DAG-CBOR) or of a Jetstream's (JSON). Pure."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from collectors import lenient
from collectors.base import Event, Told, Unavailable
from collectors.bluesky_stages import addresses_of, tags_of
from collectors.bluesky_views import COLLECTION, NETWORK, id_of, quoted_by, tags_in

# https://atproto.com/specs/account: what else may be said of an account (throttled, desynchronized) is no wish of anybody.
LEFT = frozenset({"deactivated", "deleted", "suspended", "takendown"})


class CursorRefused(Unavailable):
    """The stream does not go on from this cursor: it is of another stream, or too old."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which posts are asked for: hashtags in small letters, and the record keys of question posts."""

    tags: frozenset[str]
    questions: frozenset[str]

    @classmethod
    def of(cls, hashtags: Iterable[str], question_posts: Iterable[str]) -> "Wanted":
        tags = frozenset(tag.lower() for tag in tags_of(hashtags))
        return cls(tags, frozenset(address.rpartition("/")[2] for address in addresses_of(question_posts)))

    def has(self, record: Mapping[str, Any]) -> bool:
        """Whether it has a hashtag, stands under a question, or quotes one."""
        reply = lenient.mapping(record.get("reply"))
        about = [lenient.mapping(reply.get(part)).get("uri") for part in ("root", "parent")] + [quoted_by(record)]
        keys = {lenient.string(address).rpartition("/")[2] for address in about} - {""}
        return not self.tags.isdisjoint(tags_in(record)) or not self.questions.isdisjoint(keys)


def read(frame: str | bytes, wanted: Wanted) -> Told:
    """Raises Unavailable for what says that the stream has ended, CursorRefused where it was the cursor's fault."""
    return _told_in_json(frame, wanted) if isinstance(frame, str) else _told_in_cbor(frame, wanted)


def _post(did: object, rkey: object, action: object, version: object, record: object, wanted: Wanted) -> tuple[Event, ...]:
    """Nothing of a new post that nobody asked for; a changed one may have been asked for before."""
    try:
        id = id_of(f"at://{lenient.string(did)}/{COLLECTION}/{lenient.string(rkey)}")
    except ValueError:
        return ()
    if action == "delete":
        return (Event(NETWORK, "gone", id),)
    if wanted.has(lenient.mapping(record)):
        return (Event(NETWORK, "said", id, lenient.string(version)),)
    return (Event(NETWORK, "edited", id, lenient.string(version)),) if action == "update" else ()


def _account(told: Mapping[str, Any]) -> tuple[Event, ...]:
    did = lenient.string(told.get("did"))
    if not did:
        return ()
    if told.get("active") is True:
        return (Event(NETWORK, "back", did),)
    return (Event(NETWORK, "left", did),) if told.get("status") in LEFT else ()


# --- a Jetstream's ------------------------------------------------------------------------------------------------------


def _told_in_json(frame: str, wanted: Wanted) -> Told:
    """https://github.com/bluesky-social/jetstream: newer servers say the cursor, with older ones it is the time."""
    try:
        told = lenient.mapping(json.loads(frame))
    except (ValueError, RecursionError):
        return Told()
    cursor = lenient.count(told.get("cursor")) or lenient.count(told.get("time_us"))
    return Told(_events_in_json(told, wanted), str(cursor)) if cursor else Told()


def _events_in_json(told: Mapping[str, Any], wanted: Wanted) -> tuple[Event, ...]:
    if told.get("kind") == "account":
        return _account(lenient.mapping(told.get("account")))
    commit = lenient.mapping(told.get("commit"))
    if told.get("kind") != "commit" or commit.get("collection") != COLLECTION:
        return ()
    about = (commit.get("rkey"), commit.get("operation"), commit.get("cid"), commit.get("record"))
    return _post(told.get("did"), *about, wanted)


# --- the network's own --------------------------------------------------------------------------------------------------


def _told_in_cbor(frame: bytes, wanted: Wanted) -> Told:
    """https://atproto.com/specs/event-stream and https://atproto.com/specs/sync."""
    from atproto_core.cbor import decode_dag_multi

    try:
        header, body = (lenient.mapping(part) for part in decode_dag_multi(frame)[:2])
    except ValueError:
        return Told()
    if header.get("op") == -1:
        _refuse(lenient.string(body.get("error")))
    kind, cursor = header.get("t"), lenient.count(body.get("seq"))
    if not cursor:
        return Told()
    events = _account(body) if kind == "#account" else _of_commit(body, wanted) if kind == "#commit" else ()
    return Told(events, str(cursor))


def _refuse(error: str) -> None:
    raise (CursorRefused if error == "FutureCursor" else Unavailable)(f"Bluesky's stream ended: {error or 'no reason given'}")


def _of_commit(body: Mapping[str, Any], wanted: Wanted) -> tuple[Event, ...]:
    about_posts = [op for op in lenient.mappings(body.get("ops")) if str(op.get("path")).startswith(f"{COLLECTION}/")]
    if not about_posts:
        return ()
    records = _records(body.get("blocks"))
    events: list[Event] = []
    for op in about_posts:
        version = _written(op.get("cid"))
        rkey = str(op["path"]).removeprefix(f"{COLLECTION}/")
        events += _post(body.get("repo"), rkey, op.get("action"), version, records.get(version), wanted)
    return tuple(events)


def _records(blocks: object) -> dict[str, object]:
    """The records of a commit by their CIDs, written as views write them."""
    from atproto_core.car import CAR
    from atproto_core.exceptions import AtProtocolError

    try:
        found = CAR.from_bytes(blocks).blocks if isinstance(blocks, bytes) else {}
        return {str(cid): record for cid, record in found.items()}
    except (AtProtocolError, ValueError):
        return {}


def _written(cid: object) -> str:
    from atproto_core.cid import CID

    try:
        return str(CID.decode(cid)) if isinstance(cid, bytes) else ""
    except ValueError:
        return ""
