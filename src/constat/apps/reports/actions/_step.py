"""One step of the workflow of a report: the table decides, the columns follow, the clock turns."""

from collections.abc import Mapping
from datetime import datetime

from constat.apps.access import log
from constat.apps.access.models import Person
from constat.apps.reports.models import Report, ReportPause
from constat.apps.reports.protection import due_from
from constat.rules.workflow import REPORT, Transition


def step(
    report: Report, verb: str, *, by: Person, at: datetime, reason: str, **supplied: object
) -> Transition:
    """Check and take the step. Raises IllegalTransition, MissingNeed. The caller saves and records."""
    given = {"actor": str(by.pk), "at": at, "reason": reason, **supplied}
    transition = REPORT.check(report.state, verb, given)
    report.state = transition.target
    return transition


def start_clock(report: Report, code: str, *, at: datetime, started: datetime | None = None) -> None:
    """Let another clock run (or none: ""). A pause belongs to its clock and ends with it."""
    ReportPause.objects.filter(report=report, ends_at__isnull=True).update(ends_at=at)
    report.clock = code
    report.clock_started_at = (started or at) if code else None
    report.due_at = due_from(code, started or at) if code else None


CLOCK_COLUMNS = ("clock", "clock_started_at", "due_at")


def written(
    report: Report,
    verb: str,
    *columns: str,
    by: Person,
    at: datetime,
    details: Mapping[str, object] | None = None,
) -> None:
    """Save the named columns and write the event of the act. Never words or names in `details`."""
    if columns:
        report.save(update_fields=list(columns))
    log.record(
        by=by, verb=f"reports.{verb}", object_type="report", object_key=report.code, at=at,
        details={"state": report.state, **dict(details or {})},
    )  # fmt: skip


def note(report: Report, kind: str, text: str, *, by: Person, at: datetime) -> None:
    """The words a step asked for. They may name people, so they stand under the report and not in the log."""
    report.notes.create(kind=kind, text=text.strip(), by=by, at=at)
