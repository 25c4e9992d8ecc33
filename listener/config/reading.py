"""From the file to the config: its text, its tables, and the values made of them."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from listener.config import secret, sections, service_tables, sources, weeks
from listener.config.paths import located
from listener.config.problems import ConfigError, Findings, Place, Problem, spelled
from listener.config.sentences import validated
from listener.config.tables import ExerciseTable, OutputTable, PartnerTable, StorageTable, Top, WeekTable
from listener.config.values import Config, Source
from storage.values import Accounts, Exercise, Week


def read(file: Path) -> Config:
    """Raises ConfigError."""
    text = _text(file)
    raw = _toml(file, text)
    findings = Findings(file, text)
    config = _config(file.absolute(), raw, findings)
    if config is None or findings.problems:
        raise ConfigError(findings.problems)
    return config


def read_bare(file: Path) -> Config:
    """The config without its sources and without any secret, which may not be there yet. Raises ConfigError."""
    text = _text(file)
    raw = {name: table for name, table in _toml(file, text).items() if name not in ("sources", "notify", "receipts")}
    findings = Findings(file, text)
    config = _config(file.absolute(), raw, findings)
    if config is None or findings.problems:
        raise ConfigError(findings.problems)
    return config


def missing_secrets(file: Path) -> dict[str, str]:
    """Why each secret that the config names cannot be had here, by its place: "sources.mail.password". Raises ConfigError."""
    found: dict[str, str] = {}
    for place, where in _references(_toml(file, _text(file)), ()):
        try:
            secret.found(where, file.absolute().parent)
        except ValueError as error:
            found[place] = str(error)
    return found


def _references(value: object, place: Place) -> Iterator[tuple[str, secret.Reference]]:
    if isinstance(value, list):
        for number, one in enumerate(value):
            yield from _references(one, (*place, number))
    elif isinstance(value, dict):
        with suppress(ValueError):
            yield spelled(place), secret.reference(value)
        for key, one in value.items():
            yield from _references(one, (*place, key))


def _text(file: Path) -> str:
    try:
        return file.read_bytes().decode("utf-8-sig")  # editors on Windows begin a file with a byte order mark
    except FileNotFoundError:
        sentence, line = "there is no such file: `listener init` writes one, `listener -c FILE` names another", None
    except OSError as error:
        sentence, line = f"cannot be read: {error.strerror}", None
    except UnicodeDecodeError as error:
        sentence, line = "is not UTF-8 text: save it as UTF-8", error.object.count(b"\n", 0, error.start) + 1
    raise ConfigError([Problem(file=file, sentence=sentence, line=line)])


def _toml(file: Path, text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        at = re.search(r"\(at line (\d+)", str(error))
        line = int(at[1]) if at else text.count("\n") + 1
        raise ConfigError([Problem(file=file, sentence=f"is not TOML: {error}", line=line)]) from error
    except RecursionError as error:
        raise ConfigError([Problem(file=file, sentence="is not a config: it is nested too deeply")]) from error


def _config(file: Path, raw: Mapping[str, Any], findings: Findings) -> Config | None:
    validated(Top, raw, (), findings)
    folder = file.parent
    exercise, shared = _exercise(raw, findings)
    listened = tuple(_sources(raw, shared, folder, findings))
    storage, output = (
        sections.table(StorageTable, raw, "storage", findings),
        sections.table(OutputTable, raw, "output", findings),
    )
    service = service_tables.read(raw, folder, findings)
    if not (exercise and storage and output and service):
        return None
    return Config(
        exercise=exercise,
        sources=listened,
        storage=located(folder, storage.path),
        output=located(folder, output.folder),
        file=file,
        **service,
    )


def _sources(raw: Mapping[str, Any], shared: sources.Shared | None, folder: Path, findings: Findings) -> Iterator[Source]:
    tables = raw.get("sources", {})
    for name, table in tables.items() if isinstance(tables, dict) else ():
        source = sources.read(name, table, shared, folder, findings) if isinstance(table, dict) else None
        if source:
            yield source


# --- the exercise -----------------------------------------------------------------------------------------------------


def _exercise(raw: Mapping[str, Any], findings: Findings) -> tuple[Exercise | None, sources.Shared | None]:
    table = sections.table(ExerciseTable, raw, "exercise", findings) if "exercise" in raw else None
    asked = _week_tables(raw, findings)
    if table is None or not asked:
        return None, None
    found = _spans(table, asked, findings)
    made = tuple(_week(n, week, span, table.timezone) for n, (week, span) in enumerate(zip(asked, found, strict=True), 1))
    posts = [*table.question_posts, *(post for week in asked for post in week.question_posts)]
    exercise = _told(table, made, _partners(raw, findings))
    shared = sources.Shared(
        hashtags=tuple(table.hashtags),
        question_posts=tuple(dict.fromkeys(posts)),
        partners=tuple(pair for one in exercise.accounts if not one.ours for pair in one.handles),
        timezone=table.timezone,
    )
    return exercise, shared


def _week_tables(raw: Mapping[str, Any], findings: Findings) -> list[WeekTable]:
    """The weeks as told; none unless all are right, and those of a faulty exercise are looked at all the same."""
    exercise = raw.get("exercise")
    told = exercise.get("weeks") if isinstance(exercise, dict) else None
    tables = [one for one in told if isinstance(one, dict)] if isinstance(told, list) else []
    read = [validated(WeekTable, one, ("exercise", "weeks", n), findings) for n, one in enumerate(tables)]
    return [week for week in read if week] if all(read) else []


def _spans(table: ExerciseTable, asked: list[WeekTable], findings: Findings) -> list[weeks.Span]:
    found = weeks.spans(table.starts, [(week.starts, week.ends) for week in asked])
    for number, key, sentence in weeks.faults(found):
        findings.add(("exercise", "weeks", number, key), sentence)
    return found


def _week(number: int, table: WeekTable, span: weeks.Span, timezone: str) -> Week:
    opens, closes = weeks.bounds(span, timezone)
    return Week(
        number=number,
        question=table.question,
        questions=tuple(table.questions),
        question_posts=tuple(table.question_posts),
        title=table.title.strip(),
        starts=span.starts,
        ends=span.ends,
        opens=opens,
        closes=closes,
    )


def _partners(raw: Mapping[str, Any], findings: Findings) -> list[PartnerTable]:
    told = raw.get("partners")
    tables = [one for one in told if isinstance(one, dict)] if isinstance(told, list) else []
    read = [validated(PartnerTable, one, ("partners", n), findings) for n, one in enumerate(tables)]
    return [one for one in read if one]


def _accounts(name: str, handles: Mapping[str, list[str]], *, ours: bool = False) -> Accounts:
    pairs = tuple((network.casefold(), handle) for network, named in handles.items() for handle in named)
    return Accounts(name=name, handles=pairs, ours=ours)


def _told(table: ExerciseTable, made: tuple[Week, ...], partners: list[PartnerTable]) -> Exercise:
    own = (_accounts(table.organisation, table.handles, ours=True),) if table.handles else ()
    return Exercise(
        slug=table.slug,
        title=table.title,
        organisation=table.organisation,
        hashtags=tuple(table.hashtags),
        timezone=table.timezone,
        weeks=made,
        purpose=table.purpose.strip(),
        contact=table.contact.strip(),
        partners=tuple(dict.fromkeys([*table.partners, *(one.name for one in partners)])),
        accounts=(*own, *(_accounts(one.name, one.handles) for one in partners)),
        invented=table.invented,
    )
