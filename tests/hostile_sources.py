"""An exercise whose config and whose every kind of source says hostile texts in every field that takes words."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from email.message import EmailMessage
from html import escape
from pathlib import Path
from typing import Any

from tests.hostile import REMOTE, packed
from tests.networks import bluesky, care_opinion, mastodon, x
from tests.services import FIRST

ALARM = "seen to first"
"""What the answers say so that they are read first."""
SEVERAL = 400
"""Characters of texts that go together into a mail or a post of a network; answers and a feed's pages hold one each."""

CONFIG = """
[exercise]
slug = "think-carer"
title = {all}
organisation = {all}
purpose = {all}
contact = {all}
partners = [{all}]
hashtags = ["NHSThinkCarer"]
timezone = "Europe/London"
starts = 2026-10-12

[[exercise.weeks]]
question = {all}
title = {all}
questions = [{all}]

[[exercise.weeks]]
question = {all}

[storage]
path = "listener.db"

[output]
folder = "digests"

[serve]
address = {place}

[publish]
folder = "public"
command = ["false", {file}]

[privacy]
notice = {place}
dpia = {all}
accessibility = {place}

[safeguarding]
lead = {all}
deputy = {all}
phrases = ["{alarm}"]
read_when = {all}
urgent = {all}

[sources.answers]
kind = "file"
network = "form"
path = "answers.jsonl"

[sources.mails]
kind = "file"
path = "mails"

[sources.blog]
kind = "replay"
of = "feed"
folder = "blog"

[sources.sky]
kind = "replay"
of = "bluesky"
folder = "sky"

[sources.toots]
kind = "replay"
of = "mastodon"
folder = "toots"

[sources.stories]
kind = "replay"
of = "care_opinion"
folder = "stories"

[sources.forum]
kind = "replay"
of = "discourse"
folder = "forum"

[sources.tweets]
kind = "replay"
of = "x"
folder = "tweets"
display = "enterprise"

[sources.off]
kind = "file"
path = "never.jsonl"
off = {all}

[sources.gone]
kind = "file"
path = {file}
"""
PLAIN = tuple(
    f"{begun} the hospital car park {ended}"
    for begun, ended in (
        ("Every visit I pay at", "and it adds up."),
        ("There was no space in", "this morning."),
        ("A carer's badge for", "would save us an hour."),
        ("We walked in the rain from", "with a wheelchair."),
        ("Two tickets already from", "while we waited for tablets."),
        ("Nobody at reception knows how", "charges carers."),
        ("My mother cannot walk from", "to the ward."),
        ("They closed half of", "for building work."),
        ("Please make", "free for those who come daily."),
        ("The machine at", "takes coins only."),
        ("I left work early and still queued for", "until four."),
        ("The kind man at", "lifted the barrier for us."),
    )
)
"""What makes a theme, however little is left of the hostile words."""
LISTENED = ("answers", "mails", "blog", "sky", "toots", "stories", "forum", "tweets", "gone")


def write(folder: Path, texts: Sequence[str], about: Sequence[str]) -> Path:
    """All of it, `about` in the config; the path of that."""
    for name in ("mails", "blog", *_PAGES):
        (folder / name).mkdir()
    _write_answers(folder / "answers.jsonl", texts)
    several = tuple(packed(texts, SEVERAL))
    for number, mail in enumerate(_mails(several)):
        (folder / f"mails/{number:05d}.eml").write_bytes(mail)
    (folder / "blog/1.page").write_text(json.dumps(_feed(texts, several)), "utf-8")
    for name, page in _PAGES.items():
        (folder / name / "1.page").write_text(json.dumps(page(several)), "utf-8")
    config = folder / "listener.toml"
    every = " ".join(about)
    place, file = f"{REMOTE}/{''.join(every.split())}", every.replace("\0", "")
    told = CONFIG.format(all=toml(every), file=toml(file), place=toml(place), alarm=ALARM)
    config.write_text(told, "utf-8", newline="")
    return config


def toml(text: str) -> str:
    """A basic string of TOML, which has no halves of characters."""
    return json.dumps(_whole(text), ensure_ascii=False).replace("\x7f", "\\u007f")


def _whole(text: str) -> str:
    return text.encode("utf-8", "replace").decode()


def _at(number: int) -> datetime:
    return FIRST + number * timedelta(minutes=3)


def _write_answers(file: Path, texts: Sequence[str]) -> None:
    """Each text as what was said, with permission; and as what a channel is called."""
    rows = [row for number, text in enumerate(texts) for row in _rows(number, text)]
    for number, text in enumerate(PLAIN):
        rows.append({"id": f"p{number}", "network": "plain", "posted_at": _at(number).isoformat(), "text": text})
    file.write_text("\n".join(map(json.dumps, rows)) + "\n", encoding="utf-8")


