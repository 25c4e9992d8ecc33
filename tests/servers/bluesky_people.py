"""People of Bluesky's own network: they sign up, post, change and take down."""

import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta

from atproto import Client, client_utils, models

DAY = datetime.now(UTC).replace(hour=12, minute=0, second=0, microsecond=0) - timedelta(days=3)
PASSWORD = "pw-of-an-invented-account"


@contextmanager
def account(service: str, name: str) -> Iterator[Client]:
    client = sign_up(service, name)
    with closing(client.request):
        yield client


def sign_up(service: str, name: str) -> Client:
    client = Client(service)
    client.com.atproto.server.create_account(
        models.ComAtprotoServerCreateAccount.Data(handle=f"{name}.test", email=f"{name}@example.org", password=PASSWORD)
    )
    client.login(f"{name}.test", PASSWORD, fetch_bsky_profile=False)
    return client


def tagged(text: str, tag: str) -> client_utils.TextBuilder:
    return client_utils.TextBuilder().text(text + " ").tag(f"#{tag}", tag)


def say(
    client: Client, words: str | client_utils.TextBuilder, at: datetime = DAY, **more
) -> models.ComAtprotoRepoStrongRef.Main:
    text, facets = (words, None) if isinstance(words, str) else (words.build_text(), words.build_facets())
    record = models.AppBskyFeedPost.Record(text=text, facets=facets, created_at=stamp(at), langs=["en"], **more)
    made = client.app.bsky.feed.post.create(client._session.did, record)
    return models.ComAtprotoRepoStrongRef.Main(uri=made.uri, cid=made.cid)


def pass_on(client: Client, post: models.ComAtprotoRepoStrongRef.Main, at: datetime) -> None:
    record = models.AppBskyFeedRepost.Record(subject=post, created_at=stamp(at))
    client.app.bsky.feed.repost.create(client._session.did, record)


def take_back(client: Client) -> None:
    """All that somebody has passed on."""
    did, collection = client._session.did, "app.bsky.feed.repost"
    for one in client.com.atproto.repo.list_records({"repo": did, "collection": collection}).records:
        rkey = one.uri.rsplit("/", 1)[1]
        client.com.atproto.repo.delete_record({"repo": did, "collection": collection, "rkey": rkey})


def put(client: Client, collection: str, rkey: str, record) -> None:
    client.com.atproto.repo.put_record(
        models.ComAtprotoRepoPutRecord.Data(repo=client._session.did, collection=collection, rkey=rkey, record=record)
    )


def stamp(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")


def eventually(seen: Callable[[], bool]) -> None:
    """The AppView learns a moment later what an account server was told."""
    last = time.monotonic() + 60
    while not seen():
        assert time.monotonic() < last
        time.sleep(0.05)
