"""Assign: a report becomes somebody's work. It opens nothing that the person's level and compartments keep closed."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from constat.apps.access.models import Person
from constat.apps.access.queries import viewer_of
from constat.apps.access.visibility import facts_of
from constat.apps.reports.actions._gate import open_report
from constat.apps.reports.actions._step import written
from constat.apps.reports.errors import ReportError
from constat.apps.reports.models import Report
from constat.rules.permissions import Permission
from constat.rules.visibility import may_read


class CannotRead(ReportError):
    """The person chosen could not open the report: assigning it would leave it with nobody."""


def assign(*, by: Person, at: datetime, report: str, to: Person | None) -> Report:
    """`to` None takes it back from whoever has it."""
    with transaction.atomic():
        found = open_report(by, Permission.REPORTS_TRIAGE, report=report, at=at)
        found.assigned_to = to
        if to is not None:
            viewer = viewer_of(to, at=at)
            facts = facts_of(found, kind="report", granted_to=frozenset())
            if not viewer.may(Permission.REPORTS_READ) or not may_read(viewer, facts):
                raise CannotRead(
                    _("%(person)s may not read this report. Choose somebody else, or ask for access first.")
                    % {"person": to.display_name}
                )
        written(found, "assign", "assigned_to", by=by, at=at, details={"to": to.pk if to else None})
    return found
