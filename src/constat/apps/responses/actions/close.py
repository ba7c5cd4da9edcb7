"""Close a case: everybody told or a coded reason why not, nothing promised left open; then inquiry, incident and reports end."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from constat.apps.access.models import Person
from constat.apps.incidents import actions as incidents
from constat.apps.incidents.models import IncidentReport
from constat.apps.inquiries import actions as inquiries
from constat.apps.inquiries.models import Decision, Inquiry
from constat.apps.reports.actions.answer import answer as answer_report
from constat.apps.reports.models import Report
from constat.apps.responses import owed
from constat.apps.responses.actions._case import (
    answering,
    held_inquiry,
    language,
    note,
    permitted,
    written_words,
)
from constat.apps.responses.errors import CannotClose
from constat.apps.responses.models import Notice
from constat.rules.permissions import Permission

# What a receipt shows when the case of its report is closed: the outcome of the decision as an outcome of triage.
ON_THE_RECEIPT = {
    "credible": "answered",
    "not_enough_evidence": "close_not_enough_evidence",
    "own_force_not_involved": "own_force_not_involved",
    # "No harm found" is what we can show now, not a word about the person who spoke.
    "no_civilian_harm": "close_not_enough_evidence",
}
LINKED = "linked"  # vocabulary "report_state"
NO_WAY = "no_way_left"  # vocabulary "no_contact_reason"


@transaction.atomic
def close_case(*, by: Person, at: datetime, inquiry: str, closure_reason: str, explanation: str) -> None:
    """Refused while an offer is open or somebody has neither notice nor coded reason; the refusal names each.

    Raises CannotClose, WrongState, and what closing the inquiry and the incident refuse.
    """
    viewer = permitted(by, Permission.INCIDENTS_CLOSE, at=at)
    found = held_inquiry(viewer, inquiry, at)
    decision = answering(found)
    written_words(explanation, "explanation", _("Write the explanation of the decision."))
    if gaps := owed.missing(viewer, found, decision):
        raise CannotClose(_("This case cannot be closed yet."), gaps, language(), code=inquiry)
    settled = _told(found, decision)
    inquiries.close(by=by, at=at, inquiry=inquiry, closure_reason=closure_reason, explanation=explanation,
                    notices=[*settled.values()] or [NO_WAY])  # fmt: skip
    code = found.incident.code
    incidents.close(by=by, at=at, incident=code, closure_reason=closure_reason, explanation=explanation)
    incidents.tell(by=by, at=at, incident=code, reason=", ".join(settled.values()) or NO_WAY,
                   permission=Permission.INCIDENTS_CLOSE)  # fmt: skip
    answered = _answer_reports(found, decision, settled, by=by, at=at)
    note(by=by, verb="close_case", kind="inquiry", key=inquiry, at=at,
         details={"notices": len(settled), "reports": answered})  # fmt: skip


def _told(inquiry: Inquiry, decision: Decision) -> dict[int, str]:
    """Report id (a negative number for the others) -> code of the notice, with its coded reason where there is one."""
    rows = Notice.objects.filter(decision=decision).select_related("addressee").order_by("pk")
    found: dict[int, str] = {}
    for position, one in enumerate(rows, start=1):
        key = one.addressee.report_id or -position
        found[key] = one.code if one.state == "told" else f"{one.code}:{one.no_contact_reason}"
    return found


def _answer_reports(
    inquiry: Inquiry, decision: Decision, settled: dict[int, str], *, by: Person, at: datetime
) -> int:
    """Every report that hangs on no other open incident ends with the answer, duplicates too. How many."""
    outcome, answered = ON_THE_RECEIPT[decision.outcome], 0
    for report in owed.reports_of(inquiry):
        if report.state != LINKED or _elsewhere(report, inquiry):
            continue
        answer_report(
            by=by, at=at, report=report.code, outcome=outcome,
            explanation=_("The case %(code)s is closed.") % {"code": inquiry.code},
            told=settled.get(report.pk, NO_WAY),
        )  # fmt: skip
        answered += 1
    return answered


def _elsewhere(report: Report, inquiry: Inquiry) -> bool:
    """Is the report also part of another incident that is not closed? Then its answer is not complete yet."""
    others = IncidentReport.objects.filter(report=report, cut_at__isnull=True).exclude(
        incident=inquiry.incident_id
    )
    return others.exclude(incident__state__in=["closed", "merged"]).exists()


__all__ = ["ON_THE_RECEIPT", "close_case"]
