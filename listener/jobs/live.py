"""What must be settled before a real exercise goes live: all of it told at once, each with what to write where."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING

from listener.jobs.service import Service
from storage.curated import ROLES, Account

if TYPE_CHECKING:
    from listener.config import Config

_SOON = timedelta(days=7)


def live_problems(config: "Config", service: Service) -> tuple[str, ...]:
    """One sentence for each thing that is not settled; none for an invented exercise, where nobody real is listened to."""
    if config.exercise.invented:
        return ()
    with service.store.read() as unit:
        return problems(config, unit.accounts.all())


def warning(config: "Config", service: Service) -> str:
    """What to say when listening starts and the first week is near or past, empty if there is nothing to say."""
    if config.exercise.weeks[0].opens - service.now() > _SOON:
        return ""
    found = len(live_problems(config, service))
    return f"{found} things are not settled that a real exercise needs: `listener check --live` lists them." if found else ""


def problems(config: "Config", accounts: Sequence[Account]) -> tuple[str, ...]:
    """The same of a config and the accounts of the desk."""
    return (*_told(config), *_reached(config), *_kept(config), *_staffed(config, accounts))


def _told(config: "Config") -> Iterator[str]:
    """What the law and the public want to know."""
    privacy, safety = config.privacy, config.safeguarding
    wanted = (
        (privacy.notice, 'privacy.notice: publish a privacy notice and write its address: notice = "https://…"'),
        (config.exercise.contact, 'exercise.contact: say who answers questions: contact = "name@…"'),
        (
            privacy.keep_until,
            "privacy.keep_until: write the last day on which words and names are kept: keep_until = 2027-12-31",
        ),
        (privacy.dpia, 'privacy.dpia: have the impact assessment signed and write its reference: dpia = "…"'),
        (safety.lead, 'safeguarding.lead: say who reads first what cannot wait: lead = "name@…"'),
        (safety.read_when, 'safeguarding.read_when: tell the public when messages are read: read_when = "We read … on …"'),
        (safety.urgent, 'safeguarding.urgent: tell the public where urgent help is: urgent = "In an emergency call 999. …"'),
    )
    yield from (sentence for value, sentence in wanted if not value)


def _reached(config: "Config") -> Iterator[str]:
    """Who is told, and how the desk is reached."""
    for group in ("team", "operator", "safeguarding"):
        if not getattr(config.notify, group):
            yield f'notify.{group}: say where its messages go: {group} = [{{ env = "LISTENER_{group.upper()}" }}]'
    if not _is_loopback(config.serve.host) and not config.serve.address.startswith("https://"):
        yield 'serve.address: others reach the desk, so put HTTPS in front and write its address: address = "https://…"'


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _kept(config: "Config") -> Iterator[str]:
    """Nothing private may lie where the public reads."""
    public = config.publish.folder
    private = (("backup.folder", config.backup.folder), ("output.folder", config.output), ("storage.path", config.storage))
    for name, path in private:
        if _is_within(path, public):
            yield f"{name}: {path} lies in the public folder {public}: name another place"


def _is_within(path: Path, folder: Path) -> bool:
    return path == folder or folder in path.parents


def _staffed(config: "Config", accounts: Sequence[Account]) -> Iterator[str]:
    able = [one for one in accounts if one.disabled_at is None and one.id]
    may_publish = [one for one in able if ROLES.index(one.role) >= ROLES.index("publisher")]
    may_edit = [one for one in able if ROLES.index(one.role) >= ROLES.index("curator")]
    if not any(one.role == "operator" for one in able):
        yield "accounts: there is no operator: listener user add NAME --role operator"
    if not any(one.role == "publisher" for one in able):
        yield "accounts: there is no publisher: listener user add NAME --role publisher"
    if config.publish.second_person == "required" and (not may_publish or len(may_edit) < 2):
        yield (
            "accounts: another than the last editor must approve, and there are not two who could: add a second account, or"
            ' write second_person = "recorded" in [publish]'
        )
