"""A desk in the middle of the invented exercise: a week published twice, one withdrawn, one half done, one open, one to come.

with opened(folder) as lived:
    lived.app, lived.service, lived.row("hidden"), lived.themes
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from flask import Flask

from collectors.base import MemoryVault
from digests import gate
from listener import config
from listener.demo import build
from listener.jobs import analyse, collect, contribute, desk, digest, publish, takedown
from listener.jobs.collect import Task
from listener.jobs.contribute import Brought
from listener.jobs.ledger import window_of
from listener.jobs.service import Service
from listener.web import doors
from storage.curated import ROLES
from storage.store import Store
from storage.values import Kept, Week
from tests.desk_clients import make_app

MORE = """
[serve]
address = "http://desk.marshvale.example"

[publish]
folder = "public"
command = ["false"]

[privacy]
notice = "https://marshvale.example/privacy"
accessibility = "https://marshvale.example/accessibility"

[safeguarding]
lead = "lead@marshvale.example"
deputy = "deputy@marshvale.example"
phrases = ["ambulance"]
read_when = "We read what comes in from Monday to Friday, 9am to 5pm."
urgent = "If somebody is in danger, call 999."
"""
LAST = datetime(2026, 10, 30, 12, tzinfo=UTC)
LONG_NAME = "a.very.long.name.of.somebody@an.even.longer.trust.example"
BEN, CLEO, VERA, OLA, DORA = 2, 3, 1, 4, 5
"""Accounts: a curator, a publisher, a viewer, an operator, a second curator."""
STORY = "Carers want **one** person to ring.\n\n- Say who it is.\n- Say until when.\n\nThere is [a guide](https://example.org/guide)."
OURS = (
    "A family waited for news and only heard of the plan when it had been made.",
    "One carer was asked what matters at breakfast, and felt that they counted.",
    "Help came once somebody put the right name on the form.",
)


class Clock:
    """Goes on by a step with each look."""

    def __init__(self, at: datetime, step: timedelta = timedelta(seconds=1)) -> None:
        self.at, self._step = at, step

    def __call__(self) -> datetime:
        self.at += self._step
        return self.at


@dataclass(kw_only=True)
class LivedDesk:
    """`rows` names a contribution of week 3 for each thing that can be decided about one; `themes` are the keys of week 3's."""

    service: Service
    clock: Clock
    rows: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.app: Flask = make_app(self.service)
        self.app.add_url_rule("/fails", "fails", doors.everyone(_fail))

    def week(self, number: int) -> Week:
        return self.service.config.exercise.week(number)

    def themes(self, number: int = 3) -> Sequence[str]:
        return [theme.key for theme in desk.state(self.service, self.week(number))[1].themes]

    def told_themes(self) -> Sequence[str]:
        """Of week 3: one with a story, one that another was merged into, one that was split off, one that nobody touched."""
        themes = desk.state(self.service, self.week(3))[1].themes
        kinds = ("elements", "merged", "split_from")
        told = [next(theme.key for theme in themes if getattr(theme, kind)) for kind in kinds]
        untouched = next(theme.key for theme in themes if not any(getattr(theme, kind) for kind in kinds))
        return list(dict.fromkeys((*told, untouched)))

    # --- what happened ------------------------------------------------------------------------------------------------------

    def live(self) -> None:
        """Four weeks, each on its days."""
        for name, role in zip(("vera", "ben", "cleo", "ola", LONG_NAME), (*ROLES, "curator"), strict=True):
            with self.service.store.write() as unit:
                unit.accounts.add(name, role, "", self.service.now())
        for number, sources in ((1, None), (2, None), (3, ("x", "bluesky", "questionnaire")), (4, None)):
            self.clock.at = min(self.week(number).closes + timedelta(hours=6), LAST)
            self._listen(number, sources)
            analyse.do(self.service, self.week(number))
            (self._publish_twice, self._publish_and_withdraw, self._work, lambda: None)[number - 1]()
        for number in (1, 2, 3, 4):
            digest.do(self.service, self.week(number))
        self._ask_for_quotes()
        with self.service.store.write() as unit:
            unit.accounts.disable(DORA, self.service.now())

    def act(self, number: int, target: str, verb: str, by: int = BEN, **value: Any) -> None:
        desk.act(self.service, self.week(number), by, target, verb, value, seen=1_000_000)

    def _listen(self, number: int, sources: Sequence[str] | None) -> None:
        for source in sources or [one.name for one in self.service.config.sources]:
            collect.do(self.service, Task(source=source, window=window_of(self.week(number)), why="manual"))

    def _publish_twice(self) -> None:
        """The second version has a quote less."""
        self._tell_stories(1)
        self._publish(1)
        publish.withdraw_quote(self.service, 1, publish.live(self.service, 1)[0].ref, CLEO)

    def _publish_and_withdraw(self) -> None:
        self._tell_stories(2)
        self._publish(2)
        publish.withdraw_week(self.service, 2, CLEO)

    def _tell_stories(self, number: int) -> None:
        self.act(number, "week", "summary", text="Carers want to be told early.\n\nThey also want to be **asked**.")
        first, second, *_ = self.themes(number)
        self.act(number, f"theme:{first}", "add", kind="prose", text=STORY)
        self.act(number, f"theme:{first}", "add", kind="heading", text="Where it went well")
        for key, words in ((first, OURS[:2]), (second, OURS[2:])):
            for row, text in zip(self._quotable(number, key), words, strict=False):
                self._paraphrase(number, row, text)
                self.act(number, f"theme:{key}", "add", kind="quote", row=row)
        facts = desk.facts(self.service, self.week(number))
        if gaps := gate.gaps_key(facts):
            self.act(number, "week", "acknowledge", gaps=gaps)

    def _paraphrase(self, number: int, row: int, text: str) -> None:
        self.act(number, f"post:{row}", "paraphrase", text=text)
        self.act(number, f"post:{row}", "check", by=DORA)

    def _publish(self, number: int) -> None:
        week = self.week(number)
        publish.approve(self.service, week, CLEO, publish.preview(self.service, week).content_hash, 1_000_000)
        publish.publish(self.service, week, CLEO, publish.preview(self.service, week).content_hash)

    def _work(self) -> None:
        """Half done: everything that can be decided about a contribution is decided about one; mails come since."""
        self._tell_stories(3)
        first, second, third, fourth, *_ = self.themes()
        self.act(3, f"theme:{first}", "rename", label="Being told before the day")
        self.act(3, f"theme:{third}", "merge", into=second)
        rows = self.members(fourth)
        self.act(3, f"theme:{fourth}", "split", rows=rows[: len(rows) // 2], label="Taken apart " + "w" * 100)
        spare = self.members(first)[4:]
        answered = next(row for row in reversed(spare) if self._kept(3, row).post.network == "form")
        named = ("hidden", "left out", "flagged", "asked", "yes", "no", "role", "toned", "moved", "unchecked", "handled")
        self.rows |= {"edited": answered} | dict(zip(named, spare, strict=False))
        for name, (verb, value) in _DECIDED.items():
            self.act(3, f"post:{self.rows[name]}", verb, **value)
        self.act(3, f"post:{self.rows['moved']}", "move", theme=second)
        for name in ("unchecked", "edited"):
            self.act(3, f"theme:{first}", "add", kind="quote", row=self.rows[name])
        self.act(3, "week", "order", themes=list(reversed(self.themes())))
        self._come_since()

    def _come_since(self) -> None:
        """Mails, a letter; and an answer says something else."""
        answers = self.service.config.file.parent / "questionnaire.csv"
        said = self._kept(3, self.rows["edited"]).post.text
        answers.write_text(answers.read_text("utf-8").replace(said[:40], f"No: {said[:40]}"), "utf-8")
        self._listen(3, ("mailbox", "questionnaire"))
        token, at = contribute.new_token(self.service.now()), self.week(3).opens + timedelta(days=2)
        letter = Brought(kind="letter", at=at, text="The ambulance came late.\n\nPlease ring me.", role="a carer", token=token)
        contribute.do(self.service, self.week(3), BEN, letter)
        with self.service.store.read() as unit:
            self.rows["since"] = unit.posts.newest()

    def _ask_for_quotes(self) -> None:
        """One has waited for longer than a day, another means no quote that there is."""
        ref = publish.live(self.service, 1)[0].ref
        self.clock.at = LAST - timedelta(hours=30)
        takedown.ask(self.service, week=1, ref=ref, reason="It is me.\n" + "x" * 300, contact="me@example.org")
        self.clock.at = LAST
        takedown.ask(self.service, week=0, ref="that one of mine", reason="", contact="")

    # --- what there is ------------------------------------------------------------------------------------------------------

    def members(self, key: str, number: int = 3) -> list[int]:
        theme = desk.state(self.service, self.week(number))[1].theme(key)
        return list(theme.rows) if theme else []

    def _quotable(self, number: int, key: str) -> list[int]:
        """Rows of a theme that may be told in our words, which none of ours then repeat."""
        kept = {one.row: one.post for one in self._posts(number)}
        return [row for row in self.members(key, number) if kept[row].network == "bluesky"]

    def _posts(self, number: int) -> Sequence[Kept]:
        with self.service.store.read() as unit:
            return list(unit.posts.of(window_of(self.week(number))))

    def _kept(self, number: int, row: int) -> Kept:
        return next(one for one in self._posts(number) if one.row == row)


def _fail() -> str:
    raise RuntimeError("a page that does not work")


_DECIDED: Mapping[str, tuple[str, Mapping[str, Any]]] = {
    "hidden": ("hide", {"reason": "abuse", "note": "It names somebody " + "y" * 100}),
    "left out": ("hide", {"reason": "advert"}),
    "flagged": ("flag", {}),
    "asked": ("consent", {"state": "asked", "how": "by email on Tuesday"}),
    "yes": ("consent", {"state": "yes", "how": "by email", "name": "Sam"}),
    "no": ("consent", {"state": "no", "how": "by phone"}),
    "role": ("role", {"label": "A carer of a parent"}),
    "toned": ("tone", {"tone": "difficult"}),
    "unchecked": ("paraphrase", {"text": "Somebody rang at night and nobody answered. " * 5}),
    "edited": ("paraphrase", {"text": "Somebody was glad to be asked."}),
    "handled": ("handled", {}),
}


@contextmanager
def opened(folder: Path) -> Iterator[LivedDesk]:
    """The whole exercise until the Friday of its fourth week."""
    build.write(folder)
    file = folder / "listener.toml"
    file.write_text(file.read_text("utf-8") + MORE, "utf-8")
    loaded, clock = config.load(file), Clock(LAST)
    store = Store(loaded.storage, b"secret")
    service = Service(config=loaded, store=store, vault=MemoryVault(), now=clock, stopped=lambda: False)
    try:
        lived = LivedDesk(service=service, clock=clock)
        lived.live()
        yield lived
    finally:
        store.close()
