"""Attribute: who is said to have done it, by whom, on what basis. To name nobody is always legal."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from constat.apps.access.models import Person
from constat.apps.incidents import sums
from constat.apps.incidents.actions._case import note, open_incident
from constat.apps.incidents.errors import Incomplete, NothingToDo
from constat.apps.incidents.models import Attribution
from constat.apps.register.models import Actor
from constat.rules.attribution import check_attribution
from constat.rules.permissions import Permission
from constat.rules.vocabulary import vocabulary

NOT_ATTRIBUTABLE = "not_attributable"  # vocabulary "attribution_basis"


@transaction.atomic
def attribute(
    *, by: Person, at: datetime, incident: str, basis: str, explanation: str, actor: str = "", said_by: str = "",
    proof_standard: str = "",
) -> int:  # fmt: skip
    """The id of the attribution. actor: Actor.code, or "" with the basis "not_attributable".

    Raises AttributionWithoutBasis, AttributionWithoutSource (rules.attribution), Incomplete.
    """
    opened = open_incident(by, Permission.INCIDENTS_ATTRIBUTE, incident, at)
    party = Actor.objects.filter(code=actor).first() if actor else None
    if actor and party is None:
        raise Incomplete(_("There is no such actor in the register. Choose one of the list."), field="actor")
    check_attribution(actor or None, basis or None, said_by=said_by.strip() or None)
    if party is None and basis != NOT_ATTRIBUTABLE:
        raise Incomplete(_("Choose the actor, or the basis “not attributable”."), field="actor")
    if not explanation.strip():
        raise Incomplete(_("Write what this attribution rests on."), field="explanation")
    if proof_standard:
        vocabulary("proof_standard").check(proof_standard)
    row = Attribution.objects.create(
        incident=opened.incident, actor=party, basis=basis, said_by=said_by.strip(), explanation=explanation.strip(),
        proof_standard=proof_standard, by=by, at=at,
    )  # fmt: skip
    sums.refresh(opened.incident, at=at)
    note(
        by=by,
        verb="attribute",
        incident=opened.incident,
        at=at,
        details={"attribution": row.pk, "basis": basis},
    )
    return row.pk


@transaction.atomic
def withdraw_attribution(*, by: Person, at: datetime, incident: str, attribution: int) -> None:
    """It no longer stands. The row stays: who said it, and until when, is part of the record."""
    opened = open_incident(by, Permission.INCIDENTS_ATTRIBUTE, incident, at)
    ended = Attribution.objects.filter(
        pk=attribution, incident=opened.incident, withdrawn_at__isnull=True
    ).update(withdrawn_by=by, withdrawn_at=at)
    if not ended:
        raise NothingToDo(_("There is no such attribution in %(code)s.") % {"code": incident}, code=incident)
    sums.refresh(opened.incident, at=at)
    note(
        by=by,
        verb="withdraw_attribution",
        incident=opened.incident,
        at=at,
        details={"attribution": attribution},
    )
