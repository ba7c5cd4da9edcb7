"""Persons harmed: under a key. Name and contact, if anybody gave them, are in the vault under that key, or nowhere."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from constat.apps.access import vault
from constat.apps.access.models import Identity, Person
from constat.apps.access.visibility import facts_of
from constat.apps.incidents.actions._case import note, open_incident, permitted, readable_incidents
from constat.apps.incidents.errors import IncidentNotFound, Incomplete, NotAllowed, NothingToDo
from constat.apps.incidents.models import Incident, PersonHarm, PersonHarmed, Revision
from constat.apps.incidents.reading import granted_to
from constat.rules.permissions import Permission
from constat.rules.visibility import Field, may_see
from constat.rules.vocabulary import vocabulary

KIND = "person_harmed"


@transaction.atomic
def add_person(
    *, by: Person, at: datetime, incident: str, harms: Sequence[str], sex: str = "unknown", age_band: str = "unknown",
    status: str = "unknown", status_basis: str = "", groups: Sequence[str] = (), on: date | None = None,
    identity: Mapping[str, str] | None = None,
) -> uuid.UUID:  # fmt: skip
    """The key of the person. identity: name, phone, contact ...; it goes to the vault and needs leave to record it."""
    opened = open_incident(by, Permission.INCIDENTS_BUILD, incident, at)
    _words(sex, age_band, status, groups, harms)
    given = {name: value.strip() for name, value in (identity or {}).items() if value.strip()}
    compartment = opened.incident.compartment
    if given:
        permitted(by, Permission.IDENTITIES_RECORD, at)
    key = (
        vault.seal(kind=KIND, values=given, by=by, at=at, compartment=compartment) if given else uuid.uuid4()
    )
    person = PersonHarmed.objects.create(
        key=key, sex=sex, age_band=age_band, status=status, status_basis=status_basis.strip(), groups=list(groups),
        created_at=at,
    )  # fmt: skip
    PersonHarm.objects.bulk_create(
        [
            PersonHarm(person=person, incident=opened.incident, harm=harm, on=on)
            for harm in dict.fromkeys(harms)
        ]
    )
    _touch(opened.incident, at)
    note(
        by=by,
        verb="add_person",
        incident=opened.incident,
        at=at,
        details={"person": str(key), "sealed": bool(given)},
    )
    return key


@transaction.atomic
def amend_person(
    *, by: Person, at: datetime, incident: str, person: uuid.UUID | str, harms: Sequence[str], sex: str, age_band: str,
    status: str, status_basis: str = "", groups: Sequence[str] = (), on: date | None = None,
) -> None:  # fmt: skip
    """What is held about one person, anew. The harms are those in this incident; others elsewhere stay."""
    opened = open_incident(by, Permission.INCIDENTS_BUILD, incident, at)
    found = _person_of(opened.incident, person)
    _words(sex, age_band, status, groups, harms)
    found.sex, found.age_band, found.status = sex, age_band, status
    found.status_basis, found.groups = status_basis.strip(), list(groups)
    found.save()
    PersonHarm.objects.filter(person=found, incident=opened.incident).exclude(harm__in=harms).delete()
    for harm in dict.fromkeys(harms):
        PersonHarm.objects.update_or_create(
            person=found, incident=opened.incident, harm=harm, defaults={"on": on} if on else {}
        )
    _touch(opened.incident, at)
    note(by=by, verb="amend_person", incident=opened.incident, at=at, details={"person": str(found.key)})


@transaction.atomic
def remove_person(*, by: Person, at: datetime, incident: str, person: uuid.UUID | str, reason: str) -> None:
    """Take a person off this incident (listed twice, not there). Nothing is left of them here; the vault row goes with
    the last incident that needs it."""
    opened = open_incident(by, Permission.INCIDENTS_BUILD, incident, at)
    found = _person_of(opened.incident, person)
    if not reason.strip():
        raise Incomplete(_("Write why this person is taken off the list."), field="reason")
    PersonHarm.objects.filter(person=found, incident=opened.incident).delete()
    if not PersonHarm.objects.filter(person=found).exists():
        Identity.objects.filter(pk=found.key, kind=KIND).delete()
        found.delete()
    _touch(opened.incident, at)
    # The reason may name somebody: it stands with the revisions, behind the incident's door, and not in the log.
    Revision.objects.create(
        incident=opened.incident, before={"person": str(person)}, reason=reason.strip(), by=by, at=at
    )
    note(by=by, verb="remove_person", incident=opened.incident, at=at, details={"person": str(person)})


def reveal_identity(
    *, by: Person, at: datetime, incident: str, person: uuid.UUID | str, purpose: str
) -> dict[str, str]:
    """Name and contact of one person, for a stated purpose. The vault commits its event before it opens anything, so this
    runs in no transaction of its own. A part only ("coarse"): the way to reach them, and no other value."""
    viewer = permitted(by, Permission.IDENTITIES_REVEAL, at)
    found = Incident.objects.filter(readable_incidents(viewer, at)).filter(code=incident).first()
    if found is None:
        raise IncidentNotFound(
            _("There is no incident %(code)s among those you may read.") % {"code": incident}
        )
    row = _person_of(found, person)
    facts = facts_of(found, kind="incident", granted_to=granted_to(found, at))
    access = may_see(viewer, facts, Field.PERSON_IDENTITY, purpose)
    if not access:
        if access.reason == "purpose_needed":
            raise Incomplete(
                _("Write what you need the name for. It is written in the log."), field="purpose"
            )
        raise NotAllowed(_("Your work does not need this person’s identity."))
    if not Identity.objects.filter(pk=row.key).exists():
        raise NothingToDo(_("Nobody gave the name of this person."))
    values = vault.reveal(row.key, by=by, viewer=viewer, purpose=purpose, at=at)
    if access.level == "coarse":
        return {name: value for name, value in values.items() if name in {"contact", "phone"}}
    return values


def _person_of(incident: Incident, key: uuid.UUID | str) -> PersonHarmed:
    try:
        wanted = uuid.UUID(str(key))
    except ValueError:
        wanted = uuid.UUID(int=0)
    found = PersonHarmed.objects.filter(pk=wanted, harms__incident=incident).distinct().first()
    if found is None:
        raise NothingToDo(_("This person is not in %(code)s.") % {"code": incident.code}, code=incident.code)
    return found


def _words(sex: str, age_band: str, status: str, groups: Sequence[str], harms: Sequence[str]) -> None:
    for name, code in (("sex", sex), ("age_band", age_band), ("person_status", status)):
        vocabulary(name).check(code)
    for code in groups:
        vocabulary("person_group").check(code)
    for code in harms:
        vocabulary("harm").check(code)
    if not harms:
        raise Incomplete(_("Say what this person suffered: at least one harm."), field="harms")


def _touch(incident: Incident, at: datetime) -> None:
    incident.updated_at = at
    incident.save(update_fields=["updated_at"])
