"""Pause, resume and extend the running clock, each for a named reason. What it stood still is kept and reported."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from constat.apps.access.models import Person
from constat.apps.inquiries.actions._case import clock_of, note, opened, pauses_of, said
from constat.apps.inquiries.errors import NothingToDo
from constat.apps.inquiries.models import ClockExtension, Inquiry, InquiryPause
from constat.rules.deadlines import clock, due
from constat.rules.permissions import Permission
from constat.rules.vocabulary import vocabulary

# Whoever works on the stage may say why it stands still.
WORKERS = (
    Permission.INQUIRIES_ASSESS,
    Permission.INQUIRIES_INVESTIGATE,
    Permission.INQUIRIES_DECIDE,
)


def _running(by: Person, inquiry: str, at: datetime) -> Inquiry:
    found = opened(by, Permission.INQUIRIES_REVIEW, inquiry, at, *WORKERS)
    if not found.clock:
        raise NothingToDo(_("No clock is running for this inquiry."), code=inquiry)
    return found


@transaction.atomic
def pause(*, by: Person, at: datetime, inquiry: str, reason: str, remark: str = "") -> None:
    """reason: vocabulary "pause_reason"."""
    vocabulary("pause_reason").check(reason)
    found = _running(by, inquiry, at)
    if InquiryPause.objects.filter(inquiry=found, ends_at__isnull=True).exists():
        raise NothingToDo(_("The clock is paused already. Resume it first."), code=inquiry)
    InquiryPause.objects.create(
        inquiry=found, clock=found.clock, reason=reason, note=remark.strip(), starts_at=at, by=by
    )
    note(by=by, verb="pause", inquiry=found, at=at, details={"clock": found.clock, "reason": reason})


@transaction.atomic
def resume(*, by: Person, at: datetime, inquiry: str) -> None:
    found = _running(by, inquiry, at)
    if not InquiryPause.objects.filter(inquiry=found, ends_at__isnull=True).update(ends_at=at):
        raise NothingToDo(_("The clock is not paused."), code=inquiry)
    _write_due(found, at)
    note(by=by, verb="resume", inquiry=found, at=at, details={"clock": found.clock})


@transaction.atomic
def extend(*, by: Person, at: datetime, inquiry: str, reason: str) -> None:
    """More time, once, for a written reason. Raises NotExtendable for a clock that has no longer limit."""
    found = _running(by, inquiry, at)
    reason = said(reason, field="reason", message=_("Write why more time is needed."))
    if found.clock_extended:
        raise NothingToDo(_("This clock was extended already."), code=inquiry)
    clock(found.clock, extended=True)
    before = found.due_at
    found.clock_extended = True
    _write_due(found, at)
    ClockExtension.objects.create(
        inquiry=found,
        clock=found.clock,
        reason=reason,
        due_before=before or at,
        due_after=found.due_at or at,
        by=by,
        at=at,
    )
    note(by=by, verb="extend", inquiry=found, at=at, details={"clock": found.clock})


def _write_due(inquiry: Inquiry, at: datetime) -> None:
    if inquiry.clock_started_at:
        inquiry.due_at = due(inquiry.clock_started_at, clock_of(inquiry), pauses_of(inquiry), at)
    inquiry.updated_at = at
    inquiry.save(update_fields=["due_at", "clock_extended", "updated_at"])
