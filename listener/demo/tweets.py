"""What X answers to a search: a hundred posts a page, newest first, in the tweet vocabulary."""

import json
import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from listener.demo import draw
from listener.demo.people import Person
from listener.demo.said import Said

_EPOCH = datetime(2010, 11, 4, 1, 42, 54, 657_000, UTC)
_TAG = re.compile(r"#(\w+)")
_NAME = re.compile(r"(?<!\w)@(\w{1,15})")
_LINK = re.compile(r"https?://[^\s<>\"&]+")
_LONGEST = 280
_REFERENCES = {"reply": "replied_to", "quote": "quoted", "repost": "retweeted"}


def page(told: Sequence[Said], *, token: str | None) -> bytes:
    """One answer that holds these posts; `token` leads to the next."""
    newest = sorted(told, key=lambda one: int(id_of(one)), reverse=True)
    ids = [id_of(one) for one in newest]
    meta = {"newest_id": ids[0], "oldest_id": ids[-1], "result_count": len(ids), "next_token": token}
    answer = {
        "data": [_tweet(one) for one in newest],
        "includes": {"users": list(_users(newest)), "tweets": list(_referenced(newest))},
        "meta": {name: value for name, value in meta.items() if value},
    }
    return json.dumps(answer, ensure_ascii=False, indent=1).encode()


def id_of(one: Said) -> str:
    """A snowflake: milliseconds since X's epoch, then 22 bits that tell apart."""
    milliseconds = (_posted_at(one) - _EPOCH) // timedelta(milliseconds=1)
    return str((milliseconds << 22) + int.from_bytes(draw.digest("snowflake", one.key)[:3]) % (1 << 22))


def _posted_at(one: Said) -> datetime:
    return one.at.replace(microsecond=draw.dice("millisecond", one.key).randrange(1000) * 1000)


def _tweet(one: Said) -> dict[str, Any]:
    text = _escaped(_whole(one))
    tweet = {
        "id": id_of(one),
        "edit_history_tweet_ids": [id_of(one)],
        "text": _cut(one, text),
        "created_at": _posted_at(one).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z",
        "author_id": one.by.x_id,
        "conversation_id": id_of(one.of) if one.way == "reply" and one.of else id_of(one),
        "lang": one.lang,
        "possibly_sensitive": False,
        "reply_settings": "everyone",
        "public_metrics": _metrics(one),
        "entities": _entities(_cut(one, text)),
    }
    if len(text) > _LONGEST and one.way != "repost":
        tweet["note_tweet"] = {"text": text, "entities": _entities(text)}
    if one.of:
        tweet["referenced_tweets"] = [{"type": _REFERENCES[one.way], "id": id_of(one.of)}]
    if one.of and one.way == "reply":
        tweet["in_reply_to_user_id"] = one.of.by.x_id
    return tweet


def _whole(one: Said) -> str:
    if one.of and one.way == "repost":
        return f"RT @{one.of.by.handle}: {_whole(one.of)}"
    return f"@{one.of.by.handle} {one.text}" if one.of and one.way == "reply" else one.text


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _cut(one: Said, text: str) -> str:
    """A repost is cut at 140 characters, a long post near 280."""
    limit = 140 if one.way == "repost" else _LONGEST
    return text if len(text) <= limit else text[: limit - 1] + "…"


def _metrics(one: Said) -> dict[str, int]:
    if one.way == "repost" and one.of:
        return {**_metrics(one.of), "like_count": 0, "reply_count": 0}
    return {
        "retweet_count": one.reposts,
        "reply_count": one.replies,
        "like_count": one.likes,
        "quote_count": one.replies // 2,
        "bookmark_count": one.likes // 9,
        "impression_count": 40 + 31 * one.likes,
    }


def _entities(text: str) -> dict[str, Any]:
    """Offsets count code points of the escaped text."""
    found = {
        "hashtags": [{**_span(match), "tag": match[1]} for match in _TAG.finditer(text)],
        "mentions": [{**_span(match), "username": match[1]} for match in _NAME.finditer(text)],
        "urls": [_link(match) for match in _LINK.finditer(text)],
    }
    return {name: values for name, values in found.items() if values}


def _span(match: re.Match[str]) -> dict[str, int]:
    return {"start": match.start(), "end": match.end()}


def _link(match: re.Match[str]) -> dict[str, Any]:
    return {**_span(match), "url": match[0], "expanded_url": match[0], "display_url": match[0].partition("//")[2][:30]}


def _referenced(told: Sequence[Said]) -> Iterator[dict[str, Any]]:
    found = {one.of.key: one.of for one in told if one.of}
    return (_tweet(one) for one in found.values())


def _users(told: Sequence[Said]) -> Iterator[dict[str, Any]]:
    speakers = [one.by for one in told] + [one.of.by for one in told if one.of]
    return (_user(person) for person in {person.handle: person for person in speakers}.values())


def _user(person: Person) -> dict[str, Any]:
    return {
        "id": person.x_id,
        "name": person.name,
        "username": person.handle,
        "created_at": person.joined.strftime("%Y-%m-%dT%H:%M:%S.000Z"),
        "verified": False,
        "protected": False,
    }
