"""What X's objects mean: tweets, users and media of both vocabularies (tweet.* and post.*) -> posts. Pure."""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from collectors.base import Aside, Item, Page, Unavailable
from collectors.post import Author, Engagement, Kind, Post
from collectors.x_answers import MISSING, Object, last_part, objects, problems, reason_of

EPOCH = datetime(2010, 11, 4, 1, 42, 54, 657_000, UTC)  # of snowflake ids: milliseconds since then, times 2 ** 22
# Fields we always ask for, in both vocabularies: an answer with none of them speaks a third one.
TOLD_WHEN_ASKED = frozenset({"public_metrics", "referenced_tweets", "referenced_posts"})
PASSED_ON = ("retweeted", "reposted")


def read(answer: Object) -> Page:
    """The posts of an answer. Raises Unavailable for errors only, and for posts without the fields that were asked for."""
    tweets = objects(answer, "data")
    _check(answer, tweets)
    around = _Around(answer)
    entries = [_entry(tweet, around) for tweet in tweets]
    return Page(
        items=tuple(one for one in entries if isinstance(one, Item)),
        asides=tuple(one for one in entries if isinstance(one, Aside)),
    )


def _check(answer: Object, tweets: list[dict[str, Any]]) -> None:
    kinds = {last_part(problem.get("type")) for problem in problems(answer)}
    if not tweets and kinds and ("meta" not in answer or kinds - set(MISSING)):
        raise Unavailable(f"X answered only errors: {reason_of(answer)}")
    if tweets and not any(TOLD_WHEN_ASKED & tweet.keys() for tweet in tweets):
        raise Unavailable("X left out the fields that were asked for; its vocabulary may have changed")


def vocabulary(answer: Object) -> str:
    """Which names X used: "tweet", "post", or empty when the answer does not show it."""
    first = next(iter(objects(answer, "data")), {})
    return next((name for name in ("post", "tweet") if f"edit_history_{name}_ids" in first), "")


def superseded(answer: Object) -> list[str]:
    """The last ids of those posts that were answered in an older version, as a look-up by an old id does."""
    return [history[-1] for tweet in objects(answer, "data") if (history := _history(tweet)) and history[-1] != tweet.get("id")]


# --- one post ---------------------------------------------------------------------------------------------------------


class _Around:
    """What came beside the posts: users, referenced posts, media, by id."""

    def __init__(self, answer: Object) -> None:
        includes = answer.get("includes")
        includes = includes if isinstance(includes, dict) else {}
        self.named = "posts" if "posts" in includes else "tweets"
        self.users = {user.get("id"): user for user in objects(includes, "users")}
        self.tweets = {tweet.get("id"): tweet for tweet in objects(includes, self.named)}
        self.media = {one.get("media_key"): one for one in objects(includes, "media")}

    def first_id(self, id: str) -> str:
        """Posts are known by the id of their first version; what did not come is taken to be unedited."""
        return _first_id(self.tweets.get(id, {"id": id}))


def _entry(tweet: Object, around: _Around) -> Item | Aside:
    try:
        return Item(_post(tweet, around), _raw(tweet, around))
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        return Aside(f"x:{tweet.get('id', 'no id')}", "unreadable", f"a strange or missing field ({type(error).__name__})")


def _post(tweet: Object, around: _Around) -> Post:
    refers = {ref["type"]: around.first_id(str(ref["id"])) for ref in _references(tweet)}
    passed_on = next((refers[name] for name in PASSED_ON if name in refers), "")
    said = _said(tweet, around)
    author = around.users.get(tweet.get("author_id"), {})
    return Post(
        network="x",
        id=_first_id(tweet),
        version=str(tweet["id"]),
        kind=_kind(refers, passed_on),
        author=Author(handle=author.get("username", ""), name=_clean(author.get("name", "")), id=tweet.get("author_id", "")),
        text=_text(said),
        lang=_lang(tweet),
        posted_at=_posted_at(tweet),
        edited_at=_edited_at(tweet),
        url=f"https://x.com/{author.get('username', 'i/web')}/status/{tweet['id']}",
        tags=tuple(dict.fromkeys(tag["tag"] for tag in _entities(said, "hashtags"))),
        links=tuple(dict.fromkeys(_links(said))),
        media=tuple(_media(said, around)),
        in_reply_to=refers.get("replied_to", ""),
        repost_of=passed_on,
        quote_of=refers.get("quoted", ""),
        engagement=_engagement(tweet),
        labels=tuple(_labels(tweet)),
    )


