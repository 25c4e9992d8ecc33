"""From the networks to the page: which partners passed the question on, and who was not heard from yet."""

from dataclasses import replace
from datetime import timedelta

from collectors.bluesky_views import address_of
from collectors.post import Author, Post
from listener.jobs import tick
from tests.networks import bluesky, mastodon
from tests.services import FIRST, make_service

NOW = FIRST + timedelta(hours=5)
QUESTION = bluesky.make_post(1, FIRST, "What would help you as a carer?")
HUB = Author(handle="hub.example", name="Carers' Hub", id="did:plc:hub")
SOURCES = """
[sources.sky]
kind = "bluesky"
handle = "listener.example"
password = {{ file = "password" }}
service = "{sky}"
question_posts = ["{question}"]

[sources.sea]
kind = "mastodon"
servers = ["{sea}"]
question_posts = ["{sea}/@asker/41"]

[[partners]]
name = "Carers' Hub"
handles = {{ bluesky = ["hub.example"], mastodon = ["hub@a.example"] }}

[[partners]]
name = "Young Carers"
handles = {{ bluesky = ["young.example"], mastodon = ["young@a.example"] }}
"""


def by(author: Author, post: Post, **differently) -> Post:
    return replace(post, author=author, **differently)


def test_the_page_says_who_passed_the_question_on_and_keeps_nobody_elses_repost(tmp_path):
    repost = bluesky.make_post(2, FIRST + timedelta(hours=1), "")
    quote = bluesky.make_post(3, FIRST + timedelta(hours=2), "Please answer this")
    said = [
        by(HUB, repost, kind="repost", repost_of=QUESTION.id),
        by(HUB, quote, quote_of=QUESTION.id),
        replace(bluesky.make_post(4, FIRST + timedelta(hours=3), ""), kind="repost", repost_of=QUESTION.id),
    ]
    boost = mastodon.status_of(mastodon.make_post(5, FIRST + timedelta(hours=1), ""))
    boost |= {"account": boost["account"] | {"acct": "hub@a.example"}, "reblog": {**boost, "id": "41"}}
    (tmp_path / "password").write_text("app-pass")
    (tmp_path / "password").chmod(0o600)

    with bluesky.opened([QUESTION, *said]) as sky, mastodon.opened([]) as sea:
        sea.statuses = [boost]
        told = {"sky": sky.options["service"], "sea": sea.options["servers"][0], "question": address_of(QUESTION.id)}
        service = make_service(tmp_path, now=NOW, extra=SOURCES.format(**told))
        done = tick.do(service)

    page = (tmp_path / "digests/week-1/index.html").read_text()
    assert [run.reason for run in done.runs if run.source in ("sky", "sea") and run.state != "complete"] == []
    assert "Carers&#39; Hub: passed it on 3 times." in page
    assert "Not heard from yet: Young Carers." in page
    with service.store.read() as unit:
        assert unit.posts.count() == 3
