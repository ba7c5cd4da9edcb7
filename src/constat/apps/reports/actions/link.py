"""What a link to an incident does to a report: called by the action of incidents, inside its transaction."""

from datetime import datetime

from constat.apps.access.models import Person
from constat.apps.reports.actions._gate import open_report
from constat.apps.reports.actions._step import CLOCK_COLUMNS, start_clock, step, written
from constat.apps.reports.models import Report
from constat.rules.permissions import Permission


def note_link(*, by: Person, at: datetime, report: str, incident: str, reason: str) -> Report:
    """A report in triage, accepted or already linked is linked. `incident`: its code. Raises WorkflowError otherwise."""
    found = open_report(by, Permission.REPORTS_LINK, report=report, at=at)
    step(found, "link", by=by, at=at, reason=reason, incident=incident)
    start_clock(found, "", at=at)
    written(found, "link", "state", *CLOCK_COLUMNS, by=by, at=at, details={"incident": incident})
    return found


def note_last_unlink(*, by: Person, at: datetime, report: str, incident: str, reason: str) -> Report:
    """The last link was taken away: the report is accepted and waits for its incident again."""
    found = open_report(by, Permission.REPORTS_LINK, report=report, at=at)
    step(found, "unlink", by=by, at=at, reason=reason, incident=incident)
    written(found, "unlink", "state", by=by, at=at, details={"incident": incident})
    return found
