"""What we and our partners post to be answered: shared, never an answer; and who was not heard from."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from collectors.post import Author
from digests import compose, pages
from digests.curation import Curation
from digests.sharing import ASKING, OURS
from digests.tally import Facts, count
from storage.values import Accounts, Kept
from tests.factories import make_exercise, make_kept, make_week

QUESTION = "What would make it easier to ask for help?"
WEEK = make_week(1, timezone="Europe/London")
ASKED = "https://bsky.app/profile/trust.example/post/3mquestion"
US = Accounts(name="Example Trust", handles=(("bluesky", "trust.example"),), ours=True)
FORUM = Accounts(name="Carers' Forum", handles=(("bluesky", "@Forum.example"), ("mastodon", "forum@social.example")))
YOUNG = Accounts(name="Young Carers", handles=(("bluesky", "young.example"),))


def facts(*posts: Kept, accounts: tuple[Accounts, ...] = (US, FORUM, YOUNG), **differently: Any) -> Facts:
    week = make_week(1, question=QUESTION, question_posts=(ASKED,))
    exercise = replace(make_exercise(1), weeks=(week,), accounts=accounts)
    values: dict[str, Any] = {"scores": {}, "analysis": None, "coverage": (), "as_of": week.closes, "scorer": "none"}
    return Facts(exercise=exercise, week=week, posts=posts, **(values | differently))


def said(row: int, handle: str, text: str = "A sitter would help.", **of_post: Any) -> Kept:
    values: dict[str, Any] = {"network": "bluesky", "posted_at": WEEK.opens + timedelta(hours=row), "text": text}
    return make_kept(row, **(values | {"author": Author(handle=handle)} | of_post))


@pytest.mark.parametrize(
    ("post", "reason"),
    [
        (said(1, "trust.example"), OURS),
        (said(1, "trust.example", kind="reply"), OURS),
        (said(1, "forum.example", "Please tell us what you think #ThinkCarers"), ASKING),
        (said(1, "forum.example", "Have your say!"), ASKING),
        (said(1, "forum.example", f"This week they ask: {QUESTION.upper()}"), ASKING),
        (said(1, "forum.example", "Look at this", links=(ASKED + "/",)), ASKING),
        (said(1, "forum.example", "Yes.", quote_of="3mquestion/did:plc:trust"), ASKING),
        (said(1, "forum@social.example", "We would love to hear from you", network="mastodon"), ASKING),
        (said(1, "forum.example", "Our members say that nobody rings back."), ""),
        (said(1, "forum@social.example", "Have your say!"), ""),
        (said(1, "carer.example", "Have your say!"), ""),
        (said(1, "trust.example", kind="mail", network="bluesky"), ""),
    ],
)
def test_what_asks_others_to_answer_is_no_answer(post, reason):
    tally = count(facts(post))

    assert tally.left_out == ({reason: (post,)} if reason else {})
    assert tally.contributions == (() if reason else (post,))


def test_without_accounts_every_post_counts():
    assert len(count(facts(said(1, "trust.example", "Have your say!"), accounts=())).contributions) == 1


def test_what_a_person_put_in_a_theme_counts():
    post = said(1, "forum.example", "Have your say!")

    assert count(facts(post, curation=Curation(moved={1: "w1-c1"}))).contributions == (post,)


def test_the_page_says_who_passed_it_on_and_who_was_not_heard_from():
    posts = [
        said(1, "forum.example", "Have your say!"),
        said(2, "forum.example", "Our members say that nobody rings back."),
        said(3, "forum.example", "", kind="repost", repost_of="3mquestion/did:plc:trust"),
        said(4, "forum.example", "Please answer", quote_of="3mquestion/did:plc:trust"),
        said(5, "carer.example"),
    ]

    digest = compose.compose(facts(*posts))

    assert digest.sharing == (
        "Carers' Forum: passed it on 2 times, asked others to answer once and 1 contribution.",
        "Not heard from yet: Young Carers.",
    )
    assert digest.contributions == 2
    assert "2 posts that ask others to answer" in " ".join(digest.left_out)
    assert any(b"Who passed the question on" in page for page in pages.render(digest).values())


def test_a_repost_of_our_own_post_is_passed_on():
    ours = said(1, "trust.example", "Have your say!")
    passed = said(2, "carer.example", "", kind="repost", repost_of=ours.post.id)

    tally = count(facts(ours, passed))

    assert tally.contributions == ()
    assert tally.passing.total() == 1


def test_a_repost_of_a_question_that_we_do_not_have_is_no_contribution():
    passed = said(1, "forum.example", "", kind="repost", repost_of="3mquestion/did:plc:trust")

    digest = compose.compose(facts(passed))

    assert digest.contributions == 0
    assert digest.sharing[0] == "Carers' Forum: passed it on once."


def test_what_was_taken_down_was_not_heard():
    post = said(1, "forum.example", "Have your say!")

    assert compose.compose(facts(make_kept(1, post=post.post, gone_at=WEEK.closes))).sharing == (
        "Not heard from yet: Carers' Forum and Young Carers.",
    )
