"""Amends of the demo mission: money on two lines, bands, a rate, and credible cases answered by three people.

Everything goes through the actions people use; every name is invented. What a case lacks (no band, no money) is refused
as it would be in a mission, so the demo shows harms that still wait.
"""

import hashlib
import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction

from constat.apps.access.models import Person
from constat.apps.access.queries import viewer_of
from constat.apps.amends import actions, queries
from constat.apps.amends.actions import ContactDraft, HandOver, PayeeDraft, Terms
from constat.apps.inquiries.models import Inquiry
from constat.rules.amends import is_survivor

FUND, RESERVE = "AMENDS-2025", "AMENDS-XOF"
# band -> least, usual, most, in XOF: invented, in the order of the amounts on record
BANDS = {
    "death": (1_200_000, 1_400_000, 1_600_000),
    "injury_permanent": (700_000, 900_000, 1_200_000),
    "injury_serious": (250_000, 500_000, 900_000),
    "injury_minor": (100_000, 200_000, 350_000),
    "liberty": (150_000, 300_000, 500_000),
    "property_serious": (700_000, 1_100_000, 1_500_000),
    "property_minor": (60_000, 120_000, 200_000),
    "animal": (150_000, 190_000, 240_000),
    "hectare": (120_000, 180_000, 260_000),
    "vehicle_tool": (300_000, 900_000, 2_500_000),
}
NAMES = ("Aïssa Toumbari", "Bintou Walédia", "Coumba Sérandé", "Djénéba Falmory", "Fanta Kérouali", "Hawa Dembori",
         "Mariam Tessoko", "Nana Yorémi", "Oumou Balkassa", "Rokia Sénoudi", "مريم الورداني", "فاطمة السالمي")  # fmt: skip
MEASURES = {"death": "condolence_payment", "liberty": "ex_gratia_injury", "animal": "livestock_crop_in_kind",
            "hectare": "livestock_crop_in_kind"}  # fmt: skip


def open_lines(*, finance: Person, at: datetime, dollars: Decimal = Decimal(60_000)) -> None:
    """Two fund lines, in dollars and in francs, the rate of the day, and all bands in force from the day before."""
    actions.open_fund(by=finance, at=at, code=FUND, name="Réparations", currency="USD", basis="Décision 14/2025",
                      amount=dollars)  # fmt: skip
    actions.open_fund(by=finance, at=at, code=RESERVE, name="Réserve en francs", currency="XOF", basis="Décision 15/2025",
                      amount=Decimal(4_000_000))  # fmt: skip
    note_rate(finance=finance, at=at)
    for band, (least, usual, most) in BANDS.items():
        actions.set_band(
            by=finance, at=at, band=band, currency="XOF", minimum=Decimal(least), base=Decimal(usual), maximum=Decimal(most),
            valid_from=at.date() - timedelta(days=1), reason="Barème de la mission, révisé chaque année",
        )  # fmt: skip


def note_rate(*, finance: Person, at: datetime) -> None:
    """A rate serves a month: a demo that plays longer notes one each month."""
    actions.set_rate(
        by=finance,
        at=at,
        base="USD",
        quote="XOF",
        value=Decimal("600.5"),
        on=at.date(),
        source="Relevé de la trésorerie",
    )


def propose_all(*, officer: Person, inquiry: Inquiry, at: datetime, rng: random.Random) -> list[str]:
    """An offer for each harm of a credible case that has a band; codes of the offers. The others stay in the queue."""
    made = []
    for one in queries.harms_waiting(inquiry):
        if one.no_offer is not None or not one.bands or is_survivor(inquiry.incident.compartment, one.harm):
            continue
        band = next((code for code in one.bands if code in BANDS), "")
        if not band:
            continue
        measure = MEASURES.get(
            band, "ex_gratia_injury" if band.startswith("injury") else "property_replacement"
        )
        in_kind = measure == "livestock_crop_in_kind"
        terms = Terms(
            measure=measure, band=band, in_kind_unit=one.unit if in_kind else "",
            in_kind_quantity=one.left if in_kind else None, valuation="market_price" if in_kind else "",
            base=Decimal(BANDS[band][1]) * one.left if in_kind else None,
        )  # fmt: skip
        made.append(
            actions.propose(
                by=officer, at=at, inquiry=inquiry.code, person=one.person, harm=one.harm, quantity=one.left, terms=terms,
                payees=_payees(band, rng), payee_rule=_rule(band), reason="Préjudice établi par la décision",
                payee_basis="Dit par la famille et confirmé par deux voisins entendus séparément",
            )
        )  # fmt: skip
    return made


