"""What the config knows of the papers that an exercise needs, and the papers in their folder."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from collectors.base import Given, MemoryVault
from listener import documents, files
from listener.documents import missing

if TYPE_CHECKING:
    from listener.config import Config, Source

_DAY = timedelta(days=1)
_ALONE = {"required": "another than the last editor must approve", "recorded": "one person may do both; it is recorded"}


def folder(config: "Config") -> Path:
    return config.file.parent / "documents"


def write(config: "Config", day: date) -> list[Path]:
    """Writes those papers that are not there; which. What a person has worked on is never written over."""
    place = folder(config)
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    made = {place / name: text for name, text in documents.drawn(values(config, day)).items()}
    new = {path: text for path, text in made.items() if not path.exists()}
    for path, text in new.items():
        files.put(path, text.encode())
    return list(new)


def values(config: "Config", day: date) -> dict[str, str]:
    """Everything that a paper can say, by its name there; what nobody has told yet is marked. `day` is today."""
    return {"day": _day(day)} | _of_exercise(config) | _of_privacy(config) | _of_places(config) | _of_sources(config)


def _of_exercise(config: "Config") -> dict[str, str]:
    exercise = config.exercise
    first, last = exercise.weeks[0], exercise.weeks[-1]
    return {
        "title": exercise.title,
        "organisation": exercise.organisation,
        "purpose": exercise.purpose or missing("why we ask and what will be done with the answers"),
        "contact": exercise.contact or missing("who answers questions"),
        "partners": ", ".join(exercise.partners) or "none",
        "who_sees": ", and with us: ".join(["Our team", *([", ".join(exercise.partners)] if exercise.partners else [])]),
        "hashtags": " ".join(f"#{tag}" for tag in exercise.hashtags) or "no hashtag",
        "dates": f"{_day(first.starts)} to {_day(last.ends)}",
        "weeks": f"{len(exercise.weeks)} weeks" if len(exercise.weeks) > 1 else "1 week",
        "questions": "\n".join(f"  {week.number}. {week.question}" for week in exercise.weeks),
    }


def _of_privacy(config: "Config") -> dict[str, str]:
    privacy, safety = config.privacy, config.safeguarding
    until = privacy.keep_until
    return {
        "notice": privacy.notice or missing("address of the published notice"),
        "dpia": privacy.dpia or missing("reference"),
        "keep": f"until {_day(until)}" if until else missing("last day, privacy.keep_until in the config"),
        "keep_public": f"We keep words and names until {_day(until)}."
        if until
        else missing("how long we keep words and names"),
        "backups": f"{config.backup.keep} nights",
        "lead": safety.lead or missing("safeguarding lead"),
        "read_when": safety.read_when or missing("when messages are read"),
        "urgent": safety.urgent or missing("where urgent help is"),
        "small": str(config.publish.small),
        "second_person": _ALONE[config.publish.second_person],
    }


def _of_places(config: "Config") -> dict[str, str]:
    database, serve = config.storage, config.serve
    told = {
        group: "a message" if getattr(config.notify, group) else missing("where its messages go")
        for group in ("team", "operator", "safeguarding")
    }
    return told | {
        "database": str(database),
        "vault": str(database.with_suffix(".vault")),
        "key": str(database.with_suffix(".key")),
        "removals": str(database.with_suffix(".removals.jsonl")),
        "output": str(config.output),
        "backup": str(config.backup.folder),
        "desk": serve.address or f"this computer alone, http://{serve.host}:{serve.port}",
        "public_folder": str(config.publish.folder),
        "public_address": config.publish.address or missing("address where the public reads it"),
    }


# --- sources ----------------------------------------------------------------------------------------------------------


def _of_sources(config: "Config") -> dict[str, str]:
    """Sources for trying out are left out."""
    known = [source for source in config.sources if source.kind != "replay"]
    on = [source for source in known if not source.off]
    read = [f"- {_line(source)}" for source in on] or [f"- {missing('no source is on yet')}"]
    unread = [f"- not read: {source.channel} ({source.name}): {source.off}" for source in known if source.off]
    return {
        "read": "\n".join(read),
        "sources": "\n".join([*read, *unread]),
        "source_table": "\n".join(_table(on)),
        "source_rows": "\n".join(_kept(source) for source in known if source.keep) or _NO_ROW,
    }


_NO_ROW = "| Words of one source for a shorter time | no source has a time of its own | |"


def _line(source: "Source") -> str:
    shorter = f", words kept {source.keep // _DAY} days" if source.keep else ""
    return f"{source.channel} ({source.name}){_masked(source)}{shorter}"


def _masked(source: "Source") -> str:
    mask = source.options.get("mask")
    return ", masked" if mask is True or (mask is None and source.kind == "mailbox") else ""


def _table(on: list["Source"]) -> Iterator[str]:
    yield "| Channel | What is asked | Hosts |"
    yield "| --- | --- | --- |"
    for source in on:
        asked = source.collector(Given(source.name, MemoryVault(), _never))
        yield f"| {source.channel} ({source.name}) | {asked.asked} | {', '.join(map(_host, asked.hosts)) or _HERE} |"


def _host(place: str) -> str:
    """A network of many servers asks each of them about what was written there."""
    return "the servers on which people wrote" if place.startswith("*") else place


_HERE = "none: it lies on this computer"


def _never() -> datetime:
    raise AssertionError("nothing is read for a paper")


def _kept(source: "Source") -> str:
    days = source.keep // _DAY if source.keep else 0
    return f"| Words of {source.name} | {days} days after they were said | the same, on the day they end |"


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
