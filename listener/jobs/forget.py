"""A person who asks to be forgotten: found, taken out of everything that Listener keeps or shows, and not collected again."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from listener.jobs import analyse, digest, removals, traces
from listener.jobs.ledger import window_of
from listener.jobs.removals import Entry
from listener.jobs.service import Refused, Service
from storage.values import Week

if TYPE_CHECKING:
    from storage.forgetting import Person
    from storage.store import Unit
    from storage.values import Kept

_OF_A_POST = ("text", "note", "how", "name", "label", "of")
"""What decisions on a post may say of it: a paraphrase, notes, consent, a role, the hash of its words."""
DONE = "All that this person had said was taken out."


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Who is meant: by a handle, name or id (on one network if it is given), by the address of one of their posts, or by a mail
    address. Raises Refused for nobody."""

    author: str = ""
    network: str = ""
    url: str = ""
    email: str = ""

    def __post_init__(self) -> None:
        if not any(value.strip() for value in (self.author, self.url, self.email)):
            raise Refused("Say who is to be forgotten: --author HANDLE, --url ADDRESS or --email ADDRESS.", 2)

    @property
    def words(self) -> tuple[str, ...]:
        return tuple(word for word in (self.author, self.url, self.email) if word)


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What was removed: how many of each place, which quotes (week, reference), what weeks the contributions were of.

    `look_at` counts texts of ours with a name that may be a mere word: a person must look at them. `before` is when they were
    first forgotten, `is_settled` whether the log beside the database could be emptied.
    """

    counts: Mapping[str, int] = field(default_factory=dict)
    quotes: Sequence[tuple[int, str]] = ()
    weeks: Sequence[int] = ()
    look_at: int = 0
    before: datetime | None = None
    is_settled: bool = True

    @property
    def is_empty(self) -> bool:
        return not self.counts


def found(service: Service, asked: Asked) -> list["Kept"]:
    """The contributions that would go, for somebody to see whether it is the right person."""
    with service.store.read() as unit:
        return unit.posts.some(unit.forgetting.find(_sought(unit, asked)).rows)


def do(service: Service, asked: Asked) -> Report:
    """Takes them out of everything, and shows nothing of them any more. Doing it again finds nothing.

    Raises Refused when another process holds the work lock.
    """
    with service.working():
        report = _remove(service, asked)
        _make_again(service, report)
        report = replace(report, is_settled=service.store.settle())
    if report.quotes or "published digests" in report.counts:
        _deliver(service)
    return report


def replay(service: Service, lines: Iterable[str]) -> int:
    """Does once more what the lines of a list of removals say, in a restored database; how many of them found something.

    Renders nothing. Raises Refused for a damaged line: nothing was removed then.
    """
    known = 0
    with service.store.write() as unit:
        for entry in removals.heard(lines):
            known += bool(_replayed(service, unit, entry))
    service.store.settle()
    return known


def _replayed(service: Service, unit: "Unit", entry: Entry) -> int:
    now = service.now()
    if entry.act == "withdraw":
        gone = unit.editions.withdraw(unit.forgetting.rows_of(entry.seek), now)
        return len(gone) + (unit.editions.withdraw_week(entry.week, now, entry.version) if entry.week else 0)
    person = unit.forgetting.find(entry.seek)
    unit.forgetting.suppress(entry.refuse, entry.at)
    return sum(_taken_out(service, unit, person, ()).counts.values()) if person.is_known else 0


# --- how --------------------------------------------------------------------------------------------------------------


def _sought(unit: "Unit", asked: Asked) -> frozenset[bytes]:
    return unit.forgetting.sought(author=asked.author, network=asked.network, url=asked.url, email=asked.email)


def _remove(service: Service, asked: Asked) -> Report:
    """One transaction. It is written down first, so that a kill in between leaves it to be done again."""
    now = service.now()
    with service.store.write() as unit:
        sought = _sought(unit, asked)
        person, before = unit.forgetting.find(sought), _before(service, sought)
        refuse = person.marks | (frozenset() if before else _lasting(unit, asked, person))
        if person.is_known or not before:
            removals.append(service, Entry(at=now, act="forget", seek=sought | person.marks, refuse=refuse))
        unit.forgetting.suppress(refuse, now)
        report = _taken_out(service, unit, person, asked.words)
        if not report.is_empty:
            told = f"{report.counts.get('contributions', 0)} contributions, {len(report.quotes)} quotes"
            unit.accounts.note(0, "forget", told, now)
    return replace(report, before=before)


def _before(service: Service, sought: frozenset[bytes]) -> datetime | None:
    entries = removals.read(removals.beside(service.store.path))
    return next((entry.at for entry in entries if entry.act == "forget" and entry.seek & sought), None)


def _lasting(unit: "Unit", asked: Asked, person: "Person") -> frozenset[bytes]:
    """What of the asking itself goes on the list: a handle that was found need not, since its author does; elsewhere it may be
    somebody else's."""
    author = asked.author if asked.network or not person.is_known else ""
    return unit.forgetting.sought(author=author, network=asked.network, url=asked.url, email=asked.email)


