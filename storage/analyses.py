"""Scores, clusters and drafts: opinions, each with the version that made it."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields
from typing import Any

from sqlalchemy import Connection, Row, and_, delete, func, insert, literal, select

from collectors.base import Window
from storage.tables import analyses, assignments, authors, clusters, drafts, posts, scores, sightings
from storage.values import Analysis, Cluster, Draft, Exported, Score


class Analyses:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    # --- scores ----------------------------------------------------------------------------------------------------

    def unscored(self, window: Window, scorer: str, after: int, at_most: int) -> list[tuple[int, str]]:
        """(row, text) of posts of the window without a score by this scorer, in the order of rows greater than `after`."""
        scored = and_(scores.c.row == posts.c.row, scores.c.scorer == scorer)
        query = (
            select(posts.c.row, posts.c.text).outerjoin(scores, scored).where(scores.c.row.is_(None), posts.c.gone_at.is_(None))
        )
        within = query.where(posts.c.posted_at >= window.since, posts.c.posted_at < window.until, posts.c.row > after)
        return [(row, text) for row, text in self._connection.execute(within.order_by(posts.c.row).limit(at_most))]

    def keep_scores(self, scorer: str, found: Mapping[int, Score]) -> None:
        if found:
            rows = [(row, scorer, score.tone, score.value, score.probability) for row, score in found.items()]
            self._connection.exec_driver_sql(
                "INSERT OR REPLACE INTO scores (row, scorer, tone, value, probability) VALUES (?, ?, ?, ?, ?)", rows
            )

    def is_scored(self, window: Window, scorer: str) -> bool:
        """Whether this scorer has looked at any post of the window, or there is none to look at."""
        query = select(scores.c.row).join(posts, posts.c.row == scores.c.row).where(scores.c.scorer == scorer)
        within = query.where(posts.c.posted_at >= window.since, posts.c.posted_at < window.until).limit(1)
        return self._connection.scalar(within) is not None or not self.unscored(window, scorer, 0, 1)

    def adopt_scores(self, window: Window, earlier: str, scorer: str) -> None:
        """Keeps what an earlier scorer said as this one's, where this one has said nothing."""
        told = select(scores.c.row, literal(scorer), scores.c.tone, scores.c.value, scores.c.probability)
        query = told.join(posts, posts.c.row == scores.c.row).where(scores.c.scorer == earlier)
        within = query.where(posts.c.posted_at >= window.since, posts.c.posted_at < window.until)
        names = ["row", "scorer", "tone", "value", "probability"]
        self._connection.execute(insert(scores).prefix_with("OR IGNORE").from_select(names, within))

    def scores(self, window: Window, scorer: str) -> dict[int, Score]:
        told = select(scores.c.row, scores.c.tone, scores.c.value, scores.c.probability)
        query = told.join(posts, posts.c.row == scores.c.row)
        within = query.where(scores.c.scorer == scorer, posts.c.posted_at >= window.since, posts.c.posted_at < window.until)
        return {row: Score(*told) for row, *told in self._connection.execute(within)}

    # --- clusters --------------------------------------------------------------------------------------------------

    def keep(self, analysis: Analysis, upto: int) -> None:
        """Replaces the week's analysis; `upto` is the newest run it knows of."""
        week = analysis.week
        for table in (analyses, clusters, assignments):
            self._connection.execute(delete(table).where(table.c.week == week))
        told = {name: getattr(analysis, name) for name in ("week", "version", "made_at", "unclustered", "register")}
        self._connection.execute(insert(analyses).values(**told, upto=upto))
        if analysis.clusters:
            self._connection.execute(
                insert(clusters), [_cluster_row(week, rank, one) for rank, one in enumerate(analysis.clusters)]
            )
        rows = list(_assignment_rows(analysis))
        if rows:
            self._connection.exec_driver_sql(
                "INSERT OR REPLACE INTO assignments (week, row, cluster, place, copy_of, aside) VALUES (?, ?, ?, ?, ?, ?)", rows
            )

    def get(self, week: int) -> Analysis | None:
        told = self._connection.execute(select(analyses).where(analyses.c.week == week)).one_or_none()
        if told is None:
            return None
        rows = self._connection.execute(
            select(assignments).where(assignments.c.week == week).order_by(assignments.c.place, assignments.c.row)
        ).all()
        found = self._connection.execute(select(clusters).where(clusters.c.week == week).order_by(clusters.c.rank))
        return Analysis(
            week=week,
            version=told.version,
            made_at=told.made_at,
            unclustered=told.unclustered,
            register=told.register,
            clusters=tuple(_cluster(one, rows) for one in found),
            copies={row.row: row.copy_of for row in rows if row.copy_of is not None},
            alone=tuple(row.row for row in rows if not row.cluster and row.copy_of is None and not row.aside),
            aside={row.row: row.aside for row in rows if row.aside},
        )

    def get_version(self, week: int) -> tuple[str, int, str] | None:
        """Which version made the week's analysis, the newest run it knows of, and the register."""
        query = select(analyses.c.version, analyses.c.upto, analyses.c.register).where(analyses.c.week == week)
        found = self._connection.execute(query).one_or_none()
        return None if found is None else (found.version, found.upto, found.register)

    def exported(self, window: Window, scorer: str) -> Iterator[Exported]:
        """Contributions of a window by time with score and cluster, those found gone left out; streamed, inside the unit."""
        source = select(func.min(sightings.c.source)).where(sightings.c.row == posts.c.row).scalar_subquery().label("source")
        plain = [posts.c[name] for name in ("row", "network", "id", "posted_at", "kind", "lang", "text", "url", "answers")]
        found = [clusters.c.label, *(assignments.c[name] for name in ("cluster", "copy_of", "aside"))]
        opinions = [scores.c.tone, scores.c.value.label("tone_score"), *found]
        query = (
            select(
                *plain, source, func.coalesce(func.nullif(authors.c.handle, ""), authors.c.name, "").label("author"), *opinions
            )
            .outerjoin(authors, authors.c.author_key == posts.c.author_key)
            .outerjoin(scores, and_(scores.c.row == posts.c.row, scores.c.scorer == scorer))
            .outerjoin(assignments, assignments.c.row == posts.c.row)
            .outerjoin(clusters, and_(clusters.c.week == assignments.c.week, clusters.c.key == assignments.c.cluster))
            .where(posts.c.posted_at >= window.since, posts.c.posted_at < window.until, posts.c.gone_at.is_(None))
            .order_by(posts.c.posted_at, posts.c.row)
        )
        for row in self._connection.execute(query.execution_options(yield_per=5_000)):
            values = dict(row._mapping) | {name: row._mapping[name] or "" for name in ("source", "cluster", "label", "aside")}
            yield Exported(**values)

    # --- drafts ----------------------------------------------------------------------------------------------------

    def keep_draft(self, draft: Draft) -> None:
        self._connection.execute(delete(drafts).where(drafts.c.week == draft.week))
        values = {field.name: getattr(draft, field.name) for field in fields(draft)}
        self._connection.execute(insert(drafts).values(values))

    def drafts(self) -> dict[int, Draft]:
        return {row.week: Draft(**row._mapping) for row in self._connection.execute(select(drafts))}


