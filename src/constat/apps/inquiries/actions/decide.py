"""The decision: three judgements, remarks, a standard of proof, a signature. And taking a signed inquiry up again."""

from datetime import UTC, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from constat.apps.access.log import canonical
from constat.apps.access.models import Event, Person
from constat.apps.incidents import actions as incidents
from constat.apps.incidents.actions.stages import assessors
from constat.apps.incidents.models import Division, Incident, Merge
from constat.apps.inquiries import proof
from constat.apps.inquiries.actions._case import (
    in_state,
    language,
    note,
    numbered,
    opened,
    parents,
    said,
    serves,
    take,
    units_of,
)
from constat.apps.inquiries.actions._team import order
from constat.apps.inquiries.actions.assess import latest
from constat.apps.inquiries.actions.review import DECISION
from constat.apps.inquiries.errors import NotIndependent, NotSigned, SamePersonTwice
from constat.apps.inquiries.facts import facts_of
from constat.apps.inquiries.models import (
    Assessment,
    Decision,
    Dissent,
    Inquiry,
    Investigation,
    OperationSearch,
    Reopening,
)
from constat.rules.inquiry import CONCLUDING, VERB_OF, Judgements, check_decision, outside_chain
from constat.rules.permissions import Permission
from constat.rules.separation import separate
from constat.rules.vocabulary import vocabulary

# What makes somebody one who worked on the facts: whoever did one of these does not sign.
WORKING = (
    "search_operations", "name_unit", "strike_unit", "open_assessment", "investigate_at_once", "propose_closure", "assess",
    "submit_to_decision", "plan", "preserve", "protect", "add_task", "finish_task", "progress", "add_finding",
    "withdraw_finding", "submit_findings",
)  # fmt: skip
IN_REVIEW, CLOSED = "in_review", "closed"  # vocabulary "incident_state"


@transaction.atomic
def decide(
    *, by: Person, at: datetime, inquiry: str, outcome: str, properly_conducted: bool, consistent: bool,
    criteria_met: bool, proof_standard: str, remarks: str, password: str,
) -> int:  # fmt: skip
    """Decide and sign. Returns the number of the decision.

    Refused to whoever worked on the facts and to whoever is in the chain of a unit involved. password: this person's, given
    again at this moment, so that an open screen signs nothing. outcome: vocabulary "decision_outcome".
    """
    found = opened(by, Permission.INQUIRIES_DECIDE, inquiry, at)
    in_state(found, DECISION)
    _may_sign(found, by, at)
    vocabulary("proof_standard").check(proof_standard)
    judgements = Judgements(properly_conducted, consistent, criteria_met)
    check_decision(outcome, judgements, proof_standard)
    remarks = said(
        remarks, field="remarks", message=_("Write your remarks: they are read with the decision.")
    )
    if not by.check_password(password):
        raise NotSigned(_("This is not your password. Nothing was signed."), code=inquiry)
    row = _signed(found, outcome, judgements, proof_standard, remarks, by, at)
    take(
        found,
        VERB_OF[outcome],
        by=by,
        at=at,
        reason=remarks,
        judgements=judgements,
        proof_standard=proof_standard,
        signature=row.signature,
    )
    found.save()
    details: dict[str, Any] = {"decision": row.number, "outcome": outcome, "content": row.content_hash}
    if outcome == "investigate":
        details["investigation"] = order(found, text=remarks, by=by, at=at)
    note(by=by, verb="decide", inquiry=found, at=at, details=details)
    _on_the_incident(found, outcome, by, at, remarks)
    return row.number


def _may_sign(inquiry: Inquiry, by: Person, at: datetime) -> None:
    decision = separate(workers(inquiry), str(by.pk), "assessor_approver")
    if not decision:
        raise SamePersonTwice(decision.say(language()), code=inquiry.code)
    _outside(inquiry, by, at)


def _outside(inquiry: Inquiry, by: Person, at: datetime) -> None:
    chain = outside_chain(serves(by, inquiry, at), units_of(inquiry), parents(), "unit_signoff")
    if not chain:
        raise NotIndependent(chain.say(language()), code=inquiry.code)


def workers(inquiry: Inquiry) -> frozenset[str]:
    """Keys of everybody who worked on the facts, of the inquiry, of its incident and of those its facts came from.

    Read from the log: it cannot be made to forget one.
    """
    labels = Event.objects.filter(
        object_type="inquiry",
        object_key=inquiry.code,
        verb__in=[f"inquiries.{verb}" for verb in WORKING],
    ).values_list("actor", flat=True)
    found = {label.split(" ", 1)[0] for label in labels.distinct()}
    for incident in _sources(inquiry.incident):
        found |= assessors(incident)
    return frozenset(found)


def _sources(incident: Incident) -> list[Incident]:
    """The incident, those merged into it, and those it was taken out of, to any depth."""
    seen: dict[int, Incident] = {}
    waiting = [incident]
    while waiting:
        one = waiting.pop()
        if one.pk in seen:
            continue
        seen[one.pk] = one
        merges = Merge.objects.filter(kept=one).select_related("absorbed")
        waiting += [row.absorbed for row in merges]
        waiting += [row.source for row in Division.objects.filter(taken=one).select_related("source")]
    return list(seen.values())


