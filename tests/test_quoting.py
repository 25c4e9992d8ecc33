"""Somebody's words are shown only where there is a reason for it."""

from datetime import UTC, datetime

import pytest

from collectors.post import Author
from digests import quoting
from digests.curation import Curation, Paraphrase, Permission
from digests.quoting import Desk
from tests.publishing import agreed, make_said

SAID_NO = Permission(state="no")
ASKED = Permission(state="asked")


@pytest.mark.parametrize(
    ("of_post", "curation", "why"),
    [
        ({"network": "x"}, Curation(), "counted only"),
        ({"labels": ("!no-unauthenticated",)}, Curation(), "keeps it back"),
        ({"labels": ("indexable:false",)}, Curation(), "keeps it back"),
        ({"labels": ("noindex",)}, Curation(), "keeps it back"),
        ({"visibility": "signed-in"}, Curation(), "not said in public"),
        ({"visibility": "unlisted"}, Curation(), "not said in public"),
        ({"visibility": "private", "kind": "mail"}, Curation(), "Ask for permission first"),
        ({"visibility": "private", "kind": "post"}, Curation(permissions={1: agreed()}), "not said in public"),
        ({}, Curation(hidden={1: "abuse"}), "hidden"),
        ({}, Curation(flagged=frozenset({1})), "safeguarding lead"),
        ({}, Curation(permissions={1: SAID_NO}), "said no"),
    ],
)
def test_some_contributions_are_quoted_in_no_way(of_post, curation, why):
    desk = Desk(curation)
    kept = make_said(1, **of_post)

    assert why in desk.never(kept)
    assert desk.open_modes(kept) == ()
    assert desk.against(kept, "paraphrase") == desk.never(kept)


def test_what_is_gone_is_not_quoted():
    kept = make_said(1, gone_at=datetime(2026, 10, 20, tzinfo=UTC))

    assert "taken down" in Desk(Curation()).never(kept)


@pytest.mark.parametrize(
    ("of_post", "curation", "modes"),
    [
        ({}, Curation(), ("paraphrase",)),
        ({}, Curation(permissions={1: ASKED}), ("paraphrase",)),
        ({"consent": "platform"}, Curation(), ("paraphrase",)),
        ({"consent": "ticked"}, Curation(), ("paraphrase", "verbatim")),
        ({"consent": "written", "kind": "mail", "visibility": "private"}, Curation(), ("paraphrase", "verbatim")),
        ({}, Curation(permissions={1: agreed()}), ("paraphrase", "verbatim")),
        ({}, Curation(permissions={1: agreed("Dilys")}), ("paraphrase", "verbatim", "named")),
        ({"consent": "organisation"}, Curation(), ("paraphrase", "verbatim", "attributed")),
        ({"consent": "organisation", "kind": "mail", "visibility": "private"}, Curation(), ("paraphrase", "verbatim")),
    ],
)
def test_each_way_needs_its_own_reason(of_post, curation, modes):
    assert Desk(curation).open_modes(make_said(1, **of_post)) == modes


def test_x_is_never_shown_word_for_word_even_under_a_contract():
    desk = Desk(Curation(permissions={1: agreed("Dilys")}), counts_only=frozenset())
    kept = make_said(1, network="x", consent="organisation")

    assert desk.open_modes(kept) == ("paraphrase",)


@pytest.mark.parametrize(
    ("consent", "modes"),
    [("ticked", ("paraphrase", "verbatim")), ("written", ("paraphrase", "verbatim")), ("organisation", ("paraphrase",))],
)
def test_what_is_sent_or_printed_needs_consent_in_writing(consent, modes):
    assert Desk(Curation(), way="email").open_modes(make_said(1, consent=consent)) == modes


@pytest.mark.parametrize(
    ("of_post", "curation", "mode"),
    [
        ({}, Curation(), "paraphrase"),
        ({"consent": "ticked"}, Curation(), "verbatim"),
        ({}, Curation(permissions={1: agreed()}), "verbatim"),
        ({"consent": "organisation"}, Curation(), "paraphrase"),
        ({"consent": "ticked"}, Curation(modes={1: "paraphrase"}), "paraphrase"),
    ],
)
def test_a_paraphrase_unless_their_words_were_given(of_post, curation, mode):
    assert Desk(curation).mode(make_said(1, **of_post)) == mode


def test_who_a_quote_is_from_never_tells_the_author_without_leave():
    kept = make_said(1, network="form", role="Carer", author=Author(name="Ann Other", handle="ann"))
    curation = Curation(permissions={1: agreed("Annie")}, roles={1: "cares for two"})

    assert quoting.who(kept, "paraphrase", curation) == "In our words"
    assert quoting.who(kept, "verbatim", curation) == "cares for two"
    assert quoting.who(kept, "verbatim", Curation()) == "Carer"
    assert quoting.who(kept, "named", curation) == "Annie, cares for two"
    assert quoting.who(kept, "attributed", curation) == "Ann Other"


@pytest.mark.parametrize(
    ("network", "mode", "told"),
    [
        ("bluesky", "paraphrase", "from a post on Bluesky"),
        ("mail", "paraphrase", "from an email"),
        ("form", "verbatim", "Questionnaire, permission given"),
        ("mastodon", "attributed", "Post on Mastodon"),
    ],
)
def test_how_it_came_is_told(network, mode, told):
    assert quoting.source(make_said(1, network=network), mode, Curation()) == told


def test_permission_that_was_asked_for_is_told():
    assert quoting.source(make_said(1, network="mail"), "verbatim", Curation(permissions={1: agreed()})) == (
        "Email, used with permission"
    )


def test_words_are_ours_or_theirs_whole():
    kept = make_said(1, text=" As it\n\nwas. ")
    curation = Curation(paraphrases={1: Paraphrase(text=" Ours. ", seq=1, by=1)})

    assert quoting.text(kept, "verbatim", curation) == "As it\n\nwas."
    assert quoting.text(kept, "paraphrase", curation) == "Ours."
    assert quoting.text(kept, "paraphrase", Curation()) == ""
