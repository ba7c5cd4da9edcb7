"""Take: somebody starts to sort a report. It becomes theirs; a receipt still owed no longer holds up the triage clock."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from constat.apps.access.models import Person
from constat.apps.reports.actions._gate import open_report
from constat.apps.reports.actions._step import CLOCK_COLUMNS, start_clock, step, written
from constat.apps.reports.models import Report
from constat.apps.reports.protection import ACKNOWLEDGE, triage_clock
from constat.rules.permissions import Permission


def take(*, by: Person, at: datetime, report: str, reason: str = "") -> Report:
    with transaction.atomic():
        found = open_report(by, Permission.REPORTS_TRIAGE, report=report, at=at)
        step(found, "take", by=by, at=at, reason=reason or _("taken from the queue"))
        found.assigned_to = by
        if found.clock == ACKNOWLEDGE:
            start_clock(found, triage_clock(found.involvement), at=at, started=found.received_at)
        written(found, "take", "state", "assigned_to", *CLOCK_COLUMNS, by=by, at=at)
    return found
