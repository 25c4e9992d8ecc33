"""The weekly page: when it is due, and its making. What does not change is not written again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import blake2b
from itertools import chain
from typing import TYPE_CHECKING

from listener.jobs import analyse, ledger, output, register, timetable
from listener.jobs.service import Service
from storage.values import Coverage, Draft, Exercise, Week

if TYPE_CHECKING:
    from digests.digest import Digest
    from digests.tally import Facts
    from listener.config import Schedule
    from storage.store import Unit
    from storage.values import Request

_PAUSE = timedelta(hours=1)
# Networks whose posts may be shown as cards only under a contract.
_CONTRACT_NEEDED = frozenset({"x"})


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """What may be newer than a week's page: the newest run that told something, and the newest decision."""

    upto: int = 0
    decided: int = 0


def due(
    exercise: Exercise, schedule: "Schedule", drafts: Mapping[int, Draft], news: Mapping[int, News], now: datetime
) -> list[Week]:
    """The weeks whose page should be made now.

    A week's page appears with its first posts, follows them hourly, and is made afresh at the time of analysis. What a person
    decides is on it at once.
    """
    begun = [week for week in exercise.weeks if week.opens <= now]
    promised = {week.number: timetable.of(exercise, week, schedule).analysis for week in begun}
    return [
        week for week in begun if _is_due(drafts.get(week.number), news.get(week.number, News()), promised[week.number], now)
    ]


def _is_due(draft: Draft | None, news: News, promised: datetime, now: datetime) -> bool:
    if draft is None:
        return news.upto > 0 or news.decided > 0 or now >= promised
    if draft.checked_at < promised <= now or news.decided > draft.decided:
        return True
    return news.upto > draft.upto and now - draft.checked_at >= _PAUSE


def due_now(service: Service) -> list[Week]:
    """The weeks whose page the ledger says is due at this moment."""
    exercise = service.config.exercise
    with service.store.read() as unit:
        decided = unit.decisions.newest_by_week()
        news = {week.number: _news(unit, week, decided) for week in exercise.weeks}
        drafts = unit.analyses.drafts()
    return due(exercise, service.config.schedule, drafts, news, service.now())


def _news(unit: "Unit", week: Week, decided: Mapping[int, int]) -> News:
    """A page tells of themes of earlier weeks too, so what is decided there is news of it."""
    newest = max((seq for number, seq in decided.items() if number <= week.number), default=0)
    return News(upto=unit.runs.newest(ledger.window_of(week)), decided=newest)


def do(service: Service, week: Week) -> Draft:
    """Makes the week's pages and the index. The page's "as of" moves only when something else on it does.

    That it was done is written down last, so that a kill in the middle leaves it due.
    """
    with service.store.read() as unit:
        drafts = unit.analyses.drafts()
    made = {week.number: _write(service, week, drafts)}
    for other in _that_tell_of(service, week, drafts.get(week.number), made[week.number]):
        if before := drafts.get(other.number):
            after = _write(service, other, drafts | made)
            made[other.number] = replace(after, checked_at=before.checked_at, upto=before.upto, decided=before.decided)
    _write_index(service, drafts | made)
    with service.store.write() as unit:
        for draft in made.values():
            unit.analyses.keep_draft(draft)
    return made[week.number]


def _that_tell_of(service: Service, week: Week, before: Draft | None, after: Draft) -> list[Week]:
    """The weeks whose pages say something of this one: all have a link to it, and later ones how many more or fewer came and
    which themes go on."""
    others = [one for one in service.config.exercise.weeks if one != week]
    if before is None:
        return others
    return [one for one in others if one.number > week.number] if before.content != after.content else []


def _write(service: Service, week: Week, drafts: Mapping[int, Draft]) -> Draft:
    from digests import pages

    service.tell(f"writing week {week.number}", 0, None)
    facts, news = gather(service, week, frozenset({*drafts, week.number}))
    facts = replace(facts, earlier={number: draft.contributions for number, draft in drafts.items() if number < week.number})
    digest, draft = _dated(facts, news, drafts.get(week.number))
    output.write(service.config.output, pages.render(digest), within=digest.folder)
    return draft


