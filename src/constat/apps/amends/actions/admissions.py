"""Admit somebody by name to the amends file of one case above their level, so that those it protects most are paid too."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from constat.apps.access import log
from constat.apps.access.models import Person
from constat.apps.access.queries import viewer_of
from constat.apps.amends import queries
from constat.apps.amends.actions._case import language, permitted
from constat.apps.amends.errors import Incomplete, OfferNotFound, SamePersonTwice
from constat.apps.amends.models import Admission
from constat.apps.incidents.queries import readable_incidents
from constat.apps.inquiries.errors import InquiryError
from constat.apps.inquiries.models import Inquiry
from constat.apps.inquiries.queries import get as get_inquiry
from constat.rules.amends import ACTING
from constat.rules.permissions import Permission
from constat.rules.separation import separate
from constat.rules.visibility import GENERAL


@transaction.atomic
def admit(*, by: Person, at: datetime, inquiry: str, person: Person, reason: str, until: datetime) -> int:
    """The id of the admission. Refused where it would change nothing, so that nobody believes that it does."""
    case = _case(by, inquiry, at)
    decision = separate({str(person.pk)}, str(by.pk), "grant_self")
    if not decision:
        raise SamePersonTwice(decision.say(language()), code=inquiry)
    if not reason.strip():
        raise Incomplete(
            _("Write why this person is admitted; the log keeps that it was done."), field="reason"
        )
    if until <= at:
        raise Incomplete(_("Choose an end in the future."), field="until")
    if case.incident.compartment != GENERAL:
        raise Incomplete(
            _(
                "This case stands in a compartment: admit the person to the compartment. A name does not open it."
            ),
            field="person",
        )
    _has_effect(case, person, at)
    made = Admission.objects.create(
        inquiry=case, person=person, reason=reason.strip(), granted_by=by, starts_at=at, ends_at=until
    )
    _note(by, "admit", case, at, person, until)
    return made.pk


@transaction.atomic
def end_admission(*, by: Person, at: datetime, inquiry: str, admission: int) -> None:
    """The file is closed to the person from their next request on. The row stays."""
    case = _case(by, inquiry, at)
    found = (
        queries.admissions(at=at).select_for_update(of=("self",)).filter(inquiry=case, pk=admission).first()
    )
    if found is None or found.person is None:
        raise Incomplete(_("This admission has already ended."), code=inquiry)
    found.ends_at = at
    found.save(update_fields=["ends_at"])
    _note(by, "end_admission", case, at, found.person, at)


def _case(by: Person, code: str, at: datetime) -> Inquiry:
    """The inquiry, locked: of two admissions of one person at the same moment, one is made."""
    viewer = permitted(by, Permission.ACCESS_GRANT, at)
    try:
        found = get_inquiry(viewer, code, at=at)
    except InquiryError as error:
        raise OfferNotFound(str(error), code=code) from error
    Inquiry.objects.select_for_update(of=("self",)).get(pk=found.pk)
    return found


def _has_effect(case: Inquiry, person: Person, at: datetime) -> None:
    viewer = viewer_of(person, at=at)
    if not viewer.may(Permission.RESPONSES_READ) or not ACTING & viewer.permissions:
        raise Incomplete(
            _("This person neither certifies, pays, confirms nor hears appeals."), field="person"
        )
    if readable_incidents(viewer, at=at).filter(pk=case.incident_id).exists():
        raise Incomplete(_("This person may read the case already."), field="person")
    if queries.admissions(at=at).filter(inquiry=case, person=person).exists():
        raise Incomplete(_("This person is admitted already."), field="person")


def _note(by: Person, verb: str, case: Inquiry, at: datetime, person: Person, until: datetime) -> None:
    log.record(by=by, verb=f"amends.{verb}", object_type="inquiry", object_key=case.code, at=at,
               details={"person": person.pk, "until": until})  # fmt: skip


__all__ = ["admit", "end_admission"]
