"""What became of statuses: asked by number of the server where each was written, which alone knows for sure."""

import logging
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode, urlsplit

from collectors import fetch, lenient
from collectors import mastodon_statuses as statuses
from collectors.base import CollectorError, Found, Item, Secret

PER_LOOK_UP = 20  # statuses that Mastodon gives at once, since 4.3
NUMBER = re.compile(r"/statuses/(\d{1,19})(?:/activity)?$")
JSON = {"accept": "application/json"}
AS_AN_OBJECT = {"accept": "application/activity+json"}  # https://www.w3.org/TR/activitypub/#retrieving-objects

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class LookUp:
    """`servers` are the addresses of the config, which may lie inside one's own network; `tokens` those that some of them want.

    `homes` says whether other servers are asked too. `timeout` is seconds for one answer.
    """

    servers: Sequence[str]
    tokens: Mapping[str, Secret]
    homes: bool
    timeout: float
    now: Callable[[], datetime]
    stopped: Callable[[], bool]

    def ask(self, ids: Iterable[str]) -> Iterator[Found]:
        """A server that does not answer is asked no more. Raises, after the others were asked, what one of the config's servers
        answered instead: a check that leaves it out has not been made."""
        failed: list[CollectorError] = []
        for home, its in _by_home(ids).items():
            if self.stopped():
                return
            if not self.homes and home not in self.servers:
                continue
            try:
                yield from self._of_home(home, its)
            except CollectorError as error:
                failed += [error] if home in self.servers else []
                log.info("%s gave no sure answer of %s statuses: %s", home, len(its), error)
        if failed:
            raise failed[0]

    def _of_home(self, home: str, ids: Sequence[str]) -> Iterator[Found]:
        numbered = [id for id in ids if NUMBER.search(id)]
        for first in range(0, len(numbered), PER_LOOK_UP):
            asked = numbered[first : first + PER_LOOK_UP]
            there = self._together(home, asked)
            for id in asked:
                yield _found(id, there[_uri(id)]) if _uri(id) in there else self._alone(home, id)
        for id in ids:
            if not NUMBER.search(id):
                yield self._as_object(home, id)

    def _together(self, home: str, ids: Sequence[str]) -> dict[str, object]:
        """Those that are there, by their addresses; none where the server knows no such question."""
        if len(ids) == 1:
            return {}
        asked = urlencode([("id[]", _number(id)) for id in ids])
        try:
            told = statuses.statuses_in(self._get(home, f"{home}/api/v1/statuses?{asked}", JSON))
        except fetch.NotThere:
            return {}
        return {lenient.string(lenient.mapping(one).get("uri")): one for one in told}

    def _alone(self, home: str, id: str) -> Found:
        try:
            told = statuses.statuses_in(self._get(home, f"{home}/api/v1/statuses/{_number(id)}", JSON))
        except fetch.NotThere:
            return Found(id, "gone")
        return _found(id, told[0] if told else None)

    def _as_object(self, home: str, id: str) -> Found:
        """Of programs that number otherwise: what they say to other servers is no status, but says that it is there."""
        try:
            self._get(home, _uri(id), AS_AN_OBJECT)
        except fetch.NotThere:
            return Found(id, "gone")
        return Found(id, "present")

    def _get(self, home: str, url: str, headers: Mapping[str, str]) -> bytes:
        token = self.tokens.get(home)
        login = {"authorization": f"Bearer {token.reveal()}"} if token else {}
        is_ours = home in self.servers
        request = fetch.Request(url=url, timeout=self.timeout, headers={**headers, **login}, allow_private_addresses=is_ours)
        return fetch.get(request, self.now()).body


def _found(id: str, status: object) -> Found:
    """Who has opted out since, or shows it to fewer than everybody, has taken it down for us."""
    item = statuses.item_of(status)
    if not isinstance(item, Item):
        return Found(id, "gone")
    return Found(id, "present", item if item.post.id == id else None)


def _by_home(ids: Iterable[str]) -> dict[str, list[str]]:
    homes: dict[str, list[str]] = {}
    for id in ids:
        if home := _home(_uri(id)):
            homes.setdefault(home, []).append(id)
    return homes


def _home(uri: str) -> str:
    try:
        parts = urlsplit(uri)
    except ValueError:
        return ""
    return f"{parts.scheme}://{parts.netloc}" if parts.scheme in ("http", "https") and parts.netloc else ""


def _uri(id: str) -> str:
    return id.partition("/")[2]


def _number(id: str) -> str:
    found = NUMBER.search(id)
    return found[1] if found else ""
