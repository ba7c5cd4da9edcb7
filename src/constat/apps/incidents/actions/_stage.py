"""One step of the workflow of an incident: the table decides, the columns follow, the clock turns."""

from datetime import datetime

from constat.apps.access.models import Person
from constat.apps.incidents.models import Incident, IncidentPause
from constat.rules.deadlines import clock
from constat.rules.workflow import INCIDENT, Transition


def step(
    incident: Incident, verb: str, *, by: Person, at: datetime, reason: str, **supplied: object
) -> Transition:
    """Check and take the step. Raises IllegalTransition, MissingNeed. The caller saves and records."""
    given = {"actor": str(by.pk), "at": at, "reason": reason, **supplied}
    transition = INCIDENT.check(incident.state, verb, given)
    incident.state = transition.target
    return transition


def start_clock(incident: Incident, code: str | None, *, at: datetime) -> None:
    """Let another clock run (none: ""). A pause belongs to its clock and ends with it."""
    IncidentPause.objects.filter(incident=incident, ends_at__isnull=True).update(ends_at=at)
    incident.clock = code or ""
    incident.clock_started_at = at if code else None
    incident.due_at = at + clock(code).limit if code else None
