"""What a person harmed said about the name going to an authority; and taking it back, at any time."""

import uuid
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from constat.apps.access.models import Person
from constat.apps.referrals.actions._referral import held, note, permitted
from constat.apps.referrals.errors import Incomplete, ReferralNotFound
from constat.apps.referrals.models import PersonConsent, Referral
from constat.rules.handover import profile
from constat.rules.permissions import Permission
from constat.rules.vocabulary import vocabulary


@transaction.atomic
def record_consent(
    *, by: Person, at: datetime, referral: str, person: str, said_by: str, given_at: datetime
) -> None:
    """This person, or who speaks for them (`said_by`: vocabulary "consent_speaker"), agreed to this authority and use."""
    viewer = permitted(by, Permission.REFERRALS_PREPARE, at)
    row = held(viewer, referral, at)
    vocabulary("consent_speaker").check(said_by)
    if given_at > at:
        raise Incomplete(_("The consent lies in the future. Check the date."), field="given_at")
    key = _of_case(row, person)
    purpose = profile(row.profile).purpose
    standing = PersonConsent.objects.filter(
        person_id=key, purpose=purpose, authority=row.authority, withdrawn_at__isnull=True
    )
    if standing.exists():
        raise Incomplete(_("This consent is on record already."), field="person")
    PersonConsent.objects.create(
        person_id=key, purpose=purpose, authority=row.authority, said_by=said_by, given_at=given_at, recorded_by=by,
        recorded_at=at,
    )  # fmt: skip
    note(by=by, verb="record_consent", row=row, at=at, details={"person": str(key), "purpose": purpose})


@transaction.atomic
def withdraw_consent(*, by: Person, at: datetime, referral: str, person: str) -> None:
    """Taken back: no bag written from now on names this person. Bags that went are listed, and the authority can be told."""
    viewer = permitted(by, Permission.REFERRALS_PREPARE, at)
    row = held(viewer, referral, at)
    key = _of_case(row, person)
    ended = PersonConsent.objects.filter(
        person_id=key, authority=row.authority, withdrawn_at__isnull=True
    ).update(withdrawn_at=at, withdrawn_by=by)
    if not ended:
        raise Incomplete(_("No consent of this person for this authority stands."), field="person")
    note(by=by, verb="withdraw_consent", row=row, at=at, details={"person": str(key)})


def _of_case(row: Referral, person: str) -> uuid.UUID:
    try:
        key = uuid.UUID(person)
    except ValueError:
        key = uuid.UUID(int=0)
    if not row.incident.persons.filter(person_id=key).exists():
        raise ReferralNotFound(_("This person is not listed in the case."), code=row.code)
    return key
