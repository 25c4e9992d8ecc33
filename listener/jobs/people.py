"""The accounts of the team: made, changed and written down, from the command line and from the desk."""

from typing import TYPE_CHECKING

from listener import accounts
from listener.jobs.service import Refused, Service
from storage.curated import Account, Role

if TYPE_CHECKING:
    from storage.store import Unit

_NAME = "A name has letters, digits and . _ @ + - only, at most 64: an address or a first name"


def add(service: Service, name: str, role: Role, password: str | None, by: int = 0) -> Account:
    """`password` None is for somebody of whom a proxy says who they are. Raises Refused."""
    plain = accounts.plain_name(name)
    if not accounts.is_name(plain):
        raise Refused(_NAME, 2)
    secret = "" if password is None else _secret(service, plain, password)
    with service.store.write() as unit:
        if unit.accounts.named(plain) is not None:
            raise Refused(f"There is an account {plain} already.")
        made = unit.accounts.add(plain, role, secret, service.now())
        _note(service, unit, by, "made an account", made.id, role)
    return made


def set_role(service: Service, account: Account, role: Role, by: int = 0) -> None:
    _refuse_self(account, by)
    with service.store.write() as unit:
        unit.accounts.set_role(account.id, role)
        _note(service, unit, by, "changed a role", account.id, role)


def set_password(service: Service, account: Account, password: str, by: int = 0) -> None:
    """Ends their sessions. Raises Refused for a poor password."""
    secret = _secret(service, account.name, password)
    with service.store.write() as unit:
        unit.accounts.set_secret(account.id, secret)
        _note(service, unit, by, "set a password", account.id)


def disable(service: Service, account: Account, by: int = 0) -> None:
    """Ends their sessions; what they did stays in the record."""
    _refuse_self(account, by)
    with service.store.write() as unit:
        unit.accounts.disable(account.id, service.now())
        _note(service, unit, by, "disabled an account", account.id)


def enable(service: Service, account: Account, by: int = 0) -> None:
    with service.store.write() as unit:
        unit.accounts.enable(account.id)
        _note(service, unit, by, "enabled an account", account.id)


def named(service: Service, name: str) -> Account:
    """Raises Refused when there is no such account."""
    with service.store.read() as unit:
        found = unit.accounts.named(accounts.plain_name(name))
        known = ", ".join(one.name for one in unit.accounts.all()) or "none yet"
    if found is None:
        raise Refused(f"There is no account {name}. There are: {known}.")
    return found


def everyone(service: Service) -> list[Account]:
    with service.store.read() as unit:
        return unit.accounts.all()


def _secret(service: Service, name: str, password: str) -> str:
    exercise = service.config.exercise
    told = (name, exercise.slug, exercise.title, exercise.organisation, *exercise.hashtags)
    if fault := accounts.fault_of(password, told):
        raise Refused(f"Choose another password: {fault}", 2)
    return accounts.hashed(password)


def _refuse_self(account: Account, by: int) -> None:
    if account.id == by:
        raise Refused("This is your own account: ask another operator, so that nobody locks themselves out.")


def _note(service: Service, unit: "Unit", by: int, act: str, account: int, more: str = "") -> None:
    unit.accounts.note(by, act, f"account:{account} {more}".strip(), service.now())
