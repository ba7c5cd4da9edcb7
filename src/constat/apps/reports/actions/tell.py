"""Tell: the reporter was told what became of the report, safely, or it is noted why that was impossible."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from constat.apps.access.models import Person
from constat.apps.reports.actions._gate import open_report
from constat.apps.reports.actions._step import CLOCK_COLUMNS, note, start_clock, written
from constat.apps.reports.errors import NothingToDo
from constat.apps.reports.models import Report
from constat.rules.permissions import Permission

NOTIFY = "notify"  # vocabulary "clock"


def tell(*, by: Person, at: datetime, report: str, how: str) -> Report:
    """`how`: by which way they were told, or why not. Never a number or a name: those stay in the vault."""
    if not how.strip():
        raise NothingToDo(_("Write how the person was told, or why it was impossible."))
    with transaction.atomic():
        found = open_report(by, Permission.REPORTS_TRIAGE, report=report, at=at)
        if found.clock != NOTIFY:
            raise NothingToDo(_("Nobody waits to be told about this report."))
        start_clock(found, "", at=at)
        note(found, "tell", how, by=by, at=at)
        written(found, "tell", *CLOCK_COLUMNS, by=by, at=at)
    return found
