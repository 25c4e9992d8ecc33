"""What X is asked: queries, which of its two searches, and where a search goes on. Pure."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from collectors.base import BadRequest, Window

RECENT, ALL = "/2/tweets/search/recent", "/2/tweets/search/all"
MENTIONS = "/2/users/{}/mentions"
RECENT_REACH = timedelta(days=7) - timedelta(hours=1)  # X counts the seven days anew at every page: an hour for the reading
SETTLING = timedelta(seconds=30)  # X refuses an end that is less than 10 s ago
LARGEST, OTHERWISE = {ALL: 500}, 100
SMALLEST = 10
LONGEST_QUERY = 512
NO_REPOSTS = "-is:retweet"
QUESTION_POST = re.compile(r"https?://(?:\w+\.)?(?:x|twitter)\.com/(?:i/web|\w+)/status(?:es)?/(\d+)", re.ASCII)

BESIDE = {"user.fields": "username,name", "media.fields": "alt_text,type"}
TWEET_NAMES: Mapping[str, str] = BESIDE | {
    "tweet.fields": "author_id,created_at,edit_history_tweet_ids,entities,lang,note_tweet,possibly_sensitive,public_metrics,"
    "referenced_tweets,attachments,withheld",
    "expansions": "author_id,referenced_tweets.id,attachments.media_keys",
}
POST_NAMES: Mapping[str, str] = BESIDE | {
    "post.fields": "created_at,edit_history_post_ids,entities,lang,note_post,possibly_sensitive,public_metrics,"
    "referenced_posts,attachments,withheld",
    "expansions": "author_id,referenced_posts.id,attachments.media_keys",
}


@dataclass(frozen=True, slots=True)
class Search:
    """One page of one query (`stage` counts them) over whole seconds; `token` is empty at a query's first page."""

    stage: int
    route: str
    since: str
    until: str
    token: str = ""

    @property
    def cursor(self) -> str:
        """The end is kept too: X takes a token only with the very question that it came from."""
        return json.dumps([self.stage, self.token, self.route, self.until])

    @property
    def anew(self) -> "Search":
        """The first page of the same query."""
        return replace(self, token="")

    @property
    def empty(self) -> bool:
        return self.since >= self.until

    def after(self, token: str | None, stages: int) -> "Search | None":
        """The next page: of this query while there is a token, of the next query after it, None when all is read."""
        if token:
            return replace(self, token=token)
        return replace(self, token="", stage=self.stage + 1) if self.stage + 1 < stages else None

    def asking(self, query: str, size: int) -> dict[str, str]:
        """Never with since_id or until_id, which X refuses beside times. Mentions are asked for without a query."""
        told = {"start_time": self.since, "end_time": self.until, "max_results": str(size)}
        token = "next_token" if query else "pagination_token"
        return told | ({"query": query} if query else {}) | ({token: self.token} if self.token else {})

    @property
    def largest(self) -> int:
        return LARGEST.get(self.route, OTHERWISE)

    def counting(self, query: str, token: str) -> dict[str, str]:
        told = {"query": query, "start_time": self.since, "end_time": self.until, "granularity": "day"}
        return told | ({"next_token": token} if token else {})


def begin(window: Window, cursor: str | None, now: datetime, way: str = "") -> Search:
    """The first page, or the one that a cursor names. A cursor of the other search, or of no search, begins again. `way` is a
    route that is neither of the two searches."""
    route = way or (RECENT if window.since > now - RECENT_REACH else ALL)
    until = min(window.until + timedelta(microseconds=999_999), now - SETTLING)
    fresh = Search(0, route, _second(window.since), _second(until))
    try:
        stage, token, asked, until_then = json.loads(cursor or "")
    except (ValueError, TypeError):
        return fresh
    if asked != route:
        return replace(fresh, stage=stage)
    return replace(fresh, stage=stage, token=token, until=until_then)


def _second(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def queries(hashtags: Sequence[str], question_posts: Sequence[str]) -> list[str]:
    """The hashtags, in as few queries as their length allows; then what answers or quotes each question post on X.

    Raises BadRequest if that is nothing.
    """
    tags = [f"#{tag.lstrip('#')}" for tag in hashtags]
    asked = [f"({' OR '.join(group)}) {NO_REPOSTS}" for group in _groups(tags)]
    for id in post_ids(question_posts):
        asked += [f"conversation_id:{id} {NO_REPOSTS}", f"quotes_of_tweet_id:{id} {NO_REPOSTS}"]
    if not asked:
        raise BadRequest("nothing to ask X for: no hashtags, and no question posts on x.com")
    return asked


def post_ids(urls: Sequence[str]) -> list[str]:
    """The ids of those addresses that are posts on X."""
    return [found[1] for url in urls if (found := QUESTION_POST.match(url))]


def _groups(tags: Sequence[str]) -> Iterator[list[str]]:
    group: list[str] = []
    for tag in tags:
        if group and len(" OR ".join([*group, tag])) > LONGEST_QUERY - len(f"() {NO_REPOSTS}"):
            yield group
            group = []
        group.append(tag)
    if group:
        yield group