def _kind(refers: Mapping[str, str], passed_on: str) -> Kind:
    if passed_on:
        return "repost"
    return "reply" if "replied_to" in refers else "post"


def _said(tweet: Object, around: _Around) -> Object:
    """The post itself, or the one that it passes on: a retweet's own text is cut at 140 characters."""
    passed_on = [around.tweets.get(ref["id"], tweet) for ref in _references(tweet) if ref["type"] in PASSED_ON]
    return next(iter(passed_on), tweet)


def _text(tweet: Object) -> str:
    """Whole and unescaped once: X escapes these three and nothing else, and cuts `text` of a long post near 280."""
    text = str((_note(tweet) or tweet).get("text") or tweet["text"])
    return _clean(text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&"))


def _clean(text: str) -> str:
    """Without NUL and half surrogates, which not every store can keep."""
    return text.replace("\0", "").encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _note(tweet: Object) -> Object:
    return tweet.get("note_tweet") or tweet.get("note_post") or {}


def _references(tweet: Object) -> list[dict[str, Any]]:
    return objects(tweet, "referenced_tweets") or objects(tweet, "referenced_posts")


def _history(tweet: Object) -> list[str]:
    ids = tweet.get("edit_history_tweet_ids") or tweet.get("edit_history_post_ids") or []
    return [str(id) for id in ids]


def _first_id(tweet: Object) -> str:
    return next(iter(_history(tweet)), None) or str(tweet["id"])


def _posted_at(tweet: Object) -> datetime:
    """Of the first version, which its id says: what `created_at` of an edited post means is written nowhere."""
    if len(_history(tweet)) > 1:
        return _moment(_first_id(tweet)).replace(microsecond=0)
    return datetime.fromisoformat(tweet["created_at"])


def _edited_at(tweet: Object) -> datetime | None:
    return _moment(tweet["id"]).replace(microsecond=0) if _first_id(tweet) != tweet["id"] else None


def _moment(id: str) -> datetime:
    return EPOCH + timedelta(milliseconds=int(id) >> 22)


def _lang(tweet: Object) -> str:
    lang = str(tweet.get("lang", ""))
    return (
        "" if lang in ("und", "zxx") or lang.startswith("q") else lang
    )  # X's own words for "unknown", "only tags", "only media"


def _entities(tweet: Object, name: str) -> list[dict[str, Any]]:
    entities = _note(tweet).get("entities") or tweet.get("entities") or {}
    return entities.get(name) or []


def _links(tweet: Object) -> Iterator[str]:
    for url in _entities(tweet, "urls"):
        address = url.get("unwound_url") or url.get("expanded_url") or url.get("url") or ""
        if address.startswith(("http://", "https://")) and not url.get("display_url", "").startswith(
            ("pic.x.com", "pic.twitter.com")
        ):
            yield address


def _media(tweet: Object, around: _Around) -> Iterator[str]:
    for key in (tweet.get("attachments") or {}).get("media_keys", []):
        media = around.media.get(key, {})
        yield _clean(media.get("alt_text") or media.get("type", "media").replace("_", " "))


def _engagement(tweet: Object) -> Engagement:
    metrics = tweet.get("public_metrics") or {}
    likes, replies = metrics.get("like_count", 0), metrics.get("reply_count", 0)
    passed_on = metrics.get("repost_count", metrics.get("retweet_count", 0))
    return Engagement(likes=int(likes), reposts=int(passed_on), replies=int(replies))


def _labels(tweet: Object) -> Iterator[str]:
    if tweet.get("possibly_sensitive"):
        yield "possibly-sensitive"
    if tweet.get("withheld"):
        yield "withheld"


def _raw(tweet: Object, around: _Around) -> bytes:
    """An answer that holds this post alone, with what it needs beside it."""
    keys = (_said(tweet, around).get("attachments") or {}).get("media_keys", [])
    beside = {
        "users": _picked(around.users, [tweet.get("author_id")]),
        around.named: _picked(around.tweets, [ref["id"] for ref in _references(tweet)]),
        "media": _picked(around.media, keys),
    }
    answer = {"data": [tweet], "includes": {name: found for name, found in beside.items() if found}}
    return json.dumps(answer, separators=(",", ":")).encode()


def _picked(objects: Mapping[Any, Any], ids: list[Any]) -> list[Any]:
    return [objects[id] for id in ids if id in objects]
