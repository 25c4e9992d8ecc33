"""`listener restore`: a backup put in place, and what is left to do by hand."""

from pathlib import Path
from zoneinfo import ZoneInfo

from digests import words
from listener import config
from listener.cli import opened
from listener.cli.backup import counted
from listener.jobs import restore
from listener.jobs.restore import Asked, Restored


def run(asked: Asked) -> None:
    restored = restore.do(asked, opened.now)
    print(told(restored, config.load_bare(restored.config).exercise.timezone))
    for place, why in config.missing_secrets(restored.config).items():
        print(f"  To do: {place}: {why}")
    print(f"  Next: listener -c {_short(restored.config)} check --online, then doctor, then run")


def told(restored: Restored, zone: str) -> str:
    manifest = restored.manifest
    at = manifest.made_at.astimezone(ZoneInfo(zone)).strftime("%A %d %B %Y, %H:%M")
    lines = [f"{restored.database} is as it was on {at}: {counted(manifest) or 'empty'}."]
    if restored.aside:
        lines.append(
            f"  The earlier database lies in {restored.aside}, with people's words in it: remove it when it is not needed."
        )
    lines.append(_removals(restored, at))
    if restored.unsure:
        unsure = words.count(restored.unsure, "message")
        lines.append(f"  {unsure} may have gone out already: nothing is sent again, `listener messages` lists them.")
    lines.append("  Everybody must sign in again; what was published is delivered and looked at anew by the next run.")
    return "\n".join(lines)


def _removals(restored: Restored, at: str) -> str:
    if not restored.is_listed:
        return (
            f"  WARNING: no list of removals was found. Whoever was removed after {at} is in it again:"
            " find listener.removals.jsonl of the old machine and restore with --removals FILE before anything is published."
        )
    return f"  {words.count(restored.replayed, 'removal')} carried out again."


def _short(path: Path) -> Path:
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path
