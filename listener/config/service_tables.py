"""The tables that say how the service works: when, where, whom it tells, what it keeps and for how long."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from collectors.base import Secret
from listener.config import secret, sections
from listener.config.paths import located
from listener.config.problems import Findings, Place
from listener.config.tables import (
    AnalysisTable,
    BackupTable,
    NotifyTable,
    PrivacyTable,
    PublishTable,
    ReceiptsTable,
    SafeguardingTable,
    ScheduleTable,
    ServeTable,
)
from listener.config.values import Analysis, Backup, Notify, Privacy, Publish, Receipts, Safeguarding, Schedule, Serve

Value = TypeVar("Value")


def read(raw: Mapping[str, Any], folder: Path, findings: Findings) -> dict[str, Any] | None:
    """The fields of a Config by name; None after problems were added."""
    made = {
        "schedule": _schedule(sections.table(ScheduleTable, raw, "schedule", findings)),
        "serve": _plain(Serve, sections.table(ServeTable, raw, "serve", findings)),
        "notify": _notify(sections.table(NotifyTable, raw, "notify", findings), folder, findings),
        "publish": _publish(sections.table(PublishTable, raw, "publish", findings), folder),
        "privacy": _plain(Privacy, sections.table(PrivacyTable, raw, "privacy", findings)),
        "safeguarding": _safeguarding(sections.table(SafeguardingTable, raw, "safeguarding", findings)),
        "analysis": _plain(Analysis, sections.table(AnalysisTable, raw, "analysis", findings)),
        "backup": _backup(sections.table(BackupTable, raw, "backup", findings), folder),
        "receipts": _receipts(sections.table(ReceiptsTable, raw, "receipts", findings), folder, findings),
    }
    return None if any(value is None for value in made.values()) else made


def _plain(value: type[Value], table: Any) -> Value | None:
    return None if table is None else value(**dict(table))


def _schedule(table: ScheduleTable | None) -> Schedule | None:
    return None if table is None else Schedule(**dict(table) | {"days_off": tuple(table.days_off)})


def _publish(table: PublishTable | None, folder: Path) -> Publish | None:
    if table is None:
        return None
    return Publish(**dict(table) | {"folder": located(folder, table.folder), "command": tuple(table.command)})


def _safeguarding(table: SafeguardingTable | None) -> Safeguarding | None:
    return None if table is None else Safeguarding(**dict(table) | {"phrases": tuple(table.phrases)})


def _backup(table: BackupTable | None, folder: Path) -> Backup | None:
    return None if table is None else Backup(**dict(table) | {"folder": located(folder, table.folder)})


def _notify(table: NotifyTable | None, folder: Path, findings: Findings) -> Notify | None:
    if table is None:
        return None
    groups = {
        name: tuple(_found(getattr(table, name), folder, ("notify", name), findings))
        for name in ("team", "operator", "safeguarding")
    }
    beat = next(_found([table.heartbeat] if table.heartbeat else [], folder, ("notify", "heartbeat"), findings), None)
    return Notify(**groups, heartbeat=beat)


def _receipts(table: ReceiptsTable | None, folder: Path, findings: Findings) -> Receipts | None:
    if table is None:
        return None
    via = next(_found([table.via] if table.via else [], folder, ("receipts", "via"), findings), None)
    return Receipts(via=via, results=table.results.strip())


def _found(where: Sequence[secret.Reference], folder: Path, place: Place, findings: Findings) -> Iterator[Secret]:
    for one in where:
        try:
            yield secret.found(one, folder)
        except ValueError as error:
            findings.add(place, str(error))