def _taken_out(service: Service, unit: "Unit", person: "Person", words: Sequence[str]) -> Report:
    now, forgetting = service.now(), unit.forgetting
    known = traces.of((*person.names, *person.places, *words), person.texts, said_by_others=_not_theirs(service, unit, person))
    weeks = _weeks(service, unit.posts.moments([*person.rows, *person.passing]))
    counts: Counter[str] = Counter(contributions=forgetting.take_out(person, now), passed_on=len(person.passing))
    counts["notes on them"] = unit.decisions.redact(person.rows, *_OF_A_POST)
    quotes = unit.editions.withdraw(person.rows, now)
    counts["quotes"] = len(quotes)
    counts["references"] = forgetting.unname_posts(known.are_in)
    counts["raw answers of others"] = forgetting.drop_raws(known.are_in)
    counts["what was set aside"] = forgetting.unname_asides(known.are_in, now)
    look_at = _doubtful(unit, known)
    counts += forgetting.rewrite(known.hide, known.mask)
    counts["themes of held weeks"] = sum(_unword(unit, week, analysis) for week, analysis in forgetting.held_analyses().items())
    for request in person.requests:
        unit.editions.close_removal(request, 0, DONE, now)
    counts["requests"] += len(person.requests)
    return Report(counts=dict(+counts), quotes=quotes, weeks=weeks, look_at=look_at)


def _not_theirs(service: Service, unit: "Unit", person: "Person") -> Iterator[str]:
    """What we ask and what others say is nobody's trace."""
    exercise = service.config.exercise
    yield from (exercise.title, exercise.purpose, " ".join(f"#{tag}" for tag in exercise.hashtags))
    for week in exercise.weeks:
        yield from (week.question, week.title, *week.questions)
    yield from unit.forgetting.others(person)


def _weeks(service: Service, moments: Sequence[datetime]) -> tuple[int, ...]:
    return tuple(week.number for week in service.config.exercise.weeks if any(one in window_of(week) for one in moments))


def _doubtful(unit: "Unit", known: traces.Traces) -> int:
    """How many texts of ours hold a bare name that may be a word: none of them is changed."""
    count = 0

    def look(text: str) -> str:
        nonlocal count
        count += known.may_be_in(text)
        return text

    unit.forgetting.rewrite(look, lambda text: text)
    return count


def _unword(unit: "Unit", week: int, analysis: dict[str, Any]) -> bool:
    """A held week keeps its themes; a keyword that nobody says any more goes. Whether one did."""
    said = {
        kept.row: kept.post.text.casefold() for kept in unit.posts.some([r for c in analysis["clusters"] for r in c["members"]])
    }
    changed = False
    for cluster in analysis["clusters"]:
        texts = [said[row] for row in cluster["members"] if row in said]
        if len(texts) == len(cluster["members"]):
            continue
        kept = [word for word in cluster["keywords"] if any(word.casefold() in text for text in texts)]
        changed |= kept != cluster["keywords"]
        cluster["keywords"] = kept
    if changed:
        unit.forgetting.keep_held_analysis(week, analysis)
    return changed


def _make_again(service: Service, report: Report) -> None:
    """Every internal page; weeks that nobody has touched yet are grouped again without them."""
    if report.is_empty:
        return
    with service.store.read() as unit:
        drafts, held = unit.analyses.drafts(), unit.decisions.held()
    for week in _numbered(service, set(report.weeks) - held):
        if week.number in drafts:
            analyse.do(service, week)
    for week in _numbered(service, drafts):
        digest.do(service, week)


def _numbered(service: Service, numbers: Iterable[int]) -> Iterator[Week]:
    wanted = set(numbers)
    return (week for week in service.config.exercise.weeks if week.number in wanted)


def _deliver(service: Service) -> None:
    from listener.jobs import deliver

    deliver.do(service)
