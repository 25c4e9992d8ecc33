"""`listener user`: the accounts of the team."""

import getpass
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from listener import accounts
from listener.cli import opened, tables, times
from listener.config import secret
from listener.jobs import people
from listener.jobs.service import Refused
from storage.curated import ROLES, Role

if TYPE_CHECKING:
    from listener.config import Config

_HOW = "Nobody is at the keyboard to type a password: give --password-file FILE, or --generate"


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """Where a password comes from: a file, our own invention, or (neither) somebody who types it twice."""

    file: Path | None = None
    invented: bool = False


def add(config: "Config", name: str, role: str, way: Way) -> None:
    wanted = role_named(role)
    with opened.service(config) as service:
        # Behind a proxy that says who is signed in, nobody has a password here.
        password = None if config.serve.believed else _password(way)
        made = people.add(service, name, wanted, password)
    print(f"{made.name} may sign in as {made.role}.")
    _tell(way, password)


def show(config: "Config") -> None:
    with opened.service(config) as service:
        found = people.everyone(service)
    if not found:
        print("There is no account yet: listener user add NAME --role operator")
        return
    zone = config.exercise.timezone
    rows = [(one.name, one.role, times.told(one.made_at, zone), times.told(one.disabled_at, zone)) for one in found]
    tables.show(("name", "role", "made", "disabled"), rows)


def change_role(config: "Config", name: str, role: str) -> None:
    wanted = role_named(role)
    with opened.service(config) as service:
        people.set_role(service, people.named(service, name), wanted)
    print(f"{name} is {wanted} now.")


def set_password(config: "Config", name: str, way: Way) -> None:
    with opened.service(config) as service:
        account = people.named(service, name)
        password = _password(way)
        people.set_password(service, account, password)
    print(f"The password of {account.name} is set. Wherever they were signed in, they have to sign in again.")
    _tell(way, password)


def disable(config: "Config", name: str) -> None:
    with opened.service(config) as service:
        people.disable(service, people.named(service, name))
    print(f"{name} cannot sign in any more and is signed out. What they did stays in the record.")


def enable(config: "Config", name: str) -> None:
    with opened.service(config) as service:
        people.enable(service, people.named(service, name))
    print(f"{name} may sign in again.")


def role_named(told: str) -> Role:
    for role in ROLES:
        if role == told:
            return role
    raise Refused(f"There is no role {told}. There are: {', '.join(ROLES)}; each may do what those before it may.", 2)


def _password(way: Way) -> str:
    if way.invented:
        return accounts.invented()
    if way.file is not None:
        return _read(way.file)
    if not sys.stdin.isatty():
        raise Refused(_HOW, 2)
    first = getpass.getpass("Password: ")
    if getpass.getpass("The same again: ") != first:
        raise Refused("The two are not the same: nothing was changed", 2)
    return first


def _read(file: Path) -> str:
    try:
        return secret.read(file)
    except ValueError as problem:
        raise Refused(str(problem), 2) from problem


def _tell(way: Way, password: str | None) -> None:
    if way.invented and password is not None:
        print(f"Password, shown this once: {password}")
