"""The register of themes: what is known of them before a week is grouped, from how earlier weeks were found and left."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import blake2b
from typing import TYPE_CHECKING

from digests import curation
from digests.continuing import Heard, History
from listener.jobs.ledger import window_of
from listener.jobs.service import Service
from storage.curated import Decision, Hold
from storage.register import Part
from storage.values import Analysis, Appearance, Week

if TYPE_CHECKING:
    from listener.analysis.continuity import Past
    from storage.store import Unit

Rows = tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A week's themes as they stand now, by part; `rows` are those of each part, those of the whole week without a key."""

    themes: tuple[Appearance, ...]
    rows: Mapping[Part, Rows]
    upto: int = 0


def past(service: Service, week: Week) -> "Past":
    """What is known of themes before this week is grouped."""
    from listener.analysis import continuity

    earlier = [one for one in service.config.exercise.weeks if one.number < week.number]
    seen = [one for each in earlier for one in appearances(service, each)]
    with service.store.read() as unit:
        before, taken = _before(unit, week), unit.register.keys(week.number) | _held_keys(unit, week.number)
    return continuity.Past(themes=continuity.fold(seen), middle=continuity.common(seen), before=before, taken=taken)


def appearances(service: Service, week: Week) -> tuple[Appearance, ...]:
    """The week's themes and, without a key, the whole week, each with where it lies; nothing of a week that was not grouped.

    Where they lie is reckoned only when their contributions have changed.
    """
    from listener.analysis import vectors

    with service.store.read() as unit:
        known = read(unit, week)
        made_of = _named(vectors.VERSION, known)
        middles = unit.register.middles(week.number, made_of) if known.rows else {}
    if middles is None:
        middles = _reckoned(service, known)
        with service.store.write() as unit:
            unit.register.keep_middles(week.number, made_of, middles)
    whole = Appearance(week=week.number, key="", label="", size=len(known.rows.get(("", ""), ())))
    return tuple(replace(one, middle=middles.get((one.key, one.part), b"")) for one in (*known.themes, whole) if middles)


def history(unit: "Unit", weeks: Sequence[Week], week: Week) -> History:
    """What was heard in the weeks before, for the pages; a theme of this week that people gave the name of an earlier one is
    that one."""
    from listener.analysis import continuity

    seen = [one for each in weeks if each.number < week.number for one in read(unit, each).themes]
    named = [replace(one, merged=()) for one in read(unit, week).themes if one.named]
    heirs = continuity.heirs_of([*seen, *named])
    themes: dict[str, dict[int, Heard]] = {}
    for one in seen:
        heard = themes.setdefault(heirs.get(one.key, one.key), {})
        size = one.size + (heard[one.week].size if one.week in heard else 0)
        heard[one.week] = Heard(week=one.week, label=one.label, size=size)
    return History(
        weeks=tuple(sorted({one.week for one in seen})),
        themes={key: tuple(heard[number] for number in sorted(heard)) for key, heard in themes.items()},
        heirs=heirs,
    )


def read(unit: "Unit", week: Week) -> Known:
    """The week's themes as people left them, else as they were found."""
    hold = unit.decisions.hold(week.number)
    found = hold.analysis if hold else unit.analyses.get(week.number)
    if found is None:
        return Known(themes=(), rows={})
    themes = tuple(_left(hold, unit.decisions.of(week.number)) if hold else _found(found))
    rows = {(one.key, one.part): mine for one, mine in themes}
    every = sorted({*found.alone, *(row for mine in rows.values() for row in mine)})
    return Known(
        themes=tuple(one for one, _ in themes),
        rows=rows | ({("", ""): tuple(every)} if every else {}),
        upto=unit.runs.newest(window_of(week)),
    )


def _found(analysis: Analysis) -> Iterator[tuple[Appearance, Rows]]:
    for one in analysis.clusters:
        yield (
            Appearance(
                week=analysis.week,
                key=one.key,
                label=one.label,
                size=len(one.members),
                merged=one.merged,
                split_from=one.split_from,
            ),
            tuple(sorted(one.members)),
        )


def _left(hold: Hold, decisions: Sequence[Decision]) -> Iterator[tuple[Appearance, Rows]]:
    """Each theme as people left it, apart by what they merged, so that a later week knows every part again."""
    state, found = curation.fold(hold, decisions), {one.key: one for one in hold.analysis.clusters}
    approved = _was_approved(decisions)
    split = {theme.split_from for theme in state.themes}
    for theme in state.themes:
        parts = {key: set(found[key].members).intersection(theme.rows) for key in theme.merged if key in found}
        rest = set(theme.rows).difference(*parts.values())
        bound = bool(approved or theme.was or theme.merged or theme.split_from or theme.key in split)
        as_found = found.get(theme.key)
        whole = Appearance(
            week=hold.week,
            key=theme.key,
            label=theme.label,
            size=len(rest),
            bound=bound,
            named=bool(theme.was),
            merged=theme.merged or (as_found.merged if as_found and not bound else ()),
            split_from=theme.split_from or (as_found.split_from if as_found and not bound else ""),
        )
        yield whole, tuple(sorted(rest))
        for part, rows in parts.items():
            yield replace(whole, part=part, size=len(rows)), tuple(sorted(rows))


def _was_approved(decisions: Sequence[Decision]) -> bool:
    undone = curation.undone_by(decisions)
    return any(one.verb == "approve" and one.seq not in undone for one in decisions)


def _named(version: str, known: Known) -> str:
    told = repr((version, known.upto, sorted(known.rows.items())))
    return blake2b(told.encode(), digest_size=16).hexdigest()


def _reckoned(service: Service, known: Known) -> dict[Part, bytes]:
    from listener.analysis import continuity, themes

    with service.store.read() as unit:
        kept = unit.posts.some(known.rows["", ""])
    places = {one.row: place for place, one in enumerate(kept)}
    rows = themes.lay(kept, service.config.exercise.hashtags)
    return {
        part: continuity.middle_of(rows[[places[row] for row in mine if row in places]]) for part, mine in known.rows.items()
    }


def _before(unit: "Unit", week: Week) -> dict[str, Rows]:
    """The week's own themes where they have become firm: people work on it, or it was grouped after its end."""
    hold, found = unit.decisions.hold(week.number), unit.analyses.get(week.number)
    if hold is not None:
        return {one.key: one.members for one in hold.analysis.clusters}
    if found is None or not found.register or found.made_at < week.closes:
        return {}
    return {one.key: one.members for one in found.clusters}


def _held_keys(unit: "Unit", but: int) -> frozenset[str]:
    holds = (unit.decisions.hold(number) for number in sorted(unit.decisions.held()) if number != but)
    return frozenset(one.key for hold in holds if hold for one in hold.analysis.clusters)
