"""What a Bluesky stream's frames tell, and what becomes of a line that refuses, breaks off or falls silent."""

import json
from collections.abc import Iterator
from typing import Any

import libipld
import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors import bluesky_frames, bluesky_stream
from collectors.base import BadRequest, Event, NotAllowed, RateLimited, Told, Unavailable
from collectors.bluesky import Bluesky
from collectors.bluesky_frames import Wanted
from collectors.bluesky_stream import Stream
from tests.bluesky_makers import make_collector, make_offline
from tests.networks.bluesky import opened
from tests.networks.streaming import streaming

WANTED = Wanted.of(["#Respite"], ["https://bsky.app/profile/asks.example/post/3lbquestion2z"])
QUESTION = "at://did:plc:asks/app.bsky.feed.post/3lbquestion2z"
ID = "3lbhtyteurk2y/did:plc:carer"


def post(record: Any, operation: str = "create", **more: Any) -> str:
    """In the shape in which others recorded it: rev, operation, collection, rkey, record, cid."""
    commit: dict[str, Any] = {
        "rev": "3lbhtytnn2k2f",
        "operation": operation,
        "collection": "app.bsky.feed.post",
        "rkey": "3lbhtyteurk2y",
    }
    commit |= {"record": {"$type": "app.bsky.feed.post", **record}, "cid": "bafy1"} if operation != "delete" else {}
    return json.dumps(
        {
            "did": "did:plc:carer",
            "time_us": 1732206349000167,
            "kind": "commit",
            "commit": commit | more.pop("commit", {}),
            **more,
        }
    )


def account(**told: Any) -> str:
    its = {"did": "did:plc:carer", "seq": 3040934738, "time": "2025-01-09T19:42:18.972Z", **told}
    return json.dumps({"did": "did:plc:carer", "time_us": 1732206349000167, "kind": "account", "account": its})


def told(what: Any, name: str = ID, version: str = "") -> tuple[Event, ...]:
    return (Event("bluesky", what, name, version),)


FACET = {"features": [{"$type": "app.bsky.richtext.facet#tag", "tag": "Respite"}], "index": {"byteStart": 0, "byteEnd": 8}}
EXPECTED = {
    "marked tag": (post({"text": "Yes", "facets": [FACET]}), told("said", version="bafy1")),
    "hidden tag": (post({"text": "Yes", "tags": ["respite"]}), told("said", version="bafy1")),
    "typed tag": (post({"text": "Yes #RESPITE"}), told("said", version="bafy1")),
    "longer tag": (post({"text": "Yes #respitecare"}), ()),
    "answer": (post({"text": "Yes", "reply": {"parent": {"uri": QUESTION}}}), told("said", version="bafy1")),
    "below": (post({"text": "Yes", "reply": {"root": {"uri": QUESTION}}}), told("said", version="bafy1")),
    "quote": (post({"text": "Yes", "embed": {"record": {"uri": QUESTION}}}), told("said", version="bafy1")),
    "no tag": (post({"text": "Yes"}), ()),
    "edited": (post({"text": "No more tag"}, "update"), told("edited", version="bafy1")),
    "edited, tag": (post({"text": "Now #respite"}, "update"), told("said", version="bafy1")),
    "deleted": (post({}, "delete"), told("gone")),
    "a like": (post({"text": "#respite"}, commit={"collection": "app.bsky.feed.like"}), ()),
    "deactivated": (account(active=False, status="deactivated"), told("left", "did:plc:carer")),
    "deleted account": (account(active=False, status="deleted"), told("left", "did:plc:carer")),
    "taken down": (account(active=False, status="takendown"), told("left", "did:plc:carer")),
    "throttled": (account(active=False, status="throttled"), ()),
    "active": (account(active=True), told("back", "did:plc:carer")),
}


@pytest.mark.parametrize(("frame", "events"), EXPECTED.values(), ids=EXPECTED)
def test_what_happened_is_told(frame, events):
    assert bluesky_frames.read(frame, WANTED) == Told(events, "1732206349000167")


def test_a_newer_servers_own_cursor_is_kept():
    assert bluesky_frames.read(post({"text": ""}, cursor=12345), WANTED).cursor == "12345"


@pytest.mark.parametrize(
    "frame", ["", "[]", "{", "7", '{"time_us": true}', "[" * 100_000, b"", b"\xff\xff", b"\xa1\x01"], ids=repr
)
def test_what_is_no_frame_tells_nothing(frame):
    assert bluesky_frames.read(frame, WANTED) == Told()


@given(st.binary() | st.text())
def test_no_frame_raises(frame):
    bluesky_frames.read(frame, WANTED)


