"""Acknowledge: the receipt owed was given (a letter answered, a number called back); the triage clock goes on from receipt."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from constat.apps.access.models import Person
from constat.apps.reports.actions._gate import open_report
from constat.apps.reports.actions._step import CLOCK_COLUMNS, start_clock, written
from constat.apps.reports.errors import NothingToDo
from constat.apps.reports.models import Report
from constat.apps.reports.protection import ACKNOWLEDGE, triage_clock
from constat.rules.permissions import Permission


def acknowledge(*, by: Person, at: datetime, report: str) -> Report:
    with transaction.atomic():
        found = open_report(by, Permission.REPORTS_TRIAGE, Permission.REPORTS_RECORD, report=report, at=at)
        if found.clock != ACKNOWLEDGE:
            raise NothingToDo(_("No receipt is owed for this report."))
        start_clock(found, triage_clock(found.involvement), at=at, started=found.received_at)
        written(found, "acknowledge", *CLOCK_COLUMNS, by=by, at=at)
    return found
