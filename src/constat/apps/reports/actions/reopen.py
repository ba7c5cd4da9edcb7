"""Reopen a closed report after new information. The first decision stays where it is."""

from datetime import datetime

from django.db import transaction

from constat.apps.access.models import Person
from constat.apps.reports.actions._gate import open_report
from constat.apps.reports.actions._step import CLOCK_COLUMNS, note, start_clock, step, written
from constat.apps.reports.models import Report
from constat.rules.permissions import Permission


def reopen(*, by: Person, at: datetime, report: str, trigger: str) -> Report:
    """`trigger`: which new information. Back into triage, assigned to whoever reopened it."""
    with transaction.atomic():
        found = open_report(by, Permission.REPORTS_TRIAGE, report=report, at=at)
        transition = step(found, "reopen", by=by, at=at, reason=trigger, trigger=trigger)
        found.outcome, found.assigned_to = "", by
        start_clock(found, transition.clock or "", at=at)
        note(found, "reopen", trigger, by=by, at=at)
        written(found, "reopen", "state", "outcome", "assigned_to", *CLOCK_COLUMNS, by=by, at=at)
    return found
