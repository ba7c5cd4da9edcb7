"""Inquiries at any stage, one line each. All invented. Other apps' tests may use them: `credible()`, `concluded()`."""

from datetime import date, datetime, timedelta
from typing import Any

from constat.apps.incidents import actions as incidents
from constat.apps.incidents.models import Incident
from constat.apps.incidents.tests.cases import build, make_report
from constat.apps.inquiries import actions
from constat.apps.inquiries.models import Inquiry
from constat.apps.register.models import Actor, Unit
from tests.cast import NOW, make_persona

PASSWORD = "the river is wide in March"


def after(**span: Any) -> datetime:
    return NOW + timedelta(**span)


def person(name: str) -> Any:
    """The persona of that name, whoever made it, with a password to sign with."""
    from constat.apps.access.models import Person

    found = Person.objects.filter(username=name).first() or make_persona(name)
    if not found.has_usable_password():
        found.set_password(PASSWORD)
        found.save()
    return found


def unit(code: str, parent: Unit | None = None, contributor: str = "") -> Unit:
    actor, _made = Actor.objects.get_or_create(
        code="mission-force",
        defaults={"kind": "own_mission", "name": "Force", "folded": "force", "is_own": True},
    )
    return Unit.objects.get_or_create(
        code=code,
        defaults={"name": code.title(), "actor": actor, "parent": parent, "contributor": contributor},
    )[0]


def serve(someone: Any, code: str) -> None:
    """From now on this person serves in that unit."""
    someone.posts.update(unit=code)


def alleged(chen: Any, **over: Any) -> Incident:
    """An open incident in which a source says that our force was involved."""
    return build(chen, make_report(involvement="alleged", **over))


def inquiry_of(code: str) -> Inquiry:
    return Inquiry.objects.select_related("incident").get(code=code)


def opened(chen: Any = None, incident: Incident | None = None, at: datetime = NOW) -> Inquiry:
    """At initial review, opened by Chen."""
    chen = chen or person("chen")
    incident = incident or alleged(chen)
    return inquiry_of(
        actions.open_inquiry(by=chen, at=at, incident=incident.code, reason="A patrol is said to have fired")
    )


def search(inquiry: Inquiry, by: Any = None, at: datetime = NOW) -> int:
    return actions.search_operations(
        by=by or person("chen"), at=at, inquiry=inquiry.code, first=date(2026, 2, 19), last=date(2026, 2, 21), lon=0.25,
        lat=17.55, radius_km=20.0, conclusion="The logs of two days were looked at.",
    )  # fmt: skip


def at_assessment(chen: Any = None, at: datetime = NOW) -> Inquiry:
    found = opened(chen, at=at)
    search(found, at=at)
    actions.open_assessment(by=chen or person("chen"), at=at, inquiry=found.code, reason="It may be so")
    return inquiry_of(found.code)


def assess(inquiry: Inquiry, by: Any = None, at: datetime = NOW, **over: Any) -> int:
    values: dict[str, Any] = {
        "findings": "Three people were killed at the market by fire of a patrol.",
        "contrary_evidence": "One witness heard two directions of fire; the traces show one.",
        "involvement": "assessed_likely", "recommendation": "complete", "proposed_outcome": "credible",
        "proof_standard": "reasonable_grounds", "criminality": "none", "deaths": (2, 3, 4), "injured": (0, None, None),
    }  # fmt: skip
    return actions.assess(by=by or person("chen"), at=at, inquiry=inquiry.code, **{**values, **over})


def at_decision(chen: Any = None, at: datetime = NOW) -> Inquiry:
    found = at_assessment(chen, at=at)
    assess(found, chen, at=at)
    actions.submit_to_decision(by=chen or person("chen"), at=at, inquiry=found.code, reason="It is ready")
    return inquiry_of(found.code)


def decide(
    inquiry: Inquiry, by: Any = None, outcome: str = "credible", at: datetime = NOW, **over: Any
) -> int:
    values: dict[str, Any] = {
        "properly_conducted": True, "consistent": True, "criteria_met": outcome != "returned",
        "proof_standard": "reasonable_grounds", "remarks": "I have read the whole file.", "password": PASSWORD,
    }  # fmt: skip
    return actions.decide(
        by=by or person("approver"), at=at, inquiry=inquiry.code, outcome=outcome, **{**values, **over}
    )


def credible(chen: Any = None, at: datetime = NOW) -> Inquiry:
    """Found credible and signed by Kadi: in response."""
    found = at_decision(chen, at=at)
    decide(found, at=at)
    return inquiry_of(found.code)


def concluded(outcome: str = "not_enough_evidence", at: datetime = NOW) -> Inquiry:
    """Signed with an outcome that asks for no response: in notification."""
    found = at_decision(at=at)
    decide(found, outcome=outcome, at=at)
    return inquiry_of(found.code)


def closed(at: datetime = NOW) -> Inquiry:
    found = concluded(at=at)
    end(found, at=at)
    return inquiry_of(found.code)


def end(inquiry: Inquiry, at: datetime = NOW, reason: str = "insufficient_evidence") -> None:
    """As responses does it: inquiry and incident end together."""
    values = {"closure_reason": reason, "explanation": "Not enough is known now; it can be taken up again."}
    actions.close(by=person("approver"), at=at, inquiry=inquiry.code, notices=["N-2026-000001"], **values)
    incidents.close(by=person("approver"), at=at, incident=inquiry.incident.code, **values)


def under_investigation(at: datetime = NOW) -> Inquiry:
    """Ordered by Kadi; Oumar of the team, declared independent."""
    found = at_decision(at=at)
    decide(found, outcome="investigate", at=at)
    oumar = person("investigator")
    actions.name_investigator(by=person("approver"), at=at, inquiry=found.code, person=oumar, leads=True)
    actions.declare(
        by=oumar, at=at, inquiry=found.code, declaration="I have no tie to any unit of the force."
    )
    return inquiry_of(found.code)


def add_finding(inquiry: Inquiry, at: datetime = NOW, **over: Any) -> int:
    values = {
        "statement": "The patrol fired eleven rounds.", "proof_standard": "balance_of_probabilities",
        "basis": "E-2026-000001", "contrary_evidence": "The log says seven rounds; eleven cases were found.",
    }  # fmt: skip
    return actions.add_finding(by=person("investigator"), at=at, inquiry=inquiry.code, **{**values, **over})
