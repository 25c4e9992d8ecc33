"""Whether a post answers or quotes the post that an address names, by what each network makes of its ids. Pure."""

import re

from collectors.post import Post

_BLUESKY = re.compile(r"/profile/([^/?#]+)/post/([^/?#]+)")
_STATUS = re.compile(r"/status/(\d+)")


def is_about(post: Post, url: str) -> bool:
    """Whether it replies to or quotes the post at this address itself, not another post of the thread."""
    return any(one and _names(post.network, one, url) for one in (post.in_reply_to, post.quote_of))


def _names(network: str, id_: str, url: str) -> bool:
    if network == "bluesky":
        found, (key, _, author) = _BLUESKY.search(url), id_.partition("/")
        return found is not None and found[2] == key and (not found[1].startswith("did:") or found[1] == author)
    if network == "x":
        found = _STATUS.search(url)
        return found is not None and found[1] == id_
    return id_ == url
