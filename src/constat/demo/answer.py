"""The answer, played: inquiries opened, assessed and signed; amends offered and paid; a referral; what was said in public.

After the three years of `fill` and the logs of `operations`, through the same actions people use. Some files are left where a
visitor can go on: one to review, one to assess, one to sign, one whose family waits for an offer.
"""

import io
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from constat.apps.access.models import Person
from constat.apps.incidents import actions as incidents
from constat.apps.incidents.models import Incident
from constat.apps.incidents.queries import OWN_INVOLVEMENTS
from constat.apps.inquiries import actions as inquiries
from constat.apps.inquiries.models import Inquiry
from constat.apps.publication import actions as publication
from constat.apps.referrals import actions as referrals
from constat.demo import amends, evidence, responses

CASES = {"full": 24, "small": 8}
# How far each case goes, in turn. What is last is where a visitor finds it.
FATES = ("credible", "review", "not_enough_evidence", "credible", "assessment", "own_force_not_involved", "decision",
         "credible", "investigate", "not_enough_evidence", "no_civilian_harm", "credible")  # fmt: skip
FINDINGS = {
    "credible": "Des civils ont été touchés par les tirs d’une patrouille de la force.",
    "not_enough_evidence": "Les récits et le journal ne permettent pas de savoir à ce jour qui a tiré.",
    "own_force_not_involved": "Les unités de la force se trouvaient ailleurs ; leurs journaux concordent.",
    "no_civilian_harm": "Les personnes citées ont été rencontrées ; aucune n’a été touchée.",
}
CONTRARY = "Une personne dit avoir entendu des tirs venant d’une autre direction ; les traces relevées n’en montrent pas."
HOLDING = ("report_known", "inquiry_opened", "help_offered")


@dataclass
class Played:
    """What was done, for the line the command prints and for the test."""

    inquiries: int = 0
    signed: int = 0
    offers: int = 0
    paid: int = 0
    referrals: int = 0
    published: int = 0
    items: int = 0  # of evidence, interviews with them
    told: int = 0
    closed: int = 0
    left: dict[str, str] = field(default_factory=dict)  # where a visitor goes on -> code


def play(
    *, seed: int, size: str, people: dict[str, Person], passwords: dict[str, str], until: datetime
) -> Played:
    rng, done = random.Random(f"answer {seed}"), Played()
    start = until - timedelta(days=45)
    credible: list[Inquiry] = []
    others: list[Inquiry] = []
    for number, incident in enumerate(_cases(CASES[size], people["chen"])):
        at = start + timedelta(days=number % 12, hours=number)
        fate = FATES[number % len(FATES)]
        if fate in ("credible", "investigate"):
            _keep(incident, at, seed, people, done)
        inquiry = _inquire(incident, fate, people, passwords, at, done)
        if fate == "credible":
            credible.append(inquiry)
        elif fate in responses.CLOSES_AS:
            others.append(inquiry)
    _amends(people, until, credible, rng, done)
    _refer(people, until, credible, done)
    _tell(people, until, credible, others, done)
    _publish(people, until, credible, done)
    return done


def _cases(count: int, chen: Person) -> list[Incident]:
    """Open incidents in which our force is said to have been involved, newest first; some of other parties are left alone."""
    rows = Incident.objects.filter(
        state="open", involvement__in=OWN_INVOLVEMENTS, compartment="general", lon__isnull=False, starts_on__isnull=False,
        sensitivity__lte=2, docket="",
    ).order_by("-starts_on", "-pk")  # fmt: skip
    found = list(rows[:count])
    if len(found) < count:
        # A small mission has few: what nobody attributed yet may be asked about as well.
        more = Incident.objects.filter(
            state="open", compartment="general", lon__isnull=False, starts_on__isnull=False, sensitivity__lte=2,
            involvement__in=["unknown", "not_alleged"], docket="",
        ).order_by("-starts_on", "-pk")[: count - len(found)]  # fmt: skip
        for row in more:
            at = row.updated_at + timedelta(hours=1)
            incidents.describe(by=chen, at=at, incident=row.code, changes={"involvement": "alleged"},
                               reason="Un témoin a vu des véhicules de la force")  # fmt: skip
            found.append(Incident.objects.get(pk=row.pk))
    return found


