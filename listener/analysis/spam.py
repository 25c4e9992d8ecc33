"""Adverts and riders on the tag, told by plain signs; when in doubt a contribution stays."""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Sequence

from listener.analysis import bursts, wording
from storage.values import Kept

ADVERT = "advert"
OFF_TOPIC = "off topic burst"
MANY_TAGS = 6

# With a link, one of these is enough.
_ONLY_SELLING = re.compile(
    r"""\b(?:
        dm\s(?:me|us)\s.{0,12}\bnow | link\sin\s(?:my\s|the\s)?bio | use\scode\s\w+ | (?:promo|discount|voucher|coupon)\scodes?
      | buy\sfollowers | followers\s(?:fast|cheap) | bitcoin | crypto(?:currency)? | airdrop | forex | nfts? | casino | jackpot
      | free\sspins | payday\sloans? | bad\scredit | no\sprescription | no\swin,?\sno\sfee | onlyfans | hot\ssingles
      | (?:earn|make)\s(?:up\sto\s)?[£$€]\s?\d[\d,]*\s(?:a|per)\s(?:day|week|month) | like\sand\sshare\s(?:to|before)
      | free\s(?:shipping|postage) | we\sbuy\sany | plagiarism\sfree | turned\s[£$€]\s?\d[\d,]*\sinto
    )\b""",
    re.IGNORECASE | re.VERBOSE,
)
# These are said by others too: two different ones are needed.
_SELLING = re.compile(
    r"""\b(?:
        (?:buy|order|sign\sup|act|shop|download)\s(?:now|today) | click\s(?:here|the\slink|below) | last\schance | giveaway
      | wholesale | limited\s(?:time|offer|stock) | special\soffer | flash\ssale | on\ssale | sale\sends | black\sfriday
      | cyber\smonday | best\sprices? | half\sprice | cheap(?:est)? | money[\s-]back | while\sstocks?\slasts?
      | free\s(?:delivery|trial|gift)
      | only\s[£$€]\s?\d[\d.,]* | \d+\s?%\s(?:off|finance) | betting | passive\sincome | whatsapp\s(?:me|us) | for\sa\squote
      | next\sday\s(?:delivery|fitting) | weight[\s-]loss | belly\sfat | in-app\spurchases | five\sstars
    )\b""",
    re.IGNORECASE | re.VERBOSE,
)


def find_spam(posts: Sequence[Kept], hashtags: Collection[str] = ()) -> dict[int, str]:
    """Rows to leave out and why; reposts of what is left out go with it. Answers to a questionnaire are never left out."""
    open_posts = [kept for kept in posts if kept.post.kind != "answer"]
    own = wording.ignored_tags(hashtags)
    riders = {kept.row for kept in open_posts if _rides_tags(kept, own)}
    bursting = bursts.find_link_bursts(open_posts, own) | bursts.find_crowd_bursts(open_posts)
    told = dict.fromkeys(sorted(riders | bursting), OFF_TOPIC) | dict.fromkeys(_find_adverts(open_posts), ADVERT)
    return _with_reposts(posts, told)


def _find_adverts(posts: Sequence[Kept]) -> list[int]:
    """An account that advertised twice is not heard where it links to something."""
    linking = [kept for kept in posts if bursts.links_of(kept)]
    adverts = [kept for kept in linking if _is_advert(kept.post.text)]
    times = Counter(_account(kept) for kept in adverts if kept.post.author.identity and not kept.post.repost_of)
    sellers = {account for account, number in times.items() if number > 1}
    return sorted({kept.row for kept in adverts} | {kept.row for kept in linking if _account(kept) in sellers})


def _account(kept: Kept) -> tuple[str, str]:
    return kept.post.network, kept.post.author.identity


def _is_advert(text: str) -> bool:
    said = wording.LINK.sub(" ", wording.clean_text(text))
    return bool(_ONLY_SELLING.search(said)) or len({found.casefold() for found in _SELLING.findall(said)}) > 1


def _rides_tags(kept: Kept, own: Collection[str]) -> bool:
    """Many tags beside the exercise's own, and no more words than tags."""
    tags = bursts.other_tags(kept, own)
    words = wording.TAG.sub(" ", wording.LINK.sub(" ", kept.post.text)).split()
    return len(tags) >= MANY_TAGS and len(words) <= len(tags)


def _with_reposts(posts: Iterable[Kept], told: dict[int, str]) -> dict[int, str]:
    reasons = {kept.post.key: told[kept.row] for kept in posts if kept.row in told}
    passed_on = {kept.row: reasons.get((kept.post.network, kept.post.repost_of)) for kept in posts if kept.post.repost_of}
    return told | {row: reason for row, reason in passed_on.items() if reason and row not in told}
