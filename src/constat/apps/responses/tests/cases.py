"""Cases on their way to an answer, one line each. All invented."""

import uuid
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction

from constat.apps.access import vault
from constat.apps.amends import actions as amends
from constat.apps.amends.queries import harms_waiting
from constat.apps.incidents.tests.cases import build, make_report
from constat.apps.inquiries.models import Inquiry
from constat.apps.inquiries.tests import cases as inquiries
from constat.apps.reports import receipts
from constat.apps.reports.models import Receipt, Report
from constat.apps.responses import actions
from constat.apps.responses.models import Addressee, Complaint, Notice
from tests.cast import NOW

person = inquiries.person


def after(**span: Any) -> datetime:
    return NOW + timedelta(**span)


def reported(*, named: bool = True, receipt: bool = True, **over: Any) -> tuple[Report, str]:
    """A report by somebody who can be reached (or not), and the sixteen digits of its receipt."""
    values: dict[str, Any] = {"involvement": "alleged", **over}
    if named:
        with transaction.atomic():
            values["reporter_key"] = vault.seal(
                kind="reporter", values={"name": "Awa Inventée", "phone": "000"}, by="public", at=NOW,
                compartment=values.get("compartment", "general"),
            )  # fmt: skip
    report = make_report(**values)
    code = next(receipts.candidates(report.uid))
    if receipt:
        Receipt.objects.create(
            report=report, lookup=receipts.lookup(code), language="fr", issued_on=NOW.date()
        )
    return report, code


def decided(
    outcome: str = "not_enough_evidence", *reports: Report, persons: bool = False, answered: bool = True
) -> Inquiry:
    """An inquiry with a signed decision, on an incident made of these reports (or of one nobody waits behind).

    answered: where harm was found, a coded reason stands for each why nothing is offered.
    """
    chen = person("chen")
    incident = build(chen, *(reports or [make_report(involvement="alleged")]))
    if persons:
        from constat.apps.incidents import actions as incidents

        incidents.add_person(
            by=chen,
            at=NOW,
            incident=incident.code,
            harms=["injury"],
            sex="woman",
            identity={"name": "Fanta Inventée"},
        )
    found = inquiries.opened(chen, incident)
    inquiries.search(found)
    from constat.apps.inquiries import actions as acts

    acts.open_assessment(by=chen, at=NOW, inquiry=found.code, reason="It may be so")
    inquiries.assess(found)
    acts.submit_to_decision(by=chen, at=NOW, inquiry=found.code, reason="Ready")
    inquiries.decide(found, outcome=outcome)
    if answered and outcome == "credible":
        held_back(found)
    return inquiries.inquiry_of(found.code)


def held_back(inquiry: Inquiry) -> None:
    for one in harms_waiting(inquiry):
        amends.hold_back(by=person("amends"), at=NOW, inquiry=inquiry.code, harm=one.harm, person=one.person,
                         no_offer_reason="not_found", words="Searched twice; again in May")  # fmt: skip


def add(inquiry: Inquiry, by: Any = None, **over: Any) -> int:
    """A family that may be visited between eight and eighteen, in French."""
    values: dict[str, Any] = {"kind": "household", "spoken_language": "fr"}
    return actions.add_addressee(by=by or person("chen"), at=NOW, inquiry=inquiry.code, **{**values, **over})


def go(inquiry: Inquiry, number: int, by: Any = None, at: datetime = NOW, risk: str = "go") -> None:
    actions.judge_risk(
        by=by or person("chen"), at=at, inquiry=inquiry.code, addressee=number, risk=risk, reason="Asked"
    )


def drafted(inquiry: Inquiry, number: int, by: Any = None) -> str:
    return actions.draft(by=by or person("chen"), at=NOW, inquiry=inquiry.code, addressee=number)


def cleared(inquiry: Inquiry, number: int) -> str:
    code = drafted(inquiry, number)
    actions.clear(by=person("dara"), at=NOW, notice=code, reason="It can be read aloud")
    return code


def tell(code: str, by: Any = None, at: datetime | None = None, **over: Any) -> None:
    values: dict[str, Any] = {"channel": "in_person", "spoken_language": "fr", "proof": "said_back"}
    actions.tell(by=by or person("chen"), at=at or after(hours=1), notice=code, **{**values, **over})


def told(inquiry: Inquiry, number: int | None = None) -> str:
    """Told at ten in the morning, an hour after the risk was judged."""
    number = number or add(inquiry)
    go(inquiry, number)
    code = cleared(inquiry, number)
    tell(code)
    return code


def not_told(inquiry: Inquiry, number: int | None = None, reason: str = "not_found") -> str:
    """Said by one person, confirmed by another."""
    code = said_unreached(inquiry, number, reason)
    actions.confirm_unreached(
        by=person("dara"), at=after(hours=2), notice=code, reason="Two searches, both noted"
    )
    return code


def said_unreached(inquiry: Inquiry, number: int | None = None, reason: str = "not_found") -> str:
    number = number or add(inquiry)
    return actions.note_no_contact(
        by=person("chen"), at=after(hours=1), inquiry=inquiry.code, addressee=number, no_contact_reason=reason,
        reason="Searched in two villages",
    )  # fmt: skip


def close(
    inquiry: Inquiry, by: Any = None, at: datetime | None = None, reason: str = "insufficient_evidence"
) -> None:
    actions.close_case(
        by=by or person("dara"), at=at or after(hours=3), inquiry=inquiry.code, closure_reason=reason,
        explanation="Not enough is known now; it can be taken up again.",
    )  # fmt: skip


def complaint(code: str = "", by: Any = "public", **over: Any) -> tuple[Complaint, str]:
    values: dict[str, Any] = {
        "words": "Nobody told my brother.",
        "kind": "treatment",
        "spoken_language": "fr",
    }
    found = actions.complain(by=by, at=after(days=1), code=code, uid=uuid.uuid4(), **{**values, **over})
    return Complaint.objects.get(code=found.code), found.receipt


def row(inquiry: Inquiry, number: int) -> Addressee:
    return Addressee.objects.get(incident=inquiry.incident_id, number=number)


def notice(code: str) -> Notice:
    return Notice.objects.get(code=code)


def offer(
    inquiry: Inquiry, key: uuid.UUID, state: str = "accepted", measure: str = "medical_follow_up"
) -> Any:
    """An offer as amends keeps it, written straight into the table: what matters here is that it is open or settled."""
    from constat.apps.access.counters import next_code
    from constat.apps.amends.models import Offer

    values: dict[str, Any] = {
        "code": next_code("A", 2026), "inquiry": inquiry, "state": state, "person": key, "subject": str(key),
        "harm": "injury", "settles": "injury", "event": str(uuid.uuid4())[:8], "slot": "care", "measure": measure, "currency": "XOF",
        "comparable_currency": "XOF", "beneficiary": key, "payee_rule": "person_harmed", "payee_basis": "Herself",
        "proposed_by": person("amends"), "proposed_at": NOW, "updated_at": NOW,
    }  # fmt: skip
    if state != "proposed":
        values |= {"certified_by": person("certifier"), "certified_at": NOW}
    return Offer.objects.create(**values)


DAY = date(2026, 2, 20)
