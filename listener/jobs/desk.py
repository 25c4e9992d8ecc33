"""The desk: one act of curation, whole, and a week as people left it."""

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from digests import acts, curation
from digests.curation import Curation, Refused
from listener.jobs import analyse, digest
from listener.jobs.ledger import window_of
from listener.jobs.service import Service
from storage.curated import Decision, Hold
from storage.values import Analysis, Week

if TYPE_CHECKING:
    from digests.tally import Facts
    from storage.store import Unit


def act(  # noqa: PLR0913 -- who, what on what, and what they had seen
    service: Service, week: Week, by: int, target: str, verb: str, value: Mapping[str, Any], seen: int
) -> Decision:
    """Keeps one decision of account `by` (0: Listener itself or its command line) and writes it down.

    The first one of a week holds it. `seen` is the newest decision that its maker had before their eyes. Raises Refused for
    what means nothing, and storage.decisions.Stale where another person decided about the same thing meanwhile: then nothing
    is kept.
    """
    now = service.now()
    with service.store.write() as unit:
        made = unit.decisions.of(week.number)
        hold = unit.decisions.hold(week.number) or _hold(service, unit, week, by)
        state = curation.fold(hold, made)
        kept = acts.checked(state, target, verb, value)
        kept = _within(unit, kept, made) | _read_as(unit, week, target, kept)
        decision = Decision(seq=0, at=now, by=by, week=week.number, target=target, verb=verb, value=kept, seen=seen)
        added = unit.decisions.add(decision)
        unit.decisions.keep_hold(hold)
        unit.accounts.note(by, verb, f"week-{week.number} {target}", now)
    return added


def state(service: Service, week: Week) -> tuple[Hold | None, Curation]:
    """The week as it was first touched, None if nobody has, and what people have decided since."""
    with service.store.read() as unit:
        hold = unit.decisions.hold(week.number)
        return hold, curation.fold(hold, unit.decisions.of(week.number))


def facts(service: Service, week: Week) -> "Facts":
    """Everything known of the week, with what people decided: what the page, the desk and the edition are made from."""
    with service.store.read() as unit:
        made = frozenset(unit.analyses.drafts())
    return digest.gather(service, week, made | {week.number})[0]


def _hold(service: Service, unit: "Unit", week: Week, by: int) -> Hold:
    """The week as it stands now, its themes in the order of its page."""
    now = service.now()
    found = unit.analyses.get(week.number) or Analysis(week=week.number, version="", made_at=now)
    clusters = sorted(found.clusters, key=lambda cluster: (-len(cluster.members), cluster.key))
    return Hold(
        week=week.number,
        at=now,
        by=by,
        upto=unit.runs.newest(window_of(week)),
        last_row=unit.posts.newest(),
        analysis=replace(found, clusters=tuple(clusters)),
        scorer=analyse.scorer(service, week),
    )


def _within(unit: "Unit", kept: Mapping[str, Any], made: list[Decision]) -> dict[str, Any]:
    """Undoes only what was done in this week, takes in only what has come."""
    if "seq" in kept and kept["seq"] not in {one.seq for one in made}:
        raise Refused("There is nothing to undo.")
    if "upto" in kept:
        return {"upto": min(kept["upto"], unit.posts.newest())}
    return dict(kept)


def _read_as(unit: "Unit", week: Week, target: str, kept: Mapping[str, Any]) -> dict[str, str]:
    """The wording of the post that is decided about, so that a later edit is noticed. Raises Refused if it is not there."""
    kind, _, name = target.partition(":")
    if kind != "post" and "row" not in kept:
        return {}
    row = int(name) if kind == "post" else kept["row"]
    posts = [one.post for one in unit.posts.some([row]) if one.post.posted_at in window_of(week)]
    if not posts:
        raise Refused("This contribution is not there any more, or is of another week. Load the page again.")
    return {"of": curation.wording(posts[0])}
