"""What X's answers look like: posts, and what it tells beside its searches, of the posts that there are."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from collectors.post import Post
from tests.networks.answering import Query

DAYS_A_PAGE = 31


def tweet_of(post: Post) -> dict[str, Any]:
    return {
        "id": post.version,
        "edit_history_tweet_ids": [post.version],
        "author_id": post.author.id,
        "created_at": post.posted_at.isoformat(),
        "text": post.text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"),
        "entities": {"hashtags": [{"start": 0, "end": 0, "tag": tag} for tag in post.tags]},
        "public_metrics": {"retweet_count": 0, "reply_count": 0, "like_count": 0, "quote_count": 0},
    }


def answer_of(posts: Sequence[Post], **meta: Any) -> dict[str, Any]:
    users = [{"id": post.author.id, "username": post.author.handle, "name": post.author.name} for post in posts]
    data = {"data": [tweet_of(post) for post in posts], "includes": {"users": users}} if posts else {}
    return data | {"meta": {"result_count": len(posts), **meta}}


def counts(posts: Sequence[Post], query: Query) -> dict[str, Any]:
    """By day, as many days a page as the archive gives."""
    since, until = (datetime.fromisoformat(query[name][0]) for name in ("start_time", "end_time"))
    found = Counter(post.posted_at.date().isoformat() for post in posts if since <= post.posted_at < until)
    days = [{"start": f"{day}T00:00:00Z", "end": f"{day}T24:00:00Z", "tweet_count": found[day]} for day in sorted(found)]
    start = int(query.get("next_token", ["0"])[0])
    page = days[start : start + DAYS_A_PAGE]
    onward = {"next_token": str(start + DAYS_A_PAGE)} if start + DAYS_A_PAGE < len(days) else {}
    return ({"data": page} if page else {}) | {"meta": {"total_tweet_count": sum(found.values()), **onward}}