def _signed(
    inquiry: Inquiry, outcome: str, judgements: Judgements, proof_standard: str, remarks: str, by: Person, at: datetime
) -> Decision:  # fmt: skip
    last = latest(inquiry)
    row = Decision(
        inquiry=inquiry,
        number=numbered(Decision, inquiry=inquiry),
        outcome=outcome,
        proof_standard=proof_standard,
        properly_conducted=judgements.properly_conducted,
        consistent=judgements.consistent,
        criteria_met=judgements.criteria_met,
        remarks=remarks,
        assessment=last,
        dissent=_dissents(inquiry),
        signed_by=by,
        signed_at=at,
        public_key=proof.public_key(),
    )
    row.content = canonical(decided_upon(row, last)).encode("utf-8")
    row.content_hash = proof.sha256(row.content)
    row.signature = proof.sign(row.content_hash)
    row.save(force_insert=True)
    return row


def _dissents(inquiry: Inquiry) -> list[dict[str, Any]]:
    rows = Dissent.objects.filter(inquiry=inquiry).select_related("by").order_by("pk")
    return [{"by": row.by_id, "name": str(row.by), "at": _utc(row.at), "text": row.text} for row in rows]


def decided_upon(row: Decision, last: Assessment | None) -> dict[str, Any]:
    """Everything the signature covers."""
    inquiry = row.inquiry
    investigations = Investigation.objects.filter(inquiry=inquiry).exclude(sha256="").order_by("number")
    searches = OperationSearch.objects.filter(inquiry=inquiry).order_by("number")
    return {
        "form": proof.FORM,
        "inquiry": inquiry.code,
        "incident": inquiry.incident.code,
        **proof.columns(row),
        "proposed_outcome": inquiry.proposed_outcome,
        "baseline": inquiry.baseline.sha256,
        "assessment": proof.assessment_data(last) if last else None,
        "facts": facts_of(inquiry.incident),
        "units": sorted(units_of(inquiry)),
        "searches": [
            {
                "number": one.number, "asked": one.asked, "count": one.count, "hits": one.hits, "searched": one.searched,
                "missing": one.missing, "conclusion": one.conclusion,
            }
            for one in searches
        ],
        "investigations": [{"number": one.number, "sha256": one.sha256} for one in investigations],
    }  # fmt: skip


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat()


def _on_the_incident(inquiry: Inquiry, outcome: str, by: Person, at: datetime, remarks: str) -> None:
    """What was found of our force is said on the incident; where work goes on, its facts may change again."""
    involvement = vocabulary("decision_outcome")[outcome].extra.get("involvement")
    code = inquiry.incident.code
    if involvement:
        incidents.find_involvement(
            by=by,
            at=at,
            incident=code,
            docket=inquiry.code,
            involvement=str(involvement),
            permission=Permission.INQUIRIES_DECIDE,
        )
    inquiry.incident.refresh_from_db()
    if outcome not in CONCLUDING and inquiry.incident.state == IN_REVIEW:
        incidents.return_to_open(by=by, at=at, incident=code, reason=remarks)


@transaction.atomic
def reopen(*, by: Person, at: datetime, inquiry: str, trigger: str) -> None:
    """Something new is known. The decision that stood stays as it was signed; a review of what is new begins."""
    found = opened(by, Permission.INQUIRIES_DECIDE, inquiry, at)
    # To take a signed decision away is to decide: nobody does it for the own unit.
    _outside(found, by, at)
    trigger = said(trigger, field="trigger", message=_("Write what is new."))
    stood = Decision.objects.filter(inquiry=found, outcome__in=CONCLUDING).order_by("-number").first()
    was_closed = found.state == CLOSED
    before = Reopening(
        inquiry=found,
        decision=stood,
        trigger=trigger,
        closed_at=found.closed_at,
        closure_reason=found.closure_reason,
        explanation=found.explanation,
        notices=found.notices,
        by=by,
        at=at,
    )
    take(
        found,
        "reopen",
        by=by,
        at=at,
        reason=trigger,
        trigger=trigger,
        original_decision=stood.pk if stood else None,
    )
    before.save(force_insert=True)
    found.closed_at = found.closed_by = None
    found.closure_reason = found.explanation = found.proposed_outcome = found.proposed_reason = ""
    found.notices = []
    _back_on_the_incident(found, by, at, trigger, was_closed)
    found.save()
    note(
        by=by,
        verb="reopen",
        inquiry=found,
        at=at,
        details={"original_decision": stood.number if stood else None},
    )


def _back_on_the_incident(inquiry: Inquiry, by: Person, at: datetime, trigger: str, was_closed: bool) -> None:
    incident = inquiry.incident
    incident.refresh_from_db()
    if incident.state == CLOSED:
        incidents.reopen(by=by, at=at, incident=incident.code, trigger=trigger)
    elif incident.state == IN_REVIEW:
        incidents.return_to_open(by=by, at=at, incident=incident.code, reason=trigger)
    if was_closed:
        # Refused where another inquiry was opened on the incident since: new information goes there.
        incidents.set_docket(
            by=by,
            at=at,
            incident=incident.code,
            docket=inquiry.code,
            permission=Permission.INQUIRIES_DECIDE,
        )
