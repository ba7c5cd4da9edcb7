"""The investigation that is open, its order, and who of its team may act."""

from datetime import datetime

from django.utils.translation import gettext as _

from constat.apps.access.models import Person
from constat.apps.inquiries.actions._case import language, numbered, parents, serves, units_of
from constat.apps.inquiries.errors import NotIndependent, Sealed
from constat.apps.inquiries.models import Inquiry, Investigation, Investigator
from constat.rules.inquiry import outside_chain


def order(inquiry: Inquiry, *, text: str, by: Person, at: datetime) -> int:
    """Write the order. Returns the number of the investigation."""
    row = Investigation.objects.create(
        inquiry=inquiry,
        number=numbered(Investigation, inquiry=inquiry),
        order=text.strip(),
        ordered_by=by,
        ordered_at=at,
    )
    return row.number


def running(inquiry: Inquiry) -> Investigation:
    """The investigation that is not sealed, under a lock. Raises Sealed."""
    found = (
        Investigation.objects.select_for_update(of=("self",))
        .filter(inquiry=inquiry, sealed_at__isnull=True)
        .first()
    )
    if found is None:
        raise Sealed(
            _("No investigation is open on %(code)s: what was found is sealed and does not change any more.")
            % {"code": inquiry.code},
            code=inquiry.code,
        )
    return found


def member(investigation: Investigation, person: Person) -> Investigator | None:
    return Investigator.objects.filter(
        investigation=investigation, person=person, released_at__isnull=True
    ).first()


def require_independent(inquiry: Inquiry, person: Person, at: datetime) -> None:
    """A person of the unit involved, or of one above or below it, does not investigate."""
    decision = outside_chain(serves(person, inquiry, at), units_of(inquiry), parents(), "unit_investigator")
    if not decision:
        raise NotIndependent(decision.say(language()), code=inquiry.code)


def require_member(investigation: Investigation, person: Person, at: datetime) -> Investigator:
    """Of the team, declared independent, and still so: a unit may have been named since."""
    found = member(investigation, person)
    if found is None:
        raise NotIndependent(_("You are not of the team of this investigation. Ask to be named."))
    require_independent(investigation.inquiry, person, at)
    if found.declared_at is None:
        raise NotIndependent(_("Declare first that you are independent of the unit involved."))
    return found
