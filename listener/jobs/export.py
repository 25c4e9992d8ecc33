"""Contributions to a file, as JSON Lines or CSV, streamed: nothing is held but a few thousand rows."""

import csv
import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from collectors.base import Window
from listener import files
from listener.jobs import annotated, desk, digest
from listener.jobs.annotated import Decided
from listener.jobs.service import Refused, Service
from storage.values import Exported

_FIELDS = (
    "network",
    "id",
    "source",
    "week",
    "answers",
    "posted_at",
    "kind",
    "lang",
    "text",
    "tone",
    "tone_score",
    "theme_id",
    "theme",
    "asks",
    "questions",
)
_DECIDED = (
    "tone_by",
    "held",
    "counted",
    "hidden",
    "hidden_note",
    "flagged",
    "handled",
    "chosen",
    "quote_mode",
    "role_label",
    "paraphrase",
    "paraphrase_checked",
    "consent",
    "consent_how",
    "look_again",
)
_AUTHOR_FIELDS = ("author", "url", "consent_name")
# What a spreadsheet would run: these and their full-width forms.
_FORMULA = "=+-@\uff1d\uff0b\uff0d\uff20"


def do(service: Service, file: Path, windows: Iterable[tuple[int | None, Window]], *, with_authors: bool) -> int:
    """Writes every contribution of the windows (week number, window), oldest first; how many. The file appears whole, 0600.

    Raises Refused for a file name that ends neither in .jsonl nor in .csv.
    """
    names = _FIELDS + _DECIDED + (_AUTHOR_FIELDS if with_authors else ())
    writers = {".jsonl": _write_lines, ".csv": _write_table}
    if file.suffix not in writers:
        raise Refused(f"{file}: the name must end in .jsonl or .csv.", 2)
    with files.whole(file) as part:
        return writers[file.suffix](part, names, _records(service, windows, names))


def _records(
    service: Service, windows: Iterable[tuple[int | None, Window]], names: tuple[str, ...]
) -> Iterator[dict[str, Any]]:
    from listener.analysis import tone

    questions = digest.questions(service.config.exercise)
    done, weeks = 0, {week.number: week for week in service.config.exercise.weeks}
    for week, window in windows:
        decided, shared = _decided(service, week), _shared(service, window)
        scorer = tone.version(service.config.analysis.tone, "" if week is None else weeks[week].question)
        with service.store.read() as unit:
            for one in unit.analyses.exported(window, scorer):
                heard = replace(one, aside=one.aside or shared.get((one.network, one.id), ""))
                yield record(heard, week, names, decided, questions)
                done += 1
                if done % 1_000 == 0:
                    service.tell("exporting", done, None)


def _decided(service: Service, number: int | None) -> Decided | None:
    """What people decided about a week; None if nobody did. Only such a week's posts are held at once."""
    if number is None:
        return None
    week = service.config.exercise.week(number)
    hold, _ = desk.state(service, week)
    return None if hold is None else annotated.of(desk.facts(service, week))


def _shared(service: Service, window: Window) -> dict[tuple[str, str], str]:
    """What is no answer since it is ours or asks others to answer, with the reason."""
    from digests import sharing

    known = sharing.circle(service.config.exercise)
    if not known.accounts:
        return {}
    with service.store.read() as unit:
        return {kept.post.key: reason for kept in unit.posts.of(window) if (reason := known.reason(kept.post))}


def record(
    one: Exported, week: int | None, names: tuple[str, ...], decided: Decided | None = None, questions: Sequence[str] = ()
) -> dict[str, Any]:
    """One contribution under the names of the file's columns; times are ISO 8601 in UTC. `questions` are all that we asked."""
    values = {
        "network": one.network,
        "id": one.id,
        "source": one.source,
        "week": week,
        "posted_at": one.posted_at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "kind": one.kind,
        "lang": one.lang,
        "text": one.text,
        "tone_score": one.tone_score,
        "author": one.author,
        "url": one.url,
    }
    values |= _asked(one, questions)
    told = annotated.untouched(one) if decided is None else decided.columns(one)
    told["answers"] = told["answers"] or week
    return {name: (values | told)[name] for name in names}


def _asked(one: Exported, questions: Sequence[str]) -> dict[str, str]:
    """The sentences in which it asks for something or asks us, as written, a line each."""
    from listener.analysis import asks

    found = () if one.kind == "repost" else asks.find(one.text, questions)
    said = {kind: [each.text for each in found if each.kind == kind] for kind in ("ask", "question")}
    return {"asks": "\n".join(said["ask"]), "questions": "\n".join(said["question"])}


def _write_lines(path: Path, _names: tuple[str, ...], records: Iterable[Mapping[str, Any]]) -> int:
    count = 0
    with _private(path) as file:
        for count, one in enumerate(records, 1):  # noqa: B007 -- the count outlives the loop
            file.write(json.dumps(one, ensure_ascii=False) + "\n")
    return count


def _write_table(path: Path, names: tuple[str, ...], records: Iterable[Mapping[str, Any]]) -> int:
    count = 0
    with _private(path) as file:
        table = csv.writer(file)
        table.writerow(names)
        for count, one in enumerate(records, 1):  # noqa: B007 -- the count outlives the loop
            table.writerow([_cell(value) for value in one.values()])
    return count


def _cell(value: object) -> object:
    if value is None or isinstance(value, bool):
        return {None: "", True: "true", False: "false"}[value]
    return guarded(value)


def guarded(value: object) -> object:
    """A text that a spreadsheet would take for a formula gets an apostrophe in front; take it off to read the text back."""
    if isinstance(value, str) and (value[:1] in tuple("\t\r") or value.lstrip()[:1] in tuple(_FORMULA)):
        return f"'{value}"
    return value


def _private(path: Path) -> Any:
    handle = os.open(path, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600)
    return os.fdopen(handle, "w", encoding="utf-8", errors="replace", newline="")
