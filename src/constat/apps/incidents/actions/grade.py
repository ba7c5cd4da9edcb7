"""Grade: a person says how well the incident is established. The rule's suggestion and its trace are stored beside it."""

from datetime import datetime

from django.db import transaction

from constat.apps.access.models import Person
from constat.apps.incidents import sums
from constat.apps.incidents.actions._case import note, open_incident
from constat.apps.incidents.grading import suggestion_for
from constat.rules.permissions import Permission
from constat.rules.proof import decide_grade
from constat.rules.vocabulary import vocabulary

UNGRADED = "ungraded"  # vocabulary "grade": nobody's decision, so nobody's name stands with it


@transaction.atomic
def grade(
    *, by: Person, at: datetime, incident: str, grade: str, reason: str = "", proof_standard: str = ""
) -> None:
    """Raises OverrideWithoutReason when the choice differs from the suggestion and nobody says why."""
    opened = open_incident(by, Permission.INCIDENTS_GRADE, incident, at)
    found = opened.incident
    suggestion = suggestion_for(found)
    decision = decide_grade(suggestion, grade, reason)
    if proof_standard:
        vocabulary("proof_standard").check(proof_standard)
        found.proof_standard = proof_standard
    found.grade, found.grade_suggested, found.grade_reason = grade, suggestion.grade, decision.reason
    found.grade_trace = [
        *(sentence.as_data() for sentence in suggestion.trace),
        *({**sentence.as_data(), "against": True} for sentence in suggestion.counter_evidence),
    ]
    found.graded_by, found.graded_at = (None, None) if grade == UNGRADED else (by, at)
    sums.refresh(found, at=at)
    note(by=by, verb="grade", incident=found, at=at,
         details={"grade": grade, "suggested": suggestion.grade, "rule": suggestion.rule,
                  "overridden": decision.overridden})  # fmt: skip
