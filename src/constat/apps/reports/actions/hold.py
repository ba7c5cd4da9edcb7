"""Hold and release: while somebody may be in danger nothing else happens to a report."""

from datetime import datetime

from django.db import transaction

from constat.apps.access.models import Person
from constat.apps.reports.actions._gate import open_report
from constat.apps.reports.actions._step import CLOCK_COLUMNS, note, start_clock, step, written
from constat.apps.reports.models import Report
from constat.apps.reports.protection import SAFETY, triage_clock
from constat.rules.permissions import Permission


def hold(*, by: Person, at: datetime, report: str, reason: str) -> Report:
    """The safety clock starts now, unless it has been running since the report came."""
    with transaction.atomic():
        found = open_report(by, Permission.REPORTS_TRIAGE, report=report, at=at)
        step(found, "hold", by=by, at=at, reason=reason)
        if found.clock != SAFETY:
            start_clock(found, SAFETY, at=at)
        note(found, "hold", reason, by=by, at=at)
        written(found, "hold", "state", *CLOCK_COLUMNS, by=by, at=at)
    return found


def release(*, by: Person, at: datetime, report: str, protection_plan: str) -> Report:
    """Back to the queue, with what was done for people's safety; the triage clock starts anew."""
    with transaction.atomic():
        found = open_report(by, Permission.REPORTS_TRIAGE, report=report, at=at)
        step(found, "release", by=by, at=at, reason=protection_plan, protection_plan=protection_plan)
        start_clock(found, triage_clock(found.involvement), at=at)
        note(found, "protection_plan", protection_plan, by=by, at=at)
        written(found, "release", "state", *CLOCK_COLUMNS, by=by, at=at)
    return found
