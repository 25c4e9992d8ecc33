"""The line to X: tweepy logs in and carries; answers are JSON, and what went wrong is told in our words."""

import logging
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from typing import Any

from collectors import x_answers, x_searches
from collectors.base import BadRequest, Secret, Unavailable

SERVICE = "https://api.twitter.com"  # what tweepy asks; it cannot be told otherwise


@contextmanager
def opened(token: Secret, service: str, timeout: float) -> Iterator["Line"]:
    """A line to X, or to a stand-in at `service`; each answer comes whole within `timeout` seconds."""
    import tweepy

    from collectors.deadline import Deadline

    logging.getLogger("tweepy.client").setLevel(logging.INFO)  # at DEBUG it logs the bearer token
    client = tweepy.Client(token.reveal(), wait_on_rate_limit=False)
    client.session.mount("https://", Deadline(timeout, (SERVICE, service)))
    with closing(client.session):
        yield Line(client)


class Line:
    """An open connection that counts what was asked."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self.asked = 0

    def get(self, route: str, params: Mapping[str, str]) -> dict[str, Any]:
        """Asks in the older names, which X still honoured in September 2026, and in the newer when it refuses them."""
        try:
            return self.ask(route, {**params, **x_searches.TWEET_NAMES})
        except BadRequest as refusal:
            if "tweet.fields" not in str(refusal):
                raise
        return self.ask(route, {**params, **x_searches.POST_NAMES})

    def ask(self, route: str, params: Mapping[str, str]) -> dict[str, Any]:
        return self._answer("GET", route, params=params)

    def post(self, route: str, told: Mapping[str, str]) -> dict[str, Any]:
        return self._answer("POST", route, json=told)

    def _answer(self, method: str, route: str, **told: Mapping[str, str]) -> dict[str, Any]:
        self.asked += 1
        with _translated():
            payload: bytes = self._client.request(method, route, **told).content
        return x_answers.parse(payload)


@contextmanager
def _translated() -> Iterator[None]:
    from requests import RequestException
    from tweepy import HTTPException

    try:
        yield
    except HTTPException as error:
        answer = error.response
        raise x_answers.error_of(answer.status_code, answer.headers, answer.content) from error
    except RequestException as error:
        raise Unavailable(f"X did not answer as it should: {type(error).__name__}") from error
    except (AttributeError, KeyError, TypeError, ValueError, RecursionError) as error:
        raise Unavailable("X answered an error in a form that tweepy cannot read") from error
