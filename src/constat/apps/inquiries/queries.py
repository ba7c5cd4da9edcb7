"""Fetchers of inquiries. Each takes the viewer; what is not theirs is absent."""

from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from constat.apps.incidents.queries import readable_incidents
from constat.apps.inquiries.errors import InquiryNotFound
from constat.apps.inquiries.models import Decision, Inquiry
from constat.rules.inquiry import CONCLUDING
from constat.rules.permissions import Permission
from constat.rules.visibility import Viewer

RESPONSE = "response"  # vocabulary "inquiry_state"


def readable_inquiries(viewer: Viewer, *, at: datetime) -> QuerySet[Inquiry]:
    """All inquiries this viewer may read: the only way to them."""
    if not viewer.may(Permission.INQUIRIES_READ):
        return Inquiry.objects.none()
    return Inquiry.objects.filter(incident__in=readable_incidents(viewer, at=at))


def get(viewer: Viewer, code: str, *, at: datetime) -> Inquiry:
    """Raises InquiryNotFound, also for an inquiry that is there and not theirs."""
    rows = readable_inquiries(viewer, at=at).select_related("incident", "officer", "opened_by", "closed_by")
    found = rows.filter(code=code).first()
    if found is None:
        raise InquiryNotFound(
            _("There is no inquiry %(code)s among those you may read.") % {"code": code}, code=code
        )
    return found


def current_decision(inquiry: Inquiry) -> Decision | None:
    """The decision that stands: the last that concluded, unless the inquiry was reopened after it."""
    found = (
        Decision.objects.filter(inquiry=inquiry, outcome__in=CONCLUDING)
        .select_related("signed_by", "assessment")
        .order_by("-number")
        .first()
    )
    return None if found is None or found.reopenings.exists() else found


def credible(viewer: Viewer, *, at: datetime) -> QuerySet[Inquiry]:
    """Found credible, measures being prepared. The clock `response_plan` runs from the decision."""
    return readable_inquiries(viewer, at=at).filter(state=RESPONSE)
