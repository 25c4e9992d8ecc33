"""The Bluesky collector against Bluesky's own servers, started here. The search behind them is a stand-in of ours."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any

import httpx
import pytest
from atproto import models

from collectors.base import BadRequest, MemoryVault, NotAllowed, Secret, Window
from collectors.bluesky import Bluesky
from collectors.bluesky_views import id_of
from tests.factories import make_given
from tests.servers import bluesky
from tests.servers.bluesky_people import (
    DAY,
    PASSWORD,
    account,
    eventually,
    pass_on,
    put,
    say,
    sign_up,
    stamp,
    tagged,
    take_back,
)

pytestmark = [pytest.mark.server, pytest.mark.skipif(bool(bluesky.missing()), reason=bluesky.missing() or "installed")]

WINDOW = Window(DAY, DAY + timedelta(hours=1))


@pytest.fixture(scope="module")
def service() -> Iterator[str]:
    with bluesky.started() as address:
        sign_up(address, "listener").request.close()
        yield address


def make_collector(service: str, *tags: str, **options) -> Bluesky:
    given = make_given(vault=options.pop("vault", MemoryVault()), now=datetime.now(UTC))
    values: dict[str, Any] = {"handle": "listener.test", "password": Secret(PASSWORD), "service": service, "hashtags": tags}
    return Bluesky(given=given, **(values | options))


def texts(collector: Bluesky, window: Window = WINDOW) -> list[str]:
    return sorted(post.text for page in collector.collect(window) for post in page.posts)


def test_the_tagged_posts_of_a_window_come_and_no_others(service):
    """The search that answers here is our stand-in; which posts Bluesky's own finds is not tested."""
    with account(service, "alice") as alice:
        say(alice, tagged("A second too early", "respite"), DAY - timedelta(seconds=1))
        say(alice, tagged("At the beginning", "respite"), DAY)
        say(alice, "Typed #Respite by hand", DAY + timedelta(minutes=1))
        say(alice, "Hidden in the record", DAY + timedelta(minutes=2), tags=["respite"])
        say(alice, tagged("A longer tag", "respitecare"), DAY + timedelta(minutes=3))
        say(alice, tagged("In the last second", "respite"), DAY + timedelta(minutes=59, seconds=59))
        say(alice, tagged("At the end", "respite"), DAY + timedelta(hours=1))
        collector = make_collector(service, "#Respite")
        wide = Window(DAY - timedelta(hours=1), DAY + timedelta(hours=2))
        eventually(lambda: len(texts(collector, wide)) == 6)

        found = texts(collector)

    expected = ["At the beginning #respite", "Hidden in the record", "In the last second #respite", "Typed #Respite by hand"]
    assert found == expected


def test_replies_and_quotes_of_the_question_come_without_the_tag(service):
    with account(service, "asking") as asking, account(service, "bernard") as bernard:
        question = say(asking, "What would help you as a carer?")
        reply = say(bernard, "A night off", reply=models.AppBskyFeedPost.ReplyRef(root=question, parent=question))
        say(asking, "How often?", reply=models.AppBskyFeedPost.ReplyRef(root=question, parent=reply))
        say(bernard, "Good question", embed=models.AppBskyEmbedRecord.Main(record=question))
        page = f"https://bsky.app/profile/asking.test/post/{question.uri.rsplit('/', 1)[1]}"
        collector = make_collector(service, question_posts=(page, "https://x.example/1"))
        eventually(lambda: len(texts(collector)) == 3)

        found = {post.text: post for page in collector.collect(WINDOW) for post in page.posts}

    assert found.keys() == {"A night off", "How often?", "Good question"}
    assert found["A night off"].in_reply_to == found["Good question"].quote_of == id_of(question.uri)
    assert found["How often?"].in_reply_to == found["A night off"].id


def test_of_those_who_pass_the_question_on_only_partners_are_read(service):
    with account(service, "inquiring") as us, account(service, "carers-hub") as hub, account(service, "hilda") as hilda:
        question, other = say(us, "What would help you?"), say(us, "Something else")
        for client, post in ((hub, question), (hub, other), (hilda, question)):
            pass_on(client, post, DAY + timedelta(minutes=1))
        partners = ("@carers-hub.test", "nobody.test")
        collector = make_collector(service, question_posts=(question.uri,), partners=partners)
        eventually(lambda: texts(collector) == [""])

        [post] = [post for page in collector.collect(WINDOW) for post in page.posts]

        before = [found.state for found in collector.look_up([post.id])]
        take_back(hub)
        eventually(lambda: [found.state for found in collector.look_up([post.id])] == ["gone"])
        with pytest.raises(BadRequest, match="knows no nobody"):
            collector.check()

    assert (post.kind, post.author.handle, post.repost_of) == ("repost", "carers-hub.test", id_of(question.uri))
    assert before == ["present"]


def test_a_deleted_question_has_no_answers_and_is_no_error(service):
    with account(service, "regrets") as regrets:
        question = say(regrets, "What did we forget?")
        collector = make_collector(service, question_posts=(question.uri,))
        eventually(lambda: next(collector.look_up([id_of(question.uri)])).state == "present")
        regrets.delete_post(question.uri)
        eventually(lambda: next(collector.look_up([id_of(question.uri)])).state == "gone")

        found = texts(collector)

    assert found == []


