"""Open an inquiry on an incident: our own force is alleged, or more. What was reported is frozen at that moment."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from constat.apps.access.counters import next_code
from constat.apps.access.models import Person
from constat.apps.incidents import actions as incidents
from constat.apps.incidents.queries import OWN_INVOLVEMENTS
from constat.apps.incidents.queries import get as incident_of
from constat.apps.inquiries.actions._case import note, opened, permitted, said, start_clock
from constat.apps.inquiries.errors import NothingToDo, WrongState
from constat.apps.inquiries.facts import as_reported
from constat.apps.inquiries.models import Baseline, Inquiry
from constat.apps.inquiries.proof import sha256
from constat.rules.inquiry import INQUIRY
from constat.rules.permissions import Permission


@transaction.atomic
def open_inquiry(*, by: Person, at: datetime, incident: str, reason: str) -> str:
    """The code of the inquiry. Refused where nobody says our force was involved: then there is nothing to ask ourselves."""
    viewer = permitted(by, Permission.INQUIRIES_REVIEW, at)
    found = incident_of(viewer, incident, at=at)
    reason = said(reason, field="reason", message=_("Write why this needs an inquiry."))
    if found.involvement not in OWN_INVOLVEMENTS:
        raise WrongState(
            _(
                "Nobody says that our own force was involved in %(code)s. Note who says so on the incident first."
            )
            % {"code": incident},
            code=incident,
        )
    code = next_code("Q", at.year)
    # The lock on the incident comes first: of two who open at once, the second is told that there is one.
    incidents.set_docket(by=by, at=at, incident=incident, docket=code, permission=Permission.INQUIRIES_REVIEW)
    found.refresh_from_db()
    inquiry = Inquiry(
        code=code,
        incident=found,
        state=INQUIRY.initial,
        officer=by,
        opened_by=by,
        opened_at=at,
        reason=reason,
        updated_at=at,
    )
    start_clock(inquiry, INQUIRY.starts[0], at=at)
    inquiry.save()
    content = as_reported(found)
    Baseline.objects.create(inquiry=inquiry, content=content, sha256=sha256(content), frozen_at=at)
    note(by=by, verb="open", inquiry=inquiry, at=at,
         details={"incident": incident, "baseline": sha256(content)})  # fmt: skip
    return code


@transaction.atomic
def assign(*, by: Person, at: datetime, inquiry: str, to: Person) -> None:
    """Whose work it is."""
    found = opened(by, Permission.INQUIRIES_REVIEW, inquiry, at, Permission.INQUIRIES_DECIDE)
    if found.officer_id == to.pk:
        raise NothingToDo(_("It is the work of this person already."), code=inquiry)
    found.officer, found.updated_at = to, at
    found.save(update_fields=["officer", "updated_at"])
    note(by=by, verb="assign", inquiry=found, at=at, details={"to": to.pk})
