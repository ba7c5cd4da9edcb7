"""Share: leave to read one incident, for a person or a section, with a reason and an end. It never opens a compartment."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from constat.apps.access.models import Person
from constat.apps.incidents.actions._case import LIVE, language, note, open_incident
from constat.apps.incidents.errors import Incomplete, NothingToDo, SamePersonTwice
from constat.apps.incidents.models import IncidentGrant
from constat.rules.permissions import Permission
from constat.rules.separation import separate
from constat.rules.vocabulary import vocabulary


@transaction.atomic
def share(
    *, by: Person, at: datetime, incident: str, reason: str, until: datetime, person: Person | None = None,
    section: str = "",
) -> int:  # fmt: skip
    """The id of the grant. Exactly one of `person` and `section` (vocabulary "section"); nobody grants to oneself."""
    if (person is None) == (not section):
        raise Incomplete(_("Choose one person or one section."), field="person")
    if not reason.strip():
        raise Incomplete(_("Write why this reader needs the incident."), field="reason")
    if until <= at:
        raise Incomplete(_("Choose an end in the future."), field="until")
    found = open_incident(by, Permission.ACCESS_GRANT, incident, at, states=LIVE).incident
    if section:
        vocabulary("section").check(section)
    decision = separate([str(person.pk)] if person else [], str(by.pk), "grant_self")
    if not decision:
        raise SamePersonTwice(decision.say(language()), code=incident)
    grant = IncidentGrant.objects.create(
        incident=found,
        person=person,
        section=section,
        reason=reason.strip(),
        granted_by=by,
        starts_at=at,
        ends_at=until,
    )
    note(by=by, verb="share", incident=found, at=at,
         details={"person": person.pk if person else None, "section": section, "until": until})  # fmt: skip
    return grant.pk


@transaction.atomic
def unshare(*, by: Person, at: datetime, incident: str, grant: int) -> None:
    """End a grant now. The row stays: who could read, and until when, is part of the record."""
    found = open_incident(by, Permission.ACCESS_GRANT, incident, at, states=LIVE).incident
    if not IncidentGrant.objects.filter(incident=found, pk=grant, ends_at__gt=at).update(ends_at=at):
        raise NothingToDo(_("This grant has ended already."), code=incident)
    note(by=by, verb="unshare", incident=found, at=at, details={"grant": grant})