def _cluster_row(week: int, rank: int, cluster: Cluster) -> dict[str, Any]:
    lists = {
        "keywords": json.dumps(cluster.keywords, ensure_ascii=False),
        "representatives": json.dumps(cluster.representatives),
        "merged": json.dumps(cluster.merged),
    }
    plain = {"key": cluster.key, "label": cluster.label, "split_from": cluster.split_from}
    return {"week": week, "rank": rank, **plain, **lists}


def _cluster(row: Row[Any], rows: Sequence[Row[Any]]) -> Cluster:
    members = tuple(one.row for one in rows if one.cluster == row.key)
    there = set(members)
    shown = tuple(one for one in json.loads(row.representatives) if one in there)
    return Cluster(
        key=row.key,
        label=row.label,
        keywords=tuple(json.loads(row.keywords)),
        members=members,
        representatives=shown,
        split_from=row.split_from,
        merged=tuple(json.loads(row.merged)),
    )


def _assignment_rows(analysis: Analysis) -> Iterator[tuple[int, int, str, int, int | None, str]]:
    for cluster in analysis.clusters:
        for place, row in enumerate(cluster.members):
            yield analysis.week, row, cluster.key, place, None, ""
    for row, original in analysis.copies.items():
        yield analysis.week, row, "", 0, original, ""
    for row in analysis.alone:
        yield analysis.week, row, "", 0, None, ""
    for row, reason in analysis.aside.items():
        yield analysis.week, row, "", 0, None, reason
