"""Pause and resume the running clock, for a named reason. The time it stood still is kept and shown."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from constat.apps.access.models import Person
from constat.apps.incidents.actions._case import LIVE, note, open_incident
from constat.apps.incidents.errors import NothingToDo
from constat.apps.incidents.models import Incident, IncidentPause
from constat.rules.deadlines import Pause, clock, due
from constat.rules.permissions import Permission
from constat.rules.vocabulary import vocabulary


@transaction.atomic
def pause(*, by: Person, at: datetime, incident: str, reason: str, remark: str = "") -> None:
    """reason: vocabulary "pause_reason"."""
    vocabulary("pause_reason").check(reason)
    found = open_incident(by, Permission.INCIDENTS_BUILD, incident, at, states=LIVE).incident
    if not found.clock:
        raise NothingToDo(_("No clock is running for this incident."), code=incident)
    if IncidentPause.objects.filter(incident=found, ends_at__isnull=True).exists():
        raise NothingToDo(_("The clock is paused already. Resume it first."), code=incident)
    IncidentPause.objects.create(
        incident=found, clock=found.clock, reason=reason, note=remark.strip(), starts_at=at, by=by
    )
    _touch(found, at)
    note(by=by, verb="pause", incident=found, at=at, details={"clock": found.clock, "reason": reason})


@transaction.atomic
def resume(*, by: Person, at: datetime, incident: str) -> None:
    found = open_incident(by, Permission.INCIDENTS_BUILD, incident, at, states=LIVE).incident
    if not IncidentPause.objects.filter(incident=found, ends_at__isnull=True).update(ends_at=at):
        raise NothingToDo(_("The clock is not paused."), code=incident)
    if found.clock and found.clock_started_at:
        found.due_at = due(found.clock_started_at, clock(found.clock), pauses_of(found), at)
    _touch(found, at)
    note(by=by, verb="resume", incident=found, at=at, details={"clock": found.clock})


def pauses_of(incident: Incident) -> list[Pause]:
    """The pauses of the clock that runs now."""
    rows = IncidentPause.objects.filter(
        incident=incident, clock=incident.clock, starts_at__gte=incident.clock_started_at
    )
    return [Pause(row.starts_at, row.ends_at, row.reason) for row in rows]


def _touch(incident: Incident, at: datetime) -> None:
    incident.updated_at = at
    incident.save(update_fields=["updated_at", "due_at"])