def settled_elsewhere(
    *, officer: Person, second: Person | None, inquiry: Inquiry, at: datetime, currency: str = "XOF"
) -> str:  # fmt: skip
    """One harm of the case that another payer is said to have settled; confirmed by `second`, or left to wait (None).
    The code of the claim; "" where no harm of the case has a band."""
    waiting = [one for one in queries.harms_waiting(inquiry) if one.no_offer is None]
    one = next((one for one in waiting if one.bands and one.bands[0] in BANDS), None)
    if one is None:
        return ""
    code = actions.settled_elsewhere(
        by=officer, at=at, inquiry=inquiry.code, harm=one.harm, person=one.person, quantity=one.left, band=one.bands[0],
        measure=MEASURES.get(one.bands[0], "ex_gratia_injury"), payer="host_state", currency=currency,
        amount=Decimal(BANDS[one.bands[0]][1]) * one.left, reason="Lettre de la préfecture, avec la liste des versements",
    )  # fmt: skip
    if second is not None:
        actions.confirm_settled(by=second, at=at + timedelta(days=1), offer=code,
                                reason="Lettre et liste vues à la préfecture ; le versement y figure.")  # fmt: skip
    return code


def _rule(band: str) -> str:
    return {"death": "heirs"}.get(
        band, "person_harmed" if band.startswith(("injury", "liberty")) else "household"
    )


def _payees(band: str, rng: random.Random) -> list[PayeeDraft]:
    if band != "death":
        return [PayeeDraft("self", Fraction(1), {"name": rng.choice(NAMES)})]
    one, two = rng.sample(NAMES, 2)
    return [
        PayeeDraft("wife", Fraction(1, 2), {"name": one}),
        PayeeDraft("mother", Fraction(1, 2), {"name": two}),
    ]


def answer(
    *, code: str, officer: Person, certifier: Person, payer: Person, at: datetime, answers: Sequence[str] = ("accept_offer",),
    fund: str = FUND, deliver: bool = True,
) -> None:  # fmt: skip
    """Take an offer through certification, the family's answer and the hand-over, by three people, a few days apart."""
    actions.certify(
        by=certifier, at=at, offer=code, fund=fund, reason="Dossier, fourchette et bénéficiaires vérifiés"
    )
    moment = at
    for verb in ("put_to_family", *answers):
        moment += timedelta(days=3)
        contact = ContactDraft(
            on=moment.date(), method="place_of_choice", language="fr", with_whom="other_family"
        )
        actions.answer(
            by=officer, at=moment, offer=code, verb=verb, reason="Entretien avec la famille", contact=contact
        )
    if not deliver or answers[-1:] != ("accept_offer",):
        return
    moment += timedelta(days=5)
    receipt = hashlib.sha256(f"demo receipt {code}".encode()).hexdigest()
    actions.deliver(
        by=payer, at=moment, offer=code, reason="Remis devant témoin",
        handover=HandOver(on=moment.date(), place="health_centre", witness="chosen_by_family", mark="thumb_mark",
                          receipt_sha256=receipt, language="fr", read_aloud=True, armed_in_view=False),
    )  # fmt: skip


def answer_cases(
    *, officer: Person, certifier: Person, payer: Person, at: datetime, seed: int = 1, limit: int = 20
) -> dict[str, int]:
    """Go through the queue as the officer sees it at `at`; what happened, counted. Every fifth family asks for time,
    every seventh declines, the last case is left for the reader to answer."""
    rng, done = random.Random(seed), {"proposed": 0, "delivered": 0, "deferred": 0, "declined": 0}
    cases = queries.queue(viewer_of(officer, at=at), at=at)[:limit]
    for case in cases[:-1] if len(cases) > 1 else cases:
        inquiry = Inquiry.objects.get(code=case.inquiry)
        for code in propose_all(officer=officer, inquiry=inquiry, at=at, rng=rng):
            done["proposed"] += 1
            verb = (
                "defer_offer"
                if done["proposed"] % 5 == 0
                else "decline_offer"
                if done["proposed"] % 7 == 0
                else "accept_offer"
            )
            answer(
                code=code,
                officer=officer,
                certifier=certifier,
                payer=payer,
                at=at + timedelta(days=2),
                answers=(verb,),
            )
            done[{"defer_offer": "deferred", "decline_offer": "declined"}.get(verb, "delivered")] += 1
    return done


__all__ = ["answer", "answer_cases", "note_rate", "open_lines", "propose_all", "settled_elsewhere"]
