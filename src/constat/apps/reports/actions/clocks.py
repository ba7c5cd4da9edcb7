"""Pause and resume the running clock, for a named reason. The time it stood still is kept and shown."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from constat.apps.access.models import Person
from constat.apps.reports.actions._gate import open_report
from constat.apps.reports.actions._step import written
from constat.apps.reports.errors import NothingToDo
from constat.apps.reports.models import Report, ReportPause
from constat.rules.deadlines import Pause, clock, due
from constat.rules.permissions import Permission
from constat.rules.vocabulary import vocabulary


def pause_clock(*, by: Person, at: datetime, report: str, reason: str, note: str = "") -> Report:
    vocabulary("pause_reason").check(reason)
    with transaction.atomic():
        found = open_report(by, Permission.REPORTS_TRIAGE, report=report, at=at)
        if not found.clock:
            raise NothingToDo(_("No clock is running for this report."))
        if ReportPause.objects.filter(report=found, ends_at__isnull=True).exists():
            raise NothingToDo(_("The clock is paused already. Resume it first."))
        ReportPause.objects.create(
            report=found, clock=found.clock, reason=reason, note=note, starts_at=at, by=by
        )
        written(found, "pause_clock", by=by, at=at, details={"clock": found.clock, "reason": reason})
    return found


def resume_clock(*, by: Person, at: datetime, report: str) -> Report:
    with transaction.atomic():
        found = open_report(by, Permission.REPORTS_TRIAGE, report=report, at=at)
        if not ReportPause.objects.filter(report=found, ends_at__isnull=True).update(ends_at=at):
            raise NothingToDo(_("The clock is not paused."))
        pauses = pauses_of(found)
        if found.clock and found.clock_started_at:
            found.due_at = due(found.clock_started_at, clock(found.clock), pauses, at)
        written(found, "resume_clock", "due_at", by=by, at=at, details={"clock": found.clock})
    return found


def pauses_of(report: Report) -> list[Pause]:
    rows = ReportPause.objects.filter(
        report=report, clock=report.clock, starts_at__gte=report.clock_started_at
    )
    return [Pause(row.starts_at, row.ends_at, row.reason) for row in rows]
