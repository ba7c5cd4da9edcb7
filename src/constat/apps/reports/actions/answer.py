"""Answer: the incident is closed, so the report ends with its answer; whoever holds the receipt reads it on the status page.

A duplicate ends in the same way as the report it repeats: its receipt stays valid. Whoever closes the case answers all its
reports, also one of a compartment closed to them: nobody's receipt is forgotten, and nothing of such a report is shown.
"""

from datetime import datetime

from django.db import transaction

from constat.apps.access.models import Person
from constat.apps.reports.actions._gate import require
from constat.apps.reports.actions._step import CLOCK_COLUMNS, note, start_clock, step, written
from constat.apps.reports.models import Report, Triage
from constat.rules.permissions import Permission
from constat.rules.vocabulary import vocabulary


def answer(*, by: Person, at: datetime, report: str, outcome: str, explanation: str, told: str = "") -> None:
    """`told`: how the reporter was told, or the coded reason why not; without it the clock to tell them starts.

    The report is one of the case that the caller closes. Raises WorkflowError, UnknownTerm.
    """
    vocabulary("triage_outcome").check(outcome)
    with transaction.atomic():
        require(by, Permission.INCIDENTS_CLOSE, at=at)
        found = (
            Report.objects.select_for_update(of=("self",))
            .defer("original", "search_text", "extra")
            .get(code=report)
        )
        transition = step(
            found, "close", by=by, at=at, reason=explanation, outcome=outcome, explanation=explanation
        )
        waits = not told.strip() and found.reporter_key is not None
        start_clock(found, (transition.clock or "") if waits else "", at=at)
        found.outcome = outcome
        Triage.objects.create(report=found, outcome=outcome, reason=explanation.strip(), by=by, at=at)
        note(found, "explanation", explanation, by=by, at=at)
        if told.strip():
            note(found, "tell", told, by=by, at=at)
        written(
            found, "answer", "state", "outcome", *CLOCK_COLUMNS, by=by, at=at, details={"outcome": outcome}
        )


__all__ = ["answer"]
