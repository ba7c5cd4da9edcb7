"""The stages of an incident: to review, back, closed, reopened. A decision is never replaced, only followed by another."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from constat.apps.access.models import Event, Person
from constat.apps.incidents import sums
from constat.apps.incidents.actions._case import AT_WORK, CLOSED, IN_REVIEW, language, note, open_incident
from constat.apps.incidents.actions._stage import start_clock, step
from constat.apps.incidents.errors import Incomplete, SamePersonTwice, WrongState
from constat.apps.incidents.models import Closure, Incident, Revision
from constat.rules.permissions import Permission
from constat.rules.separation import separate
from constat.rules.vocabulary import vocabulary

# What makes somebody an assessor of the incident: whoever did one of these does not close it.
ASSESSING = (
    "build", "describe", "set_harm", "grade", "attribute", "add_source", "grade_source", "add_person",
    "submit_for_review", "merge", "split", "split_out",
)  # fmt: skip


@transaction.atomic
def submit_for_review(*, by: Person, at: datetime, incident: str, reason: str) -> None:
    """The work is done as far as it goes; somebody else decides."""
    opened = open_incident(by, Permission.INCIDENTS_BUILD, incident, at, states=AT_WORK)
    _take(opened.incident, "submit_for_review", by, at, reason)


@transaction.atomic
def return_to_open(*, by: Person, at: datetime, incident: str, reason: str) -> None:
    """More work is needed; the reason says which. Nothing is deleted."""
    opened = open_incident(by, Permission.INCIDENTS_CLOSE, incident, at, states={IN_REVIEW})
    _take(opened.incident, "return_to_open", by, at, reason)


@transaction.atomic
def close(*, by: Person, at: datetime, incident: str, closure_reason: str, explanation: str) -> None:
    """Decide. Refused to whoever worked on the incident (rules.separation). The people concerned are told next."""
    opened = open_incident(by, Permission.INCIDENTS_CLOSE, incident, at, states={IN_REVIEW})
    found = opened.incident
    if found.docket:
        raise WrongState(
            _(
                "Inquiry %(docket)s is open on %(code)s. The incident is closed with it: end the inquiry first."
            )
            % {"docket": found.docket, "code": found.code},
            code=found.code,
        )
    decision = separate(assessors(found), str(by.pk), "assessor_approver")
    if not decision:
        raise SamePersonTwice(decision.say(language()), code=incident)
    vocabulary("closure_reason").check(closure_reason)
    if not explanation.strip():
        raise Incomplete(_("Write the explanation of the decision."), field="explanation")
    transition = step(
        found,
        "close",
        by=by,
        at=at,
        reason=explanation,
        closure_reason=closure_reason,
        explanation=explanation,
    )
    found.closure_reason = closure_reason
    Closure.objects.create(
        incident=found, reason=closure_reason, explanation=explanation.strip(), by=by, at=at
    )
    start_clock(found, transition.clock, at=at)
    sums.refresh(found, at=at)
    note(by=by, verb="close", incident=found, at=at, details={"closure_reason": closure_reason})


@transaction.atomic
def reopen(*, by: Person, at: datetime, incident: str, trigger: str) -> None:
    """Something new is known. The decision that closed it stays as it was signed, with the moment it was opened again."""
    opened = open_incident(by, Permission.INCIDENTS_CLOSE, incident, at, states={CLOSED})
    found = opened.incident
    if not trigger.strip():
        raise Incomplete(_("Write what is new."), field="trigger")
    decision = Closure.objects.select_for_update(of=("self",)).get(incident=found, reopened_at__isnull=True)
    transition = step(
        found, "reopen", by=by, at=at, reason=trigger, trigger=trigger, original_decision=decision.pk
    )
    decision.reopened_by, decision.reopened_at, decision.trigger = by, at, trigger.strip()
    decision.save(update_fields=["reopened_by", "reopened_at", "trigger"])
    found.closure_reason = ""
    start_clock(found, transition.clock, at=at)
    sums.refresh(found, at=at)
    note(by=by, verb="reopen", incident=found, at=at, details={"original_decision": decision.pk})


def _take(incident: Incident, verb: str, by: Person, at: datetime, reason: str) -> None:
    if not reason.strip():
        raise Incomplete(_("Write a reason."), field="reason")
    before = incident.state
    transition = step(incident, verb, by=by, at=at, reason=reason)
    start_clock(incident, transition.clock, at=at)
    # The words may name somebody: they stand behind the incident's door, the log has the step.
    Revision.objects.create(incident=incident, before={"state": before}, reason=reason.strip(), by=by, at=at)
    sums.refresh(incident, at=at)
    note(by=by, verb=verb, incident=incident, at=at)


def assessors(incident: Incident) -> frozenset[str]:
    """Keys of everybody who worked on the facts, read from the log: it cannot be made to forget one."""
    verbs = [f"incidents.{verb}" for verb in ASSESSING]
    labels = Event.objects.filter(
        object_type="incident", object_key=incident.code, verb__in=verbs
    ).values_list("actor", flat=True)
    return frozenset(label.split(" ", 1)[0] for label in labels.distinct())


__all__ = ["assessors", "close", "reopen", "return_to_open", "submit_for_review"]
