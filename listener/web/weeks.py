"""The first page: every week, how it stands and what there is to do."""

from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, Response

from digests import words
from listener.jobs import timetable
from listener.jobs.service import Service
from listener.web import doors, drawing, views
from storage.values import Week

bp = Blueprint("weeks", __name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One week in the list. `version` is the newest published (0: none), `is_withdrawn` whether that was taken down, `waiting`
    counts what came in since the team began, `publish_by` (UTC) is when it is due, `is_late` whether that is over."""

    week: Week
    has_begun: bool
    is_over: bool
    publish_by: datetime
    is_late: bool
    contributions: int = 0
    is_held: bool = False
    waiting: int = 0
    version: int = 0
    is_withdrawn: bool = False

    @property
    def dates(self) -> str:
        return words.dates(self.week.starts, self.week.ends)

    @property
    def stage(self) -> str:
        """How it stands, in a few words."""
        stages = (
            (not self.has_begun, "To come"),
            (self.is_withdrawn, "Published, and withdrawn"),
            (self.version > 0, f"Published, version {self.version}"),
            (self.is_held, "The team is working on it"),
            (not self.is_over, "People are answering"),
        )
        return next((told for is_so, told in stages if is_so), "A draft that nobody has worked on")

    @property
    def is_due(self) -> bool:
        return self.is_over and not self.version


@bp.get("/")
@bp.get("/weeks")
@doors.needs("viewer")
def index() -> Response:
    return drawing.page("weeks.html", lines=lines(doors.service()))


def lines(service: Service) -> list[Line]:
    """Every week: those that have begun, newest first, then those to come."""
    found = [_line(service, week) for week in service.config.exercise.weeks]
    begun = [line for line in found if line.has_begun]
    return [*reversed(begun), *(line for line in found if not line.has_begun)]


def _line(service: Service, week: Week) -> Line:
    now, number = service.now(), week.number
    with service.store.read() as unit:
        draft, held = unit.analyses.drafts().get(number), number in unit.decisions.held()
        versions = unit.editions.of(number)
    publish_by = timetable.of(service.config.exercise, week, service.config.schedule).publish_by
    return Line(
        week=week,
        has_begun=week.opens <= now,
        is_over=week.closes <= now,
        publish_by=publish_by,
        is_late=publish_by <= now,
        contributions=draft.contributions if draft else 0,
        is_held=held,
        waiting=len(views.of(number).view.tray) if held else 0,
        version=len(versions),
        is_withdrawn=bool(versions and versions[-1].withdrawn_at),
    )
