"""Credible cases, bands and fund lines, with defaults that make the common case one line. All invented."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from constat.apps.access.counters import next_code
from constat.apps.amends import actions
from constat.apps.amends.actions import ContactDraft, HandOver, PayeeDraft, Terms
from constat.apps.amends.models import FundLine, Offer
from constat.apps.incidents import actions as incident_actions
from constat.apps.incidents.harms import HarmEntry
from constat.apps.incidents.models import Incident, PersonHarm
from constat.apps.incidents.tests.cases import build, make_report
from constat.apps.inquiries.models import Decision, Inquiry
from tests.cast import NOW

DAY = NOW.date()
SINCE = DAY - timedelta(days=60)
RECEIPT = "ab" * 32
D = Decimal


def credible(chen: Any, *, persons: Sequence[tuple[str, ...]] = (("death",),), compartment: str = "general",
             lines: Sequence[HarmEntry] = (), signed_at: datetime = NOW - timedelta(days=3)) -> Inquiry:  # fmt: skip
    """An inquiry found credible three days ago, on an incident with these persons harmed (and these figures)."""
    incident = build(chen, make_report(compartment=compartment))
    for harms in persons:
        incident_actions.add_person(by=chen, at=NOW, incident=incident.code, harms=harms)
    figures = [HarmEntry(harm="death", minimum=sum("death" in one for one in persons))] if persons else []
    incident_actions.set_harm(
        by=chen, at=NOW, incident=incident.code, lines=[*figures, *lines], reason="Test"
    )
    return inquiry_on(Incident.objects.get(pk=incident.pk), chen, signed_at)


def inquiry_on(incident: Incident, by: Any, signed_at: datetime = NOW - timedelta(days=3)) -> Inquiry:
    inquiry = Inquiry.objects.create(
        code=next_code("Q", 2026), incident=incident, state="response", opened_by=by, opened_at=signed_at, reason="Test",
        updated_at=signed_at, clock="response_plan", clock_started_at=signed_at, due_at=signed_at + timedelta(days=30),
    )  # fmt: skip
    Decision.objects.create(
        inquiry=inquiry, number=1, outcome="credible", proof_standard="more_likely_than_not", properly_conducted=True,
        consistent=True, criteria_met=True, remarks="Test", signed_by=by, signed_at=signed_at, content=b"{}",
        content_hash="0" * 64, signature="0" * 128, public_key="0" * 64,
    )  # fmt: skip
    return inquiry


def persons_of(inquiry: Inquiry, harm: str = "death") -> list[str]:
    rows = PersonHarm.objects.filter(incident=inquiry.incident, harm=harm).order_by("pk")
    return [str(row.person_id) for row in rows]


def fund(dara: Any, code: str = "AMENDS-1", amount: str = "10000", currency: str = "USD") -> FundLine:
    return actions.open_fund(
        by=dara, at=NOW, code=code, name="Amends", currency=currency, basis="Letter 12", amount=D(amount)
    )


def band(dara: Any, code: str = "death", low: str = "2000", usual: str = "2250", high: str = "2500",
         currency: str = "USD", valid_from: date = SINCE) -> None:  # fmt: skip
    actions.set_band(by=dara, at=NOW, band=code, currency=currency, minimum=D(low), base=D(usual), maximum=D(high),
                     valid_from=valid_from, reason="Set by the mission")  # fmt: skip


WIDOW = PayeeDraft("wife", Fraction(1), {"name": "Aminata Essai", "phone": "+223 00 00 00 00"})


def propose(amends: Any, inquiry: Inquiry, *, person: str | None = "first", harm: str = "death", terms: Terms | None = None,
            payees: Sequence[PayeeDraft] = (WIDOW,), rule: str = "widow_or_widower", **over: Any) -> str:  # fmt: skip
    if person == "first":
        person = persons_of(inquiry, harm)[0]
    given: dict[str, Any] = {"payee_basis": "The family and the local council agree", "reason": "Harm established",
                             "at": NOW} | over  # fmt: skip
    return actions.propose(by=amends, inquiry=inquiry.code, person=person, harm=harm, payees=payees, payee_rule=rule,
                           terms=terms or Terms(measure="condolence_payment", band="death"), **given)  # fmt: skip


def contact(**over: Any) -> ContactDraft:
    values: dict[str, Any] = {"on": DAY, "method": "place_of_choice", "language": "fr", "with_whom": "wife"}
    return ContactDraft(**(values | over))


def handover(**over: Any) -> HandOver:
    values: dict[str, Any] = {
        "on": DAY, "place": "health_centre", "witness": "chosen_by_family", "mark": "thumb_mark", "receipt_sha256": RECEIPT,
        "language": "fr", "read_aloud": True, "armed_in_view": False,
    }  # fmt: skip
    return HandOver(**(values | over))


def certified(cast: Any, inquiry: Inquiry, fund_code: str = "AMENDS-1", **over: Any) -> str:
    code = propose(cast.amends, inquiry, **over)
    actions.certify(by=cast.certifier, at=NOW, offer=code, reason="Checked", fund=fund_code)
    return code


def accepted(cast: Any, inquiry: Inquiry, **over: Any) -> str:
    code = certified(cast, inquiry, **over)
    for verb in ("put_to_family", "accept_offer"):
        actions.answer(by=cast.amends, at=NOW, offer=code, verb=verb, reason="Said so", contact=contact())
    return code


def delivered(cast: Any, inquiry: Inquiry, **over: Any) -> str:
    code = accepted(cast, inquiry, **over)
    actions.deliver(by=cast.payer, at=NOW, offer=code, reason="Handed over", handover=handover())
    return code


def state(code: str) -> str:
    return Offer.objects.get(code=code).state


def sums(code: str = "AMENDS-1") -> tuple[Decimal, Decimal, Decimal]:
    row = FundLine.objects.get(code=code)
    return row.funded, row.promised, row.disbursed
