"""Psychosocial and survivor-centred accompaniment: one adviser, at the person's pace, nothing without agreement."""

import uuid
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from constat.apps.access.models import Person
from constat.apps.incidents.models import PersonHarm
from constat.apps.responses.actions._case import held_incident, held_track, note, permitted
from constat.apps.responses.errors import Incomplete, NothingToDo
from constat.apps.responses.models import Track, TrackStep
from constat.rules.permissions import Permission
from constat.rules.visibility import GENERAL
from constat.rules.vocabulary import vocabulary

ENDED = "ended"  # vocabulary "track_step"


@transaction.atomic
def open_track(
    *, by: Person, at: datetime, incident: str, kind: str, key: str, spoken_language: str, next_check_on: date | None = None
) -> int:  # fmt: skip
    """Begin to accompany a person. Whoever opens it is the adviser. The key of the track."""
    viewer = permitted(by, Permission.RESPONSES_NOTIFY, at=at)
    found = held_incident(viewer, incident, at)
    term = vocabulary("track_kind").check(kind)
    vocabulary("language").check(spoken_language)
    person = _person(found.pk, key)
    closed = str(term.extra.get("compartment", ""))
    if closed and closed not in viewer.compartments:
        raise Incomplete(_("Only an adviser of that compartment accompanies a survivor."), field="kind")
    compartment = found.compartment if found.compartment != GENERAL else closed or GENERAL
    if Track.objects.filter(incident=found, key=person, ended_at__isnull=True).exists():
        raise NothingToDo(_("This person is accompanied already."))
    made = Track.objects.create(
        incident=found, kind=kind, key=person, compartment=compartment, adviser=by, language=spoken_language,
        next_check_on=next_check_on, opened_at=at,
    )  # fmt: skip
    # Not on the incident: whoever reads its history would learn that somebody is accompanied.
    note(by=by, verb="open_track", kind="track", key=made.pk, at=at)
    return made.pk


@transaction.atomic
def add_step(
    *, by: Person, at: datetime, track: int, step: str, service: str = "", consent: bool = False, remark: str = "",
    next_check_on: date | None = None,
) -> None:  # fmt: skip
    """One step. What leaves the conversation needs the person's agreement, each time."""
    viewer = permitted(by, Permission.RESPONSES_NOTIFY, at=at)
    row = held_track(viewer, track, at)
    if row.ended_at is not None:
        raise NothingToDo(_("This accompaniment has ended. Open another one."))
    term = vocabulary("track_step").check(step)
    if service:
        vocabulary("support_service").check(service)
    if term.extra.get("consent"):
        if not service:
            raise Incomplete(_("Say which service."), field="service")
        if not consent:
            raise Incomplete(_("Nobody is referred without agreeing. Ask first."), field="consent")
    if next_check_on and next_check_on <= at.date():
        raise Incomplete(_("Give a day that is still to come."), field="next_check_on")
    TrackStep.objects.create(
        track=row, step=step, service=service, consent=consent, note=remark.strip(), by=by, at=at
    )
    row.next_check_on = next_check_on
    row.ended_at = at if step == ENDED else None
    row.save(update_fields=["next_check_on", "ended_at"])
    note(by=by, verb="add_step", kind="track", key=track, at=at)


def _person(incident: int, key: str) -> uuid.UUID:
    try:
        found = uuid.UUID(key.strip())
    except ValueError:
        found = None
    if found is None or not PersonHarm.objects.filter(incident_id=incident, person_id=found).exists():
        raise Incomplete(_("Choose a person of the list."), field="key")
    return found