def _inquire(
    incident: Incident,
    fate: str,
    people: dict[str, Person],
    passwords: dict[str, str],
    at: datetime,
    done: Played,
) -> Inquiry:
    chen, kadi = people["chen"], people["kadi"]
    code = inquiries.open_inquiry(
        by=chen, at=at, incident=incident.code, reason="Notre force est mise en cause"
    )
    done.inquiries += 1
    done.left.setdefault(fate, code)
    if fate == "review":
        return _inquiry(code)
    assert incident.lon is not None and incident.lat is not None and incident.starts_on is not None  # noqa: S101
    inquiries.search_operations(
        by=chen, at=at + timedelta(hours=3), inquiry=code, first=incident.starts_on - timedelta(days=1),
        last=(incident.ends_on or incident.starts_on) + timedelta(days=1), lon=incident.lon, lat=incident.lat, radius_km=25.0,
        conclusion="Journaux des unités du secteur consultés ; ceux qui manquent sont notés.",
    )  # fmt: skip
    inquiries.open_assessment(
        by=chen, at=at + timedelta(days=1), inquiry=code, reason="Les faits sont à établir"
    )
    if fate == "assessment":
        return _inquiry(code)
    outcome = "credible" if fate in ("decision", "investigate") else fate
    likely = "assessed_likely" if outcome == "credible" else "alleged"
    inquiries.assess(
        by=chen, at=at + timedelta(days=9), inquiry=code, findings=FINDINGS[outcome], contrary_evidence=CONTRARY,
        involvement=likely, recommendation="complete", proposed_outcome=outcome, proof_standard="reasonable_grounds",
        deaths=(incident.deaths_min, incident.deaths_best, incident.deaths_max),
        injured=(incident.injured_min, incident.injured_best, incident.injured_max),
        unknowns="Le nombre exact de blessés soignés chez eux.",
    )  # fmt: skip
    inquiries.submit_to_decision(by=chen, at=at + timedelta(days=10), inquiry=code, reason="Dossier complet")
    if fate == "decision":
        return _inquiry(code)
    inquiries.decide(
        by=kadi, at=at + timedelta(days=12), inquiry=code, outcome=fate, properly_conducted=True, consistent=True,
        criteria_met=True, proof_standard="reasonable_grounds", remarks="Dossier lu en entier ; conclusions suivies.",
        password=passwords["kadi"],
    )  # fmt: skip
    done.signed += 1
    if fate == "investigate":
        oumar = people["oumar"]
        inquiries.name_investigator(
            by=kadi, at=at + timedelta(days=13), inquiry=code, person=oumar, leads=True
        )
        inquiries.declare(
            by=oumar,
            at=at + timedelta(days=13),
            inquiry=code,
            declaration="Aucun lien avec une unité de la force.",
        )
    return _inquiry(code)


def _keep(incident: Incident, at: datetime, seed: int, people: dict[str, Person], done: Played) -> None:
    """A photograph and its redacted copy, papers, a fragment, interviews: kept before anybody judges."""
    chen, dara = people["chen"], people["dara"]
    for when, step in evidence.journal(
        seed=seed,
        incidents=[(incident.code, at - timedelta(days=3))],
        keeper=chen,
        second=dara,
        interviewer=dara,
    ):
        step(when)
        done.items += 1


def _tell(
    people: dict[str, Person],
    until: datetime,
    credible: Sequence[Inquiry],
    others: Sequence[Inquiry],
    done: Played,
) -> None:
    """Families and reporters hear what was decided; what needs no more is closed; one complaint waits for its reviewer."""
    told = responses.answer(people=people, inquiries=[*others, *credible], at=until - timedelta(days=6))
    done.told, done.closed = told.told, told.closed
    done.left |= {"notice": told.draft, "complaint": told.complaint, "unreached": told.claim}


def _inquiry(code: str) -> Inquiry:
    return Inquiry.objects.select_related("incident").get(code=code)


def _amends(
    people: dict[str, Person], until: datetime, credible: Sequence[Inquiry], rng: random.Random, done: Played
) -> None:
    """Money first; then offers, to all but the newest case: there a family still waits."""
    amends.open_lines(finance=people["kadi"], at=until - timedelta(days=30))
    amends.note_rate(finance=people["kadi"], at=until - timedelta(days=2))
    cases = credible[:-1] if len(credible) > 1 else credible
    rokia = people["rokia"]
    # What another payer settled: one on the word of two people, one that waits for the second.
    amends.settled_elsewhere(
        officer=rokia, second=people["pia"], inquiry=cases[0], at=until - timedelta(days=20)
    )
    waits = amends.settled_elsewhere(
        officer=rokia, second=None, inquiry=credible[-1], at=until - timedelta(days=3)
    )
    done.left["settled_elsewhere"] = waits
    for inquiry in cases:
        at = until - timedelta(days=18)
        for number, code in enumerate(
            amends.propose_all(officer=people["rokia"], inquiry=inquiry, at=at, rng=rng)
        ):
            done.offers += 1
            verb = ("accept_offer", "accept_offer", "defer_offer", "decline_offer")[number % 4]
            amends.answer(code=code, officer=people["rokia"], certifier=people["sira"], payer=people["tidiane"],
                          at=at + timedelta(days=2), answers=(verb,))  # fmt: skip
            done.paid += verb == "accept_offer"


