"""Adverts and riders on the tag, told by plain signs; when in doubt a contribution stays."""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta

from listener.analysis import wording
from storage.values import Kept

ADVERT = "advert"
OFF_TOPIC = "off topic burst"
MANY_TAGS = 6
BURST = 5
BURST_TAGS = 3
BURST_SPAN = timedelta(hours=1)

_SELLING = re.compile(
    r"""\b(?:
        buy\s(?:now|yours|one\sget|followers) | order\s(?:now|today|yours) | shop\s(?:now|today|our) | sign\sup\snow | act\snow
      | click\s(?:here|the\slink|now|below) | limited\s(?:time|offer|stock) | special\soffer | flash\ssale | on\ssale
      | sale\sends | black\sfriday | cyber\smonday | best\sprices? | half\sprice | money[\s-]back | while\sstocks?\slasts?
      | free\s(?:shipping|delivery|trial|spins|gift) | (?:promo|discount|voucher|coupon)\scodes? | use\scode | \d+\s?%\soff
      | giveaway | bitcoin | crypto(?:currency)? | airdrop | forex | nft | casino | betting | jackpot | payday\sloans?
      | passive\sincome | work\sfrom\shome\sand\searn | earn\s(?:up\sto\s)?[£$€]\s?\d+ | make\smoney | onlyfans
      | (?:whatsapp|telegram|dm)\s(?:me|us|now|for) | link\sin\s(?:my\s)?bio | weight[\s-]loss\spills?
    )\b""",
    re.IGNORECASE | re.VERBOSE,
)


def find_spam(posts: Sequence[Kept], hashtags: Collection[str] = ()) -> dict[int, str]:
    """Rows to leave out and why; reposts of what is left out go with it. Answers to a questionnaire are never left out."""
    open_posts = [kept for kept in posts if kept.post.kind != "answer"]
    own = wording.ignored_tags(hashtags)
    told = {kept.row: ADVERT for kept in open_posts if _is_advert(kept)}
    riders = {kept.row for kept in open_posts if _rides_tags(kept, own)} | _find_bursts(open_posts, own)
    return _with_reposts(posts, dict.fromkeys(sorted(riders), OFF_TOPIC) | told)


def _is_advert(kept: Kept) -> bool:
    """A link and two different ways of selling."""
    found = {match.casefold() for match in _SELLING.findall(wording.LINK.sub(" ", wording.clean_text(kept.post.text)))}
    return len(found) > 1 and bool(_links(kept))


def _rides_tags(kept: Kept, own: Collection[str]) -> bool:
    """Many tags beside the exercise's own, and no more words than tags."""
    tags = _other_tags(kept, own)
    words = wording.TAG.sub(" ", wording.LINK.sub(" ", kept.post.text)).split()
    return len(tags) >= MANY_TAGS and len(words) <= len(tags)


def _other_tags(kept: Kept, own: Collection[str]) -> set[str]:
    said = {tag.casefold() for tag in wording.TAG.findall(kept.post.text)}
    return (said | {tag.lstrip("#").casefold() for tag in kept.post.tags}) - set(own)


def _links(kept: Kept) -> set[str]:
    found = {*kept.post.links, *wording.LINK.findall(kept.post.text)}
    return {link.split("?")[0].rstrip("/.,)").casefold() for link in found}


# --- bursts -------------------------------------------------------------------------------------------------------------


def _find_bursts(posts: Iterable[Kept], own: Collection[str]) -> set[int]:
    """One link five times within an hour, from one author or each time under three other tags."""
    runs: defaultdict[tuple[str, ...], list[tuple[datetime, int]]] = defaultdict(list)
    for kept in posts:
        for link in _links(kept) if not kept.post.repost_of else ():
            for group in _groups(kept, own):
                runs[link, *group].append((kept.post.posted_at, kept.row))
    return {row for run in runs.values() for row in _crowded(sorted(run))}


def _groups(kept: Kept, own: Collection[str]) -> list[tuple[str, ...]]:
    by_author = [(kept.post.network, kept.post.author.identity)] if kept.post.author.identity else []
    return by_author + ([("",)] if len(_other_tags(kept, own)) >= BURST_TAGS else [])


def _crowded(run: list[tuple[datetime, int]]) -> set[int]:
    starts = [place for place in range(len(run) - BURST + 1) if run[place + BURST - 1][0] - run[place][0] <= BURST_SPAN]
    return {row for place in starts for _, row in run[place : place + BURST]}


def _with_reposts(posts: Iterable[Kept], told: dict[int, str]) -> dict[int, str]:
    reasons = {kept.post.key: told[kept.row] for kept in posts if kept.row in told}
    passed_on = {kept.row: reasons.get((kept.post.network, kept.post.repost_of)) for kept in posts if kept.post.repost_of}
    return told | {row: reason for row, reason in passed_on.items() if reason and row not in told}
