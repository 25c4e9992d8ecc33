"""A week as the desk shows it, kept until something about it changes: a page of a week of thousands is drawn at once."""

from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from threading import Lock

from flask import abort, current_app

from collectors.post import Post
from digests import desk as sight
from digests import history
from digests.desk import Item, View
from digests.history import Told
from digests.quoting import Desk
from listener.jobs import desk, urgent
from listener.jobs.ledger import window_of
from listener.jobs.service import Service
from listener.web import doors
from storage.curated import Decision, Hold
from storage.values import Kept, Week

Key = tuple[object, ...]
_KEPT = "listener.views"
_MOST = 12
NOBODY = "Listener"
"""Who did what no account did."""


@dataclass(frozen=True, kw_only=True)
class Seen:
    """A week with everything that a page of it may show. `names` are those of accounts, by id, `alarming` rows with words
    that may mean danger."""

    view: View
    hold: Hold | None
    decisions: Sequence[Decision]
    names: Mapping[int, str]
    alarming: frozenset[int] = frozenset()

    @property
    def newest(self) -> int:
        """What a form says its writer had before their eyes."""
        return self.view.curation.newest

    @cached_property
    def acts(self) -> tuple[Told, ...]:
        return history.told(self.hold, self.decisions)

    @property
    def quoting(self) -> Desk:
        return Desk(self.view.curation, self.view.facts.counts_only)

    @cached_property
    def urgent(self) -> tuple[Item, ...]:
        """What may not be able to wait and nobody has seen to, also of what may not be shown; newest first."""
        every = (*self.view.items, *self.view.withheld)
        first = [item for item in every if item.row in self.alarming and not (item.handled or item.flagged)]
        return tuple(sorted(first, key=lambda item: item.kept.post.posted_at, reverse=True))

    def name(self, account: int) -> str:
        return self.names.get(account, NOBODY)


class Views:
    """The newest few, by what they were made of."""

    def __init__(self) -> None:
        self._kept: OrderedDict[Key, Seen] = OrderedDict()
        self._alarming: dict[tuple[int, int], bool] = {}
        self._lock = Lock()

    def get(self, key: Key) -> Seen | None:
        with self._lock:
            return self._kept.get(key)

    def keep(self, key: Key, seen: Seen) -> Seen:
        """Those of the same week that are older go: they hold words that may be gone by now."""
        with self._lock:
            for old in [one for one in self._kept if one[0] == key[0]]:
                del self._kept[old]
            self._kept[key] = seen
            if len(self._kept) > _MOST:
                self._kept.popitem(last=False)
        return seen

    def alarming(self, posts: Iterable[Kept], look: Callable[[Post], bool]) -> frozenset[int]:
        """The rows of those that `look` finds; each wording is looked at once."""
        told = [(kept.row, kept.post, (kept.row, hash((kept.post.title, kept.post.text, kept.post.warning)))) for kept in posts]
        with self._lock:
            for _, post, mark in told:
                if mark not in self._alarming:
                    self._alarming[mark] = look(post)
            return frozenset(row for row, _, mark in told if self._alarming[mark])


def week(number: int) -> Week:
    """Raises NotFound for a week that the exercise does not have."""
    try:
        return doors.service().config.exercise.week(number)
    except KeyError:
        abort(404)


def of(number: int) -> Seen:
    """The week of this number as it is at this moment. Raises NotFound where there is none, or it has not begun."""
    service, found = doors.service(), week(number)
    if found.opens > service.now():
        abort(404)
    views: Views = current_app.extensions.setdefault(_KEPT, Views())
    key = _key(service, found)
    return views.get(key) or views.keep(key, _made(service, found, views))


def _key(service: Service, week: Week) -> Key:
    """Changes whenever anything does that the desk shows; the week's number comes first."""
    window = window_of(week)
    with service.store.read() as unit:
        said = (unit.runs.newest(window), unit.posts.count(window), unit.posts.newest())
        names = tuple((account.id, account.name) for account in unit.accounts.all())
        return (week.number, *said, unit.decisions.newest(week.number), unit.analyses.get_version(week.number), names)


def _made(service: Service, week: Week, views: Views) -> Seen:
    facts = desk.facts(service, week)
    with service.store.read() as unit:
        decisions, hold = unit.decisions.of(week.number), unit.decisions.hold(week.number)
        names = {account.id: account.name for account in unit.accounts.all()}
    alarming = views.alarming([*facts.posts, *facts.tray], urgent.finder(service))
    return Seen(view=sight.view(facts, decisions), hold=hold, decisions=decisions, names=names, alarming=alarming)