def _rows(number: int, text: str) -> Iterator[dict[str, str]]:
    fields = dict.fromkeys(("author", "title", "lang", "role", "in_reply_to"), text) | {"url": f"{REMOTE}/{text}"}
    row = fields | {"id": f"{number:05d} {text}", "posted_at": _at(number).isoformat(), "consent": "ticked", "kind": "answer"}
    yield row | {"text": f"{text} answer {number}, {ALARM}"}
    yield row | {"id": f"n{number:05d}", "text": f"{text} named {number}", "network": text, "author": f"@{text}", "url": text}


def _mails(texts: Sequence[str]) -> Iterator[bytes]:
    """Each text in the headers, as plain words and as a page; and the name of a file."""
    for number, text in enumerate(texts):
        for kind in ("plain", "html"):
            mail = EmailMessage()
            line = " ".join("".join(sign for sign in _whole(text) if sign.isprintable()).split())
            mail["From"] = f'"{line.replace(chr(92), "").replace(chr(34), "")}" <a{number}@evil.example>'
            mail["Subject"], mail["Date"] = line, _at(number)
            mail["Message-ID"] = f"<{kind}{number}@evil.example>"
            mail.set_content(f"{_whole(text)} mail {number}", subtype=kind)
            mail.add_attachment(b"x", "text", "x", filename=line)
            yield mail.as_bytes()


# --- networks -------------------------------------------------------------------------------------------------------------


def _feed(texts: Sequence[str], several: Sequence[str]) -> Any:
    """Each text as a page, as words in a page, and several as plain words."""
    items = [_item(number, text) | {"content_html": f"{text} page {number}"} for number, text in enumerate(texts)]
    for number, text in enumerate(several, len(texts)):
        items.append(_item(number, text) | {"content_text": f"{text} text {number}"})
        said = {"content_html": f"<p>{escape(text)} escaped {number}</p>", "title_html": text}
        items.append(_item(-number, text) | said)
    return {"version": "https://jsonfeed.org/version/1.1", "items": items}


def _item(number: int, text: str) -> dict[str, Any]:
    item: dict[str, Any] = {
        "date_published": _at(abs(number)).isoformat(),
        "title": text,
        "url": text,
        "external_url": f"{REMOTE}/{text}",
    }
    item |= {"authors": [{"name": text}], "tags": [text], "language": text, "attachments": [{"title": text, "url": text}]}
    return item | {"id": f"{number} {text}"}


def _sky(texts: Sequence[str]) -> Any:
    return {"posts": [_view(number, text) for number, text in enumerate(texts)]}


def _view(number: int, text: str) -> Any:
    view = bluesky.view_of(bluesky.make_post(number, _at(number), f"{text} sky {number}"))
    view["author"] |= {"handle": text, "displayName": text}
    picture = {"$type": "app.bsky.embed.images", "images": [{"alt": text}], "external": {"uri": text, "title": text}}
    view["record"] |= {"langs": [text], "tags": [text], "embed": picture}
    return view


def _toots(texts: Sequence[str]) -> Any:
    return [one for each in enumerate(texts) for one in _statuses(*each)]


def _statuses(number: int, text: str) -> Iterator[Any]:
    said = {"spoiler_text": text, "language": text, "media_attachments": [{"description": text}], "url": text}
    for place, content in enumerate((text, f"<p>{escape(text)}</p>")):
        post = mastodon.make_post(number * 2 + place, _at(number), text)
        status = mastodon.status_of(post, content=f"{content} toot {number} {place}", **said)
        status["account"] |= {"acct": text, "display_name": text}
        yield status


def _stories(texts: Sequence[str]) -> Any:
    told = ((number, text, care_opinion.make_post(number + 1, _at(number), text)) for number, text in enumerate(texts))
    return [
        care_opinion.story_of(post) | {"title": text, "body": f"{text} story {n}", "authorRole": text} for n, text, post in told
    ]


def _forum(texts: Sequence[str]) -> Any:
    """Each text as a page, as words in one, as what it quotes, as the topic and as who wrote it."""
    posts = [one for each in enumerate(texts) for one in _said_in_forum(*each)]
    return {"title": texts[0], "tags": list(texts), "post_stream": {"posts": posts}}


def _said_in_forum(number: int, text: str) -> Iterator[dict[str, Any]]:
    quoted = f'<aside class="quote"><blockquote>{text}</blockquote></aside><p>quoting</p>'
    for place, cooked in enumerate((text, f"<p>{escape(text)}</p>", quoted)):
        who = {"username": text, "name": text, "topic_slug": text, "created_at": _at(number).isoformat()}
        yield {
            "id": number * 3 + place + 1,
            "topic_id": 1,
            "post_number": 1,
            "cooked": f"{cooked} forum {number} {place}",
            **who,
        }


def _tweets(texts: Sequence[str]) -> Any:
    answer = x.answer_of([x.make_post(number, _at(number), f"{text} tweet {number}") for number, text in enumerate(texts)])
    for user, text in zip(answer["includes"]["users"], texts, strict=True):
        user |= {"username": text, "name": text}
    return answer


_PAGES: Mapping[str, Callable[[Sequence[str]], Any]] = {
    "sky": _sky,
    "toots": _toots,
    "stories": _stories,
    "forum": _forum,
    "tweets": _tweets,
}
