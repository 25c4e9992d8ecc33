"""A week at the desk whose every input was hostile: what sources said, what was typed, who typed it; and all its pages.

with opened(folder, texts, about) as week:
    for path, answer in week.pages(): …
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from collectors.base import MemoryVault
from digests import public
from digests.acts import LONGEST_LABEL
from digests.curation import wording
from digests.edition import ChangeEntry
from listener import config
from listener.jobs import analyse, collect, contribute, deliver, desk, digest, publish, takedown
from listener.jobs.collect import Task
from listener.jobs.contribute import Brought
from listener.jobs.ledger import window_of
from listener.jobs.service import Service
from storage.curated import Edition
from storage.store import Store
from storage.values import Kept, Week
from tests import hostile_sources
from tests.desk_clients import make_app, signed_in
from tests.hostile import packed
from tests.services import FIRST
from tests.watched import Answer

LINE, PROSE = 200, 2_000
"""Characters that fields of one line, and of many, let through."""


class Clock:
    """Goes on with each look, so that no form comes back too fast."""

    def __init__(self) -> None:
        self.at = FIRST + timedelta(days=8)

    def __call__(self) -> Any:
        self.at += timedelta(seconds=3)
        return self.at


@dataclass(kw_only=True)
class HostileDesk:
    """`texts` in everything. `themes` are keys of the themes that people named. Of the many pages that differ in their theme or
    contribution alone, each `every`-th is shown; the lists show them all."""

    service: Service
    week: Week
    texts: Sequence[str]
    themes: list[str] = field(default_factory=list)
    every: int = 1

    def __post_init__(self) -> None:
        self.app = make_app(self.service)
        self.staff = signed_in(self.service, "operator", app=self.app)
        self.visitor = signed_in(self.service, None, app=self.app)

    def get(self, path: str) -> Answer:
        """A page of the desk, as somebody sees it who may see everything; the sign-in and its like as anybody does."""
        client = self.visitor if path.startswith(("/sign-in", "/remove?", "/remove/")) else self.staff
        return _answer_of(client.get(path))

    # --- what is typed ----------------------------------------------------------------------------------------------------

    def act(self, by: int, target: str, verb: str, **value: Any) -> None:
        desk.act(self.service, self.week, by, target, verb, value, seen=1_000_000)

    def decide(self) -> None:
        """Each text by somebody of a hostile name: named themes with stories, paraphrases, permissions, roles, notes."""
        posts = self._posts()
        said = [kept.row for kept in posts if kept.post.network == "form"]
        spare = [kept.row for kept in posts if kept.post.network == "web"]
        first = self._first_theme()
        for number, text in enumerate(packed(self.texts, LONGEST_LABEL - 8)):
            by = self._account(text, number)
            self.themes.append(self._named(by, first, spare[number], f"{text} {number}"))
            self._tell(by, said[number], self.themes[-1], text, number)
        self.act(1, "week", "summary", text=next(packed(self.texts, PROSE)))
        for number, text in enumerate(packed(self.texts, PROSE // 2 - 20)):
            self.act(1, f"theme:{self.themes[number]}", "add", kind="prose", text=f"- {text}\n- [x](<{text}>)")
        self._add_by_hand()

    def _posts(self) -> list[Kept]:
        with self.service.store.read() as unit:
            return list(unit.posts.of(window_of(self.week)))

    def _first_theme(self) -> str:
        self.act(1, "week", "summary", text="x")
        return desk.state(self.service, self.week)[1].themes[0].key

    def _account(self, text: str, number: int) -> int:
        """No door lets such a name in; the pages do not rely on that."""
        with self.service.store.write() as unit:
            return unit.accounts.add(f"{text} {number}", "curator", "", self.service.now()).id

    def _named(self, by: int, first: str, row: int, label: str) -> str:
        """The key of a new theme of this name, renamed once so that it had another."""
        self.act(by, f"post:{row}", "move", theme=first)
        self.act(by, f"theme:{first}", "split", rows=[row], label=f"{label} a")
        themes = desk.state(self.service, self.week)[1].themes
        key = next(theme.key for theme in themes if theme.rows == (row,))
        self.act(by, f"theme:{key}", "rename", label=label)
        return key

    def _tell(self, by: int, row: int, theme: str, text: str, number: int) -> None:
        """What is said of one answer, and the story that it is told in."""
        target = f"post:{row}"
        self.act(by, target, "move", theme=theme)
        self.act(by, f"theme:{theme}", "add", kind="quote", row=row)
        self.act(by, target, "paraphrase", text=text)
        self.act(by, target, "consent", state="yes", how=text, name=text)
        self.act(by, target, "role", label=text)
        self.act(by, target, "mode", mode=("verbatim", "named", "paraphrase")[number % 3])
        self.act(by, f"theme:{theme}", "add", kind="heading", text=text)
        self.act(by, f"theme:{theme}", "add", kind="prose", text=f"{text}\n\n[{text}]({text}) ![{text}]({text}) **{text}**")

    def _add_by_hand(self) -> None:
        """Letters that came in since; each is hidden with a note."""
        for text in packed(self.texts, LINE):
            token, at = contribute.new_token(self.service.now()), FIRST
            fields = dict.fromkeys(("text", "role", "name", "reason"), text)
            contribute.do(self.service, self.week, 1, Brought(kind="letter", at=at, why="written", token=token, **fields))
            with self.service.store.read() as unit:
                row = unit.posts.newest()
            self.act(1, f"post:{row}", "hide", reason="advert", note=text)

    # --- what is published ------------------------------------------------------------------------------------------------

    def publish(self) -> None:
        """Two versions, the second as if there had been many; then somebody asks for quotes."""
        notes = list(packed(self.texts, publish.LONGEST_NOTE))
        self._publish_one(notes[:1])
        self._publish_one(notes)
        deliver.do(self.service)
        for number, text in enumerate(packed(self.texts, LINE)):
            ref = text if number % 2 else f"1-{number + 1:02}"
            takedown.ask(self.service, week=1, ref=ref, reason=text, contact=text)

    def _publish_one(self, notes: Sequence[str]) -> None:
        """Past the gate, which lets hardly any of it through."""
        ready = publish.preview(self.service, self.week)
        said = {kept.row: wording(kept.post) for kept in ready.facts.posts}
        changes = [ChangeEntry(version=n, date=self.week.ends, sentence=note) for n, note in enumerate(notes, 1)]
        digest = replace(ready.digest, changes=tuple(changes))
        content = public.to_json(digest)
        named = sha256(content.encode()).hexdigest()
        edition = Edition(
            week=1, version=digest.version, at=self.service.now(), by=1, content=content, hash=named, note=notes[-1]
        )
        with self.service.store.write() as unit:
            unit.editions.add(edition, [replace(one, said=said[one.row]) for one in public.quotes(digest)])

    def withdraw(self) -> None:
        publish.withdraw_week(self.service, 1, 1)

    # --- what is shown ----------------------------------------------------------------------------------------------------

    def pages(self) -> Iterator[tuple[str, Answer]]:
        """Everything that may say any of it, each by where it was asked for."""
        for path in self.paths():
            yield path, self.get(path)
        yield from self.sent()
        yield from self.files()

    def paths(self) -> Iterator[str]:
        """Every page of the desk that may say any of it."""
        week, posts, spoken_of = "/weeks/1", self._posts(), self._spoken_of()
        yield from ("/", "/people", "/record", "/deliveries", "/removals", "/remove", "/remove/thanks/1")
        yield from (
            f"{week}{place}" for place in ("", "/read-first", "/add", "/publish", "/fragment", "/withdraw", "/preview/")
        )
        yield from (f"{week}/preview/{name}" for name in ("fragment.html", "digest.txt", "digest.json"))
        yield from self._leaves(len(posts))
        rows = [kept.row for kept in posts if f"post:{kept.row}" in spoken_of]
        yield from (f"{week}/contributions/{row}" for row in rows[:: self.every])
        yield from (f"{week}/themes/{key}" for key in self.themes[:: self.every])
        for key, other in list(pairwise(self.themes))[:: 6 * self.every]:
            yield from (f"{week}/themes/{key}/split", f"{week}/themes/{key}/merge?into={other}")
        yield from (f"{week}/withdraw/{one.ref}" for one in publish.live(self.service, 1)[:: 6 * self.every])
        with self.service.store.read() as unit:
            asked = [one.id for one in unit.editions.removals()]
        yield from (f"/removals/{number}" for number in asked[:: self.every])
        yield from (f"/draft/{name}" for name in self._drafts())
        yield from self.published()
        yield from self._asked()

    def _drafts(self) -> list[str]:
        names = _names(self.service.config.output)
        themes = [name for name in names if "/theme-" in name]
        return [name for name in names if name not in themes] + themes[:: self.every]

    def published(self) -> list[str]:
        """The published pages of every version, and the newest's other files, as the desk shows them."""
        names = _names(self.service.config.publish.folder)
        return [f"/published/{name}" for name in names if name.endswith("index.html") or name.count("/") == 1]

    def _leaves(self, posts: int) -> Iterator[str]:
        week = "/weeks/1"
        yield from (f"{week}/contributions?page={number}" for number in range(1, posts // 50 + 2))
        yield from (f"{week}/contributions?state={one}&order=theme" for one in ("chosen", "hidden", "left-out", "since", "yes"))
        with self.service.store.read() as unit:
            acts = len(unit.decisions.of(1))
        yield from (f"{week}/tray", *(f"{week}/acts?page={number}" for number in range(1, acts // 50 + 2)))

    def _spoken_of(self) -> set[str]:
        with self.service.store.read() as unit:
            return {one.target for one in unit.decisions.of(1) if one.verb in ("role", "hide")}

    def _asked(self) -> Iterator[str]:
        """Texts in the query and in the path."""
        for text in packed(self.texts, LINE):
            said = dict.fromkeys(("words", "channel", "theme", "tone", "state", "order"), text)
            yield f"/weeks/1/contributions?{urlencode({'words': text} if len(text) % 2 else said)}"
        for text in packed(self.texts, PROSE):
            yield f"/weeks/1/themes/{self.themes[0]}/split?{urlencode({'label': text, 'words': text, 'rows': '1'})}"
            yield f"/weeks/1/preview/{quote(text, safe='')}?{urlencode({'note': text})}"
            yield from (f"/{quote(text)}", f"/weeks/1/themes/{quote(text, safe='')}", f"/record?{urlencode({'before': text})}")
            yield from (f"/sign-in?{urlencode({'next': text})}", f"/remove?{urlencode({'quote': text})}")

    def sent(self) -> Iterator[tuple[str, Answer]]:
        """What the desk answers to forms that it cannot do: it shows what was typed, however long it is."""
        for number, text in enumerate(packed(self.texts, PROSE)):
            yield from self._sent(number, text)
        text = " ".join(self.texts)
        yield self._post("/weeks/1/publish", note=text, content=text, although=text)
        yield self._post("/weeks/1/approve", content=text, seen="1")
        yield self._post("/removals/1/refuse", reason=" ")
        yield self._post("/weeks/1/acts", csrf_token=text)

    def _sent(self, number: int, text: str) -> Iterator[tuple[str, Answer]]:
        typed = dict.fromkeys(
            ("back", "drawn", "how", "name", "reason", "note", "text", "label", "state", "tone", "mode"), text
        )
        typed |= {"text": f"{text} {'x' * PROSE}", text[:50]: text}
        for target, verb in (("post:1", "hide"), ("post:1", "consent"), ("week", "summary"), (f"theme:{text}", text)):
            yield self._post("/weeks/1/acts", target=target, verb=verb, seen="0", **typed)
        yield self._post("/people/1/role", role=text)
        told = dict.fromkeys(("kind", "day", "clock", "text", "role", "name", "why", "reason", "token"), text)
        yield self._post("/weeks/1/add", **told)
        told = dict.fromkeys(("ref", "week", "reason", "contact"), text[:800])
        address = {"REMOTE_ADDR": f"192.0.2.{number % 250}"}  # of each not so many are taken in an hour
        yield "/remove", _answer_of(self.visitor.post("/remove", data=told, environ_base=address))
        if number < 5:  # more tries are not let through
            yield "/sign-in", _answer_of(self.visitor.post_form("/sign-in", name=text, password=text, next=text))

    def _post(self, path: str, **fields: Any) -> tuple[str, Answer]:
        return path, _answer_of(self.staff.post_form(path, **fields))

    def files(self) -> Iterator[tuple[str, Answer]]:
        """What lies in the public folder, as a web server shows it that adds nothing; and the fragments inside other pages."""
        folder = self.service.config.publish.folder
        headers = {"Content-Type": "text/html; charset=utf-8"}
        for name in (name for name in _names(folder) if name.endswith(".html")):
            content = (folder / name).read_bytes()
            yield f"public/{name}", Answer(200, headers, content)
            if name.endswith("fragment.html"):
                page = b"<!DOCTYPE html><html lang=en><title>Another system</title><body><h1>Ours</h1>%b<p>End</p>" % content
                yield f"public/{name}?inside", Answer(200, headers, page)


@contextmanager
def opened(folder: Path, texts: Sequence[str], about: Sequence[str], every: int = 1) -> Iterator[HostileDesk]:
    """Collected, grouped, decided about, published and delivered; its internal pages are made. The config says `about`, which
    every page says again."""
    loaded = config.load(hostile_sources.write(folder, texts, about))
    store = Store(loaded.storage, b"secret")
    service = Service(config=loaded, store=store, vault=MemoryVault(), now=Clock(), stopped=lambda: False)
    made = HostileDesk(service=service, week=loaded.exercise.week(1), texts=texts, every=every)
    try:
        for name in hostile_sources.LISTENED:
            collect.do(service, Task(source=name, window=window_of(made.week), why="manual"))
        analyse.do(service, made.week)
        made.decide()
        made.publish()
        digest.do(service, made.week)
        made.staff = signed_in(service, "operator", app=made.app)  # by the clock, so much was done that the session is over
        yield made
    finally:
        store.close()


def _answer_of(answer: Any) -> Answer:
    """What a test client was answered."""
    with answer:
        return Answer(answer.status_code, dict(answer.headers), answer.get_data())


def _names(folder: Path) -> list[str]:
    return sorted(one.relative_to(folder).as_posix() for one in folder.rglob("*") if one.suffix in (".html", ".txt", ".json"))