def test_an_edited_and_a_deleted_post_are_noticed(service):
    """The second reading's search is our stand-in; the look-up by id is Bluesky's own."""
    with account(service, "dorothea") as dorothea:
        kept, edited, deleted = (say(dorothea, tagged(text, "nights")) for text in ("Kept", "Before", "Deleted later"))
        collector = make_collector(service, "nights")
        eventually(lambda: len(texts(collector)) == 3)
        before = {post.id: post for page in collector.collect(WINDOW) for post in page.posts}
        record = models.AppBskyFeedPost.Record(text="After #nights", created_at=stamp(DAY))
        put(dorothea, "app.bsky.feed.post", edited.uri.rsplit("/", 1)[1], record)
        dorothea.delete_post(deleted.uri)
        eventually(lambda: texts(collector) == ["After #nights", "Kept #nights"])

        states = {found.id: found.state for found in collector.look_up(before)}
        now = {found.id: found.item.post for found in collector.look_up(before) if found.item}

    assert states == {id_of(kept.uri): "present", id_of(edited.uri): "present", id_of(deleted.uri): "gone"}
    assert now[id_of(kept.uri)] == before[id_of(kept.uri)]
    assert now[id_of(edited.uri)].text == "After #nights"
    assert now[id_of(edited.uri)].version != before[id_of(edited.uri)].version


def test_pictures_links_and_opt_outs_are_told(service):
    with account(service, "edwin") as edwin:
        opt_out = models.ComAtprotoLabelDefs.SelfLabels(
            values=[models.ComAtprotoLabelDefs.SelfLabel(val="!no-unauthenticated")]
        )
        put(edwin, "app.bsky.actor.profile", "self", models.AppBskyActorProfile.Record(labels=opt_out))
        card = models.AppBskyEmbedExternal.External(uri="https://carers.example.org/", title="Carers", description="A page")
        say(edwin, tagged("Read this", "links"), embed=models.AppBskyEmbedExternal.Main(external=card))
        collector = make_collector(service, "links")
        eventually(lambda: any(post.labels for page in collector.collect(WINDOW) for post in page.posts))

        [post] = [post for page in collector.collect(WINDOW) for post in page.posts]

    assert (post.links, post.visibility, post.lang) == (("https://carers.example.org/",), "signed-in", "en")
    assert (post.author.handle, post.tags, post.labels) == ("edwin.test", ("links",), ("!no-unauthenticated",))


def test_a_cursor_that_the_search_no_longer_takes_starts_its_stage_again(service):
    with account(service, "florence") as florence:
        say(florence, tagged("Still found", "cursors"))
        collector = make_collector(service, "cursors")
        eventually(lambda: texts(collector) == ["Still found #cursors"])
        bounds = [(DAY - timedelta(hours=2)).isoformat(), (DAY + timedelta(hours=3)).isoformat()]
        cursor = f'{{"stages": [["search", "cursors", "{bounds[0]}", "{bounds[1]}"]], "cursor": "of-last-week", "pages": 1}}'

        found = [post.text for page in collector.collect(WINDOW, cursor) for post in page.posts]

    assert found == ["Still found #cursors"]


def test_many_runs_need_one_login(service):
    with counting(service) as (address, paths):
        vault = MemoryVault()

        for _ in range(5):
            texts(make_collector(address, "nothing", vault=vault))

    assert paths == ["/xrpc/com.atproto.server.createSession"]


def test_a_session_that_has_ended_is_followed_by_one_login(service):
    vault = MemoryVault()
    make_collector(service, "nothing", vault=vault).check()
    [(name, session)] = vault.kept.items()
    handle, did, access, refresh, server = session.split(":::")
    ended = ":::".join([handle, did, broken(access), broken(refresh), server])

    with counting(service) as (address, paths):
        vault = MemoryVault({name.replace(service, address): ended})
        texts(make_collector(address, "nothing", vault=vault))

    assert paths == ["/xrpc/com.atproto.server.createSession"]


def test_a_wrong_password_is_not_allowed(service):
    collector = make_collector(service, "nothing", password=Secret("wrong"))

    with pytest.raises(NotAllowed, match="check handle and app password"):
        collector.check()


def broken(token: str) -> str:
    return token[:-10] + ("A" * 10)


@contextmanager
def counting(service: str) -> Iterator[tuple[str, list[str]]]:
    """Passes logins on and lists every path it is asked for; a session then leads past it, to the account's own server."""
    paths: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            paths.append(self.path)
            body = self.rfile.read(int(self.headers["content-length"]))
            answer = httpx.post(service + self.path, content=body, headers={"content-type": "application/json"})
            self.send_response(answer.status_code)
            self.send_header("content-type", "application/json")
            self.end_headers()
            self.wfile.write(answer.content)

        def log_message(self, format: str, *args: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}", paths
        finally:
            server.shutdown()
