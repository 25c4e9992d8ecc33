"""Who gets what from every route: one line each, and a prepared week to ask it of.

A new route gets a line in ROUTES, named as Flask names it with its method: how to ask it, and the status for nobody, a viewer,
a curator, a publisher and an operator. 303 for nobody is the way to the sign-in. `prepared` makes what the paths speak of.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from listener.jobs import digest
from listener.jobs.service import Service
from storage.curated import ROLES, Role
from tests import desks

ASKERS: tuple[Role | None, ...] = (None, *ROLES)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """`fields` are sent as a form (with a good token) if the method is POST."""

    path: str
    statuses: tuple[int, int, int, int, int]
    fields: Mapping[str, str] = field(default_factory=dict)


def prepared(folder: Path) -> Service:
    """Week 1 is collected, grouped and has its internal page; there is an account of each role, "other" is a curator beside."""
    service = desks.collected(folder)
    digest.do(service, desks.week_of(service))
    with service.store.write() as unit:
        for role in ROLES:
            unit.accounts.add(role, role, "", service.now())
        unit.accounts.add("other", "curator", "", service.now())
    return service


ROUTES: Mapping[str, Asked] = {
    # name of the route                 how to ask it            nobody, viewer, curator, publisher, operator
    "GET static": Asked(path="/static/desk.css", statuses=(200, 200, 200, 200, 200)),
    "GET look.sheet": Asked(path="/look/digest.css", statuses=(200, 200, 200, 200, 200)),
    "GET health.check": Asked(path="/healthz", statuses=(200, 200, 200, 200, 200)),
    "GET signin.form": Asked(path="/sign-in", statuses=(200, 303, 303, 303, 303)),
    "POST signin.sign_in": Asked(path="/sign-in", statuses=(401, 401, 401, 401, 401), fields={"name": "x", "password": "y"}),
    "POST signin.sign_out": Asked(path="/sign-out", statuses=(303, 303, 303, 303, 303)),
    "GET drafts.page": Asked(path="/draft/week-1/", statuses=(303, 200, 200, 200, 200)),
    "GET people.index": Asked(path="/people", statuses=(303, 403, 403, 403, 200)),
    "POST people.change_role": Asked(path="/people/5/role", statuses=(303, 403, 403, 403, 303), fields={"role": "viewer"}),
    "POST people.disable": Asked(path="/people/5/disable", statuses=(303, 403, 403, 403, 303)),
    "POST people.enable": Asked(path="/people/5/enable", statuses=(303, 403, 403, 403, 303)),
    "GET record.index": Asked(path="/record", statuses=(303, 403, 403, 200, 200)),
}
