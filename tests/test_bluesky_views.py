"""How one answer of Bluesky is read, beyond the recordings."""

import json
from dataclasses import replace

import pytest

from collectors.base import Unavailable
from collectors.bluesky_views import address_of, id_of
from tests.bluesky_makers import make_offline, posts
from tests.networks.bluesky import view_of


@pytest.mark.parametrize("payload", [b"", b"<html>", b"{}", b"[]", b'{"posts": 7}', b"[" * 100_000, b"\xff\xfe\x00"])
def test_what_is_no_answer_of_bluesky_cannot_be_read(payload):
    with pytest.raises(Unavailable):
        make_offline().read(payload)


def test_half_a_surrogate_pair_does_not_spoil_a_post():
    view = view_of(posts(1)[0])
    payload = json.dumps({**view, "record": {**view["record"], "text": "Half \ud83d #NHSThinkCarer"}}).encode()

    [item] = make_offline().read(payload).items

    assert item.post.text == "Half ? #NHSThinkCarer"
    assert make_offline().read(item.raw or b"").posts == [item.post]


@pytest.mark.parametrize(
    ("text", "tags"),
    [
        ("#One, (#two) #three's", ("one", "two", "three")),
        ("#carer-led #half-", ("carer-led", "half")),
        ("https://a.example/#part a#b ##twice &#39;", ()),
        ("\uff03Carer #2026", ("carer",)),
    ],
)
def test_typed_hashtags_are_whole_words(text, tags):
    view = view_of(replace(posts(1)[0], text=text))

    [post] = make_offline().read(json.dumps(view).encode()).posts

    assert post.tags == tags


def test_ids_and_addresses_name_the_same_post():
    address = "at://did:plc:a/app.bsky.feed.post/3m5z"

    assert (id_of(address), address_of(id_of(address))) == ("3m5z/did:plc:a", address)