def _refer(people: dict[str, Person], until: datetime, credible: Sequence[Inquiry], done: Played) -> None:
    """One handed over and answered, one approved and waiting to be carried."""
    dara = people["dara"]
    for number, (authority, office) in enumerate(
        (("national_prosecutor", "Parquet du district"), ("icc_otp", "Bureau du Procureur"))
    ):
        if number >= len(credible):
            return
        at = until - timedelta(days=10 - 4 * number)
        terms = referrals.Terms(
            authority=authority, recipient=office, asked="Dire si une enquête est ouverte.", legal_basis="mandate",
            basis_reference="Mandat de la mission, paragraphe sur l’appui à la justice",
            summary="Des civils ont été touchés. La mission a établi les faits et remet ce que les personnes ont permis de remettre.",
        )  # fmt: skip
        code = referrals.prepare(by=dara, at=at, incident=credible[number].incident.code, terms=terms)
        referrals.judge_risk(by=people["wassa"], at=at + timedelta(hours=4), referral=code, risk="low")
        referrals.submit_for_review(by=dara, at=at + timedelta(hours=5), referral=code, reason="Prêt")
        referrals.approve(
            by=people["pia"], at=at + timedelta(hours=8), referral=code, reason="Consentements et risque vus"
        )
        done.referrals += 1
        if number:
            continue
        _hand(dara, code, at + timedelta(days=1))


def _hand(dara: Person, code: str, at: datetime) -> None:
    from django.db import transaction

    # The vault shows names outside a transaction only; the demo names nobody here, so writing needs none.
    assert not transaction.get_connection().in_atomic_block  # noqa: S101
    referrals.write_bag(by=dara, at=at, referral=code).into_file(io.BytesIO())
    referrals.hand_over(by=dara, at=at + timedelta(hours=2), referral=code, received_by="Greffe du parquet", receipt="Registre 214",
                        reason="Remis en main propre, sous pli fermé")  # fmt: skip
    referrals.note_answer(by=dara, at=at + timedelta(days=3), referral=code, kind="received", said_at=at + timedelta(days=3),
                          words="Le greffe confirme la réception.", reference="RP 214")  # fmt: skip


def _publish(people: dict[str, Person], until: datetime, credible: Sequence[Inquiry], done: Played) -> None:
    """The last whole month and quarter, and the first statement about one incident; a draft of another is left."""
    chen, pia = people["chen"], people["pia"]
    month, quarter = _last_month(until), _last_quarter(until)
    for kind, period in (("queue_statement", month), ("note", quarter)):
        code = publication.begin(
            by=chen, at=until - timedelta(days=3), kind=kind, period=period, inputs=_inputs(kind)
        )
        _release(code, chen, pia, until - timedelta(days=2))
        done.published += 1
    if not credible:
        return
    incident = credible[0].incident
    facts = [_fact(incident, kind, chen, pia, until - timedelta(days=5)) for kind in HOLDING]
    code = publication.begin_statement(
        by=chen, at=until - timedelta(days=4), incident=incident.code, statement="holding", facts=facts
    )
    _release(code, chen, pia, until - timedelta(days=4, hours=-1))
    done.published += 1
    said = _fact(incident, "found_credible", chen, pia, until - timedelta(days=1))
    done.left["statement"] = publication.begin_statement(
        by=chen,
        at=until - timedelta(hours=20),
        incident=incident.code,
        statement="decision",
        facts=[said, facts[-1]],
    )


def _fact(incident: Incident, kind: str, chen: Person, pia: Person, at: datetime) -> str:
    from constat.apps.publication.statement import suggested

    code = publication.propose_fact(
        by=chen, at=at, incident=incident.code, kind=kind, texts=suggested(kind, incident)
    )
    publication.clear_fact(by=pia, at=at + timedelta(hours=1), fact=code)
    return code


def _release(code: str, chen: Person, pia: Person, at: datetime) -> None:
    publication.submit_for_review(by=chen, at=at, publication=code, reason="Relu")
    publication.publish(by=pia, at=at + timedelta(hours=3), publication=code, reason="Conforme aux dossiers")


def _inputs(kind: str) -> dict[str, Any]:
    if kind != "note":
        return {}
    return {
        "texts": {
            "fr": {"mandate": "La mission suit les violations commises par toutes les parties.", "context": [], "responses": [],
                   "recommendations": ["Laisser les équipes se rendre sur les lieux sans délai."]},
            "en": {"mandate": "The mission follows violations by every party.", "context": [], "responses": [],
                   "recommendations": ["Let teams reach the places without delay."]},
            "ar": {"mandate": "تتابع البعثة انتهاكات جميع الأطراف.", "context": [], "responses": [],
                   "recommendations": ["تمكين الفرق من الوصول إلى الأماكن دون تأخير."]},
        }
    }  # fmt: skip


def _last_month(until: datetime) -> str:
    return f"{until.replace(day=1) - timedelta(days=1):%Y-%m}"


def _last_quarter(until: datetime) -> str:
    before = until.replace(month=(until.month - 1) // 3 * 3 + 1, day=1) - timedelta(days=1)
    return f"{before.year}-Q{(before.month + 2) // 3}"