@given(
    st.recursive(
        st.none() | st.integers(0, 9) | st.text(max_size=3) | st.binary(max_size=3), lambda leaf: st.lists(leaf, max_size=2)
    )
)
def test_no_commit_raises_whatever_stands_in_its_fields(odd):
    for field in ("repo", "ops", "blocks"):
        body = {
            "seq": 7,
            "ops": [{"path": "app.bsky.feed.post/1", "action": "create", "cid": odd}],
            "repo": "did:plc:a",
            field: odd,
        }
        frame = libipld.encode_dag_cbor({"op": 1, "t": "#commit"}) + libipld.encode_dag_cbor(body)

        assert bluesky_frames.read(frame, WANTED).cursor == "7"


# --- the line -----------------------------------------------------------------------------------------------------------


def make_stream(address: str, stopped=lambda: False) -> Stream:
    return Stream(url=address, wanted=WANTED, timeout=5, stopped=stopped)


def follow(address: str, cursor: str | None = None) -> Iterator[Told]:
    return make_stream(address).follow(cursor)


def test_only_posts_are_asked_for_from_the_cursor_on():
    with streaming([post({"text": "#respite"})]) as stream:
        line = follow(f"{stream.address}?wantedDids=did%3Aplc%3Aa", "77")

        assert [next(line), next(line)] == [Told(), Told(told("said", version="bafy1"), "1732206349000167")]
    assert stream.asked == ["/subscribe?wantedDids=did%3Aplc%3Aa&wantedCollections=app.bsky.feed.post&cursor=77"]


@pytest.mark.parametrize(
    ("status", "meaning"), [(401, NotAllowed), (403, NotAllowed), (404, BadRequest), (429, RateLimited), (503, Unavailable)]
)
def test_a_refusal_is_told_for_what_it_means(status, meaning):
    with streaming(statuses=[status]) as stream, pytest.raises(meaning, match=f"answered {status}"):
        next(follow(stream.address))


FUTURE = libipld.encode_dag_cbor({"op": -1}) + libipld.encode_dag_cbor({"error": "FutureCursor", "message": "in the future"})


def test_an_end_that_no_cursor_is_to_blame_for_is_told():
    with streaming([FUTURE]) as stream, pytest.raises(Unavailable, match="FutureCursor"):
        list(follow(stream.address))


def test_a_check_opens_the_stream_too():
    with opened([]) as network, streaming([], statuses=[403]) as stream:
        asking = make_collector(network, live=stream.address)

        with pytest.raises(NotAllowed, match="did not open its stream"):
            asking.check()
        asking.check()

    assert len(stream.asked) == 2


@pytest.mark.parametrize(("frames", "statuses"), [([[FUTURE], []], []), ([[]], [400])], ids=["of another server", "too old"])
def test_a_cursor_that_is_not_taken_is_given_up(frames, statuses):
    with streaming(*frames, statuses=statuses) as stream:
        line = follow(stream.address, "77")
        while len(stream.asked) < 2:
            next(line)

    assert [path.endswith("cursor=77") for path in stream.asked] == [True, False]


def test_a_line_that_breaks_off_is_told():
    with streaming() as stream, pytest.raises(Unavailable, match="broke off"):
        list(follow(stream.address))


def test_nobody_there_is_told():
    with pytest.raises(Unavailable, match="broke off"):
        next(follow("ws://127.0.0.1:9/subscribe"))


def test_a_frame_without_measure_ends_the_line():
    with streaming(["#" * (bluesky_stream.MOST_BYTES + 1)]) as stream, pytest.raises(Unavailable, match="broke off"):
        list(follow(stream.address))


def test_a_line_that_falls_silent_is_given_up(monkeypatch):
    monkeypatch.setattr(bluesky_stream, "LOOK", 0.01)
    monkeypatch.setattr(bluesky_stream, "SILENCE", 0.03)

    with streaming([]) as stream, pytest.raises(Unavailable, match="told nothing for"):
        list(follow(stream.address))


def test_a_stop_is_obeyed_while_nothing_comes(monkeypatch):
    monkeypatch.setattr(bluesky_stream, "LOOK", 0.01)
    looks = iter([False, False, True])

    with streaming([]) as stream:
        assert list(make_stream(stream.address, lambda: next(looks)).follow(None)) == [Told()] * 3


@pytest.mark.parametrize(
    "address",
    [
        "https://host.example/subscribe",
        "wss:///subscribe",
        "wss://host.example:0x7/subscribe",
        "wss://host.example",
        "wss://h.example/x",
    ],
)
def test_an_address_that_is_no_stream_is_refused(address):
    with pytest.raises(ValueError, match="live must"):
        make_offline(live=address)


def test_the_stream_is_among_the_hosts():
    bluesky: Bluesky = make_offline(live="wss://stream.example/subscribe")

    assert bluesky.hosts[-1] == "stream.example:443"
