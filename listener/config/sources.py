"""The `[sources.NAME]` tables; the keys of each kind are the option fields of its collector."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import MISSING, dataclass, fields
from dataclasses import Field as DataclassField
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import GenericAlias, NoneType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

from pydantic import BeforeValidator, Field, create_model

import collectors
from collectors.base import Given, MemoryVault, Secret, is_option
from listener.config import secret
from listener.config.paths import located
from listener.config.problems import Findings, Place, nearest, unknown
from listener.config.sentences import validated
from listener.config.tables import Addresses, Duration, Hashtags, Hidden, Table, Zone
from listener.config.values import Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    """What a source takes from its exercise where it says nothing itself; of `partners`, pairs of a network and a handle there,
    the handles on its own network."""

    hashtags: tuple[str, ...] = ()
    question_posts: tuple[str, ...] = ()
    partners: tuple[tuple[str, str], ...] = ()
    timezone: str = ""


def reason(value: object) -> object:
    if not isinstance(value, str):
        raise ValueError('must say why, in quotes: off = "no account yet"')  # noqa: TRY004 -- pydantic takes a ValueError
    return value.strip()


class SourceTable(Table):
    """What every source may say, whatever its kind."""

    kind: str
    every: Duration | None = None
    reach: Duration | None = None
    keep: Duration | None = None
    off: Annotated[str, BeforeValidator(reason)] = ""


def read(name: str, raw: Mapping[str, Any], shared: Shared | None, folder: Path, findings: Findings) -> Source | None:
    """The source of one table, or None after its problems were added. Without `shared` its collector is not tried."""
    place: Place = ("sources", name)
    if not re.fullmatch(r"[A-Za-z0-9][\w-]*", name):
        findings.add(place, "the name must be of letters, digits, _ and -")
    kind = raw.get("kind")
    if not isinstance(kind, str) or kind not in collectors.KINDS:
        _refuse_kind(raw, place, findings)
        return None
    table = validated(_model(kind, bool(raw.get("off"))), raw, place, findings)
    if not isinstance(table, SourceTable):
        return None
    options = dict(_options(table, place, folder, findings))
    source = Source(
        name=name,
        kind=kind,
        every=table.every,
        reach=table.reach,
        keep=table.keep,
        off=table.off,
        options=_completed(kind, options, shared or Shared()),
    )
    if shared and not source.off:
        _try(source, place, findings)
    return source


def options_of(kind: str) -> list[DataclassField[Any]]:
    """The fields of a kind's collector that are keys of its table."""
    return [one for one in fields(collectors.find(kind)) if is_option(one)]


def hints_of(kind: str) -> dict[str, Any]:
    """The type of each option; what an option may be instead of None."""
    hints = get_type_hints(collectors.find(kind))
    return {one.name: _certain(hints[one.name]) for one in options_of(kind)}


def is_required(one: DataclassField[Any]) -> bool:
    return one.default is MISSING and one.default_factory is MISSING and one.name not in Shared.__dataclass_fields__


def _refuse_kind(raw: Mapping[str, Any], place: Place, findings: Findings) -> None:
    if "kind" in raw:
        near = nearest(str(raw["kind"]), collectors.KINDS)
        findings.add((*place, "kind"), unknown("kind", collectors.KINDS, near), near)
    elif misspelt := nearest("kind", raw):
        findings.add((*place, misspelt), unknown("key", (), "kind"), "kind")
    else:
        findings.add((*place, "kind"), f"is missing: one of {', '.join(collectors.KINDS)}")


def _model(kind: str, is_off: bool) -> type[Table]:
    hints = hints_of(kind)
    keys: dict[str, Any] = {}
    for one in options_of(kind):
        default = ... if is_required(one) and not is_off else None
        keys[one.name] = (_written(one.name, hints[one.name]), Field(default, description=one.metadata["help"]))
    return create_model(kind, __base__=SourceTable, **keys)


def _certain(hint: Any) -> Any:
    if get_origin(hint) in (Union, UnionType):
        certain = [one for one in get_args(hint) if one is not NoneType]
        return certain[0] if len(certain) == 1 else hint
    return hint


def _written(name: str, hint: Any) -> Any:
    """How a value of this type is written in TOML."""
    special = {"hashtags": Hashtags, "question_posts": Addresses, "timezone": Zone, Secret: Hidden, timedelta: Duration}
    if found := special.get(name, special.get(hint)):
        return found
    return GenericAlias(list, get_args(hint)[:1]) if get_origin(hint) is tuple else hint


def _options(table: SourceTable, place: Place, folder: Path, findings: Findings) -> Iterator[tuple[str, Any]]:
    places = {one.name for one in options_of(table.kind) if one.metadata["place"]}
    for name in table.model_fields_set - SourceTable.model_fields.keys():
        value = getattr(table, name)
        if not isinstance(value, secret.Reference):
            yield name, _settled(value, folder if name in places else None)
        elif not table.off:
            try:
                yield name, secret.found(value, folder)
            except ValueError as error:
                findings.add((*place, name), str(error))


def _settled(value: Any, folder: Path | None) -> Any:
    """As the collector takes it; what names a file is looked for from a folder on."""
    if folder is not None and isinstance(value, str) and value:
        return str(located(folder, value))
    return tuple(value) if isinstance(value, list) else value


def _completed(kind: str, options: Mapping[str, Any], shared: Shared) -> dict[str, Any]:
    names = {one.name for one in options_of(kind)}
    given = {name: getattr(shared, name) for name in Shared.__dataclass_fields__}
    given["partners"] = tuple(handle for network, handle in shared.partners if network == kind)
    return {name: value for name, value in given.items() if name in names} | dict(options)


def _try(source: Source, place: Place, findings: Findings) -> None:
    """A collector may refuse options that do not go together."""
    if any(problem.key.startswith(f"sources.{source.name}.") for problem in findings.problems):
        return
    try:
        source.collector(Given(source=source.name, vault=MemoryVault(), now=lambda: datetime.fromtimestamp(0, UTC)))
    except ValueError as error:
        findings.add(place, str(error))