def _dated(facts: "Facts", news: News, before: Draft | None) -> tuple["Digest", Draft]:
    """The digest with its last "as of" if nothing else changed, else with the present one."""
    from digests import compose

    if before is not None:
        unmoved = compose.compose(replace(facts, as_of=before.as_of))
        if fingerprint(unmoved) == before.content:
            return unmoved, replace(before, checked_at=facts.as_of, upto=news.upto, decided=news.decided)
    digest = compose.compose(facts)
    told = compose.summarise(digest)
    return digest, Draft(
        week=facts.week.number,
        as_of=facts.as_of,
        checked_at=facts.as_of,
        upto=news.upto,
        contributions=told.contributions,
        finding=told.finding,
        gaps=told.gaps,
        content=fingerprint(digest),
        decided=news.decided,
    )


def fingerprint(digest: "Digest") -> str:
    """Names everything that a page shows but its links to other weeks: a new week is no news of an old one."""
    return blake2b(repr(replace(digest, weeks=())).encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def _write_index(service: Service, drafts: Mapping[int, Draft]) -> None:
    from digests import pages
    from digests.digest import WeekSummary

    made = [
        WeekSummary(number=number, contributions=draft.contributions, finding=draft.finding, gaps=draft.gaps)
        for number, draft in sorted(drafts.items())
    ]
    as_of = max(draft.as_of for draft in drafts.values())
    output.write(service.config.output, pages.index(service.config.exercise, made, as_of))


def gather(service: Service, week: Week, made: frozenset[int]) -> tuple["Facts", News]:
    """Everything the week's page is made from, and the newest that it knows of. `made` are the weeks that have a page.

    Of a week that people work on the facts are as they left them, whatever a later analysis found.
    """
    from digests.curation import fold
    from digests.held import as_held
    from listener.analysis.asked import asked_about

    covered = coverage(service, week)
    with service.store.read() as unit:
        facts = replace(_found(service, unit, week), coverage=covered, made=made, counts_only=counts_only(service))
        news = _news(unit, week, unit.decisions.newest_by_week())
        hold, decisions = unit.decisions.hold(week.number), unit.decisions.of(week.number)
    left = facts if hold is None else as_held(facts, hold, fold(hold, decisions))
    if left.analysis is None:
        return left, news
    return replace(left, asked=asked_about(week, left.analysis.clusters), requests=_requests(service, left)), news


def _requests(service: Service, facts: "Facts") -> Mapping[int, Sequence["Request"]]:
    """What is asked in whatever the analysis looked at; of a week that is grouped as a sample, in the sample."""
    from listener.analysis import asks

    found = facts.analysis
    if found is None:
        return {}
    rows = {*chain.from_iterable(one.members for one in found.clusters), *found.alone, *found.copies}
    texts = {kept.row: kept.post.text for kept in facts.posts if kept.row in rows and kept.post.kind != "repost"}
    return asks.of_week(texts, questions(service.config.exercise))


def questions(exercise: Exercise) -> tuple[str, ...]:
    """Everything that the exercise asks."""
    return tuple(text for week in exercise.weeks for text in (week.question, *week.questions))


def _found(service: Service, unit: "Unit", week: Week) -> "Facts":
    from digests.tally import Facts

    window, drafts, scorer = ledger.window_of(week), unit.analyses.drafts(), analyse.scorer(service, week)
    return Facts(
        exercise=service.config.exercise,
        week=week,
        posts=list(unit.posts.of(window)),
        scores=unit.analyses.scores(window, scorer),
        analysis=unit.analyses.get(week.number),
        coverage=(),
        as_of=service.now(),
        scorer=scorer,
        earlier={number: draft.contributions for number, draft in drafts.items() if number < week.number},
        moved=timetable.of(service.config.exercise, week, service.config.schedule).moved,
        history=register.history(unit, service.config.exercise.weeks, week),
    )


def counts_only(service: Service) -> frozenset[str]:
    """Networks whose posts are counted but not shown, since no source holds the contract that allows cards."""
    contracts = {service.collector(source).display_contract for source in service.config.sources if not source.off}
    return _CONTRACT_NEEDED - contracts


def coverage(service: Service, week: Week) -> tuple[Coverage, ...]:
    """What each source was asked in the week, how much was read, and what came."""
    window, now = ledger.window_of(week), service.now()
    with service.store.read() as unit:
        runs = unit.runs.by_source(window)
        counts, asides = unit.posts.count_by_source(window), unit.posts.asides_by_source(window)
    found = [ledger.coverage(source, week, runs.get(source.name, []), now) for source in service.all_listening()]
    return tuple(replace(one, posts=counts.get(one.source, 0), asides=asides.get(one.source, {})) for one in found)
