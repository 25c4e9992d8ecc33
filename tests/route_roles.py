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
    """Week 1 is collected and grouped, has its internal page, and somebody has begun to work on it.

    There is an account of each role, and "other", a curator beside.
    """
    service = desks.collected(folder)
    digest.do(service, desks.week_of(service))
    with service.store.write() as unit:
        for role in ROLES:
            unit.accounts.add(role, role, "", service.now())
        unit.accounts.add("other", "curator", "", service.now())
    desks.decide(service, "week", "summary", text="A week.")
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
    # the week at the desk; an empty form is refused, but only by those who are let in
    "GET weeks.index": Asked(path="/", statuses=(303, 200, 200, 200, 200)),
    "GET reading.week": Asked(path="/weeks/1", statuses=(303, 200, 200, 200, 200)),
    "GET reading.contributions": Asked(path="/weeks/1/contributions", statuses=(303, 200, 200, 200, 200)),
    "GET reading.contribution": Asked(path="/weeks/1/contributions/1", statuses=(303, 200, 200, 200, 200)),
    "GET reading.theme": Asked(path="/weeks/1/themes/w1-c1", statuses=(303, 200, 200, 200, 200)),
    "GET reading.tray": Asked(path="/weeks/1/tray", statuses=(303, 200, 200, 200, 200)),
    "GET reading.acts": Asked(path="/weeks/1/acts", statuses=(303, 200, 200, 200, 200)),
    "GET reading.read_first": Asked(path="/weeks/1/read-first", statuses=(303, 403, 200, 200, 200)),
    "GET adding.form": Asked(path="/weeks/1/add", statuses=(303, 403, 200, 200, 200)),
    "POST adding.add": Asked(path="/weeks/1/add", statuses=(303, 403, 422, 422, 422)),
    "POST curating.act": Asked(path="/weeks/1/acts", statuses=(303, 403, 400, 400, 400)),
    "POST curating.flag": Asked(path="/weeks/1/contributions/1/flag", statuses=(303, 400, 400, 400, 400)),
    "GET curating.merge": Asked(path="/weeks/1/themes/w1-c1/merge?into=w1-c2", statuses=(303, 403, 200, 200, 200)),
    "GET curating.split": Asked(path="/weeks/1/themes/w1-c1/split", statuses=(303, 403, 200, 200, 200)),
    # publishing and withdrawing; nothing is published yet
    "GET publishing.week": Asked(path="/weeks/1/publish", statuses=(303, 200, 200, 200, 200)),
    "GET publishing.preview": Asked(path="/weeks/1/preview/", statuses=(303, 200, 200, 200, 200)),
    "POST publishing.approve": Asked(path="/weeks/1/approve", statuses=(303, 403, 400, 400, 400)),
    "POST publishing.reopen": Asked(path="/weeks/1/reopen", statuses=(303, 403, 400, 400, 400)),
    "POST publishing.send": Asked(path="/weeks/1/publish", statuses=(303, 403, 403, 409, 409)),
    "GET publishing.published": Asked(path="/published/index.html", statuses=(303, 200, 200, 200, 200)),
    "GET publishing.archive": Asked(path="/published.zip", statuses=(303, 200, 200, 200, 200)),
    "GET publishing.fragment": Asked(path="/weeks/1/fragment", statuses=(303, 404, 404, 404, 404)),
    "GET publishing.ask": Asked(path="/weeks/1/withdraw", statuses=(303, 403, 403, 200, 200)),
    "POST publishing.withdraw": Asked(path="/weeks/1/withdraw/1-01", statuses=(303, 403, 403, 409, 409)),
    "POST publishing.withdraw_week": Asked(path="/weeks/1/withdraw", statuses=(303, 403, 403, 409, 409)),
    "GET publishing.deliveries": Asked(path="/deliveries", statuses=(303, 200, 200, 200, 200)),
    "POST publishing.again": Asked(path="/deliveries", statuses=(303, 403, 403, 303, 303)),
    # asking for a removal is for everyone; there is none yet
    "GET removal.form": Asked(path="/remove", statuses=(200, 200, 200, 200, 200)),
    "POST removal.ask": Asked(path="/remove", statuses=(400, 400, 400, 400, 400)),
    "GET removal.thanks": Asked(path="/remove/thanks/1", statuses=(200, 200, 200, 200, 200)),
    "GET removal.index": Asked(path="/removals", statuses=(303, 403, 403, 200, 200)),
    "GET removal.one": Asked(path="/removals/1", statuses=(303, 403, 403, 409, 409)),
    "POST removal.withdraw": Asked(path="/removals/1/withdraw", statuses=(303, 403, 403, 409, 409)),
    "POST removal.refuse": Asked(path="/removals/1/refuse", statuses=(303, 403, 403, 409, 409)),
}
